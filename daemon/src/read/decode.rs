//! From bytes to characters.
//!
//! What a server or a document says of its own encoding is often wrong. In
//! order: UTF-32 and byte order marks; UTF-16 by its zero bytes; then the
//! labels, strictly, where valid multi-byte UTF-8 wins over any single-byte
//! label; then UTF-8; then UTF-8 with a few wrong bytes; then a guess.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How far into a document its own label is looked for.
const LABEL_BYTES_MAX: usize = 1024;
/// How much of a document is looked at to guess its encoding.
const SAMPLE_BYTES_MAX: usize = 1 << 20;

/// Decodes a document, whatever it says of itself.
pub(super) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    if let Some(text) = utf32(bytes) {
        return text.into();
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(length..).unwrap_or_default();
        // A mark that a careless program put before other bytes is not believed blindly.
        if encoding != UTF_8 || std::str::from_utf8(rest).is_ok() {
            return encoding.decode_without_bom_handling(rest).0;
        }
    }
    if let Some(encoding) = utf16(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    by_label(bytes, content_type)
}

fn by_label<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let utf8 = std::str::from_utf8(bytes);
    let labels = [content_type.and_then(charset), declared(bytes)];
    let labels = labels.iter().flatten().filter(|it| **it != UTF_16BE && **it != UTF_16LE);
    if let Ok(text) = utf8 {
        // In ISO-2022-JP and its like every byte is ASCII, so being valid UTF-8 says nothing.
        let seven_bit = labels.clone().find(|it| !it.is_ascii_compatible());
        match seven_bit {
            Some(encoding) if text.contains('\u{1b}') => {
                return encoding.decode_without_bom_handling(bytes).0;
            }
            _ => return text.into(),
        }
    }
    for encoding in labels {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            return text;
        }
    }
    // A part is enough to tell, and costs a fraction of the whole.
    let sample = bytes.get(..bytes.len().min(SAMPLE_BYTES_MAX)).unwrap_or_default();
    let encoding = if mostly_right(&UTF_8.decode_without_bom_handling(sample).0) {
        UTF_8
    } else {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
        detector.feed(sample, true);
        detector.guess(None, chardetng::Utf8Detection::Allow)
    };
    encoding.decode_without_bom_handling(bytes).0
}

/// Whether a text that was decoded with replacements is right but for a few bytes.
fn mostly_right(text: &str) -> bool {
    let wrong = text.matches('\u{fffd}').count();
    let foreign = text.chars().filter(|c| !c.is_ascii()).count();
    foreign > wrong && wrong * 10 <= foreign
}

/// The character set a `Content-Type` names.
fn charset(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case("charset").then(|| label(value.trim_matches(['"', '\'', ' '])))?
    })
}

/// The encoding an XML declaration names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(LABEL_BYTES_MAX))?;
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    let declaration = head.get(head.find("<?xml")?..)?;
    let declaration = declaration.get(..declaration.find("?>")?)?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    label(value.trim_start_matches(['"', '\'']).split(['"', '\'', ' ']).next()?)
}

fn label(text: &str) -> Option<&'static Encoding> {
    Encoding::for_label(text.trim().as_bytes())
}

/// UTF-32, by its mark or by the shape of `<` with three zeros.
fn utf32(bytes: &[u8]) -> Option<String> {
    let (big, from) = match bytes {
        [0, 0, 0xfe, 0xff, ..] => (true, 4),
        [0xff, 0xfe, 0, 0, ..] => (false, 4),
        [0, 0, 0, b'<', ..] => (true, 0),
        [b'<', 0, 0, 0, ..] => (false, 0),
        _ => return None,
    };
    let units = bytes.get(from..)?.chunks_exact(4).map(|unit| {
        let unit = [unit[0], unit[1], unit[2], unit[3]];
        let code = if big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
        char::from_u32(code).unwrap_or('\u{fffd}')
    });
    Some(units.collect())
}

/// UTF-16 without a mark, by the zeros between the first characters.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some(UTF_16BE),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some(UTF_16LE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], content_type: Option<&str>, expected: &str) {
        assert_eq!(decode(bytes, content_type), expected);
    }

    #[test]
    fn marks_and_zeros_come_before_labels() {
        check(b"\xef\xbb\xbf<a>\xc3\xbc</a>", Some("text/xml; charset=iso-8859-1"), "<a>ü</a>");
        check(b"\xff\xfe<\0a\0>\0", None, "<a>");
        check(b"\0<\0a\0>", Some("text/xml; charset=utf-8"), "<a>");
        check(b"\0\0\0<\0\0\0a\0\0\0>", None, "<a>");
        check(b"<\0\0\0a\0\0\0>\0\0\0", None, "<a>");
    }

    #[test]
    fn utf8_wins_over_a_wrong_label() {
        check(b"<a>\xc3\xbc</a>", Some("text/xml; charset=iso-8859-1"), "<a>ü</a>");
        check(
            b"<?xml version='1.0' encoding='windows-1252'?><a>\xc3\xbc</a>",
            None,
            "<?xml version='1.0' encoding='windows-1252'?><a>ü</a>",
        );
    }

    #[test]
    fn a_label_that_fits_is_believed() {
        check(b"<a>\xfc</a>", Some("text/xml; charset=\"iso-8859-1\""), "<a>ü</a>");
        check(
            b"<?xml version=\"1.0\" encoding=\"koi8-r\"?>\xcd\xc9\xd2",
            None,
            "<?xml version=\"1.0\" encoding=\"koi8-r\"?>мир",
        );
        check(b"<?xml encoding=\"iso-2022-jp\"?>\x1b$B$\"\x1b(B", None, "<?xml encoding=\"iso-2022-jp\"?>あ");
    }

    #[test]
    fn bytes_that_are_not_what_they_say_are_guessed() {
        check(
            b"<?xml version='1.0' encoding='utf-8'?><a>caf\xe9 na\xefve \x93so\x94</a>",
            None,
            "<?xml version='1.0' encoding='utf-8'?><a>café naïve “so”</a>",
        );
    }

    #[test]
    fn a_few_wrong_bytes_do_not_spoil_the_rest() {
        let mut bytes = "Київ і Львів мають нові поїзди".as_bytes().to_vec();
        bytes.push(0xff);
        check(&bytes, None, "Київ і Львів мають нові поїзди\u{fffd}");
    }
}
