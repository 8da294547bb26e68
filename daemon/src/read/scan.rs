//! HTML in pieces: tags, and the text between them.
//!
//! Every byte is looked at a bounded number of times, also in markup that is
//! made to be hard: what was once found to have no end is not looked for again.

use std::borrow::Cow;

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text, in which references to characters still stand.
    Text(&'a str),
    /// A start tag: its name in lower case, and the tag as it was written.
    Start(Cow<'a, str>, &'a str),
    /// An end tag: its name in lower case.
    End(Cow<'a, str>),
    /// A comment or declaration.
    Unread,
}

/// Cuts HTML into pieces.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    rest: &'a str,
    /// Whether a quoted attribute value was found not to end, so that quotes mean nothing.
    quotes_broken: bool,
    /// Whether no comment ends in what is left.
    comments_broken: bool,
    /// Whether no tag ends in what is left.
    tags_broken: bool,
    /// Names of elements that were found not to end.
    endless: Vec<String>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self {
            rest: source,
            quotes_broken: false,
            comments_broken: false,
            tags_broken: false,
            endless: Vec::new(),
        }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (piece, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        piece
    }

    /// Goes on behind the end tag of the element that has just begun. Where there is none, goes to the end of
    /// everything if the content is `vital` to be left out, else nowhere.
    pub(super) fn skip_to_end(&mut self, name: &str, vital: bool) {
        if self.endless.iter().any(|it| it == name) {
            return;
        }
        let mut from = 0;
        while let Some(at) = self.rest.get(from..).and_then(|it| it.find("</")) {
            let after = from + at + 2;
            let found = self.rest.as_bytes().get(after..after + name.len());
            if found.is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes())) {
                let end = self
                    .rest
                    .get(after..)
                    .and_then(|it| it.find('>'))
                    .map_or(self.rest.len(), |it| after + it + 1);
                self.take(end);
                return;
            }
            from = after;
        }
        if vital {
            self.rest = "";
        } else {
            self.endless.push(name.to_owned());
        }
    }

    /// The length of what stands at the beginning and is markup; none where it is text.
    fn markup(&mut self) -> Option<usize> {
        let after = self.rest.get(1..)?;
        if !self.comments_broken
            && let Some(comment) = after.strip_prefix("!--")
        {
            match comment.find("-->") {
                Some(at) => return Some(at + 7),
                None => self.comments_broken = true,
            }
        }
        match after.as_bytes() {
            [b'!' | b'?', ..] => self.sign(),
            [b'/', c, ..] if c.is_ascii_alphabetic() => self.sign(),
            [c, ..] if c.is_ascii_alphabetic() => self.tag(),
            _ => None,
        }
    }

    fn sign(&mut self) -> Option<usize> {
        if self.tags_broken {
            return None;
        }
        let length = self.rest.find('>').map(|at| at + 1);
        self.tags_broken = length.is_none();
        length
    }

    /// The length of a start tag, whose attribute values may hold `>` in quotes.
    fn tag(&mut self) -> Option<usize> {
        let simple = self.sign()?;
        if self.quotes_broken || !self.rest.get(..simple)?.contains('=') {
            return Some(simple);
        }
        let bytes = self.rest.as_bytes();
        let mut at = 1;
        let mut value = false;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'>' => return Some(at + 1),
                b'"' | b'\'' if value => match bytes.get(at + 1..)?.iter().position(|it| it == byte) {
                    Some(length) => at += length + 1,
                    None => break,
                },
                _ => {}
            }
            value = *byte == b'=' || (value && byte.is_ascii_whitespace());
            at += 1;
        }
        self.quotes_broken = true;
        Some(simple)
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        if !self.rest.starts_with('<') {
            let length = self.rest.find('<').unwrap_or(self.rest.len());
            return Some(Piece::Text(self.take(length)));
        }
        let Some(length) = self.markup() else { return Some(Piece::Text(self.take(1))) };
        let written = self.take(length);
        let end = written.starts_with("</");
        let name = written.trim_start_matches(['<', '/']);
        let name =
            name.get(..name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len()));
        let name = match name {
            None | Some("") => return Some(Piece::Unread),
            Some(name) if name.bytes().any(|it| it.is_ascii_uppercase()) => name.to_ascii_lowercase().into(),
            Some(name) => name.into(),
        };
        Some(if end { Piece::End(name) } else { Piece::Start(name, written) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_falls_into_pieces() {
        #[track_caller]
        fn check(html: &str, expected: &[Piece<'_>]) {
            assert_eq!(Scanner::new(html).collect::<Vec<_>>(), expected);
        }
        check(
            "a<B>c</b>",
            &[Piece::Text("a"), Piece::Start("b".into(), "<B>"), Piece::Text("c"), Piece::End("b".into())],
        );
        check("<a title=\"x>y\">z", &[Piece::Start("a".into(), "<a title=\"x>y\">"), Piece::Text("z")]);
        check("<a title=\"x>y", &[Piece::Start("a".into(), "<a title=\"x>"), Piece::Text("y")]);
        check("<!-- > --><!DOCTYPE html>x", &[Piece::Unread, Piece::Unread, Piece::Text("x")]);
        check("1 < 2", &[Piece::Text("1 "), Piece::Text("<"), Piece::Text(" 2")]);
    }

    #[test]
    fn markup_that_never_ends_is_not_looked_for_twice() {
        for part in ["<a x=\"", "<a x='>", "<a x=\">", "<noscript>", "<!-->", "<!--", "</", "</a", "<a"] {
            let hard = part.repeat(200_000);
            let mut scanner = Scanner::new(&hard);
            while let Some(piece) = scanner.next() {
                if let Piece::Start(name, _) = piece {
                    scanner.skip_to_end(&name, false);
                }
            }
        }
    }
}
