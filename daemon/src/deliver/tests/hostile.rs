//! Text from feeds calls nobody, formats nothing and leaves its place in no sink.

use std::path::Path;

use lettre::Message;
use serde_json::{Value, json};
use storyline_config::{Mail, MailTls, Mailbox, Service};

use crate::deliver::{mail::compose, program, service, words::plain};

/// What somebody could write into a headline who knows where it is shown.
const HEADLINE: &str = "Rubio <!channel> <@U123> @everyone @all @here ＠all [read](https://evil.example) \
    ![x](https://evil.example/p.png) <b>bold</b> <script>alert(1)</script> \" onmouseover=\"x &amp; &lt;b&gt; \
    \r\nBcc: all@evil.example\r\n\r\n.\r\nQUIT \u{1b}[31mred\u{9b}31m \u{202e}gnissem\u{2066} $(reboot) `id` %0d%0aTo:x";

fn body() -> String {
    let voice = |name: &str, url: &str| json!({ "name": name, "url": url });
    json!({
        "id": "d-1\r\nBcc: id@evil.example", "alert": "a-1", "kind": "new", "storyline": "munich",
        "title": HEADLINE, "headline": HEADLINE, "severity": "warning", "at": "2025-02-12T10:40:00Z",
        "supersedes": "d-0>\r\nBcc: old@evil.example", "text": HEADLINE,
        "story": {
            "sentence": format!("munich · new · {HEADLINE} · since 10:40"),
            "said_by": [
                voice("Reuters|<!here>", "https://reuters.example/@desk?a=1&b=2"),
                voice("Script @all", "javascript:alert(1)"),
                voice("Quote", "https://evil.example/\"onclick=\"x"),
                voice("Pipe", "https://evil.example/|<!channel>"),
            ],
            "since": HEADLINE, "before": HEADLINE, "ask": "storyline explain #1",
        },
    })
    .to_string()
}

/// All that a service gets, its strings unescaped.
fn told(kind: Service) -> String {
    let request = service::request(kind, &"https://service.example/topic".parse().unwrap(), &body());
    let document: Value = serde_json::from_str(&request.body).unwrap();
    let fields = document.as_object().unwrap().iter();
    fields.map(|(name, it)| format!("{name}={}\n", it.as_str().unwrap_or_default())).collect()
}

fn mail() -> Message {
    let desk = Mailbox::parse("The \"desk\" <desk@example.org>").unwrap();
    let mail =
        Mail { host: "localhost".into(), port: 25, tls: MailTls::None, from: desk.clone(), to: vec![desk] };
    compose(&mail, &body()).unwrap()
}

/// A mail as a program shows it: its headers in one line each, and its parts decoded.
fn opened(mail: &Message) -> (String, String) {
    let text = String::from_utf8(mail.formatted()).unwrap();
    assert!(text.is_ascii() && text.lines().all(|it| it.len() <= 998));
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "no line ends by half");
    let (head, parts) = text.split_once("\r\n\r\n").unwrap();
    (head.replace("\r\n ", " "), unquoted(&parts.replace("=\r\n", "")))
}

fn unquoted(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).and_then(|it| u8::from_str_radix(std::str::from_utf8(it).ok()?, 16).ok());
        match (first, code) {
            (b'=', Some(code)) => {
                bytes.push(code);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// What must not be in what a sink gets, whatever the headline says.
fn check(sink: &str, shown: &str, never: &[&str]) {
    assert!(shown.contains("Rubio"), "{sink} shows what it is about: {shown}");
    let everywhere = ["\u{1b}", "\u{9b}", "\u{202e}", "\u{2066}", "javascript:", "\r"];
    for it in never.iter().chain(&everywhere) {
        assert!(!shown.contains(it), "{sink} gets {it:?}: {shown}");
    }
}

const MENTIONS: [&str; 7] = ["<!", "<@", "@everyone", "@all", "@here", "＠all", "]("];

#[test]
fn text_from_feeds_is_harmless_in_every_sink() {
    let markup = ["<b>", "<script", "&amp;lt;b&amp;gt;<"];
    check("terminal", &plain(HEADLINE), &["\n"]);
    // A summary is never markup; the body is.
    check("desktop", program::desktop(&body()).command.last().unwrap(), &markup);
    check("slack", &told(Service::Slack), &[&MENTIONS[..], &markup].concat());
    check("apprise", &told(Service::Apprise), &MENTIONS);
    // Its text is shown as it is.
    check("ntfy", &told(Service::Ntfy), &["markdown="]);
    let run = program::apprise(&["apprise".into()], Some(Path::new("/c")), &body());
    check("apprise program", &run.input, &MENTIONS);
    check("apprise title", &run.command.join(" "), &MENTIONS);
    let (head, parts) = opened(&mail());
    let (text, page) = parts.split_once("text/html").unwrap();
    check(
        "mail page",
        page.replace("\r\n", "\n").as_str(),
        &[&markup[..], &["\" on", "\"on", "href=\"https://evil"]].concat(),
    );
    check("mail text", text.replace("\r\n", "\n").as_str(), &["\nBcc:", "\n.\n"]);
    for line in head.lines() {
        let name = line.split(':').next().unwrap();
        let known =
            ["From", "To", "Date", "Message-ID", "Subject", "In-Reply-To", "References", "Auto-Submitted"];
        let more = ["List-Id", "Importance", "MIME-Version", "Content-Type"];
        assert!(known.contains(&name) || more.contains(&name), "{line}");
    }
    assert_eq!(head.lines().filter(|it| it.starts_with("To:")).count(), 1);
}

#[test]
fn a_link_still_leads_where_it_led() {
    let want = "https://reuters.example/%40desk?a=1&b=2";
    assert!(told(Service::Ntfy).contains(want));
    assert!(told(Service::Apprise).contains(want));
    assert!(
        told(Service::Slack).contains("<https://reuters.example/%40desk?a=1&amp;b=2|Reuters¦&lt;!here&gt;>")
    );
    let (_, parts) = opened(&mail());
    assert!(parts.contains("<a href=\"https://reuters.example/@desk?a=1&amp;b=2\">"), "{parts}");
}

#[test]
fn a_mail_has_the_same_bytes_whenever_it_is_written() {
    assert_eq!(mail().formatted(), mail().formatted());
}

#[test]
fn what_is_too_long_for_a_service_is_cut() {
    let long = json!({ "title": "t".repeat(500), "text": "ä".repeat(20_000) }).to_string();
    let size = |kind| {
        let request = service::request(kind, &"https://service.example/topic".parse().unwrap(), &long);
        let document: Value = serde_json::from_str(&request.body).unwrap();
        let text = document.get("message").or(document.get("text")).unwrap();
        (text.as_str().unwrap().len(), text.as_str().unwrap().chars().count())
    };
    assert!(size(Service::Ntfy).0 <= 4_000);
    assert!(size(Service::Slack).1 <= 4_000);
}
