//! A text as classes of words: what the grammar reads.

use jiff::civil::Date;

use super::{
    numeric::{self, Order},
    tables::Language,
};

/// The class of a word, as far as dates go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Any other word.
    Other,
    /// Monday = 1 … Sunday = 7.
    Weekday(i8),
    /// "Sun", "Wed": a weekday only beside a date.
    WeekdayShort(i8),
    /// A month that is no other word.
    Month(i8),
    /// "May", "Mar", "Jan": a month only with a capital and beside a number or a preposition.
    MonthOrName(i8),
    /// "2025-03-01".
    Exact(Date),
    /// "14.2.": day and month.
    Dotted(i8, i8),
    /// Digits.
    Number(u16),
    /// "21st".
    Ordinal(u16),
    /// "two", "a": counts units.
    Count(u8),
    /// "first" … "fifth": counts weekdays of a month.
    Nth(u8),
    Unit(Unit),
    /// "ago".
    Ago,
    /// "vor zwei Tagen", "il y a deux jours".
    AgoBefore,
    /// "from now", "later": only after a count of units.
    Now,
    In,
    On,
    At,
    By,
    Until,
    Before,
    Within,
    Since,
    For,
    From,
    To,
    And,
    Between,
    The,
    Of,
    Next,
    Last,
    This,
    /// "coming", "recent": vague with a unit, the next one with a weekday.
    Coming,
    Recent,
    /// "few", "several".
    Few,
    Early,
    Mid,
    Late,
    /// "later", "earlier": vague.
    Loosely,
    End,
    Start,
    /// Days from today.
    Shift(i8),
    /// "last night" counts as yesterday.
    Night,
    DayPart,
    After,
    /// "every Monday" is a habit and no date.
    Every,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Day,
    Weekend,
    Week,
    Month,
    Year,
}

/// One word with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) word: Word,
}

/// A text cut into words.
pub(super) struct Reading<'t> {
    pub(super) text: &'t str,
    pub(super) language: &'static Language,
    tokens: Vec<Token>,
}

impl<'t> Reading<'t> {
    pub(super) fn new(text: &'t str, language: &'static Language, order: Order) -> Self {
        let mut tokens = Vec::with_capacity(text.len() / 6 + 4);
        let mut rest = text.char_indices().peekable();
        while let Some((start, first)) = rest.next() {
            if !first.is_alphanumeric() {
                continue;
            }
            let mut end = start + first.len_utf8();
            if first.is_ascii_digit() {
                let (word, length) = numeric::read(&text[start..], order, language.dotted);
                end = start + length;
                while rest.next_if(|(at, _)| *at < end).is_some() {}
                tokens.push(Token { start, end, word });
                continue;
            }
            let inside = |at: usize, c: char| c.is_alphanumeric() || is_inside(text, first, at, c);
            while let Some((at, c)) = rest.next_if(|(at, c)| inside(*at, *c)) {
                end = at + c.len_utf8();
            }
            tokens.push(Token { start, end, word: classify(&text[start..end], language) });
        }
        Self { text, language, tokens }
    }

    /// Whether any word could begin a date at all; most texts have none.
    pub(super) fn dated(&self) -> bool {
        self.tokens.iter().any(|it| {
            matches!(
                it.word,
                Word::Weekday(_)
                    | Word::WeekdayShort(_)
                    | Word::Month(_)
                    | Word::MonthOrName(_)
                    | Word::Exact(_)
                    | Word::Dotted(..)
                    | Word::Ordinal(_)
                    | Word::Unit(_)
                    | Word::Shift(_)
                    | Word::Night
                    | Word::DayPart
            )
        })
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The class of the word at a place; [`Word::Other`] outside the text.
    pub(super) fn word(&self, at: usize) -> Word {
        self.tokens.get(at).map_or(Word::Other, |it| it.word)
    }

    /// The word before a place, if there is one.
    pub(super) fn before(&self, at: usize) -> Word {
        at.checked_sub(1).map_or(Word::Other, |it| self.word(it))
    }

    /// The word as it is written; empty outside the text.
    pub(super) fn written(&self, at: usize) -> &'t str {
        self.tokens.get(at).and_then(|it| self.text.get(it.start..it.end)).unwrap_or_default()
    }

    pub(super) fn token(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).copied()
    }

    /// What stands between a word and the next, without blanks; the rest of the text after the last.
    pub(super) fn gap(&self, at: usize) -> &'t str {
        let Some(here) = self.tokens.get(at) else { return "" };
        let until = self.tokens.get(at + 1).map_or(self.text.len(), |it| it.start);
        self.text.get(here.end..until).unwrap_or_default().trim()
    }

    /// Whether only blanks stand between a word and the next, and there is a next.
    pub(super) fn joined(&self, at: usize) -> bool {
        at + 1 < self.len() && self.gap(at).is_empty()
    }

    /// As [`joined`](Self::joined), or a comma between them.
    pub(super) fn loose(&self, at: usize) -> bool {
        at + 1 < self.len() && matches!(self.gap(at), "" | ",")
    }

    /// Whether a dash ties a word to the next.
    pub(super) fn dashed(&self, at: usize) -> bool {
        at + 1 < self.len()
            && matches!(self.gap(at).trim_start_matches('.').trim_start(), "-" | "–" | "—" | "\u{2011}")
    }

    /// Whether "'s" follows the word.
    pub(super) fn possessive(&self, at: usize) -> bool {
        matches!(self.gap(at), "'" | "’") && matches!(self.written(at + 1), "s" | "S")
    }

    /// Whether the word begins with a capital.
    pub(super) fn capital(&self, at: usize) -> bool {
        self.written(at).chars().next().is_some_and(char::is_uppercase)
    }

    /// Whether a sentence ends after this word.
    pub(super) fn ends_sentence(&self, at: usize) -> bool {
        let gap = self.gap(at);
        let Some(mark) = gap.chars().find(|c| matches!(c, '.' | '!' | '?' | ';' | ':' | '…')) else {
            return false;
        };
        if mark != '.' || at + 1 >= self.len() {
            return true;
        }
        // "U.S." and "Feb. 15" do not end a sentence; "the 15. March" is German.
        let single = self.written(at).chars().count() == 1;
        let month =
            matches!(self.word(at), Word::Month(_) | Word::MonthOrName(_)) && self.written(at).len() <= 4;
        !(single || month || !self.capital(at + 1) && gap == ".")
    }
}

/// Whether an apostrophe stands inside a Ukrainian word.
fn is_inside(text: &str, first: char, at: usize, c: char) -> bool {
    let after = text.get(at + c.len_utf8()..).and_then(|it| it.chars().next());
    matches!(c, '\'' | '’')
        && ('\u{400}'..='\u{4ff}').contains(&first)
        && after.is_some_and(char::is_alphabetic)
}

/// Letters a word of the tables may have at most, in bytes.
const WORD_BYTES_MAX: usize = 40;

/// Runs `look` on the word in lower case, without asking for memory.
pub(super) fn lowered<T>(word: &str, look: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let mut buffer = [0_u8; WORD_BYTES_MAX];
    if word.is_ascii() {
        let into = buffer.get_mut(..word.len())?;
        into.copy_from_slice(word.as_bytes());
        into.make_ascii_lowercase();
        return look(std::str::from_utf8(into).ok()?);
    }
    let mut length = 0;
    for c in word.chars().flat_map(char::to_lowercase) {
        let into = buffer.get_mut(length..length + c.len_utf8())?;
        c.encode_utf8(into);
        length += c.len_utf8();
    }
    look(std::str::from_utf8(buffer.get(..length)?).ok()?)
}

fn classify(word: &str, language: &Language) -> Word {
    if word.len() > WORD_BYTES_MAX {
        return Word::Other;
    }
    lowered(word, |it| language.words.get(it)).unwrap_or(Word::Other)
}
