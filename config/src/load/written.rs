//! Where the aliases of a configuration are written, so that what is found out about them later can be told there.

use super::tree::{Branch, Node, Value};
use crate::{
    Alias, Findings, StorylineId,
    finding::{Notes, Place},
    load::value::primary_subtag,
};

/// An alias of a storyline's definition, and where it is written.
#[derive(Debug, Clone)]
pub struct WrittenAlias {
    /// The storyline.
    pub storyline: StorylineId,
    /// The language it is meant for; none: any.
    pub lang: Option<String>,
    /// The facet it is to touch, from 0; none for an exclusion.
    pub facet: Option<usize>,
    /// The alias.
    pub alias: Alias,
    place: Place,
}

/// A storyline's definition, or one facet of it, and where it is written.
#[derive(Debug, Clone)]
pub struct WrittenFacet {
    /// The storyline.
    pub storyline: StorylineId,
    /// The facet, from 0; none for the whole definition.
    pub facet: Option<usize>,
    place: Place,
}

/// Where the definitions of a configuration are written.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Every alias of a facet or an exclusion, in the order it is written.
    pub aliases: Vec<WrittenAlias>,
    /// Every definition, followed by its facets.
    pub facets: Vec<WrittenFacet>,
}

impl Written {
    /// Finds the definitions in a tree.
    pub(super) fn of(tree: &Branch) -> Self {
        let mut it = Self::default();
        let Some(Value::Table(storylines)) = tree.get("storyline").map(|it| &it.node.value) else {
            return it;
        };
        for (name, entry) in storylines {
            let (Ok(storyline), Value::Table(table)) = (name.parse::<StorylineId>(), &entry.node.value)
            else {
                continue;
            };
            it.facets.push(WrittenFacet {
                storyline: storyline.clone(),
                facet: None,
                place: entry.key.clone(),
            });
            for (facet, node) in list(table, "all").iter().enumerate() {
                let place = node.at.clone();
                it.facets.push(WrittenFacet { storyline: storyline.clone(), facet: Some(facet), place });
            }
            it.take(&storyline, None, table);
            if let Some(Value::Table(languages)) = table.get("languages").map(|it| &it.node.value) {
                for (tag, entry) in languages {
                    if let Value::Table(table) = &entry.node.value {
                        it.take(&storyline, primary_subtag(tag).as_deref(), table);
                    }
                }
            }
        }
        it
    }

    fn take(&mut self, storyline: &StorylineId, lang: Option<&str>, table: &Branch) {
        for (facet, node) in list(table, "all").iter().enumerate() {
            self.take_facet(storyline, lang, Some(facet), node);
        }
        if let Some(none) = table.get("none") {
            self.take_facet(storyline, lang, None, &none.node);
        }
    }

    fn take_facet(&mut self, storyline: &StorylineId, lang: Option<&str>, facet: Option<usize>, node: &Node) {
        let Value::List(aliases) = &node.value else { return };
        for node in aliases {
            if let Value::Text(written) = &node.value
                && let Ok(alias) = Alias::parse(written)
            {
                let (storyline, lang) = (storyline.clone(), lang.map(str::to_owned));
                self.aliases.push(WrittenAlias { storyline, lang, facet, alias, place: node.at.clone() });
            }
        }
    }
}

fn list<'a>(table: &'a Branch, key: &str) -> &'a [Node] {
    match table.get(key).map(|it| &it.node.value) {
        Some(Value::List(list)) => list,
        _ => &[],
    }
}

/// Warnings about what stands in a configuration, told where it is written.
#[derive(Debug)]
pub struct Warnings(Notes);

impl Warnings {
    /// None yet, about a configuration with these findings.
    pub fn about(findings: &Findings) -> Self {
        Self(Notes::again(findings))
    }

    /// Warns of an alias.
    pub fn of_alias(&mut self, it: &WrittenAlias, message: impl Into<String>, help: impl Into<String>) {
        self.0.warning(&it.place, message, help);
    }

    /// Warns of a definition or a facet.
    pub fn of_facet(&mut self, it: &WrittenFacet, message: impl Into<String>, help: impl Into<String>) {
        self.0.warning(&it.place, message, help);
    }

    /// The earlier findings and these, in the order of files and lines.
    pub fn finish(self) -> Findings {
        self.0.finish()
    }
}
