//! A TOML file as a tree of values that know their places.
//!
//! Reading values out of a tree instead of deserializing types lets one pass
//! tell everything that is wrong, and merges files before anything is typed.

use std::collections::BTreeMap;

use serde_spanned::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::finding::{Notes, Place};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: Place,
    pub(super) value: Value,
}

/// A value of TOML.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    Table(Branch),
    List(Vec<Node>),
    /// A float, a truth value, a date, a number out of range: no key takes one. By its kind's name.
    Other(&'static str),
}

/// The entries of a table by key.
pub(super) type Branch = BTreeMap<String, Entry>;

/// One entry of a table: where its key stands, and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: Place,
    pub(super) node: Node,
}

impl Value {
    /// What kind of value it is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Whole(_) => "a whole number",
            Self::Table(_) => "a table",
            Self::List(_) => "a list",
            Self::Other(kind) => kind,
        }
    }
}

/// Reads a file that was taken in as number `file`; none where its syntax is broken, which is noted.
pub(super) fn parse(notes: &mut Notes, file: usize, text: &str) -> Option<Branch> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for it in &errors {
        let span = it.span().unwrap_or(text.len()..text.len());
        let at = Place { file, span };
        match it.message() {
            "duplicate key" => {
                let help = "a table or a key stands once; make one of the two, or name one of them otherwise";
                notes.error_help(&at, "this stands here for the second time", help);
            }
            message => notes.error(&at, message),
        }
    }
    errors.is_empty().then(|| branch(file, table.into_inner()))
}

fn branch(file: usize, table: DeTable<'_>) -> Branch {
    table.into_iter().map(|(key, value)| entry(file, key, value)).collect()
}

fn entry(file: usize, key: Spanned<DeString<'_>>, value: Spanned<DeValue<'_>>) -> (String, Entry) {
    let at = Place { file, span: key.span() };
    (key.into_inner().into_owned(), Entry { key: at, node: node(file, value) })
}

fn node(file: usize, spanned: Spanned<DeValue<'_>>) -> Node {
    let at = Place { file, span: spanned.span() };
    let value = match spanned.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(it) => i64::from_str_radix(it.as_str(), it.radix())
            .map_or(Value::Other("a number out of range"), Value::Whole),
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Boolean(_) => Value::Other("a truth value"),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(list) => Value::List(list.into_iter().map(|it| node(file, it)).collect()),
        DeValue::Table(table) => Value::Table(branch(file, table)),
    };
    Node { at, value }
}
