//! What the log takes on disk, when what is written is mostly written over: feed records, visit after visit.

use storyline_config::FeedId;
use storyline_store::{FeedRecord, Log, SeenItem, disk_use};

use crate::sample::{commit, folder};

const FEEDS: u64 = 40;
const ROUNDS: u64 = 150;

#[test]
fn records_written_over_take_no_more_and_no_more_room() {
    let folder = folder();
    let mut log = Log::open(folder.path()).unwrap().log;
    let mut records: Vec<(FeedId, FeedRecord)> =
        (0..FEEDS).map(|it| (format!("feed-{it}").parse().unwrap(), FeedRecord::default())).collect();
    let (mut written, mut sizes) = (0, Vec::new());
    for round in 0..ROUNDS {
        for (nth, (feed, record)) in records.iter_mut().enumerate() {
            let item = SeenItem { content: round, seq: None, events: 0, day: 1 };
            for it in 0..3 {
                let id = (round * 3 + it + nth as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                record.seen.0.insert(id, item);
                if record.seen.0.len() > 300 {
                    record.seen.0.pop_first();
                }
            }
            record.schedule.items = u32::try_from(round).unwrap();
            log.save_feeds(&[(feed.clone(), &*record)]).unwrap();
            written += 3_000;
        }
        if round % 10 == 0 {
            commit(&mut log, 2);
        }
        log.settle().unwrap();
        if round % 25 == 24 {
            sizes.push(disk_use(folder.path()).unwrap().log >> 10);
        }
    }
    log.close().unwrap();
    drop(Log::open(folder.path()).unwrap());
    let after = disk_use(folder.path()).unwrap().log >> 10;
    let [first, .., last] = sizes[..] else { panic!("{sizes:?}") };
    assert!(last.max(after) <= first + 1_536, "it grows: {sizes:?}, opened again {after}");
    eprintln!("about {} KiB written over; KiB on disk {sizes:?}, opened again {after}", written >> 10);
}
