//! What people wish, and items from anywhere.

use expect_test::{Expect, expect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Desk, morning};

async fn check(desk: &Desk, path: &str, body: &str, want: Expect) {
    let (status, answer) = desk.ask("POST", path, body).await;
    want.assert_eq(&format!("{status} {answer}\n{}", desk.told().join("\n")));
}

#[tokio::test]
async fn wishes_become_commands_with_the_name_of_who_wished() {
    let desk = Desk::with(&morning()).await;
    check(
        &desk,
        "/v1/alerts/a-0000000000000001/ack",
        "",
        expect![[r#"
        200 {"seq":99,"alert":"a-0000000000000001"}
        Acknowledge(AlertId(1), "uid 0")"#]],
    )
    .await;
    check(&desk, "/v1/alerts/a-0000000000000002/ack", "", expect![[r#"
        404 {"type":"about:blank","title":"Not Found","status":404,"detail":"no alert is called \"a-0000000000000002\"","code":"unknown_alert","hint":"`storyline alerts` lists them"}
    "#]]).await;
    check(&desk, "/v1/alerts/a-0000000000000001/retry", "", expect![[r#"
        404 {"type":"about:blank","title":"Not Found","status":404,"detail":"no delivery of a-0000000000000001 is dead","code":"nothing_dead","hint":"`storyline alerts` shows how deliveries stand"}
    "#]]).await;
    check(
        &desk,
        "/v1/snooze",
        r#"{"storyline": "munich", "for": "2h"}"#,
        expect![[r#"
        200 {"seq":99,"storyline":"munich","until":"2025-02-14T14:00:00Z"}
        Snooze(StorylineId("munich"), 2025-02-14T14:00:00Z, "uid 0")"#]],
    )
    .await;
    check(&desk, "/v1/snooze", r#"{"storyline": "munich"}"#, expect![[r#"
        400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"a snooze ends after a while or at a time, one of the two","code":"bad_request","hint":"give \"for\": \"2h\", or \"until\": a time"}
    "#]]).await;
    check(&desk, "/v1/snooze", r#"{"storyline": "nothing", "for": "2h"}"#, expect![[r#"
        404 {"type":"about:blank","title":"Not Found","status":404,"detail":"no storyline is called \"nothing\"","code":"unknown_storyline","hint":"`storyline status` lists those that are followed"}
    "#]]).await;
    check(
        &desk,
        "/v1/mute",
        r#"{"outlet": "DW"}"#,
        expect![[r#"
        200 {"seq":99,"outlet":"DW"}
        Mute("DW", "uid 0")"#]],
    )
    .await;
    check(&desk, "/v1/mute", r#"{"outlets": "DW"}"#, expect![[r#"
        400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"unknown field `outlets`, expected `outlet` or `anyway` at line 1 column 10","code":"bad_request","hint":"GET /v1/openapi.json shows what the body holds"}
    "#]]).await;
    check(
        &desk,
        "/v1/drop",
        r#"{"development": "d-0000000000000001"}"#,
        expect![[r#"
        200 {"seq":99,"development":"d-0000000000000001"}
        Drop(DevelopmentId(1), "uid 0")"#]],
    )
    .await;
}

#[tokio::test]
async fn a_poll_tells_what_was_visited_and_what_is_held() {
    let desk = Desk::with(&morning()).await;
    check(
        &desk,
        "/v1/poll",
        "",
        expect![[r#"
        200 {"visited":[],"held":[{"id":"slow","until":"2025-02-14T12:00:00Z","why":"retry_after"}]}
    "#]],
    )
    .await;
    check(
        &desk,
        "/v1/poll",
        r#"{"feeds": ["nothing"]}"#,
        expect![[r#"
            404 {"type":"about:blank","title":"Not Found","status":404,"detail":"no feed is called nothing","code":"unknown_feed","hint":"`storyline feeds` lists them"}
        "#]],
    )
    .await;
}

#[tokio::test]
async fn the_tools_of_the_log_go_through_the_daemon() {
    let desk = Desk::with(&morning()).await;
    assert_eq!(desk.ask("GET", "/v1/store/verify", "").await.1, r#"{"ok":true,"head":12,"damaged":[]}"#);
    let (status, lines) = desk.ask("GET", "/v1/store/export", "").await;
    assert_eq!((status, lines.lines().count()), (200, 12));
    assert_eq!(desk.ask("POST", "/v1/store/backup", r#"{"to": "here"}"#).await.0, 400);
    assert_eq!(desk.ask("POST", "/v1/store/backup", r#"{"to": "/there"}"#).await.0, 500);
}

#[tokio::test]
async fn a_backup_into_what_is_not_empty_is_refused_by_whoever_writes_it() {
    let desk = Desk::with(&morning()).await;
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("letter"), "mine").unwrap();
    let body = serde_json::json!({ "to": dir.path() }).to_string();
    let (status, problem) = desk.ask("POST", "/v1/store/backup", &body).await;
    assert_eq!(status, 409, "{problem}");
    assert!(problem.contains(r#""code":"not_empty""#) && problem.contains("is not empty"), "{problem}");
    let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["letter"]);
}

#[tokio::test]
async fn a_reload_that_is_refused_tells_what_is_wrong_and_where() {
    let desk = Desk::with(&morning()).await;
    check(&desk, "/v1/reload", "", expect![[r#"
        422 {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the configuration was refused; the old one stays in force","code":"configuration","hint":"run `storyline check`","findings":[{"severity":"error","file":"storyline.toml","line":2,"column":1,"message":"unknown key `min_intervall` in [poll]","help":"did you mean `min_interval`?"}]}
    "#]]).await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "nearly all of it is the answer expected")]
async fn explain_tells_what_was_decided_and_what_would_be() {
    let desk = Desk::with(&morning()).await;
    let check = async |reference: &str, want: Expect| {
        let (status, answer) = desk.ask("GET", &format!("/v1/explain?ref={reference}"), "").await;
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let mut lines = format!("{status} {}\n", answer["item"]["title"]);
        for it in answer["decisions"].as_array().into_iter().flatten() {
            lines += &format!("  {} {} {} {}\n", it["storyline"], it["relevant"], it["relation"], it["why"]);
        }
        let events = answer["events"].as_array().into_iter().flatten().map(|it| it["seq"].to_string());
        lines += &format!("  of {}\n", events.collect::<Vec<_>>().join(" "));
        want.assert_eq(&lines);
    };
    check(
        "%233",
        expect![[r#"
        200 "Rubio lands in Munich"
          "munich" true "new" "every facet is touched in the title"
          "saudi-meeting" false null "no place is named"
          of 3 5 6 7 8 9
    "#]],
    )
    .await;
    check(
        "%239",
        expect![[r#"
            200 "Rubio arrives in Munich"
              "munich" true "corroboration" "every facet is touched in the title"
              "saudi-meeting" false null "no place is named"
              of 4 5 6 7 8 9 10 11 12
        "#]],
    )
    .await;
    check(
        "i-0000000000000002",
        expect![[r#"
        200 "Rubio arrives in Munich"
          "munich" true "corroboration" "every facet is touched in the title"
          "saudi-meeting" false null "no place is named"
          of 4 5 6 7 8 9
    "#]],
    )
    .await;
    check(
        "a-0000000000000001",
        expect![[r#"
            200 "Rubio arrives in Munich"
              "munich" true "corroboration" "every facet is touched in the title"
              "saudi-meeting" false null "no place is named"
              of 4 5 6 7 8 9 10 11 12
        "#]],
    )
    .await;
    check(
        "d-0000000000000001",
        expect![[r#"
        200 "Rubio lands in Munich"
          "munich" true "new" "every facet is touched in the title"
          "saudi-meeting" false null "no place is named"
          of 3 5 6 7 8 9
    "#]],
    )
    .await;
    check(
        "https://reuters.example/1",
        expect![[r#"
        200 "Rubio lands in Munich"
          "munich" true "new" "every facet is touched in the title"
          "saudi-meeting" false null "no place is named"
          of 3 5 6 7 8 9
    "#]],
    )
    .await;
    check(
        "https://dw.example/9",
        expect![[r#"
        200 "Vance flies to Paris"
          "munich" false null "no place is named"
          "saudi-meeting" false null "no place is named"
          of 
    "#]],
    )
    .await;
    check(
        "https://dw.example/10",
        expect![[r#"
        404 null
          of 
    "#]],
    )
    .await;
    check(
        "%2399",
        expect![[r#"
        404 null
          of 
    "#]],
    )
    .await;
}

#[tokio::test]
async fn items_are_answered_while_the_input_is_open() {
    let desk = Desk::with(&morning()).await;
    let mut stream = desk.connect().await;
    let mut heard = String::new();
    let mut say = async |text: &str, until: &str| {
        stream.write_all(text.as_bytes()).await.unwrap();
        while !heard.contains(until) {
            let mut bytes = [0; 4096];
            let read = stream.read(&mut bytes).await.unwrap();
            assert!(read > 0, "closed after {heard:?}");
            heard += &String::from_utf8_lossy(&bytes[..read]);
        }
    };
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    let line = |id: &str| {
        format!("{{\"id\":\"{id}\",\"title\":\"{id}!\",\"published\":\"2025-02-14T08:00:00Z\"}}\n")
    };
    let head = "POST /v1/items HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    say(head, "200 OK").await;
    say(&chunk(&line("one")), r#"{"id":"one","seq":7,"events":1,"durable":true}"#).await;
    say(&chunk("{\"id\": \"two\"}\nrubbish\n"), r#""code":"json""#).await;
    say(&chunk(&(line("three") + &line("four"))), r#"{"id":"four","#).await;
    // The last line needs no end, and the end of the input ends the answer.
    say(&chunk(line("five").trim_end()), "").await;
    say("0\r\n\r\n", "\r\n0\r\n\r\n").await;
    let answers: Vec<_> = heard.lines().filter(|it| it.starts_with('{')).collect();
    expect![[r#"
        {"id":"one","seq":7,"events":1,"durable":true}
        {"id":"two","error":"the key \"published\" is missing or blank","code":"missing"}
        {"id":null,"error":"this is no JSON object: it does not begin with '{'","code":"json"}
        {"id":"three","seq":7,"events":1,"durable":true}
        {"id":"four","seq":7,"events":1,"durable":true}
        {"id":"five","seq":7,"events":1,"durable":true}"#]]
    .assert_eq(&answers.join("\n"));
    expect![[r#"
        Live: ["one!"]
        Live: ["three!", "four!"]
        Live: ["five!"]"#]]
    .assert_eq(&desk.told().join("\n"));
}

#[tokio::test]
async fn items_of_the_past_are_given_as_such() {
    let desk = Desk::with(&[]).await;
    let line = r#"{"id":"one","title":"Old","published":"2025-01-14T08:00:00Z"}"#;
    assert_eq!(desk.ask("POST", "/v1/items?origin=backfill&feed=mine", line).await.0, 200);
    assert_eq!(desk.told(), [r#"Backfill: ["Old"]"#]);
    assert_eq!(desk.ask("POST", "/v1/items?origin=past", line).await.0, 400);
}
