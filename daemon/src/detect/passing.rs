//! What only brushes a storyline: a common word, another's occasion, pictures of it.

use super::{Rules, ablation::told};

const TOWN: &str = r#"
[storyline.ferry]
title = "The ferry accident at Lunna"
all = [["lunna", "ferry arden"], ["sink", "capsize", "rescue", "survivor", "hospitalize", "kill"]]
[storyline.union]
title = "The talks with the dockers' union"
all = [["lunna", "dockers"], ["talk", "negotiation", "wage"]]
[storyline.crew]
title = "The crew in custody"
all = [["crew", "captain"], ["free", "custody", "arrest"]]
"#;

#[track_caller]
fn check(story: &str, expected: &str) {
    assert_eq!(told(TOWN, story, Rules::default()), expected, "{story}");
}

#[test]
fn one_common_word_joins_no_other_story() {
    check(
        "
0 Courier | Ferry Arden capsizes, two killed |
3 Ledger | Cyclist killed in mountain race |
5 Post | No survivors in desert plane crash |
6 Lantern | Arden ferry: two bodies found by capsized hull |
",
        "1:new 4:corroboration!",
    );
}

#[test]
fn what_another_storyline_has_happens_only_before_an_occasion() {
    check("0 Courier | Captain freed on eve of Lunna wage talks |", "1:new 1:background");
    // What has nobody else is told of it.
    check("0 Courier | Dockers block the port ahead of wage talks |", "1:new");
    // The occasion itself, after what happens, is its own news.
    check("0 Courier | Crew freed as Lunna dockers open wage talks |", "1:new 1:new=under_way");
}

#[test]
fn pictures_and_previews_are_background_and_both_spellings_are_read() {
    check("0 Courier | Select images from the Lunna ferry rescue |", "1:background");
    check("0 Courier | Lunna ferry rescue - in pictures |", "1:background");
    check("0 Courier | Picture of the day: Lunna survivors |", "1:background");
    check("0 Courier | Forty hospitalised in Lunna |", "1:new");
}

#[test]
fn a_title_that_is_bent_under_one_id_to_say_that_it_began_is_no_edit() {
    check(
        "
0 Courier =a | Lunna dockers and owners to begin wage talks |
6 Courier =a | Lunna dockers and owners begin wage talks |
",
        "1:new=scheduled 2:corroboration=under_way",
    );
}
