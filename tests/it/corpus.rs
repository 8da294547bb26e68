//! Real feed documents out of the shared corpus.

use std::{path::Path, process::Command};

/// Every so manieth document of the corpus, `count` in all; none, said loudly, where `zstd` is missing.
pub(crate) fn sample(archive: &Path, count: usize) -> Option<Vec<Vec<u8>>> {
    let folder = tempfile::tempdir().unwrap();
    let unpack =
        Command::new("tar").arg("--zstd").arg("-xf").arg(archive).arg("-C").arg(folder.path()).status();
    if !unpack.is_ok_and(|it| it.success()) {
        eprintln!(
            "SKIPPED: the corpus cannot be unpacked here (tar and zstd are needed), nothing was tested"
        );
        return None;
    }
    let manifest = find(folder.path(), "expected.jsonl").expect("the corpus has its expectations");
    let base = manifest.parent().unwrap().to_owned();
    let lines = std::fs::read_to_string(&manifest).unwrap();
    let readable = lines.lines().filter_map(|line| {
        let it: serde_json::Value = serde_json::from_str(line).unwrap();
        (it["read"] == true && it["entries"].as_u64() > Some(0))
            .then(|| it["n"].as_str().map(str::to_owned))
            .flatten()
    });
    let numbers: Vec<String> = readable.collect();
    let step = (numbers.len() / count).max(1);
    let read = |n: &String| std::fs::read(base.join("files").join(n)).unwrap();
    Some(numbers.iter().step_by(step).take(count).map(read).collect())
}

fn find(folder: &Path, name: &str) -> Option<std::path::PathBuf> {
    for entry in std::fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        if path.is_dir() {
            if let Some(found) = find(&path, name) {
                return Some(found);
            }
        } else if path.file_name().is_some_and(|it| it == name) {
            return Some(path);
        }
    }
    None
}
