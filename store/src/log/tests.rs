use tempfile::TempDir;

use super::*;
use crate::Event;

fn recorded(seq: u64, text: &str) -> Recorded {
    let at = jiff::Timestamp::from_second(1_739_500_000 + i64::try_from(seq).unwrap()).unwrap();
    Recorded { seq: Seq(seq), at, event: Event::RecordLost { detail: text.to_owned() } }
}

fn events(seqs: std::ops::RangeInclusive<u64>) -> Vec<Recorded> {
    seqs.map(|seq| recorded(seq, &"x".repeat(seq as usize % 700))).collect()
}

#[test]
fn what_is_committed_reads_back_after_a_clean_stop() {
    let dir = TempDir::new().unwrap();
    let Opened { mut log, feeds, unclean } = Log::open(dir.path()).unwrap();
    assert!(feeds.is_empty() && !unclean);
    log.commit(&events(1..=50), &[]).unwrap();
    assert_eq!(log.reader().read_after(Seq(10), 7).unwrap(), events(11..=17));
    log.close().unwrap();
    let Opened { log, unclean, .. } = Log::open(dir.path()).unwrap();
    assert!(!unclean);
    assert_eq!(log.reader().read_after(Seq(0), 1000).unwrap(), events(1..=50));
}
