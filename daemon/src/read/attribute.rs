//! The attributes that matter, read tolerantly: unquoted, doubled, with bare `&`.

use quick_xml::events::BytesStart;

use super::entity::unescape;

/// Attributes of one element that are looked at; more are not.
const ATTRIBUTES_MAX: usize = 256;

/// What the attributes of an element say.
#[derive(Debug, Clone, Default)]
pub(super) struct Attributes {
    /// Prefixes (empty for the default) with the namespaces they are bound to.
    pub(super) namespaces: Vec<(String, String)>,
    pub(super) base: Option<String>,
    pub(super) lang: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) mode: Option<String>,
    pub(super) href: Option<String>,
    pub(super) rel: Option<String>,
    pub(super) url: Option<String>,
    pub(super) term: Option<String>,
    pub(super) label: Option<String>,
    pub(super) about: Option<String>,
    pub(super) is_permalink: Option<String>,
}

impl Attributes {
    /// Reads the attributes of a tag.
    pub(super) fn of(tag: &BytesStart<'_>) -> Self {
        let mut out = Self::default();
        if tag.attributes_raw().trim().is_empty() {
            return out;
        }
        let mut attributes = tag.html_attributes();
        for attribute in attributes.with_checks(false).take(ATTRIBUTES_MAX).flatten() {
            out.take(attribute.key.as_ref(), attribute.value.as_ref());
        }
        out
    }

    fn take(&mut self, key: &str, value: &str) {
        let value = || unescape(value).into_owned();
        if let Some(prefix) = key.strip_prefix("xmlns:") {
            return self.namespaces.push((prefix.to_owned(), value()));
        }
        let field = match key {
            "xmlns" => return self.namespaces.push((String::new(), value())),
            "xml:base" => &mut self.base,
            "xml:lang" => &mut self.lang,
            "type" => &mut self.kind,
            "mode" => &mut self.mode,
            "href" => &mut self.href,
            "rel" => &mut self.rel,
            "url" => &mut self.url,
            "term" => &mut self.term,
            "label" => &mut self.label,
            _ if key.eq_ignore_ascii_case("isPermaLink") => &mut self.is_permalink,
            _ if key.ends_with("about") || key.ends_with(":resource") => &mut self.about,
            _ => return,
        };
        field.get_or_insert_with(value);
    }
}
