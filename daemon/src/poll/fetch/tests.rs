//! The fetcher against a server on the loopback that does as it is told.

use std::{collections::BTreeMap, io::Write};

use super::{
    scripted::{self, Act, Server, send, to},
    *,
};

pub(super) fn small() -> Limits {
    let short = Duration::from_millis(400);
    Limits {
        body_bytes: 64 << 10,
        wire_bytes: 128 << 10,
        read: short * 4,
        total: short * 4,
        ..Limits::default()
    }
}

pub(super) fn network(allow: &[&str]) -> Network {
    Network { allow: allow.iter().map(|it| it.parse().unwrap()).collect(), proxy: None }
}

pub(super) fn fetcher() -> Fetcher {
    Fetcher::limited(&network(&["127.0.0.1/32"]), small()).unwrap()
}

pub(super) async fn fetched(server: &Server, path: &str) -> Result<Exchange, FetchError> {
    fetcher().fetch(&Ask::plain(&server.url(path))).await
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn redirects_are_followed_by_hand_and_the_permanent_beginning_is_told() {
    let server = Server::start("127.0.0.1", |path| match path {
        "/a" => to("301 Moved Permanently", "/b#part"),
        "/b" => to("308 Permanent Redirect", "c?x=1"),
        "/c?x=1" => to("302 Found", "/d"),
        "/d" => to("301 Moved Permanently", "/e"),
        "/e" => send("200 OK", "etag: \"1\"\r\ncontent-type: text/xml\r\n", b"<rss/>"),
        _ => send("404 Not Found", "", b"no"),
    })
    .await;
    let exchange = fetched(&server, "/a").await.unwrap();
    let hops: Vec<_> = exchange.answer.hops.iter().map(|it| it.status).collect();
    assert_eq!(hops, [301, 308, 302, 301, 200]);
    assert_eq!(exchange.answer.permanent, Some(server.url("/c?x=1").to_string()));
    assert_eq!(exchange.answer.final_url, server.url("/e").as_str());
    assert_eq!(
        (exchange.bytes.as_slice(), exchange.content_type.as_deref()),
        (&b"<rss/>"[..], Some("text/xml"))
    );
    assert_eq!(server.paths(), ["/a", "/b", "/c?x=1", "/d", "/e"]);
    for request in server.asked() {
        let request = request.to_ascii_lowercase();
        assert!(
            request.contains("user-agent: mozilla/5.0 (compatible; storyline/0.1; +https://"),
            "{request}"
        );
        assert!(!request.contains("cookie:") && !request.contains("referer:"), "{request}");
    }
}

#[tokio::test]
async fn circles_long_chains_and_redirects_to_nowhere_end() {
    let server = Server::start("127.0.0.1", |path| match path {
        "/circle" => to("302 Found", "/back"),
        "/back" => to("302 Found", "/circle"),
        "/nowhere" => send("302 Found", "", b""),
        "/bad" => to("302 Found", "http://["),
        path => {
            to("302 Found", &format!("/{}", path.trim_start_matches('/').parse::<u32>().unwrap_or(0) + 1))
        }
    })
    .await;
    let check = async |path: &str, expected: &str| {
        let error = fetched(&server, path).await.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    check("/circle", "the server redirects in a circle").await;
    check("/nowhere", "the server answered 302 with no address to go to").await;
    check("/bad", "the server answered 302 with no address to go to").await;
    check("/0", "the server redirects more than 10 times").await;
    // One GET a hop: two, one, one, and the first with its ten redirects.
    assert_eq!(server.paths().len(), 2 + 1 + 1 + 11);
}

#[tokio::test]
async fn validators_go_back_byte_for_byte_to_their_address_only() {
    let server = Server::start("127.0.0.1", |path| match path {
        "/old" => to("302 Found", "/new"),
        _ => send("304 Not Modified", "", b""),
    })
    .await;
    let etag = "W/\"caf\u{e9} \u{ff}'\"";
    let validators =
        Validators { etag: Some(etag.to_owned()), last_modified: Some("Yesterday, -01".to_owned()) };
    let ask = Ask::plain(&server.url("/old"));
    let ask = ask.unless(BTreeMap::from([(server.url("/new").to_string(), validators)]));
    let exchange = fetcher().fetch(&ask).await.unwrap();
    assert_eq!(exchange.answer.status, 304);
    let [first, second] = server.asked().try_into().unwrap();
    assert!(!first.contains("if-"), "{first}");
    assert!(second.contains(&format!("if-none-match: {etag}\r\n")), "{second}");
    assert!(second.contains("if-modified-since: Yesterday, -01\r\n"), "{second}");
}

#[tokio::test]
async fn what_a_server_says_is_kept_byte_for_byte() {
    let server = Server::start("127.0.0.1", |_| {
        let mut bytes =
            b"HTTP/1.1 503 Busy\r\nretry-after: 120\r\nexpires: 0\r\ncf-mitigated: challenge\r\netag: \""
                .to_vec();
        bytes.extend_from_slice(b"\xe9\"\r\ncache-control: no-cache\r\ncache-control: max-age=5\r\n\r\nwait");
        Act::Send(bytes)
    })
    .await;
    let exchange = fetched(&server, "/").await.unwrap();
    let answer = exchange.answer;
    assert_eq!((answer.status, exchange.challenge, exchange.bytes.as_slice()), (503, true, &b"wait"[..]));
    assert_eq!(answer.validators.etag.as_deref(), Some("\"\u{e9}\""));
    assert_eq!(answer.cache_control.as_deref(), Some("no-cache, max-age=5"));
    assert_eq!((answer.retry_after.as_deref(), answer.expires.as_deref()), (Some("120"), Some("0")));
}

#[tokio::test]
async fn a_feeds_own_headers_and_secret_stay_with_its_origin() {
    let other = Server::start("127.0.0.1", |_| send("200 OK", "", b"<rss/>")).await;
    let target = other.url("/").to_string();
    let server = Server::start("127.0.0.1", move |path| match path {
        "/" => to("302 Found", "/same"),
        _ => to("302 Found", &target),
    })
    .await;
    let headers = BTreeMap::from([("X-Api-Version".to_owned(), "2".to_owned())]);
    let ask = Ask::with(&server.url("/"), &headers, Some("ada:love\n")).unwrap();
    fetcher().fetch(&ask).await.unwrap();
    for request in server.asked() {
        assert!(request.contains("authorization: Basic YWRhOmxvdmU=\r\n"), "{request}");
        assert!(request.contains("x-api-version: 2\r\n"), "{request}");
    }
    let [strange] = other.asked().try_into().unwrap();
    assert!(!strange.contains("authorization") && !strange.contains("x-api-version"), "{strange}");

    let token = Ask::with(&server.url("/"), &BTreeMap::new(), Some("t0ken")).unwrap();
    assert_eq!(token.headers(&server.url("/"))["authorization"], "Bearer t0ken");
    let mut in_address = server.url("/");
    in_address.set_username("ada").unwrap();
    in_address.set_password(Some("l%C3%B6ve")).unwrap();
    let ask = Ask::with(&in_address, &BTreeMap::new(), None).unwrap();
    assert_eq!(ask.url, server.url("/"));
    assert_eq!(ask.headers(&ask.url)["authorization"], "Basic YWRhOmzDtnZl");
    let bad = Ask::with(&server.url("/"), &BTreeMap::from([("a b".to_owned(), String::new())]), None);
    assert_eq!(bad.err().map(|it| it.to_string()), Some("the header \"a b\" cannot be sent".to_owned()));
}

#[tokio::test]
async fn a_configured_proxy_is_the_only_way_out_and_literals_are_judged_all_the_same() {
    let proxy = Server::start("127.0.0.1", |_| send("200 OK", "", b"<rss/>")).await;
    let network = Network { allow: Vec::new(), proxy: Some(proxy.url("/")) };
    let fetcher = Fetcher::limited(&network, small()).unwrap();
    let get = async |url: &str| fetcher.fetch(&Ask::plain(&Url::parse(url).unwrap())).await;
    assert_eq!(get("http://feeds.example/a").await.map(|it| it.bytes), Ok(b"<rss/>".to_vec()));
    assert!(matches!(get("http://127.0.0.2/").await, Err(FetchError::Forbidden(_))));
    assert!(matches!(get("http://localhost/").await, Err(FetchError::Forbidden(_))));
    assert_eq!(proxy.paths(), ["http://feeds.example/a"]);
}

#[tokio::test]
async fn a_socks_proxy_is_given_the_name_and_no_private_address() {
    let (proxy, hosts) = scripted::socks(|path| match path {
        "/inside" => to("302 Found", "http://10.0.0.1/"),
        _ => send("200 OK", "", b"<rss/>"),
    })
    .await;
    let network = Network { allow: Vec::new(), proxy: format!("socks5h://{proxy}").parse().ok() };
    let fetcher = Fetcher::limited(&network, small()).unwrap();
    let get = async |url: &str| fetcher.fetch(&Ask::plain(&Url::parse(url).unwrap())).await;
    assert_eq!(get("http://feeds.example/a").await.map(|it| it.bytes), Ok(b"<rss/>".to_vec()));
    assert!(matches!(get("http://feeds.example/inside").await, Err(FetchError::Forbidden(_))));
    assert!(matches!(get("http://[::ffff:127.0.0.1]/").await, Err(FetchError::Forbidden(_))));
    assert_eq!(*hosts.lock().unwrap(), ["feeds.example:80", "feeds.example:80"]);
    // A proxy that is not there is no reason to go round it.
    let network = Network { allow: Vec::new(), proxy: "socks5h://127.0.0.1:1".parse().ok() };
    let alone = Fetcher::limited(&network, small()).unwrap();
    let found = alone.fetch(&Ask::plain(&Url::parse("http://feeds.example/").unwrap())).await;
    assert!(matches!(found, Err(FetchError::Network { .. })), "{found:?}");
}

#[tokio::test]
async fn packed_documents_are_unpacked_and_bombs_stop_at_the_limit() {
    /// A mebibyte of zeros.
    const BROTLI_BOMB: &str = "5bffff8f7f02201e0b0472ef1f00";
    let server = Server::start("127.0.0.1", |path| {
        let zeros = vec![0; 10 << 20];
        match path {
            "/gzip" => send("200 OK", "content-encoding: gzip\r\n", &gzip(b"<rss/>")),
            "/unlabelled" => send("200 OK", "", &gzip(b"<rss/>")),
            "/twice" => send("200 OK", "content-encoding: gzip\r\n", &gzip(&gzip(b"<rss/>"))),
            "/plain" => send("200 OK", "content-encoding: gzip\r\n", b"<rss/>"),
            "/cut" => send("200 OK", "content-encoding: gzip\r\n", &gzip(b"<rss/>")[..20]),
            "/zstd" => send("200 OK", "content-encoding: zstd\r\n", b"<rss/>"),
            "/bomb" => send("200 OK", "content-encoding: gzip\r\n", &gzip(&zeros)),
            "/nested" => send("200 OK", "content-encoding: gzip\r\n", &gzip(&gzip(&zeros))),
            "/brotli" => send("200 OK", "content-encoding: br\r\n", &hex(BROTLI_BOMB)),
            _ => send("200 OK", "", &zeros),
        }
    })
    .await;
    let check = async |path: &str, expected: Result<&[u8], &str>| {
        let found = fetched(&server, path).await.map(|it| it.bytes).map_err(|it| it.to_string());
        assert_eq!(found.as_deref(), expected.map_err(ToOwned::to_owned).as_deref(), "{path}");
    };
    for path in ["/gzip", "/unlabelled", "/twice", "/plain"] {
        check(path, Ok(b"<rss/>")).await;
    }
    check("/cut", Err("the document cannot be unpacked: its bytes are damaged or end too early")).await;
    check("/zstd", Err("the document cannot be unpacked: \"zstd\" was not asked for")).await;
    for path in ["/bomb", "/nested", "/brotli"] {
        check(path, Err("the document is larger than 65536 bytes unpacked")).await;
    }
    check("/huge", Err("the document is larger than 131072 bytes on the wire")).await;
}

#[tokio::test]
async fn endless_and_silent_servers_are_left() {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";
    const PACKED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n";
    let server = Server::start("127.0.0.1", |path| match path {
        "/endless" => Act::Endless(HEAD.to_vec(), vec![b'x'; 4096]),
        // Members that hold nothing never fill a document, but they do fill the wire.
        "/hollow" => Act::Endless(PACKED.to_vec(), gzip(b"")),
        "/silent" => Act::Stall(Vec::new()),
        "/torn" => Act::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n<rss>".to_vec()),
        "/closed" => Act::Send(Vec::new()),
        "/failing" => Act::Endless(b"HTTP/1.1 500 Oh\r\n\r\n".to_vec(), vec![b'x'; 4096]),
        _ => Act::Stall(HEAD.to_vec()),
    })
    .await;
    let check = async |path: &str, expected: &str| {
        let error = fetched(&server, path).await.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{path}: {error}");
    };
    check("/endless", "the document is larger than 65536 bytes").await;
    check("/hollow", "the document is larger than 131072 bytes on the wire").await;
    check("/silent", "no answer within 1.6 s").await;
    check("/stalled", "the document did not arrive within 1.6 s").await;
    check("/torn", "the document broke off").await;
    check("/closed", "the server gave no answer that can be understood").await;
    assert_eq!(fetched(&server, "/failing").await.unwrap().answer.status, 500);
    // Nobody was asked twice.
    assert_eq!(server.paths().len(), 7);
    let nobody = Url::parse("http://127.0.0.1:1/").unwrap();
    let error = fetcher().fetch(&Ask::plain(&nobody)).await.unwrap_err().to_string();
    assert!(error.starts_with("the connection failed: "), "{error}");
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap()).collect()
}
