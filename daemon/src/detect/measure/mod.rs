//! Every figure of detection in one table, over labelled data that lies beside the project, where it does.
//!
//! `cargo test -p storyline --lib figures -- --nocapture` prints it; what each row means stands in
//! `daemon/docs/figures.md`.

mod data;
mod events;
mod gold;
mod pairs;
mod steps;
mod swaps;

use data::Row;

#[test]
fn figures() {
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(gold::figures());
    rows.extend(gold::dates());
    rows.extend(pairs::copies());
    rows.extend(events::figures());
    rows.extend(pairs::headlines());
    rows.extend(pairs::texts());
    rows.extend(swaps::figures());
    eprintln!("\n{}", data::table(&rows));
    let changed: Vec<&Row> = rows.iter().filter(|it| it.must && !it.is_reached()).collect();
    assert!(changed.is_empty(), "{}", data::table(&rows));
}
