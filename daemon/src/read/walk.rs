//! A tolerant walk through an XML document.
//!
//! quick-xml cuts the text into tags and words and forgives much. What it
//! stumbles over is taken for text, and the walk goes on behind it. What the
//! tags mean together is [`Tree`]'s business.

use std::borrow::Cow;

use quick_xml::{Reader, events::Event};
use url::Url;

use super::{draft::Draft, tree::Tree};

/// How often, in lengths of the document, text may be read again after a false tag.
const AGAIN_MAX: usize = 4;

/// Where to go on, and whether the `<` before it was text.
struct Again {
    from: usize,
    sign: bool,
}

/// Walks through a document; none where there is no feed in it.
pub(super) fn walk<'a>(text: &'a str, url: &Url) -> Option<Draft<'a>> {
    let mut tree = Tree::new(url);
    let mut budget = text.len().saturating_mul(AGAIN_MAX);
    let mut from = 0;
    while let Some(again) = walk_from(text, from, &mut tree) {
        if again.sign {
            tree.text("<");
        }
        // What is read again is at most what lies before the next sign that ends a tag.
        let stretch =
            text.get(again.from..).and_then(|rest| rest.find('>')).unwrap_or(text.len() - again.from);
        match budget.checked_sub(stretch + 1) {
            Some(left) => budget = left,
            None => break,
        }
        from = again.from;
    }
    tree.finish()
}

/// Walks until the end, or to what is no markup.
fn walk_from<'a>(text: &'a str, from: usize, tree: &mut Tree<'a>) -> Option<Again> {
    let rest = text.get(from..)?;
    let mut reader = Reader::from_str(rest);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    loop {
        let at = usize::try_from(reader.buffer_position()).ok()?;
        match reader.read_event() {
            Ok(event @ (Event::Start(_) | Event::Empty(_))) => {
                let empty = matches!(event, Event::Empty(_));
                let (Event::Start(tag) | Event::Empty(tag)) = event else { return None };
                let name = tag.name().as_ref().len();
                let name = rest.get(at + 1..at + 1 + name)?;
                if !is_name(name) || is_false(&tag) {
                    return Some(Again { from: from + at + 1, sign: true });
                }
                tree.start(name, &tag);
                if empty {
                    tree.end(name);
                }
            }
            Ok(Event::End(tag)) => tree.end(tag.name().as_ref()),
            Ok(Event::Text(words)) => words_of(words.into_inner(), tree),
            Ok(Event::CData(words)) => words_of(words.into_inner(), tree),
            Ok(Event::GeneralRef(reference)) => tree.reference(&reference),
            Ok(Event::Eof) => return None,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(_) => {
                let at = usize::try_from(reader.error_position()).ok()?;
                return after_broken(rest, at, tree).map(|again| Again { from: from + again.from, ..again });
            }
        }
    }
}

fn words_of<'a>(words: Cow<'a, str>, tree: &mut Tree<'a>) {
    match words {
        Cow::Borrowed(words) => tree.text(words),
        // Nothing a reader of a text gives us is owned; if that changes, it is read as markup would be.
        Cow::Owned(words) => tree.owned(&words),
    }
}

/// Where to go on after markup at `at` that never ends.
fn after_broken<'a>(rest: &'a str, at: usize, tree: &mut Tree<'a>) -> Option<Again> {
    let broken = rest.get(at..)?;
    let opening = ["<![CDATA[", "<!--", "<?", "<!"].iter().find(|it| broken.starts_with(**it));
    let Some(opening) = opening else {
        return (!broken.is_empty())
            .then_some(Again { from: at + broken.chars().next()?.len_utf8(), sign: true });
    };
    let after = broken.get(opening.len()..)?;
    let end = after.find('<')?;
    if *opening == "<![CDATA[" {
        tree.text(after.get(..end)?);
    }
    Some(Again { from: at + opening.len() + end, sign: false })
}

/// Whether what looks like a tag holds the beginning of another, outside of quotes: then its `<` was text.
fn is_false(tag: &str) -> bool {
    tag.find('<').is_some_and(|at| !tag.get(..at).unwrap_or_default().contains(['"', '\'']))
}

/// Whether a tag's name can be one; `< 5` and `<=` are text.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
}
