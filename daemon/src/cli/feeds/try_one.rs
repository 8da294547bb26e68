//! `storyline feeds test`: what is understood of one source.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use storyline_config::{Network, limit::BODY_BYTES_MAX};
use url::Url;

use super::{
    super::{
        look::{Look, count},
        out,
    },
    Exit, Failure, Global, list, text,
};
use crate::{
    poll::fetch::{Ask, Exchange, FetchError, Fetcher},
    read::{Document, ReadError, read, show},
};

/// Entries shown to people.
const ENTRIES_SHOWN: usize = 20;

/// Show what is understood of one source.
#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// Its address
    #[arg(required_unless_present = "file")]
    url: Option<Url>,
    /// A document instead
    #[arg(long, value_name = "F", conflicts_with = "url")]
    file: Option<PathBuf>,
    /// The address the document is from
    #[arg(long = "url", value_name = "BASE", requires = "file")]
    base: Option<Url>,
    /// The content type the document came with
    #[arg(long, value_name = "T", requires = "file")]
    content_type: Option<String>,
}

/// Runs the command: 65 for a document that cannot be read, 75 where none came.
pub(super) async fn run(args: &TestArgs, global: &Global) -> Result<Exit, Failure> {
    let read = match (&args.file, &args.url) {
        (Some(path), _) => {
            let bytes = match take(path) {
                Ok(bytes) => bytes,
                Err(why) => return end(global, &json!({ "ok": false, "error": why }), Exit::BadData),
            };
            let base = args.base.clone().or_else(|| address(path));
            let base = base.ok_or_else(|| {
                Failure::new(Exit::Usage, "the document has no address of its own", "name it with --url")
            })?;
            read(&bytes, args.content_type.as_deref(), &base)
        }
        (None, Some(url)) => match fetched(url, &network(global)?).await {
            Ok(exchange) => understood(&exchange, url),
            Err(failed) => return end(global, &failed, Exit::TryAgain),
        },
        (None, None) => {
            return Err(Failure::new(Exit::Usage, "nothing to test", "name an address or a --file"));
        }
    };
    let exit = if read.is_ok() { Exit::Done } else { Exit::BadData };
    end(global, &show(read.as_ref(), jiff::Timestamp::now()), exit)
}

fn take(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("failed to read {}: {error}", path.display()))?;
    if bytes.len() > BODY_BYTES_MAX {
        return Err(format!("{} is longer than {BODY_BYTES_MAX} bytes", path.display()));
    }
    Ok(bytes)
}

fn address(path: &Path) -> Option<Url> {
    Url::from_file_path(std::path::absolute(path).ok()?).ok()
}

/// What the network may be used for, by the configuration.
pub(super) fn network(global: &Global) -> Result<Network, Failure> {
    Ok(global.loaded()?.config.network)
}

/// Fetches a document once; a failure is the document that says so.
pub(super) async fn fetched(url: &Url, network: &Network) -> Result<Exchange, Value> {
    let failed = |error: FetchError| json!({ "ok": false, "error": error.to_string(), "status": null });
    let fetcher = Fetcher::new(network).map_err(failed)?;
    // Credentials in an address stay with its origin.
    let ask = Ask::with(url, &std::collections::BTreeMap::new(), None).map_err(failed)?;
    let exchange = fetcher.fetch(&ask).await.map_err(failed)?;
    match exchange.answer.status {
        200..=299 => Ok(exchange),
        status => {
            Err(json!({ "ok": false, "error": format!("the server answered {status}"), "status": status }))
        }
    }
}

/// Reads what was fetched.
pub(super) fn understood(exchange: &Exchange, asked: &Url) -> Result<Document, ReadError> {
    let base = exchange.answer.final_url.parse().unwrap_or_else(|_| asked.clone());
    read(&exchange.bytes, exchange.content_type.as_deref(), &base)
}

fn end(global: &Global, document: &Value, exit: Exit) -> Result<Exit, Failure> {
    let look = Look::here();
    out::show(global, document.clone(), |it| render(it, &look))?;
    Ok(exit)
}

fn render(document: &Value, look: &Look) -> String {
    if document.get("ok") != Some(&Value::Bool(true)) {
        return format!("not understood: {}\n", text(document, "error"));
    }
    let entries = list(document, "entries");
    let (title, kind) = (text(document, "title"), text(document, "kind"));
    let mut lines = format!("{title} ({kind}): {}\n", count(entries.len() as u64, "item"));
    for it in entries.iter().take(ENTRIES_SHOWN) {
        let published = look.time_of(it.get("published").unwrap_or(&Value::Null));
        lines += &format!("{published}  {}\n    {}\n", text(it, "title"), text(it, "link"));
    }
    if entries.len() > ENTRIES_SHOWN {
        lines += &format!("… and {} more\n", entries.len() - ENTRIES_SHOWN);
    }
    lines
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn a_source_is_shown_with_what_it_carries() {
        let look = Look { now: "2025-02-14T12:00:00Z".parse().unwrap(), zone: TimeZone::UTC, width: 80 };
        let base = "https://dw.example/rss".parse().unwrap();
        let rss = "<rss version='2.0'><channel><title>DW</title><item><title>Rubio lands</title><link>/1</link>\
                   <pubDate>Fri, 14 Feb 2025 08:40:00 GMT</pubDate></item></channel></rss>";
        let found = render(&show(read(rss.as_bytes(), None, &base).as_ref(), look.now), &look)
            + &render(&show(read(b"", None, &base).as_ref(), look.now), &look);
        let want = expect![[r#"
            DW (rss): 1 item
            08:40  Rubio lands
                https://dw.example/1
            not understood: the document is empty
        "#]];
        want.assert_eq(&found);
    }
}
