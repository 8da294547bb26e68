//! Sentences that point to other articles ("Read more: …"), which say nothing of this one.

use std::borrow::Cow;

/// Letters of a sentence compared with a beginning.
const BEGINNING_CHARS_MAX: usize = 40;

/// A text without the sentences that begin as one of `beginnings` (small letters, the colon included).
pub(super) fn without_pointers<'a>(beginnings: &[String], text: &'a str) -> Cow<'a, str> {
    let points = |sentence: &str| {
        let begins: String = sentence
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .chars()
            .take(BEGINNING_CHARS_MAX)
            .flat_map(char::to_lowercase)
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .collect();
        // French sets a space before a colon.
        let begins = begins.replace(" :", ":");
        beginnings.iter().any(|it| begins.starts_with(it.as_str()))
    };
    let sentences: Vec<&str> = sentences(text).collect();
    if !sentences.iter().any(|it| points(it)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(sentences.into_iter().filter(|it| !points(it)).collect())
}

/// Cut roughly, after a full stop or a line: enough to drop one.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut after = rest.char_indices().map(|(at, c)| at + c.len_utf8()).zip(rest.chars());
        let end = after.find(|(end, c)| {
            let next = rest.get(*end..).and_then(|it| it.chars().next());
            *c == '\n' || matches!(c, '.' | '!' | '?' | '…') && next.is_none_or(char::is_whitespace)
        });
        let (sentence, left) = rest.split_at(end.map_or(rest.len(), |it| it.0));
        rest = left;
        Some(sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::Rules;

    #[test]
    fn what_points_elsewhere_is_left_out_in_the_languages_of_feeds() {
        let check = |text: &str, expected: &str| {
            assert_eq!(without_pointers(&Rules::default().table.pointers, text), expected, "{text}");
        };
        check("Herring is dear. Read more: Dockers walk out. Rain.", "Herring is dear. Rain.");
        check("Herring is dear.\nRelated: Dockers walk out\nRain.", "Herring is dear.\nRain.");
        check("Le hareng est cher. Lire aussi : Grève au port", "Le hareng est cher.");
        check("Рыба дорожает. Читайте также: Забастовка в порту.", "Рыба дорожает.");
        check(
            "Related talks went on. They read more into it: a threat.",
            "Related talks went on. They read more into it: a threat.",
        );
        check("— See also: Storm", "");
        check("", "");
    }
}
