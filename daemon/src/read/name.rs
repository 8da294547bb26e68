//! What an element is, by its name, its namespace and where it stands.

use std::borrow::Cow;

/// A vocabulary. Feeds name them by many addresses, and often by a wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// The document's own: that of its root, none, or any of RSS.
    Core,
    Atom,
    Dc,
    DcTerms,
    Content,
    Media,
    Itunes,
    Sy,
    Xhtml,
    Rdf,
    News,
    /// Services that count clicks and hand the page's own address on.
    Counter,
    Other,
}

/// Where an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the feed, outside of its entries.
    Feed,
    /// In an entry, or in what groups a part of an entry.
    Entry,
    /// In an author, who may have a name of his own.
    Author,
    /// In the source of an entry, which has a title of its own.
    Source,
    /// In a child of a sitemap index.
    Child,
}

/// What to do with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It groups others, which are looked at in this place.
    Group(Place),
    /// An entry begins.
    Entry,
    /// A child of a sitemap index begins.
    Child,
    /// It says something.
    Field(Field),
    /// It and what is in it say nothing we know.
    Unknown,
}

/// What an element says. The number is its rank, 0 the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title(u8),
    /// An address as text or in `href`.
    Link,
    /// The page's own address, where the link goes through a service that counts clicks.
    OwnLink,
    Enclosure,
    Guid,
    Content(u8),
    Summary(u8),
    Date(u8),
    /// An author as text.
    Author(u8),
    Category,
    /// Categories with commas between them.
    Keywords,
    /// The name within an [`Place::Author`] or [`Place::Source`].
    Name,
    Language,
    Ttl,
    SkipHour,
    SkipDay,
    SyPeriod,
    SyFrequency,
}

/// An element's name without its prefix, in lower case.
pub(super) fn local(name: &str) -> Cow<'_, str> {
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    if local.bytes().any(|it| it.is_ascii_uppercase()) {
        local.to_ascii_lowercase().into()
    } else {
        local.into()
    }
}

/// The prefix of an element's name; empty where it has none.
pub(super) fn prefix(name: &str) -> &str {
    name.rsplit_once(':').map_or("", |(prefix, _)| prefix)
}

/// The vocabulary an address names.
pub(super) fn space(uri: &str) -> Space {
    let uri = uri.trim().to_ascii_lowercase();
    let is = |part: &str| uri.contains(part);
    match () {
        () if uri.is_empty() => Space::Core,
        () if is("purl.org/dc/elements") => Space::Dc,
        () if is("purl.org/dc/terms") || is("modules/dcterms") => Space::DcTerms,
        () if is("modules/content") => Space::Content,
        () if is("modules/syndication") => Space::Sy,
        () if is("search.yahoo.com/mrss") || is("media-rss") => Space::Media,
        () if is("itunes") => Space::Itunes,
        () if is("w3.org/1999/xhtml") => Space::Xhtml,
        () if is("w3.org/2005/atom") || is("purl.org/atom") => Space::Atom,
        () if is("22-rdf-syntax-ns") => Space::Rdf,
        () if is("sitemap-news") => Space::News,
        () if is("rssnamespace.org/feedburner") || is("pheedo.com") => Space::Counter,
        () if is("sitemaps.org/schemas") || is("google.com/schemas/sitemap/") => Space::Core,
        () if uri.ends_with("purl.org/rss/1.0/") || is("purl.org/net/rss1.1") || is("netscape.com") => {
            Space::Core
        }
        () if is("backend.userland.com") || is("blogs.law.harvard.edu") || is("purl.org/rss/2.0") => {
            Space::Core
        }
        () => Space::Other,
    }
}

/// The vocabulary a prefix stands for where nothing declares it.
pub(super) fn space_of_prefix(prefix: &str) -> Space {
    match prefix {
        "" | "rss" => Space::Core,
        "atom" | "atom10" | "a10" => Space::Atom,
        "dc" => Space::Dc,
        "dcterms" => Space::DcTerms,
        "content" => Space::Content,
        "media" => Space::Media,
        "itunes" => Space::Itunes,
        "sy" => Space::Sy,
        "xhtml" => Space::Xhtml,
        "rdf" => Space::Rdf,
        "news" => Space::News,
        "feedburner" | "pheedo" => Space::Counter,
        _ => Space::Other,
    }
}

/// What an element is; `local` is its name in lower case.
pub(super) fn role(place: Place, space: Space, local: &str) -> Role {
    match place {
        Place::Feed => in_feed(space, local),
        Place::Entry => match group_in_entry(space, local) {
            Some(inner) => Role::Group(inner),
            None => in_entry(space, local).map_or(Role::Unknown, Role::Field),
        },
        Place::Author if local == "name" => Role::Field(Field::Name),
        Place::Source if local == "title" => Role::Field(Field::Name),
        Place::Child if local == "loc" => Role::Field(Field::Link),
        Place::Child if local == "lastmod" => Role::Field(Field::Date(0)),
        Place::Author | Place::Source | Place::Child => Role::Unknown,
    }
}

fn in_feed(space: Space, local: &str) -> Role {
    let field = match (space, local) {
        (Space::Core, "item" | "entry" | "url") => return Role::Entry,
        (Space::Core, "sitemap") => return Role::Child,
        (
            Space::Core | Space::Rdf,
            "channel" | "items" | "rss" | "rdf" | "feed" | "skiphours" | "skipdays" | "urlset"
            | "sitemapindex",
        ) => {
            return Role::Group(Place::Feed);
        }
        (Space::Core, "title") => Field::Title(0),
        (Space::Atom | Space::Dc, "title") => Field::Title(1),
        (Space::Core | Space::Dc, "language") => Field::Language,
        (Space::Core | Space::Atom, "link") => Field::Link,
        (Space::Core, "ttl") => Field::Ttl,
        (Space::Core, "hour") => Field::SkipHour,
        (Space::Core, "day") => Field::SkipDay,
        (Space::Sy, "updateperiod") => Field::SyPeriod,
        (Space::Sy, "updatefrequency") => Field::SyFrequency,
        _ => return Role::Unknown,
    };
    Role::Field(field)
}

/// What an element of an entry says.
fn in_entry(space: Space, local: &str) -> Option<Field> {
    Some(match space {
        Space::Core => return core_in_entry(local),
        Space::Atom => match local {
            "title" => Field::Title(1),
            "link" => Field::Link,
            "id" => Field::Guid,
            "summary" => Field::Summary(2),
            "content" => Field::Content(1),
            "published" | "issued" => Field::Date(1),
            "created" => Field::Date(3),
            "updated" => Field::Date(4),
            "modified" => Field::Date(5),
            _ => return None,
        },
        Space::Dc => match local {
            "title" => Field::Title(2),
            "date" => Field::Date(1),
            "creator" => Field::Author(1),
            "subject" => Field::Category,
            "description" => Field::Summary(1),
            "language" => Field::Language,
            _ => return None,
        },
        Space::DcTerms => match local {
            "issued" | "date" | "available" | "created" => Field::Date(2),
            "modified" => Field::Date(5),
            _ => return None,
        },
        Space::Content if local == "encoded" => Field::Content(0),
        Space::Media => match local {
            "title" => Field::Title(3),
            "description" => Field::Summary(3),
            _ => return None,
        },
        Space::Itunes => match local {
            "title" => Field::Title(4),
            "summary" => Field::Summary(4),
            "author" => Field::Author(2),
            _ => return None,
        },
        Space::Xhtml if matches!(local, "body" | "div") => Field::Content(2),
        Space::Counter if local == "origlink" => Field::OwnLink,
        Space::News => match local {
            "title" => Field::Title(0),
            "publication_date" => Field::Date(0),
            "keywords" => Field::Keywords,
            "language" => Field::Language,
            "name" => Field::Name,
            _ => return None,
        },
        Space::Content | Space::Xhtml | Space::Sy | Space::Rdf | Space::Counter | Space::Other => {
            return None;
        }
    })
}

fn core_in_entry(local: &str) -> Option<Field> {
    Some(match local {
        "title" => Field::Title(0),
        "link" | "loc" => Field::Link,
        "enclosure" => Field::Enclosure,
        "guid" | "id" => Field::Guid,
        "content" => Field::Content(1),
        "body" => Field::Content(3),
        "description" => Field::Summary(0),
        "summary" => Field::Summary(1),
        "pubdate" | "published" | "issued" => Field::Date(0),
        "date" => Field::Date(1),
        "created" => Field::Date(2),
        "updated" => Field::Date(4),
        "modified" | "lastmod" | "lastbuilddate" => Field::Date(5),
        "category" => Field::Category,
        "language" => Field::Language,
        _ => return None,
    })
}

/// The place inside an element of an entry that groups others.
fn group_in_entry(space: Space, local: &str) -> Option<Place> {
    match (space, local) {
        (Space::Core | Space::Atom, "author") => Some(Place::Author),
        (Space::Core | Space::Atom, "source") => Some(Place::Source),
        (Space::Media, "group" | "content") | (Space::News, "news" | "publication") => Some(Place::Entry),
        _ => None,
    }
}
