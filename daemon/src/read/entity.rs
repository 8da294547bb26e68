//! References to characters, in XML that knows HTML's names.

use std::borrow::Cow;

use html5gum::{Token, Tokenizer};

/// Characters between `&` and `;` that can still be a reference.
const NAME_CHARS_MAX: usize = 32;

/// Replaces the references of XML in a text; what is no reference stays as it is.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    replace(text, |_, _| 0)
}

/// Replaces the references of HTML in a text, where some need no semicolon.
pub(super) fn unescape_html(text: &str) -> Cow<'_, str> {
    replace(text, |after, out| {
        let name = after
            .bytes()
            .take(NAME_CHARS_MAX)
            .position(|it| !it.is_ascii_alphanumeric())
            .unwrap_or(after.len());
        let name = after.get(..name.min(NAME_CHARS_MAX)).unwrap_or_default();
        let open = UNCLOSED.iter().find(|it| name.starts_with(**it));
        open.filter(|it| resolve(it, out)).map_or(0, |it| it.len())
    })
}

/// Names that are written without their semicolon.
const UNCLOSED: &[&str] = &["amp", "lt", "gt", "quot", "nbsp", "copy", "reg", "eacute", "egrave", "agrave"];

/// Replaces references; `open` is asked for the length of one without a semicolon, from behind its `&`.
fn replace(text: &str, open: impl Fn(&str, &mut String) -> usize) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return text.into() };
    let (head, mut rest) = text.split_at(first);
    let mut out = String::with_capacity(text.len());
    out.push_str(head);
    while let Some(after) = rest.strip_prefix('&') {
        let end = after.bytes().take(NAME_CHARS_MAX).position(|byte| byte == b';');
        let length = match end.and_then(|end| after.get(..end)) {
            Some(name) if resolve(name, &mut out) => name.len() + 1,
            _ => open(after, &mut out),
        };
        if length == 0 {
            out.push('&');
        }
        rest = after.get(length..).unwrap_or_default();
        let (text, tail) = rest.split_at(rest.find('&').unwrap_or(rest.len()));
        out.push_str(text);
        rest = tail;
    }
    out.into()
}

/// Appends what `&name;` stands for; false where it stands for nothing.
pub(super) fn resolve(name: &str, out: &mut String) -> bool {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        };
        // A reference to no character is dropped, as browsers do.
        let known = code.is_some();
        out.extend(code.filter(|it| *it != 0).and_then(char::from_u32));
        return known;
    }
    let text = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return resolve_html(name, out),
    };
    out.push_str(text);
    true
}

/// The two thousand names of HTML. (quick-xml's own table of them has lost digits: its alpha is a semicolon.)
fn resolve_html(name: &str, out: &mut String) -> bool {
    if name.is_empty() || !name.bytes().all(|it| it.is_ascii_alphanumeric()) {
        return false;
    }
    let reference = format!("&{name};");
    let Some(Ok(Token::String(text))) = Tokenizer::new(&reference).next() else { return false };
    let text = String::from_utf8_lossy(&text);
    // A name there is none of may begin like one that needs no semicolon.
    let known = !text.contains(';') || matches!(name, "semi");
    if known {
        out.push_str(&text);
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_replaced_and_the_rest_stays() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(unescape(text), expected);
        }
        check("plain", "plain");
        check("a &amp; b &lt;i&gt;", "a & b <i>");
        check("caf&eacute; &#233; &#xE9; &#XE9;", "café é é é");
        check("&alpha;&Scaron;&nbsp;&semi;", "αŠ\u{a0};");
        check("&ampersand; &notanentity;", "&ampersand; &notanentity;");
        check("R&D & more; &unknown; &", "R&D & more; &unknown; &");
        check("a&#0;b&#xD800;c&#99999999999;d", "abc&#99999999999;d");
        check("?a=1&b=2", "?a=1&b=2");
    }
}
