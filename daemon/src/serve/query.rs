//! What stands behind the question mark of a request.

use std::{collections::BTreeMap, str::FromStr};

use axum::http::Uri;
use jiff::Timestamp;
use storyline_config::StorylineId;
use storyline_store::Seq;

use super::problem::Problem;

/// The parameters of a request, the last of each name.
#[derive(Debug, Clone, Default)]
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    /// Reads the parameters; never fails, since percent-encoding is read leniently.
    pub(super) fn of(uri: &Uri) -> Self {
        let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// A parameter as it was written.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A parameter that is a number or a place in the log.
    pub(super) fn parsed<T: FromStr>(&self, name: &str, what: &str) -> Result<Option<T>, Problem> {
        let parse = |text: &str| {
            let detail = format!("{name}={text:?} is not {what}");
            text.parse().map_err(|_| Problem::bad(detail, format!("give {what}")))
        };
        self.text(name).map(parse).transpose()
    }

    /// A place in the log.
    pub(super) fn seq(&self, name: &str) -> Result<Option<Seq>, Problem> {
        self.parsed(name, "a place in the log such as 42 or %2342")
    }

    /// The moment after which something is asked for.
    pub(super) fn since(&self) -> Result<At, Problem> {
        self.text("since").map_or(Ok(At::Now), |it| At::parse("since", it))
    }

    /// How many at the most; more than `max` counts as `max`.
    pub(super) fn limit(&self, default: usize, max: usize) -> Result<usize, Problem> {
        Ok(self.parsed("limit", "a number")?.unwrap_or(default).min(max))
    }

    /// The storyline asked for.
    pub(super) fn storyline(&self) -> Result<Option<StorylineId>, Problem> {
        self.parsed("storyline", "the id of a storyline")
    }

    /// The moment asked for.
    pub(super) fn at(&self) -> Result<At, Problem> {
        self.text("at").map_or(Ok(At::Now), |it| At::parse("at", it))
    }
}

/// When things are asked to have stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// As they stand.
    Now,
    /// After an event.
    Seq(Seq),
    /// After the last event recorded by then.
    Time(Timestamp),
}

impl At {
    fn parse(name: &str, text: &str) -> Result<Self, Problem> {
        if let Ok(seq) = text.parse() {
            return Ok(Self::Seq(seq));
        }
        // An unencoded plus arrives as a blank: `…T10:00:00+02:00`.
        let time = text.parse().or_else(|_| text.replace(' ', "+").parse());
        let hint = "give a place such as %2342, or a time such as 2025-02-14T10:00:00Z";
        time.map(Self::Time).map_err(|_| Problem::bad(format!("{name}={text:?} is no moment"), hint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_place_or_a_time() {
        let check = |query: &str, want: Option<At>| {
            let uri: Uri = format!("/v1/status?{query}").parse().unwrap();
            assert_eq!(Query::of(&uri).at().ok(), want, "{query}");
        };
        let ten: Timestamp = "2025-02-14T10:00:00Z".parse().unwrap();
        check("", Some(At::Now));
        check("at=%2342", Some(At::Seq(Seq(42))));
        check("at=42", Some(At::Seq(Seq(42))));
        check("at=2025-02-14T10:00:00Z", Some(At::Time(ten)));
        check("at=2025-02-14T12:00:00%2B02:00", Some(At::Time(ten)));
        check("at=2025-02-14T12:00:00+02:00", Some(At::Time(ten)));
        check("at=yesterday", None);
        check("at=-1", None);
        check("at=%ff%fe", None);
    }

    #[test]
    fn a_limit_is_capped_not_refused() {
        let check = |query: &str, want: Option<usize>| {
            let uri: Uri = format!("/v1/events?{query}").parse().unwrap();
            assert_eq!(Query::of(&uri).limit(100, 1_000).ok(), want, "{query}");
        };
        check("", Some(100));
        check("limit=7", Some(7));
        check("limit=5000", Some(1_000));
        check("limit=many", None);
        check("limit=-3", None);
    }
}
