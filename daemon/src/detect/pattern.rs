//! Patterns over words: what a phrase looks like, without regular expressions.

use xxhash_rust::xxh3::xxh3_64;

use super::{
    fold::{fold_name, push_lower, without_accents},
    marks::Marks,
    reading::{Reading, Word},
    stem::Language,
};

/// A row of steps; between two of them up to `gap` words may stand.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    start: bool,
    end: bool,
    question: bool,
    gap: usize,
    steps: Vec<Vec<Step>>,
    /// The pattern as it is written.
    pub(super) written: String,
}

#[derive(Debug, Clone)]
enum Step {
    /// A word by its stem, or letter by letter where the stem is another language's.
    Word { stem: u64, plain: u64 },
    /// A word by its beginning.
    Prefix(String),
    /// A number, in digits or as a word.
    Number,
    /// Any word.
    Any,
}

/// The words a pattern was found at, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The first.
    pub(super) from: usize,
    /// The last.
    pub(super) to: usize,
}

impl Pattern {
    /// Reads a pattern: words, `#` a number, `_` any word, `word*`, `a|b`, `^`, `$`, `?`.
    pub(super) fn parse(text: &str, gap: usize) -> Self {
        let mut it = Self {
            start: false,
            end: false,
            question: false,
            gap,
            steps: Vec::new(),
            written: text.trim().to_owned(),
        };
        for part in text.split_whitespace() {
            match part {
                "^" => it.start = true,
                "$" => it.end = true,
                "?" => it.question = true,
                "_" => it.steps.push(vec![Step::Any]),
                "#" => it.steps.push(vec![Step::Number]),
                part => it.push(part),
            }
        }
        it
    }

    /// Reads a cue of a definition: its words in order, nothing else means anything.
    pub(super) fn cue(text: &str, language: Language) -> Self {
        let reading = Reading::of(text, "", language);
        let step = |word: &Word| vec![Step::Word { stem: word.form.stem, plain: word.form.plain }];
        let steps = reading.words.iter().map(step).collect();
        Self { start: false, end: false, question: false, gap: 3, steps, written: text.trim().to_owned() }
    }

    /// How many words it asks for.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether a word is one of those it asks for.
    pub(super) fn asks_for(&self, reading: &Reading, word: &Word) -> bool {
        self.steps.iter().any(|it| fits(it, reading, word))
    }

    fn push(&mut self, part: &str) {
        let english = Language::of(None);
        let step = |word: &str| {
            let mut folded = String::new();
            word.chars().filter(|c| c.is_alphanumeric()).for_each(|c| push_lower(&mut folded, c));
            fold_name(&mut folded);
            if word.ends_with('*') {
                return Step::Prefix(without_accents(&folded));
            }
            let form = english.form(&folded);
            Step::Word { stem: form.stem, plain: form.plain }
        };
        self.steps.push(part.split('|').map(step).collect());
    }

    /// The first place in one sentence's words where it fits; `offset` is the index of their first.
    pub(super) fn find(&self, reading: &Reading, words: &[Word], offset: usize) -> Option<Found> {
        if self.question {
            return ends_with_question(reading, words).then_some(Found { from: offset, to: offset });
        }
        let marks = reading.marks.get(usize::from(words.first()?.sentence));
        if marks.is_some_and(|it| !self.may_fit(*it)) {
            return None;
        }
        let starts = if self.start { 0..words.len().min(1) } else { 0..words.len() };
        starts.into_iter().find_map(|from| {
            let to = self.fit(reading, words, from)?;
            (!self.end || to + 1 == words.len()).then_some(Found { from: offset + from, to: offset + to })
        })
    }

    /// Whether a sentence has words for all steps, as far as its marks tell.
    fn may_fit(&self, marks: Marks) -> bool {
        let may = |it: &Step| match it {
            Step::Word { stem, plain } => marks.may_have(*stem) || marks.may_have(*plain),
            Step::Prefix(_) | Step::Number | Step::Any => true,
        };
        self.steps.iter().all(|step| step.iter().any(may))
    }

    /// Where it ends if it begins at `from`.
    fn fit(&self, reading: &Reading, words: &[Word], from: usize) -> Option<usize> {
        let (first, rest) = self.steps.split_first()?;
        if !fits(first, reading, words.get(from)?) {
            return None;
        }
        rest.iter().try_fold(from, |at, step| {
            (at + 1..=at + 1 + self.gap)
                .find(|next| words.get(*next).is_some_and(|word| fits(step, reading, word)))
        })
    }
}

fn fits(step: &[Step], reading: &Reading, word: &Word) -> bool {
    step.iter().any(|it| match it {
        Step::Word { stem, plain } => word.form.stem == *stem || word.form.plain == *plain,
        Step::Prefix(beginning) => without_accents(reading.letters(word)).starts_with(beginning.as_str()),
        Step::Number => is_number(reading.letters(word)),
        Step::Any => true,
    })
}

fn ends_with_question(reading: &Reading, words: &[Word]) -> bool {
    words.last().is_some_and(|it| is_asked(reading, it))
}

/// Whether a question mark follows a word.
pub(super) fn is_asked(reading: &Reading, last: &Word) -> bool {
    let field = if last.sentence == 0 { &reading.title } else { &reading.text };
    let after = field.get(last.at.end..).unwrap_or_default();
    after.chars().take_while(|c| !c.is_alphanumeric()).any(|c| matches!(c, '?' | '？' | '؟'))
}

/// Number words up to twelve, in order from zero.
const NUMBERS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// Whether folded letters name a number.
pub(super) fn is_number(letters: &str) -> bool {
    number(letters).is_some()
}

/// The number folded letters name: `1,400`, `3.5`, `28th`, `eight`.
pub(super) fn number(letters: &str) -> Option<f64> {
    if let Some(at) = NUMBERS.iter().position(|it| *it == letters) {
        return Some(at as f64);
    }
    if !letters.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let digits: String = letters.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse().ok()
}

/// The hash by which folded, unaccented letters are compared.
pub(super) fn plain(letters: &str) -> u64 {
    xxh3_64(letters.as_bytes())
}
