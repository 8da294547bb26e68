//! What headlines on subjects of our own do to a storyline's phase.
//!
//! Written before they were judged. A line is `storyline | phase before | headline | phase after`, `-` where it stays;
//! a fifth part is what it is wrongly taken for today.

use jiff::Timestamp;
use storyline_config::{Config, Phase};
use storyline_store::{Certainty, DevelopmentId, Event, ItemId, Recorded, Seq};

use super::{Definitions, Memory, judge, tests::items};

/// The phase after a headline that is the first report of a storyline; none where it does not belong.
fn after(definitions: &Definitions, storyline: &str, before: &str, headline: &str) -> Option<Phase> {
    let item = items(&format!("0 Courier | {headline} | ")).remove(0);
    let storyline = storyline.parse().unwrap();
    let to: Phase = serde_json::from_value(before.into()).unwrap();
    let at: Timestamp = item.effective;
    let development = DevelopmentId::of(&storyline, ItemId(1));
    let (certainty, cue) = (Certainty::Confirmed, String::new());
    let entered = Event::PhaseEntered {
        storyline: storyline.clone(),
        development,
        from: Phase::None,
        to,
        certainty,
        cue,
    };
    let mut memory = Memory::default();
    memory.observe(&Recorded { seq: Seq(1), at, event: entered });
    judge(definitions, &memory, &item, at).into_iter().find(|it| it.storyline == storyline).map(|it| it.phase)
}

#[test]
fn a_headline_moves_a_phase_only_where_it_tells_of_the_storyline_itself() {
    let config = Config::parse("storyline.toml", include_str!("subjects.toml")).unwrap().config;
    let definitions = Definitions::compile(&config);
    let mut wrong = Vec::new();
    for line in include_str!("headlines.txt").lines() {
        let parts: Vec<&str> = line.split(" | ").collect();
        let (storyline, before, headline) = (parts[0], parts[1], parts[2]);
        let expected = parts.get(4).unwrap_or(&parts[3]);
        let expected = if *expected == "-" { before } else { expected };
        let found = after(&definitions, storyline, before, headline);
        if found.map(Phase::as_str) != Some(expected) {
            let found = found.map_or("(not of it)", Phase::as_str);
            wrong.push(format!("{storyline}: {before} → {found}, not {expected}: {headline}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
