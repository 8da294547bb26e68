//! Alerts by whatever a person calls them, and those that only the log still knows.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{Desk, morning};

async fn check(desk: &Desk, path: &str, body: &str, want: Expect) {
    let (status, answer) = desk.ask("POST", path, body).await;
    want.assert_eq(&format!("{status} {answer}\n{}", desk.told().join("\n")));
}

#[tokio::test]
async fn an_alert_is_called_by_the_place_of_anything_that_was_recorded_of_it() {
    for name in ["%239", "9", "%2310", "a-0000000000000001"] {
        let desk = Desk::with(&morning()).await;
        let (status, answer) = desk.ask("POST", &format!("/v1/alerts/{name}/ack"), "").await;
        assert_eq!((status, answer.as_str()), (200, r#"{"seq":99,"alert":"a-0000000000000001"}"#), "{name}");
        assert_eq!(desk.told(), [r#"Acknowledge(AlertId(1), "uid 0")"#], "{name}");
    }
    let desk = Desk::with(&morning()).await;
    for name in ["%233", "%2399", "nothing", "%230"] {
        assert_eq!(desk.ask("POST", &format!("/v1/alerts/{name}/ack"), "").await.0, 404, "{name}");
    }
}

#[tokio::test]
async fn all_open_alerts_of_a_storyline_are_acknowledged_at_once() {
    let desk = Desk::with(&morning()).await;
    check(
        &desk,
        "/v1/alerts/munich/ack",
        "",
        expect![[r#"
        200 {"seq":99,"storyline":"munich","alerts":["a-0000000000000001"]}
        Acknowledge(AlertId(1), "uid 0")"#]],
    )
    .await;
    check(&desk, "/v1/alerts/saudi-meeting/ack", "", expect![[r#"
        404 {"type":"about:blank","title":"Not Found","status":404,"detail":"no alert of saudi-meeting is open","code":"unknown_alert","hint":"`storyline alerts` lists them"}
    "#]]).await;
}

#[tokio::test]
async fn one_alert_is_snoozed_or_a_storyline_is() {
    let desk = Desk::with(&morning()).await;
    check(
        &desk,
        "/v1/snooze",
        r##"{"alert": "#9", "for": "2h"}"##,
        expect![[r#"
        200 {"seq":99,"alert":"a-0000000000000001","until":"2025-02-14T14:00:00Z"}
        Hold(AlertId(1), 2025-02-14T14:00:00Z, "uid 0")"#]],
    )
    .await;
    check(&desk, "/v1/snooze", r##"{"alert": "#3", "for": "2h"}"##, expect![[r##"
        404 {"type":"about:blank","title":"Not Found","status":404,"detail":"no alert is called \"#3\"","code":"unknown_alert","hint":"`storyline alerts` lists them"}
    "##]]).await;
    check(&desk, "/v1/snooze", r##"{"alert": "#9", "storyline": "munich", "for": "2h"}"##, expect![[r#"
        400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"a snooze is of a storyline or of an alert, one of the two","code":"bad_request","hint":"give \"storyline\": its id, or \"alert\": its id or #seq"}
    "#]])
        .await;
}

#[tokio::test]
async fn alerts_page_on_into_what_only_the_log_still_knows() {
    let mut events = morning();
    let raised = |n: u64| {
        json!({"kind": "alert_raised", "alert": format!("a-{:016x}", n + 100), "alert_kind": "new", "storyline": "munich",
               "headline": format!("Number {n}"), "severity": "notice", "text": ""})
    };
    let planned = |n: u64| {
        json!({"kind": "delivery_planned", "delivery": format!("m-{:016x}", n + 100), "sink": "desk",
               "alert": format!("a-{:016x}", n + 100), "storyline": "munich", "body": "{}"})
    };
    let done =
        |n: u64| json!({"kind": "delivery_done", "delivery": format!("m-{:016x}", n + 100), "attempt": 1});
    events.extend((0..1_200).flat_map(|n| [raised(n), planned(n), done(n)]));
    let desk = Desk::with(&events).await;
    let (mut before, mut headlines) = (String::new(), Vec::new());
    loop {
        let (_, answer) = desk.ask("GET", &format!("/v1/alerts?limit=500{before}"), "").await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let page = answer["alerts"].as_array().unwrap();
        let Some(last) = page.last() else { break };
        before = format!("&before={}", last["seq"]);
        assert!(page.iter().all(|it| it["deliveries"].as_array().unwrap().len() == 1), "with its deliveries");
        headlines.extend(page.iter().map(|it| it["headline"].as_str().unwrap().to_owned()));
    }
    assert_eq!(headlines.len(), 1_201, "every alert there ever was, each once");
    assert_eq!((headlines[0].as_str(), headlines[1_200].as_str()), ("Number 1199", "Rubio lands in Munich"));
}

#[tokio::test]
async fn what_people_were_told_of_one_storyline_is_read_only_where_it_stands() {
    let about = |storyline: &str, n: u64| {
        let alert = format!("a-{:016x}", n + 100);
        json!({"kind": "alert_raised", "alert": alert, "alert_kind": "new", "storyline": storyline,
               "headline": format!("Number {n}"), "severity": "notice", "text": ""})
    };
    let delivery =
        |kind: &str| json!({"kind": kind, "delivery": "m-0000000000000001", "attempt": 2, "error": "no"});
    let desk = Desk::with(&morning()).await;
    let path = "/v1/alerts?storyline=munich";
    // Its delivery goes on far from where it was told of, among many alerts of another storyline.
    let others = |from: u64, to: u64| (from..to).map(|n| about("saudi-meeting", n)).collect::<Vec<_>>();
    desk.record(&others(0, 2_500));
    desk.record(&[json!({"kind": "alert_acknowledged", "alert": "a-0000000000000001", "by": "uid 0"})]);
    desk.record(&others(2_500, 5_000));
    desk.record(&[delivery("delivery_attempted"), delivery("delivery_dead")]);
    let before = desk.ask("GET", path, "").await.1;
    assert!(before.contains("\"dead\"") && before.contains("\"acknowledged\":true"), "{before}");
    desk.record(&others(5_000, 9_000));
    assert!(!desk.view.borrow().state.alerts.contains_key(&storyline_store::AlertId(1)), "it is forgotten");
    desk.read();
    assert_eq!(desk.ask("GET", path, "").await.1, before);
    let read = desk.read();
    assert!(read <= 3 * 1_024, "{read} of 9,000 events were read");
    // One nobody knows costs nothing.
    assert_eq!(desk.ask("GET", "/v1/alerts?storyline=nobody", "").await.1, r#"{"alerts":[]}"#);
    assert_eq!(desk.read(), 0);
}
