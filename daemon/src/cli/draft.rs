//! `storyline draft`: storyline definitions proposed from an article.

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use serde_json::json;
use storyline_config::Config;

use super::{Exit, Failure, Global, out};
use crate::draft::{ARTICLE_BYTES_MAX, Article, draft};

/// What `draft` takes.
#[derive(Debug, Args)]
pub(crate) struct DraftArgs {
    /// The article: plain text, a web page or an item line; - for standard input
    #[arg(value_name = "ARTICLE")]
    pub(crate) article: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &DraftArgs, global: &Global) -> ExitCode {
    out::end(global, begin(&args.article, global))
}

fn begin(path: &Path, global: &Global) -> Result<Exit, Failure> {
    let source = read(path)?;
    let hint = "give it an article as text, its headline first";
    let article = Article::read(&source).map_err(|it| Failure::new(Exit::BadData, it.to_string(), hint))?;
    // A configuration that is wrong hides no actor from a draft; `check` says what is wrong.
    let config = global.load().map_or_else(|_| Config::builtin().config, |it| it.config);
    let draft = draft(&article, &config.actors, &config.places, &config.feeds);
    if global.json {
        // What was found, field by field, besides the configuration it makes.
        let mut document = json!(draft);
        if let Some(fields) = document.as_object_mut() {
            fields.insert("toml".to_owned(), draft.to_toml().into());
        }
        out::print(&format!("{document}\n"))?;
    } else {
        out::print(&draft.to_toml())?;
    }
    Ok(Exit::Done)
}

/// Reads an article as far as it is looked at; bytes that are no text become a mark.
fn read(path: &Path) -> Result<String, Failure> {
    let failed = |it: std::io::Error| {
        Failure::new(Exit::BadData, format!("failed to read {}: {it}", path.display()), "")
    };
    let mut bytes = Vec::new();
    let most = ARTICLE_BYTES_MAX as u64;
    if path == Path::new("-") {
        std::io::stdin().take(most).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        std::fs::File::open(path).map_err(failed)?.take(most).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.contains(&0) {
        let message = format!("{} is binary data, no article", path.display());
        return Err(Failure::new(Exit::BadData, message, "give it text or a web page"));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
