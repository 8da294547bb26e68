//! Where the labelled data lies, and how figures are laid out.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use serde_json::Value;

/// The labelled data beside the project.
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/detection");

/// One figure, and what it is to reach.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) figure: f64,
    /// More about it.
    pub(super) besides: String,
    pub(super) goal: f64,
    /// Whether the test fails where it is not reached.
    pub(super) must: bool,
}

impl Row {
    pub(super) fn new(what: &str, figure: f64, besides: impl Into<String>, goal: f64) -> Self {
        Self { what: what.to_owned(), figure, besides: besides.into(), goal, must: false }
    }

    /// The same, and the test fails where it is not reached.
    pub(super) fn must(self) -> Self {
        Self { must: true, ..self }
    }

    pub(super) fn is_reached(&self) -> bool {
        self.figure + 1e-9 >= self.goal
    }
}

pub(super) fn table(rows: &[Row]) -> String {
    let wide = rows.iter().map(|it| it.what.chars().count()).max().unwrap_or_default();
    let mut text = format!("{:wide$}  figure    goal\n", "");
    for it in rows {
        let reached = if it.is_reached() { " " } else { "<" };
        text += &format!("{:wide$}   {:.3} {reached} {:5.3}  {}\n", it.what, it.figure, it.goal, it.besides);
    }
    text
}

/// A file of the shared data; says so where it is absent.
pub(super) fn place(name: &str) -> Option<PathBuf> {
    let path = Path::new(SHARED).join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is not there; its figures are not measured", path.display());
    None
}

/// The lines of a file, unpacked where it is packed.
pub(super) fn lines(name: &str) -> Option<Vec<Value>> {
    let path = place(name)?;
    let mut text = String::new();
    if path.extension().is_some_and(|it| it == "gz") {
        GzDecoder::new(File::open(path).ok()?).read_to_string(&mut text).ok()?;
    } else {
        text = fs::read_to_string(path).ok()?;
    }
    Some(text.lines().map(|it| serde_json::from_str(it).unwrap()).collect())
}

pub(super) fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

/// The harmonic mean of precision and recall, and both, item by item.
pub(super) fn bcubed<G: Ord, P: Ord>(items: &[(G, P)]) -> [f64; 3] {
    let all = items.len().max(1) as f64;
    let (mut precision, mut recall) = (0.0, 0.0);
    for (gold, found) in items {
        let both = items.iter().filter(|it| it.0 == *gold && it.1 == *found).count() as f64;
        precision += both / items.iter().filter(|it| it.1 == *found).count() as f64;
        recall += both / items.iter().filter(|it| it.0 == *gold).count() as f64;
    }
    let (precision, recall) = (precision / all, recall / all);
    [2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE), precision, recall]
}

/// How well a score follows another.
pub(super) fn pearson(pairs: &[(f64, f64)]) -> f64 {
    let all = pairs.len().max(1) as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / all;
    let (x, y) = (mean(|it| it.0), mean(|it| it.1));
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
    let both = sum(&|it| (it.0 - x) * (it.1 - y));
    both / (sum(&|it| (it.0 - x).powi(2)) * sum(&|it| (it.1 - y).powi(2))).sqrt()
}

/// How often a pair that is the same scores above one that is not.
pub(super) fn auc(scores: &[(f64, bool)]) -> f64 {
    let (mut above, mut all) = (0.0, 0.0);
    for (same, _) in scores.iter().filter(|it| it.1) {
        for (other, _) in scores.iter().filter(|it| !it.1) {
            all += 1.0;
            above += if same > other {
                1.0
            } else if same < other {
                0.0
            } else {
                0.5
            };
        }
    }
    above / f64::max(all, 1.0)
}
