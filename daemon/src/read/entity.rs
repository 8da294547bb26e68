//! References to characters, in XML that knows HTML's names.

use std::borrow::Cow;

use quick_xml::escape::resolve_html5_entity;

/// Characters between `&` and `;` that can still be a reference.
const NAME_CHARS_MAX: usize = 32;

/// Replaces the references in a text; what is no reference stays as it is.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return text.into() };
    let (head, mut rest) = text.split_at(first);
    let mut out = String::with_capacity(text.len());
    out.push_str(head);
    while let Some(after) = rest.strip_prefix('&') {
        let end = after.bytes().take(NAME_CHARS_MAX).position(|byte| byte == b';');
        let name = end.and_then(|end| after.get(..end));
        rest = match name {
            Some(name) if resolve(name, &mut out) => after.get(name.len() + 1..).unwrap_or_default(),
            _ => {
                out.push('&');
                after
            }
        };
        let next = rest.find('&').unwrap_or(rest.len());
        let (text, tail) = rest.split_at(next);
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
    resolve_html5_entity(name).map(|it| out.push_str(it)).is_some()
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
        check("R&D & more; &unknown; &", "R&D & more; &unknown; &");
        check("a&#0;b&#xD800;c&#99999999999;d", "abc&#99999999999;d");
        check("?a=1&b=2", "?a=1&b=2");
    }
}
