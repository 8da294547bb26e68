//! What a reference means, and everything the log says of it.

use std::collections::BTreeSet;

use storyline_store::{AlertId, DeliveryId, DevelopmentId, Event, ItemId, Recorded, Report, Seq};

use super::super::{doors::Past, moment::each, subject};

/// Events told of one item.
const EVENTS_MAX: usize = 200;
/// Characters of an id: its kind, and 16 hex digits.
const ID_CHARS: usize = 18;

/// What a reference may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sought {
    /// `#42`.
    Event(Seq),
    /// `i-…`.
    Item(ItemId),
    /// `d-…`.
    Development(DevelopmentId),
    /// `a-…`.
    Alert(AlertId),
    /// `m-…`.
    Delivery(DeliveryId),
    /// The name its sender or its publisher gave an item.
    Key(String),
    /// An address.
    Page(String),
}

impl Sought {
    /// Reads a reference; what has no other form is the name of an item.
    pub(super) fn of(text: &str) -> Self {
        let text = text.trim();
        // Senders name their items as they like: what is no whole id is a name.
        let is_id = text.len() == ID_CHARS
            && text.get(2..).is_some_and(|it| it.chars().all(|c| c.is_ascii_hexdigit()));
        let by_id = match text.get(..2).filter(|_| is_id) {
            Some("i-") => text.parse().ok().map(Self::Item),
            Some("d-") => text.parse().ok().map(Self::Development),
            Some("a-") => text.parse().ok().map(Self::Alert),
            Some("m-") => text.parse().ok().map(Self::Delivery),
            _ => text.parse().ok().map(Self::Event),
        };
        let other = || {
            let text = text.to_owned();
            if text.contains("://") { Self::Page(text) } else { Self::Key(text) }
        };
        by_id.unwrap_or_else(other)
    }

    /// Whether an event cites, or is, what is sought.
    fn is(&self, it: &Recorded) -> bool {
        let report = || subject::report(&it.event).map(|(report, _)| report);
        match self {
            Self::Event(seq) => it.seq == *seq,
            Self::Item(id) => report().is_some_and(|it| it.item == *id),
            Self::Development(id) => subject::development(&it.event) == Some(*id),
            Self::Alert(id) => subject::alert(&it.event) == Some(*id),
            Self::Delivery(id) => {
                matches!(&it.event, Event::DeliveryPlanned { delivery, .. } if delivery == id)
            }
            Self::Key(key) => report().is_some_and(|it| it.key.as_ref() == Some(key)),
            Self::Page(url) => report().is_some_and(|it| it.url.as_ref() == Some(url)),
        }
    }
}

/// Everything the log says of what was sought.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The report it comes down to.
    pub(super) report: Option<Report>,
    /// What was recorded of it: its decisions, and what its development became.
    pub(super) events: Vec<Recorded>,
}

/// Looks through the log.
pub(super) fn find(past: &dyn Past, sought: &Sought, head: Seq) -> Result<Found, String> {
    let Some(asked) = first(past, sought, head)? else { return Ok(Found::default()) };
    // How a message fared is about what it tells of.
    let planned = match subject::delivery(&asked.event) {
        Some(it) => first(past, &Sought::Delivery(it), head)?,
        None => None,
    };
    let first = planned.unwrap_or(asked);
    let named = subject::development(&first.event);
    let alert = subject::alert(&first.event).or_else(|| named.map(AlertId::of_development));
    let development = match (named, alert) {
        (None, Some(alert)) => told_of(past, alert, head)?,
        (named, _) => named,
    };
    // An alert has its name from its development.
    let is_its = |it: DevelopmentId| development == Some(it) || alert == Some(AlertId::of_development(it));
    let report = match subject::report(&first.event) {
        Some((report, _)) => Some(report.clone()),
        None => cause(past, first.seq, is_its, head)?,
    };
    let mut deliveries: BTreeSet<DeliveryId> = BTreeSet::new();
    let mut found = Found { report, events: Vec::new() };
    let item = found.report.as_ref().map(|it| it.item);
    let mut read = item.is_none();
    each(past, Seq(0), head, |it| {
        let cited = subject::report(&it.event).map(|(report, _)| report);
        let same_item = item.is_some() && cited.map(|it| it.item) == item;
        let same_development = cited.is_none() && subject::development(&it.event).is_some_and(is_its);
        let same_alert = alert.is_some() && subject::alert(&it.event) == alert;
        // What became of the messages that told of it, digests among them, says whether it reached anybody.
        if let Event::DeliveryPlanned { delivery, body, .. } = &it.event
            && alert.is_some_and(|alert| same_alert || body.contains(&alert.to_string()))
        {
            deliveries.insert(*delivery);
        }
        let sent = subject::delivery(&it.event).is_some_and(|it| deliveries.contains(&it));
        let told = it.seq == first.seq || same_item || same_development || same_alert || sent;
        read |= same_item;
        // What was before the item did not come of it; what was decided of it is told however much became of it.
        if told && (read || it.seq == first.seq) && (same_item || found.events.len() < EVENTS_MAX) {
            found.events.push(it.clone());
        }
    })?;
    Ok(found)
}

/// The report that brought an event about which cites none: the last by then of its development, or the one that
/// disputes it; of a development nothing was reported of by then, the first after it.
fn cause(
    past: &dyn Past,
    of: Seq,
    is_its: impl Fn(DevelopmentId) -> bool,
    head: Seq,
) -> Result<Option<Report>, String> {
    let (mut cause, mut last) = (None, None);
    each(past, Seq(0), head, |it| {
        let development = subject::development(&it.event);
        let cited = subject::report(&it.event).map(|(report, _)| report.clone());
        let by = |report: &(Option<DevelopmentId>, Report), by| report.0 == Some(by);
        let brings = match (&it.event, cited) {
            // A report that disputes is recorded before what it disputes is said to be.
            (Event::DevelopmentDisputed { development, by: other, .. }, _) if is_its(*development) => {
                last.as_ref().filter(|it| by(it, *other)).map(|(_, report)| report.clone())
            }
            (_, Some(report)) => {
                last = Some((development, report.clone()));
                Some(report).filter(|_| development.is_some_and(&is_its))
            }
            _ => None,
        };
        if brings.is_some() && (it.seq <= of || cause.is_none()) {
            cause = brings;
        }
    })?;
    Ok(cause)
}

/// The development an alert tells of, where an event of it says so.
fn told_of(past: &dyn Past, alert: AlertId, head: Seq) -> Result<Option<DevelopmentId>, String> {
    let mut development = None;
    each(past, Seq(0), head, |it| {
        if development.is_none() && subject::alert(&it.event) == Some(alert) {
            development = subject::development(&it.event);
        }
    })?;
    Ok(development)
}

/// The first event that is, or cites, what is sought.
fn first(past: &dyn Past, sought: &Sought, head: Seq) -> Result<Option<Recorded>, String> {
    if let Sought::Event(seq) = sought {
        let Some(before) = seq.0.checked_sub(1).filter(|_| *seq <= head) else { return Ok(None) };
        return Ok(past.read_after(Seq(before), 1)?.pop());
    }
    let mut first = None;
    each(past, Seq(0), head, |it| {
        if first.is_none() && sought.is(it) {
            first = Some(it.clone());
        }
    })?;
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_told_by_its_form() {
        let check = |text: &str, want: Sought| assert_eq!(Sought::of(text), want, "{text}");
        check("#42", Sought::Event(Seq(42)));
        check("42", Sought::Event(Seq(42)));
        check("i-00000000000000ff", Sought::Item(ItemId(255)));
        check("d-00000000000000ff", Sought::Development(DevelopmentId(255)));
        check("a-00000000000000ff", Sought::Alert(AlertId(255)));
        check("https://news.example/1", Sought::Page("https://news.example/1".to_owned()));
        check("m-00000000000000ff", Sought::Delivery(DeliveryId(255)));
        check("a-story", Sought::Key("a-story".to_owned()));
        check("d-091", Sought::Key("d-091".to_owned()));
        check("urn:uuid:7", Sought::Key("urn:uuid:7".to_owned()));
    }
}
