//! Where the daemon keeps its data and listens, by configuration and environment (pure).

use std::{ffi::OsString, path::PathBuf};

use storyline_config::Daemon;

/// What the environment says of a name; empty counts as nothing.
type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

fn path(env: Env<'_>, name: &str) -> Option<PathBuf> {
    env(name).filter(|it| !it.is_empty()).map(PathBuf::from)
}

/// Where the log lives: as configured, else `$STATE_DIRECTORY`, else `storyline` below the person's state directory.
///
/// None where there is not even a home.
pub fn data_dir(daemon: &Daemon, env: Env<'_>) -> Option<PathBuf> {
    let state = || path(env, "XDG_STATE_HOME").or_else(|| Some(path(env, "HOME")?.join(".local/state")));
    // systemd lists several, parted by colons; ours is the first.
    let given = || {
        let all = path(env, "STATE_DIRECTORY")?;
        all.to_str().and_then(|it| it.split(':').next()).map(PathBuf::from)
    };
    daemon.data_dir.clone().or_else(given).or_else(|| Some(state()?.join("storyline")))
}

/// Where the daemon listens when systemd handed nothing over.
pub fn socket(daemon: &Daemon, env: Env<'_>) -> PathBuf {
    let runtime = || Some(path(env, "XDG_RUNTIME_DIR")?.join("storyline/storyline.sock"));
    daemon.socket.clone().or_else(runtime).unwrap_or_else(|| PathBuf::from("/run/storyline/storyline.sock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_wins_then_systemd_then_the_person() {
        let check = |configured: Option<&str>, env: &[(&str, &str)], want: Option<&str>| {
            let env = |name: &str| env.iter().find(|it| it.0 == name).map(|it| OsString::from(it.1));
            let daemon = Daemon { data_dir: configured.map(PathBuf::from), ..Daemon::default() };
            assert_eq!(data_dir(&daemon, &env), want.map(PathBuf::from));
        };
        let all = [("STATE_DIRECTORY", "/var/lib/s:/x"), ("XDG_STATE_HOME", "/s"), ("HOME", "/h")];
        check(Some("/c"), &all, Some("/c"));
        check(None, &all, Some("/var/lib/s"));
        check(None, &all[1..], Some("/s/storyline"));
        check(None, &all[2..], Some("/h/.local/state/storyline"));
        check(None, &[("XDG_STATE_HOME", ""), ("HOME", "/h")], Some("/h/.local/state/storyline"));
        check(None, &[], None);
    }
}
