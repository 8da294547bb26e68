//! Which elements are open, and what closes them.
//!
//! The stack holds only elements that group others. Inside an element that
//! says something nothing is pushed on it, however deep its markup goes; so
//! the stack stays as shallow as feeds are. A missing, crossed or foreign end
//! tag, or the document's sudden end, closes what it can and loses nothing
//! else.

use quick_xml::events::BytesStart;
use url::Url;

use super::{
    attribute::Attributes,
    document::Kind,
    draft::{Draft, DraftEntry},
    leaf::Leaf,
    link,
    meant::meant,
    name::{self, Field, Place, Role, Space, local, prefix},
    newest, record,
};

/// Elements that may be open at once; deeper ones are not looked at.
const OPEN_MAX: usize = 64;
/// Namespaces that may be bound at once; later ones are not looked at.
const BINDINGS_MAX: usize = 256;

/// An open element that groups others.
#[derive(Debug)]
struct Open<'a> {
    name: &'a str,
    place: Place,
    /// Whether it is an entry, or a child of a sitemap index.
    whole: bool,
    bindings: usize,
    bases: usize,
    /// Text that stands in it directly.
    text: String,
    /// What names it, of an author or a source.
    named: Option<String>,
}

/// What is open below the stack.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one, and a box would be an allocation per element")]
enum Inside<'a> {
    Nothing,
    Leaf(Leaf<'a>),
    /// An element that says nothing we know.
    Skipped {
        name: &'a str,
        same: usize,
        depth: usize,
    },
}

/// A document in the middle of being walked through.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    draft: Option<Draft<'a>>,
    entry: DraftEntry<'a>,
    /// The namespace of the root: the document's own, whatever it is.
    own: Option<String>,
    stack: Vec<Open<'a>>,
    bindings: Vec<(String, Space)>,
    /// The document's own address, and the bases that elements set on it.
    url: Url,
    bases: Vec<Url>,
    inside: Inside<'a>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(url: &Url) -> Self {
        Self {
            draft: None,
            entry: DraftEntry::default(),
            own: None,
            stack: Vec::new(),
            bindings: Vec::new(),
            url: url.clone(),
            bases: Vec::new(),
            inside: Inside::Nothing,
        }
    }

    /// Closes everything; none where there was no feed.
    pub(super) fn finish(mut self) -> Option<Draft<'a>> {
        self.close_inside();
        self.close_to(0);
        self.draft
    }

    /// Takes words.
    pub(super) fn text(&mut self, words: &'a str) {
        match &mut self.inside {
            Inside::Leaf(leaf) => leaf.text(words),
            Inside::Nothing => self.direct(words),
            Inside::Skipped { .. } => {}
        }
    }

    /// Takes words that are not part of the document's text.
    pub(super) fn owned(&mut self, words: &str) {
        match &mut self.inside {
            Inside::Leaf(leaf) => leaf.push(words),
            Inside::Nothing => self.direct(words),
            Inside::Skipped { .. } => {}
        }
    }

    /// Takes a reference to a character.
    pub(super) fn reference(&mut self, name: &str) {
        match &mut self.inside {
            Inside::Leaf(leaf) => leaf.reference(name),
            Inside::Nothing => {
                let mut out = String::new();
                super::entity::resolve(name, &mut out);
                self.direct(&out);
            }
            Inside::Skipped { .. } => {}
        }
    }

    /// Keeps words that stand directly in an author or a source.
    fn direct(&mut self, words: &str) {
        if let Some(open) = self.stack.last_mut()
            && matches!(open.place, Place::Author | Place::Source)
            && open.text.len() < storyline_config::limit::TEXT_BYTES_MAX
        {
            open.text.push_str(super::leaf::clip(words, storyline_config::limit::TEXT_BYTES_MAX));
        }
    }

    /// Takes the start of an element.
    pub(super) fn start(&mut self, name: &'a str, tag: &BytesStart<'_>) {
        let local = local(name);
        if self.is_next_entry(name, &local) {
            self.close_inside();
        }
        match &mut self.inside {
            Inside::Leaf(leaf) => leaf.start(name),
            Inside::Skipped { name: skipped, same, depth } => {
                *same += usize::from(name.eq_ignore_ascii_case(skipped));
                *depth += 1;
            }
            Inside::Nothing => self.open(name, &local, Attributes::of(tag)),
        }
    }

    /// Whether a tag begins an entry although what is open was not closed.
    fn is_next_entry(&self, name: &str, local: &str) -> bool {
        matches!(local, "item" | "entry")
            && match &self.inside {
                Inside::Leaf(leaf) => !leaf.is_xml() && self.space(prefix(name)) == Space::Core,
                // An entry may hold something foreign that has entries of its own.
                Inside::Skipped { depth, .. } => {
                    let within = self.stack.iter().any(|it| it.whole);
                    (*depth == 0 || !within) && self.space(prefix(name)) == Space::Core
                }
                Inside::Nothing => false,
            }
    }

    fn open(&mut self, name: &'a str, local: &str, attributes: Attributes) {
        let marks = (self.bindings.len(), self.bases.len());
        self.bind(&attributes);
        if self.draft.is_none() {
            let Some(kind) = kind_of(local) else { return self.bases.truncate(marks.1) };
            self.own_space(prefix(name), &attributes);
            self.draft = Some(Draft::new(kind));
        }
        let space = self.space(prefix(name));
        let place = self.stack.last().map_or(Place::Feed, |it| it.place);
        let (place, role) =
            if place == Place::Entry && space == Space::Core && matches!(local, "item" | "entry") {
                // The entry before was not closed.
                let entry = self.stack.iter().position(|it| it.whole).unwrap_or(0);
                self.close_to(entry);
                (Place::Feed, Role::Entry)
            } else {
                (place, self.fitting(name::role(place, space, local), local))
            };
        if self.stack.len() >= OPEN_MAX {
            self.inside = Inside::Skipped { name, same: 0, depth: 0 };
            return;
        }
        match role {
            Role::Group(inner) => self.push(name, inner, false, marks, &attributes),
            Role::Entry => self.push(name, Place::Entry, true, marks, &attributes),
            Role::Child => self.push(name, Place::Child, true, marks, &attributes),
            Role::Field(field) => self.open_leaf(name, space, place, field, attributes, marks),
            Role::Unknown => {
                self.unwind(marks);
                self.inside = Inside::Skipped { name, same: 0, depth: 0 };
            }
        }
    }

    /// The role of an element, unless it is one of another kind of document.
    fn fitting(&self, role: Role, local: &str) -> Role {
        let kind = self.draft.as_ref().map(|it| it.kind);
        let fits = match role {
            Role::Entry => (local == "url") == (kind == Some(Kind::Sitemap)),
            Role::Child => kind == Some(Kind::SitemapIndex),
            Role::Group(_) | Role::Field(_) | Role::Unknown => true,
        };
        if fits { role } else { Role::Unknown }
    }

    fn push(
        &mut self,
        name: &'a str,
        place: Place,
        whole: bool,
        marks: (usize, usize),
        attributes: &Attributes,
    ) {
        if whole {
            let base = self.bases.last().unwrap_or(&self.url);
            self.entry = record::begin_entry(base, attributes);
        } else if let Some(draft) = &mut self.draft
            && place == Place::Feed
        {
            record::begin_feed(draft, attributes);
        }
        let (bindings, bases) = marks;
        self.stack.push(Open { name, place, whole, bindings, bases, text: String::new(), named: None });
    }

    fn open_leaf(
        &mut self,
        name: &'a str,
        space: Space,
        place: Place,
        field: Field,
        attributes: Attributes,
        marks: (usize, usize),
    ) {
        self.bindings.truncate(marks.0);
        let atom = space == Space::Atom || self.draft.as_ref().is_some_and(|it| it.kind == Kind::Atom);
        let atom = atom && matches!(place, Place::Feed | Place::Entry);
        self.inside = if let Some(meant) = meant(field, space, atom, &attributes) {
            Inside::Leaf(Leaf::new(name, field, meant, attributes, marks.1))
        } else {
            self.bases.truncate(marks.1);
            Inside::Skipped { name, same: 0, depth: 0 }
        };
    }

    /// Takes the end of an element.
    pub(super) fn end(&mut self, name: &str) {
        let around = match &mut self.inside {
            Inside::Leaf(leaf) => {
                let around = leaf.may_end_around();
                if leaf.ends(name) {
                    return self.close_inside();
                }
                around
            }
            Inside::Skipped { name: skipped, same, depth } => {
                let own = name.eq_ignore_ascii_case(skipped);
                if own && *same == 0 {
                    return self.close_inside();
                }
                *same -= usize::from(own);
                let around = *depth == 0;
                *depth = depth.saturating_sub(1);
                around
            }
            Inside::Nothing => true,
        };
        let open = if around { self.find(name) } else { None };
        if let Some(at) = open {
            self.close_inside();
            self.close_to(at);
        } else if let Inside::Leaf(leaf) = &mut self.inside {
            leaf.end(name);
        }
    }

    /// The innermost open element that an end tag can mean.
    fn find(&self, name: &str) -> Option<usize> {
        let exact = self.stack.iter().rposition(|it| it.name.eq_ignore_ascii_case(name));
        exact.or_else(|| self.stack.iter().rposition(|it| local(it.name) == local(name)))
    }

    fn close_inside(&mut self) {
        if let Inside::Leaf(mut leaf) = std::mem::replace(&mut self.inside, Inside::Nothing) {
            self.say(&mut leaf);
            self.bases.truncate(leaf.bases);
        }
    }

    fn say(&mut self, leaf: &mut Leaf<'a>) {
        let base = self.bases.last().unwrap_or(&self.url);
        let (Some(draft), Some(open)) = (&mut self.draft, self.stack.last_mut()) else { return };
        match open.place {
            Place::Feed => record::in_feed(draft, leaf, base),
            Place::Entry | Place::Child => record::in_entry(&mut self.entry, draft.kind, leaf, base),
            Place::Author | Place::Source if open.named.is_none() => {
                open.named = leaf.words().map(|it| it.text.into_owned());
            }
            Place::Author | Place::Source => {}
        }
    }

    /// Closes the open elements from the one at `depth` on.
    fn close_to(&mut self, depth: usize) {
        while self.stack.len() > depth {
            let Some(open) = self.stack.pop() else { return };
            self.unwind((open.bindings, open.bases));
            let Some(draft) = &mut self.draft else { continue };
            let named = open.named.unwrap_or(open.text);
            match open.place {
                Place::Author => record::author(&mut self.entry, &named),
                Place::Source => record::source(&mut self.entry, &named),
                Place::Entry if open.whole => {
                    record::end_entry(draft, std::mem::take(&mut self.entry));
                    newest::keep(&mut draft.entries, newest::SLACK);
                }
                Place::Child if open.whole => record::end_child(draft, std::mem::take(&mut self.entry)),
                Place::Feed | Place::Entry | Place::Child => {}
            }
        }
    }

    fn unwind(&mut self, (bindings, bases): (usize, usize)) {
        self.bindings.truncate(bindings);
        self.bases.truncate(bases);
    }

    /// Brings the namespaces and the base of an element into force.
    fn bind(&mut self, attributes: &Attributes) {
        for (prefix, uri) in &attributes.namespaces {
            if self.bindings.len() < BINDINGS_MAX {
                let own = self.own.as_ref().is_some_and(|own| own == uri);
                self.bindings.push((prefix.clone(), if own { Space::Core } else { name::space(uri) }));
            }
        }
        let outer = self.bases.last().unwrap_or(&self.url);
        let base = attributes.base.as_deref().and_then(|base| link::resolve(outer, base));
        self.bases.extend(base);
    }

    /// Makes the namespace of the root the document's own.
    fn own_space(&mut self, prefix: &str, attributes: &Attributes) {
        let uri = attributes.namespaces.iter().find(|(it, _)| it == prefix).map(|(_, uri)| uri);
        self.own = uri.filter(|uri| name::space(uri) != Space::Rdf).cloned();
        if let Some(own) = &self.own {
            let bound = attributes.namespaces.iter().filter(|(_, uri)| uri == own);
            self.bindings.extend(bound.map(|(prefix, _)| (prefix.clone(), Space::Core)));
        }
    }

    fn space(&self, prefix: &str) -> Space {
        let bound = self.bindings.iter().rev().find(|(it, _)| it == prefix);
        let space = bound.map_or_else(|| name::space_of_prefix(prefix), |(_, space)| *space);
        let atom = self.draft.as_ref().is_some_and(|it| it.kind == Kind::Atom);
        if atom && space == Space::Atom { Space::Core } else { space }
    }
}

/// What the root says the document is.
fn kind_of(local: &str) -> Option<Kind> {
    Some(match local {
        "rss" | "channel" => Kind::Rss,
        "rdf" => Kind::Rdf,
        "feed" | "entry" => Kind::Atom,
        "urlset" => Kind::Sitemap,
        "sitemapindex" => Kind::SitemapIndex,
        _ => return None,
    })
}
