//! Documents that are made to be hard. That the tests end at all is half of what they say.

#![allow(clippy::format_collect, reason = "how fast a test makes its documents does not matter")]

use storyline_config::limit::{TEXT_BYTES_MAX, TITLE_CHARS_MAX};

use super::*;

fn reads(document: &[u8]) -> Result<Document, ReadError> {
    let read = read(document, None, &"https://paper.example/".parse().unwrap());
    assert!(!matches!(read, Err(ReadError::Panicked { .. })), "{read:?}");
    read
}

/// An RSS document around the content of one item.
fn item(content: &str) -> String {
    format!("<rss version='2.0'><channel><title>P</title><item>{content}</item></channel></rss>")
}

#[test]
fn what_makes_other_parsers_panic_is_read() {
    let cases = [
        item("<author>編集部（joe@n.example）</author><title>a</title>"),
        item("<author>joe@n.example（編集部）</author><title>a</title>"),
        item("<title>a</title><itunes:duration>99999999999999999999999</itunes:duration>"),
        item("<title>a</title><media:content duration='x' fileSize='-1'/>"),
        format!(
            "<?xml version='1.0' {}encoding='windows-1251'?>{}",
            " ".repeat(80),
            item("<title>a</title>")
        ),
    ];
    for case in &cases {
        assert_eq!(reads(case.as_bytes()).unwrap().entries[0].title, "a", "{case}");
    }
}

#[test]
fn entities_are_not_expanded() {
    let laughs = r#"<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>"#;
    let document = format!("{laughs}{}", item("<title>&b;&x;</title>"));
    assert_eq!(reads(document.as_bytes()).unwrap().entries[0].title, "&b;&x;");
}

#[test]
fn size_and_depth_are_bounded() {
    let much = [
        item(&"<a>".repeat(100_000)),
        item(&format!("<title>t</title><description>{}", "<p><b>".repeat(50_000))),
        item(&format!("<title>{}</title>", "&amp;".repeat(200_000))),
        item(&format!("<title>{}</title>", "x".repeat(2_000_000))),
        format!("<rss {}>{}", "a='1' ".repeat(50_000), item("")),
        format!("<rss {}>{}", (0..10_000).map(|n| format!("xmlns:n{n}='u' ")).collect::<String>(), item("")),
        "<rss><channel>".repeat(50_000),
        "<feed xml:base='a/'>".repeat(50_000),
        item(&"<".repeat(300_000)),
        item(&"< a='".repeat(100_000)),
        item(&"<!--".repeat(100_000)),
        item(&"<![CDATA[".repeat(100_000)),
        item(&"</x>".repeat(100_000)),
        item(&"<category>a</category>".repeat(10_000)),
        format!("{{\"items\":[{}", "[".repeat(100_000)),
        format!("{{\"version\":\"jsonfeed\",\"items\":[{}]}}", "{\"id\":1e999999},".repeat(2)),
        format!("{{\"version\":\"jsonfeed\",\"x\":[{}0],\"items\":[]}}", "0,".repeat(1_000_000)),
    ];
    for document in &much {
        if let Ok(document) = reads(document.as_bytes()) {
            for it in &document.entries {
                assert!(it.title.chars().count() <= TITLE_CHARS_MAX && it.body.len() <= TEXT_BYTES_MAX);
            }
        }
    }
}

#[test]
fn of_too_many_entries_the_newest_stay_in_their_order() {
    let day = |n: i64| jiff::Timestamp::from_second(1_000_000_000 + n * 86_400).unwrap();
    let items: String = (0..5_000)
        .map(|n| format!("<item><title>n{n}</title><pubDate>{}</pubDate></item>", day(n)))
        .collect();
    let entries = reads(format!("<rss><channel>{items}</channel></rss>").as_bytes()).unwrap().entries;
    assert_eq!(entries.len(), ENTRIES_MAX);
    assert_eq!((entries[0].title.as_str(), entries[ENTRIES_MAX - 1].title.as_str()), ("n3000", "n4999"));
    let many = format!("<rss><channel>{}</channel></rss>", "<item/>".repeat(100_000));
    assert_eq!(reads(many.as_bytes()).unwrap().entries.len(), ENTRIES_MAX);
}

#[test]
fn texts_cannot_attack_a_terminal_or_a_log() {
    let text = "a\u{1b}]52;c;ZXZpbA==\u{7}b\u{9b}2J\u{202e}c\r\nERROR d\u{200b}<script>alert(1)</script>";
    let xml = item(&format!(
        "<title><![CDATA[{text}]]></title><guid>x\u{1b}[2J\ny</guid><category>{text}</category><dc:creator>{text}</dc:creator>"
    ));
    let entry = &reads(xml.as_bytes()).unwrap().entries[0];
    assert_eq!(entry.title, "a]52;c;ZXZpbA==b›2Jc ERROR d");
    assert_eq!(entry.id, "x[2Jy");
    assert!(!entry.authors.iter().chain(&entry.categories).any(|it| it.contains(char::is_control)));
}

#[test]
fn any_beginning_of_a_document_is_read_or_refused() {
    let document = item(
        "<title>One &amp; <b>two</b></title><link>/1</link><description><![CDATA[<p>x</p>]]></description><!-- c --><guid isPermaLink='false'>g</guid>",
    );
    for end in 0..document.len() {
        let _ = reads(&document.as_bytes()[..end]);
        let mut bytes = document.as_bytes().to_vec();
        bytes[end] ^= 0x5c;
        let _ = reads(&bytes);
    }
}
