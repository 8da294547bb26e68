//! What sentences and documents say, kind by kind.

use std::time::Duration;

use expect_test::expect;
use storyline_config::{AlertCause, Phase};
use storyline_store::{Event, FactKey};

use super::world::{World, again, confirmed, denial, development, fact, line, new, phase};
use crate::plan::Story;

const MEET: &str = "Rubio to meet Zelenskyy";
const ARRIVE: &str = "Rubio and Vance arrive";

#[test]
fn time_alone_brings_overdue_surge_and_quiet() {
    let mut world = World::new();
    world.munich(|rule| rule.on = AlertCause::ALL.to_vec());
    world.live(vec![new("munich", MEET, "Reuters")]);
    let date = "2025-02-14".parse().unwrap();
    world.record(Event::ExpectationSet {
        storyline: line("munich"),
        development: development("munich", MEET),
        from: None,
        date,
        due: "2025-02-15T00:00:00Z".parse().unwrap(),
        what: "to meet on Friday".into(),
    });
    world.wait(Duration::from_hours(72));
    let storyline = || line("munich");
    let told = world.live(vec![
        Event::ExpectationMissed { storyline: storyline(), date, what: "to meet on Friday".into() },
        Event::StorylineSurged { storyline: storyline(), last_24h: 40, usual: 5 },
        Event::StorylineQuieted { storyline: storyline(), usual: 5 },
    ]);
    expect![[r#"
            munich · overdue · to meet on Friday (provisional: Reuters) · since 00:00 · storyline explain #10
                Warning [Overdue]
                → desk: overdue
            munich · surge · 40 reports in 24 hours, usually 5 · since 10:40 · storyline explain #12
                Info [Surge]
            munich · quiet · nothing in 24 hours, usually 5 reports · since 10:40 · storyline explain #13
                Info [Quiet]
        "#]]
    .assert_eq(&told);
}

#[test]
fn a_phase_moved_by_a_later_report_is_told_with_its_time_and_whoever_says_it() {
    let mut world = World::new();
    world.live(vec![
        new("munich", MEET, "Reuters"),
        again("munich", MEET, "AP"),
        confirmed("munich", MEET),
        phase("munich", MEET, Phase::None, Phase::Scheduled),
    ]);
    world.wait(Duration::from_hours(20));
    let mut said = again("munich", MEET, "DW");
    if let Event::DevelopmentCorroborated { report, .. } = &mut said {
        report.effective = world.now;
    }
    let told = world.live(vec![said, phase("munich", MEET, Phase::Scheduled, Phase::Cancelled)]);
    expect![[r#"
        munich · scheduled → cancelled · Rubio to meet Zelenskyy, says DW (provisional: DW) · since 06:40 · storyline explain #11
            Warning [Phase]
            → desk: phase, instead of an earlier one
    "#]].assert_eq(&told);
    let body = world.bodies.last().unwrap();
    assert_eq!(body["origins"], serde_json::json!(["DW"]));
    assert_eq!(body["reports"].as_array().unwrap().len(), 1);
    let story: Story = serde_json::from_value(body["story"].clone()).unwrap();
    assert_eq!(story.said_by.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["DW"]);
    assert_eq!(story.since, "06:40 on Thu 13 Feb 2025");
    let known = world.stands();
    expect![[r#"
        2 storylines · as they stand after a long stop
        munich · cancelled · Rubio to meet Zelenskyy, says DW (provisional: DW) · since 06:40
        saudi-meeting · none · nothing is reported yet"#]]
    .assert_eq(&known);
}

#[test]
fn a_report_that_moves_the_phase_of_a_known_development_is_told_in_its_own_words() {
    let mut world = World::new();
    world.live(vec![new("munich", MEET, "Reuters"), phase("munich", MEET, Phase::None, Phase::Scheduled)]);
    let told = world
        .live(vec![again("munich", MEET, "DW"), phase("munich", MEET, Phase::Scheduled, Phase::Cancelled)]);
    expect![[r#"
        munich · scheduled → cancelled · Rubio to meet Zelenskyy, says DW (provisional: DW) · since 10:40 · storyline explain #9
            Warning [Phase]
            → desk: phase, instead of an earlier one
    "#]].assert_eq(&told);
}

#[test]
fn the_document_says_everything() {
    let mut world = World::new();
    world.live(vec![
        new("munich", ARRIVE, "Reuters"),
        again("munich", ARRIVE, "DW"),
        phase("munich", ARRIVE, Phase::Scheduled, Phase::UnderWay),
    ]);
    expect![[r#"
        {
          "id": "m-ba67e3a88c961188",
          "alert": "a-d39c45a477c580e8",
          "seq": 6,
          "kind": "phase",
          "changes": [
            "phase",
            "new"
          ],
          "storyline": "munich",
          "title": "About munich",
          "headline": "Rubio and Vance arrive",
          "severity": "warning",
          "phase": "under_way",
          "state": "provisional",
          "origins": [
            "Reuters",
            "DW"
          ],
          "reports": [
            {
              "outlet": "Reuters",
              "url": "https://news.example/22",
              "published": "2025-02-12T10:40:00Z"
            },
            {
              "outlet": "DW",
              "url": "https://news.example/31",
              "published": "2025-02-12T10:40:00Z"
            }
          ],
          "at": "2025-02-12T10:40:00Z",
          "supersedes": null,
          "text": "munich · scheduled → under way · Rubio and Vance arrive (provisional: Reuters, DW) · since 10:40 · storyline explain #6\nReuters: https://news.example/22\nDW: https://news.example/31\nsince 10:40 on Wed 12 Feb 2025\nbefore: scheduled\nwhy: storyline explain #6",
          "story": {
            "sentence": "munich · scheduled → under way · Rubio and Vance arrive (provisional: Reuters, DW) · since 10:40 · storyline explain #6",
            "said_by": [
              {
                "name": "Reuters",
                "url": "https://news.example/22"
              },
              {
                "name": "DW",
                "url": "https://news.example/31"
              }
            ],
            "since": "10:40 on Wed 12 Feb 2025",
            "before": "scheduled",
            "ask": "storyline explain #6"
          }
        }"#]].assert_eq(&serde_json::to_string_pretty(&world.bodies[0]).unwrap());
}

#[test]
fn under_the_sentence_stands_who_says_so_since_when_and_what_was_known_before() {
    let mut world = World::new();
    world.live(vec![new("munich", MEET, "Reuters"), phase("munich", MEET, Phase::None, Phase::Scheduled)]);
    world.wait(Duration::from_hours(30));
    world.live(vec![again("munich", MEET, "DW"), confirmed("munich", MEET)]);
    world.live(vec![new("munich", ARRIVE, "AP"), phase("munich", ARRIVE, Phase::Scheduled, Phase::UnderWay)]);
    world.live(vec![fact("munich", ARRIVE, FactKey::Place, "Munich")]);
    world.live(vec![
        new("munich", "It was in Bonn", "AFP"),
        fact("munich", "It was in Bonn", FactKey::Place, "Bonn"),
    ]);
    world.live(denial("munich", "Kyiv denies it", ARRIVE, "Ukrinform"));
    let texts: Vec<_> = world.bodies.iter().map(|it| it["text"].as_str().unwrap()).collect();
    expect![[r#"
        munich · none → scheduled · Rubio to meet Zelenskyy (provisional: Reuters) · since 10:40 · storyline explain #5
        Reuters: https://news.example/23
        since 10:40 on Wed 12 Feb 2025
        before: nothing was reported
        why: storyline explain #5

        munich · confirmed · Rubio to meet Zelenskyy (confirmed: Reuters, DW) · since 10:40 on 12 Feb 2025 · storyline explain #9
        Reuters: https://news.example/23
        DW: https://news.example/32
        since 10:40 on Wed 12 Feb 2025
        before: none → scheduled · Rubio to meet Zelenskyy (provisional: Reuters) · told at 10:40 on 12 Feb 2025
        why: storyline explain #9

        munich · scheduled → under way · Rubio and Vance arrive (provisional: AP) · since 10:40 on 12 Feb 2025 · storyline explain #13
        AP: https://news.example/22
        since 10:40 on Wed 12 Feb 2025
        before: scheduled · Rubio to meet Zelenskyy (confirmed: Reuters, DW) · since 10:40 on 12 Feb 2025
        why: storyline explain #13

        munich · place Munich · Rubio and Vance arrive (provisional: AP) · since 10:40 on 12 Feb 2025 · storyline explain #16
        AP: https://news.example/22
        since 10:40 on Wed 12 Feb 2025
        before: scheduled → under way · Rubio and Vance arrive (provisional: AP) · told at 16:40
        why: storyline explain #16

        munich · place Bonn · It was in Bonn (provisional: AFP) · since 10:40 on 12 Feb 2025 · storyline explain #20
        AFP: https://news.example/14
        since 10:40 on Wed 12 Feb 2025
        before: place Munich
        why: storyline explain #20

        munich · disputed · Kyiv denies it (provisional: Ukrinform) · since 10:40 on 12 Feb 2025 · storyline explain #24
        Ukrinform: https://news.example/14
        since 10:40 on Wed 12 Feb 2025
        before: Rubio and Vance arrive (disputed: AP) · since 10:40 on 12 Feb 2025
        why: storyline explain #24
    "#]].assert_eq(&(texts.join("\n\n") + "\n"));
}

#[test]
fn of_very_many_who_say_so_the_first_are_named_and_the_rest_is_counted() {
    let mut world = World::new();
    let others: Vec<String> = (0..30).map(|it| format!("paper-{it}")).collect();
    let mut events = vec![new("munich", MEET, "Reuters")];
    events.extend(others.iter().map(|it| again("munich", MEET, it)));
    world.live(events);
    let story = Story::of(&world.bodies[0].to_string()).unwrap();
    assert_eq!((story.said_by.len(), story.more), (8, 23));
    assert!(story.text().contains("\nand 23 more\nsince "), "{}", story.text());
}

#[test]
fn the_parts_of_a_document_read_back() {
    let mut world = World::new();
    world.live(vec![new("munich", MEET, "Reuters")]);
    let story = Story::of(&world.bodies[0].to_string()).unwrap();
    assert_eq!(story.text(), world.bodies[0]["text"].as_str().unwrap());
    assert_eq!(story.ask, "storyline explain #4");
    assert_eq!(Story::of(r#"{"kind":"digest","text":"2 alerts"}"#), None);
}
