//! Thresholds, tables and patterns, read once from one versioned file.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::BuildHasherDefault,
    sync::{Arc, LazyLock},
};

use storyline_config::{Alias, Phase};

use super::{
    beginnings::Beginnings,
    features::half,
    pattern::{Pattern, plain},
    reading::{Reading, Word},
    rules_facts::{PlaceWords, WhoWords},
    rules_file::{CopyRules, File, HabitRules, NoveltyRules, RelevanceRules, WeightedFile},
    rules_phase::PhaseWords,
    stem::{Identity, Language},
    step::Step,
};

/// The shipped file; a test reads it, so a mistake in it does not ship.
const WRITTEN: &str = include_str!("rules.toml");

/// What detection goes by.
#[derive(Debug, Clone)]
pub struct Rules {
    pub(super) table: Arc<Table>,
    off: BTreeSet<Step>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { table: SHIPPED.clone(), off: BTreeSet::new() }
    }
}

impl Rules {
    /// The same rules with one step left out.
    #[must_use]
    pub fn without(mut self, step: Step) -> Self {
        self.off.insert(step);
        self
    }

    /// Whether a step is taken.
    pub(super) fn takes(&self, step: Step) -> bool {
        !self.off.contains(&step)
    }
}

static SHIPPED: LazyLock<Arc<Table>> = LazyLock::new(|| Arc::new(Table::read(WRITTEN)));

/// The shipped tables, which also memory reads by.
pub(super) fn shipped() -> &'static Table {
    &SHIPPED
}

/// The file, compiled.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) version: u32,
    pub(super) relevance: RelevanceRules,
    pub(super) copy: CopyRules,
    pub(super) novelty: NoveltyRules,
    pub(super) confirm_origins: u32,
    pub(super) habit: HabitRules,
    /// How sentences begin that point to other articles.
    pub(super) pointers: Vec<String>,
    pub(super) background_threshold: f64,
    /// Labels of titles that are background.
    pub(super) labels: Vec<Pattern>,
    /// Patterns of titles that are background, with their weight.
    pub(super) background: Vec<(f64, Pattern)>,
    /// Patterns of texts that are background, with their weight.
    pub(super) background_text: Vec<(f64, Pattern)>,
    pub(super) deny: Vec<Pattern>,
    /// Denials of knowledge, in a title.
    pub(super) ignore: Vec<Pattern>,
    pub(super) correct: Vec<Pattern>,
    /// What takes a report back.
    pub(super) withdraw: Vec<Pattern>,
    /// Denials of a denial.
    pub(super) insist: Vec<Pattern>,
    /// Figures that were told wrongly, in a title.
    pub(super) revise: Vec<Pattern>,
    /// The kinds of action that put off or call off.
    pub(super) puts_off: u64,
    /// Kinds of action that turn a story, a bit each.
    pub(super) turns: u64,
    /// Words that say before what something takes place.
    pub(super) ahead: BTreeSet<u64>,
    /// Words that tell of one more …
    pub(super) ordinals: BTreeSet<u64>,
    /// … unless one of these follows.
    pub(super) ranks: BTreeSet<u64>,
    /// Kinds of action that outlets call by each other's names, a bit each.
    pub(super) kin: Vec<u64>,
    /// Kinds of action that leave victims, a bit each.
    pub(super) harms: u64,
    /// Agencies by the hashes of their words.
    pub(super) agencies: Vec<(Vec<u64>, String)>,
    pub(super) phase_lexicon: Vec<(Phase, Pattern)>,
    pub(super) negation: BTreeSet<u64>,
    pub(super) modal: BTreeSet<u64>,
    pub(super) future: BTreeSet<u64>,
    pub(super) reversal: BTreeSet<u64>,
    pub(super) phase: PhaseWords,
    pub(super) proposed: BTreeSet<u64>,
    pub(super) probable: BTreeSet<u64>,
    pub(super) claimed: BTreeSet<u64>,
    pub(super) place: PlaceWords,
    pub(super) who: WhoWords,
    of_time: BTreeSet<u64>,
    before_time: BTreeSet<u64>,
    /// Lengths, weights and the like.
    pub(super) measures: BTreeSet<u64>,
    stopwords: HashSet<u64, BuildHasherDefault<Identity>>,
    synonyms: Synonyms,
    concepts: Concepts,
}

/// By language and stem, the stem of the first word of its line.
type Synonyms = HashMap<(u32, u64), u32, BuildHasherDefault<Identity>>;

/// Words of action by kind.
#[derive(Debug, Default)]
struct Concepts {
    whole: HashMap<u64, u8, BuildHasherDefault<Identity>>,
    beginnings: Beginnings,
    /// By the first word, the second and what both mean.
    pairs: HashMap<u64, BTreeMap<u64, u8>, BuildHasherDefault<Identity>>,
    words: BTreeMap<u8, Vec<Alias>>,
}

impl Table {
    /// Whether a word says nothing by itself.
    pub(super) fn is_stopword(&self, word: &Word) -> bool {
        self.stopwords.contains(&word.form.plain)
    }

    /// Whether a hash is that of a word that says nothing by itself.
    pub(super) fn is_stopword_hash(&self, plain: u64) -> bool {
        self.stopwords.contains(&plain)
    }

    /// What a word means: its stem, or that of the first of the words outlets use for one another.
    pub(super) fn sense(&self, tongue: u32, word: &Word) -> u32 {
        let stem = word.form.stem;
        self.synonyms.get(&(tongue, stem)).copied().unwrap_or_else(|| half(stem))
    }

    /// Whether what a word counts is time or age.
    pub(super) fn is_of_time(&self, word: &Word) -> bool {
        self.of_time.contains(&word.form.plain)
    }

    /// Whether the number after a word is of a calendar or an age.
    pub(super) fn is_before_time(&self, word: &Word) -> bool {
        self.before_time.contains(&word.form.plain)
    }

    /// The kind of action a word names, perhaps with the next one.
    pub(super) fn concept(&self, reading: &Reading, words: &[Word], at: usize) -> Option<u8> {
        let word = words.get(at)?;
        if let Some(seconds) = self.concepts.pairs.get(&word.form.plain)
            && let Some(it) = words.get(at + 1).and_then(|next| seconds.get(&next.form.plain))
        {
            return Some(*it);
        }
        if let Some(it) = self.concepts.whole.get(&word.form.plain) {
            return Some(*it);
        }
        self.concepts.beginnings.of(reading.letters(word))
    }

    /// The words that name a kind of action, as aliases.
    pub(super) fn words_of(&self, kind: u8) -> &[Alias] {
        self.concepts.words.get(&kind).map_or(&[], Vec::as_slice)
    }

    fn read(text: &str) -> Self {
        #[expect(clippy::panic, reason = "the file is part of the program, and a test reads it")]
        let file: File =
            toml::from_str(text).unwrap_or_else(|error| panic!("rules.toml: {}", error.message()));
        let lines = |text: &str, gap| -> Vec<Pattern> {
            text.lines().filter(|it| !it.trim().is_empty()).map(|it| Pattern::parse(it, gap)).collect()
        };
        let weighted = |group: &WeightedFile| -> Vec<(f64, Pattern)> {
            lines(&group.patterns, 0).into_iter().map(|it| (group.weight, it)).collect()
        };
        let phase = |(phase, text): (&Phase, &String)| -> Vec<(Phase, Pattern)> {
            lines(text, 3).into_iter().map(|it| (*phase, it)).collect()
        };
        Self {
            version: file.version,
            copy: file.copy,
            confirm_origins: file.confirm.origins,
            habit: file.surge,
            pointers: file
                .pointer
                .beginnings
                .lines()
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect(),
            background_threshold: file.background.threshold,
            labels: lines(&file.background.label, 0),
            background: file.background.group.iter().flat_map(weighted).collect(),
            background_text: weighted(&file.background.text),
            deny: lines(&file.dispute.deny, 2),
            ignore: lines(&file.dispute.ignore, 2),
            correct: lines(&file.dispute.correct, 0),
            withdraw: lines(&file.dispute.withdraw, 0),
            insist: lines(&file.dispute.insist, 4),
            revise: lines(&file.dispute.revise, 2),
            ahead: words(&file.relevance.ahead),
            ordinals: words(&file.novelty.ordinals),
            ranks: words(&file.novelty.ranks),
            relevance: file.relevance,
            kin: file
                .novelty
                .kin
                .lines()
                .map(|it| kinds_named(&file.concepts, &it.split(' ').collect::<Vec<_>>()))
                .filter(|it| *it != 0)
                .collect(),
            turns: kinds_named(&file.concepts, &file.novelty.turns.split(' ').collect::<Vec<_>>()),
            novelty: file.novelty,
            harms: kinds_named(&file.concepts, &["kill", "injure"]),
            puts_off: kinds_named(&file.concepts, &["postpone", "cancel"]),
            agencies: file.origin.agencies.iter().map(|it| agency(it, &file.origin.same)).collect(),
            phase_lexicon: file.phase.cues.iter().flat_map(phase).collect(),
            negation: words(&file.phase.negation),
            modal: words(&file.phase.modal),
            future: words(&file.phase.future),
            reversal: words(&file.phase.reversal),
            phase: PhaseWords::of(&file.phase),
            proposed: words(&file.certainty.proposed),
            probable: words(&file.certainty.probable),
            claimed: words(&file.certainty.claimed),
            place: PlaceWords::of(file.place),
            who: WhoWords::of(&file.participant),
            measures: words(&file.numbers.measure),
            stopwords: file.stopwords.values().flat_map(|it| words(it)).collect(),
            of_time: words(&format!("{} {}", file.numbers.months, file.numbers.time)),
            before_time: words(&format!("{} {}", file.numbers.months, file.numbers.age)),
            synonyms: synonyms(&file.synonyms),
            concepts: concepts(&file.concepts),
        }
    }
}

/// The hashes of the words of a text.
pub(super) fn words(text: &str) -> BTreeSet<u64> {
    Reading::of(text, "", Language::of(None)).words.iter().map(|it| it.form.plain).collect()
}

fn agency(name: &str, same: &BTreeMap<String, String>) -> (Vec<u64>, String) {
    let hashes = Reading::of(name, "", Language::of(None)).words.iter().map(|it| it.form.plain).collect();
    (hashes, same.get(name).map_or(name, String::as_str).to_owned())
}

fn synonyms(file: &BTreeMap<String, String>) -> Synonyms {
    let mut out = Synonyms::default();
    for (lang, text) in file {
        let language = Language::of(Some(lang));
        for line in text.lines() {
            let mut stems = line.split_whitespace().map(|it| language.form(it).stem).peekable();
            let first = stems.peek().map_or(0, |it| half(*it));
            out.extend(stems.map(|it| ((language.number(), it), first)));
        }
    }
    out
}

fn concepts(file: &BTreeMap<String, String>) -> Concepts {
    let mut out = Concepts::default();
    for (number, (_, entries)) in (0_u8..).zip(file) {
        for entry in entries.split_whitespace() {
            if !entry.contains('+') {
                // Words of many languages: no stemmer may touch them.
                let exact = if entry.ends_with('*') { entry.to_owned() } else { format!("={entry}") };
                out.words.entry(number).or_default().extend(Alias::parse(&exact).ok());
            }
            if let Some((first, second)) = entry.split_once('+') {
                out.pairs.entry(plain(first)).or_default().insert(plain(second), number);
            } else if let Some(beginning) = entry.strip_suffix('*') {
                out.beginnings.insert(beginning, number);
            } else {
                out.whole.insert(plain(&super::fold::without_accents(entry)), number);
            }
        }
    }
    out
}

/// A bit for each of some kinds of action; a set of them is held in 64 bits, so there are no more.
fn kinds_named(file: &BTreeMap<String, String>, names: &[&str]) -> u64 {
    let each = (0_u64..).zip(file.keys()).filter(|(_, it)| names.contains(&it.as_str()));
    each.fold(0, |all, (number, _)| all | 1 << number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_outlets_use_for_one_another_is_one_word_of_its_language() {
        let sense = |lang: &str, word: &str| {
            let language = Language::of(Some(lang));
            shipped().sense(language.number(), &Reading::of(word, "", language).words[0])
        };
        assert_eq!(sense("en", "explosions"), sense("en", "blast"));
        assert_eq!(sense("de", "Brand"), sense("de", "Feuer"));
        assert_ne!(sense("en", "brand"), sense("en", "fire"));
        let file: File = toml::from_str(WRITTEN).unwrap();
        for (lang, text) in &file.synonyms {
            let mut known = BTreeMap::new();
            for (line, word) in
                text.lines().enumerate().flat_map(|(at, it)| it.split(' ').map(move |it| (at, it)))
            {
                let other = known.insert(Language::of(Some(lang)).form(word).stem, line);
                assert!(other.is_none_or(|it| it == line), "{lang}: {word} stands in two lines");
            }
        }
    }

    #[test]
    fn a_beginning_means_one_kind_of_action() {
        let file: File = toml::from_str(WRITTEN).unwrap();
        assert!(file.concepts.len() <= 64, "{} kinds, a bit each", file.concepts.len());
        let mut known = BTreeSet::new();
        for beginning in
            file.concepts.values().flat_map(|it| it.split_whitespace()).filter(|it| it.ends_with('*'))
        {
            assert!(known.insert(beginning), "{beginning} is given twice");
        }
    }

    #[test]
    fn the_shipped_rules_are_read_and_know_their_words() {
        let table = shipped();
        assert!(table.version >= 1);
        let reading = Reading::of("Leaders called off the summit", "", Language::of(None));
        let kinds: Vec<u8> =
            (0..reading.words.len()).filter_map(|at| table.concept(&reading, &reading.words, at)).collect();
        assert_eq!(kinds.len(), 2, "to cancel and to meet");
        assert!(table.is_stopword(&reading.words[3]));
    }
}
