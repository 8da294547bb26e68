//! What a storyline's state says of its phase, by the events of its course.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    AlertId, AlertState, DevelopmentId, ExpectationState, Recorded, Seq, State, StorylineState, from_json,
};

/// The storyline after events that are recorded a minute apart.
pub(super) fn after(events: &[Value]) -> (State, StorylineState) {
    let mut state = State::default();
    for (seq, event) in (1..).zip(events) {
        let mut fields = event.as_object().unwrap().clone();
        fields.insert("storyline".to_owned(), "ferries".into());
        fields.insert("seq".to_owned(), seq.into());
        fields.insert("at".to_owned(), hour(48).to_string().into());
        let recorded: Recorded = from_json(fields).unwrap();
        assert_eq!(recorded.seq, Seq(seq));
        state.apply(&recorded);
    }
    let storyline = state.storylines.values().next().unwrap().as_ref().clone();
    (state, storyline)
}

pub(super) fn hour(n: i64) -> Timestamp {
    Timestamp::from_second(1_739_318_400 + n * 3_600).unwrap()
}

pub(super) fn report(kind: &str, development: u64, outlet: &str, at: i64) -> Value {
    json!({
        "kind": kind, "v": 1, "development": format!("d-{development:016x}"), "relation": "new",
        "evidence": {"rules": 1, "why": ""},
        "report": {
            "item": format!("i-{at:016x}"), "feed": outlet, "outlet": outlet, "origin": outlet,
            "title": format!("{outlet} at {at}"), "effective": hour(at),
        },
    })
}

fn entered(development: u64, from: &str, to: &str) -> Value {
    json!({
        "kind": "phase_entered", "v": 1, "development": format!("d-{development:016x}"), "from": from, "to": to,
        "certainty": "reported", "cue": "",
    })
}

#[test]
fn a_phase_is_entered_when_the_report_that_says_so_is_made() {
    let first = report("development_reported", 1, "wire", 0);
    let again = report("development_corroborated", 1, "post", 5);
    let copy = report("report_noted", 1, "herald", 6);
    let other = report("development_reported", 2, "daily", 7);
    let moved = |by| entered(by, "none", "announced");
    let check = |events: &[&Value], since: i64, said: Option<&str>, what: &str| {
        let (_, it) = after(&events.iter().map(|it| (*it).clone()).collect::<Vec<_>>());
        assert_eq!(it.since, Some(hour(since)), "{what}");
        assert_eq!(it.phase_said.as_ref().map(|it| it.report.outlet.as_str()), said, "{what}");
    };
    let confirmed =
        json!({"kind": "development_confirmed", "v": 1, "development": "d-0000000000000001", "origins": []});
    check(&[&first, &moved(1)], 0, None, "the first report");
    check(&[&first, &again, &moved(1)], 5, Some("post"), "a later report");
    check(&[&first, &again, &confirmed, &moved(1)], 5, Some("post"), "a later report that confirms");
    check(&[&first, &again, &copy, &moved(1)], 0, None, "a copy moves nothing");
    check(&[&first, &again, &other, &moved(2)], 7, None, "another development");
    check(&[&first, &again, &moved(1), &other, &moved(2)], 7, None, "what was said before is over");
}

#[test]
fn what_is_dropped_counts_no_more_and_its_alert_closes() {
    let (strays, stray) = (|kind, outlet, at| report(kind, 2, outlet, at), "d-0000000000000002");
    let fact = |by: &str, value: &str| json!({"kind": "fact_reported", "v": 1, "development": by, "key": "place", "value": value, "certainty": "reported"});
    let alert = json!({
        "kind": "alert_raised", "v": 1, "alert": AlertId::of_development(DevelopmentId(2)), "alert_kind": "new",
        "development": stray, "changes": ["new"], "headline": "", "severity": "notice", "text": "",
    });
    let expected = json!({"kind": "expectation_set", "v": 1, "development": stray, "date": "2025-03-01", "due": hour(99), "what": ""});
    let dropped = json!({"kind": "development_dropped", "v": 1, "development": stray, "by": "ann"});
    let mut events = vec![
        report("development_reported", 1, "wire", 46),
        fact("d-0000000000000001", "Oslo"),
        strays("development_reported", "wire", 47),
        strays("development_corroborated", "post", 47),
        fact(stray, "Bergen"),
        alert,
        expected,
    ];
    let before = after(&events).1;
    assert_eq!((before.developments_counted(), before.reports_counted(), before.origins.len()), (2, 3, 2));
    events.extend([dropped.clone(), dropped, strays("report_noted", "herald", 47)]);
    let (state, it) = after(&events);
    assert_eq!((it.developments_counted(), it.reports_counted()), (1, 1), "once, however often it is said");
    assert_eq!(it.origins.iter().collect::<Vec<_>>(), ["wire"]);
    assert_eq!(it.heat(hour(48)).last_24h, 1);
    assert_eq!(it.facts.iter().map(|it| it.value.as_str()).collect::<Vec<_>>(), ["Oslo"]);
    assert_eq!(it.expectations[0].state, ExpectationState::Dropped);
    assert!(state.alerts.values().all(|it| it.state == AlertState::Closed));
}
