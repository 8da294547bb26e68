//! What explain answers for, and what mute knows.

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use storyline_store::{AlertId, DevelopmentId};

use super::{Desk, morning};

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
        r#"200 "Rubio lands in Munich" "munich" [{"what":"sameness","development":"d-00000000000000aa","headline":null,"score":0.25,"threshold":0.5}]"#
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
