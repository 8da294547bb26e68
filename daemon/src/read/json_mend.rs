//! JSON that is nearly JSON.

/// Replaces what JSON forbids in strings but programs write: control characters, halves of surrogate pairs, and
/// escapes there are none; none where there is nothing to replace.
pub(super) fn mend(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim_start_matches(|c: char| c != '{' && c != '[');
    let mut quoted = false;
    while let Some(c) = rest.chars().next() {
        let (length, put) = match c {
            '\\' if quoted => escape(rest),
            '"' => {
                quoted = !quoted;
                (1, None)
            }
            c if quoted && c < ' ' => (1, Some(" ")),
            ',' if !quoted && rest[1..].trim_start().starts_with(['}', ']']) => (1, Some("")),
            c => (c.len_utf8(), None),
        };
        let (piece, tail) = rest.split_at_checked(length)?;
        out.push_str(put.unwrap_or(piece));
        rest = tail;
    }
    (out != text).then_some(out)
}

/// The length of an escape, and what to put in its place if it means nothing.
fn escape(rest: &str) -> (usize, Option<&'static str>) {
    let unit =
        |at: usize| rest.get(at..at + 6).and_then(|it| u32::from_str_radix(it.strip_prefix("\\u")?, 16).ok());
    match rest.as_bytes().get(1) {
        Some(b'u') => match (unit(0), unit(6)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => (12, None),
            (Some(0xd800..0xe000), _) => (6, Some("\u{fffd}")),
            (Some(_), _) => (6, None),
            (None, _) => (2, Some("u")),
        },
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => (2, None),
        _ => (1, Some("")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_forbids_is_replaced() {
        #[track_caller]
        fn check(text: &str, expected: Option<&str>) {
            assert_eq!(mend(text).as_deref(), expected);
        }
        check(r#"{"a":"b","c":[1,2]}"#, None);
        check("{\"a\":\"b\nc\"}", Some("{\"a\":\"b c\"}"));
        check(r#"{"a":"\ud83d"}"#, Some("{\"a\":\"\u{fffd}\"}"));
        check(r#"{"a":"\ud83d\ude00 \' "}"#, Some(r#"{"a":"\ud83d\ude00 ' "}"#));
        check(r#"{"a":[1,2,],}"#, Some(r#"{"a":[1,2]}"#));
        check(r#"callback({"a":1})"#, Some(r#"{"a":1})"#));
    }
}
