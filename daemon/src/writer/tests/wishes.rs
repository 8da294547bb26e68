//! What a person wishes of deliveries and sinks.

use storyline_store::{Delivery, DeliveryId};

use super::*;
use crate::writer::DeliveryNews;

/// The delivery that news about the strike brings about.
fn delivery(desk: &mut Desk, key: &str, title: &str, minutes: i64) -> DeliveryId {
    desk.visit(minutes, &[news("wire", key, title, minutes - 5)]);
    let last = desk.core.state().deliveries.values().max_by_key(|it| it.seq);
    last.map(|it: &Arc<Delivery>| it.id).unwrap()
}

#[test]
fn a_dead_delivery_is_not_sent_again_to_a_sink_that_wants_nothing() {
    let mut desk = Desk::baselined();
    let dead = delivery(&mut desk, "a", "Dockers vote to strike over pay", 10);
    desk.core.delivery(dead, DeliveryNews::Dead("refused".to_owned()), at(11)).unwrap();
    let held = delivery(&mut desk, "b", "Strike begins in the docks of Aldport", 20);
    desk.core.delivery(held, DeliveryNews::Disabled("410".to_owned()), at(21)).unwrap();
    for it in [dead, held] {
        let refused = desk.core.command(Command::Retry(it, "me".to_owned()), at(22)).unwrap_err();
        assert_eq!(refused.to_string(), "its sink desk wants nothing until a reload");
    }
    desk.core.configure(config(STRIKE), at(23));
    desk.core.command(Command::Retry(dead, "me".to_owned()), at(24)).unwrap();
    let refused = desk.core.command(Command::Retry(held, "me".to_owned()), at(25)).unwrap_err();
    assert_eq!(refused.to_string(), format!("delivery {held} is not dead"), "it is sent anyway");
}

#[test]
fn a_sink_that_goes_takes_along_what_was_gathered_for_it() {
    let mut desk = Desk::baselined();
    desk.core.returned();
    let events = desk.visit(10, &[news("wire", "a", "Dockers vote to strike over pay", 5)]);
    assert_eq!(count(&events, "delivery_planned"), 0, "it waits for the digest: {events:#?}");
    let gathered = |desk: &Desk| desk.core.state().gathered.len();
    assert_eq!(gathered(&desk), 1);
    let without = STRIKE.replace("[sink.desk]\nkind = \"exec\"\ncommand = [\"tell\"]\n", "");
    desk.core.configure(config(&without), at(20));
    assert_eq!(kinds(&desk.take()), ["sink_retired", "configuration_loaded"]);
    assert_eq!(gathered(&desk), 0);
    desk.core.configure(config(&without), at(30));
    assert_eq!(kinds(&desk.take()), ["configuration_loaded"], "it goes once");
}
