//! What people read of a planned document, for whoever lays it out (pure).
//!
//! Text from feeds is in it, so every sink makes it harmless in its own way. What
//! is harmful everywhere, control characters and those that turn the direction of
//! writing, is left out here.

use jiff::Timestamp;
use serde_json::Value;

use crate::plan::{Story, Voice};

/// Characters of a title.
const TITLE_CHARS_MAX: usize = 120;
/// Stands where text was cut.
const CUT: char = '…';

/// The parts of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Words {
    /// The name of the delivery.
    pub(super) id: String,
    /// The alert it is about; a digest has none.
    pub(super) alert: Option<String>,
    /// The storyline it is about, where it is about one.
    pub(super) storyline: Option<String>,
    /// The earlier message it takes the place of.
    pub(super) supersedes: Option<String>,
    /// What it is about, in a few words; stays the same as long as the storyline's title does.
    pub(super) title: String,
    /// The sentence, or the first line of a digest.
    pub(super) sentence: String,
    /// The lines of a digest.
    pub(super) lines: Vec<String>,
    /// What stands under the sentence; a digest has none of it.
    pub(super) story: Option<Story>,
    /// When it was planned.
    pub(super) at: Timestamp,
    /// Whether it is a warning.
    pub(super) urgent: bool,
}

impl Words {
    /// Reads them out of a planned document.
    pub(super) fn of(body: &str) -> Self {
        let document: Value = serde_json::from_str(body).unwrap_or_default();
        let field = |name: &str| document.get(name).and_then(Value::as_str);
        let owned = |name: &str| field(name).map(plain);
        let mut lines = field("text").unwrap_or_default().lines().map(plain);
        let first = lines.next().unwrap_or_default();
        let title = owned("title").or_else(|| owned("storyline")).unwrap_or_else(|| first.clone());
        let words = Self {
            id: owned("id").unwrap_or_default(),
            alert: owned("alert"),
            storyline: owned("storyline"),
            supersedes: owned("supersedes"),
            title: cut(&title, TITLE_CHARS_MAX),
            at: field("at").and_then(|it| it.parse().ok()).unwrap_or_default(),
            urgent: field("severity") == Some("warning"),
            sentence: first,
            lines: Vec::new(),
            story: None,
        };
        match Story::of(body).map(harmless) {
            Some(story) => Self { sentence: story.sentence.clone(), story: Some(story), ..words },
            None => Self { lines: lines.collect(), ..words },
        }
    }

    /// What stands under the title where it is shown apart, without what only repeats it.
    pub(super) fn under_title(mut self) -> Self {
        if self.sentence == self.title && !self.lines.is_empty() {
            self.sentence.clear();
        }
        self
    }

    /// The page that says so first.
    pub(super) fn link(&self) -> Option<&str> {
        self.story.iter().flat_map(|it| &it.said_by).find_map(|it| it.url.as_deref())
    }

    /// All of it, a part a line; `voice` lays out who says so, and `text` everything else.
    pub(super) fn lay_out(&self, text: impl Fn(&str) -> String, voice: impl Fn(&Voice) -> String) -> String {
        let sentence = Some(&self.sentence).filter(|it| !it.is_empty());
        let mut all: Vec<String> = sentence.into_iter().map(|it| text(it)).collect();
        all.extend(self.lines.iter().map(|it| text(it)));
        all.extend(self.story.iter().flat_map(|it| it.under(&text, &voice)));
        all.join("\n")
    }

    /// All of it as plain text; `calm` makes what is no address harmless.
    pub(super) fn text(&self, calm: impl Fn(&str) -> String) -> String {
        self.lay_out(&calm, |it| match &it.url {
            Some(url) => format!("{}: {}", calm(&it.name), without_mentions(url)),
            None => calm(&it.name),
        })
    }
}

/// The parts of an alert without what is harmful everywhere, and with those links alone that are of the web.
fn harmless(story: Story) -> Story {
    let voice = |it: Voice| Voice {
        name: plain(&it.name),
        url: it.url.filter(|it| is_link(it)).map(|it| plain(&it)),
    };
    Story {
        sentence: plain(&story.sentence),
        said_by: story.said_by.into_iter().map(voice).collect(),
        more: story.more,
        since: plain(&story.since),
        before: story.before.as_deref().map(plain),
        ask: plain(&story.ask),
    }
}

/// One line without what could steer a terminal, a header or the direction of writing.
pub(super) fn plain(text: &str) -> String {
    let steers = |it: char| {
        it.is_control()
            || matches!(it, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|it| if it == '\n' || it == '\t' { ' ' } else { it }).filter(|it| !steers(*it)).collect()
}

/// The first characters of a text.
pub(super) fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars.saturating_sub(1)).chain([CUT]).collect()
}

/// The lines of a text that fit into so many bytes.
pub(super) fn cut_bytes(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut end = bytes.saturating_sub(CUT.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (kept, _) = text.split_at(end);
    format!("{kept}{CUT}")
}

/// Whether a text is an address of the web that can stand as a link.
fn is_link(url: &str) -> bool {
    let read = url::Url::parse(url).ok();
    let web = read.is_some_and(|it| matches!(it.scheme(), "http" | "https"));
    web && !url.contains(|it: char| it.is_whitespace() || it.is_control() || "<>\"`|\\".contains(it))
}

/// A text that calls nobody and makes no link that says one thing and leads to another,
/// wherever services look for `@all`, `<!channel>` and `[words](address)`.
pub(super) fn calm(text: &str) -> String {
    const BREAK: &str = "\u{200b}";
    let mut calm = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(it) = rest.next() {
        calm.push(it);
        let next = rest.peek().copied();
        let breaks = match it {
            '@' | '＠' => true,
            '<' => next.is_some_and(|it| "!@#".contains(it)),
            ']' => next == Some('('),
            _ => false,
        };
        if breaks {
            calm.push_str(BREAK);
        }
    }
    calm
}

/// An address in which nobody is called, and that leads where it led.
pub(super) fn without_mentions(url: &str) -> String {
    url.replace('@', "%40")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters() {
        let check = |text: &str, bytes, want: &str| assert_eq!(cut_bytes(text, bytes), want);
        check("short", 5, "short");
        check("longer", 5, "lo…");
        check("äöüäöü", 8, "äö…");
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äö…");
    }

    #[test]
    fn only_addresses_of_the_web_become_links() {
        let check = |url: &str, want| assert_eq!(is_link(url), want, "{url}");
        check("https://news.example/a?b=1&c=2#d", true);
        check("http://news.example/@desk", true);
        check("javascript:alert(1)", false);
        check("data:text/html,x", false);
        check("https://news.example/a|b", false);
        check("https://news.example/\">x", false);
        check("https://news.example/a\r\nBcc: x", false);
        check("news.example", false);
    }

    #[test]
    fn both_layouts_say_how_many_more_say_so() {
        let body = r#"{"text":"s","story":{"sentence":"s","said_by":[{"name":"A","url":null}],"more":23,"since":"10:40","before":null,"ask":"storyline explain #1"}}"#;
        let words = Words::of(body);
        assert_eq!(words.text(str::to_owned), "s\nA\nand 23 more\nsince 10:40\nwhy: storyline explain #1");
        assert!(crate::deliver::mail::page(&words).contains("<li>A</li>\n<li>and 23 more</li>\n"));
    }

    #[test]
    fn the_parts_come_from_the_story_and_without_one_from_the_text() {
        let digest = Words::of(
            r#"{"kind":"digest","storyline":null,"text":"2 alerts · gathered\nmunich · new · One"}"#,
        );
        assert_eq!((digest.title.as_str(), digest.lines.len()), ("2 alerts · gathered", 1));
        assert_eq!(digest.text(str::to_owned), "2 alerts · gathered\nmunich · new · One");
        let alert = Words::of(
            r#"{"title":"T","text":"other","story":{"sentence":"s","said_by":[{"name":"A","url":"https://a.example/@x"},{"name":"B","url":"javascript:1"}],"since":"10:40","before":null,"ask":"storyline explain #1"}}"#,
        );
        assert_eq!(
            alert.text(str::to_owned),
            "s\nA: https://a.example/%40x\nB\nsince 10:40\nwhy: storyline explain #1"
        );
        assert_eq!(Words::of("no document").sentence, "");
    }
}
