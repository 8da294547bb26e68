//! Whether what is near to something known turns the story all the same.

use std::collections::BTreeSet;

use super::{case::Case, near::Near, reading::Word, step::Step, thread::Known};

impl Case<'_> {
    /// Whether an item's title tells what no report of the development it is near to told: a deed that turns a story, or
    /// something in words that are all its own.
    ///
    /// In its first hours an event is told by its many sides.
    pub(super) fn turns(&self, near: Near) -> bool {
        let rules = &self.heard.definitions.rules;
        if !rules.takes(Step::Turn) {
            return false;
        }
        let opened = self.thread.developments.get(&near.development).map(|it| it.opened);
        let hours = opened.map(|it| self.heard.item.effective.duration_since(it).as_secs_f64() / 3600.0);
        let after = |first: f64| hours.is_some_and(|it| it >= first);
        let novelty = &rules.table.novelty;
        after(novelty.turn_hours) && (self.turns_by_deed(near) || self.tells_another(near))
            || after(novelty.untold_hours) && near.score < novelty.untold_score && self.is_untold(near)
    }

    /// Whether its title tells a deed that turns a story, where no report of a development told its like.
    fn turns_by_deed(&self, near: Near) -> bool {
        let rules = &self.heard.definitions.rules.table;
        let looked_for = self.heard.features().title_concepts & rules.turns;
        if looked_for == 0 {
            return false;
        }
        let told = self.done() & looked_for;
        let reports = self.thread.reports_of(near.development);
        let known = reports.fold(0, |all, it| all | it.features.concepts);
        let kin = rules.kin.iter().filter(|it| *it & known != 0).fold(known, |all, it| all | it);
        told & !kin != 0
    }

    /// Whether its title tells of one more of what a development told: "second minister quits".
    fn tells_another(&self, near: Near) -> bool {
        let (table, reading) = (&self.heard.definitions.rules.table, &self.heard.reading);
        let is_new = |word: &Word| {
            let stem = table.sense(reading.tongue, word);
            !self.thread.reports_of(near.development).any(|it| it.features.says(stem))
        };
        reading.sentence(0).windows(2).any(|it| {
            matches!(it, [word, next] if table.ordinals.contains(&word.form.plain)
                && !table.ranks.contains(&next.form.plain)
                && is_new(word))
        })
    }

    /// The kinds of action its title tells as done: what is "to" be done is not yet.
    fn done(&self) -> u64 {
        let (table, reading) = (&self.heard.definitions.rules.table, &self.heard.reading);
        let title = reading.sentence(0);
        let is_to = |at: usize| {
            at.checked_sub(1).and_then(|it| title.get(it)).is_some_and(|it| reading.letters(it) == "to")
        };
        let done = (0..title.len()).filter(|at| !is_to(*at));
        done.filter_map(|at| table.concept(reading, title, at)).fold(0, |all, it| all | 1 << u64::from(it))
    }

    /// Whether hardly anything that its title says in other words than the storyline's own was told by a development,
    /// in these words or by the same deed.
    fn is_untold(&self, near: Near) -> bool {
        let (rules, reading) = (&self.heard.definitions.rules, &self.heard.reading);
        let (table, title) = (&rules.table, reading.sentence(0));
        let reports: Vec<&Known> = self.thread.reports_of(near.development).collect();
        // Another language has other words for all of it; and who sets the same day tells the same plan.
        if self.day(near.development) > 0.0 || !reports.iter().any(|it| it.features.tongue == reading.tongue)
        {
            return false;
        }
        let deeds = reports.iter().fold(0, |all, it| all | it.features.concepts);
        let (mut told, mut all, mut untold, mut seen) = (0.0, 0.0, 0, BTreeSet::new());
        for (at, word) in title.iter().enumerate().filter(|it| !table.is_stopword(it.1)) {
            let stem = table.sense(reading.tongue, word);
            if self.weighing().is_own(stem) || !seen.insert(stem) {
                continue;
            }
            let weight = self.thread.rarity(stem, table.novelty.unread);
            let deed = table.concept(reading, title, at).map_or(0, |it| 1 << u64::from(it));
            all += weight;
            if deeds & deed != 0 || reports.iter().any(|it| it.features.says(stem)) {
                told += weight;
            } else {
                untold += 1;
            }
        }
        // A word or two more or less is how outlets differ.
        untold > 2 && f64::from(told / all) < table.novelty.untold
    }
}
