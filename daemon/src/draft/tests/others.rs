//! Articles in other languages, and what the rules once took for something else.

use expect_test::expect;
use storyline_config::Config;

use super::{check, drafted};

#[test]
fn a_month_is_no_march_and_the_agency_of_a_dateline_is_credited() {
    check(
        include_str!("../articles/ferry.txt"),
        &expect![[r#"
        accident-lisk: The accident in Lisk [2026-03-20 2026-03-05]
            what: aground, coastguard, salvage, accident
            where: @lisk
        + Lisk (lisk)
        credit: Northern Wire
    "#]],
    );
    check(
        include_str!("../articles/rate.txt"),
        &expect![[r#"
        rates-norrland-holm: The decision on rates: Bank of Norrland and Karin Holm []
            who: @bank-of-norrland, @karin-holm
            what: rate cut, cut rates, inflation, central bank
        + Bank of Norrland (bank of norrland)
        + Karin Holm, Governor (karin holm, CASE:Holm)
        credit: Dale News
    "#]],
    );
}

#[test]
fn an_abduction_is_known_and_who_wrote_of_it_is_not_in_it() {
    check(
        include_str!("../articles/abduction.html"),
        &expect![[r#"
        abduction-dane-water: The abduction in Merka: Dane and Water []
            who or where: @dane, @water, @merka
            what: kidnapper, seized, kidnap, abduct
        + Dane (dane)
        + Water (water)
        + Merka (merka)
    "#]],
    );
}

#[test]
fn kinds_of_news_are_known_in_other_languages() {
    check(
        include_str!("../articles/coup.txt"),
        &expect![[r#"
        coup-kandala: The coup in Kandala [2026-05-15]
            what: putsch*, staatsstreich*, umsturz*, junta*
            where: @kandala
        + Kandala (kandala)
    "#]],
    );
    check(
        include_str!("../articles/seas.txt"),
        &expect![[r#"
        deal-belmar-ferrant: The agreement: Belmar and Lucia Ferrant [2026-09-21]
            a side: @belmar
            a side: @lucia-ferrant
            what: accord*, traité*, convention*, signature*
        + Belmar (belmar)
        + Lucia Ferrant (lucia ferrant, CASE:Ferrant)
    "#]],
    );
    check(
        include_str!("../articles/walkout.txt"),
        &expect![[r#"
        strike-norvinska-gromov: The strike: Авиадиспетчеры Норвинска and Илья Громов [2026-02-05]
            who: @aviadispetchery-norvinska, @ilya-gromov, @krylo
            what: забастовк*, профсоюз*, бастующ*, стачк*
        + Авиадиспетчеры Норвинска (авиадиспетчеры норвинска, норвинска)
        + Илья Громов (илья громов, CASE:Громов)
        + Крыло (крыло)
    "#]],
    );
}

#[test]
fn no_draft_has_a_finding() {
    let articles = [
        include_str!("../articles/coup.txt"),
        include_str!("../articles/abduction.html"),
        include_str!("../articles/walkout.txt"),
        include_str!("../articles/trial.txt"),
        "Nothing known here\n\nIt was quiet in the yard.",
    ];
    for article in articles {
        let read = Config::parse("draft.toml", &drafted(article).to_toml()).unwrap();
        assert!(read.findings.is_empty(), "{}", read.findings);
    }
}

#[test]
fn a_number_at_the_head_of_a_sentence_is_nobody() {
    check(
        include_str!("../articles/mine.txt"),
        &expect![[r#"
        disaster-korvale-metals: The disaster: Korvale and Brannock Metals [2026-06-10 2026-06-11]
            who: @korvale, @brannock-metals, @odette-varga
            what: collapse, rescue, earthquake, quake
        + Brannock Metals (brannock metals)
        + Korvale (korvale)
        + Odette Varga, chief (odette varga, CASE:Varga)
        credit: Upland Press
    "#]],
    );
}

#[test]
fn what_a_maker_calls_back_is_no_disaster() {
    check(
        include_str!("../articles/recall.txt"),
        &expect![[r#"
            recall-voltara: The recall: Voltara []
                who: @voltara
                what: recall, repair, defect, faulty
            + Voltara (voltara)
        "#]],
    );
}

#[test]
fn a_disease_by_its_name_is_an_outbreak_also_where_it_follows_a_flood() {
    check(
        include_str!("../articles/cholera.txt"),
        &expect![[r#"
        outbreak-nandoro: The outbreak in Nandoro [2026-09-18]
            what: vaccine, case, cholera, outbreak
            where: @nandoro, @sile
        + Nandoro (nandoro)
        + Sile (sile)
    "#]],
    );
}

#[test]
fn a_coach_who_is_sent_away_is_no_match() {
    check(
        include_str!("../articles/sacking.txt"),
        &expect![[r#"
        post-delgado-petit: The change of office: Ramiro Delgado and Joan Petit []
            who: @ramiro-delgado, @joan-petit
            what: sack, successor, takes over, dismiss
        + Joan Petit, coach (joan petit, CASE:Petit)
        + Ramiro Delgado, coach (ramiro delgado, delgado)
    "#]],
    );
}

#[test]
fn a_day_that_the_first_paragraph_says_something_was_said_on_is_the_articles() {
    check(
        include_str!("../articles/bank.txt"),
        &expect![[r#"
        merger-credit-bank: The merger: Halden Credit and Lindqvist Bank [2026-03-20 2026-12-31]
            who: @halden-credit, @lindqvist-bank, @halden, @european-central-bank
            what: merger, merge, shareholder, deal
        + European Central Bank (european central bank)
        + Halden (halden)
        + Halden Credit (halden credit)
        + Lindqvist Bank (lindqvist bank, lindqvist)
    "#]],
    );
}
