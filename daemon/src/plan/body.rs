//! The documents sinks get, rendered once: every attempt carries these bytes.

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use storyline_config::{AlertCause, Phase, Severity, SinkId, StorylineId};
use storyline_store::{
    AlertId, AlertKind, DeliveryDigest, DeliveryId, DevelopmentState, Gathered, ReportRef, Seq,
};

use super::{Situation, severity, stage::Stage, story::Story};

/// Reports named in one document.
const REPORTS_NAMED: usize = 16;
/// Alerts named in one digest; the rest is counted.
pub(super) const ALERTS_NAMED: usize = 100;

/// A stage of an alert, as webhooks and programs get it.
#[derive(Serialize)]
struct AlertBody<'a> {
    id: DeliveryId,
    alert: AlertId,
    seq: Seq,
    kind: AlertKind,
    changes: &'a [AlertCause],
    storyline: Option<&'a StorylineId>,
    title: Option<&'a str>,
    headline: &'a str,
    severity: Severity,
    phase: Option<Phase>,
    state: Option<DevelopmentState>,
    origins: &'a [String],
    reports: Vec<ReportBody<'a>>,
    at: Timestamp,
    supersedes: Option<DeliveryId>,
    text: String,
    story: &'a Story,
}

#[derive(Serialize)]
struct ReportBody<'a> {
    outlet: &'a str,
    url: Option<&'a str>,
    published: Option<Timestamp>,
}

impl<'a> From<&'a ReportRef> for ReportBody<'a> {
    fn from(it: &'a ReportRef) -> Self {
        Self { outlet: &it.outlet, url: it.url.as_deref(), published: it.published }
    }
}

/// Several alerts in one message.
#[derive(Serialize)]
struct DigestBody<'a> {
    id: DeliveryId,
    kind: &'static str,
    cause: DeliveryDigest,
    seq: Seq,
    storyline: Option<&'a StorylineId>,
    title: Option<&'a str>,
    alerts: Vec<DigestAlert<'a>>,
    /// Alerts that are not listed.
    more: usize,
    at: Timestamp,
    text: &'a str,
}

#[derive(Serialize)]
struct DigestAlert<'a> {
    alert: AlertId,
    kind: AlertKind,
    storyline: Option<&'a StorylineId>,
    headline: &'a str,
}

/// What names one message besides its stage.
pub(super) struct Envelope {
    pub(super) id: DeliveryId,
    pub(super) seq: Seq,
    pub(super) supersedes: Option<DeliveryId>,
}

/// The document for a stage.
pub(super) fn alert(situation: &Situation<'_>, stage: &Stage, story: &Story, envelope: &Envelope) -> String {
    let storyline = stage.storyline.as_ref().and_then(|id| situation.state.storylines.get(id));
    let development = storyline.zip(stage.development).and_then(|(it, id)| it.development(id));
    let reports = stage.reports(development).take(REPORTS_NAMED);
    render(&AlertBody {
        id: envelope.id,
        alert: stage.alert,
        seq: envelope.seq,
        kind: stage.kind,
        changes: &stage.changes,
        storyline: stage.storyline.as_ref(),
        title: storyline.map(|it| it.title.as_str()),
        headline: &stage.headline,
        severity: severity(stage.kind),
        phase: storyline.map(|it| it.phase),
        state: stage.backing.as_ref().map(|(state, _)| *state),
        origins: stage.backing.as_ref().map(|(_, origins)| origins.as_slice()).unwrap_or_default(),
        reports: reports.map(ReportBody::from).collect(),
        at: situation.now,
        supersedes: envelope.supersedes,
        text: story.text(),
        story,
    })
}

/// The document for a digest of `alerts`, of which the first are named, and of so many more that nobody keeps.
pub(super) fn digest(
    cause: DeliveryDigest,
    storyline: Option<(&StorylineId, &str)>,
    (alerts, unkept): (&[&Gathered], usize),
    at: Timestamp,
    (id, seq, text): (DeliveryId, Seq, &str),
) -> String {
    let named = alerts.iter().take(ALERTS_NAMED).map(|it| DigestAlert {
        alert: it.alert,
        kind: it.kind,
        storyline: it.storyline.as_ref(),
        headline: &it.headline,
    });
    render(&DigestBody {
        id,
        kind: "digest",
        cause,
        seq,
        storyline: storyline.map(|(id, _)| id),
        title: storyline.map(|(_, title)| title),
        alerts: named.collect(),
        more: alerts.len().saturating_sub(ALERTS_NAMED).saturating_add(unkept),
        at,
        text,
    })
}

/// A message that tries a sink: its name, and the document, which says that it is a test and tells its time in `zone`.
pub fn test_message(sink: &SinkId, at: Timestamp, zone: &TimeZone) -> (DeliveryId, String) {
    let alert = AlertId::of_cause("test", sink.as_str(), Seq(0));
    let id = DeliveryId::of(alert, Seq(u64::try_from(at.as_microsecond()).unwrap_or_default()), sink);
    let text = format!("{sink} · test · this sink works");
    let ask = format!("storyline alerts test {sink}");
    let since = super::story::day_and_time(at, zone);
    let story = Story { sentence: text.clone(), said_by: Vec::new(), more: 0, since, before: None, ask };
    let document = serde_json::json!({
        "id": id, "alert": alert, "seq": null, "kind": "test", "changes": [], "storyline": null,
        "title": null, "headline": "this sink works", "severity": "info", "phase": null, "state": null,
        "origins": [], "reports": [], "at": at, "supersedes": null, "text": text,
        "story": story,
    });
    (id, document.to_string())
}

fn render(document: &impl Serialize) -> String {
    // Strings, numbers and lists of them always have a JSON form.
    serde_json::to_string(document).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_message_tells_its_time_where_its_reader_is() {
        let (at, zone) = ("2025-02-12T23:40:00Z".parse().unwrap(), TimeZone::get("Europe/Berlin").unwrap());
        let (_, body) = test_message(&"desk".parse().unwrap(), at, &zone);
        assert_eq!(Story::of(&body).unwrap().since, "00:40 on Thu 13 Feb 2025");
    }
}
