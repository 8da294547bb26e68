//! What is wrong with a configuration, with its place and how to mend it.
//!
//! All that can be told is told at once. A [`Finding`] names file, line and
//! column; [`Findings`] also hold the texts, so that they can be shown the way
//! a compiler does.

use std::{collections::BTreeMap, fmt, ops::Range, sync::Arc};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingSeverity {
    /// The configuration cannot be used.
    Error,
    /// It can be used, but may not do what was meant.
    Warning,
}

/// One thing about a configuration that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether the configuration can still be used.
    pub severity: FindingSeverity,
    /// The file it stands in, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, in one line without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The bytes of the file it is about.
    #[serde(skip)]
    span: Range<usize>,
}

/// Everything that was found, in the order of files and lines.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    list: Vec<Finding>,
    texts: BTreeMap<String, Arc<str>>,
    /// The files in reading order.
    files: Vec<String>,
}

impl Findings {
    /// Every finding, by file in reading order, then by place.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether one of them forbids the use of the configuration.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|it| it.severity == FindingSeverity::Error)
    }

    /// Shows all findings with the lines they are about; with colours if `styled`.
    pub fn render(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let mut shown = String::new();
        for it in &self.list {
            shown.push_str(renderer.render(&[self.group(it)]).trim_end());
            shown.push_str("\n\n");
        }
        shown.truncate(shown.trim_end().len());
        shown
    }

    fn group<'a>(&'a self, it: &'a Finding) -> Group<'a> {
        let level = match it.severity {
            FindingSeverity::Error => Level::ERROR,
            FindingSeverity::Warning => Level::WARNING,
        };
        let title = level.primary_title(it.message.as_str());
        let group = match self.texts.get(&it.file) {
            Some(text) if !text.is_empty() => title.element(
                Snippet::source(&**text)
                    .path(it.file.as_str())
                    .annotation(AnnotationKind::Primary.span(it.span.clone())),
            ),
            _ => title.element(Origin::path(it.file.as_str())),
        };
        match &it.help {
            Some(help) => group.element(Level::HELP.message(help.as_str())),
            None => group,
        }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Findings {}

impl Serialize for Findings {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}

/// A place in one of the files being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: usize,
    pub(crate) span: Range<usize>,
}

/// What a name written somewhere must be the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mentioned {
    /// An actor or a place.
    Pack,
    /// A storyline, or one the starter has.
    Parent,
    /// A storyline.
    Storyline,
}

/// A name that was mentioned, to be looked up once everything is read.
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    pub(crate) what: Mentioned,
    pub(crate) name: String,
    pub(crate) at: Place,
}

/// Collects findings, and names still to be looked up, while files are read.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    files: Vec<(String, Arc<str>)>,
    list: Vec<(usize, Finding)>,
    /// The names that were mentioned so far.
    pub(crate) mentions: Vec<Mention>,
}

impl Notes {
    /// Goes on where findings ended: places name the same files.
    pub(crate) fn again(findings: &Findings) -> Self {
        let text = |it: &String| findings.texts.get(it).cloned().unwrap_or_else(|| "".into());
        let files = findings.files.iter().map(|it| (it.clone(), text(it))).collect();
        let place =
            |it: &Finding| findings.files.iter().position(|name| *name == it.file).unwrap_or_default();
        let list = findings.list.iter().map(|it| (place(it), it.clone())).collect();
        Self { files, list, mentions: Vec::new() }
    }

    /// Takes a file in and says by which number its places name it.
    pub(crate) fn file(&mut self, name: &str, text: &str) -> usize {
        self.files.push((name.to_owned(), text.into()));
        self.files.len() - 1
    }

    /// The name of the file a place is in.
    pub(crate) fn name(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |it| &it.0)
    }

    /// A place in words: "storyline.toml, line 7".
    pub(crate) fn whereabouts(&self, at: &Place) -> String {
        let (name, text) = self.files.get(at.file).map_or(("", ""), |(name, text)| (name, text));
        format!("{name}, line {}", position(text, at.span.start).0)
    }

    /// Notes something that forbids the use of the configuration.
    pub(crate) fn error(&mut self, at: &Place, message: impl Into<String>) {
        self.note(FindingSeverity::Error, at, &message.into(), None);
    }

    /// Notes an error with what to do about it.
    pub(crate) fn error_help(&mut self, at: &Place, message: impl Into<String>, help: impl Into<String>) {
        self.note(FindingSeverity::Error, at, &message.into(), Some(help.into()));
    }

    /// Notes something that may not be what was meant.
    pub(crate) fn warning(&mut self, at: &Place, message: impl Into<String>, help: impl Into<String>) {
        self.note(FindingSeverity::Warning, at, &message.into(), Some(help.into()));
    }

    /// Remembers a name to be looked up at the end.
    pub(crate) fn mention(&mut self, what: Mentioned, name: &str, at: &Place) {
        self.mentions.push(Mention { what, name: name.to_owned(), at: at.clone() });
    }

    /// Whether an error was noted so far.
    pub(crate) fn has_errors(&self) -> bool {
        self.list.iter().any(|(_, it)| it.severity == FindingSeverity::Error)
    }

    fn note(&mut self, severity: FindingSeverity, at: &Place, message: &str, help: Option<String>) {
        let (file, text) = self.files.get(at.file).map_or(("", ""), |(name, text)| (name, text));
        let span = within(text, &at.span);
        let (line, column) = position(text, span.start);
        let message = masked(message).to_string();
        let finding = Finding { severity, file: file.to_owned(), line, column, message, help, span };
        self.list.push((at.file, finding));
    }

    /// Everything noted, in order, each once.
    pub(crate) fn finish(mut self) -> Findings {
        self.list.sort_by_key(|(file, it)| (*file, it.span.start, it.span.end));
        let mut list: Vec<Finding> = self.list.into_iter().map(|(_, it)| it).collect();
        list.dedup();
        let shown = |text: &str| veiled(&masked(text));
        let files = self.files.iter().map(|(name, _)| name.clone()).collect();
        let texts = self.files.into_iter().map(|(name, text)| (name, shown(&text))).collect();
        Findings { list, texts, files }
    }
}

/// A text with the passwords of its addresses starred out, every byte in its place.
fn masked(text: &str) -> Arc<str> {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        let end = after.find(['/', '"', '\'', '\n']).unwrap_or(after.len());
        let (host, tail) = after.split_at(end);
        shown.push_str(before);
        shown.push_str("://");
        match host.rsplit_once('@').and_then(|(user, host)| Some((user.split_once(':')?, host))) {
            Some(((user, password), host)) => {
                shown.extend([user, ":", &"*".repeat(password.len()), "@", host]);
            }
            None => shown.push_str(host),
        }
        rest = tail;
    }
    shown.push_str(rest);
    shown.into()
}

/// A text with what follows the host in the addresses of sinks starred out: it often is what admits to them.
fn veiled(text: &str) -> Arc<str> {
    let mut in_sink = false;
    let veil = |line: &str| {
        let start = line.trim_start();
        // However a table or a key of sinks is written; to veil another that begins like it does no harm.
        let name = start.trim_start_matches('[').trim_start().trim_start_matches(['"', '\'']);
        if start.starts_with('[') {
            in_sink = name.starts_with("sink");
        }
        if in_sink || name.starts_with("sink") { veiled_line(line) } else { line.to_owned() }
    };
    text.split_inclusive('\n').map(veil).collect::<String>().into()
}

fn veiled_line(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("://") {
        let end = after.find(['"', '\'', '\n']).unwrap_or(after.len());
        let (address, tail) = after.split_at(end);
        let cut = address.find(['/', '?']).map_or(address.len(), |it| it + 1);
        let (host, secret) = address.split_at(cut);
        shown.extend([before, "://", host, &"*".repeat(secret.len())]);
        rest = tail;
    }
    shown + rest
}

/// The span cut to the text, on its character borders.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_admits_to_a_sink_is_veiled_however_the_sink_is_written() {
        let check = |text: &str| {
            let shown = veiled(text);
            assert!(!shown.contains("SECRET"), "{text} is shown as {shown}");
            assert!(shown.contains("https://hooks.example/"), "{text} is shown as {shown}");
            assert_eq!(shown.len(), text.len());
        };
        check("[sink.desk]\nurl = \"https://hooks.example/SECRET\"\n");
        check("[sink]\ndesk = { kind = \"slack\", url = \"https://hooks.example/SECRET\" }\n");
        check("sink = { desk = { url = 'https://hooks.example/SECRET' } }\n");
        check("sink.desk.url = \"https://hooks.example/SECRET\"");
        check("\"sink\".desk.url = \"https://hooks.example/SECRET\"");
        check("[ sink.desk ]\nurl = \"https://hooks.example/SECRET\"\n");
        check("[\"sink\".desk]\nurl = \"https://hooks.example/SECRET\"\n");
        check("  ['sink'.desk]\nurl = \"https://hooks.example/?key=SECRET\"\n");
        check("[sink]\na = { url = \"https://hooks.example/SECRET\" } # or \"https://b.example/SECRET\"\n");
        let feed = "[sink.desk]\n[feed.bbc]\nurl = \"https://bbc.example/rss\"\n";
        assert_eq!(&*veiled(feed), feed);
    }
}
