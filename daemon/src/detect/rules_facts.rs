//! The words by which places and participants are told from what is only named.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::rules::words;

/// When a place is where something takes place.
#[derive(Debug, Default)]
pub(super) struct PlaceWords {
    pub(super) locative: BTreeSet<u64>,
    /// What is fought or kept in a place, and does not take place there.
    pub(super) matters: BTreeSet<u64>,
    /// What takes place.
    pub(super) occasions: BTreeSet<u64>,
    /// Those that a country before them houses.
    pub(super) visits: BTreeSet<u64>,
    pub(super) travel: BTreeSet<u64>,
    pub(super) reach: BTreeSet<u64>,
    pub(super) restraint: BTreeSet<u64>,
    pub(super) speech: BTreeSet<u64>,
    pub(super) statements: BTreeSet<u64>,
    pub(super) unplaced: BTreeSet<u64>,
    pub(super) things: BTreeSet<u64>,
    /// What stands between a preposition and a name: "eastern".
    pub(super) sides: BTreeSet<u64>,
    /// Houses a name before them has.
    pub(super) venues: BTreeSet<u64>,
    /// Parts of a place: "the streets of".
    pub(super) parts: BTreeSet<u64>,
    /// "the city of".
    pub(super) settlements: BTreeSet<u64>,
    /// Who leaves "for" a place.
    pub(super) departure: BTreeSet<u64>,
    /// What stands behind a place's name and leaves it a place.
    pub(super) grounds: BTreeSet<u64>,
    /// Words of names that bear a place's and are none.
    pub(super) bearers: BTreeSet<u64>,
    /// Given names.
    pub(super) given: BTreeSet<u64>,
    /// Who speaks besides.
    pub(super) voices: BTreeSet<u64>,
    /// Before "to": who goes even to a country.
    pub(super) journeys: BTreeSet<u64>,
    /// Words that begin the name of a place.
    pub(super) heads: BTreeSet<u64>,
    /// Words that end it.
    pub(super) tails: BTreeSet<u64>,
    /// Keys of packs that are countries.
    pub(super) countries: BTreeSet<String>,
    /// Keys of packs that are seats of government, with their countries.
    pub(super) capitals: BTreeMap<String, String>,
}

/// When somebody who is named takes part.
#[derive(Debug, Default)]
pub(super) struct WhoWords {
    /// Keys of packs that are houses which speak.
    pub(super) voices: BTreeSet<String>,
    pub(super) spokes: BTreeSet<u64>,
    pub(super) adjuncts: BTreeSet<u64>,
    pub(super) titles: BTreeSet<u64>,
    pub(super) bodies: BTreeSet<u64>,
    pub(super) acts: BTreeSet<u64>,
}

impl PlaceWords {
    pub(super) fn of(file: PlaceFile) -> Self {
        Self {
            locative: words(&file.locative),
            matters: words(&file.matters),
            occasions: words(&file.occasions),
            visits: words(&file.visits),
            travel: words(&file.travel),
            reach: words(&file.reach),
            restraint: words(&file.restraint),
            speech: words(&file.speech),
            statements: words(&file.statements),
            unplaced: words(&file.unplaced),
            things: words(&file.things),
            sides: words(&file.sides),
            venues: words(&file.venues),
            parts: words(&file.parts),
            settlements: words(&file.settlements),
            departure: words(&file.departure),
            grounds: words(&file.grounds),
            bearers: words(&file.bearers),
            given: words(&file.given),
            voices: words(&file.voices),
            journeys: words(&file.journeys),
            heads: words(&file.heads),
            tails: words(&file.tails),
            countries: keys(&file.countries),
            capitals: file.capitals,
        }
    }
}

impl WhoWords {
    pub(super) fn of(file: &ParticipantFile) -> Self {
        Self {
            voices: keys(&file.voices),
            spokes: words(&file.spokes),
            adjuncts: words(&file.adjuncts),
            titles: words(&file.titles),
            bodies: words(&file.bodies),
            acts: words(&file.acts),
        }
    }
}

fn keys(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[derive(Deserialize)]
pub(super) struct PlaceFile {
    locative: String,
    matters: String,
    occasions: String,
    visits: String,
    travel: String,
    reach: String,
    restraint: String,
    speech: String,
    statements: String,
    unplaced: String,
    things: String,
    sides: String,
    venues: String,
    parts: String,
    settlements: String,
    departure: String,
    grounds: String,
    bearers: String,
    given: String,
    voices: String,
    journeys: String,
    heads: String,
    tails: String,
    countries: String,
    capitals: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct ParticipantFile {
    voices: String,
    spokes: String,
    adjuncts: String,
    titles: String,
    bodies: String,
    acts: String,
}
