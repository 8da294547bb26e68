//! How long a document takes to be read, beside the parser we build on alone.
//!
//! `cargo bench -p storyline --bench reading`
//!
//! Both read the same bytes turn by turn, so that a busy machine slows both;
//! the ratio is what counts. The feeds of the shared corpus are measured where
//! they are; one of our own always is.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench stops at what fails, prints what it found, and says what it skips"
)]

use std::{
    fmt::Write,
    hint::black_box,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use storyline::read::read;
use url::Url;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/feeds/feeds-corpus.tar.zst");
/// A feed that is followed for its news has so many entries and bytes at least.
const ORDINARY: (usize, usize) = (5, 8 << 10);
/// Our time may be so many times the parser's own.
const RATIO_MAX: f64 = 2.0;
const ROUNDS: usize = 9;

fn main() {
    let base = Url::parse("http://base.example/dir/feed.xml").unwrap();
    let own = own();
    let (ours, alone) = measure(&[own.clone()], &base);
    tell("one feed of our own", 1, own.len(), ours, alone);
    let folder = tempfile::tempdir().unwrap();
    let Some(documents) = corpus(folder.path()) else {
        eprintln!("SKIPPED: no feed corpus at {CORPUS}, or no zstd and tar to unpack it");
        return;
    };
    let ordinary: Vec<Vec<u8>> = documents.iter().filter(|it| is_ordinary(it)).cloned().collect();
    let bytes = ordinary.iter().map(Vec::len).sum();
    let (ours, alone) = measure(&ordinary, &base);
    let ratio = tell("ordinary feeds of the corpus", ordinary.len(), bytes, ours, alone);
    slowest(&documents, &base);
    assert!(ratio <= RATIO_MAX, "reading takes {ratio:.2} times the parser's own time");
}

/// A newspaper's feed: 40 items with a text in CDATA, 75 KB in all.
fn own() -> Vec<u8> {
    let text =
        "<p>The harbour &amp; the quay were <b>open</b> again at noon, the crews said.</p> ".repeat(20);
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Paper</title>",
    );
    for n in 0..40 {
        write!(
            xml,
            "<item><title>Headline number {n} &amp; more</title><link>https://paper.example/{n}</link>\
             <guid isPermaLink=\"false\">n-{n}</guid><pubDate>Tue, 04 Mar 2025 {:02}:00:00 GMT</pubDate>\
             <description><![CDATA[{text}]]></description><category>World</category></item>",
            n % 24
        )
        .unwrap();
    }
    (xml + "</channel></rss>").into_bytes()
}

/// Times of us and of the parser alone: of each document the median of several turns, added up.
fn measure(documents: &[Vec<u8>], base: &Url) -> (Duration, Duration) {
    let (mut ours, mut alone) = (Duration::ZERO, Duration::ZERO);
    for bytes in documents {
        let mut turns: Vec<(Duration, Duration)> = (0..ROUNDS)
            .map(|_| {
                let begun = Instant::now();
                black_box(read(black_box(bytes), None, base).unwrap());
                let ours = begun.elapsed();
                let begun = Instant::now();
                black_box(feed_rs::parser::parse(black_box(bytes.as_slice())).unwrap());
                (ours, begun.elapsed())
            })
            .collect();
        turns.sort_by_key(|it| it.0);
        ours += turns[ROUNDS / 2].0;
        turns.sort_by_key(|it| it.1);
        alone += turns[ROUNDS / 2].1;
    }
    (ours, alone)
}

fn tell(what: &str, count: usize, bytes: usize, ours: Duration, alone: Duration) -> f64 {
    let ratio = ours.as_secs_f64() / alone.as_secs_f64();
    let speed = bytes as f64 / ours.as_secs_f64() / 1e6;
    println!(
        "{what}: {count}, {bytes} bytes; ours {ours:.1?} ({speed:.0} MB/s), feed-rs {alone:.1?}: ratio {ratio:.2}"
    );
    ratio
}

/// Whether the parser alone copes with a document, and it is one that news come in.
fn is_ordinary(bytes: &[u8]) -> bool {
    let entries =
        || std::panic::catch_unwind(|| feed_rs::parser::parse(bytes).map_or(0, |it| it.entries.len()));
    bytes.len() >= ORDINARY.1 && entries().is_ok_and(|it| it >= ORDINARY.0)
}

/// The document of all that takes longest.
fn slowest(documents: &[Vec<u8>], base: &Url) {
    let times = documents.iter().map(|bytes| {
        let begun = Instant::now();
        let _ = black_box(read(bytes, None, base));
        (begun.elapsed(), bytes.len())
    });
    let (longest, bytes) = times.max().unwrap();
    println!("of all {} documents the slowest takes {longest:.1?} ({bytes} bytes)", documents.len());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap_or("unknown");
    println!("the most memory held, the corpus itself included: {}", peak.trim());
}

fn corpus(folder: &Path) -> Option<Vec<Vec<u8>>> {
    if !Path::new(CORPUS).exists() {
        return None;
    }
    let unpack = format!("zstd -dc '{CORPUS}' | tar x -C '{}'", folder.display());
    if !Command::new("sh").args(["-c", &unpack]).status().is_ok_and(|it| it.success()) {
        return None;
    }
    let files = std::fs::read_dir(folder.join("feeds-corpus/files")).ok()?;
    let mut paths: Vec<_> = files.map(|it| it.unwrap().path()).collect();
    paths.sort();
    Some(paths.iter().map(|it| std::fs::read(it).unwrap()).collect())
}
