//! One item before one storyline: is it a copy, an edit, background, a denial, or news?

use std::{cell::OnceCell, collections::BTreeSet, sync::LazyLock};

use jiff::Timestamp;
use storyline_store::{DevelopmentId, Evidence, Nearest, Relation, Report};

use super::{
    background::Leaning,
    copy::{Taken, contradicts},
    definitions::Story,
    dispute::Dispute,
    features::shared,
    judge::Heard,
    judgement::Judgement,
    near::Near,
    origin::{Origin, origin},
    phase::{Cue, cue, may_move},
    relevance::{Belonging, How, beginning},
    similarity::Weighing,
    standing,
    step::Step,
    thread::{Known, Thread},
    touch::Touching,
};

/// Bytes of a text that a report keeps.
const REPORT_TEXT_BYTES_MAX: usize = 1 << 10;
/// Dates kept as evidence.
const EVIDENCE_DATES_MAX: usize = 8;
/// Characters of the reason kept.
const WHY_CHARS_MAX: usize = 200;

static NOTHING: LazyLock<Thread> = LazyLock::new(Thread::default);

/// One item before one storyline.
pub(super) struct Case<'a> {
    pub(super) heard: &'a Heard<'a>,
    pub(super) story: &'a Story,
    pub(super) thread: &'a Thread,
    pub(super) it: &'a Belonging,
    pub(super) touching: &'a Touching,
    weighing: OnceCell<Weighing<'a>>,
    cue: OnceCell<Option<Cue>>,
    moves: OnceCell<usize>,
}

/// What was decided of an item, before it is written out.
pub(super) struct Verdict {
    pub(super) relation: Relation,
    pub(super) development: Option<DevelopmentId>,
    pub(super) disputes: Option<DevelopmentId>,
    pub(super) taken: Option<Taken>,
    pub(super) nearest: Option<Nearest>,
    /// How much it reads like background, where that was asked.
    pub(super) background: f64,
    pub(super) why: String,
}

impl Verdict {
    pub(super) fn plain(relation: Relation, why: impl Into<String>) -> Self {
        Self {
            relation,
            development: None,
            disputes: None,
            taken: None,
            nearest: None,
            background: 0.0,
            why: why.into(),
        }
    }
}

impl<'a> Case<'a> {
    pub(super) fn of(heard: &'a Heard<'a>, it: &'a Belonging, touching: &'a Touching) -> Option<Self> {
        let story = heard.definitions.stories.get(it.story)?;
        let thread = heard.memory.thread(&story.id).unwrap_or(&NOTHING);
        let (weighing, cue, moves) = Default::default();
        Some(Self { heard, story, thread, it, touching, weighing, cue, moves })
    }

    /// How its words weigh.
    pub(super) fn weighing(&self) -> &Weighing<'a> {
        self.weighing.get_or_init(|| {
            let (rules, (stems, kinds)) = (&self.heard.definitions.rules, self.heard.common(self.it));
            Weighing::of(rules, self.thread, self.heard.features(), stems).doing(kinds)
        })
    }

    /// The phase it tells of.
    pub(super) fn cue(&self) -> Option<&Cue> {
        self.cue.get_or_init(|| cue(self.heard, self.story, self.it)).as_ref()
    }

    /// How many developments the storyline opened in the last day.
    pub(super) fn moves(&self) -> usize {
        *self.moves.get_or_init(|| self.thread.moves(self.heard.item.effective))
    }

    /// Decides, and says what follows.
    pub(super) fn judge(&self, now: Timestamp) -> Judgement {
        let verdict = self.decide();
        let origin = self.origin(&verdict);
        let report = self.report(&origin, &verdict);
        let mut judgement = Judgement {
            storyline: self.story.id.clone(),
            relation: verdict.relation,
            development: verdict.development,
            disputes: verdict.disputes,
            copy_of: verdict
                .taken
                .filter(|it| it.is_copy && verdict.relation == Relation::Copy)
                .map(|it| it.from),
            report,
            confirms: None,
            by_party: None,
            phase_before: self.thread.phase,
            phase: self.thread.phase,
            moved: None,
            facts: Vec::new(),
            news: Vec::new(),
            expects: Vec::new(),
            meets: Vec::new(),
            drops: Vec::new(),
            dates: self.heard.mentions().to_vec(),
            evidence: self.evidence(&verdict, &origin),
        };
        standing::settle(self, &mut judgement, now);
        judgement
    }

    fn decide(&self) -> Verdict {
        let heard = self.heard;
        let rules = &heard.definitions.rules;
        let dispute = heard.dispute();
        if let Some(it) = self.edit(dispute) {
            return it;
        }
        let taken = if rules.takes(Step::Copy) { heard.taken(self.thread) } else { None };
        if let Some(it) = taken.filter(|it| it.is_copy && !matches!(dispute, Some(Dispute::Correction(_)))) {
            let development = self.thread.known(it.number).and_then(|it| it.development);
            return Verdict {
                development,
                taken,
                ..Verdict::plain(Relation::Copy, "the words of an earlier report")
            };
        }
        let near = self.nearest();
        let leaning = heard.background();
        let mut verdict = self.weigh(dispute, near, leaning);
        (verdict.taken, verdict.background) = (taken, leaning.score);
        verdict
    }

    /// A later content of an item that says nothing else than the earlier one.
    fn edit(&self, dispute: Option<&Dispute>) -> Option<Verdict> {
        let heard = self.heard;
        if !heard.is_revision || matches!(dispute, Some(Dispute::Correction(_))) {
            return None;
        }
        let features = heard.features();
        let alike = |earlier: &&Known| {
            let (mine, other) = (&features.heads[0], &earlier.features.heads[0]);
            let least = mine.len().min(other.len()).max(1);
            shared(mine, other) as f64 >= 0.8 * least as f64
                && features.title_concepts == earlier.features.title_concepts
                && heard.reading.sentences.len() <= 1
                && !contradicts(features, &earlier.features)
        };
        // "Talks to resume" that becomes "talks resume" is no small edit.
        if self.cue().is_some_and(|it| may_move(self.thread.phase, it)) {
            return None;
        }
        let earlier = self.thread.versions(heard.item.id).find(alike)?;
        Some(Verdict {
            development: earlier.development,
            ..Verdict::plain(Relation::Update, "a small edit of a known report")
        })
    }

    fn weigh(&self, dispute: Option<&Dispute>, near: Option<Near>, leaning: &Leaning) -> Verdict {
        let heard = self.heard;
        let rules = &heard.definitions.rules;
        let own = DevelopmentId::of(&self.story.id, heard.item.id);
        let own = if self.thread.developments.contains_key(&own) { self.revised() } else { own };
        let threshold = rules.table.novelty.threshold;
        let alike = |it: Near| self.counted_alike(it).filter(|it| it.score >= threshold).unwrap_or(it);
        let same = near.filter(|it| it.score >= threshold);
        let same = same.map(|it| if self.counts_anew(it) { alike(it) } else { it });
        let nearest = same.or(near).map(|it| Nearest {
            development: it.development,
            score: round(it.score),
            threshold,
        });
        let with = |relation, development, why: String| Verdict {
            development,
            nearest: nearest.clone(),
            ..Verdict::plain(relation, why)
        };
        if let Some(Dispute::Correction(words)) = dispute {
            let disputes = self.corrected(near);
            return Verdict {
                disputes,
                ..with(Relation::Correction, Some(own), format!("corrects: {words}"))
            };
        }
        if self.it.how == How::Passing {
            return with(
                Relation::Background,
                None,
                "only says before what something else takes place".to_owned(),
            );
        }
        if self.it.how == How::Spread {
            return with(
                Relation::Background,
                None,
                "its facets are touched apart from each other, not in the title and one sentence".to_owned(),
            );
        }
        if leaning.score >= rules.table.background_threshold {
            let words = leaning.words.join(", ");
            return with(Relation::Background, None, format!("reads as background: {words}"));
        }
        if self.it.how == How::Joined {
            let development = near.map(|it| it.development);
            let is_near = near.is_some_and(|it| it.score >= threshold);
            let relation = if is_near { Relation::Corroboration } else { Relation::Background };
            return with(
                relation,
                development,
                "misses a facet, but comes near to an accepted report".to_owned(),
            );
        }
        if let Some(it) = near
            && let Some(verdict) = self.answer(dispute, it, own)
        {
            return Verdict { nearest: nearest.clone(), ..verdict };
        }
        match same {
            Some(it) if !self.counts_anew(it) && !self.moves_on(it) && !self.turns(it) => {
                with(Relation::Corroboration, Some(it.development), "says again what is known".to_owned())
            }
            Some(_) => {
                with(Relation::New, Some(own), "near to what is known, but something changed".to_owned())
            }
            None => with(Relation::New, Some(own), "nothing known is near enough".to_owned()),
        }
    }

    /// A development of an item's later content: named by what is new in it.
    fn revised(&self) -> DevelopmentId {
        let sum = self
            .heard
            .features()
            .sentences
            .iter()
            .fold(self.heard.features().title, |sum, it| sum.rotate_left(7) ^ it);
        DevelopmentId::of(&self.story.id, storyline_store::ItemId(self.heard.item.id.0 ^ sum))
    }

    /// What a correction corrects: what the item said before, else what is nearest.
    fn corrected(&self, near: Option<Near>) -> Option<DevelopmentId> {
        let before = self.thread.versions(self.heard.item.id).last().and_then(|it| it.development);
        before.or(near
            .filter(|it| it.cosine >= self.heard.definitions.rules.table.novelty.disputed)
            .map(|it| it.development))
    }

    fn origin(&self, verdict: &Verdict) -> Origin {
        let copied = verdict.taken.filter(|it| it.is_copy).and_then(|it| self.thread.known(it.number));
        match copied {
            Some(it) if self.heard.definitions.rules.takes(Step::Origin) => {
                Origin { name: it.origin.clone(), why: "the report it copies".to_owned() }
            }
            _ => origin(self.heard, self.thread),
        }
    }

    fn report(&self, origin: &Origin, verdict: &Verdict) -> Report {
        let item = self.heard.item;
        let reading = &self.heard.reading;
        Report {
            item: item.id,
            key: item.key.clone(),
            feed: item.feed.clone(),
            outlet: item.outlet.clone(),
            origin: origin.name.clone(),
            half: verdict.taken.is_some_and(|it| !it.is_copy),
            speaks_for: standing::speaks_for(self),
            url: item.link.clone(),
            title: reading.title.clone(),
            text: cut(&reading.text, REPORT_TEXT_BYTES_MAX).to_owned(),
            lang: self.heard.lang.clone(),
            published: item.published,
            effective: item.effective,
            late: item.late,
        }
    }

    fn evidence(&self, verdict: &Verdict, origin: &Origin) -> Evidence {
        let dates = self.heard.mentions().iter().take(EVIDENCE_DATES_MAX).cloned().collect();
        Evidence {
            rules: self.heard.definitions.rules.table.version,
            facets: self.it.facets(self.heard.definitions),
            nearest: verdict.nearest.clone(),
            copied: verdict.taken.map(|it| round(it.share)),
            background: Some(round(verdict.background)).filter(|it| *it > 0.0),
            origin: format!("{} ({})", origin.name, origin.why),
            why: beginning(&verdict.why, WHY_CHARS_MAX).to_owned(),
            dates,
        }
    }

    /// The packs that title and first two sentences name.
    pub(super) fn packs(&self) -> BTreeSet<usize> {
        super::fact::packs(self.heard.definitions, &self.heard.reading, self.touching)
    }
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// The beginning of a text, cut between characters.
fn cut(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
