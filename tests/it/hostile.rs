//! Feeds that mean harm: each comes to the outcome it is known for, memory stays bounded, the others go on.

use std::io::Write;

use crate::{
    house::{Answer, House, Server, rss, until},
    path::{CALL, OLD, STRIKE},
};

/// The most the daemon may ever have held in memory, unoptimised and with its log.
const PEAK_KIB_MAX: u64 = 400 << 10;
/// 24 MiB of zeros in brotli.
const BROTLI_BOMB: [u8; 27] = [
    0xcf, 0xff, 0xff, 0x7f, 0xf8, 0x27, 0x00, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x3f, 0xff, 0xff, 0xff,
    0xf0, 0x4f, 0x00, 0xc4, 0x61, 0x01, 0x80, 0xee, 0xfd, 0x1f,
];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn item(content: &str) -> String {
    format!("<rss version='2.0'><channel><title>T</title><item>{content}</item></channel></rss>")
}

/// What each feed serves, by its path.
fn answer(path: &str) -> Answer {
    let laughs = "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;'>\
                  <!ENTITY x SYSTEM 'file:///etc/passwd'>]>";
    match path {
        "/gzip" => Answer::ok(gzip(&vec![0; 64 << 20])).with("content-encoding", "gzip"),
        "/nested" => Answer::ok(gzip(&gzip(&vec![0; 64 << 20]))).with("content-encoding", "gzip"),
        "/brotli" => Answer::ok(BROTLI_BOMB).with("content-encoding", "br"),
        "/entities" => Answer::ok(format!("{laughs}{}", item("<title>Words &c;&x;</title>"))),
        "/deep" => Answer::ok(item(&format!("<title>Deep</title><description>{}", "<div>".repeat(200_000)))),
        "/tags" => Answer::ok(item(&format!("<title>Tags</title>{}", "<a>".repeat(200_000)))),
        "/items" => Answer::ok(format!("<rss><channel>{}</channel></rss>", "<item/>".repeat(500_000))),
        "/body" => Answer::ok(vec![b'x'; 20 << 20]),
        "/circle" => Answer::status(302).with("location", "/back"),
        "/back" => Answer::status(302).with("location", "/circle"),
        "/private" => Answer::status(302).with("location", "http://169.254.169.254/latest/meta-data"),
        "/head" => Answer::ok(rss(&[OLD])).with("x-pad", "x".repeat(64 << 10)),
        "/heads" => Answer::ok(rss(&[OLD])).with("x-pad", "x".repeat(1 << 20)),
        "/forged" => Answer::ok(item(
            "<title>Quiet\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\r\n2025-03-01T00:00:00Z ERROR forged line</title>",
        )),
        _ => Answer::ok(rss(&[CALL, OLD])),
    }
}

/// Each feed with its state, its items, and words of its error.
const OUTCOMES: [(&str, &str, u64, &str); 14] = [
    ("gzip", "failing", 0, "larger than 16777216 bytes unpacked"),
    ("nested", "failing", 0, "larger than 16777216 bytes unpacked"),
    ("brotli", "failing", 0, "larger than 16777216 bytes unpacked"),
    ("entities", "ok", 1, ""),
    ("deep", "ok", 1, ""),
    ("tags", "ok", 1, ""),
    ("items", "ok", 0, ""),
    ("body", "failing", 0, "larger than 16777216 bytes"),
    ("circle", "failing", 0, "redirects in a circle"),
    ("private", "failing", 0, "169.254.169.254 is not public"),
    ("head", "ok", 1, ""),
    ("heads", "failing", 0, "no answer that can be understood"),
    ("forged", "ok", 1, ""),
    ("good", "ok", 2, ""),
];

#[test]
fn feeds_that_mean_harm_come_to_their_outcome_and_the_others_go_on() {
    let server = Server::new(|request| answer(&request.path));
    let feed = |(name, ..): &(&str, &str, u64, &str)| {
        format!("[feed.{name}]\nurl = \"{}\"\n", server.url(&format!("/{name}")))
    };
    let feeds: String = OUTCOMES.iter().map(feed).collect::<Vec<_>>().concat();
    let poll = "[poll]\nhost_gap = \"0s\"\nmin_interval = \"1s\"\n[network]\nallow = [\"127.0.0.1/32\"]\n";
    let mut house = House::new(&format!("{STRIKE}{poll}{feeds}"));
    house.start();
    let listed = |house: &House| house.json(&["feeds", "--json"])["feeds"].as_array().unwrap().clone();
    until("each was visited", || listed(&house).iter().all(|it| !it["last_visit"].is_null()));
    let listed = listed(&house);
    for (name, state, items, error) in OUTCOMES {
        let it = listed.iter().find(|it| it["id"] == name).unwrap();
        assert_eq!((&it["state"], &it["items"]), (&state.into(), &items.into()), "{name}: {it}");
        assert!(it["error"].as_str().unwrap_or_default().contains(error), "{name}: {it}");
    }
    assert_eq!(house.json(&["status", "--json"])["storylines"][0]["phase"], "announced");

    let status = std::fs::read_to_string(format!("/proc/{}/status", house.pid())).unwrap();
    let peak = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap().trim();
    let peak: u64 = peak.trim_end_matches(" kB").parse().unwrap();
    eprintln!("peak memory {peak} KiB");
    assert!(peak < PEAK_KIB_MAX, "the daemon held {peak} KiB");

    assert_eq!(house.stop(), Some(0));
    let said = house.stderr();
    let forged =
        |line: &str| line.contains("ERROR forged") || line.contains(['\u{1b}', '\u{9b}', '\u{202e}']);
    assert!(!said.lines().any(forged), "{said}");
}
