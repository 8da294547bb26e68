//! What explain answers for, and what mute knows.

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use storyline_store::{AlertId, DevelopmentId};

use super::{Desk, morning, report};

/// Asks by a reference: the status, the item's title, and what was decided.
async fn check(desk: &Desk, reference: &str, want: &Expect) {
    let (status, answer) = desk.ask("GET", &format!("/v1/explain?ref={reference}"), "").await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let decisions = answer["decisions"].as_array().into_iter().flatten();
    let told: Vec<String> =
        decisions.map(|it| format!("{} {}", it["storyline"], it["compared"])).take(1).collect();
    want.assert_eq(&format!("{status} {} {}", answer["item"]["title"], told.join(" ")));
}

#[tokio::test]
async fn explain_answers_for_deliveries_and_for_alerts_nobody_was_told_of() {
    let desk = Desk::with(&morning()).await;
    let alert = AlertId::of_development(DevelopmentId(1));
    desk.record(&[
        json!({"kind": "alert_suppressed", "alert": alert, "alert_kind": "new", "storyline": "munich",
                         "headline": "Rubio lands in Munich", "reason": "first_run"}),
    ]);
    let told = expect![[
        r#"200 "Rubio arrives in Munich" "munich" [{"what":"sameness","development":"d-00000000000000aa","headline":null,"score":0.25,"threshold":0.5}]"#
    ]];
    for reference in ["m-0000000000000001", "%2313", &alert.to_string()] {
        check(&desk, reference, &told).await;
    }
    check(&desk, "m-00000000000000ff", &expect!["404 null "]).await;
}

#[tokio::test]
async fn explain_finds_an_address_however_it_is_spelled() {
    let desk = Desk::with(&morning()).await;
    for url in
        ["https://dw.example/9", "http://dw.example/9", "https://dw.example/9/", "https://dw.example/9%23top"]
    {
        let (status, answer) = desk.ask("GET", &format!("/v1/explain?ref={url}"), "").await;
        assert_eq!(status, 200, "{url}: {answer}");
    }
}

#[tokio::test]
async fn an_outlet_nobody_has_seen_is_not_muted_by_mistake() {
    let desk = Desk::with(&morning()).await;
    let (status, answer) = desk.ask("POST", "/v1/mute", r#"{"outlet": "Reutres"}"#).await;
    assert_eq!(status, 404, "{answer}");
    assert!(answer.contains("did you mean Reuters?"), "{answer}");
    let (status, answer) = desk.ask("POST", "/v1/mute", r#"{"outlet": "Reutres", "anyway": true}"#).await;
    assert_eq!((status, answer.contains("Reutres")), (200, true), "{answer}");
    let (_, answer) = desk.ask("POST", "/v1/mute", r#"{"outlet": "REUTERS"}"#).await;
    assert!(answer.contains(r#""outlet":"Reuters""#), "{answer}");
}

/// Decisions on an item by a reference, as `storyline relation disputes`, without what would be now; what came of it.
async fn decided(desk: &Desk, reference: &str) -> (String, Vec<String>, String) {
    let (_, answer) = desk.ask("GET", &format!("/v1/explain?ref={reference}"), "").await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let recorded = answer["decisions"].as_array().into_iter().flatten().filter(|it| !it["seq"].is_null());
    let told = |it: &Value| format!("{} {} {}", it["storyline"], it["relation"], it["disputes"]["headline"]);
    let events = answer["events"].as_array().into_iter().flatten().map(|it| it["seq"].to_string());
    let events = events.collect::<Vec<_>>().join(" ");
    (answer["item"]["title"].to_string(), recorded.map(told).collect(), events)
}

#[tokio::test]
async fn an_alert_is_explained_by_the_report_that_brought_it_about_as_every_storyline_took_it() {
    let desk = Desk::with(&morning()).await;
    let evidence = json!({"rules": 1, "why": "says again what is known"});
    let (third, denial) =
        (report(3, "BBC", "Rubio speaks"), report(4, "AFP", "Rubio denies he is in Munich"));
    let (first, other, own) = ("d-0000000000000001", "d-00000000000000bb", "d-00000000000000cc");
    let phase = |cue: &str| {
        json!({"kind": "phase_entered", "storyline": "munich", "development": first, "from": "under_way",
               "to": "concluded", "certainty": "reported", "cue": cue})
    };
    desk.record(&[
        // The other storyline took it first.
        json!({"kind": "development_corroborated", "storyline": "saudi-meeting", "development": other,
               "report": third, "evidence": evidence}),
        json!({"kind": "development_corroborated", "storyline": "munich", "development": first,
               "report": third, "evidence": evidence}),
        phase("speaks"),
        json!({"kind": "development_reported", "storyline": "munich", "development": own, "relation": "denial",
               "disputes": first, "report": denial, "evidence": evidence}),
        json!({"kind": "development_disputed", "storyline": "munich", "development": first, "by": own}),
    ]);
    let moved = vec![
        r#""munich" "corroboration" null"#.to_owned(),
        r#""saudi-meeting" "corroboration" null"#.to_owned(),
    ];
    let came = "13 14 15 17".to_owned();
    assert_eq!(decided(&desk, "%2315").await, ("\"Rubio speaks\"".to_owned(), moved, came));
    let denied = vec![r#""munich" "denial" "Rubio lands in Munich""#.to_owned()];
    let title = "\"Rubio denies he is in Munich\"".to_owned();
    let (told, came) = (title.clone(), "16 17".to_owned());
    assert_eq!(decided(&desk, "%2317").await, (told, denied.clone(), came), "by what disputes it");
    assert_eq!(decided(&desk, own).await, (title, denied, "16".to_owned()));
    // How a message of an alert fared.
    let (first, _, _) = decided(&desk, "%2312").await;
    assert_eq!(first, "\"Rubio arrives in Munich\"");
}
