//! Articles in other languages, and what the rules once took for something else.

use expect_test::expect;
use storyline_config::Config;

use super::{check, drafted};

#[test]
fn a_month_is_no_march_and_the_agency_of_a_dateline_is_credited() {
    check(include_str!("../articles/ferry.txt"), &expect![[""]]);
    check(include_str!("../articles/rate.txt"), &expect![[""]]);
}

#[test]
fn an_abduction_is_known_and_who_wrote_of_it_is_not_in_it() {
    check(include_str!("../articles/abduction.html"), &expect![[""]]);
}

#[test]
fn kinds_of_news_are_known_in_other_languages() {
    check(include_str!("../articles/coup.txt"), &expect![[""]]);
    check(include_str!("../articles/seas.txt"), &expect![[""]]);
    check(include_str!("../articles/walkout.txt"), &expect![[""]]);
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
