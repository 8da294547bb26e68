//! What a core makes of wishes: a configuration, a person's command, a sink's news (pure).

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use storyline_config::{Config, FeedId, SinkId, StorylineId};
use storyline_store::{DeliveryId, DeliveryState, DevelopmentId, Event, Seq, State};

use super::{Command, DeliveryNews, Refused, core::Core};
use crate::{detect::Definitions, plan::Occasion};

impl Core {
    /// Puts a configuration in force: what is new or changed holds from here on, nothing is judged again.
    ///
    /// Answers with the event that says so.
    pub fn configure(&mut self, config: Arc<Config>, now: Timestamp) -> Seq {
        for (id, it) in &config.storylines {
            let definition = config.storyline_hash(id).unwrap_or_default();
            let known = self.state.storylines.get(id).filter(|it| !it.retired);
            if known.is_none_or(|known| known.definition != definition) {
                let (storyline, title, parent) = (id.clone(), it.title.clone(), it.parent.clone());
                self.record(Event::StorylineDefined { storyline, title, parent, definition }, now);
            }
        }
        let gone = |id: &&StorylineId| !config.storylines.contains_key(*id);
        let followed = self.state.storylines.iter().filter(|(_, it)| !it.retired).map(|(id, _)| id);
        for storyline in followed.filter(gone).cloned().collect::<Vec<_>>() {
            self.record(Event::StorylineRetired { storyline }, now);
        }
        let gone = |id: &&FeedId| !config.feeds.contains_key(*id);
        for feed in self.state.feeds.keys().filter(gone).cloned().collect::<Vec<_>>() {
            self.record(Event::FeedRetired { feed }, now);
        }
        let gone = |id: &&SinkId| !config.sinks.contains_key(*id);
        // One to which nothing was ever sent may still have alerts gathered for its digest.
        let gathered = self.state.gathered.iter().map(|it| &it.sink);
        let sinks: BTreeSet<_> = self.state.sinks.keys().chain(gathered).filter(gone).cloned().collect();
        for sink in sinks {
            self.record(Event::SinkRetired { sink }, now);
        }
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let event = Event::ConfigurationLoaded {
            feeds: count(config.feeds.len()),
            storylines: count(config.storylines.len()),
            sinks: count(config.sinks.len()),
            hash: config.hash(),
        };
        self.record(event, now);
        self.definitions = Definitions::compile(&config);
        let added = config.feeds.keys().filter(|id| !self.config.feeds.contains_key(*id));
        self.awaited.extend(added.cloned());
        self.awaited.retain(|id| config.feeds.contains_key(id));
        self.config = config;
        self.take_up_misses(self.misses().to_vec());
        self.state.seq
    }

    /// Records a sink's news of a delivery.
    ///
    /// # Errors
    ///
    /// [`Refused::Unknown`] where it is to be attempted and nothing is to be sent: it must not be.
    pub fn delivery(
        &mut self,
        delivery: DeliveryId,
        news: DeliveryNews,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let known = self.state.deliveries.get(&delivery);
        match news {
            DeliveryNews::Done(_) if known.is_some() => {}
            _ if known.is_some_and(|it| it.state.is_pending()) => {}
            DeliveryNews::Attempted(_) => {
                return Err(Refused::Unknown(format!("delivery {delivery} is not to be sent")));
            }
            // It was in hand when its sink was taken away: what came of it changes nothing.
            _ => return Ok(()),
        }
        let event = match news {
            DeliveryNews::Attempted(attempt) => Event::DeliveryAttempted { delivery, attempt },
            DeliveryNews::Done(attempt) => Event::DeliveryDone { delivery, attempt },
            DeliveryNews::Failed(attempt, error, retry_at) => {
                Event::DeliveryFailed { delivery, attempt, error, retry_at }
            }
            DeliveryNews::Dead(error) => Event::DeliveryDead { delivery, error },
            DeliveryNews::Disabled(error) => {
                let Some(known) = known else { return Ok(()) };
                Event::SinkDisabled { sink: known.sink.clone(), error }
            }
        };
        self.cause(vec![event], Occasion::Live, now);
        Ok(())
    }

    /// Records a person's wish.
    ///
    /// # Errors
    ///
    /// [`Refused::Unknown`] where what it names is not known.
    pub fn command(&mut self, command: Command, now: Timestamp) -> Result<Seq, Refused> {
        let unknown = |what: String| Err(Refused::Unknown(what));
        let event = match command {
            Command::Acknowledge(alert, _) if !self.state.alerts.contains_key(&alert) => {
                return unknown(format!("no alert {alert}"));
            }
            Command::Acknowledge(alert, by) => Event::AlertAcknowledged { alert, by },
            Command::Snooze(storyline, _, _) if !self.config.storylines.contains_key(&storyline) => {
                return unknown(format!("no storyline {storyline}"));
            }
            Command::Snooze(storyline, until, by) => Event::AlertSnoozed { storyline, until, by },
            Command::Mute(outlet, by) => Event::OutletMuted { outlet, by },
            Command::Drop(development, by) => match self.owner(development) {
                Some(storyline) => Event::DevelopmentDropped { storyline, development, by },
                None => return unknown(format!("no development {development}")),
            },
            Command::Hold(alert, until, by) => match self.state.alerts.get(&alert) {
                Some(it) => Event::AlertHeld { alert, storyline: it.storyline.clone(), until, by },
                None => return unknown(format!("no alert {alert}")),
            },
            Command::Retry(delivery, by) => match self.state.deliveries.get(&delivery) {
                Some(it) if self.state.disabled.contains_key(&it.sink) => {
                    return unknown(format!("its sink {} wants nothing until a reload", it.sink));
                }
                Some(it) if it.state != DeliveryState::Dead => {
                    return unknown(format!("delivery {delivery} is not dead"));
                }
                Some(it) if !self.config.sinks.contains_key(&it.sink) => {
                    return unknown(format!("its sink {} is no longer configured", it.sink));
                }
                Some(_) => Event::DeliveryRequeued { delivery, by },
                None => return unknown(format!("no delivery {delivery}")),
            },
        };
        self.record(event, now);
        Ok(self.state.seq)
    }

    fn owner(&self, development: DevelopmentId) -> Option<StorylineId> {
        let owns =
            |it: &State, id| it.storylines.get(id).is_some_and(|it| it.development(development).is_some());
        self.state.storylines.keys().find(|id| owns(&self.state, *id)).cloned()
    }
}
