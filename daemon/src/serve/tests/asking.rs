//! Where things stand, now and then.

use expect_test::{Expect, expect};

use super::{Desk, morning};

async fn check(desk: &Desk, path: &str, want: Expect) {
    want.assert_eq(&desk.get(path).await);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one answer in full")]
async fn status_shows_the_process_and_the_storylines() {
    let desk = Desk::with(&morning()).await;
    check(
        &desk,
        "/v1/status",
        expect![[r#"
            200 {
              "version": "0.1.0",
              "seq": 12,
              "started": "2025-02-14T12:00:00Z",
              "storage": "ok",
              "storage_error": null,
              "feeds": {
                "total": 0,
                "failing": 0,
                "items": 612,
                "matched": 3,
                "nearest_miss": "\"Vance flies to Paris\": munich lacks its place",
                "nearest_misses": [
                  "\"Vance flies to Paris\": munich lacks its place"
                ]
              },
              "sinks": [],
              "muted": [],
              "disk": {
                "log": 4096,
                "segments": 2048,
                "archive": 1024,
                "snapshot": 512,
                "aside": 0,
                "total": 8192
              },
              "storylines": [
                {
                  "id": "munich",
                  "title": "The Munich conference",
                  "parent": null,
                  "phase": "under_way",
                  "certainty": "reported",
                  "since": "2025-02-14T08:00:00Z",
                  "heat": {
                    "last_24h": 2,
                    "trend": "rising"
                  },
                  "reports": 2,
                  "origins": 2,
                  "developments": 1,
                  "latest": {
                    "id": "d-0000000000000001",
                    "headline": "Rubio lands in Munich",
                    "at": "2025-02-14T08:00:00Z",
                    "state": "confirmed",
                    "origins": 2
                  },
                  "snoozed_until": null
                },
                {
                  "id": "saudi-meeting",
                  "title": "A meeting",
                  "parent": null,
                  "phase": "none",
                  "certainty": null,
                  "since": null,
                  "heat": {
                    "last_24h": 0,
                    "trend": "quiet"
                  },
                  "reports": 0,
                  "origins": 0,
                  "developments": 0,
                  "latest": null,
                  "snoozed_until": null
                }
              ]
            }
        "#]],
    )
    .await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "nearly all of it is the answer expected")]
async fn status_of_a_moment_knows_only_the_log_and_never_changes() {
    let desk = Desk::with(&morning()).await;
    let (_, before) = desk.ask("GET", "/v1/status?at=%233", "").await;
    check(
        &desk,
        "/v1/status?at=%233",
        expect![[r#"
        200 {
          "seq": 3,
          "storylines": [
            {
              "id": "munich",
              "title": "The Munich conference",
              "parent": null,
              "phase": "none",
              "certainty": null,
              "since": null,
              "heat": {
                "last_24h": 1,
                "trend": "rising"
              },
              "reports": 1,
              "origins": 1,
              "developments": 1,
              "latest": {
                "id": "d-0000000000000001",
                "headline": "Rubio lands in Munich",
                "at": "2025-02-14T08:00:00Z",
                "state": "provisional",
                "origins": 1
              },
              "snoozed_until": null
            },
            {
              "id": "saudi-meeting",
              "title": "A meeting",
              "parent": null,
              "phase": "none",
              "certainty": null,
              "since": null,
              "heat": {
                "last_24h": 0,
                "trend": "quiet"
              },
              "reports": 0,
              "origins": 0,
              "developments": 0,
              "latest": null,
              "snoozed_until": null
            }
          ]
        }
    "#]],
    )
    .await;
    desk.record(&morning());
    let (_, after) = desk.ask("GET", "/v1/status?at=%233", "").await;
    assert_eq!(before, after);
    // The third event was recorded three minutes past the hour.
    let (_, by_time) = desk.ask("GET", "/v1/status?at=2025-02-14T08:03:59Z", "").await;
    assert_eq!(before, by_time);
    check(
        &desk,
        "/v1/status?at=2025-02-14T00:00:00Z",
        expect![[r#"
        200 {
          "seq": 0,
          "storylines": []
        }
    "#]],
    )
    .await;
    check(
        &desk,
        "/v1/status?at=%2399",
        expect![[r#"
        404 {
          "type": "about:blank",
          "title": "Not Found",
          "status": 404,
          "detail": "there is no event #99 yet; the last is #24",
          "code": "no_such_event",
          "hint": "ask for an earlier place"
        }
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_storyline_shows_its_facts_and_expectations() {
    let desk = Desk::with(&morning()).await;
    check(
        &desk,
        "/v1/storylines/munich",
        expect![[r#"
        200 {
          "id": "munich",
          "title": "The Munich conference",
          "parent": null,
          "phase": "under_way",
          "certainty": "reported",
          "since": "2025-02-14T08:00:00Z",
          "heat": {
            "last_24h": 2,
            "trend": "rising"
          },
          "reports": 2,
          "origins": 2,
          "developments": 1,
          "latest": {
            "id": "d-0000000000000001",
            "headline": "Rubio lands in Munich",
            "at": "2025-02-14T08:00:00Z",
            "state": "confirmed",
            "origins": 2
          },
          "snoozed_until": null,
          "facts": [
            {
              "key": "place",
              "value": "Munich",
              "certainty": "reported",
              "since": "2025-02-14T08:00:00Z",
              "development": "d-0000000000000001"
            }
          ],
          "expectations": [
            {
              "date": "2025-02-14",
              "due": "2025-02-15T00:00:00Z",
              "what": "on Friday",
              "development": "d-0000000000000001",
              "state": "open"
            }
          ]
        }
    "#]],
    )
    .await;
    check(
        &desk,
        "/v1/storylines/nothing",
        expect![[r#"
        404 {
          "type": "about:blank",
          "title": "Not Found",
          "status": 404,
          "detail": "no storyline is called \"nothing\"",
          "code": "unknown_storyline",
          "hint": "`storyline status` lists those that are followed"
        }
    "#]],
    )
    .await;
}

#[tokio::test]
async fn what_changed_since_stands_beside_where_things_stand() {
    let desk = Desk::with(&morning()).await;
    let changes = async |path: &str| {
        let answer: serde_json::Value = serde_json::from_str(&desk.ask("GET", path, "").await.1).unwrap();
        answer["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["seq"].to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(changes("/v1/status?since=4").await, "5 6 7 8");
    assert_eq!(changes("/v1/status?since=2025-02-14T08:06:30Z").await, "7 8");
    assert_eq!(changes("/v1/storylines/saudi-meeting?since=0").await, "2");
    assert_eq!(changes("/v1/status?since=12").await, "");
}

#[tokio::test]
async fn while_nothing_can_be_written_reads_go_on_and_say_so() {
    let desk = Desk::with(&morning()).await;
    assert_eq!(desk.ask("GET", "/readyz", "").await.0, 200);
    desk.view.send_modify(|it| {
        it.storage = Some(crate::writer::StorageTrouble {
            code: storyline_store::StorageCode::Full,
            detail: "no room is left for the log".to_owned(),
            hint: "free some space".to_owned(),
            since: super::noon(),
        });
    });
    let (status, ready) = desk.ask("GET", "/readyz", "").await;
    let (_, asked) = desk.ask("GET", "/v1/status", "").await;
    assert_eq!((status, &ready), (503, &asked));
    let asked: serde_json::Value = serde_json::from_str(&asked).unwrap();
    assert_eq!(asked["storage"], "read-only");
    let (status, refused) = desk.ask("POST", "/v1/poll", "{}").await;
    assert_eq!(status, 503, "{refused}");
    assert!(refused.contains("read_only"), "{refused}");
    expect![[r#"{"code":"full","detail":"no room is left for the log","hint":"free some space","since":"2025-02-14T12:00:00Z"}"#]].assert_eq(&asked["storage_error"].to_string());
}

#[tokio::test]
async fn every_described_path_is_answered() {
    let desk = Desk::with(&morning()).await;
    let (_, document) = desk.ask("GET", "/v1/openapi.json", "").await;
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "munich");
        if methods.get("get").is_some() && path != "/v1/events/stream" {
            let status = desk.ask("GET", &path, "").await.0;
            assert_eq!(status, if path == "/v1/explain" { 400 } else { 200 }, "{path}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_document() {
    let desk = Desk::with(&[]).await;
    check(
        &desk,
        "/v1/nothing",
        expect![[r#"
        404 {
          "type": "about:blank",
          "title": "Not Found",
          "status": 404,
          "detail": "nothing is at this path",
          "code": "no_such_path",
          "hint": "GET /v1/openapi.json lists what is"
        }
    "#]],
    )
    .await;
    assert_eq!(desk.ask("DELETE", "/v1/status", "").await.0, 405);
    desk.stop().await;
}
