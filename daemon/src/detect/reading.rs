//! A text as detection reads it: words, sentences, clauses.
//!
//! Words are folded and numbered once ([`Form`]); what stands between them
//! only leaves its trace as sentence and clause.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{
    fold::{composed, fold_name, is_apostrophe, is_silent, is_unspaced, push_lower},
    marks::Marks,
    stem::{Form, Language},
};

/// Marks hashes of words whose case counts.
pub(super) const CASE_SEED: u64 = 0xCA5E;
/// Words read of one item; what follows decides nothing.
const WORDS_MAX: usize = 600;
/// Sentences told apart in one item.
const SENTENCES_MAX: usize = 64;

/// One word with its place.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Its hashes.
    pub(super) form: Form,
    /// The hash of how it is written, case included.
    pub(super) case: u64,
    /// Where its folded letters stand in the reading's buffer.
    letters: Range<u32>,
    /// Where it stands in the text it is from.
    pub(super) at: Range<usize>,
    /// 0 in the title; sentences of the text count from 1.
    pub(super) sentence: u16,
    /// Clauses count through the whole reading.
    pub(super) clause: u16,
    /// Whether it begins with a capital.
    pub(super) capital: bool,
    /// Whether all its letters are capitals, and there are two or more.
    pub(super) capitals: bool,
}

/// A title and a text, read.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    /// The title, letters composed.
    pub(super) title: String,
    /// The text, letters composed.
    pub(super) text: String,
    /// Every word, the title's first.
    pub(super) words: Vec<Word>,
    /// How many of them are the title's.
    pub(super) title_words: usize,
    /// The words of each sentence; the title is the first.
    pub(super) sentences: Vec<Range<usize>>,
    /// A few bits for every word of each sentence: what is not marked does not stand there.
    pub(super) marks: Vec<Marks>,
    letters: String,
    pub(super) tongue: u32,
}

impl Reading {
    /// Reads a title and a text in a language.
    pub(super) fn of(title: &str, text: &str, language: Language) -> Self {
        let tongue = language.number();
        let mut it = Self { title: composed(title), text: composed(text), tongue, ..Self::default() };
        let mut scan = Scan { language, sentence: 0, clause: 0, open: false, folded: String::new() };
        let (title, text) = (std::mem::take(&mut it.title), std::mem::take(&mut it.text));
        scan.field(&mut it, &title);
        it.title_words = it.words.len();
        scan.sentence = 1;
        scan.clause += 1;
        scan.field(&mut it, &text);
        (it.title, it.text) = (title, text);
        it.mark_sentences();
        it
    }

    /// The folded letters of a word, accents included.
    pub(super) fn letters(&self, word: &Word) -> &str {
        self.letters.get(word.letters.start as usize..word.letters.end as usize).unwrap_or_default()
    }

    /// The words of one sentence; 0 is the title.
    pub(super) fn sentence(&self, number: usize) -> &[Word] {
        self.sentences.get(number).and_then(|it| self.words.get(it.clone())).unwrap_or_default()
    }

    /// The words that say what is new: the title and the first two sentences.
    pub(super) fn lead(&self) -> &[Word] {
        let end = self.sentences.iter().take(3).next_back().map_or(0, |it| it.end);
        self.words.get(..end).unwrap_or_default()
    }

    /// What is written from one word to another, both included; they stand in one field.
    pub(super) fn span(&self, from: usize, to: usize) -> &str {
        let (Some(first), Some(last)) = (self.words.get(from), self.words.get(to)) else { return "" };
        let field = if from < self.title_words { &self.title } else { &self.text };
        field.get(first.at.start..last.at.end).unwrap_or_default()
    }

    fn mark_sentences(&mut self) {
        self.sentences.push(0..self.title_words);
        let mut start = self.title_words;
        for index in self.title_words..self.words.len() {
            let ends =
                self.words.get(index + 1).is_none_or(|next| next.sentence != self.words[index].sentence);
            if ends && self.sentences.len() < SENTENCES_MAX {
                self.sentences.push(start..index + 1);
                start = index + 1;
            }
        }
        self.marks = (0..self.sentences.len()).map(|it| Marks::of(self.sentence(it))).collect();
    }
}

/// Walks over a field, word by word.
struct Scan {
    language: Language,
    sentence: u16,
    clause: u16,
    /// Whether the current clause has a word yet.
    open: bool,
    folded: String,
}

impl Scan {
    fn field(&mut self, out: &mut Reading, text: &str) {
        let mut at = 0;
        while let Some(c) = text.get(at..).and_then(|it| it.chars().next()) {
            if out.words.len() >= WORDS_MAX {
                return;
            }
            let next = if is_unspaced(c) {
                self.pairs(out, text, at)
            } else if c.is_alphanumeric() {
                self.word(out, text, at)
            } else {
                self.between(text, at, c);
                at + c.len_utf8()
            };
            at = next.max(at + 1);
        }
    }

    /// Reads one word that begins at `start`; returns where it ends.
    fn word(&mut self, out: &mut Reading, text: &str, start: usize) -> usize {
        let end = word_end(text, start);
        let written = text.get(start..end).unwrap_or_default();
        let stem_end = without_possessive(written);
        let kept = written.get(..stem_end).unwrap_or(written);
        if let Some(elided) = elision(kept) {
            let split = start + elided;
            self.push(out, text, start, split);
            self.push(
                out,
                text,
                split + text.get(split..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8),
                start + stem_end,
            );
        } else {
            self.push(out, text, start, start + stem_end);
        }
        end
    }

    fn push(&mut self, out: &mut Reading, text: &str, start: usize, end: usize) {
        let written = text.get(start..end).unwrap_or_default();
        let from = out.letters.len();
        self.folded.clear();
        let case = fold(written, &mut self.folded);
        if self.folded.is_empty() {
            return;
        }
        fold_name(&mut self.folded);
        out.letters.push_str(&self.folded);
        out.words.push(Word {
            form: self.language.form(&self.folded),
            case: case.hash,
            letters: narrow(from)..narrow(out.letters.len()),
            at: start..end,
            sentence: self.sentence,
            clause: self.clause,
            capital: case.capital,
            capitals: case.capitals,
        });
        self.open = true;
    }

    /// Reads a run of a script without spaces as overlapping pairs.
    fn pairs(&mut self, out: &mut Reading, text: &str, start: usize) -> usize {
        let run: Vec<(usize, char)> = text
            .get(start..)
            .unwrap_or_default()
            .char_indices()
            .take_while(|(_, c)| is_unspaced(*c))
            .take(WORDS_MAX)
            .collect();
        let end_of = |(at, c): &(usize, char)| start + at + c.len_utf8();
        if let [one] = run.as_slice() {
            self.push(out, text, start, end_of(one));
        }
        for pair in run.windows(2) {
            if let [first, second] = pair {
                self.push(out, text, start + first.0, end_of(second));
            }
        }
        run.last().map_or(start + 1, end_of)
    }

    /// Lets what stands between words end a clause or a sentence.
    fn between(&mut self, text: &str, at: usize, c: char) {
        let after = text.get(at + c.len_utf8()..).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        let ends_sentence = match c {
            '\n' | '•' | '。' | '！' | '？' | '؟' | '|' | '·' => true,
            '!' | '?' | '…' => after.chars().next().is_none_or(char::is_whitespace),
            '.' => {
                after
                    .chars()
                    .next()
                    .is_none_or(|it| it.is_whitespace() || matches!(it, '"' | '”' | '\'' | '’' | ')'))
                    && !is_abbreviation(before, after)
            }
            _ => false,
        };
        let spaced = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let ends_clause = match c {
            ',' | ';' | ':' | '—' | '–' | '(' | ')' | '"' | '“' | '”' | '«' | '»' | '、' | '，' | '،' => {
                !(matches!(c, ',' | ':') && after.starts_with(|it: char| it.is_ascii_digit()))
            }
            '-' => spaced(after.chars().next()) && spaced(before.chars().next_back()),
            _ => false,
        };
        if (ends_sentence || ends_clause) && self.open {
            self.clause = self.clause.saturating_add(1);
            self.open = false;
            if ends_sentence && self.sentence > 0 {
                self.sentence = self.sentence.saturating_add(1);
            }
        }
    }
}

/// How a word is written, apart from its letters.
struct Case {
    hash: u64,
    capital: bool,
    capitals: bool,
}

/// Folds a word into a buffer.
fn fold(written: &str, folded: &mut String) -> Case {
    let number = written.starts_with(|c: char| c.is_ascii_digit());
    let (mut letters, mut upper) = (0, 0);
    let capital = written.chars().next().is_some_and(char::is_uppercase);
    let mut plain = true;
    for c in written.chars() {
        let kept = c.is_alphanumeric();
        plain &= kept;
        if kept || (number && c == '.') || is_mark_in_word(c) {
            push_lower(folded, c);
        }
        letters += usize::from(c.is_alphabetic());
        upper += usize::from(c.is_uppercase());
    }
    let hash = if plain {
        xxh3_64_with_seed(written.as_bytes(), CASE_SEED)
    } else {
        let kept: String = written.chars().filter(|c| c.is_alphanumeric()).collect();
        xxh3_64_with_seed(kept.as_bytes(), CASE_SEED)
    };
    Case { hash, capital, capitals: upper >= 2 && upper == letters }
}

fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Vowel signs that belong to the word in scripts other than Arabic.
fn is_mark_in_word(c: char) -> bool {
    !is_silent(c) && unicode_normalization::char::is_combining_mark(c)
}

/// Where the word that begins at `start` ends: letters, digits, and what joins them.
fn word_end(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut previous = ' ';
    let mut chars = text.get(start..).unwrap_or_default().char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|it| it.1);
        let joins = if c.is_alphanumeric() || is_silent(c) || is_mark_in_word(c) {
            !is_unspaced(c)
        } else if is_apostrophe(c) {
            previous.is_alphabetic() && next.is_some_and(char::is_alphabetic)
        } else if c == '.' {
            let one_letter =
                previous.is_uppercase() && is_initials(text.get(start..start + at).unwrap_or_default());
            (previous.is_ascii_digit() && next.is_some_and(|it| it.is_ascii_digit()))
                || (one_letter && (at > 1 || next.is_some_and(char::is_uppercase)))
        } else if c == ',' {
            previous.is_ascii_digit()
                && next.is_some_and(|it| it.is_ascii_digit())
                && has_three_digits(text, start + at + 1)
        } else {
            false
        };
        if !joins {
            break;
        }
        previous = c;
        end = start + at + c.len_utf8();
    }
    end
}

/// Whether letters alternate with full stops, as in `U.S`.
fn is_initials(word: &str) -> bool {
    word.chars().enumerate().all(|(i, c)| if i % 2 == 0 { c.is_uppercase() } else { c == '.' })
}

fn has_three_digits(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|it| it.chars().take_while(char::is_ascii_digit).count() == 3)
}

/// Where a word ends without its possessive `'s`.
fn without_possessive(word: &str) -> usize {
    let mut back = word.char_indices().rev();
    if let (Some((_, 's' | 'S')), Some((at, apostrophe))) = (back.next(), back.next())
        && is_apostrophe(apostrophe)
    {
        return at;
    }
    word.len()
}

/// Where the apostrophe of an elision stands (`l'Ukraine`, `qu'il`, `dell'Est`), if it is one.
fn elision(word: &str) -> Option<usize> {
    let (at, _) = word.char_indices().find(|(_, c)| is_apostrophe(*c))?;
    let before = word.get(..at)?.to_lowercase();
    let elided = [
        "l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "dell", "nell", "all", "sull", "un",
    ];
    elided.contains(&before.as_str()).then_some(at)
}

/// Abbreviations a sentence rarely ends with.
const SHORT: [&str; 21] = [
    "mr", "mrs", "ms", "dr", "st", "gen", "sen", "rep", "gov", "lt", "col", "sgt", "capt", "jan", "feb",
    "aug", "sept", "oct", "nov", "dec", "vs",
];

/// Whether the full stop after `before` belongs to an abbreviation.
fn is_abbreviation(before: &str, after: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let next = after.trim_start().chars().next();
    if next.is_some_and(char::is_lowercase) {
        return true;
    }
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let one = letters == 1 && word.chars().next_back().is_some_and(char::is_uppercase);
    let dotted = word.contains('.') && letters <= 3;
    let number = word.eq_ignore_ascii_case("no") && next.is_some_and(|it| it.is_ascii_digit());
    (one && next.is_some_and(char::is_uppercase))
        || dotted
        || number
        || SHORT.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let it = Reading::of("", text, Language::of(None));
        let mut out = String::new();
        for (number, sentence) in it.sentences.iter().enumerate().skip(1) {
            if number > 1 {
                out.push_str(" / ");
            }
            let words: Vec<&str> = it.words[sentence.clone()].iter().map(|word| it.letters(word)).collect();
            out.push_str(&words.join(" "));
        }
        assert_eq!(out, expected);
    }

    #[test]
    fn words_are_read_whatever_stands_around_them() {
        check("Karsk’s bridge: “Karsk”-bound", "karsk bridge karsk bound");
        check("The U.S. said no. J. D. Vance agreed.", "the us said no / j d vance agreed");
        check("Mr. Rubio's 1,400 men, 3.5 per cent", "mr rubio 1400 men 3.5 per cent");
        check("L’Ukraine n'a rien dit", "l ukraine n a rien dit");
        check("Don't stop", "dont stop");
        check("普京会见", "普京 京会 会见");
        check("One. Two! Three? four", "one / two / three / four");
        check("• First thing\n• Second thing", "first thing / second thing");
    }
}
