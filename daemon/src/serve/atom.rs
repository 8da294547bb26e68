//! The last alerts as an Atom feed, for whoever would rather pull.

use std::{io, sync::Arc};

use axum::{
    extract::State as Given,
    http::{Uri, header},
    response::{IntoResponse, Response},
};
use quick_xml::{Writer, events::BytesText};

use super::{
    doors::Doors,
    problem::Problem,
    pull::{Entry, Pull, asked},
};

/// `GET /feed.atom`.
pub(super) async fn get(Given(doors): Given<Arc<Doors>>, uri: Uri) -> Result<Response, Problem> {
    let state = doors.handle.view().state;
    let storyline = asked(&uri, &state)?;
    let feed = feed(&Pull::of(&state, storyline.as_ref())).map_err(|it| Problem::broken(it.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed).into_response())
}

fn feed(pull: &Pull<'_>) -> io::Result<Vec<u8>> {
    let mut writer =
        Writer::new_with_indent(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_vec(), b' ', 2);
    let root = writer.create_element("feed").with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
    root.write_inner_content(|writer| {
        text(writer, "id", &pull.id)?;
        text(writer, "title", pull.title)?;
        text(writer, "updated", &pull.updated.to_string())?;
        let author = writer.create_element("author");
        author.write_inner_content(|writer| text(writer, "name", "storyline"))?;
        pull.entries.iter().try_for_each(|it| entry(writer, it))
    })?;
    Ok(writer.into_inner())
}

fn entry(writer: &mut Writer<Vec<u8>>, it: &Entry<'_>) -> io::Result<()> {
    let entry = writer.create_element("entry");
    entry.write_inner_content(|writer| {
        text(writer, "id", &it.id)?;
        text(writer, "title", it.title)?;
        text(writer, "published", &it.published.to_string())?;
        text(writer, "updated", &it.updated.to_string())?;
        text(writer, "content", it.text)?;
        if let Some(url) = it.link {
            let link = writer.create_element("link").with_attribute(("rel", "alternate"));
            link.with_attribute(("href", url)).write_empty()?;
        }
        for term in it.terms() {
            writer.create_element("category").with_attribute(("term", term)).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn text(writer: &mut Writer<Vec<u8>>, name: &str, content: &str) -> io::Result<()> {
    // XML knows no other control characters, not even escaped.
    let content: String = content.chars().filter(|it| *it == '\n' || !it.is_control()).collect();
    writer.create_element(name).write_text_content(BytesText::new(&content)).map(|_| ())
}
