//! What belongs, what is new, what it changes (pure).
//!
//! ```text
//! item → reading → aliases found → belongs to … → copy? edit? background? denial? near to what is known?
//!                                                → development, origin, phase, facts, expectations → events
//! ```
//!
//! No model and no network: words, what the definitions say, and what was
//! recorded before. [`Memory`] is a fold of the log, so the same log and the
//! same item give the same events on every machine. Thresholds, tables and
//! patterns stand in one file, `rules.toml`, whose version is part of every
//! decision's evidence.

#[cfg(test)]
mod ablation;
mod aside;
#[cfg(test)]
mod awaited;
mod background;
mod bearer;
mod beginnings;
mod case;
mod compile;
mod copy;
mod count;
mod dateline;
pub mod dates;
mod definitions;
mod development;
mod dispute;
mod due;
mod expectation;
mod explain;
mod fact;
mod features;
mod fold;
mod guard;
mod hits;
mod index;
mod judge;
mod judgement;
mod lately;
mod leaves;
#[cfg(test)]
mod life;
#[cfg(test)]
mod life_more;
mod marks;
#[cfg(test)]
mod measure;
mod memory;
#[cfg(test)]
mod namesakes;
mod near;
mod origin;
mod participant;
#[cfg(test)]
mod passing;
mod patient;
mod pattern;
mod phase;
#[cfg(test)]
mod phases;
mod place;
mod pointer;
mod postings;
#[cfg(test)]
mod properties;
mod reading;
mod relevance;
#[cfg(test)]
mod retold;
mod revision;
mod rules;
mod rules_facts;
mod rules_file;
mod rules_phase;
mod similarity;
mod spelling;
mod standing;
mod stem;
mod step;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod tests;
mod texts;
mod thread;
pub mod tongue;
mod touch;
#[cfg(test)]
mod traps;
mod trie;
mod turn;

pub use definitions::Definitions;
pub use due::due;
pub use explain::{Compared, Explanation, FacetExplained, compared, explain, names, plainly};
pub use fact::Fact;
pub use hits::{AliasName, Hits};
pub use judge::{detect, judge};
pub use judgement::{Expected, Judgement};
pub use memory::{Kept, Memory};
pub use rules::Rules;
pub use step::Step;
pub use touch::title_words;
