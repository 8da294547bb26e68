//! What a configuration means, for whoever asks `check`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;

use crate::{
    AlertCause, AlertRule, Alias, Config, Facet, Feed, Mail, Sink, SinkKind, Source, Storyline, StorylineId,
};

/// A configuration in words and numbers. No secret is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// The hash of the whole, as in `configuration_loaded`.
    pub hash: String,
    /// The feeds by name.
    pub feeds: Vec<FeedDescription>,
    /// How many owner families they are of: at most so many origins can confirm each other.
    pub families: usize,
    /// The languages they are read in, where they say so.
    pub languages: BTreeSet<String>,
    /// Their innermost tags, with how many feeds carry each.
    pub tags: BTreeMap<String, usize>,
    /// The storylines by name.
    pub storylines: Vec<StorylineDescription>,
    /// The sinks by name.
    pub sinks: Vec<SinkDescription>,
    /// How many actors facts can name.
    pub actors: usize,
    /// How many places facts can name.
    pub places: usize,
}

/// One feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedDescription {
    /// Its name.
    pub id: String,
    /// Where it is read from, without a password.
    pub source: String,
    /// The outlet it is of.
    pub outlet: String,
    /// Who owns the outlet.
    pub family: String,
    /// What kind of voice it is.
    pub role: &'static str,
    /// Whom it speaks for.
    pub speaks_for: Vec<String>,
}

/// One storyline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StorylineDescription {
    /// Its name.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The umbrella it belongs under.
    pub parent: Option<String>,
    /// The hash of its definition, as in `storyline_defined`.
    pub hash: String,
    /// Its facets, each with every alias it is touched by, packs resolved.
    pub facets: Vec<Vec<String>>,
    /// What vetoes, packs resolved.
    pub none: Vec<String>,
    /// The languages it has facets of its own for.
    pub languages: Vec<String>,
    /// The phases it has cues for, with how many.
    pub phases: BTreeMap<&'static str, usize>,
    /// What it alerts on.
    pub on: Vec<AlertCause>,
    /// What its developments wait for before they are told; none where for nothing.
    pub hold: Option<String>,
    /// Whether any sink hears of it.
    pub told: bool,
}

/// One sink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SinkDescription {
    /// Its name.
    pub id: String,
    /// How it is reached.
    pub kind: &'static str,
    /// The host, or the program; the rest of an address may be a secret.
    pub target: String,
    /// The storylines it hears of.
    pub storylines: Vec<String>,
    /// The least that is told.
    pub min_severity: &'static str,
    /// When it is told: each alert on its own or together, at most how many, when not.
    pub pace: Vec<String>,
}

impl Config {
    /// Says what this configuration means.
    pub fn describe(&self) -> Description {
        let families: BTreeSet<&str> = self.feeds.values().map(|it| it.family.as_str()).collect();
        let mut tags = BTreeMap::new();
        for tag in self.feeds.values().filter_map(|it| it.tags.last()) {
            *tags.entry(tag.clone()).or_default() += 1;
        }
        Description {
            hash: self.hash(),
            feeds: self.feeds.iter().map(|(id, it)| feed(id.to_string(), it)).collect(),
            families: families.len(),
            languages: self.feeds.values().filter_map(|it| it.lang.clone()).collect(),
            tags,
            storylines: self.storylines.iter().map(|(id, it)| self.storyline(id, it)).collect(),
            sinks: self.sinks.iter().map(|(id, it)| sink(id.to_string(), it)).collect(),
            actors: self.actors.len(),
            places: self.places.len(),
        }
    }

    fn storyline(&self, id: &StorylineId, it: &Storyline) -> StorylineDescription {
        StorylineDescription {
            id: id.to_string(),
            title: it.title.clone(),
            parent: it.parent.as_ref().map(ToString::to_string),
            hash: self.storyline_hash(id).unwrap_or_default(),
            facets: it.facets.all.iter().map(|it| self.resolved(it)).collect(),
            none: self.resolved(&it.facets.none),
            languages: it.languages.keys().cloned().collect(),
            phases: it.phases.iter().map(|(phase, cues)| (phase.as_str(), cues.len())).collect(),
            on: it.alert.on.clone(),
            hold: hold(&it.alert),
            told: self.sinks.values().any(|sink| sink.hears(Some(id))),
        }
    }

    /// The aliases of a facet, those of its packs among them, as a configuration writes them.
    fn resolved(&self, facet: &Facet) -> Vec<String> {
        let mut all = Vec::new();
        for alias in facet {
            match alias {
                Alias::Pack(name) => {
                    let pack = self.pack(name).into_iter();
                    all.extend(pack.flat_map(|it| &it.aliases).map(ToString::to_string));
                }
                other => all.push(other.to_string()),
            }
        }
        all
    }
}

fn feed(id: String, it: &Feed) -> FeedDescription {
    let source = match &it.source {
        Source::Feed(url) | Source::Sitemap(url) => {
            let mut url = url.clone();
            // An address that cannot hold a password has none to hide.
            _ = url.set_password(None);
            url.to_string()
        }
        Source::Exec { command, .. } => format!("exec:{}", command.first().map_or("", String::as_str)),
        Source::File(path) => format!("file://{}", path.display()),
    };
    FeedDescription {
        id,
        source,
        outlet: it.outlet.clone(),
        family: it.family.clone(),
        role: it.role.as_str(),
        speaks_for: it.speaks_for.iter().map(|it| format!("@{it}")).collect(),
    }
}

fn sink(id: String, it: &Sink) -> SinkDescription {
    let (kind, target) = match &it.kind {
        SinkKind::Webhook { url } => ("webhook", url.place()),
        SinkKind::Service { service, url } => (service.as_str(), url.place()),
        SinkKind::Apprise { command } => ("apprise", command.first().cloned().unwrap_or_default()),
        SinkKind::Email(it) => ("email", mail(it)),
        SinkKind::Exec { command } => ("exec", command.first().cloned().unwrap_or_default()),
        SinkKind::Desktop => ("desktop", "notify-send".to_owned()),
    };
    SinkDescription {
        id,
        kind,
        target,
        storylines: it.storylines.clone(),
        min_severity: it.min_severity.as_str(),
        pace: pace(it),
    }
}

/// `desk@example.org and 2 more, through mail.example.org`.
fn mail(it: &Mail) -> String {
    let first = it.to.first().map_or("nobody", |it| it.address.as_str());
    let more = match it.to.len().saturating_sub(1) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{first}{more}, through {}", it.host)
}

/// When a sink is told, in words.
fn pace(it: &Sink) -> Vec<String> {
    let rate = format!("at most {} in {}", it.rate.messages, humantime::format_duration(it.rate.per));
    let zone = it.time_zone.as_ref().and_then(|it| it.iana_name()).map(|it| format!("times of {it}"));
    let quiet = it.quiet_hours.map(|it| it.to_string());
    [it.digest.to_string(), rate].into_iter().chain(quiet).chain(zone).collect()
}

/// When a storyline's developments are told, in words; none where at once.
fn hold(it: &AlertRule) -> Option<String> {
    let least = (it.min_origins > 1).then(|| format!("told from {} origins on", it.min_origins));
    let held = it
        .confirm
        .map(|it| format!("held for {} origins, or {}", it.origins, humantime::format_duration(it.within)));
    let all: Vec<String> = least.into_iter().chain(held).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags: Vec<String> = self.tags.iter().map(|(tag, count)| format!("{tag} {count}")).collect();
        let languages: Vec<&str> = self.languages.iter().map(String::as_str).collect();
        let (feeds, families) =
            (count(self.feeds.len(), "feed", "feeds"), count(self.families, "family", "families"));
        match (self.feeds.as_slice(), languages.as_slice()) {
            ([], _) => writeln!(
                f,
                "no feeds\n  nothing is polled: add [feed.*] tables, or give it items with `storyline ingest`"
            )?,
            (_, []) => writeln!(f, "{feeds} of {families}; their languages are told from what they carry")?,
            _ => writeln!(f, "{feeds} of {families}, in {}", languages.join(", "))?,
        }
        if !tags.is_empty() {
            writeln!(f, "  {}", tags.join(", "))?;
        }
        for it in self.feeds.iter().filter(|it| !it.speaks_for.is_empty()) {
            writeln!(f, "  {} speaks for {}", it.id, it.speaks_for.join(", "))?;
        }
        writeln!(
            f,
            "{}; facts know {} and {}",
            count(self.storylines.len(), "storyline", "storylines"),
            count(self.actors, "actor", "actors"),
            count(self.places, "place", "places")
        )?;
        self.storylines.iter().try_for_each(|it| it.fmt(f))?;
        writeln!(f, "{}", count(self.sinks.len(), "sink", "sinks"))?;
        for it in &self.sinks {
            let whose = it.storylines.join(", ");
            writeln!(f, "  {}  {} to {}: {whose}, from {} on", it.id, it.kind, it.target, it.min_severity)?;
            writeln!(f, "    {}", it.pace.join("; "))?;
        }
        Ok(())
    }
}

impl fmt::Display for StorylineDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parent = self.parent.as_ref().map(|it| format!(", under {it}")).unwrap_or_default();
        writeln!(f, "  {}  {}{parent}", self.id, self.title)?;
        for facet in &self.facets {
            writeln!(f, "    must have  {}", some(facet))?;
        }
        if !self.none.is_empty() {
            writeln!(f, "    must not   {}", some(&self.none))?;
        }
        let phases: Vec<&str> = self.phases.keys().copied().collect();
        writeln!(f, "    cues for   {}", or_none(&phases))?;
        if let Some(hold) = &self.hold {
            writeln!(f, "    alerts     {hold}")?;
        }
        if !self.languages.is_empty() {
            writeln!(f, "    also in    {}", self.languages.join(", "))?;
        }
        Ok(())
    }
}

/// The first few of a list, and how many more there are.
fn some(list: &[String]) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<&str> = list.iter().take(SHOWN).map(String::as_str).collect();
    match list.len().saturating_sub(SHOWN) {
        0 => shown.join(" | "),
        more => format!("{} | … {more} more", shown.join(" | ")),
    }
}

fn count(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

fn or_none(list: &[&str]) -> String {
    if list.is_empty() { "none named".to_owned() } else { list.join(", ") }
}

#[cfg(test)]
#[allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
mod tests {
    use expect_test::expect;

    use crate::Config;

    #[test]
    fn a_description_of_little_says_so_in_words() {
        let check = |text: &str, want: &str| {
            let shown = Config::parse("a.toml", text).unwrap().config.describe().to_string();
            assert_eq!(shown.lines().next(), Some(want), "{text}");
        };
        check("", "no feeds");
        check(
            "[feed.a]\nurl = \"https://example.org/\"\n",
            "1 feed of 1 family; their languages are told from what they carry",
        );
    }

    #[test]
    fn a_description_says_what_is_watched_and_hides_what_is_secret() {
        let config = Config::parse(
            "a.toml",
            r#"
[feed.a]
url = "https://me:hush@example.org/a.rss"
tags = ["News", "Norway"]
[feed.b]
kind = "exec"
command = ["/bin/prices", "--all"]
role = "official"
speaks_for = ["@own"]
lang = "nb"
[actor.own]
name = "Own"
aliases = ["own", "=Owner"]
[storyline.x]
title = "X"
all = [["@own", "other"], ["meet*"]]
none = ["CASE:NO"]
phase.scheduled = ["will meet on"]
languages.fi.all = [["oma*"], ["tapaa*"]]
[sink.desk]
kind = "webhook"
url = "https://hooks.example.org/services/T0/hush"
"#,
        );
        let mut description = config.unwrap().config.describe();
        (description.actors, description.places) = (1, 0);
        let shown = description.to_string();
        expect![[r#"
            2 feeds of 2 families, in nb
              Norway 1
              b speaks for @own
            1 storyline; facts know 1 actor and 0 places
              x  X
                must have  own | =Owner | other
                must have  meet*
                must not   CASE:NO
                cues for   scheduled
                also in    fi
            1 sink
              desk  webhook to hooks.example.org: *, from notice on
                each on its own; at most 30 in 1h
        "#]]
        .assert_eq(&shown);
        let json = format!("{description:?}");
        assert!(!json.contains("hush"), "{json}");
    }
}
