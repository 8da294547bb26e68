//! The steps of detection, each of which is worth something.

/// A step of detection that can be switched off, to show what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Judging a later content of an item by its new sentences only.
    Revision,
    /// Counting categories, address and the feed's subject as evidence.
    WeakEvidence,
    /// Leaving out sentences that point to other articles.
    Pointer,
    /// Exclusions.
    Veto,
    /// An umbrella yielding to its child.
    Umbrella,
    /// Facets that must meet in the title and one sentence.
    Window,
    /// Drawing an item to a report that was accepted.
    Join,
    /// Finding copied texts.
    Copy,
    /// Finding analysis, digests and look backs.
    Background,
    /// Letting similarity fade.
    Decay,
    /// Comparing what is done.
    Concepts,
    /// Comparing who is named.
    Entities,
    /// Comparing how many.
    Numbers,
    /// Taking what turns a story for news, however near it is told to what was.
    Turn,
    /// Taking reports of one hour, or of one step, for one event.
    Burst,
    /// Counting credits and owner families.
    Origin,
    /// Finding denials and corrections.
    Dispute,
    /// Following the general lexicon where a definition has no cue.
    Lexicon,
    /// Letting also a second report of a development move the phase.
    Follow,
    /// Heeding negation, modality and future before a cue.
    Guards,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 20] = [
        Self::Revision,
        Self::WeakEvidence,
        Self::Pointer,
        Self::Veto,
        Self::Umbrella,
        Self::Window,
        Self::Join,
        Self::Copy,
        Self::Background,
        Self::Decay,
        Self::Concepts,
        Self::Entities,
        Self::Numbers,
        Self::Turn,
        Self::Burst,
        Self::Origin,
        Self::Dispute,
        Self::Lexicon,
        Self::Follow,
        Self::Guards,
    ];
}
