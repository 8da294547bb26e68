//! The last alerts as an Atom feed, for whoever would rather pull.

use std::{io, sync::Arc};

use axum::{
    extract::State as Given,
    http::{Uri, header},
    response::{IntoResponse, Response},
};
use quick_xml::{Writer, events::BytesText};
use storyline_config::StorylineId;
use storyline_store::{Alert, State};

use super::{doors::Doors, problem::Problem, query::Query};

/// Entries in the feed.
const ENTRIES_MAX: usize = 100;

/// `GET /feed.atom`.
pub(super) async fn get(Given(doors): Given<Arc<Doors>>, uri: Uri) -> Result<Response, Problem> {
    let storyline = Query::of(&uri).storyline()?;
    let state = doors.handle.view().state;
    if let Some(id) = storyline.as_ref().filter(|id| !state.storylines.contains_key(*id)) {
        return Err(super::storyline::no_such(id.as_str()));
    }
    let feed = feed(&state, storyline.as_ref()).map_err(|it| Problem::broken(it.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed).into_response())
}

fn feed(state: &State, storyline: Option<&StorylineId>) -> io::Result<Vec<u8>> {
    let mut alerts: Vec<_> = state.alerts.values().collect();
    alerts.retain(|it| storyline.is_none() || it.storyline.as_ref() == storyline);
    alerts.sort_by_key(|it| std::cmp::Reverse(it.seq));
    let name = storyline.map_or("all", StorylineId::as_str);
    let title = storyline.and_then(|id| state.storylines.get(id)).map_or("storyline", |it| it.title.as_str());
    let updated = alerts.first().map_or(state.at, |it| Some(it.at)).unwrap_or_default();
    let mut writer =
        Writer::new_with_indent(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_vec(), b' ', 2);
    let root = writer.create_element("feed").with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
    root.write_inner_content(|writer| {
        text(writer, "id", &format!("urn:storyline:feed:{name}"))?;
        text(writer, "title", title)?;
        text(writer, "updated", &updated.to_string())?;
        let author = writer.create_element("author");
        author.write_inner_content(|writer| text(writer, "name", "storyline"))?;
        alerts.into_iter().take(ENTRIES_MAX).try_for_each(|it| entry(writer, state, it))
    })?;
    Ok(writer.into_inner())
}

fn entry(writer: &mut Writer<Vec<u8>>, state: &State, it: &Alert) -> io::Result<()> {
    let entry = writer.create_element("entry");
    entry.write_inner_content(|writer| {
        text(writer, "id", &format!("urn:storyline:alert:{}", it.id))?;
        text(writer, "title", &it.headline)?;
        text(writer, "updated", &it.at.to_string())?;
        text(writer, "content", &it.text)?;
        if let Some(url) = page(state, it) {
            let link = writer.create_element("link").with_attribute(("rel", "alternate"));
            link.with_attribute(("href", url)).write_empty()?;
        }
        if let Some(id) = &it.storyline {
            writer.create_element("category").with_attribute(("term", id.as_str())).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The page of the first report of what an alert is about.
fn page<'a>(state: &'a State, it: &Alert) -> Option<&'a str> {
    let storyline = state.storylines.get(it.storyline.as_ref()?)?;
    storyline.development(it.development?)?.reports.iter().find_map(|it| it.url.as_deref())
}

fn text(writer: &mut Writer<Vec<u8>>, name: &str, content: &str) -> io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(content)).map(|_| ())
}
