//! What a feed of our own carries: the last alerts, of all storylines or of one.

use axum::http::Uri;
use jiff::Timestamp;
use storyline_config::StorylineId;
use storyline_store::{Alert, State};

use super::{problem::Problem, query::Query};

/// Entries in a feed.
const ENTRIES_MAX: usize = 100;

/// A feed, whatever it is written in.
pub(super) struct Pull<'a> {
    /// Its id, the same for as long as the storyline has its name.
    pub(super) id: String,
    pub(super) title: &'a str,
    pub(super) updated: Timestamp,
    /// Newest first.
    pub(super) entries: Vec<Entry<'a>>,
}

/// An alert in it.
pub(super) struct Entry<'a> {
    /// The same at every stage.
    pub(super) id: String,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    /// When it began: what it is about, or its first stage.
    pub(super) published: Timestamp,
    /// When its last stage was told.
    pub(super) updated: Timestamp,
    /// The page of the first report of what it is about.
    pub(super) link: Option<&'a str>,
    pub(super) storyline: Option<&'a StorylineId>,
    /// What kind of change it tells of, as the socket writes it.
    pub(super) kind: String,
}

/// The storyline that a request asks for.
pub(super) fn asked(uri: &Uri, state: &State) -> Result<Option<StorylineId>, Problem> {
    let storyline = Query::of(uri).storyline()?;
    match storyline.as_ref().filter(|id| !state.storylines.contains_key(*id)) {
        Some(id) => Err(super::storyline::no_such(id.as_str())),
        None => Ok(storyline),
    }
}

impl<'a> Pull<'a> {
    /// Gathers what a feed carries.
    pub(super) fn of(state: &'a State, storyline: Option<&'a StorylineId>) -> Self {
        let mut alerts: Vec<_> = state.alerts.values().collect();
        alerts.retain(|it| storyline.is_none() || it.storyline.as_ref() == storyline);
        alerts.sort_by_key(|it| std::cmp::Reverse(it.seq));
        let name = storyline.map_or("all", StorylineId::as_str);
        let titled = storyline.and_then(|id| state.storylines.get(id));
        Self {
            id: format!("urn:storyline:feed:{name}"),
            title: titled.map_or("storyline", |it| it.title.as_str()),
            updated: alerts.first().map_or(state.at, |it| Some(it.at)).unwrap_or_default(),
            entries: alerts.into_iter().take(ENTRIES_MAX).map(|it| entry(state, it)).collect(),
        }
    }
}

impl Entry<'_> {
    /// What it can be sorted by: its storyline, and its kind.
    pub(super) fn terms(&self) -> impl Iterator<Item = &str> {
        self.storyline.map(StorylineId::as_str).into_iter().chain([self.kind.as_str()])
    }
}

fn entry<'a>(state: &'a State, it: &'a Alert) -> Entry<'a> {
    let storyline = it.storyline.as_ref().and_then(|id| state.storylines.get(id));
    let development = storyline.zip(it.development).and_then(|(storyline, id)| storyline.development(id));
    Entry {
        id: format!("urn:storyline:alert:{}", it.id),
        title: &it.headline,
        text: &it.text,
        published: development.map_or(it.at, |of| of.at.min(it.at)),
        updated: it.at,
        link: development.and_then(|it| it.reports.iter().find_map(|it| it.url.as_deref())),
        storyline: it.storyline.as_ref(),
        kind: serde_json::json!(it.kind).as_str().unwrap_or_default().to_owned(),
    }
}
