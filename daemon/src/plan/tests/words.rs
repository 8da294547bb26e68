//! What sentences and documents say, kind by kind.

use std::time::Duration;

use expect_test::expect;
use storyline_config::{AlertCause, Phase};
use storyline_store::Event;

use super::world::{World, again, development, line, new, phase};

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
fn a_report_that_moves_the_phase_of_a_known_development_is_told_in_its_own_words() {
    let mut world = World::new();
    world.live(vec![new("munich", MEET, "Reuters"), phase("munich", MEET, Phase::None, Phase::Scheduled)]);
    let told = world
        .live(vec![again("munich", MEET, "DW"), phase("munich", MEET, Phase::Scheduled, Phase::Cancelled)]);
    expect![[r#"
        munich · scheduled → cancelled · Rubio to meet Zelenskyy, says DW (provisional: Reuters, DW) · since 10:40 · storyline explain #9
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
          "text": "munich · scheduled → under way · Rubio and Vance arrive (provisional: Reuters, DW) · since 10:40 · storyline explain #6"
        }"#]].assert_eq(&serde_json::to_string_pretty(&world.bodies[0]).unwrap());
}
