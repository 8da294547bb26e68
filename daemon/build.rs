//! Names what makes snapshots: a program whose state or memory may follow from the log in another way drops them.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

/// Everything that state and memory are made by.
const ROOMS: [&str; 3] = ["src/detect", "../store/src", "../config/src"];

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for room in ROOMS.map(Path::new) {
        // Where the house was taken apart, the version still tells.
        if room.is_dir() {
            println!("cargo:rerun-if-changed={}", room.display());
            collect(room, &mut files)?;
        }
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    for path in files {
        fs::read(path)?.hash(&mut hasher);
    }
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=STORYLINE_MAKER={}", hasher.finish());
    Ok(())
}

fn collect(room: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(room)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
