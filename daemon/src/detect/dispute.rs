//! Denials and corrections: reports that say of others that they are not so.

use storyline_store::{DevelopmentId, Relation};

use super::{
    case::{Case, Verdict},
    development::Development,
    near::Near,
    reading::Reading,
    rules::Rules,
    step::Step,
};

/// How long a denial is taken for the answer to what is denied again.
const DENIAL_HOURS: i64 = 48;

/// What a report says of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dispute {
    /// It is not so; the words that say it.
    Denial(String),
    /// A denial is not so; the words that say it.
    Insistence(String),
    /// It was told wrongly; the words that say it.
    Correction(String),
    /// A figure was told wrongly; the words that say it.
    Revision(String),
}

/// Looks for a denial or a correction in the title, then in the lead.
pub(super) fn dispute(rules: &Rules, reading: &Reading) -> Option<Dispute> {
    if !rules.takes(Step::Dispute) {
        return None;
    }
    let table = &rules.table;
    for number in 0..reading.sentences.len() {
        let words = reading.sentence(number);
        // The head of a sentence is where a paper marks its own mistake.
        let head = words.get(..words.len().min(4)).unwrap_or(words);
        let marked =
            |phrase: &&super::pattern::Pattern| phrase.find(reading, head, 0).is_some_and(|it| it.from == 0);
        if let Some(it) = table.correct.iter().find(marked) {
            return Some(Dispute::Correction(it.written.clone()));
        }
    }
    let in_title = |all: &[super::pattern::Pattern]| {
        let found = all.iter().find(|it| it.find(reading, reading.sentence(0), 0).is_some());
        found.map(|it| it.written.clone())
    };
    if let Some(words) = in_title(&table.withdraw) {
        return Some(Dispute::Correction(words));
    }
    if let Some(words) = in_title(&table.revise) {
        return Some(Dispute::Revision(words));
    }
    if let Some(words) = in_title(&table.insist) {
        return Some(Dispute::Insistence(words));
    }
    let title =
        table.deny.iter().chain(&table.ignore).find(|it| it.find(reading, reading.sentence(0), 0).is_some());
    let negated = reading.sentence(0).iter().any(|it| table.negation.contains(&it.form.plain));
    let lead = || table.deny.iter().find(|it| negated && it.find(reading, reading.sentence(1), 0).is_some());
    title.or_else(lead).map(|it| Dispute::Denial(it.written.clone()))
}

impl Case<'_> {
    /// What a report answers that says of what it comes near to that it is not so.
    pub(super) fn answer(
        &self,
        dispute: Option<&Dispute>,
        near: Near,
        own: DevelopmentId,
    ) -> Option<Verdict> {
        let novelty = &self.heard.definitions.rules.table.novelty;
        let disputes = Some(near.development).filter(|_| near.cosine >= novelty.disputed);
        let opens = |relation, disputes, why: String| {
            let development = Some(own);
            Some(Verdict { development, disputes, ..Verdict::plain(relation, why) })
        };
        match dispute? {
            Dispute::Denial(words) => match self.denied_already(near) {
                Some(known) => Some(Verdict {
                    development: Some(known),
                    ..Verdict::plain(Relation::Corroboration, format!("denies again: {words}"))
                }),
                None => opens(Relation::Denial, disputes, format!("denies: {words}")),
            },
            Dispute::Insistence(words) => {
                // Who stands by their words, where nobody denied them, only speaks.
                let known = self.thread.developments.get(&near.development)?;
                let denial = if known.is_denial { near.development } else { known.disputed_by? };
                opens(Relation::Denial, Some(denial), format!("denies a denial: {words}"))
            }
            Dispute::Revision(words) => {
                // A toll is corrected where one was told; whatever else is near is not what was wrong.
                let told = self
                    .nearest_of(|it| it.development.is_some_and(|it| self.counts(it)))
                    .map(|it| it.development)
                    .or(disputes);
                opens(Relation::Correction, told, format!("corrects: {words}"))
            }
            Dispute::Correction(_) => None,
        }
    }

    /// The denial that is known of what an item comes near to: outlets word one denial in many ways.
    fn denied_already(&self, near: Near) -> Option<DevelopmentId> {
        let novelty = &self.heard.definitions.rules.table.novelty;
        let effective = self.heard.item.effective;
        let is_recent = |id: &DevelopmentId| {
            let hours = |it: &Development| effective.duration_since(it.at).abs().as_hours();
            self.thread.developments.get(id).is_some_and(|it| it.is_denial && hours(it) < DENIAL_HOURS)
        };
        // Two denials are one only where more than the storyline's own words agree.
        let known = self.thread.developments.get(&near.development);
        let alike = |it: &Near| it.apart >= novelty.disputed;
        let known = known.filter(|it| !it.is_denial && alike(&near));
        known.and_then(|it| it.disputed_by).filter(is_recent).or_else(|| {
            // What is nearest may be another thing of the same hour: the denial itself is looked for, too; but who denies
            // what is much nearer denies that.
            let it = self.nearest_of(|it| it.development.is_some_and(|it| is_recent(&it)))?;
            let least = (novelty.threshold * novelty.denied).max(near.score * novelty.denied_near);
            let same = alike(&it) && it.score >= least;
            same.then_some(it.development)
        })
    }

    /// Whether any report of a development counts the dead or the hurt.
    fn counts(&self, development: DevelopmentId) -> bool {
        let harm = self.heard.definitions.rules.table.harms;
        self.thread
            .reports_of(development)
            .any(|it| !it.features.numbers.is_empty() && it.features.concepts & harm != 0)
    }
}
