//! Timelines, alerts and numbers.

use expect_test::{Expect, expect};

use super::{Desk, morning};

async fn check(desk: &Desk, path: &str, want: Expect) {
    want.assert_eq(&desk.get(path).await);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "nearly all of it is the answer expected")]
async fn a_timeline_holds_origins_reports_phases_and_facts() {
    let desk = Desk::with(&morning()).await;
    check(
        &desk,
        "/v1/storylines/munich/timeline",
        expect![[r#"
        200 {
          "id": "munich",
          "title": "The Munich conference",
          "developments": [
            {
              "id": "d-0000000000000001",
              "seq": 3,
              "headline": "Rubio lands in Munich",
              "at": "2025-02-14T08:00:00Z",
              "state": "confirmed",
              "relation": "new",
              "disputes": null,
              "disputed_by": null,
              "dropped": false,
              "origins": [
                "reuters",
                "dw"
              ],
              "reports": [
                {
                  "seq": 3,
                  "item": "i-0000000000000001",
                  "relation": "new",
                  "outlet": "Reuters",
                  "origin": "reuters",
                  "url": "https://reuters.example/1",
                  "title": "Rubio lands in Munich",
                  "published": "2025-02-14T08:00:00Z",
                  "at": "2025-02-14T08:00:00Z"
                },
                {
                  "seq": 4,
                  "item": "i-0000000000000002",
                  "relation": "corroboration",
                  "outlet": "DW",
                  "origin": "dw",
                  "url": "https://dw.example/2",
                  "title": "Rubio arrives in Munich",
                  "published": "2025-02-14T08:00:00Z",
                  "at": "2025-02-14T08:00:00Z"
                }
              ],
              "phases": [
                {
                  "seq": 6,
                  "from": "scheduled",
                  "to": "under_way",
                  "certainty": "reported",
                  "at": "2025-02-14T08:00:00Z",
                  "headline": "Rubio arrives in Munich",
                  "outlet": "DW"
                }
              ],
              "facts": [
                {
                  "seq": 7,
                  "key": "place",
                  "value": "Munich",
                  "certainty": "reported"
                }
              ]
            }
          ],
          "background": []
        }
    "#]],
    )
    .await;
    check(
        &desk,
        "/v1/storylines/saudi-meeting/timeline",
        expect![[r#"
        200 {
          "id": "saudi-meeting",
          "title": "A meeting",
          "developments": [],
          "background": []
        }
    "#]],
    )
    .await;
    assert_eq!(desk.ask("GET", "/v1/storylines/nothing/timeline", "").await.0, 404);
}

#[tokio::test]
async fn alerts_show_their_latest_stage_with_every_delivery() {
    let desk = Desk::with(&morning()).await;
    check(
        &desk,
        "/v1/alerts",
        expect![[r#"
        200 {
          "alerts": [
            {
              "id": "a-0000000000000001",
              "seq": 9,
              "kind": "phase",
              "storyline": "munich",
              "title": "The Munich conference",
              "headline": "Rubio lands in Munich",
              "severity": "warning",
              "state": "open",
              "at": "2025-02-14T08:09:00Z",
              "acknowledged": false,
              "changes": [
                "phase",
                "new"
              ],
              "development": "d-0000000000000001",
              "text": "munich · scheduled → under way · Rubio lands in Munich (confirmed: Reuters, DW)",
              "deliveries": [
                {
                  "id": "m-0000000000000001",
                  "sink": "desk",
                  "state": "failing",
                  "attempts": 1,
                  "last_error": "503 Service Unavailable",
                  "retry_at": "2025-02-14T08:12:00Z"
                }
              ]
            }
          ]
        }
    "#]],
    )
    .await;
    check(
        &desk,
        "/v1/alerts?before=9",
        expect![[r#"
        200 {
          "alerts": []
        }
    "#]],
    )
    .await;
    assert_eq!(desk.ask("GET", "/v1/alerts?limit=0", "").await.1, r#"{"alerts":[]}"#);
    assert_eq!(desk.ask("GET", "/v1/alerts?limit=x", "").await.0, 400);
}

#[tokio::test]
async fn alerts_can_be_pulled_as_atom() {
    let desk = Desk::with(&morning()).await;
    check(
        &desk,
        "/feed.atom?storyline=munich",
        expect![[r#"
            200 <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom">
              <id>urn:storyline:feed:munich</id>
              <title>The Munich conference</title>
              <updated>2025-02-14T08:09:00Z</updated>
              <author>
                <name>storyline</name>
              </author>
              <entry>
                <id>urn:storyline:alert:a-0000000000000001</id>
                <title>Rubio lands in Munich</title>
                <published>2025-02-14T08:00:00Z</published>
                <updated>2025-02-14T08:09:00Z</updated>
                <content>munich · scheduled → under way · Rubio lands in Munich (confirmed: Reuters, DW)</content>
                <link rel="alternate" href="https://reuters.example/1"/>
                <category term="munich"/>
                <category term="phase"/>
              </entry>
            </feed>"#]],
    )
    .await;
    assert_eq!(desk.ask("GET", "/feed.atom?storyline=nothing", "").await.0, 404);
}

#[tokio::test]
async fn alerts_can_be_pulled_as_a_json_feed() {
    let desk = Desk::with(&morning()).await;
    check(&desk, "/feed.json?storyline=munich", expect![[r#"
        200 {
          "version": "https://jsonfeed.org/version/1.1",
          "title": "The Munich conference",
          "authors": [
            {
              "name": "storyline"
            }
          ],
          "items": [
            {
              "id": "urn:storyline:alert:a-0000000000000001",
              "title": "Rubio lands in Munich",
              "content_text": "munich · scheduled → under way · Rubio lands in Munich (confirmed: Reuters, DW)",
              "date_published": "2025-02-14T08:00:00Z",
              "date_modified": "2025-02-14T08:09:00Z",
              "tags": [
                "munich",
                "phase"
              ],
              "url": "https://reuters.example/1"
            }
          ]
        }
    "#]]).await;
    assert_eq!(desk.ask("GET", "/feed.json?storyline=nothing", "").await.0, 404);
}

#[tokio::test]
async fn what_can_be_pulled_is_read_by_us_and_by_others_alike() {
    let desk = Desk::with(&morning()).await;
    let mut told = Vec::new();
    for path in ["/feed.atom", "/feed.json", "/feed.atom?storyline=munich", "/feed.json?storyline=munich"] {
        let (_, text) = desk.ask("GET", path, "").await;
        let ours = crate::read::read(text.as_bytes(), None, &"http://localhost/".parse().unwrap()).unwrap();
        let theirs = feed_rs::parser::parse(text.as_bytes()).unwrap();
        assert_eq!(ours.entries.len(), theirs.entries.len(), "{path}");
        for (our, their) in ours.entries.iter().zip(&theirs.entries) {
            assert_eq!(our.id, their.id);
            assert_eq!(Some(our.title.as_str()), their.title.as_ref().map(|it| it.content.as_str()));
            assert_eq!(our.link.as_deref(), their.links.first().map(|it| it.href.as_str()));
            assert!(their.updated.is_some() && their.published.is_some());
        }
        told.push(ours.entries.into_iter().map(|it| (it.id, it.title, it.link)).collect::<Vec<_>>());
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[2], told[3]);
    assert!(!told[2].is_empty());
}

#[tokio::test]
async fn numbers_are_told_to_prometheus() {
    let desk = Desk::with(&morning()).await;
    let (_, text) = desk.ask("GET", "/metrics", "").await;
    let numbers: Vec<_> = text.lines().filter(|it| !it.starts_with('#')).collect();
    expect![[r#"
        storyline_head_seq 12
        storyline_read_only 0
        storyline_storylines 2
        storyline_feeds 0
        storyline_feeds_failing 0
        storyline_items_total 612
        storyline_items_matched_total 3
        storyline_alerts 1
        storyline_deliveries_planned 0
        storyline_deliveries_failing 1
        storyline_deliveries_dead 0
        storyline_deliveries_held 0
        storyline_disk_bytes{room="log"} 4096
        storyline_disk_bytes{room="segments"} 2048
        storyline_disk_bytes{room="archive"} 1024
        storyline_disk_bytes{room="snapshot"} 512
        storyline_disk_bytes{room="aside"} 0"#]]
    .assert_eq(&numbers.join("\n"));
}
