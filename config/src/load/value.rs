//! Readers of single values: each returns what it understood, or notes why not.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use url::Url;

use super::{
    table::suggestion,
    tree::{Node, Value},
};
use crate::{
    Alias, Facet,
    finding::{Mentioned, Notes},
};

/// A text that is not blank.
pub(super) fn text(notes: &mut Notes, node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(it) if it.trim().is_empty() => {
            notes.error_help(&node.at, "this text is empty", "write something, or leave the key out")
        }
        Value::Text(it) => return Some(it.trim().to_owned()),
        other => {
            notes.error_help(
                &node.at,
                format!("expected a text, found {}", other.kind()),
                "put it in quotes",
            );
        }
    }
    None
}

/// Every element of a list, read alike; elements that cannot be read are noted and left out.
pub(super) fn list<'a, T>(
    notes: &mut Notes,
    node: &'a Node,
    mut read: impl FnMut(&mut Notes, &'a Node) -> Option<T>,
) -> Option<Vec<T>> {
    match &node.value {
        Value::List(list) => Some(list.iter().filter_map(|it| read(notes, it)).collect()),
        other => {
            notes.error_help(
                &node.at,
                format!("expected a list, found {}", other.kind()),
                "put it in brackets: [\"…\"]",
            );
            None
        }
    }
}

/// A list of texts.
pub(super) fn texts(notes: &mut Notes, node: &Node) -> Option<Vec<String>> {
    list(notes, node, text)
}

/// A list of texts with at least one element.
pub(super) fn some_texts(notes: &mut Notes, node: &Node) -> Option<Vec<String>> {
    if matches!(&node.value, Value::List(list) if list.is_empty()) {
        notes.error_help(&node.at, "this list is empty", "name at least one, or leave the key out");
        return None;
    }
    texts(notes, node)
}

/// A program with its arguments.
pub(super) fn command(notes: &mut Notes, node: &Node) -> Option<Vec<String>> {
    if matches!(node.value, Value::Text(_)) {
        notes.error_help(
            &node.at,
            "a command is a list of the program and its arguments, without a shell",
            "for example [\"/usr/local/bin/tell\", \"--json\"]",
        );
        return None;
    }
    some_texts(notes, node)
}

/// A path; a relative one is taken from the folder of the file it stands in.
pub(super) fn path(notes: &mut Notes, node: &Node) -> Option<PathBuf> {
    let written = PathBuf::from(text(notes, node)?);
    let folder = Path::new(notes.name(node.at.file)).parent();
    Some(folder.map_or_else(|| written.clone(), |it| it.join(&written)))
}

/// A duration such as "15m" or "1h 30m".
pub(super) fn duration(notes: &mut Notes, node: &Node) -> Option<Duration> {
    const HELP: &str = "write it with its unit, for example \"30s\", \"15m\", \"6h\" or \"3d\"";
    let written = match &node.value {
        Value::Text(it) => it.trim(),
        other => {
            notes.error_help(&node.at, format!("expected a duration, found {}", other.kind()), HELP);
            return None;
        }
    };
    match humantime::parse_duration(written) {
        Ok(it) => Some(it),
        Err(_) if written == "0" => Some(Duration::ZERO),
        Err(why) => {
            notes.error_help(&node.at, format!("{written:?} is no duration: {why}"), HELP);
            None
        }
    }
}

/// Bytes, with their unit: `500MB`, `2 GB`; a thousand and 1,024 are not told apart.
pub(super) fn bytes(notes: &mut Notes, node: &Node) -> Option<u64> {
    const HELP: &str = "write it with its unit, for example \"500MB\" or \"2GB\"";
    const UNITS: [(&str, u32); 6] =
        [("KiB", 10), ("MiB", 20), ("GiB", 30), ("kB", 10), ("MB", 20), ("GB", 30)];
    let written = match &node.value {
        Value::Text(it) => it.trim(),
        other => {
            notes.error_help(&node.at, format!("expected a size, found {}", other.kind()), HELP);
            return None;
        }
    };
    let read = UNITS.iter().find_map(|(unit, power)| {
        let number: u64 = written.strip_suffix(unit)?.trim().parse().ok()?;
        number.checked_mul(1 << power)
    });
    if read.is_none() {
        notes.error_help(&node.at, format!("{written:?} is no size"), HELP);
    }
    read
}

/// A whole number within bounds.
pub(super) fn whole(least: u32, most: u32) -> impl Fn(&mut Notes, &Node) -> Option<u32> {
    move |notes, node| match &node.value {
        Value::Whole(it) => {
            let fits = u32::try_from(*it).ok().filter(|it| (least..=most).contains(it));
            if fits.is_none() {
                notes.error(&node.at, format!("{it} is not between {least} and {most}"));
            }
            fits
        }
        other => {
            let message = format!("expected a whole number, found {}", other.kind());
            notes.error_help(
                &node.at,
                message,
                format!("write it without quotes and dot, from {least} to {most}"),
            );
            None
        }
    }
}

/// One of a few words.
pub(super) fn choice<T: Copy + 'static>(
    words: &'static [(&'static str, T)],
) -> impl Fn(&mut Notes, &Node) -> Option<T> {
    move |notes, node| {
        let written = text(notes, node)?;
        let found = words.iter().find(|(word, _)| *word == written).map(|(_, it)| *it);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            notes.error_help(&node.at, format!("unknown value {written:?}"), suggestion(&written, &known));
        }
        found
    }
}

/// An address of one of the schemes named.
pub(super) fn url(schemes: &'static [&'static str]) -> impl Fn(&mut Notes, &Node) -> Option<Url> {
    move |notes, node| {
        let written = text(notes, node)?;
        let known: Vec<String> = schemes.iter().map(|it| format!("{it}://")).collect();
        let help = format!("use an address that begins with {}", known.join(" or "));
        match Url::parse(&written) {
            Ok(it) if !schemes.contains(&it.scheme()) => {
                notes.error_help(&node.at, format!("the scheme {:?} cannot be used here", it.scheme()), help);
                None
            }
            Ok(it) if it.host_str().is_none_or(str::is_empty) => {
                notes.error_help(&node.at, "this address names no host", help);
                None
            }
            Ok(it) => Some(it),
            Err(why) => {
                notes.error_help(&node.at, format!("{written:?} is no address: {why}"), help);
                None
            }
        }
    }
}

/// An alias as a configuration writes it.
pub(super) fn alias(notes: &mut Notes, node: &Node) -> Option<Alias> {
    let written = text(notes, node)?;
    match Alias::parse(&written) {
        Ok(it) => {
            match &it {
                Alias::Pack(name) => notes.mention(Mentioned::Pack, name, &node.at),
                Alias::Stem(text) | Alias::Exact(text) => {
                    stars(notes, node, text);
                    capitals(notes, node, text, matches!(it, Alias::Exact(_)));
                }
                Alias::Prefix(text) | Alias::Case(text) => stars(notes, node, text),
            }
            Some(it)
        }
        Err(why) => {
            notes.error_help(&node.at, why, "write the word to look for, or leave it out");
            None
        }
    }
}

/// Notes a star that will not be taken for one.
pub(super) fn stars(notes: &mut Notes, node: &Node, alias: &str) {
    if alias.contains('*') {
        let help = "write the forms out, or cut the alias at its star";
        notes.warning(&node.at, "a star counts only as the last character of an alias", help);
    }
}

/// Small words that are also written as a name in capitals.
const ALSO_WORDS: [&str; 20] = [
    "US", "IT", "WHO", "AID", "MAY", "ALL", "AM", "AS", "AT", "BE", "CAN", "DO", "ICE", "IS", "NO", "ON",
    "OR", "SO", "START", "UN",
];

/// Notes a name in capitals that is looked for as the word it also is.
///
/// Detection takes the smallest of these for capitals by itself, unless `=` asks for the word.
fn capitals(notes: &mut Notes, node: &Node, alias: &str, exact: bool) {
    if !exact && (alias.len() < 3 || alias == "WHO") {
        return;
    }
    if ALSO_WORDS.contains(&alias) {
        let small = alias.to_lowercase();
        let help = format!("write \"CASE:{alias}\", which is found in capitals only");
        let message = format!("case does not count here: `{alias}` is found in \"{small}\" too");
        notes.warning(&node.at, message, help);
    }
}

/// A list of aliases, perhaps empty.
pub(super) fn facet(notes: &mut Notes, node: &Node) -> Option<Facet> {
    list(notes, node, alias)
}

/// A list of aliases with at least one.
pub(super) fn full_facet(notes: &mut Notes, node: &Node) -> Option<Facet> {
    if matches!(&node.value, Value::List(list) if list.is_empty()) {
        notes.error_help(
            &node.at,
            "this facet is empty, so nothing could touch it",
            "name at least one alias",
        );
        return None;
    }
    facet(notes, node)
}

/// The primary subtag of a language.
pub(super) fn language(notes: &mut Notes, node: &Node) -> Option<String> {
    let written = text(notes, node)?;
    let primary = primary_subtag(&written);
    if primary.is_none() {
        notes.error_help(
            &node.at,
            format!("{written:?} is no language"),
            "use its short code, for example \"en\", \"uk\" or \"ar\"",
        );
    }
    primary
}

/// The primary subtag of a BCP 47 tag in lower case; none where the text is no tag.
pub(super) fn primary_subtag(tag: &str) -> Option<String> {
    let primary = tag.split(['-', '_']).next()?;
    let fits = (2..=3).contains(&primary.len()) && primary.chars().all(|c| c.is_ascii_alphabetic());
    fits.then(|| primary.to_ascii_lowercase())
}
