//! Gathers a file and those it includes into one tree.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use super::{
    tree::{self, Branch, Node, Value},
    value,
};
use crate::{
    finding::{Notes, Place},
    limit,
};

/// What came of gathering.
pub(super) struct Gathered {
    /// All files in one.
    pub(super) tree: Branch,
    /// Whether every file could be read, so that a name nobody defines is a mistake.
    pub(super) whole: bool,
    /// The files, in reading order.
    pub(super) files: Vec<PathBuf>,
}

/// Reads a file and all it includes.
pub(super) fn gather(notes: &mut Notes, path: &Path) -> Gathered {
    let mut gathered = Gathered { tree: Branch::new(), whole: true, files: Vec::new() };
    let mut above = Vec::new();
    take(notes, &mut gathered, &mut above, path, None);
    gathered
}

/// Reads one file that `from` includes, within those `above` it.
fn take(notes: &mut Notes, into: &mut Gathered, above: &mut Vec<PathBuf>, path: &Path, from: Option<&Place>) {
    let name = path.display().to_string();
    let identity = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if above.contains(&identity) {
        let at = from.cloned().unwrap_or(Place { file: 0, span: 0..0 });
        let help = "leave out one of the `include`s in the circle";
        notes.error_help(&at, format!("{name} includes itself, directly or through others"), help);
        return;
    }
    if into.files.iter().any(|it| fs::canonicalize(it).is_ok_and(|it| it == identity)) {
        return;
    }
    let text = match text(path, into.files.len()) {
        Ok(text) => text,
        Err(why) => {
            into.whole = false;
            let at = from.cloned().unwrap_or_else(|| Place { file: notes.file(&name, ""), span: 0..0 });
            let help = "see that it is there, may be read, and is UTF-8";
            notes.error_help(&at, format!("failed to read {name}: {why}"), help);
            return;
        }
    };
    into.files.push(path.to_owned());
    let file = notes.file(&name, &text);
    let Some(mut tree) = tree::parse(notes, file, &text) else {
        into.whole = false;
        return;
    };
    let include = tree.remove("include");
    merge(notes, &mut into.tree, tree);
    above.push(identity);
    let patterns = include.as_ref().map(|it| list(notes, &it.node)).unwrap_or_default();
    for it in patterns {
        if let Some(pattern) = value::text(notes, it) {
            include_pattern(notes, into, above, path, &pattern, &it.at);
        }
    }
    above.pop();
}

/// The elements of `include`.
fn list<'a>(notes: &mut Notes, node: &'a Node) -> Vec<&'a Node> {
    match &node.value {
        Value::List(list) => list.iter().collect(),
        other => {
            let message = format!("`include` is {}, expected a list", other.kind());
            notes.error_help(&node.at, message, "for example include = [\"packs/*.toml\"]");
            Vec::new()
        }
    }
}

fn include_pattern(
    notes: &mut Notes,
    into: &mut Gathered,
    above: &mut Vec<PathBuf>,
    path: &Path,
    pattern: &str,
    at: &Place,
) {
    let folder = path.parent().unwrap_or(Path::new(""));
    if !pattern.contains('*') {
        take(notes, into, above, &folder.join(pattern), Some(at));
        return;
    }
    let found = expand(folder, Path::new(pattern));
    if found.is_empty() {
        notes.warning(
            at,
            format!("no file matches {pattern:?}"),
            "paths are taken from the folder of this file",
        );
    }
    let own = fs::canonicalize(path).ok();
    for it in found {
        // A pattern that also fits the file it stands in means the others.
        if fs::canonicalize(&it).ok() != own {
            take(notes, into, above, &it, Some(at));
        }
    }
}

/// The files a pattern fits, in the order of their names; `*` fits any run of characters in one name.
fn expand(folder: &Path, pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for part in pattern.components() {
        let part = part.as_os_str();
        let wild = part.to_str().filter(|it| it.contains('*'));
        found = found
            .iter()
            .flat_map(|it| match wild {
                None => vec![it.join(part)],
                Some(wild) => matching(it, wild),
            })
            .collect();
    }
    found.retain(|it| it.is_file());
    found
}

fn matching(folder: &Path, wild: &str) -> Vec<PathBuf> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let names = fs::read_dir(here).into_iter().flatten().flatten().map(|it| it.file_name());
    let mut found: Vec<PathBuf> = names
        .filter(|it| it.to_str().is_some_and(|it| !it.starts_with('.') && fits(wild, it)))
        .map(|it| folder.join(it))
        .collect();
    found.sort();
    found
}

/// Whether a name fits a pattern, part by part between its stars.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts: Vec<&str> = pattern.split('*').collect();
    let (Some(last), false) = (parts.pop(), parts.is_empty()) else { return pattern == name };
    let first = parts.remove(0);
    let Some(rest) = name.strip_prefix(first) else { return false };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    true
}

/// The text of a file within the limits.
fn text(path: &Path, files: usize) -> Result<String, String> {
    if files >= limit::CONFIG_FILES_MAX {
        return Err(format!("more than {} files", limit::CONFIG_FILES_MAX));
    }
    let file = fs::File::open(path).map_err(|it| it.to_string())?;
    let mut bytes = Vec::new();
    let most = limit::CONFIG_BYTES_MAX as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(|it| it.to_string())?;
    if bytes.len() > limit::CONFIG_BYTES_MAX {
        return Err(format!("longer than {} bytes", limit::CONFIG_BYTES_MAX));
    }
    String::from_utf8(bytes).map_err(|it| format!("not UTF-8 after byte {}", it.utf8_error().valid_up_to()))
}

/// Adds the tables of one file to those of the files before; what stands in two of them is noted.
pub(super) fn merge(notes: &mut Notes, into: &mut Branch, from: Branch) {
    for (key, entry) in from {
        let Some(there) = into.get_mut(&key) else {
            into.insert(key, entry);
            continue;
        };
        let (Value::Table(there), Value::Table(new)) = (&mut there.node.value, entry.node.value) else {
            notes.error_help(&entry.key, format!("`{key}` stands in two files"), "leave one of them out");
            continue;
        };
        for (name, entry) in new {
            match there.get(&name) {
                Some(first) => {
                    let message = format!("`{key}.{name}` stands in two files");
                    let help = format!("it is also in {}; keep one of them", notes.whereabouts(&first.key));
                    notes.error_help(&entry.key, message, help);
                }
                None => {
                    there.insert(name, entry);
                }
            }
        }
    }
}
