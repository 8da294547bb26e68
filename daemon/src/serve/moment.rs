//! Where things stood at a moment, rebuilt from the log and the nearest state that is kept of before.

use std::sync::Arc;

use jiff::Timestamp;
use storyline_config::limit::EVENTS_LIMIT_MAX;
use storyline_store::{Recorded, Seq, State};

use super::{
    doors::{Doors, Past},
    problem::Problem,
    query::At,
};

impl Doors {
    /// The last event that may be shown: on stable storage, and in the state.
    pub(super) fn head(&self) -> Seq {
        self.handle.watch().borrow().state.seq
    }

    /// The place a moment means; none for now.
    ///
    /// # Errors
    ///
    /// A 404 for a place beyond the last event.
    pub(super) async fn place(self: &Arc<Self>, at: At) -> Result<Option<Seq>, Problem> {
        let head = self.head();
        match at {
            At::Now => Ok(None),
            At::Seq(seq) if seq > head => {
                let detail = format!("there is no event {seq} yet; the last is {head}");
                Err(Problem::unknown("no_such_event", detail, "ask for an earlier place"))
            }
            At::Seq(seq) => Ok(Some(seq)),
            At::Time(time) => self.fold(move |past| seq_at(past, time, head)).await.map(Some),
        }
    }

    /// Where things stood at a moment: rebuilt from the log, or as the writer shows them now.
    pub(super) async fn state_at(self: &Arc<Self>, at: At) -> Result<(Arc<State>, Option<Seq>), Problem> {
        match self.place(at).await? {
            None => Ok((self.handle.view().state, None)),
            Some(seq) => Ok((Arc::new(self.rebuild(seq).await?), Some(seq))),
        }
    }

    async fn rebuild(self: &Arc<Self>, to: Seq) -> Result<State, Problem> {
        self.fold(move |past| {
            let mut state = past.state_near(to).unwrap_or_default();
            each(past, state.seq, to, |it| state.apply(it))?;
            Ok(state)
        })
        .await
    }

    /// Reads the log away from the threads that answer; only a few at one time.
    pub(super) async fn fold<T, F>(self: &Arc<Self>, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Past) -> Result<T, String> + Send + 'static,
    {
        let past = Arc::clone(&self.past);
        self.toil(move |_| read(past.as_ref())).await?.map_err(Problem::unreadable)
    }

    /// Does what takes long away from the threads that answer; only a few at one time.
    pub(super) async fn toil<T, F>(self: &Arc<Self>, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&Self) -> T + Send + 'static,
    {
        let permit = Arc::clone(&self.folds.0).acquire_owned().await;
        let permit = permit.map_err(|it| Problem::broken(it.to_string()))?;
        let doors = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            // It goes on when whoever asked hangs up, and so does its share of the few.
            let _permit = permit;
            work(&doors)
        });
        done.await.map_err(|it| Problem::broken(it.to_string()))
    }

    /// Reads a little of the log, away from the threads that answer; behind nobody who reads all of it.
    pub(super) async fn look<T, F>(self: &Arc<Self>, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Past) -> Result<T, String> + Send + 'static,
    {
        let past = Arc::clone(&self.past);
        let done = tokio::task::spawn_blocking(move || read(past.as_ref())).await;
        done.map_err(|it| Problem::broken(it.to_string()))?.map_err(Problem::unreadable)
    }
}

/// Hands every event after one place up to another to `take`, in order.
pub(super) fn each(
    past: &dyn Past,
    after: Seq,
    to: Seq,
    mut take: impl FnMut(&Recorded),
) -> Result<(), String> {
    let mut place = after;
    while place < to {
        let left = usize::try_from(to.0 - place.0).unwrap_or(usize::MAX);
        let events = past.read_after(place, left.min(EVENTS_LIMIT_MAX))?;
        let Some(last) = events.last() else { return Err(format!("the log ends at {place}, before {to}")) };
        place = last.seq;
        events.iter().filter(|it| it.seq <= to).for_each(&mut take);
    }
    Ok(())
}

/// The last place recorded at or before a time, found by halving: recording times never fall.
pub(super) fn seq_at(past: &dyn Past, time: Timestamp, head: Seq) -> Result<Seq, String> {
    let (mut low, mut high) = (0, head.0);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let one = past.read_after(Seq(middle - 1), 1)?;
        if one.first().is_some_and(|it| it.at <= time) { low = middle } else { high = middle - 1 }
    }
    Ok(Seq(low))
}
