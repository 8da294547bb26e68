//! What every command takes.

use std::path::{Path, PathBuf};

use clap::Args;
use storyline_config::{Config, Findings, Loaded, Location, locate};

use super::{Exit, Failure};
use crate::run::data_dir;

/// Where the daemon listens by default, below the runtime directory.
const SOCKET_NAME: &str = "storyline/storyline.sock";
/// Where the system's daemon listens.
const SYSTEM_SOCKET: &str = "/run/storyline/storyline.sock";

/// What every command takes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Global {
    /// The configuration to use instead of the one that is looked up
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The daemon's socket
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// Print JSON: one document, or one line each for streams
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl Global {
    /// Where the configuration is.
    pub(crate) fn location(&self) -> Location {
        locate(self.config.as_deref(), |it| std::env::var_os(it), Path::exists)
    }

    /// Reads the configuration.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub(crate) fn load(&self) -> Result<Loaded, Findings> {
        Config::open(&self.location())
    }

    /// Reads the configuration.
    ///
    /// # Errors
    ///
    /// 78 with everything that is wrong with it.
    pub(crate) fn loaded(&self) -> Result<Loaded, Failure> {
        self.load().map_err(|it| Failure::of_findings(it.to_string(), "", &it))
    }

    /// Sees to it that the configuration that was named can be read at all; whether it is right is not asked.
    ///
    /// # Errors
    ///
    /// 78 where it cannot be read.
    pub(crate) fn readable(&self) -> Result<(), Failure> {
        match self.location() {
            Location::File(path) if self.socket.is_none() => match std::fs::File::open(path) {
                Ok(_) => Ok(()),
                Err(_) => self.loaded().map(drop),
            },
            Location::File(_) | Location::Builtin => Ok(()),
        }
    }

    /// Where the log lives.
    ///
    /// # Errors
    ///
    /// 78 where the configuration is wrong, or where no place is known.
    pub(crate) fn data_dir(&self) -> Result<PathBuf, Failure> {
        let config = self.loaded()?.config;
        let hint = "set data_dir in [daemon], or $HOME";
        let homeless = || Failure::new(Exit::Configuration, "no place is known for the log", hint);
        data_dir(&config.daemon, &|it| std::env::var_os(it)).ok_or_else(homeless)
    }

    /// Where the daemon may listen, most likely first.
    pub(crate) fn sockets(&self) -> Vec<PathBuf> {
        if let Some(path) = &self.socket {
            return vec![path.clone()];
        }
        let configured = self.load().map_or_else(|_| self.named_socket(), |it| it.config.daemon.socket);
        if let Some(path) = configured {
            return vec![path];
        }
        let own = std::env::var_os("XDG_RUNTIME_DIR").filter(|it| !it.is_empty());
        let own = own.map(|it| PathBuf::from(it).join(SOCKET_NAME));
        own.into_iter().chain([PathBuf::from(SYSTEM_SOCKET)]).collect()
    }

    /// The socket a configuration names that is wrong elsewhere: whoever reloads it is to hear of that from the daemon.
    fn named_socket(&self) -> Option<PathBuf> {
        let Location::File(path) = self.location() else { return None };
        socket_in(&std::fs::read_to_string(path).ok()?)
    }
}

/// The socket a text names, also where the text is no TOML: then by the lines of its `[daemon]` table.
fn socket_in(text: &str) -> Option<PathBuf> {
    if let Ok(table) = text.parse::<toml::Table>() {
        return table.get("daemon")?.get("socket")?.as_str().map(PathBuf::from);
    }
    let lines = text.lines().map(str::trim).skip_while(|it| *it != "[daemon]").skip(1);
    let mut lines = lines.take_while(|it| !it.starts_with('['));
    let line = lines.find(|it| it.split('=').next().is_some_and(|key| key.trim() == "socket"))?;
    socket_of(line)
}

fn socket_of(line: &str) -> Option<PathBuf> {
    let table: toml::Table = line.parse().ok()?;
    table.get("socket")?.as_str().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_is_found_in_a_configuration_that_is_wrong() {
        let check = |text: &str, want: Option<&str>| {
            assert_eq!(socket_in(text), want.map(PathBuf::from), "{text}");
        };
        check("[daemon]\nsocket = \"/s\"\nx = 1", Some("/s"));
        check("[daemon]\nsocket = \"/s\" # here\nx = = 1", Some("/s"));
        check("[daemon]\nx = = 1\n[feed.a]\nsocket = \"/t\"", None);
        check("[[[", None);
    }
}
