//! `storyline feeds test`: what is understood of one source.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::{Value, json};
use storyline_config::{Config, FeedId, Network, Source, limit::BODY_BYTES_MAX};
use url::Url;

use super::{
    super::{
        look::{Look, count},
        out,
    },
    Exit, Failure, Global, list, text,
};
use crate::{
    poll::{
        self,
        fetch::{self, Ask, Exchange, FetchError, Fetcher},
        source,
    },
    read::{Document, ReadError, read, show},
};

/// Entries shown to people.
const ENTRIES_SHOWN: usize = 20;

/// Show what is understood of one source.
#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// Its address, or the name of a feed that is configured
    #[arg(required_unless_present = "file", value_name = "URL")]
    source: Option<String>,
    /// A document instead
    #[arg(long, value_name = "F", conflicts_with = "source")]
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
    let read = match (&args.file, &args.source) {
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
        (None, Some(source)) => match brought(source, &global.loaded()?.config).await? {
            Ok(it) => read(&it.bytes, it.content_type.as_deref(), &it.base),
            Err(failed) => return end(global, &failed, Exit::TryAgain),
        },
        (None, None) => {
            return Err(Failure::new(Exit::Usage, "nothing to test", "name an address or a --file"));
        }
    };
    let exit = if read.is_ok() { Exit::Done } else { Exit::BadData };
    end(global, &show(read.as_ref(), jiff::Timestamp::now()), exit)
}

/// A document with where it came from.
struct Brought {
    bytes: Vec<u8>,
    content_type: Option<String>,
    base: Url,
}

/// Brings the document of an address, or of a configured feed as its configuration says; a failure is the document
/// that says so.
async fn brought(source: &str, config: &Config) -> Result<Result<Brought, Value>, Failure> {
    let feed = source.parse().ok().and_then(|id: FeedId| config.feeds.get(&id));
    let local = |bytes, base: Url| Brought { bytes, content_type: None, base };
    let failed = |it: poll::Failure| json!({ "ok": false, "error": it.error, "status": it.status });
    let base = || Url::parse("file:///").map_err(|it| Failure::new(Exit::Usage, it.to_string(), ""));
    Ok(match feed.map(|it| (&it.source, it)) {
        Some((Source::Exec { command, timeout }, _)) => {
            let base = base()?;
            source::exec(command, *timeout).await.map(|it| local(it, base)).map_err(failed)
        }
        Some((Source::File(path), _)) => {
            let base = address(path).map_or_else(base, Ok)?;
            source::file(path).await.map(|it| local(it, base)).map_err(failed)
        }
        Some((Source::Feed(url) | Source::Sitemap(url), feed)) => {
            let secret = match &feed.secret_file {
                Some(file) => fetch::secret(file).await.map(Some),
                None => Ok(None),
            };
            let ask = secret.and_then(|it| Ask::with(url, &feed.headers, it.as_deref()));
            asked(ask, url, &config.network).await
        }
        None => {
            let hint = "name an http address, a configured feed, or a document with --file";
            let unknown = |_| Failure::new(Exit::Usage, format!("no feed is called {source:?}"), hint);
            let url = Url::parse(source).map_err(unknown)?;
            asked(Ask::with(&url, &BTreeMap::new(), None), &url, &config.network).await
        }
    })
}

async fn asked(ask: Result<Ask, FetchError>, url: &Url, network: &Network) -> Result<Brought, Value> {
    let exchange = exchanged(ask, network).await?;
    let base = exchange.answer.final_url.parse().unwrap_or_else(|_| url.clone());
    Ok(Brought { bytes: exchange.bytes, content_type: exchange.content_type, base })
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

/// Fetches a document once; a failure is the document that says so.
pub(super) async fn fetched(url: &Url, network: &Network) -> Result<Exchange, Value> {
    // Credentials in an address stay with its origin.
    exchanged(Ask::with(url, &BTreeMap::new(), None), network).await
}

async fn exchanged(ask: Result<Ask, FetchError>, network: &Network) -> Result<Exchange, Value> {
    let failed = |error: FetchError| json!({ "ok": false, "error": error.to_string(), "status": null });
    let fetcher = Fetcher::new(network).map_err(failed)?;
    let exchange = fetcher.fetch(&ask.map_err(failed)?).await.map_err(failed)?;
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
    let children = list(document, "children").len() as u64;
    if children > 0 {
        lines += &format!("a list of {}; the daemon reads the newest\n", count(children, "sitemap"));
    }
    for it in entries.iter().take(ENTRIES_SHOWN) {
        let published = look.time_of(it.get("published").unwrap_or(&Value::Null));
        lines += &format!("{published}  {}\n", text(it, "title"));
        if !text(it, "link").is_empty() {
            lines += &format!("    {}\n", text(it, "link"));
        }
        if !text(it, "followed_as").is_empty() {
            let (id, key) = (text(it, "id"), text(it, "followed_as"));
            lines += &format!("    its id {id} is not its own; it is followed as {key}\n");
        }
        if it.get("repeat").is_some() {
            lines += "    says again what stands above; it is left out\n";
        }
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

    #[tokio::test]
    async fn a_configured_feed_is_tried_as_it_is_configured() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.xml");
        std::fs::write(
            &path,
            "<rss><channel><item><title>Bread</title><link>/1</link></item></channel></rss>",
        )
        .unwrap();
        let toml = format!(
            "[feed.file]\nkind = \"file\"\npath = \"{0}\"\n[feed.exec]\nkind = \"exec\"\ncommand = [\"cat\", \"{0}\"]\n\
             [feed.dead]\nkind = \"exec\"\ncommand = [\"false\"]\n[feed.private]\nurl = \"http://127.0.0.1:1/\"\n",
            path.display()
        );
        let config = Config::parse("test.toml", &toml).unwrap().config;
        for name in ["file", "exec"] {
            let it = brought(name, &config).await.unwrap().unwrap_or_else(|it| panic!("{name}: {it}"));
            assert_eq!(read(&it.bytes, None, &it.base).unwrap().entries[0].title, "Bread");
        }
        let failed = |it: Result<Brought, Value>| it.err().map(|it| text(&it, "error").to_owned()).unwrap();
        assert!(failed(brought("dead", &config).await.unwrap()).contains("ended with exit status: 1"));
        assert!(failed(brought("private", &config).await.unwrap()).contains("127.0.0.1 is not public"));
        let unknown = brought("nobody", &config).await.err().unwrap();
        assert_eq!((unknown.exit, unknown.message.as_str()), (Exit::Usage, "no feed is called \"nobody\""));
    }

    #[test]
    fn a_source_is_shown_with_what_it_carries() {
        let look = Look { now: "2025-02-14T12:00:00Z".parse().unwrap(), zone: TimeZone::UTC, width: 80 };
        let base = "https://dw.example/rss".parse().unwrap();
        let rss = "<rss version='2.0'><channel><title>DW</title><item><title>Rubio lands</title><link>/1</link>\
                   <pubDate>Fri, 14 Feb 2025 08:40:00 GMT</pubDate></item></channel></rss>";
        // Two share an id, and the last says the first over again.
        let one = |id: &str, title: &str, link: &str| {
            format!("<item><guid>{id}</guid><title>{title}</title><link>{link}</link></item>")
        };
        let shared =
            [one("7", "Bread", "/b"), one("7", "Salt", "/s"), one("8", "Oil", "/o"), one("7", "Bread", "/b")];
        let shared =
            format!("<rss version='2.0'><channel><title>Shop</title>{}</channel></rss>", shared.join(""));
        let shown = |text: &str| render(&show(read(text.as_bytes(), None, &base).as_ref(), look.now), &look);
        let found = [shown(rss), shown(&shared), shown("")].concat();
        let want = expect![[r#"
            DW (rss): 1 item
            08:40  Rubio lands
                https://dw.example/1
            Shop (rss): 4 items
            –  Bread
                https://dw.example/b
                its id 7 is not its own; it is followed as https://dw.example/b
            –  Salt
                https://dw.example/s
            –  Oil
                https://dw.example/o
            –  Bread
                https://dw.example/b
                says again what stands above; it is left out
            not understood: the document is empty
        "#]];
        want.assert_eq(&found);
    }
}
