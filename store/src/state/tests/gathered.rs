//! What waits for a digest: a limit for each sink, and nothing unsaid that goes over it.

use jiff::Timestamp;
use storyline_config::limit::GATHERED_KEPT;

use crate::{AlertId, AlertKind, DeliveryDigest, DeliveryId, Event, Recorded, Seq, State};

#[derive(Default)]
struct World(State);

impl World {
    fn apply(&mut self, event: Event) {
        let seq = self.0.seq.0 + 1;
        let at = Timestamp::from_second(1_739_318_400).unwrap();
        self.0.apply(&Recorded { seq: Seq(seq), at, event });
    }

    /// A stage of an alert is gathered for a sink's window, which closes so many seconds from now.
    fn gather(&mut self, sink: &str, alert: u64, closes: i64) {
        self.apply(Event::AlertGathered {
            sink: sink.parse().unwrap(),
            alert: AlertId(alert),
            kind: AlertKind::New,
            storyline: None,
            headline: format!("{alert} closes {closes}"),
            digest: DeliveryDigest::Window,
            not_before: Timestamp::from_second(1_739_318_400 + closes).unwrap(),
        });
    }

    fn kept(&self, sink: &str) -> Vec<u64> {
        self.0.gathered.iter().filter(|it| it.sink.as_str() == sink).map(|it| it.alert.0).collect()
    }

    fn more(&self, sink: &str) -> u64 {
        self.0.sinks.get(sink).map_or(0, |it| it.gathered_more.values().sum())
    }
}

#[test]
fn a_flood_for_one_sink_takes_nothing_from_another_and_is_counted() {
    let mut world = World::default();
    world.gather("desk", 1, 0);
    let many = GATHERED_KEPT as u64 + 3;
    (1..=many).for_each(|alert| world.gather("pager", alert, 0));
    assert_eq!(world.kept("desk"), [1]);
    assert_eq!(world.kept("pager"), (4..=many).collect::<Vec<_>>());
    assert_eq!((world.more("desk"), world.more("pager")), (0, 3));

    let planned = |digest| Event::DeliveryPlanned {
        delivery: DeliveryId(1 + digest as u64),
        sink: "pager".parse().unwrap(),
        alert: None,
        storyline: None,
        digest: Some(digest),
        body: String::new(),
    };
    world.apply(planned(DeliveryDigest::Stop));
    assert_eq!(world.more("pager"), 3, "that digest tells of others");
    world.apply(planned(DeliveryDigest::Quiet));
    assert_eq!((world.kept("pager").len(), world.more("pager")), (0, 0));
    assert_eq!(world.kept("desk"), [1]);
}

#[test]
fn stages_that_no_digest_would_tell_go_first() {
    let mut world = World::default();
    world.gather("desk", 1, 0);
    world.gather("desk", 2, 0);
    // Its further stages are held for longer: this one is still told.
    world.gather("desk", 2, 900);
    (2..GATHERED_KEPT as u64 * 3).for_each(|_| world.gather("desk", 3, 0));
    let kept = world.kept("desk");
    assert!(kept.len() <= GATHERED_KEPT && kept.starts_with(&[1, 2, 2, 3]), "{:?}", kept.first_chunk::<5>());
    assert_eq!(kept.last(), Some(&3));
    assert_eq!(world.more("desk"), 0);
}
