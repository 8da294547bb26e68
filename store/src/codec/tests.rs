//! Events and their bytes, there and back.

use expect_test::{Expect, expect};
use storyline_config::FeedId;

use super::*;

fn recorded(seq: u64, event: Event) -> Recorded {
    Recorded { seq: Seq(seq), at: "2025-02-14T10:40:00.5Z".parse().unwrap(), event }
}

fn from_json(json: &str) -> Event {
    serde_json::from_str(json).unwrap()
}

fn check(event: Event, fields: &Expect) {
    let it = recorded(3, event);
    let mut bytes = Vec::new();
    let crc = encode(&it, 7, &mut bytes).unwrap();
    let (frame, rest) = split(&bytes, 7).unwrap();
    fields.assert_eq(&format!("{} v{} {}", frame.kind, frame.version, String::from_utf8_lossy(frame.fields)));
    assert_eq!((frame.seq, frame.at, frame.crc, rest), (it.seq, it.at, crc, &[][..]));
    assert_eq!(frame.decode().unwrap(), it);
}

#[test]
fn an_event_reads_back_as_it_was_written() {
    let feed: FeedId = "bbc-world".parse().unwrap();
    check(
        Event::FeedMoved { feed, url: "https://a.test/\"x\"".to_owned() },
        &expect![[r#"feed_moved v1 {"feed":"bbc-world","url":"https://a.test/\"x\""}"#]],
    );
    check(Event::StorageRestored {}, &expect!["storage_restored v1 {}"]);
}

#[test]
fn an_unknown_kind_is_kept_as_it_was_written() {
    check(
        from_json(r#"{"kind":"moon_landed","z":1,"a":[2]}"#),
        &expect![[r#"moon_landed v1 {"z":1,"a":[2]}"#]],
    );
    check(from_json(r#"{"kind":"moon_landed","v":3,"z":1}"#), &expect![[r#"moon_landed v3 {"z":1}"#]]);
    check(from_json(r#"{"kind":"moon_landed"}"#), &expect!["moon_landed v1 {}"]);
}

fn frame(kind: &'static str, version: u8, fields: &'static str) -> Frame<'static> {
    Frame { version, seq: Seq(4), at: Timestamp::UNIX_EPOCH, crc: 0, kind, fields: fields.as_bytes() }
}

#[test]
fn a_known_kind_whose_fields_do_not_fit_is_an_error() {
    let error = frame("feed_recovered", 1, r#"{"feed":7}"#).decode().unwrap_err();
    expect!["event #4 cannot be read: its fields do not fit its kind, feed_recovered"]
        .assert_eq(&error.to_string());
}

#[test]
fn a_newer_version_of_a_known_kind_is_refused() {
    let error = frame("feed_recovered", 2, r#"{"feed":"a"}"#).decode().unwrap_err();
    expect!["event #4 (feed_recovered) was written in format 2; this version reads up to 1"]
        .assert_eq(&error.to_string());
}

#[test]
fn a_newer_format_is_refused() {
    let mut bytes = Vec::new();
    encode(&recorded(1, Event::StorageRestored {}), 0, &mut bytes).unwrap();
    bytes[0] = FORMAT + 1;
    let crc = crc32c::crc32c_append(crc32c::crc32c(&bytes[..CRC_AT]), &bytes[HEAD_BYTES..]);
    bytes[CRC_AT..HEAD_BYTES].copy_from_slice(&crc.to_le_bytes());
    assert_eq!(split(&bytes, 0), Err(Flaw::TooNew { seq: Seq(1), format: FORMAT + 1 }));
}

#[test]
fn a_text_that_is_no_kind_is_not_written() {
    for kind in ["", "a b", "a\"b", "Ü"] {
        let event = Event::Unknown(Map::from_iter([("kind".to_owned(), kind.into())]));
        assert!(matches!(encode(&recorded(1, event), 0, &mut Vec::new()), Err(StoreError::Corrupt { .. })));
    }
}

#[test]
fn every_flipped_bit_of_a_frame_shows() {
    let mut bytes = Vec::new();
    encode(&recorded(1, Event::StorageRestored {}), 9, &mut bytes).unwrap();
    for bit in 0..bytes.len() * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(split(&bytes, 9).is_err(), "bit {bit}");
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(split(&bytes, 8).is_err(), "another predecessor");
}

#[test]
fn kinds_are_named_as_serde_names_them() {
    let event = Event::RecordLost { detail: String::new() };
    assert_eq!(serde_json::to_value(&event).unwrap()["kind"], event.kind());
    let unfit =
        serde_json::to_value(Event::DeliveryDead { delivery: crate::DeliveryId(1), error: String::new() });
    assert_eq!(unfit.unwrap()["kind"], "delivery_dead");
}

#[test]
fn an_older_version_of_an_event_reads_as_the_newest() {
    let at = Timestamp::UNIX_EPOCH;
    let muted = Event::OutletMuted { outlet: "BBC".to_owned(), by: "reader".to_owned() };
    let old = br#"{"name":"BBC","by":"reader"}"#;
    let frame = |version, fields| Frame { version, seq: Seq(7), at, crc: 0, kind: "outlet_muted", fields };
    assert_eq!(frame(0, old).decode().unwrap(), Recorded { seq: Seq(7), at, event: muted.clone() });
    assert!(
        matches!(frame(1, old).decode(), Err(StoreError::Corrupt { .. })),
        "of the newest version it is none"
    );
    let json = serde_json::json!({"seq": 7, "at": at, "kind": "outlet_muted", "v": 0, "name": "BBC", "by": "reader"});
    let Value::Object(json) = json else { panic!("an object") };
    assert_eq!(super::from_json(json).unwrap().event, muted, "also where it is imported");
}
