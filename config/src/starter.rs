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

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;
    use crate::{Config, Phase, Role, load::read_packs};

    #[test]
    fn the_starter_is_without_findings() {
        let loaded = Config::builtin();
        assert!(loaded.findings.is_empty(), "{}", loaded.findings);
        let (_, _, findings) = read_packs(PACKS);
        assert!(findings.is_empty(), "{findings}");
    }

    #[test]
    fn the_starter_on_disk_is_the_one_built_in() {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/storyline.toml"));
        let loaded = Config::load(path).unwrap_or_else(|findings| panic!("{findings}"));
        assert!(loaded.findings.is_empty(), "{}", loaded.findings);
        assert_eq!(loaded.config.hash(), Config::builtin().config.hash());
    }

    #[test]
    fn the_starter_reads_many_owners_and_every_side() {
        let config = Config::builtin().config;
        let it = config.describe();
        assert!(it.feeds.len() >= 25, "{} feeds", it.feeds.len());
        assert!(it.families >= 15, "{} families", it.families);
        assert!(it.tags.len() >= 8, "{:?}", it.tags);
        let sides: BTreeSet<&str> = config
            .feeds
            .values()
            .filter(|it| it.role == Role::Official)
            .flat_map(|it| it.speaks_for.iter().map(String::as_str))
            .collect();
        for side in ["trump", "putin", "zelenskyy", "european-union", "united-nations"] {
            assert!(sides.contains(side), "nobody speaks for {side}");
        }
    }

    #[test]
    fn a_wire_without_rss_is_followed_by_its_news_sitemap() {
        let config = Config::builtin().config;
        let ap = config.feeds.values().find(|it| it.outlet == "AP").unwrap();
        assert!(matches!(ap.source, crate::Source::Sitemap(_)), "{:?}", ap.source);
        assert_eq!(ap.role, Role::Wire);
    }

    #[test]
    fn the_starter_follows_the_storylines_of_the_article() {
        let config = Config::builtin().config;
        let names: Vec<&str> = config.storylines.keys().map(crate::StorylineId::as_str).collect();
        let expected = [
            "europe-role",
            "minerals-deal",
            "munich",
            "peace-talks",
            "prisoner-swap",
            "saudi-meeting",
            "security-guarantees",
        ];
        assert_eq!(names, expected);
        for (id, it) in &config.storylines {
            assert!(it.phases.len() >= 6, "{id} has cues for {:?}", it.phases.keys());
            assert!(it.phases.contains_key(&Phase::UnderWay) && !it.seed.is_empty(), "{id}");
            for (lang, facets) in &it.languages {
                assert_eq!(facets.all.len(), it.facets.all.len(), "{id} in {lang}");
            }
            let languages: Vec<&str> = it.languages.keys().map(String::as_str).collect();
            assert_eq!(languages, ["ar", "de", "fi", "fr", "ru", "uk"], "{id}");
        }
    }
}
