//! What the demo plays: outlets and what they publish when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use storyline_config::Role;

/// The story, written before anyone looked at what the program makes of it.
const TEXT: &str = include_str!("script.toml");

/// What is played.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    /// When it begins.
    pub(super) start: Timestamp,
    /// When it is over.
    pub(super) end: Timestamp,
    /// Who publishes, by the name of its feed.
    pub(super) outlet: BTreeMap<String, Outlet>,
    /// What is published, oldest first.
    pub(super) item: Vec<Piece>,
}

/// An invented outlet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outlet {
    /// Its name.
    pub(super) name: String,
    /// Who owns it.
    pub(super) family: String,
    /// What kind of voice it is.
    #[serde(default)]
    pub(super) role: Role,
    /// Whose acts it confirms.
    #[serde(default)]
    pub(super) speaks_for: Vec<String>,
    /// Where it is at home.
    #[serde(default = "utc")]
    pub(super) tz: String,
    /// How its feed is written.
    #[serde(default)]
    pub(super) format: Format,
}

/// How a feed is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    /// RSS 2.0.
    #[default]
    Rss,
    /// Atom 1.0.
    Atom,
}

/// One thing that is published.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Piece {
    /// When.
    pub(super) at: Timestamp,
    /// By whom.
    pub(super) outlet: String,
    /// Its headline.
    pub(super) title: String,
    /// Its first sentences.
    pub(super) text: String,
    /// The outlet a collector names.
    pub(super) source: Option<String>,
}

fn utc() -> String {
    "UTC".to_owned()
}

impl Script {
    /// The script that is shipped.
    ///
    /// # Errors
    ///
    /// Only if the program was built with a script that cannot be read.
    pub(super) fn shipped() -> Result<Self, toml::de::Error> {
        toml::from_str(TEXT)
    }

    /// What an outlet's feed carries at a moment, newest first.
    pub(super) fn carried<'a>(&'a self, outlet: &'a str, now: Timestamp) -> impl Iterator<Item = &'a Piece> {
        self.item.iter().rev().filter(move |it| it.outlet == outlet && it.at <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_what_the_demo_promises() {
        let script = Script::shipped().unwrap();
        assert!(script.outlet.len() >= 10, "at least ten outlets");
        assert!(script.item.is_sorted_by_key(|it| it.at), "told in order");
        assert!(script.item.iter().all(|it| script.outlet.contains_key(&it.outlet)), "by outlets there are");
        assert!(
            script
                .item
                .iter()
                .all(|it| script.start - jiff::SignedDuration::from_hours(24) < it.at && it.at < script.end)
        );
    }

    #[test]
    fn a_feed_carries_what_was_published_so_far() {
        let script = Script::shipped().unwrap();
        let count = |at: Timestamp| script.carried("tidewater", at).count();
        assert_eq!(count(script.start), 0);
        assert!(count(script.end) > 5);
    }
}
