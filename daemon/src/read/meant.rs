//! How the text of an element is meant, by what it says and how it is typed.

use super::{
    attribute::Attributes,
    leaf::Meant,
    name::{Field, Space},
};

/// How an element's text is meant; none where it is nothing to read.
pub(super) fn meant(field: Field, space: Space, atom: bool, attributes: &Attributes) -> Option<Meant> {
    match field {
        Field::Title(_) | Field::Content(_) | Field::Summary(_) => {}
        _ => return Some(Meant::Value),
    }
    if space == Space::Xhtml {
        return Some(Meant::Xml);
    }
    if !atom || !matches!(space, Space::Core | Space::Atom) {
        return Some(Meant::Html);
    }
    let kind = attributes.kind.as_deref().unwrap_or_default().trim().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim_end();
    let title = matches!(field, Field::Title(_));
    // Atom 0.3 says in `mode` how a text is packed.
    match (attributes.mode.as_deref(), kind) {
        (Some("base64"), _) => Some(Meant::Packed),
        (_, "html" | "text/html" | "application/html") => match attributes.mode.as_deref() {
            Some("xml") => Some(Meant::Xml),
            _ => Some(Meant::Html),
        },
        (Some("escaped"), "application/xhtml+xml") => Some(Meant::Html),
        (_, "xhtml") => Some(Meant::Xml),
        (_, kind) if kind.ends_with("/xml") || kind.ends_with("+xml") => Some(Meant::Xml),
        (_, kind) if ["image/", "audio/", "video/", "application/"].iter().any(|it| kind.starts_with(it)) => {
            None
        }
        _ if title => Some(Meant::Text),
        _ => Some(Meant::Unsure),
    }
}
