//! The files that come with the program: the starter, and packs of actors and places.

use std::{collections::BTreeSet, sync::LazyLock};

/// The starter configuration, as `storyline.toml` would include it.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("storyline.toml", include_str!("../storyline.toml")),
    ("packs/feeds.toml", include_str!("../packs/feeds.toml")),
    ("packs/storylines.toml", include_str!("../packs/storylines.toml")),
];

/// Actors and places, which every configuration has.
pub(crate) const PACKS: &[(&str, &str)] = &[
    ("packs/actors.toml", include_str!("../packs/actors.toml")),
    ("packs/places.toml", include_str!("../packs/places.toml")),
];

static STORYLINES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let tree =
        toml::de::DeTable::parse(include_str!("../packs/storylines.toml")).map(toml::Spanned::into_inner);
    let table = tree.ok().and_then(|it| it.get("storyline")?.get_ref().as_table().cloned());
    table.into_iter().flatten().map(|(key, _)| key.into_inner().into_owned()).collect()
});

/// The names of the starter's storylines.
pub(crate) fn storylines() -> &'static BTreeSet<String> {
    &STORYLINES
}
