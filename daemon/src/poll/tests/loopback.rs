//! The loop against a real server on the loopback, with real documents.

use storyline_config::Network;

use super::*;
use crate::poll::{
    Doors, Failure, NotTold, Poller, Raw, Reading, Told, Visit,
    fetch::{
        Ask, Exchange, FetchError, Fetcher, Limits,
        scripted::{Act, Server, send, to},
    },
    manners::{self, FeedState},
    understand,
};

/// A world whose network and reader are real.
#[derive(Clone)]
struct Real {
    fetcher: Fetcher,
    world: World,
}

impl Doors for Real {
    fn configure(&self, _: &Config) {}

    async fn fetch(&self, ask: Ask) -> Result<Exchange, FetchError> {
        self.fetcher.fetch(&ask).await
    }

    fn read(&self, document: &Raw<'_>) -> Result<Reading, Failure> {
        understand(document)
    }

    fn can_tell(&self) -> bool {
        self.world.can_tell()
    }

    async fn until_can_tell(&self) {
        self.world.until_can_tell().await;
    }

    async fn tell(&self, visit: Visit) -> Result<Told, NotTold> {
        self.world.tell(visit).await
    }
}

/// Visits each of `sources` of the server once, as `f0…`; gives state, items and error of each.
async fn once(world: &World, sources: &[Source]) -> Vec<(FeedState, u32, Option<String>)> {
    let network = Network { allow: vec!["127.0.0.1/32".parse().unwrap()], proxy: None };
    let fetcher = Fetcher::limited(&network, Limits::default()).unwrap();
    let named = sources.iter().enumerate();
    let feeds = named.map(|(n, it)| (format!("f{n}").parse().unwrap(), feed(it.clone()))).collect();
    let mut config = Config { feeds, ..Config::default() };
    config.poll.host_gap = Duration::ZERO;
    let doors = Real { fetcher, world: world.clone() };
    let schedules = world.seen.lock().unwrap().schedules.clone();
    Poller::new(doors, Clock::wall(), Arc::new(config), schedules).once(CancellationToken::new()).await;
    let schedules = (0..sources.len()).map(|n| world.schedule(&format!("f{n}")));
    schedules.map(|it| (manners::state(&it), it.items, it.error)).collect()
}

fn rss(items: &[&str]) -> Vec<u8> {
    let item = |it: &&str| format!("<item><guid>{it}</guid><title>{it}</title></item>");
    let items: String = items.iter().map(item).collect();
    format!("<rss version='2.0'><channel><title>News</title>{items}</channel></rss>").into_bytes()
}

fn xml(body: &[u8]) -> Act {
    send("200 OK", "etag: \"1\"\r\ncontent-type: application/xml\r\n", body)
}

#[tokio::test]
async fn every_kind_of_answer_becomes_its_state() {
    let server = Server::start("127.0.0.1", |path| match path {
        "/ok" => xml(&rss(&["a", "b"])),
        "/empty" => xml(&rss(&[])),
        "/moved" => to("301 Moved Permanently", "/ok"),
        "/page" => {
            send("200 OK", "content-type: text/html\r\n", b"<!doctype html><html><body>Hello</body></html>")
        }
        "/gone" => send("410 Gone", "", b""),
        "/robot" => send("403 Forbidden", "cf-mitigated: challenge\r\n", b"<html>Just a moment</html>"),
        "/blank" => send("200 OK", "", b" \n"),
        _ => send("404 Not Found", "", b""),
    })
    .await;
    let paths = ["/ok", "/empty", "/moved", "/page", "/gone", "/robot", "/blank", "/none"];
    let sources = paths.map(|it| Source::Feed(server.url(it)));
    let world = World::new(|_, _| status(500));
    let found = once(&world, &sources).await;
    let states: Vec<_> = found.iter().map(|(state, items, _)| format!("{state:?} {items}")).collect();
    let expected = ["Ok 2", "Ok 0", "Moved 2", "Failing 0", "Gone 0", "Blocked 0", "Failing 0", "Failing 0"];
    assert_eq!(states, expected);
    let errors: Vec<_> = found.into_iter().filter_map(|(.., error)| error).collect();
    assert_eq!(
        errors,
        [
            "this is a web page, not a feed; `storyline feeds find` looks for the feeds of a site",
            "the server answered 410 Gone",
            "the server answered 403 Forbidden with a challenge page: it takes us for a robot",
            "the document is empty",
            "the server answered 404 Not Found",
        ]
    );
}

#[tokio::test]
async fn a_list_of_sitemaps_is_read_through_its_children() {
    let today = jiff::Timestamp::now();
    let server = Server::start("127.0.0.1", move |path| match path {
        "/index.xml" => {
            let child = |name: &str, at: jiff::Timestamp| format!("<sitemap><loc>/{name}</loc><lastmod>{at}</lastmod></sitemap>");
            let old = today.checked_sub(Duration::from_hours(100)).unwrap();
            let list = child("1.xml", today) + &child("2.xml", today) + &child("old.xml", old);
            xml(format!("<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{list}</sitemapindex>").as_bytes())
        }
        path => {
            let entry = |n: u8| {
                format!(
                    "<url><loc>https://news.example{path}/{n}</loc><news:news><news:title>Page {n}</news:title>\
                     <news:publication_date>{today}</news:publication_date></news:news></url>"
                )
            };
            let space = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' \
                         xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'";
            xml(format!("<urlset {space}>{}{}</urlset>", entry(1), entry(2)).as_bytes())
        }
    })
    .await;
    let world = World::new(|_, _| status(500));
    let found = once(&world, &[Source::Sitemap(server.url("/index.xml"))]).await;
    assert_eq!(found, [(FeedState::Ok, 4, None)]);
    assert_eq!(server.paths(), ["/index.xml", "/1.xml", "/2.xml"]);
    // The list is asked for conditionally, its children only when it changed.
    assert_eq!(world.schedule("f0").validators.len(), 1);
}

#[tokio::test]
async fn not_modified_after_a_document_that_could_not_be_read_mends_nothing() {
    let visits = std::sync::atomic::AtomicU32::new(0);
    let server = Server::start("127.0.0.1", move |_| {
        match visits.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => xml(&rss(&["a"])),
            1 => send("200 OK", "etag: \"2\"\r\n", b"<rss"),
            // A careless server says so whatever it is asked.
            _ => send("304 Not Modified", "etag: \"2\"\r\n", b""),
        }
    })
    .await;
    let world = World::new(|_, _| status(500));
    let source = [Source::Feed(server.url("/feed"))];
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(once(&world, &source).await.remove(0));
    }
    let states: Vec<_> = found.iter().map(|it| it.0).collect();
    assert_eq!(states, [FeedState::Ok, FeedState::Failing, FeedState::Failing]);
    assert_eq!(found[2].2.as_deref(), Some("the server answered 304 Not Modified"));
    let conditional: Vec<_> = server.asked().iter().map(|it| it.contains("if-none-match: \"1\"")).collect();
    assert_eq!(conditional, [false, true, false]);
}
