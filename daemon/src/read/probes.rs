//! What must hold of any bytes: probes that a test and a fuzzer share (pure).
//!
//! The test mutates the seeds of `daemon/fuzz/seeds` a bounded number of times,
//! the same at every run; `daemon/docs/feeds.md` has the command that lets a
//! fuzzer do so for as long as one likes.

#![allow(clippy::panic, reason = "a probe that finds something has to stop the fuzzer")]

use storyline_config::limit::{ENTRIES_MAX, TEXT_BYTES_MAX, TITLE_CHARS_MAX};
use url::Url;

use super::{date, decode, document::Document, draft::Draft, text, text::Markup, understand, unpack, walk};

/// Labels a server may give, the first byte chooses.
const LABELS: [&str; 8] = [
    "",
    "text/xml; charset=utf-8",
    "text/xml; charset=\"windows-1252\"",
    "application/xml; charset=utf-16",
    "text/xml; charset=iso-2022-jp",
    "text/xml; charset=koi8-r",
    "text/xml; charset=nonsense",
    ";=;charset",
];

/// Bytes become characters, not many more than there were bytes.
pub fn probe_decode(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let label = LABELS.get(usize::from(*first) % LABELS.len()).copied();
    let text = decode::decode(rest, label);
    assert!(text.len() <= 4 * rest.len() + 8, "{} bytes became {}", rest.len(), text.len());
    if let Ok(unpacked) = unpack::unpack(rest) {
        assert!(unpacked.len() <= storyline_config::limit::BODY_BYTES_MAX, "unpacked without bound");
    }
}

/// Any text is walked through, and what is found in it is clean, bounded and named.
pub fn probe_repair(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let url = url();
    let draft: Option<Draft<'_>> = walk::walk(&text, &url);
    if let Some(document) = draft.and_then(|it| understand(it).ok()) {
        promises_hold(&document);
    }
    if let Ok(document) = super::read_unguarded(bytes, None, &url) {
        promises_hold(&document);
    }
}

/// A date that is understood is written out and understood again as the same.
pub fn probe_dates(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(stated) = date::parse(&text) else { return };
    let again = date::parse(&stated.at.to_string()).map(|it| it.at);
    assert_eq!(again, Some(stated.at), "{text:?}");
}

/// Markup becomes a line that is clean, bounded, and stays as it is when it is cleaned again.
pub fn probe_text(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    for markup in [Markup::Text, Markup::Html] {
        let (title, body) = (text::headline(&source, markup), text::body(&source, markup));
        assert!(title.chars().count() <= TITLE_CHARS_MAX && body.len() <= TEXT_BYTES_MAX, "{source:?}");
        for line in [&title, &body] {
            is_clean(line);
            assert_eq!(text::headline(line, Markup::Text), clipped(line), "{source:?}");
        }
    }
}

fn clipped(line: &str) -> String {
    let clipped: String = line.chars().take(TITLE_CHARS_MAX).collect();
    clipped.trim_end().to_owned()
}

fn url() -> Url {
    match Url::parse("https://paper.example/dir/feed.xml") {
        Ok(url) => url,
        Err(error) => panic!("{error}"),
    }
}

fn promises_hold(document: &Document) {
    assert!(document.entries.len() <= ENTRIES_MAX, "{} entries", document.entries.len());
    let mut ids = std::collections::BTreeSet::new();
    let mut keys = std::collections::BTreeSet::new();
    for it in &document.entries {
        assert!(ids.insert(&it.id) && keys.insert(&it.key), "{:?} names two", it.id);
        assert!(it.title.chars().count() <= TITLE_CHARS_MAX && it.body.len() <= TEXT_BYTES_MAX);
        let texts = [&it.id, &it.title, &it.body].into_iter().chain(&it.authors).chain(&it.categories);
        texts.chain(&it.source).chain(&document.title).for_each(|it| is_clean(it));
        for link in it.link.iter().chain(&it.page) {
            assert!(link.starts_with("http://") || link.starts_with("https://"), "{link:?}");
        }
    }
}

/// Without control characters, marks of direction and what nobody sees.
fn is_clean(line: &str) {
    let unclean = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!line.contains(unclean) && line.trim() == line, "{line:?}");
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Mutations of each seed; a second or two for all of them.
    const ROUNDS: u64 = 300;

    /// Chance that is the same at every run (xorshift).
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, end: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % (end.max(1) as u64)).unwrap()
        }
    }

    /// What parsers stumble over.
    const PIECES: [&[u8]; 24] = [
        b"<",
        b">",
        b"&",
        b";",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"</",
        b"/>",
        b"\"",
        b"'",
        b"&#x",
        b"&amp;",
        b"\0",
        b"\xff",
        b"\xf0\x9f",
        b"\xc2\x9b",
        b"\xe2\x80\xae",
        b"<item>",
        b"</item>",
        b"<entry>",
        b"{",
        b"[",
        b"99999999999",
    ];

    fn mutated(seeds: &[Vec<u8>], seed: &[u8], chance: &mut Chance) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=chance.below(6) {
            let (at, to) = (chance.below(bytes.len() + 1), chance.below(bytes.len() + 1));
            let (from, to) = (at.min(to), at.max(to));
            match chance.below(6) {
                0 if from < bytes.len() => bytes[from] ^= 1 << chance.below(8),
                1 => drop(bytes.drain(from..to)),
                2 => bytes.truncate(to),
                3 => {
                    let piece = PIECES[chance.below(PIECES.len())];
                    drop(bytes.splice(from..from, piece.iter().copied()));
                }
                4 => {
                    let again = bytes[from..to].to_vec();
                    drop(bytes.splice(from..from, again));
                }
                _ => {
                    let other = &seeds[chance.below(seeds.len())];
                    let tail = other[chance.below(other.len())..].to_vec();
                    bytes.truncate(from);
                    bytes.extend(tail);
                }
            }
            bytes.truncate(16 << 10);
        }
        bytes
    }

    fn run(name: &str, probe: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
        let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).collect();
        paths.sort();
        let seeds: Vec<Vec<u8>> = paths.iter().map(|it| std::fs::read(it).unwrap()).collect();
        assert!(seeds.len() >= 5, "{name} has too few seeds");
        let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
        for (path, seed) in paths.iter().zip(&seeds) {
            probe(seed);
            for round in 0..ROUNDS {
                let bytes = mutated(&seeds, seed, &mut chance);
                let held = std::panic::catch_unwind(|| probe(&bytes));
                assert!(
                    held.is_ok(),
                    "{}, round {round}: {:?}",
                    path.display(),
                    String::from_utf8_lossy(&bytes)
                );
            }
        }
    }

    #[test]
    fn whatever_the_bytes_they_are_decoded() {
        run("decode", probe_decode);
    }

    #[test]
    fn whatever_the_text_it_is_repaired() {
        run("repair", probe_repair);
    }

    #[test]
    fn whatever_the_date_it_is_read_or_not() {
        run("dates", probe_dates);
    }

    #[test]
    fn whatever_the_markup_it_becomes_clean_text() {
        run("text", probe_text);
    }
}
