//! What two configurations, or a configuration and the log, make otherwise.

use jiff::{Timestamp, tz::TimeZone};
use storyline_config::{Config, FeedId};
use storyline_store::{Item, ItemId, Recorded};

use super::{Decision, Difference, Recordings, backtest};
use crate::writer::{Core, Past};

fn config(all: &str) -> Config {
    let text = format!("[storyline.harbour]\ntitle = \"The strike\"\nall = {all}\n");
    Config::parse("storyline.toml", &text).unwrap().config
}

fn item(hour: u32, outlet: &str, title: &str) -> Item {
    let feed: FeedId = outlet.to_lowercase().parse().unwrap();
    let at: Timestamp = format!("2025-02-{:02}T{:02}:00:00Z", 10 + hour / 24, hour % 24).parse().unwrap();
    let json = serde_json::json!({
        "id": ItemId::of(&feed, title), "key": format!("{outlet}-{hour}"), "feed": feed, "outlet": outlet,
        "title": title, "text": "", "published": at, "seen": at, "effective": at,
    });
    serde_json::from_value(json).unwrap()
}

fn items() -> Vec<Item> {
    vec![
        item(0, "Post", "Dockers at Sorrel threaten a walkout over pay"),
        item(1, "Sun", "Sorrel dockers call strike for Monday"),
        item(2, "Echo", "Sorrel dockers call a strike for Monday, union says"),
        item(40, "Post", "Port of Sorrel reports record grain exports"),
    ]
}

fn decided(config: &Config) -> Vec<Decision> {
    backtest(config, items().into_iter()).map(|it| (&it).into()).collect()
}

#[test]
fn the_same_definitions_make_no_difference() {
    let all = config(r#"[["sorrel"], ["strike", "walkout"]]"#);
    assert!(Difference::between(&decided(&all), &decided(&all)).is_empty());
}

#[test]
fn a_definition_that_asks_less_gains_alerts_and_one_that_asks_more_loses_them() {
    let narrow = config(r#"[["sorrel"], ["strike", "walkout"]]"#);
    let wide = config(r#"[["sorrel"]]"#);
    let gained = Difference::between(&decided(&narrow), &decided(&wide));
    let ids = |told: &[super::Told]| told.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
    assert!(ids(&gained.alerts.gained).contains(&"Post-40".to_owned()), "{gained:?}");
    assert_eq!(ids(&gained.reports.gained), ["Post-40"]);
    assert!(gained.alerts.lost.is_empty() && gained.reports.lost.is_empty());
    let lost = Difference::between(&decided(&wide), &decided(&narrow));
    assert_eq!(ids(&lost.alerts.lost), ids(&gained.alerts.gained));
}

#[test]
fn an_alert_that_another_report_opens_has_moved() {
    let both = config(r#"[["sorrel"], ["strike", "walkout"]]"#);
    let later = config(r#"[["sorrel"], ["union says"]]"#);
    let difference = Difference::between(&decided(&both), &decided(&later));
    let [moved] = difference.alerts.moved.as_slice() else { panic!("{difference:?}") };
    assert_eq!((moved.from.id.as_str(), moved.to.id.as_str(), moved.seconds), ("Post-0", "Echo-2", 7_200));
}

#[test]
fn developments_that_fall_apart_are_told_with_their_parts() {
    let one = |item: u64, development: u64| {
        let (item, development) = (ItemId(item), storyline_store::DevelopmentId(development));
        let mut it = decided(&config(r#"[["sorrel"]]"#)).swap_remove(0);
        (it.item, it.development, it.id) = (item, Some(development), item.0.to_string());
        it
    };
    let before = [one(1, 7), one(2, 7), one(3, 7), one(4, 8)];
    let after = [one(1, 7), one(2, 9), one(3, 9), one(4, 9)];
    let difference = Difference::between(&before, &after).developments;
    let [split] = difference.split.as_slice() else { panic!("{difference:?}") };
    let parts: Vec<_> = split.parts.iter().map(|it| it.reports.join(" ")).collect();
    assert_eq!(parts, ["2 3", "1"]);
    let [merged] = difference.merged.as_slice() else { panic!("{difference:?}") };
    assert_eq!(merged.one.reports, ["2", "3", "4"]);
    assert_eq!(merged.parts.len(), 2);
}

#[test]
fn what_the_log_tells_is_what_a_run_over_the_same_items_decides() {
    let config = config(r#"[["sorrel"], ["strike", "walkout"]]"#);
    let mut core = Core::new(std::sync::Arc::new(config.clone()), TimeZone::UTC, Past::default());
    let mut recordings = Recordings::of(&items());
    for it in items() {
        core.ingest(&it, false, it.effective);
        let events: Vec<Recorded> = core.take_staged().into_events().collect();
        for it in &events {
            recordings.observe(it);
        }
    }
    let ran = decided(&config);
    assert!(!ran.is_empty());
    assert_eq!(recordings.decisions, ran);
    assert!(Difference::between(&recordings.decisions, &ran).is_empty());
}

#[test]
fn a_date_of_another_age_is_not_waited_for_by_the_hour() {
    let check = |from: &str, to: &str, want: Option<i64>| {
        let (from, to): (Timestamp, Timestamp) = (from.parse().unwrap(), to.parse().unwrap());
        let step = super::step(from, to);
        assert!(to.duration_since(from).as_secs() / step.as_secs() <= 10_000, "{step}");
        assert!(want.is_none_or(|it| it == step.as_secs()), "{step}");
    };
    check("2025-02-12T00:00:00Z", "2025-03-12T00:00:00Z", Some(3_600));
    check("2025-02-12T00:00:00Z", "2025-02-12T00:00:00Z", Some(3_600));
    check("0001-01-01T00:00:00Z", "2025-02-12T00:00:00Z", None);
    check("2025-02-12T00:00:00Z", "9999-02-10T00:00:00Z", None);
}
