//! An article as sentences and words.

use super::Article;

/// A sentence with its words.
#[derive(Debug, Clone)]
pub(super) struct Sentence<'a> {
    pub(super) text: &'a str,
    pub(super) words: Vec<Word<'a>>,
    /// How much it counts: the headline most, then the beginning.
    pub(super) weight: u32,
}

/// A word with what the rules ask of it.
#[derive(Debug, Clone)]
pub(super) struct Word<'a> {
    /// As it is written, without "'s".
    pub(super) text: &'a str,
    pub(super) lower: String,
    /// Whether only a blank stands between it and the next.
    pub(super) joined: bool,
    /// Where it begins in the sentence.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Word<'_> {
    pub(super) fn capital(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// "ESA", "NATO", "US".
    pub(super) fn shouted(&self) -> bool {
        let letters = self.text.chars().filter(|it| it.is_alphabetic()).count();
        letters >= 2
            && self
                .text
                .chars()
                .all(|it| it.is_uppercase() || it.is_ascii_digit() || matches!(it, '.' | '-' | '&'))
    }
}

/// Sentences of an article that are looked at.
const SENTENCES_MAX: usize = 300;

/// Cuts an article; the headline is the first sentence.
pub(super) fn cut(article: &Article) -> Vec<Sentence<'_>> {
    let mut out = vec![sentence(&article.title, 4)];
    for line in article.text.lines() {
        for text in split(line) {
            if out.len() == SENTENCES_MAX {
                break;
            }
            let weight = if out.len() < 3 { 2 } else { 1 };
            out.push(sentence(text, weight));
        }
    }
    out.retain(|it| !it.words.is_empty());
    out
}

fn sentence(text: &str, weight: u32) -> Sentence<'_> {
    Sentence { text, words: words(text), weight }
}

/// Shortened words whose point ends no sentence.
const SHORT: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "gen", "col", "lt", "sgt", "capt", "sen", "rep", "gov", "st", "jan",
    "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "no", "vs", "inc", "ltd",
    "co", "corp", "jr", "sr",
];

fn split(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut marks = line.char_indices().peekable();
    while let Some((at, mark)) = marks.next() {
        if !matches!(mark, '.' | '!' | '?' | '…') {
            continue;
        }
        let mut end = at + mark.len_utf8();
        while let Some((_, c)) = marks.next_if(|(_, c)| matches!(c, '"' | '”' | '’' | '\'' | ')' | '.')) {
            end += c.len_utf8();
        }
        let after = line.get(end..).unwrap_or_default();
        let next = after.trim_start();
        let begins = next
            .chars()
            .next()
            .is_none_or(|c| c.is_uppercase() || c.is_ascii_digit() || "\"“‘'(".contains(c));
        let word =
            line.get(from..at).unwrap_or_default().rsplit([' ', '(', '“', '"']).next().unwrap_or_default();
        let short = mark == '.'
            && !next.is_empty()
            && (word.chars().count() == 1 && word.chars().all(char::is_uppercase)
                || word.contains('.') && word.chars().count() <= 4
                || SHORT.contains(&word.to_lowercase().as_str()));
        if (after.is_empty() || after.starts_with(char::is_whitespace)) && begins && !short {
            out.push(line.get(from..end).unwrap_or_default().trim());
            from = line.len() - next.len();
        }
    }
    out.push(line.get(from..).unwrap_or_default().trim());
    out.retain(|it| !it.is_empty());
    out
}

fn words(text: &str) -> Vec<Word<'_>> {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '.' | '&' | '‑');
    let mut out: Vec<Word<'_>> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, inside(c)) {
            (None, true) if c.is_alphanumeric() => start = Some(at),
            (Some(from), false) => {
                out.extend(word(text, from, at));
                start = None;
            }
            _ => {}
        }
    }
    let places: Vec<(usize, usize)> = out.iter().map(|it| (it.end, it.start)).collect();
    for (at, word) in out.iter_mut().enumerate() {
        let next = places.get(at + 1).map(|it| it.1);
        let gap = next.and_then(|next| text.get(places.get(at)?.0..next));
        word.joined = gap.is_some_and(|it| it.trim().is_empty());
    }
    out
}

fn word(text: &str, from: usize, until: usize) -> Option<Word<'_>> {
    let raw = text.get(from..until)?;
    let mut bare = raw.trim_end_matches(['\'', '’', '-', '&']);
    // A point belongs to "U.S." and not to the end of a sentence.
    if !(bare.matches('.').count() > 1 || bare.len() == 2) {
        bare = bare.trim_end_matches('.');
    }
    let owned = ["'s", "’s", "'S", "’S"].iter().find_map(|it| bare.strip_suffix(it)).unwrap_or(bare);
    let plain = owned.trim_end_matches(['\'', '’']);
    if plain.is_empty() {
        return None;
    }
    let lower = if plain.matches('.').count() > 1 { plain.replace('.', "") } else { plain.to_owned() };
    let end = from + plain.len();
    Some(Word { text: plain, lower: lower.to_lowercase(), joined: false, start: from, end })
}
