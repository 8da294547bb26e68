//! A page too large for one commit, and a disk that takes only some of it.

use storyline_config::limit::COMMIT_BYTES_MAX;
use storyline_store::{Seen, SeenItem};

use super::*;
use crate::writer::Part;

/// A page with more to record than one commit takes: every item is a report of its own.
fn page() -> Vec<Item> {
    let town = |n: i64| format!("Pier {n} of Aldport{n} and Brinwick{n} and Corhaven{n}");
    let text = |n: i64| format!("Dockers of {}. {}", town(n), format!("Word{n} said more. ").repeat(60));
    let item = |n: i64| {
        item(
            "wire",
            &n.to_string(),
            &format!("Strike {n} in the docks at {}", town(n)),
            &text(n),
            at(n - 2_000),
        )
    };
    (0..640).map(item).collect()
}

/// Takes only the first so many parts, as a disk that fails then.
fn tear(desk: &mut Desk, parts: usize) -> Vec<Part> {
    let staged = desk.core.take_staged();
    assert!(staged.parts.len() > 1, "{} parts", staged.parts.len());
    for part in &staged.parts[..parts] {
        desk.feeds.extend(part.feeds.iter().cloned());
        desk.log.extend(part.events.iter().cloned());
    }
    staged.parts
}

#[test]
fn a_part_that_holds_is_not_judged_again_and_what_comes_after_it_is() {
    let mut whole = Desk::baselined();
    whole.think(10, &page());
    let parts = tear(&mut whole, 0).len();
    let bytes =
        |it: &Part| -> usize { it.events.iter().map(|it| serde_json::to_vec(it).unwrap().len()).sum() };

    for taken in 0..parts {
        let mut desk = Desk::baselined();
        desk.think(10, &page());
        let all = tear(&mut desk, taken);
        assert!(all.iter().all(|it| bytes(it) < COMMIT_BYTES_MAX), "each fits a commit");
        let again = desk.again();
        let past = Past {
            state: again.core.state().clone(),
            memory: again.core.memory().clone(),
            feeds: again.feeds.clone(),
        };
        desk.core.fall_back(config(STRIKE), past);
        desk.think(10, &page());
        desk.core.committed();
        desk.take();

        let want: Vec<_> = all.iter().flat_map(|it| &it.events).collect();
        let got: Vec<_> = desk.log.iter().skip(Desk::baselined().log.len()).collect();
        assert_eq!(got, want, "after {taken} of {parts} parts: nothing lost, nothing twice");
    }
}

#[test]
fn the_records_of_many_feeds_fit_a_commit_with_their_events() {
    let names: Vec<FeedId> = (0..40).map(|n| format!("f{n}").parse().unwrap()).collect();
    let feed = |it: &FeedId| format!("[feed.{it}]\nurl = \"https://{it}.example.org/rss\"\n");
    let text = STRIKE.to_owned() + &names.iter().map(feed).collect::<String>();
    let day = u16::try_from(at(0).as_second() / 86_400).unwrap();
    let known = SeenItem { content: 0, seq: None, events: 0, day };
    let seen = Seen((0..3_900).map(|n| (n, SeenItem { content: n, ..known })).collect());
    let record = Arc::new(FeedRecord { seen, ..FeedRecord::default() });
    let feeds = names.iter().map(|it| (it.clone(), record.clone())).collect();
    let core = Core::new(config(&text), TimeZone::UTC, Past { feeds, ..Past::default() });
    let mut desk = Desk { core, log: Vec::new(), feeds: BTreeMap::new() };
    for it in &names {
        desk.core.make_room();
        desk.think(10, &[news(it.as_str(), "a", "Dockers vote to strike over pay", 5)]);
    }
    let staged = desk.core.take_staged();
    let bytes = |it: &Part| it.feeds.iter().map(|(_, it)| it.seen.encode().len()).sum::<usize>();
    let bytes: Vec<usize> = staged.parts.iter().map(bytes).collect();
    assert!(bytes.iter().sum::<usize>() > COMMIT_BYTES_MAX, "{bytes:?}");
    assert!(bytes.iter().all(|it| *it < COMMIT_BYTES_MAX / 2), "room is left for the events: {bytes:?}");
    assert!(staged.parts.iter().all(|it| it.items.len() == it.feeds.len()), "each with its items");
}
