//! Where the configuration is looked for.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Where a configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file, and what it includes.
    File(PathBuf),
    /// The starter that comes with the program.
    Builtin,
}

/// Finds the configuration: the file asked for, `$STORYLINE_CONFIG`, then the first file that is
/// there of `$CONFIGURATION_DIRECTORY`, `$XDG_CONFIG_HOME/storyline` (by default
/// `~/.config/storyline`) and `/etc/storyline`, else the built-in starter.
///
/// A file somebody names must be there: it is returned whether it is or not. The environment and
/// the look at the disk are arguments: pass `|it| std::env::var_os(it)` and `Path::exists`.
pub fn locate(
    asked: Option<&Path>,
    environment: impl Fn(&str) -> Option<OsString>,
    exists: impl Fn(&Path) -> bool,
) -> Location {
    let set = |name: &str| environment(name).filter(|it| !it.is_empty());
    let named = asked.map(Path::to_owned).or_else(|| set("STORYLINE_CONFIG").map(PathBuf::from));
    if let Some(path) = named {
        return Location::File(path);
    }
    // systemd separates several directories by colons.
    let given = set("CONFIGURATION_DIRECTORY").map(|it| std::env::split_paths(&it).collect::<Vec<_>>());
    let home = set("XDG_CONFIG_HOME").map(PathBuf::from).filter(|it| it.is_absolute());
    let home = home.or_else(|| set("HOME").map(|it| Path::new(&it).join(".config")));
    let folders = given
        .into_iter()
        .flatten()
        .chain(home.map(|it| it.join("storyline")))
        .chain([PathBuf::from("/etc/storyline")]);
    folders
        .map(|it| it.join("storyline.toml"))
        .find(|it| exists(it))
        .map_or(Location::Builtin, Location::File)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(asked: Option<&str>, environment: &[(&str, &str)], there: &[&str], expected: &str) {
        let found = locate(
            asked.map(Path::new),
            |name| environment.iter().find(|it| it.0 == name).map(|it| it.1.into()),
            |path| there.iter().any(|it| path == Path::new(it)),
        );
        let expected = if expected.is_empty() { Location::Builtin } else { Location::File(expected.into()) };
        assert_eq!(found, expected);
    }

    #[test]
    fn the_first_place_that_has_a_configuration_wins() {
        let all = [
            ("STORYLINE_CONFIG", "named.toml"),
            ("CONFIGURATION_DIRECTORY", "/run/a:/run/b"),
            ("XDG_CONFIG_HOME", "/x"),
            ("HOME", "/home/u"),
        ];
        let etc = "/etc/storyline/storyline.toml";
        check(Some("asked.toml"), &all, &[etc], "asked.toml");
        check(None, &all, &[etc], "named.toml");
        check(None, &all[1..], &["/run/b/storyline.toml", etc], "/run/b/storyline.toml");
        check(None, &all[2..], &["/x/storyline/storyline.toml", etc], "/x/storyline/storyline.toml");
        check(
            None,
            &all[3..],
            &["/home/u/.config/storyline/storyline.toml"],
            "/home/u/.config/storyline/storyline.toml",
        );
        check(None, &all[3..], &[etc], etc);
        check(None, &all[1..], &[], "");
    }

    #[test]
    fn what_is_empty_or_relative_is_as_good_as_unset() {
        check(
            None,
            &[("STORYLINE_CONFIG", ""), ("XDG_CONFIG_HOME", "here"), ("HOME", "/h")],
            &["here/storyline/storyline.toml"],
            "",
        );
    }
}
