//! What a file brings into scope, read from its `use` trees.
//!
//! A small scanner and no parser: comments, strings and characters are skipped, and of the rest only words, `::`, braces,
//! commas, stars and semicolons count.

use std::{iter::Peekable, str::CharIndices};

/// One name that a file brings into scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    /// The whole path: `std::fs::File`, or `std::fs::*`.
    pub(crate) path: String,
    /// The name it has in the file: the last of the path, or what stands behind `as`.
    pub(crate) name: String,
    /// The line its statement begins on, from 1.
    pub(crate) line: usize,
}

/// Everything the `use` statements of a text bring into scope, in order.
pub(crate) fn imports(text: &str) -> Vec<Import> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((token, line)) = tokens.get(at) {
        at += 1;
        if *token == "use" {
            tree(&tokens, &mut at, &mut Vec::new(), *line, &mut found);
        }
    }
    found
}

/// Reads one tree from `at` on, below `path`; ends behind it.
fn tree<'t>(
    tokens: &[(&'t str, usize)],
    at: &mut usize,
    path: &mut Vec<&'t str>,
    line: usize,
    found: &mut Vec<Import>,
) {
    let above = path.len();
    while let Some((token, _)) = tokens.get(*at) {
        match *token {
            "::" => *at += 1,
            "{" => {
                *at += 1;
                while tokens.get(*at).is_some_and(|it| it.0 != "}") {
                    let before = *at;
                    tree(tokens, at, path, line, found);
                    // A comma, or whatever no tree begins with.
                    *at = (*at).max(before) + usize::from(tokens.get(*at).is_some_and(|it| it.0 == ","));
                    if *at == before {
                        return;
                    }
                }
                *at += 1;
                return path.truncate(above);
            }
            "," | "}" | ";" => break,
            "as" => {
                let name = tokens.get(*at + 1).map_or("_", |it| it.0);
                found.push(Import { path: joined(path), name: name.to_owned(), line });
                *at += 2;
                return path.truncate(above);
            }
            word => {
                path.push(word);
                *at += 1;
            }
        }
    }
    if path.len() > above {
        let whole = joined(path);
        let name = whole.rsplit("::").next().unwrap_or_default().to_owned();
        found.push(Import { path: whole, name, line });
    }
    path.truncate(above);
}

/// The path of some words; `self` at its end is what stands before it.
fn joined(words: &[&str]) -> String {
    let words = words.strip_suffix(&["self"]).filter(|it| !it.is_empty()).unwrap_or(words);
    words.join("::")
}

fn tokens(text: &str) -> Vec<(&str, usize)> {
    let (mut tokens, mut line) = (Vec::new(), 1);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let rest = &text[at..];
        match c {
            '\n' => line += 1,
            '/' if rest.starts_with("//") => skip(&mut chars, rest.find('\n').unwrap_or(rest.len()) + at),
            '/' if rest.starts_with("/*") => {
                let end = rest.find("*/").map_or(rest.len(), |it| it + 2);
                line += rest[..end].matches('\n').count();
                skip(&mut chars, at + end);
            }
            '"' => {
                let end = string_end(rest);
                line += rest[..end].matches('\n').count();
                skip(&mut chars, at + end);
            }
            'r' if is_raw(rest) => {
                let hashes = rest[1..].chars().take_while(|it| *it == '#').count();
                let close = format!("\"{}", "#".repeat(hashes));
                let open = hashes + 2;
                let end = rest[open..].find(&close).map_or(rest.len(), |it| open + it + close.len());
                line += rest[..end].matches('\n').count();
                skip(&mut chars, at + end);
            }
            '\'' => skip(&mut chars, at + character_end(rest)),
            ':' if rest.starts_with("::") => {
                tokens.push((&rest[..2], line));
                chars.next();
            }
            '{' | '}' | ',' | '*' | ';' => tokens.push((&rest[..1], line)),
            c if c.is_alphanumeric() || c == '_' => {
                let end = rest.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(rest.len());
                tokens.push((&rest[..end], line));
                skip(&mut chars, at + end);
            }
            _ => {}
        }
    }
    tokens
}

fn skip(chars: &mut Peekable<CharIndices<'_>>, to: usize) {
    while chars.next_if(|(at, _)| *at < to).is_some() {}
}

/// Whether a raw string begins here, and no name with an `r` in front.
fn is_raw(rest: &str) -> bool {
    rest[1..].trim_start_matches('#').starts_with('"')
}

fn string_end(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Where a character ends; a lifetime is only its quote.
fn character_end(rest: &str) -> usize {
    let mut inside = rest.char_indices().skip(1);
    match inside.next() {
        Some((_, '\\')) => inside.skip(1).find(|it| it.1 == '\'').map_or(1, |it| it.0 + 1),
        Some(_) => inside.next().filter(|it| it.1 == '\'').map_or(1, |it| it.0 + 1),
        None => 1,
    }
}

#[test]
fn every_form_of_a_use_tree_is_read() {
    let check = |text: &str, want: &[&str]| {
        let found: Vec<String> = imports(text)
            .into_iter()
            .map(|it| format!("{} as {} on {}", it.path, it.name, it.line))
            .collect();
        assert_eq!(found, want, "{text}");
    };
    check("use std::fs;", &["std::fs as fs on 1"]);
    check("pub(crate) use std::fs as disk;", &["std::fs as disk on 1"]);
    check("\nuse std::{fs, process};", &["std::fs as fs on 2", "std::process as process on 2"]);
    check(
        "use ::std::{self, fs::{self, File}};",
        &["std as std on 1", "std::fs as fs on 1", "std::fs::File as File on 1"],
    );
    check(
        "use std::{\n    collections::BTreeMap,\n    io::{Read as _, *},\n};\nuse a::b;",
        &[
            "std::collections::BTreeMap as BTreeMap on 1",
            "std::io::Read as _ on 1",
            "std::io::* as * on 1",
            "a::b as b on 5",
        ],
    );
    check(
        "/* use std::a; */ // use std::b;\nlet s = \"use std::c; \\\" use std::d;\"; use e;",
        &["e as e on 2"],
    );
    check(
        "let s = r#\"use std::a; \" use b;\"#; let c = '\"'; fn f<'a>() { use c::d; }",
        &["c::d as d on 1"],
    );
    check("use a::{b, c::{d,}, };", &["a::b as b on 1", "a::c::d as d on 1"]);
    check("use a::{;", &[]);
    check("let reuse = 1;", &[]);
}
