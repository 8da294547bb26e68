//! Lists of feeds as other readers write them (pure).

use std::io;

use quick_xml::{
    Reader, Writer, XmlVersion,
    events::{BytesEnd, BytesStart, BytesText, Event},
};
use url::Url;

use crate::read::one_line;

/// Folders within folders at the most.
const DEPTH_MAX: usize = 32;
/// Feeds in one file at the most.
const FEEDS_MAX: usize = 10_000;

/// One feed of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outline {
    /// What it is called; empty where nothing says.
    pub(super) title: String,
    /// Where it is.
    pub(super) url: Url,
    /// Whether it is a sitemap.
    pub(super) sitemap: bool,
    /// The folders it is in, outermost first.
    pub(super) folders: Vec<String>,
}

/// What a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct List {
    /// Its feeds, in its order.
    pub(super) feeds: Vec<Outline>,
    /// Addresses that are none of the web, and are left out.
    pub(super) strange: Vec<String>,
}

/// Reads a list.
///
/// # Errors
///
/// A sentence that says why this is no OPML.
pub(super) fn read(text: &str) -> Result<List, String> {
    let mut reader = Reader::from_str(text);
    let (mut found, mut folders, mut opml) = (List::default(), Vec::<Option<String>>::new(), false);
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        match event {
            Event::Start(tag) | Event::Empty(tag) if !opml && tag.local_name().as_ref() != "opml" => {
                return Err("it does not begin with <opml>".to_owned());
            }
            Event::Start(tag) if tag.local_name().as_ref() == "outline" => {
                folders.push(outline(&tag, &folders, &mut found)?);
                if folders.len() > DEPTH_MAX {
                    return Err(format!("folders are nested more than {DEPTH_MAX} deep"));
                }
            }
            Event::Empty(tag) if tag.local_name().as_ref() == "outline" => {
                outline(&tag, &folders, &mut found)?;
            }
            Event::Start(_) => opml = true,
            Event::End(tag) if tag.local_name().as_ref() == "outline" => drop(folders.pop()),
            Event::Eof => break,
            _ => {}
        }
        if found.feeds.len() + found.strange.len() > FEEDS_MAX {
            return Err(format!("it lists more than {FEEDS_MAX} feeds"));
        }
    }
    if !opml || depth > 0 {
        return Err("it breaks off".to_owned());
    }
    Ok(found)
}

/// Takes a feed in; gives the name of a folder.
fn outline(
    tag: &BytesStart<'_>,
    folders: &[Option<String>],
    found: &mut List,
) -> Result<Option<String>, String> {
    let (mut title, mut text, mut address, mut kind) = (None, None, None, None);
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        let value = Some(one_line(&value)).filter(|it| !it.is_empty());
        match attribute.key.local_name().as_ref() {
            "title" => title = value,
            "text" => text = value,
            "xmlUrl" | "xmlurl" | "xmlURL" => address = value,
            "type" => kind = value,
            _ => {}
        }
    }
    let name = text.or(title);
    let Some(address) = address else { return Ok(name) };
    let url = Url::parse(&address).ok().filter(|it| matches!(it.scheme(), "http" | "https") && it.has_host());
    if let Some(url) = url {
        let folders = folders.iter().flatten().cloned().collect();
        let sitemap = kind.as_deref() == Some("sitemap");
        found.feeds.push(Outline { title: name.unwrap_or_default(), url, sitemap, folders });
    } else {
        found.strange.push(address);
    }
    Ok(None)
}

/// Writes a list, folders within folders.
pub(super) fn write(outlines: &[Outline]) -> io::Result<Vec<u8>> {
    let mut writer =
        Writer::new_with_indent(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec(), b' ', 2);
    writer.write_event(Event::Start(BytesStart::new("opml").with_attributes([("version", "2.0")])))?;
    let head = writer.create_element("head");
    head.write_inner_content(|it| {
        it.create_element("title").write_text_content(BytesText::new("storyline"))?;
        Ok(())
    })?;
    writer.write_event(Event::Start(BytesStart::new("body")))?;
    let mut sorted: Vec<_> = outlines.iter().collect();
    sorted.sort_by(|a, b| a.folders.cmp(&b.folders));
    let mut open: Vec<&str> = Vec::new();
    for it in sorted {
        enter(&mut writer, &mut open, &it.folders)?;
        let kind = if it.sitemap { "sitemap" } else { "rss" };
        let attributes = [
            ("type", kind),
            ("text", it.title.as_str()),
            ("title", it.title.as_str()),
            ("xmlUrl", it.url.as_str()),
        ];
        writer.write_event(Event::Empty(BytesStart::new("outline").with_attributes(attributes)))?;
    }
    enter(&mut writer, &mut open, &[])?;
    writer.write_event(Event::End(BytesEnd::new("body")))?;
    writer.write_event(Event::End(BytesEnd::new("opml")))?;
    let mut text = writer.into_inner();
    text.push(b'\n');
    Ok(text)
}

/// Closes and opens folders until those wished are open.
fn enter<'a>(writer: &mut Writer<Vec<u8>>, open: &mut Vec<&'a str>, wished: &'a [String]) -> io::Result<()> {
    let same = open.iter().zip(wished).take_while(|(a, b)| **a == b.as_str()).count();
    for _ in same..open.len() {
        open.pop();
        writer.write_event(Event::End(BytesEnd::new("outline")))?;
    }
    for folder in wished.iter().skip(same) {
        open.push(folder);
        let start = BytesStart::new("outline").with_attributes([("text", folder.as_str())]);
        writer.write_event(Event::Start(start))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn feed(title: &str, url: &str, folders: &[&str]) -> Outline {
        let folders = folders.iter().map(ToString::to_string).collect();
        Outline { title: title.to_owned(), url: url.parse().unwrap(), sitemap: false, folders }
    }

    #[test]
    fn a_list_reads_as_it_was_written() {
        let list = vec![
            feed("A & \"B\"", "https://a.example/rss?x=1&y=2", &[]),
            feed("DW", "https://dw.example/rss", &["World"]),
            feed("Yle", "https://yle.example/rss", &["World", "Europe"]),
        ];
        let text = String::from_utf8(write(&list).unwrap()).unwrap();
        let want = expect![[r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <opml version="2.0">
              <head>
                <title>storyline</title>
              </head>
              <body>
                <outline type="rss" text="A &amp; &quot;B&quot;" title="A &amp; &quot;B&quot;" xmlUrl="https://a.example/rss?x=1&amp;y=2"/>
                <outline text="World">
                  <outline type="rss" text="DW" title="DW" xmlUrl="https://dw.example/rss"/>
                  <outline text="Europe">
                    <outline type="rss" text="Yle" title="Yle" xmlUrl="https://yle.example/rss"/>
                  </outline>
                </outline>
              </body>
            </opml>
        "#]];
        want.assert_eq(&text);
        assert_eq!(read(&text), Ok(List { feeds: list, strange: Vec::new() }));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let check = |text: &str| assert!(read(text).is_err(), "{text}");
        check("");
        check("rubbish");
        check("<html><body><outline xmlUrl='https://a.example/'/></body></html>");
        check("<opml><body><outline text='a'>");
        check("<opml><body></outline></body></opml>");
        check("<opml><body><outline text='&nothing;' xmlUrl='https://a.example/'/></body></opml>");
    }

    #[test]
    fn what_is_no_address_of_the_web_is_left_out_and_named() {
        let text = "<opml><body><outline xmlUrl='file:///etc/passwd'/><outline xmlUrl='exec:x'/>\
                    <outline title=' A\n b ' xmlUrl='http://a.example/'/></body></opml>";
        let list = read(text).unwrap();
        assert_eq!(list.feeds, [feed("A b", "http://a.example/", &[])]);
        assert_eq!(list.strange, ["file:///etc/passwd", "exec:x"]);
    }
}
