//! From markup to clean text.
//!
//! Tags are cut out in one pass, and no tree is built: time and memory grow
//! with the length of the text, whatever is nested in what. What comes out has no markup, no control,
//! direction or invisible characters, and single blanks only, so that log,
//! socket, terminal and alerts are safe.

use storyline_config::limit::{TEXT_BYTES_MAX, TITLE_CHARS_MAX};

use super::{
    entity::unescape_html,
    folded::Folded,
    scan::{Piece, Scanner},
};

/// How a text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// As it stands.
    Text,
    /// As HTML.
    Html,
}

/// Elements that end a word.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "button",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "iframe",
    "img",
    "input",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "video",
];

/// Elements whose content nobody reads.
const UNREAD: &[&str] = &["head", "noscript", "script", "style", "template"];

/// Other elements that stand in texts.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "audio", "b", "bdi", "bdo", "big", "blink", "body", "cite", "code", "data",
    "del", "dfn", "em", "embed", "font", "html", "i", "ins", "kbd", "label", "link", "mark", "marquee",
    "math", "meta", "meter", "nobr", "object", "q", "rp", "rt", "ruby", "s", "samp", "small", "source",
    "span", "strike", "strong", "sub", "sup", "svg", "time", "tt", "u", "var", "wbr",
];

/// A headline: one line, at most [`TITLE_CHARS_MAX`] characters.
pub(super) fn headline(text: &str, markup: Markup) -> String {
    clean(text, markup, true, Folded::chars(TITLE_CHARS_MAX))
}

/// A body: one line, at most [`TEXT_BYTES_MAX`] bytes.
pub(super) fn body(text: &str, markup: Markup) -> String {
    clean(text, markup, false, Folded::bytes(TEXT_BYTES_MAX))
}

fn clean(text: &str, markup: Markup, headline: bool, mut out: Folded) -> String {
    match markup {
        Markup::Html if text.contains('<') || text.contains('&') => {
            // A tag that never ends is none, and nothing after it is lost; in a body that was cut it may be one.
            let (whole, rest) = text.split_at(loose(text));
            html(whole, headline, &mut out);
            if headline || !rest.contains('=') {
                html(&rest.replace('<', "&lt;"), headline, &mut out);
            }
        }
        Markup::Text | Markup::Html => out.push_str(text),
    }
    out.finish()
}

/// A name or category: one line without markup.
pub(super) fn line(text: &str) -> String {
    headline(text, Markup::Html)
}

/// Where the last `<` stands that no `>` follows; the end of the text where there is none.
fn loose(text: &str) -> usize {
    let closed = text.rfind('>').map_or(0, |at| at + 1);
    text.get(closed..).and_then(|rest| rest.find('<')).map_or(text.len(), |at| closed + at)
}

/// Writes the text of `source` to `out`, until `out` is full. In a headline, what is no known tag is text.
fn html(source: &str, headline: bool, out: &mut Folded) {
    let mut scanner = Scanner::new(source);
    while !out.is_full() {
        match scanner.next() {
            None => return,
            Some(Piece::Text(words)) => out.push_str(&unescape_html(words)),
            Some(Piece::Start(name, written)) => {
                if known(UNREAD, &name) {
                    let vital = !headline && matches!(name.as_ref(), "script" | "style");
                    scanner.skip_to_end(&name, vital);
                } else if known(BLOCKS, &name) {
                    out.blank();
                } else if headline && !known(INLINE, &name) {
                    out.push_str(written);
                }
            }
            Some(Piece::End(name)) if known(BLOCKS, &name) => out.blank(),
            Some(Piece::End(_) | Piece::Unread) => {}
        }
    }
}

/// Whether a name is in a list, which is sorted.
fn known(names: &[&str], name: &str) -> bool {
    names.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(BLOCKS.is_sorted() && UNREAD.is_sorted() && INLINE.is_sorted());
    }

    #[test]
    fn a_headline_loses_its_tags_and_nothing_else() {
        #[track_caller]
        fn check(html: &str, expected: &str) {
            assert_eq!(headline(html, Markup::Html), expected);
        }
        check("A <b>bold</b> move", "A bold move");
        check("Frost < 9 nights & thaw", "Frost < 9 nights & thaw");
        check("Wind &lt; 8 knots, &amp;c. &#8212; caf&eacute;", "Wind < 8 knots, &c. — café");
        check("Why x<y matters", "Why x<y matters");
        check("Vec<Item> is a list", "Vec<Item> is a list");
        check("The <section> element", "The element");
        check("What <script> does", "What does");
        check("One<script>alert(1)</script> two", "One two");
        check("First<br/>second", "First second");
        check("a\u{202e}b\u{200b}c\u{7}d\ne", "abcd e");
    }

    #[test]
    fn a_text_title_is_shown_as_it_stands() {
        assert_eq!(headline("On <hr> & &amp;", Markup::Text), "On <hr> & &amp;");
    }

    #[test]
    fn a_body_is_what_a_person_reads() {
        #[track_caller]
        fn check(html: &str, expected: &str) {
            assert_eq!(body(html, Markup::Html), expected);
        }
        check("<p>One.</p><p>Two<br>three.</p>", "One. Two three.");
        check("<style>p { x: y }</style>Text<!-- no --> stays", "Text stays");
        check("wo<wbr>rd <em>em</em>phasis", "word emphasis");
        check("<ul><li>a<li>b</ul>", "a b");
        check("cut <a href=\"http", "cut");
    }

    #[test]
    fn nesting_costs_nothing() {
        let deep = format!("{}end", "<div>".repeat(100_000));
        assert_eq!(body(&deep, Markup::Html), "end");
    }

    #[test]
    fn what_is_kept_is_bounded() {
        assert_eq!(headline(&"ü".repeat(1_000), Markup::Html).chars().count(), TITLE_CHARS_MAX);
        assert!(body(&"<p>ü</p>".repeat(10_000), Markup::Html).len() <= TEXT_BYTES_MAX);
    }
}
