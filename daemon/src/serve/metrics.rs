//! A few honest numbers in Prometheus' text format.

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::State as Given,
    http::header,
    response::{IntoResponse, Response},
};
use storyline_store::{DeliveryState, DiskUse};

use super::{doors::Doors, feeds};
use crate::writer::View;

/// `GET /metrics`.
pub(super) async fn get(Given(doors): Given<Arc<Doors>>) -> Response {
    let text = text(&doors.handle.view(), &doors.disk.borrow().clone());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

fn text(view: &View, disk: &DiskUse) -> String {
    let in_state = |state| view.state.deliveries.values().filter(|it| it.state == state).count() as u64;
    let followed = view.state.storylines.values().filter(|it| !it.retired).count() as u64;
    let mut text = String::new();
    let mut say = |name: &str, kind: &str, help: &str, value: u64| {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "# HELP storyline_{name} {help}\n# TYPE storyline_{name} {kind}\nstoryline_{name} {value}\n"
        );
    };
    say("head_seq", "counter", "The place of the last event in the log.", view.state.seq.0);
    say("read_only", "gauge", "Whether nothing can be written.", u64::from(view.storage.is_some()));
    say("storylines", "gauge", "Storylines that are followed.", followed);
    say("feeds", "gauge", "Feeds that are configured.", view.config.feeds.len() as u64);
    say("feeds_failing", "gauge", "Feeds that cannot be read.", feeds::failing(view) as u64);
    say("items_total", "counter", "Items read since the start.", view.items);
    say(
        "items_matched_total",
        "counter",
        "Items that belonged to a storyline since the start.",
        view.matched,
    );
    say("alerts", "gauge", "Alerts that are kept in the state.", view.state.alerts.len() as u64);
    say("deliveries_planned", "gauge", "Deliveries to be made.", in_state(DeliveryState::Planned));
    say(
        "deliveries_failing",
        "gauge",
        "Deliveries that wait for another attempt.",
        in_state(DeliveryState::Failing),
    );
    say("deliveries_dead", "gauge", "Deliveries that were given up.", in_state(DeliveryState::Dead));
    say("deliveries_held", "gauge", "Deliveries held until a reload.", in_state(DeliveryState::Held));
    text + &rooms(disk)
}

/// What each room of the data directory takes.
fn rooms(disk: &DiskUse) -> String {
    let mut text = "# HELP storyline_disk_bytes What the data directory takes on disk, room by room.\n\
                    # TYPE storyline_disk_bytes gauge\n"
        .to_owned();
    let rooms = [
        ("log", disk.log),
        ("segments", disk.segments),
        ("archive", disk.archive),
        ("snapshot", disk.snapshot),
        ("aside", disk.aside),
    ];
    for (room, bytes) in rooms {
        let _ = writeln!(text, "storyline_disk_bytes{{room=\"{room}\"}} {bytes}");
    }
    text
}
