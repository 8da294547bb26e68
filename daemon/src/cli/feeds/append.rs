//! Feeds written into a configuration's text (pure): what is there stays as it is.

use std::{collections::BTreeSet, fmt::Write};

use storyline_config::{Config, Source, limit::ID_CHARS_MAX};

use super::opml::Outline;
use crate::poll::fetch::uncredited;

/// The tables to append for feeds whose addresses a configuration does not have yet, with their names.
pub(super) fn tables(config: &Config, outlines: &[Outline]) -> (String, Vec<String>) {
    let mut addresses: BTreeSet<String> =
        config.feeds.values().filter_map(|it| address(&it.source)).collect();
    let mut taken: BTreeSet<String> = config.feeds.keys().map(ToString::to_string).collect();
    let (mut text, mut names) = (String::new(), Vec::new());
    for it in outlines {
        if !addresses.insert(uncredited(&it.url).to_string()) {
            continue;
        }
        let name = unused(&slug(&it.title).or_else(|| slug(it.url.host_str()?)).unwrap_or_default(), &taken);
        taken.insert(name.clone());
        text += &table(&name, it);
        names.push(name);
    }
    (text, names)
}

fn address(source: &Source) -> Option<String> {
    match source {
        Source::Feed(url) | Source::Sitemap(url) => Some(uncredited(url).to_string()),
        Source::Exec { .. } | Source::File(_) => None,
    }
}

fn table(name: &str, it: &Outline) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let key = if name.contains('.') { quoted(name) } else { name.to_owned() };
    let mut text = format!("\n[feed.{key}]\nurl = {}\n", quoted(it.url.as_str()));
    // Writing to a string cannot fail.
    if it.sitemap {
        let _ = writeln!(text, "kind = \"sitemap\"");
    }
    if !it.title.is_empty() {
        let _ = writeln!(text, "outlet = {}", quoted(&it.title));
    }
    if !it.folders.is_empty() {
        let tags: Vec<_> = it.folders.iter().map(|it| quoted(it)).collect();
        let _ = writeln!(text, "tags = [{}]", tags.join(", "));
    }
    text
}

/// A name made of a title; none where no letter of it can be used.
fn slug(title: &str) -> Option<String> {
    let mut slug = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    // Room is left for a number behind it.
    slug.truncate(ID_CHARS_MAX - 8);
    let slug = slug.trim_end_matches('-').to_owned();
    (!slug.is_empty()).then_some(slug)
}

fn unused(name: &str, taken: &BTreeSet<String>) -> String {
    let name = if name.is_empty() { "feed" } else { name };
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|it| !taken.contains(it)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn feeds_are_appended_under_names_of_their_own_and_known_addresses_skipped() {
        let known = "[feed.dw]\nurl = \"https://dw.example/rss\"\n";
        let config = Config::parse("storyline.toml", known).unwrap().config;
        let outline = |title: &str, url: &str, folders: &[&str]| Outline {
            title: title.to_owned(),
            url: url.parse().unwrap(),
            sitemap: false,
            folders: folders.iter().map(ToString::to_string).collect(),
        };
        let outlines = [
            outline("DW again", "https://dw.example/rss", &[]),
            outline("DW", "https://dw.example/en", &["World", "\"Europe\""]),
            outline("DW", "https://dw.example/en", &[]),
            outline("Новости", "https://news.example/rss", &[]),
            outline("a\\b\"]\n[sink.x]", "https://evil.example/rss", &[]),
        ];
        let (text, names) = tables(&config, &outlines);
        let want = expect![[r#"

            [feed.dw-2]
            url = "https://dw.example/en"
            outlet = "DW"
            tags = ["World", '"Europe"']

            [feed.news-example]
            url = "https://news.example/rss"
            outlet = "Новости"

            [feed.a-b-sink-x]
            url = "https://evil.example/rss"
            outlet = '''
            a\b"]
            [sink.x]'''
        "#]];
        want.assert_eq(&text);
        assert_eq!(names, ["dw-2", "news-example", "a-b-sink-x"]);
        let whole = Config::parse("storyline.toml", &format!("{known}{text}")).unwrap().config;
        assert_eq!(whole.feeds.len(), 4);
    }
}
