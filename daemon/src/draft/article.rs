//! An article as a person has it: plain text, a saved web page, or an item line.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;

use super::page;
use crate::detect::{dates, tongue};

/// An article, read and cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its headline.
    pub title: String,
    /// Its paragraphs, a line each.
    pub text: String,
    /// When it was published, where it says so; "on Friday" counts from here.
    pub published: Option<Timestamp>,
    /// The zone its days are meant in.
    pub tz: TimeZone,
    /// Its language (BCP 47, primary subtag), where it says so.
    pub lang: Option<String>,
    /// Its page.
    pub link: Option<String>,
    /// Where it was published.
    pub outlet: Option<String>,
}

/// Why a text is no article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArticleError {
    /// There is no headline.
    #[error("found no headline; the first line of a plain text is its headline")]
    NoTitle,
    /// It begins like a JSON document and is none.
    #[error("failed to read the item line: {0}")]
    Json(String),
}

/// Bytes of an article that are read; what follows is left out.
pub const ARTICLE_BYTES_MAX: usize = 256 << 10;

impl Article {
    /// Reads an article: an item line or JSON document that begins with `{`, a web page that
    /// begins with `<`, else plain text whose first line is the headline and whose next lines may
    /// hold the date, the byline and the address.
    ///
    /// # Errors
    ///
    /// Where no headline is found, or the JSON cannot be read.
    pub fn read(source: &str) -> Result<Self, ArticleError> {
        let source = source.trim_start_matches('\u{feff}').trim();
        let mut end = source.len().min(ARTICLE_BYTES_MAX);
        while !source.is_char_boundary(end) {
            end -= 1;
        }
        let source = source.get(..end).unwrap_or_default();
        let article = match source.chars().next() {
            Some('{') => json(source)?,
            Some('<') => page::read(source),
            _ => plain(source),
        };
        let article = Self { text: without_byline(&article.text), ..article };
        let guessed = || tongue::guess(&article.title, &article.text).map(str::to_owned);
        let lang = article.lang.clone().or_else(guessed);
        let article = Self { lang, ..article };
        if article.title.chars().any(char::is_alphanumeric) {
            Ok(article)
        } else {
            Err(ArticleError::NoTitle)
        }
    }

    /// The day its words count from.
    pub(super) fn day(&self) -> Option<Date> {
        self.published.map(|it| self.tz.to_datetime(it).date())
    }

    pub(super) fn empty() -> Self {
        Self {
            title: String::new(),
            text: String::new(),
            published: None,
            tz: TimeZone::UTC,
            lang: None,
            link: None,
            outlet: None,
        }
    }
}

/// A text without the line that names who wrote it.
fn without_byline(text: &str) -> String {
    let byline = |(at, line): &(usize, &str)| {
        let short = line.chars().count() <= HEAD_CHARS_MAX && !line.ends_with(['.', '!', '?']);
        let by = ["By ", "Von ", "Par ", "Por "]
            .iter()
            .any(|it| line.strip_prefix(it).is_some_and(|rest| rest.starts_with(char::is_uppercase)));
        *at < HEAD_LINES_MAX && short && by
    };
    let kept = text.lines().enumerate().filter(|it| !byline(it));
    kept.map(|it| it.1).collect::<Vec<_>>().join("\n")
}

fn json(source: &str) -> Result<Article, ArticleError> {
    let first = source.lines().next().unwrap_or_default();
    let value: Value = serde_json::from_str(source)
        .or_else(|_| serde_json::from_str(first))
        .map_err(|error| ArticleError::Json(error.to_string()))?;
    let field =
        |names: &[&str]| names.iter().find_map(|it| value.get(*it)?.as_str()).map(|it| clean(it.trim()));
    Ok(Article {
        title: field(&["title", "headline"]).unwrap_or_default(),
        text: field(&["text", "summary", "body", "content"]).unwrap_or_default(),
        published: field(&["published", "date"]).and_then(|it| moment(&it)).map(|it| it.0),
        lang: field(&["lang", "language"]),
        link: field(&["link", "url"]),
        outlet: field(&["outlet", "feed"]),
        ..Article::empty()
    })
}

/// Lines below the headline that may tell of the article instead of being it.
const HEAD_LINES_MAX: usize = 4;
/// Characters such a line may have.
const HEAD_CHARS_MAX: usize = 90;
/// Characters of a date behind "said on".
const SAID_CHARS_MAX: usize = 40;

fn plain(source: &str) -> Article {
    let mut lines = source.lines().map(str::trim).filter(|it| !it.is_empty());
    let mut article = Article { title: clean(lines.next().unwrap_or_default()), ..Article::empty() };
    let mut text = Vec::new();
    for (at, line) in lines.enumerate() {
        if at < HEAD_LINES_MAX && line.chars().count() <= HEAD_CHARS_MAX && head(&mut article, line) {
            continue;
        }
        text.push(clean(line));
    }
    if article.published.is_none() {
        article.published = text.first().and_then(|it| dateline_moment(it).or_else(|| said_moment(it)));
    }
    article.text = text.join("\n");
    article
}

/// The date of a dateline: "CARACAS, Jan 14 2026 (Agency) — …".
fn dateline_moment(line: &str) -> Option<Timestamp> {
    let dash = [" — ", " – ", " - "].iter().filter_map(|it| line.find(it)).min()?;
    let before = line.get(..dash).filter(|it| it.chars().count() <= HEAD_CHARS_MAX / 2)?;
    moment(before).map(|it| it.0)
}

/// The day on which the first paragraph says that something was said: "…, she said on Thursday, 5 February 2026."
fn said_moment(line: &str) -> Option<Timestamp> {
    let said = ["said on ", "announced on ", "told reporters on "];
    let (_, date) = said.iter().find_map(|it| line.split_once(it))?;
    // Up to the end of the sentence, or to what stands behind the year.
    let date: String = date.chars().take(SAID_CHARS_MAX).take_while(|it| !".;\n".contains(*it)).collect();
    let year = date.split_inclusive(' ').scan(0, |end, it| {
        *end += it.len();
        Some((it.trim_end_matches([' ', ',']), *end))
    });
    let is_year = |it: &str| it.len() == 4 && it.chars().all(|c| c.is_ascii_digit());
    let end = year.into_iter().find(|(word, _)| is_year(word)).map(|it| it.1)?;
    moment(date.get(..end)?.trim_end_matches([' ', ','])).map(|it| it.0)
}

/// Takes a line that is a date, an address or a byline.
fn head(article: &mut Article, line: &str) -> bool {
    if line.starts_with("http://") || line.starts_with("https://") {
        article.link = Some(line.to_owned());
        return true;
    }
    if article.published.is_none()
        && let Some((published, lang)) = moment(line)
    {
        article.published = Some(published);
        // A date in words of another language tells what the article is written in.
        article.lang = Some(lang.to_owned()).filter(|it| it != "en").or(article.lang.take());
        return true;
    }
    line.starts_with("By ") && !line.ends_with('.')
}

/// Languages a date line may be written in.
const DATE_LANGUAGES: &[&str] = &["en", "de", "fr", "ru", "uk", "fi"];

/// Reads a moment, and the language it is written in: RFC 3339, or a line that is little more than
/// a date with its year.
pub(super) fn moment(text: &str) -> Option<(Timestamp, &'static str)> {
    if let Ok(moment) = text.trim().parse::<Timestamp>() {
        return Some((moment, "en"));
    }
    DATE_LANGUAGES.iter().find_map(|lang| {
        let found = dates::mentions(text, Timestamp::UNIX_EPOCH, &TimeZone::UTC, Some(lang));
        let it = found
            .iter()
            .find(|it| it.value.is_some_and(|it| text.contains(&it.first().year().to_string())))?;
        // The words around it are a place, "Published", "Updated", a time and a zone.
        if text.len().saturating_sub(it.text.len()) > 40 || text.ends_with('.') {
            return None;
        }
        // Without a time, noon keeps the day the same in most zones.
        let noon = it.value?.first().at(12, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).ok()?;
        Some((noon.timestamp(), *lang))
    })
}

/// Leaves out control characters and makes runs of blanks one.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if c == '\n' {
            out.push('\n');
        } else if c.is_whitespace() || c.is_control() {
            if !out.ends_with([' ', '\n']) {
                out.push(' ');
            }
        } else if !hidden {
            out.push(c);
        }
    }
    out.trim().to_owned()
}
