//! Several files make one configuration.

use std::path::Path;

use expect_test::expect;

use crate::{Config, FeedId, Source};

/// A folder with these files; the first is what is loaded.
fn load(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let shown = match Config::load(&folder.path().join(files[0].0)) {
        Ok(loaded) => {
            let feeds: Vec<&str> = loaded.config.feeds.keys().map(FeedId::as_str).collect();
            format!("{} files, feeds {feeds:?}\n{}", loaded.files.len(), loaded.findings)
        }
        Err(findings) => findings.render(false),
    };
    shown.replace(&folder.path().display().to_string(), "DIR")
}

const ONE: &str = "[feed.one]\nkind = \"file\"\npath = \"one.xml\"\n";
const TWO: &str = "[feed.two]\nkind = \"file\"\npath = \"two.xml\"\n";

#[test]
fn files_are_merged_whatever_way_they_are_included() {
    let main = "include = [\"packs/*.toml\", \"*.toml\", \"packs/b.toml\"]\n[poll]\nper_host = 2\n";
    let shown = load(&[
        ("storyline.toml", main),
        ("packs/a.toml", ONE),
        ("packs/b.toml", "include = [\"../more/c.toml\"]"),
        ("packs/notes.txt", "no toml"),
        ("more/c.toml", TWO),
    ]);
    expect![[r#"
        4 files, feeds ["one", "two"]
    "#]]
    .assert_eq(&shown);
}

#[test]
fn files_that_contradict_include_themselves_or_are_missing_are_told() {
    let main = format!("include = [\"a.toml\", \"b.toml\", \"gone.toml\", \"none/*.toml\"]\n{ONE}");
    let shown = load(&[
        ("storyline.toml", &main),
        ("a.toml", &format!("{ONE}{TWO}")),
        ("b.toml", "include = [\"storyline.toml\"]\n[poll]\nper_hots = 2\n"),
    ]);
    expect![[r#"
        error: failed to read DIR/gone.toml: No such file or directory (os error 2)
         --> DIR/storyline.toml:1:32
          |
        1 | include = ["a.toml", "b.toml", "gone.toml", "none/*.toml"]
          |                                ^^^^^^^^^^^
          |
          = help: see that it is there, may be read, and is UTF-8

        warning: no file matches "none/*.toml"
         --> DIR/storyline.toml:1:45
          |
        1 | include = ["a.toml", "b.toml", "gone.toml", "none/*.toml"]
          |                                             ^^^^^^^^^^^^^
          |
          = help: paths are taken from the folder of this file

        error: `feed.one` stands in two files
         --> DIR/a.toml:1:7
          |
        1 | [feed.one]
          |       ^^^
          |
          = help: it is also in DIR/storyline.toml, line 2; keep one of them

        error: DIR/storyline.toml includes itself, directly or through others
         --> DIR/b.toml:1:12
          |
        1 | include = ["storyline.toml"]
          |            ^^^^^^^^^^^^^^^^
          |
          = help: leave out one of the `include`s in the circle

        error: unknown key `per_hots` in [poll]
         --> DIR/b.toml:3:1
          |
        3 | per_hots = 2
          | ^^^^^^^^
          |
          = help: did you mean `per_host`?"#]]
    .assert_eq(&shown);
}

#[test]
fn a_file_that_is_not_there_is_told_by_its_name() {
    let findings = Config::load(Path::new("/nowhere/storyline.toml")).unwrap_err();
    expect![[r#"
        error: failed to read /nowhere/storyline.toml: No such file or directory (os error 2)
        --> /nowhere/storyline.toml
         = help: see that it is there, may be read, and is UTF-8"#]]
    .assert_eq(&findings.to_string());
}

#[test]
fn relative_paths_are_taken_from_the_folder_of_their_file() {
    let loaded = Config::parse("/etc/storyline/a.toml", ONE).unwrap();
    let feed = loaded.config.feeds.values().next().unwrap();
    assert_eq!(feed.source, Source::File("/etc/storyline/one.xml".into()));
}
