//! What is old, repeated or defined anew never floods anybody: feeds from a file, in virtual time, to a receiver.

use expect_test::expect;

use super::whole::{STRIKE, Whole};

/// What the paper carries: the id it gives, when, and the headline.
type Carried<'a> = (&'a str, &'a str, &'a str);

const OLD: Carried<'_> = ("1", "2025-03-01T10:00:00Z", "Harbour fair opens");
const VOTE: Carried<'_> = ("2", "2025-03-02T10:00:00Z", "Dockers of the north vote to strike");
const WALK: Carried<'_> = ("3", "2025-03-03T10:30:00Z", "Dockers of the north walk out at dawn");

async fn paper(carried: &[Carried<'_>]) -> Whole {
    let mut whole = Whole::new(STRIKE);
    whole.paper(carried);
    whole.sink("desk", Vec::new(), "rate = \"1000/h\"").await;
    whole
}

#[tokio::test]
async fn a_first_visit_is_told_in_one_digest_and_what_comes_after_it_on_its_own() {
    let mut whole = paper(&[OLD, VOTE]).await;
    whole.start().await;
    whole.visit("2025-03-03T10:01:00Z").await;
    whole.paper(&[OLD, VOTE, WALK]);
    whole.visit("2025-03-03T10:40:00Z").await;
    whole.visit("2025-03-03T11:20:00Z").await;
    expect![[r#"
        03 10:01:00 desk 1: 2 storylines · as they stand at the first visit
                north · announced · Dockers of the north vote to strike (provisional: The Paper) · since 10:00 on 2 Mar 2025
                south · none · nothing is reported yet
        03 10:40:00 desk 2: north · announced → under way · Dockers of the north walk out at dawn (provisional: The Paper) · since 10:30 · storyline explain #15
    "#]].assert_eq(&whole.told());
    whole.stop().await;
}

#[tokio::test]
async fn a_return_after_a_long_stop_is_one_digest_and_its_warnings() {
    let mut whole = paper(&[OLD, VOTE]).await;
    whole.start().await;
    whole.visit("2025-03-03T10:01:00Z").await;
    whole.stop().await;
    let news: Vec<(String, String, String)> = (0..9)
        .map(|n| {
            let what =
                ["vote again", "fish for eels", "dance at night", "paint boats", "sing", "cook", "swim"];
            let what = what.get(n).copied().unwrap_or("rest");
            let at = format!("2025-03-03T1{}:30:00Z", n % 8 + 1);
            (format!("n{n}"), at, format!("Dockers of the south {what}, round {n} of their week"))
        })
        .collect();
    let mut carried: Vec<Carried<'_>> = vec![OLD, VOTE, WALK];
    carried.extend(news.iter().map(|(id, at, title)| (id.as_str(), at.as_str(), title.as_str())));
    whole.paper(&carried);
    whole.restart_at("2025-03-03T22:00:00Z").await;
    whole.visit("2025-03-03T22:01:00Z").await;
    whole.visit("2025-03-03T22:40:00Z").await;
    expect![[r#"
        03 10:01:00 desk 1: 2 storylines · as they stand at the first visit
                north · announced · Dockers of the north vote to strike (provisional: The Paper) · since 10:00 on 2 Mar 2025
                south · none · nothing is reported yet
        03 22:01:00 desk 2: 2 storylines · as they stand after a long stop
                north · under way · Dockers of the north walk out at dawn (provisional: The Paper) · since 10:30
                south · none · Dockers of the south vote again, round 0 of their week (provisional: The Paper) · since 11:30
        03 22:01:00 desk 3: north · announced → under way · Dockers of the north walk out at dawn (provisional: The Paper) · since 10:30 · storyline explain #29
    "#]].assert_eq(&whole.told());
    whole.stop().await;
}

#[tokio::test]
async fn ids_that_are_reset_edits_and_items_that_slide_in_from_the_past_tell_nobody() {
    let mut whole = paper(&[OLD, VOTE]).await;
    whole.start().await;
    whole.visit("2025-03-03T10:01:00Z").await;
    let before = whole.journal.requests().len();
    // Every id is another.
    whole.paper(&[("x1", OLD.1, OLD.2), ("x2", VOTE.1, VOTE.2)]);
    whole.visit("2025-03-03T10:40:00Z").await;
    // A letter is put right.
    whole.paper(&[("x1", OLD.1, OLD.2), ("x2", VOTE.1, "Dockers of the north vote to strike.")]);
    whole.visit("2025-03-03T11:20:00Z").await;
    // The window shows something older than anything it carried.
    let older = ("x0", "2025-02-20T10:00:00Z", "Dockers of the south walk out in the snow");
    whole.paper(&[("x1", OLD.1, OLD.2), ("x2", VOTE.1, VOTE.2), older]);
    whole.visit("2025-03-03T12:00:00Z").await;
    // It is shuffled, cut and whole again.
    whole.paper(&[("x2", VOTE.1, VOTE.2)]);
    whole.visit("2025-03-03T12:40:00Z").await;
    whole.paper(&[("x2", VOTE.1, VOTE.2), ("x1", OLD.1, OLD.2)]);
    whole.visit("2025-03-03T13:20:00Z").await;
    assert_eq!(whole.journal.requests().len(), before, "{}", whole.told());
    whole.stop().await;
}

#[tokio::test]
async fn a_new_or_changed_definition_holds_from_now_on() {
    let mut whole = paper(&[OLD, VOTE]).await;
    whole.start().await;
    whole.visit("2025-03-03T10:01:00Z").await;
    let before = whole.journal.requests().len();
    let fair = "[storyline.fair]\ntitle = \"The fair\"\nall = [[\"fair\"]]\n";
    let changed = whole.text().replace("phase.announced", "alert.on = [\"new\", \"phase\"]\nphase.announced");
    whole.reload(&format!("{changed}{fair}")).await;
    whole.visit("2025-03-03T10:40:00Z").await;
    assert_eq!(whole.journal.requests().len(), before, "{}", whole.told());
    whole.paper(&[OLD, VOTE, ("4", "2025-03-03T10:50:00Z", "Harbour fair closes in the rain")]);
    whole.visit("2025-03-03T11:20:00Z").await;
    assert_eq!(whole.journal.requests().len(), before + 1, "{}", whole.told());
    whole.stop().await;
}

#[tokio::test]
async fn a_storm_is_told_up_to_its_limit_and_then_in_one_digest() {
    let mut whole = paper(&[OLD]).await;
    let towns = ["Aldport", "Brinwick", "Corhaven", "Dunmere", "Estwell"];
    let storyline = |it: &&str| {
        let id = it.to_lowercase();
        format!("[storyline.{id}]\ntitle = \"{it}\"\nall = [[\"{id}\"], [\"dockers\"]]\n")
    };
    let storylines: String = towns.iter().map(storyline).collect();
    whole
        .configure(&format!("[alerts]\nstorm = {{ page = 2, per_10m = 100 }}\n{}{storylines}", whole.text()));
    whole.start().await;
    whole.visit("2025-03-03T10:01:00Z").await;
    let titles: Vec<String> = towns.iter().map(|it| format!("Dockers of {it} go home")).collect();
    let mut carried: Vec<Carried<'_>> = vec![OLD];
    carried.extend(titles.iter().map(|it| (it.as_str(), "2025-03-03T10:30:00Z", it.as_str())));
    whole.paper(&carried);
    whole.visit("2025-03-03T10:40:00Z").await;
    whole.set("2025-03-03T10:40:20Z").await;
    whole.set("2025-03-03T10:50:20Z").await;
    expect![[r#"
        03 10:40:00 desk 1: brinwick · new · Dockers of Brinwick go home (provisional: The Paper) · since 10:30 · storyline explain #11
        03 10:40:00 desk 2: estwell · new · Dockers of Estwell go home (provisional: The Paper) · since 10:30 · storyline explain #14
        03 10:40:20 desk 3: 3 alerts · gathered, since very many came at once
                aldport · new · Dockers of Aldport go home
                dunmere · new · Dockers of Dunmere go home
                corhaven · new · Dockers of Corhaven go home
    "#]].assert_eq(&whole.told());
    whole.stop().await;
}
