//! What people met in feeds, and what should come of it.

#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]
#![allow(
    clippy::needless_pass_by_value,
    clippy::format_push_string,
    reason = "plain to read counts here, not speed"
)]

use expect_test::{Expect, expect};

use super::*;

/// Reads a document of `https://paper.example/dir/feed.xml` and writes down what was understood.
#[track_caller]
fn check(document: &str, expected: Expect) {
    expected.assert_eq(&told(document.as_bytes()));
}

fn told(document: &[u8]) -> String {
    let url = "https://paper.example/dir/feed.xml".parse().unwrap();
    let document = match read(document, None, &url) {
        Ok(document) => document,
        Err(error) => return format!("{error}\n"),
    };
    let mut out = format!("{} {}\n", document.kind.as_str(), document.title.as_deref().unwrap_or("-"));
    for it in &document.entries {
        let published = it.published.map_or("-".to_owned(), |it| it.to_string());
        let flag = it.date_flag.map_or(String::new(), |it| format!(" {it:?}"));
        let link = it.link.as_deref().unwrap_or("-");
        let body = if it.body.is_empty() { "-" } else { &it.body };
        out.push_str(&format!("{} | {} | {link} | {published}{flag} | {body}\n", it.id, it.title));
    }
    for it in &document.children {
        out.push_str(&format!("{} {}\n", it.url, it.lastmod.map_or("-".to_owned(), |it| it.to_string())));
    }
    out
}

#[test]
fn the_plainest_rss() {
    check(
        r#"<?xml version="1.0"?><rss version="2.0"><channel><title>Paper</title><item><title>Ferry sails</title>
        <link>https://paper.example/1</link><guid isPermaLink="false">n1</guid><pubDate>Tue, 11 Feb 2025 14:00:00 +0000</pubDate>
        <description>&lt;p&gt;At noon.&lt;/p&gt;</description></item></channel></rss>"#,
        expect![[r#"
            rss Paper
            n1 | Ferry sails | https://paper.example/1 | 2025-02-11T14:00:00Z | At noon.
        "#]],
    );
}

#[test]
fn old_and_odd_kinds() {
    check(
        r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://paper.example/"><title>Paper</title><items><rdf:Seq><rdf:li rdf:resource="https://paper.example/1"/></rdf:Seq></items></channel>
        <item rdf:about="https://paper.example/1"><title>No link of its own</title><dc:date>2025-02-11</dc:date></item></rdf:RDF>"#,
        expect![[r#"
            rdf Paper
            https://paper.example/1 | No link of its own | https://paper.example/1 | 2025-02-11T00:00:00Z DateOnly | -
        "#]],
    );
    check(
        r#"<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Old Atom</title><entry><title mode="escaped" type="text/html">A &lt;b&gt;bold&lt;/b&gt; move</title>
        <link rel="alternate" href="1.html"/><id>tag:x</id><issued>2025-02-11T14:00:00+01:00</issued><content type="text/html" mode="base64">PHA+UGFja2VkPC9wPg==</content></entry></feed>"#,
        expect![[r#"
            atom Old Atom
            tag:x | A bold move | https://paper.example/dir/1.html | 2025-02-11T13:00:00Z | Packed
        "#]],
    );
    check(
        r#"<rss version="7" xmlns="http://odd.example/ns"><channel><title>Odd namespace</title></channel><item><title>After the channel</title></item></rss>"#,
        expect![[r#"
            rss Odd namespace
            text:ade5a996cddefa56 | After the channel | - | - Missing | -
        "#]],
    );
    check(
        r#"<atom:feed xmlns:atom="http://www.w3.org/2005/Atom"><atom:title>Prefixed</atom:title><atom:entry><atom:id>e</atom:id><atom:title>Entry</atom:title></atom:entry></atom:feed>"#,
        expect![[r#"
            atom Prefixed
            e | Entry | - | - Missing | -
        "#]],
    );
}

#[test]
fn what_is_broken_loses_only_itself() {
    check(
        "Warning: include() failed\n<br />\n<?xml version='1.0'?><rss><channel><title>R&D & more</title><item><title>One & two</title><item><title>No end before</title></channel>",
        expect![[r#"
            rss R&D & more
            text:378574d3efa7161b | One & two | - | - Missing | -
            text:480092de32369396 | No end before | - | - Missing | -
        "#]],
    );
    check(
        "<rss><channel><title>Cut</title><item><title>Whole</title><guid>1</guid></item><item><title>Half of a tit",
        expect![[r#"
            rss Cut
            1 | Whole | - | - Missing | -
            text:236f334e44ff37d8 | Half of a tit | - | - Missing | -
        "#]],
    );
    check(
        "<rss><channel><item><title>Crossed</title><description><b>bold</description></b><guid>1</guid></item><item><title>Next</title></item></channel></rss>",
        expect![[r#"
            rss -
            1 | Crossed | - | - Missing | bold
            text:f1a228bf26db87b2 | Next | - | - Missing | -
        "#]],
    );
    check(
        "<rss><channel><item><title>1 < 2 and x<y</title><link href=unquoted>https://paper.example/1</link><guid>1</guid></item></channel></rss>",
        expect![[r#"
            rss -
            1 | 1 < 2 and x<y | https://paper.example/1 | - Missing | -
        "#]],
    );
    check(
        "<rss><channel><item><title>a&#0;b&#xD800;c &nosuch; caf&eacute; &alpha;</title><description><![CDATA[never ends</description></item></channel></rss>",
        expect![[r#"
            rss -
            text:01dc5a5943261f58 | abc &nosuch; café α | - | - Missing | never ends
        "#]],
    );
    check(
        "<rss><channel><title>Unclosed <item><title>Still here</title></item></channel></rss>",
        expect![[r#"
            rss Unclosed
            text:aaf32f27768d6990 | Still here | - | - Missing | -
        "#]],
    );
}

#[test]
fn an_aggregators_source_is_not_the_entry() {
    check(
        r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>Gathered</title><entry><source><id>s</id><title>Other blog</title><link href="https://other.example/"/>
        <updated>2020-01-01T00:00:00Z</updated></source><id>e1</id><title>Mine</title><link href="https://other.example/1"/><updated>2025-02-11T00:00:00Z</updated></entry></feed>"#,
        expect![[r#"
            atom Gathered
            e1 | Mine | https://other.example/1 | 2025-02-11T00:00:00Z | -
        "#]],
    );
}

#[test]
fn the_link_is_the_page() {
    check(
        r#"<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>
        <item><title>related is not it</title><atom:link rel="related" href="/r"/><atom:link rel="replies" href="/c"/><link>/1</link></item>
        <item><title>alternate is</title><atom:link rel="related" href="/r"/><atom:link rel="alternate" href="/2"/></item>
        <item><title>a permalink is</title><guid>https://paper.example/3</guid></item>
        <item><title>a number is none</title><guid>4711</guid></item>
        <item><title>an id is none</title><guid isPermaLink="false">https://paper.example/4</guid></item>
        <item><title>a file if nothing else</title><enclosure url="https://cdn.example/5.mp3"/></item>
        <url>https://paper.example/</url>
        <item><title>no script</title><link>javascript:alert(1)</link></item>
        </channel></rss>"#,
        expect![[r#"
            rss -
            https://paper.example/1 | related is not it | https://paper.example/1 | - Missing | -
            https://paper.example/2 | alternate is | https://paper.example/2 | - Missing | -
            https://paper.example/3 | a permalink is | https://paper.example/3 | - Missing | -
            4711 | a number is none | - | - Missing | -
            https://paper.example/4 | an id is none | - | - Missing | -
            https://cdn.example/5.mp3 | a file if nothing else | https://cdn.example/5.mp3 | - Missing | -
            text:df2c8075ad557f2a | no script | - | - Missing | -
        "#]],
    );
}

#[test]
fn a_link_that_counts_clicks_gives_way_to_the_page() {
    let document = r#"<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel>
        <item><title>1</title><link>https://counter.example/~r/paper/1</link><feedburner:origLink>https://paper.example/1</feedburner:origLink></item>
        <item><title>2</title><feedburner:origLink>javascript:alert(1)</feedburner:origLink><link>https://counter.example/~r/paper/2</link></item>
        <item><title>3</title><feedburner:origLink>https://paper.example/3</feedburner:origLink></item>
        </channel></rss>"#;
    let read = read(document.as_bytes(), None, &"https://paper.example/".parse().unwrap()).unwrap();
    let links: Vec<_> = read.entries.iter().map(|it| (it.link.as_deref(), it.page.as_deref())).collect();
    let (one, two) = (Some("https://counter.example/~r/paper/1"), Some("https://counter.example/~r/paper/2"));
    let own = [Some("https://paper.example/1"), Some("https://paper.example/3")];
    assert_eq!(links, [(one, own[0]), (two, None), (own[1], None)]);
}

#[test]
fn relative_links_follow_the_nested_bases() {
    check(
        r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://www.paper.example/a/"><entry xml:base="b/"><id>1</id><link href="c"/></entry>
        <entry><id>2</id><link xml:base="d/" href="e"/></entry><entry><id>3</id><link href="f"/></entry></feed>"#,
        expect![[r#"
            atom -
            1 |  | https://www.paper.example/a/b/c | - Missing | -
            2 |  | https://www.paper.example/a/d/e | - Missing | -
            3 |  | https://www.paper.example/a/f | - Missing | -
        "#]],
    );
}

#[test]
fn packing_is_not_content() {
    check(
        "<rss><channel><title><![CDATA[ Garden ]]></title><item><title>\n<![CDATA[ Peas &amp; <b>beans</b> ]]>\n</title><link>\n<![CDATA[\nhttps://paper.example/a b\n]]></link><guid>\n<![CDATA[ 17 ]]>\n</guid><pubDate><![CDATA[ Thu, 6 Mar 2025 09:05:10+5:30 ]]></pubDate></item></channel></rss>",
        expect![[r#"
            rss Garden
            17 | Peas & beans | https://paper.example/a%20b | 2025-03-06T03:35:10Z | -
        "#]],
    );
}

#[test]
fn titles_are_shown_as_their_format_means_them() {
    check(
        r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>X &amp; Y &lt;z&gt;</title><entry><id>1</id><title>On &lt;h1&gt; and its kin</title></entry>
        <entry><id>2</id><title type="html">&lt;i&gt;Price&lt;/i&gt; &amp;lt; 9 coins</title></entry>
        <entry><id>3</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Page <b>2</b> &lt; 3</div></title></entry>
        <entry><id>4</id><title>A <b>bold</b> &lt;move&gt;</title></entry><entry><id>5</id><title type="pdf">Odd type</title></entry></feed>"#,
        expect![[r#"
            atom X & Y <z>
            1 | On <h1> and its kin | - | - Missing | -
            2 | Price < 9 coins | - | - Missing | -
            3 | Page 2 < 3 | - | - Missing | -
            4 | A bold <move> | - | - Missing | -
            5 | Odd type | - | - Missing | -
        "#]],
    );
}

#[test]
fn json_feeds_of_every_quality() {
    check(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"Notes","items":[
        {"id":7,"url":"/7","title":"Numbers","content_text":"a < b & c","date_published":"2025-02-11T14:00:00+01:00"},
        {"id":"8","external_url":"https://other.example/8","content_html":"<p>Text</p>","date_modified":"2025-02-11T15:00:00Z"},
        "not an item",{"id":{"a":1},"title":["x"],"content_text":null},],}"#,
        expect![[r#"
            json Notes
            7 | Numbers | https://paper.example/7 | 2025-02-11T13:00:00Z | a < b & c
            8 |  | https://other.example/8 | 2025-02-11T15:00:00Z | Text
            text:743df94ee4c78a2a |  | - | - Missing | -
        "#]],
    );
    check(
        "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"A\nB \\ud83d\",\"items\":[]}",
        expect![[r#"
            json A B �
        "#]],
    );
    check(
        r#"{"error":"not found"}"#,
        expect![[r#"
        the document cannot be understood: it is JSON, but no JSON Feed
    "#]],
    );
    check(
        r#"{"items":[{"id":"#,
        expect![[r#"
        the document cannot be understood: it is broken JSON: EOF while parsing a value at line 1 column 16
    "#]],
    );
}

#[test]
fn sitemaps_of_news() {
    check(
        r#"<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url><loc>https://paper.example/1</loc><lastmod>2025-02-12</lastmod><news:news><news:publication><news:name>Paper</news:name><news:language>en</news:language></news:publication>
        <news:publication_date>2025-02-11T14:00:00Z</news:publication_date><news:title>Ferry sails</news:title></news:news><image:image><image:loc>https://paper.example/i.jpg</image:loc></image:image></url>
        <url><loc>https://paper.example/about</loc></url></urlset>"#,
        expect![[r#"
            sitemap -
            https://paper.example/1 | Ferry sails | https://paper.example/1 | 2025-02-11T14:00:00Z | -
        "#]],
    );
    check(
        r#"<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://paper.example/a.xml</loc><lastmod>2025-02-11T14:00:00Z</lastmod></sitemap><sitemap><loc>b.xml</loc></sitemap></sitemapindex>"#,
        expect![[r#"
            sitemap -
            https://paper.example/a.xml 2025-02-11T14:00:00Z
            https://paper.example/dir/b.xml -
        "#]],
    );
}

#[test]
fn what_is_no_feed_is_called_what_it_is() {
    check(
        " \n\u{feff} ",
        expect![[r#"
        the document is empty
    "#]],
    );
    check(
        "<!DOCTYPE html><html><head><title>Home</title></head><body>Hi</body></html>",
        expect![[r#"
        this is a web page, not a feed; `storyline feeds find` looks for the feeds of a site
    "#]],
    );
    check(
        "<html><head><title>Just a moment...</title></head><body><div id='cf-challenge'></div></body></html>",
        expect![[r#"
            the server answers with a challenge page, not with the feed: it takes us for a robot
        "#]],
    );
    check(
        "<html><script>var template = '<rss><channel></channel></rss>';</script></html>",
        expect![[r#"
        this is a web page, not a feed; `storyline feeds find` looks for the feeds of a site
    "#]],
    );
    check(
        "<opml version='2.0'><body><outline xmlUrl='https://paper.example/f'/></body></opml>",
        expect![[r#"
            the document cannot be understood: it is a list of feeds (OPML), not a feed; `storyline feeds import` takes it
        "#]],
    );
    check(
        "<svg xmlns='http://www.w3.org/2000/svg'><title>x</title></svg>",
        expect![[r#"
        the document cannot be understood: it is XML, but no feed
    "#]],
    );
    check(
        "Service unavailable",
        expect![[r#"
        the document cannot be understood: it is neither XML nor JSON
    "#]],
    );
    expect![[r#"
        the document cannot be understood: it is packed (gzip), and damaged or cut short
    "#]]
    .assert_eq(&told(b"\x1f\x8b\x08\x00abc"));
}

#[test]
fn what_a_feed_asks_of_its_readers() {
    let document = r#"<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><language>en-GB</language><ttl>60</ttl>
        <skipHours><hour>0</hour><hour>24</hour><hour>3</hour></skipHours><skipDays><day>Saturday</day></skipDays><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
        <atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="feed.xml"/><atom:link rel="next" href="?page=2"/>
        <item><title>One</title><category>World</category><category>World</category><author>desk@paper.example (Jo Ann)</author><source url="https://wire.example/rss">Wire</source></item></channel></rss>"#;
    let read = read(document.as_bytes(), None, &"https://paper.example/dir/feed.xml".parse().unwrap());
    let shown = show(read.as_ref(), "2025-02-12T00:00:00Z".parse().unwrap());
    expect![[r#"
        {
          "ok": true,
          "title": null,
          "kind": "rss",
          "lang": "en",
          "hints": {
            "ttl": 60,
            "skip_hours": [
              0,
              3
            ],
            "skip_days": [
              "Saturday"
            ],
            "sy_interval": 21600,
            "hub": "https://hub.example/",
            "self": "https://paper.example/dir/feed.xml",
            "next": "https://paper.example/dir/feed.xml?page=2"
          },
          "entries": [
            {
              "id": "text:15fa0c7b2122158c",
              "title": "One",
              "link": null,
              "published": null,
              "body": "",
              "authors": [
                "Jo Ann"
              ],
              "source": "Wire",
              "categories": [
                "World"
              ],
              "lang": "en"
            }
          ]
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&shown).unwrap());
}

#[test]
fn a_date_that_cannot_be_is_not_shown() {
    let document = "<rss><channel><item><title>a</title><pubDate>Tue, 11 Feb 2099 14:00:00 +0000</pubDate></item><item><title>b</title><pubDate>Thu, 01 Jan 1970 00:00:00 +0000</pubDate></item></channel></rss>";
    let read = read(document.as_bytes(), None, &"https://paper.example/".parse().unwrap());
    let shown = show(read.as_ref(), "2025-02-12T00:00:00Z".parse().unwrap());
    assert!(shown["entries"][0]["published"].is_null() && shown["entries"][1]["published"].is_null());
}
