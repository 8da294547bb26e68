//! Servers that mean harm, each with the outcome it comes to.

use super::{
    scripted::{Act, Server, send, to},
    tests::{fetched, fetcher, network, small},
    *,
};

/// The loopback address that nobody may reach, written in every way that is known.
const TRICKS: [&str; 40] = [
    "http://127.0.0.2:{port}/",
    "http://127.2:{port}/",
    "http://127.0.2:{port}/",
    "http://2130706434:{port}/",
    "http://0x7f000002:{port}/",
    "http://0x7f.2:{port}/",
    "http://0x7f.0.0.0x2:{port}/",
    "http://0177.0.0.2:{port}/",
    "http://0177.0.0.02:{port}/",
    "http://017700000002:{port}/",
    "http://127.0.0.2.:{port}/",
    "http://%31%32%37.0.0.2:{port}/",
    "http://127%2e0%2e0%2e2:{port}/",
    "http://①②⑦.⓪.⓪.②:{port}/",
    "http://１２７.０.０.２:{port}/",
    "http://127。0。0。2:{port}/",
    "http://[::ffff:127.0.0.2]:{port}/",
    "http://[::ffff:7f00:2]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.2]:{port}/",
    "http://[::127.0.0.2]:{port}/",
    "http://[64:ff9b::7f00:2]:{port}/",
    "http://[64:ff9b::127.0.0.2]:{port}/",
    "http://[2002:7f00:2::]:{port}/",
    "http://[::ffff:0:7f00:2]:{port}/",
    "http://user:pw@127.0.0.2:{port}/",
    "http://feeds.example@127.0.0.2:{port}/",
    "https:127.0.0.2:{port}/",
    "https:/127.0.0.2:{port}/",
    "http:///127.0.0.2:{port}/",
    "http:\\\\127.0.0.2:{port}\\",
    "//127.0.0.2:{port}/",
    "///127.0.0.2:{port}/",
    "\\\\127.0.0.2:{port}\\",
    "  http://127.0.0.2:{port}/  ",
    "http://127.0.0.2\t:{port}/",
    "HTTP://127.0.0.2:{port}/#feeds.example",
    "https://127.0.0.2:{port}/",
    "http://me@[::ffff:127.0.0.2]:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::]:{port}/",
];
/// Addresses that are none of the web.
const SCHEMES: [&str; 8] = [
    "file:///etc/passwd",
    "gopher://127.0.0.2:{port}/",
    "ftp://127.0.0.2:{port}/",
    "data:text/xml,<rss/>",
    "javascript:alert(1)",
    "unix:/run/x",
    "dict://127.0.0.2:{port}/",
    "ws://127.0.0.2:{port}/",
];

#[tokio::test]
async fn no_trick_reaches_what_is_not_public() {
    let canary = Server::start("127.0.0.2", |_| send("200 OK", "", b"secret")).await;
    let port = canary.address.port();
    let tricks: Vec<String> =
        TRICKS.iter().chain(&SCHEMES).map(|it| it.replace("{port}", &port.to_string())).collect();
    let count = tricks.len();
    let server = Server::start("127.0.0.1", move |path| {
        let (kind, n) = path.trim_start_matches('/').split_once('/').unwrap_or(("0", ""));
        let trick = n.parse().ok().and_then(|it: usize| tricks.get(it));
        match (kind, trick) {
            ("direct", Some(trick)) => to("302 Found", trick),
            ("permanent", Some(trick)) => to("308 Permanent Redirect", trick),
            // Two harmless hops first.
            _ => to("301 Moved Permanently", &path.replace("late", "later").replace("laterr", "direct")),
        }
    })
    .await;
    for n in 0..count {
        for kind in ["direct", "permanent", "late"] {
            let found = fetched(&server, &format!("/{kind}/{n}")).await;
            let trick = TRICKS.iter().chain(&SCHEMES).nth(n);
            let kept_away = matches!(found, Err(FetchError::Forbidden(_) | FetchError::Nowhere { .. }));
            assert!(kept_away, "{kind} {trick:?}: {found:?}");
        }
    }
    // The same addresses as a person may write them into a configuration.
    for trick in TRICKS.iter().filter(|it| it.trim().starts_with("http")) {
        let Ok(url) = Url::parse(&trick.replace("{port}", &port.to_string())) else { continue };
        let found = fetcher().fetch(&Ask::plain(&url)).await;
        assert!(matches!(found, Err(FetchError::Forbidden(_))), "{trick}: {found:?}");
    }
    // A name that resolves to nothing public, asked directly.
    let strict = Fetcher::limited(&network(&[]), small()).unwrap();
    let name = Url::parse(&format!("http://localhost:{port}/")).unwrap();
    let found = strict.fetch(&Ask::plain(&name)).await.unwrap_err();
    assert_eq!(
        found.to_string(),
        "localhost has no public address; name its address in network.allow to reach it"
    );
    assert_eq!(canary.paths().len(), 0);
}

#[tokio::test]
async fn heads_that_are_too_much_end_and_those_that_are_only_long_are_cut() {
    let long = |name: &str| format!("{name}: \"{}\"\r\n", "x".repeat(64 << 10));
    let server = Server::start("127.0.0.1", move |path| match path {
        "/long" => send("200 OK", &(long("etag") + &long("x-pad")), b"<rss/>"),
        "/far" => to("302 Found", &format!("/{}", "a".repeat(64 << 10))),
        "/many" => send("200 OK", &(0..200).map(|n| format!("x-{n}: y\r\n")).collect::<String>(), b"<rss/>"),
        "/endless" => {
            Act::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"x-a: yyyyyyyyyyyyyyyyyyyy\r\n".to_vec())
        }
        "/early" => Act::Endless(Vec::new(), b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec()),
        _ => Act::Endless(b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'y'; 4096]),
    })
    .await;
    let exchange = fetched(&server, "/long").await.unwrap();
    assert_eq!(exchange.bytes, b"<rss/>");
    assert_eq!(exchange.answer.validators, Validators::default(), "64 KiB are not said again");
    let check = async |path: &str, expected: &str| {
        let error = fetched(&server, path).await.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{path}: {error}");
    };
    check("/far", "the server answered 302 with no address to go to").await;
    for path in ["/many", "/endless", "/one"] {
        check(path, "the server gave no answer that can be understood").await;
    }
    check("/early", "no answer within 1.6 s").await;
}

#[tokio::test]
async fn wrong_lengths_are_told_from_whole_documents() {
    let with =
        |headers: &str, body: &str| Act::Send(format!("HTTP/1.1 200 OK\r\n{headers}\r\n{body}").into_bytes());
    let server = Server::start("127.0.0.1", move |path| match path {
        "/short" => with("content-length: 6\r\n", "<rss/><rss/>"),
        "/long" => with("content-length: 60\r\n", "<rss/>"),
        "/two" => with("content-length: 6\r\ncontent-length: 7\r\n", "<rss/>"),
        "/negative" => with("content-length: -6\r\n", "<rss/>"),
        "/huge" => with("content-length: 99999999999999\r\n", "<rss/>"),
        "/chunks" => with("transfer-encoding: chunked\r\n", "6\r\n<rss/>\r\n0\r\n\r\n"),
        "/cut" => with("transfer-encoding: chunked\r\n", "6\r\n<rss/>\r\n"),
        "/wide" => with("transfer-encoding: chunked\r\n", "fffffffffffffffff\r\n<rss/>"),
        _ => with("", "<rss/>"),
    })
    .await;
    let check = async |path: &str, expected: Result<&[u8], &str>| {
        let found = fetched(&server, path).await.map(|it| it.bytes).map_err(|it| it.to_string());
        match expected {
            Ok(bytes) => assert_eq!(found.as_deref(), Ok(bytes), "{path}"),
            Err(words) => assert!(found.as_ref().is_err_and(|it| it.starts_with(words)), "{path}: {found:?}"),
        }
    };
    for path in ["/short", "/chunks", "/none"] {
        check(path, Ok(b"<rss/>")).await;
    }
    for path in ["/long", "/cut", "/wide"] {
        check(path, Err("the document broke off")).await;
    }
    check("/huge", Err("the document is larger than 131072 bytes on the wire")).await;
    for path in ["/two", "/negative"] {
        check(path, Err("the server gave no answer that can be understood")).await;
    }
}

#[tokio::test]
async fn a_document_that_drips_has_its_time() {
    let server = Server::start("127.0.0.1", |path| match path {
        "/head" => Act::Drip(b"HTTP/1.1 200 OK\r\nx: ".to_vec()),
        _ => Act::Drip(b"HTTP/1.1 200 OK\r\n\r\n<rss>".to_vec()),
    })
    .await;
    let check = async |path: &str, expected: &str| {
        let error = fetched(&server, path).await.unwrap_err().to_string();
        assert_eq!(error, expected, "{path}");
    };
    check("/head", "no answer within 1.6 s").await;
    check("/body", "the document did not arrive within 1.6 s").await;
}

#[tokio::test]
async fn no_word_of_a_servers_drives_a_terminal_or_forges_a_line() {
    let server = Server::start("127.0.0.1", |path| match path {
        "/coding" => send("200 OK", "content-encoding: \u{1b}]0;x\u{7}\t\u{9b}2J\r\n", b"x"),
        "/circle" => to("302 Found", "/circle?\u{9b}2J\u{202e}"),
        "/to" => to("302 Found", "http://h\u{9b}st/"),
        path if path.starts_with("/circle?") => to("302 Found", path),
        _ => send("200 \u{9b}2J ERROR forged", "x: y\r\n", b"<rss/>"),
    })
    .await;
    for path in ["/coding", "/circle", "/to", "/reason"] {
        let said = match fetched(&server, path).await {
            Ok(exchange) => format!("{:?}", exchange.answer.hops),
            Err(error) => error.to_string(),
        };
        assert!(!said.chars().any(|it| it.is_control() || it == '\u{202e}'), "{path}: {said:?}");
    }
}
