//! A log in small: events go in, and what is planned comes out as lines.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use storyline_config::{
    Config, Digest, Facets, Phase, Rate, Retry, Severity, Sink, SinkKind, Storyline, StorylineId,
};
use storyline_store::{
    Certainty, DeliveryDigest, DevelopmentId, Event, Evidence, FactKey, ItemId, Recorded, Relation, Report,
    Seq, State,
};

use crate::plan::{Occasion, Situation, Visits, as_they_stand, due, plan};

pub(super) struct World {
    pub(super) config: Config,
    pub(super) state: State,
    pub(super) now: Timestamp,
    pub(super) zone: TimeZone,
    /// Everything planned, in order.
    pub(super) planned: Vec<Event>,
    /// The bodies of its deliveries.
    pub(super) bodies: Vec<Value>,
}

impl World {
    /// Two storylines, one sink that hears everything, at 10:40 on 12 February 2025.
    pub(super) fn new() -> Self {
        let mut config = Config::default();
        for id in ["munich", "saudi-meeting"] {
            let it = Storyline {
                title: format!("About {id}"),
                parent: None,
                seed: Vec::new(),
                facets: Facets::default(),
                languages: BTreeMap::new(),
                phases: BTreeMap::new(),
                alert: storyline_config::AlertRule::default(),
            };
            config.storylines.insert(id.parse().unwrap(), it);
        }
        let now = "2025-02-12T10:40:00Z".parse().unwrap();
        let mut world = Self {
            config,
            state: State::default(),
            now,
            zone: TimeZone::UTC,
            planned: Vec::new(),
            bodies: Vec::new(),
        };
        world.sink("desk", |_| {});
        for id in ["munich", "saudi-meeting"] {
            let (storyline, title) = (line(id), format!("About {id}"));
            world.record(Event::StorylineDefined { storyline, title, parent: None, definition: "1".into() });
        }
        world
    }

    pub(super) fn sink(&mut self, id: &str, change: impl FnOnce(&mut Sink)) {
        let mut it = Sink {
            kind: SinkKind::Exec { command: vec!["tell".into()] },
            secret_file: None,
            storylines: vec!["*".into()],
            min_severity: Severity::Notice,
            digest: Digest::Each,
            quiet_hours: None,
            time_zone: None,
            rate: Rate::default(),
            retry: Retry::default(),
            timeout: Duration::from_secs(30),
        };
        change(&mut it);
        self.config.sinks.insert(id.parse().unwrap(), it);
    }

    pub(super) fn munich(&mut self, change: impl FnOnce(&mut storyline_config::AlertRule)) {
        change(&mut self.config.storylines.get_mut(&line("munich")).unwrap().alert);
    }

    pub(super) fn wait(&mut self, span: Duration) {
        self.now = self.now.checked_add(span).unwrap();
    }

    pub(super) fn record(&mut self, event: Event) -> Recorded {
        let recorded = Recorded { seq: self.state.seq.next(), at: self.now, event };
        self.state.apply(&recorded);
        recorded
    }

    /// What is planned when these events happen.
    pub(super) fn tell(&mut self, occasion: Occasion, events: Vec<Event>) -> String {
        self.tell_after(0, occasion, events)
    }

    /// The same, on a page that has raised alerts already.
    pub(super) fn tell_after(&mut self, raised: u32, occasion: Occasion, events: Vec<Event>) -> String {
        let recorded: Vec<Recorded> = events.into_iter().map(|it| self.record(it)).collect();
        let planned = plan(&self.situation(), &recorded, occasion, raised);
        self.take(planned)
    }

    pub(super) fn live(&mut self, events: Vec<Event>) -> String {
        self.tell(Occasion::Live, events)
    }

    /// What is planned as time has passed.
    pub(super) fn due(&mut self, visits: Visits) -> String {
        let planned = due(&self.situation(), visits);
        self.take(planned)
    }

    /// Every storyline as it stands.
    pub(super) fn stands(&self) -> String {
        as_they_stand(&self.situation(), DeliveryDigest::Stop, &BTreeSet::new())
    }

    fn situation(&self) -> Situation<'_> {
        Situation { config: &self.config, state: &self.state, zone: &self.zone, now: self.now }
    }

    fn take(&mut self, planned: Vec<Event>) -> String {
        let mut lines = String::new();
        for event in planned {
            match &event {
                Event::AlertRaised { text, changes, severity, .. } => {
                    writeln!(lines, "{text}\n    {severity:?} {changes:?}").unwrap();
                }
                Event::AlertSuppressed { kind, headline, reason, .. } => {
                    writeln!(lines, "not told ({reason}): {kind:?} {headline}").unwrap();
                }
                Event::AlertGathered { sink, headline, digest, not_before, .. } => {
                    let at = not_before.strftime("%H:%M");
                    writeln!(lines, "    {sink} gathers for {digest:?} at {at}: {headline}").unwrap();
                }
                Event::DeliveryPlanned { sink, body, .. } => self.say(&mut lines, sink.as_str(), body),
                other => writeln!(lines, "{other:?}").unwrap(),
            }
            self.planned.push(event.clone());
            self.record(event);
        }
        lines
    }

    fn say(&mut self, lines: &mut String, sink: &str, body: &str) {
        let body: Value = serde_json::from_str(body).unwrap();
        let kind = body["kind"].as_str().unwrap();
        if kind == "digest" {
            let text = body["text"].as_str().unwrap().replace('\n', "\n    ");
            writeln!(lines, "→ {sink}: digest {}, {}\n    {text}", body["cause"], body["storyline"]).unwrap();
        } else {
            let follows = if body["supersedes"].is_null() { "" } else { ", instead of an earlier one" };
            writeln!(lines, "    → {sink}: {kind}{follows}").unwrap();
        }
        self.bodies.push(body);
    }
}

pub(super) fn line(id: &str) -> StorylineId {
    id.parse().unwrap()
}

pub(super) fn development(id: &str, key: &str) -> DevelopmentId {
    DevelopmentId::of(&line(id), item(key))
}

fn item(key: &str) -> ItemId {
    ItemId::of(&"wire".parse().unwrap(), key)
}

fn report(key: &str, origin: &str) -> Report {
    Report {
        item: item(key),
        key: None,
        feed: origin.to_lowercase().parse().unwrap(),
        outlet: origin.to_owned(),
        origin: origin.to_owned(),
        half: false,
        speaks_for: None,
        url: Some(format!("https://news.example/{}", key.len())),
        title: key.to_owned(),
        text: String::new(),
        lang: None,
        published: Some("2025-02-12T10:40:00Z".parse().unwrap()),
        effective: "2025-02-12T10:40:00Z".parse().unwrap(),
        late: false,
    }
}

fn evidence() -> Evidence {
    Evidence {
        rules: 1,
        facets: Vec::new(),
        nearest: None,
        copied: None,
        background: None,
        origin: String::new(),
        why: String::new(),
        dates: Vec::new(),
    }
}

/// A development is named by the headline that first reports it.
pub(super) fn new(id: &str, key: &str, origin: &str) -> Event {
    Event::DevelopmentReported {
        storyline: line(id),
        development: development(id, key),
        relation: Relation::New,
        disputes: None,
        report: report(key, origin),
        evidence: evidence(),
    }
}

pub(super) fn denial(id: &str, key: &str, of: &str, origin: &str) -> Vec<Event> {
    let (by, denied) = (development(id, key), development(id, of));
    let reported = Event::DevelopmentReported {
        storyline: line(id),
        development: by,
        relation: Relation::Denial,
        disputes: Some(denied),
        report: report(key, origin),
        evidence: evidence(),
    };
    vec![reported, Event::DevelopmentDisputed { storyline: line(id), development: denied, by }]
}

pub(super) fn late(event: Event) -> Event {
    match event {
        Event::DevelopmentReported { storyline, development, relation, disputes, mut report, evidence } => {
            report.late = true;
            Event::DevelopmentReported { storyline, development, relation, disputes, report, evidence }
        }
        other => other,
    }
}

pub(super) fn again(id: &str, key: &str, origin: &str) -> Event {
    Event::DevelopmentCorroborated {
        storyline: line(id),
        development: development(id, key),
        report: report(&format!("{key}, says {origin}"), origin),
        evidence: evidence(),
    }
}

pub(super) fn confirmed(id: &str, key: &str) -> Event {
    Event::DevelopmentConfirmed {
        storyline: line(id),
        development: development(id, key),
        origins: Vec::new(),
        by_party: None,
    }
}

pub(super) fn phase(id: &str, key: &str, from: Phase, to: Phase) -> Event {
    Event::PhaseEntered {
        storyline: line(id),
        development: development(id, key),
        from,
        to,
        certainty: Certainty::Reported,
        cue: "arrive".into(),
    }
}

pub(super) fn fact(id: &str, key: &str, what: FactKey, value: &str) -> Event {
    Event::FactReported {
        storyline: line(id),
        development: development(id, key),
        key: what,
        value: value.into(),
        certainty: Certainty::Reported,
        noted: false,
    }
}

/// The place the next event will have.
pub(super) fn next(world: &World) -> Seq {
    world.state.seq.next()
}
