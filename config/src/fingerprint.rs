//! Says whether two definitions, or two configurations, are the same.
//!
//! A fingerprint is a hash of what is meant, packs included, written out field
//! by field: it does not change with the order of a file, its comments, or a
//! newer version of the program that has more fields with their defaults.

use std::{collections::BTreeMap, fmt::Display};

use jiff::tz::TimeZone;
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    Address, Alias, Config, Digest, Facets, Feed, Mail, Mailbox, Pack, Retry, Sink, SinkKind, Source,
    Storyline, StorylineId,
};

/// Fields written one after the other, so that no two different rows of fields look alike.
#[derive(Default)]
struct Fields(String);

impl Fields {
    fn add(&mut self, name: &str, value: impl Display) {
        let value = value.to_string();
        self.0.extend([name, ":", &value.len().to_string(), ":", &value, "\n"]);
    }

    fn each<T: Display>(&mut self, name: &str, values: impl IntoIterator<Item = T>) {
        for it in values {
            self.add(name, it);
        }
    }

    fn hash(&self) -> String {
        format!("{:032x}", xxh3_128(self.0.as_bytes()))
    }
}

impl Config {
    /// A hash, in hex, of one storyline's definition with the packs it names; none where there is no such storyline.
    pub fn storyline_hash(&self, id: &StorylineId) -> Option<String> {
        let mut fields = Fields::default();
        self.storyline_fields(&mut fields, id, self.storylines.get(id)?);
        Some(fields.hash())
    }

    /// A hash, in hex, of everything that is configured; secrets are in it by the names of their files only.
    pub fn hash(&self) -> String {
        let mut fields = Fields::default();
        self.process_fields(&mut fields);
        for (id, it) in &self.feeds {
            fields.add("feed", id);
            feed_fields(&mut fields, it);
        }
        for (id, it) in &self.storylines {
            self.storyline_fields(&mut fields, id, it);
        }
        for (id, it) in &self.sinks {
            fields.add("sink", id);
            sink_fields(&mut fields, it);
        }
        for (kind, packs) in [("actor", &self.actors), ("place", &self.places)] {
            for (name, it) in packs {
                fields.add(kind, name);
                pack_fields(&mut fields, it);
            }
        }
        fields.hash()
    }

    fn process_fields(&self, fields: &mut Fields) {
        fields.each("data_dir", self.daemon.data_dir.iter().map(|it| it.display()));
        fields.each("socket", self.daemon.socket.iter().map(|it| it.display()));
        fields.each("web", self.daemon.web);
        fields.add("archive", self.daemon.archive.as_millis());
        fields.add("archive_size", self.daemon.archive_bytes);
        fields.add("min_interval", self.poll.min_interval.as_millis());
        fields.add("max_interval", self.poll.max_interval.as_millis());
        fields.add("concurrency", self.poll.concurrency);
        fields.add("per_host", self.poll.per_host);
        fields.add("host_gap", self.poll.host_gap.as_millis());
        fields.add("baseline", self.poll.baseline.as_str());
        fields.each("storm", self.alerts.storm.map(|it| format!("{} {}", it.page, it.per_10m)));
        fields.each("time_zone", self.alerts.time_zone.iter().filter_map(TimeZone::iana_name));
        fields.each("allow", &self.network.allow);
        fields.each("proxy", &self.network.proxy);
    }

    fn storyline_fields(&self, fields: &mut Fields, id: &StorylineId, it: &Storyline) {
        fields.add("storyline", id);
        fields.add("title", &it.title);
        fields.each("parent", &it.parent);
        fields.each("seed", &it.seed);
        self.facet_fields(fields, &it.facets);
        for (language, facets) in &it.languages {
            fields.add("language", language);
            self.facet_fields(fields, facets);
        }
        for (phase, cues) in &it.phases {
            fields.add("phase", phase.as_str());
            fields.each("cue", cues);
        }
        fields.each("on", it.alert.on.iter().map(|it| it.as_str()));
        fields.add("min_origins", it.alert.min_origins);
        fields
            .each("confirm", it.alert.confirm.map(|it| format!("{} {}", it.origins, it.within.as_millis())));
    }

    fn facet_fields(&self, fields: &mut Fields, facets: &Facets) {
        let named =
            facets.all.iter().map(|it| ("all", it)).chain([("any", &facets.any), ("none", &facets.none)]);
        for (name, facet) in named {
            fields.add(name, facet.len());
            for alias in facet {
                fields.add("alias", alias);
                if let Alias::Pack(name) = alias
                    && let Some(pack) = self.pack(name)
                {
                    pack_fields(fields, pack);
                }
            }
        }
    }
}

fn pack_fields(fields: &mut Fields, it: &Pack) {
    fields.add("name", &it.name);
    fields.each("alias", &it.aliases);
    for (language, aliases) in &it.languages {
        fields.add("language", language);
        fields.each("alias", aliases);
    }
}

fn feed_fields(fields: &mut Fields, it: &Feed) {
    match &it.source {
        Source::Feed(url) => fields.add("url", url),
        Source::Sitemap(url) => fields.add("sitemap", url),
        Source::Exec { command, timeout } => {
            fields.each("command", command);
            fields.add("timeout", timeout.as_millis());
        }
        Source::File(path) => fields.add("path", path.display()),
    }
    fields.add("outlet", &it.outlet);
    fields.add("family", &it.family);
    fields.add("role", it.role.as_str());
    fields.each("speaks_for", &it.speaks_for);
    fields.each("about", &it.about);
    fields.each("lang", &it.lang);
    fields.each("tz", it.tz.iana_name());
    fields.each("interval", it.interval.map(|it| it.as_millis()));
    fields.add("baseline", it.baseline.as_str());
    fields.each("tag", &it.tags);
    pairs(fields, &it.headers);
    fields.each("secret_file", it.secret_file.iter().map(|it| it.display()));
}

fn pairs(fields: &mut Fields, headers: &BTreeMap<String, String>) {
    for (name, value) in headers {
        fields.add("header", name);
        fields.add("value", value);
    }
}

fn sink_fields(fields: &mut Fields, it: &Sink) {
    match &it.kind {
        SinkKind::Webhook { url } => address_field(fields, "url", url),
        SinkKind::Service { service, url } => address_field(fields, service.as_str(), url),
        SinkKind::Apprise { command } => fields.each("apprise", command),
        SinkKind::Email(it) => mail_fields(fields, it),
        SinkKind::Exec { command } => fields.each("command", command),
        SinkKind::Desktop => fields.add("desktop", true),
    }
    fields.each("secret_file", it.secret_file.iter().map(|it| it.display()));
    fields.each("storyline", &it.storylines);
    fields.add("min_severity", it.min_severity.as_str());
    match &it.digest {
        Digest::Each => fields.add("digest", 0),
        Digest::Every(span) => fields.add("digest", span.as_millis()),
        Digest::At(times) => fields.each("digest_at", times),
    }
    fields.each("quiet_hours", it.quiet_hours);
    fields.each("time_zone", it.time_zone.iter().filter_map(TimeZone::iana_name));
    fields.add("rate", format!("{} {}", it.rate.messages, it.rate.per.as_millis()));
    let Retry { first, max, give_up } = it.retry;
    fields.add("retry", format!("{} {} {}", first.as_millis(), max.as_millis(), give_up.as_millis()));
    fields.add("timeout", it.timeout.as_millis());
}

fn address_field(fields: &mut Fields, name: &'static str, it: &Address) {
    match it {
        Address::Url(it) => fields.add(name, it),
        Address::File(it) => fields.add(name, format!("file {}", it.display())),
    }
}

fn mail_fields(fields: &mut Fields, it: &Mail) {
    let mailbox = |it: &Mailbox| format!("{} <{}>", it.name.as_deref().unwrap_or_default(), it.address);
    fields.add("mail", format!("{} {}:{}", it.tls.as_str(), it.host, it.port));
    fields.add("from", mailbox(&it.from));
    fields.each("to", it.to.iter().map(mailbox));
}

#[cfg(test)]
mod tests {
    use crate::Config;

    fn hashes(text: &str) -> (String, String) {
        let config = Config::parse("a.toml", text).unwrap().config;
        (config.storyline_hash(&"x".parse().unwrap()).unwrap(), config.hash())
    }

    #[test]
    fn what_means_the_same_has_the_same_hash() {
        let plain = hashes(
            "[storyline.x]\ntitle = \"X\"\nall = [[\"a\", \"@own\"]]\n[actor.own]\nname = \"O\"\naliases = [\"o\"]",
        );
        let other = hashes(
            "[actor.own]\naliases = [\"o\"]\nname = \"O\"\n# so\n[storyline.x]\nall = [['a', '@own']]\nany = []\ntitle = 'X'",
        );
        assert_eq!(plain, other);
        assert_eq!(plain.0.len(), 32);
    }

    #[test]
    fn a_changed_pack_changes_the_storylines_that_name_it() {
        let storyline = "[storyline.x]\ntitle = \"X\"\nall = [[\"a\", \"@own\"]]\n";
        let one = hashes(&format!("{storyline}[actor.own]\nname = \"O\"\naliases = [\"o\"]"));
        let two = hashes(&format!("{storyline}[actor.own]\nname = \"O\"\naliases = [\"p\"]"));
        assert_ne!(one, two);
        let apart =
            hashes(&format!("{storyline}[actor.own]\nname = \"O\"\naliases = [\"o\"]\n[poll]\nper_host = 2"));
        assert_eq!(one.0, apart.0);
        assert_ne!(one.1, apart.1);
    }
}
