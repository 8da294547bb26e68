//! Where things stand, now and then.

use expect_test::{Expect, expect};

use super::{Desk, morning};

async fn check(desk: &Desk, path: &str, want: Expect) {
    want.assert_eq(&desk.get(path).await);
}

#[tokio::test]
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
            "nearest_miss": "\"Vance flies to Paris\": munich lacks its place"
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
