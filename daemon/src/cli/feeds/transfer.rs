//! `storyline feeds import` and `export`: lists of feeds, to and from OPML.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde_json::json;
use storyline_config::{Config, Location, Source, limit::BODY_BYTES_MAX};

use super::{
    super::{
        look::{count, number, plain},
        out,
    },
    Exit, Failure, Global, append,
    opml::{self, Outline},
};
use crate::poll::fetch::uncredited;

/// Runs `import`: 65 for what is no OPML, and then nothing is changed.
pub(super) fn import(file: &Path, global: &Global) -> Result<Exit, Failure> {
    let list = opml::read(&text(file)?).map_err(|why| {
        Failure::new(Exit::BadData, format!("{} is no OPML: {why}", file.display()), "nothing was changed")
    })?;
    let Location::File(path) = global.location() else {
        let message = "there is no configuration to add feeds to";
        return Err(Failure::new(Exit::Configuration, message, "name the file to begin with --config FILE"));
    };
    let before = if path.exists() { text(&path)? } else { String::new() };
    let config = if path.exists() { global.loaded()?.config } else { Config::default() };
    let (tables, names) = append::tables(&config, &list.feeds);
    if !names.is_empty() {
        let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
        replace(&path, &format!("{before}{gap}{tables}"))?;
    }
    let skipped = list.feeds.len() - names.len();
    let done = json!({ "file": path, "added": names, "skipped": skipped, "left_out": list.strange });
    out::show(global, done, |it| {
        let added = count(names.len() as u64, "feed");
        let mut said =
            format!("{added} added to {}, {} known already\n", path.display(), number(it, "skipped"));
        for address in &list.strange {
            said += &format!("left out, since it is no http address: {address}\n");
        }
        said
    })?;
    Ok(Exit::Done)
}

fn text(path: &Path) -> Result<String, Failure> {
    let failed =
        |why: String| Failure::new(Exit::BadData, format!("failed to read {}: {why}", path.display()), "");
    let bytes = fs::read(path).map_err(|error| failed(error.to_string()))?;
    if bytes.len() > BODY_BYTES_MAX {
        return Err(failed(format!("it is longer than {BODY_BYTES_MAX} bytes")));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Ok(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()),
    }
}

/// Puts another text in a configuration's place, once that proves to be a configuration.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut beside = path.clone().into_os_string();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let written = write(&beside, &path, text);
    let checked = written.map_err(Failure::from).and_then(|()| {
        let wrong = |it: storyline_config::Findings| {
            Failure::of_findings(plain(&it.to_string()), "nothing was changed", &it)
        };
        Config::load(&beside).map(drop).map_err(wrong)
    });
    let done = checked.and_then(|()| fs::rename(&beside, &path).map_err(Failure::from));
    if done.is_err() {
        // What is left of it harms nobody.
        let _ = fs::remove_file(&beside);
    }
    done
}

fn write(beside: &Path, like: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(beside)?;
    if let Ok(known) = fs::metadata(like) {
        file.set_permissions(known.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Runs `export`.
pub(super) fn export(file: Option<&Path>, global: &Global) -> Result<Exit, Failure> {
    let config = global.loaded()?.config;
    let text = opml::write(&outlines(&config))?;
    match file {
        None => out::show_text(global, "opml", &text)?,
        Some(path) => {
            let failed =
                |error| Failure::new(Exit::Disk, format!("failed to write {}: {error}", path.display()), "");
            fs::write(path, &text).map_err(failed)?;
            let done = json!({ "file": path, "feeds": config.feeds.len() });
            out::show(global, done, |it| {
                format!("{} in {}\n", count(number(it, "feeds"), "feed"), path.display())
            })?;
        }
    }
    Ok(Exit::Done)
}

/// The feeds that have an address.
fn outlines(config: &Config) -> Vec<Outline> {
    let outline = |it: &storyline_config::Feed| {
        let (url, sitemap) = match &it.source {
            // A list is made to be given away, so it holds no passwords.
            Source::Feed(url) => (uncredited(url), false),
            Source::Sitemap(url) => (uncredited(url), true),
            Source::Exec { .. } | Source::File(_) => return None,
        };
        Some(Outline { title: it.outlet.clone(), url, sitemap, folders: it.tags.clone() })
    };
    config.feeds.values().filter_map(outline).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn global(path: &Path) -> Global {
        Global { config: Some(path.to_owned()), ..Global::default() }
    }

    #[test]
    fn a_list_that_is_imported_twice_changes_nothing_the_second_time() {
        let folder = tempfile::tempdir().unwrap();
        let (config, list) = (folder.path().join("storyline.toml"), folder.path().join("list.opml"));
        fs::write(&config, "# mine\n[poll]\nmin_interval = \"20m\"").unwrap();
        fs::write(&list, "<opml><body><outline text='A' xmlUrl='https://a.example/rss'/></body></opml>")
            .unwrap();
        assert_eq!(import(&list, &global(&config)).unwrap(), Exit::Done);
        let after = fs::read_to_string(&config).unwrap();
        assert!(after.starts_with("# mine\n[poll]\nmin_interval = \"20m\"\n\n[feed.a]\n"), "{after}");
        assert_eq!(import(&list, &global(&config)).unwrap(), Exit::Done);
        assert_eq!(fs::read_to_string(&config).unwrap(), after);
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
    }

    #[test]
    fn what_is_no_list_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (config, list) = (folder.path().join("storyline.toml"), folder.path().join("list.opml"));
        fs::write(&config, "").unwrap();
        fs::write(&list, "<opml><body><outline text='A' xmlUrl='https://a.example/rss'/>").unwrap();
        assert_eq!(import(&list, &global(&config)).unwrap_err().exit, Exit::BadData);
        assert_eq!(fs::read_to_string(&config).unwrap(), "");
    }
}
