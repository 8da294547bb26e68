//! What was read, for backtest and explain.
//!
//! The archive decides nothing and may be lost: it is a second database,
//! written without a sync, and begun anew where it does not open.

mod shelves;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;
use storyline_config::limit::ARCHIVE_AMPLIFICATION;

use self::shelves::Shelves;
use crate::{
    Item, ItemId, StoreError,
    aside::Scratch,
    durable,
    lock::{Lock, not_writable},
};

const DIR: &str = "archive";
const DAMAGED: &str = "archive.damaged";
/// Where a smaller one is built, and where the larger one goes for a moment.
const NEXT: &str = "archive.next";
const BEFORE: &str = "archive.before";
/// How often an archive in use is copied before it counts as unreadable.
const COPIES: u32 = 3;

/// Everything that was read, until it expires; any number of these may be used at once.
#[derive(Debug, Clone)]
pub struct Archive {
    data_dir: PathBuf,
    /// Swapped only when it has grown too large. Whoever still reads the one before reads it to its end.
    shelves: Arc<RwLock<Shelves>>,
}

impl Archive {
    /// Opens the archive in a data directory. One that does not open is moved away, and another is begun.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`], [`StoreError::NotWritable`]: the daemon can do without an archive. [`StoreError::InUse`]
    /// where a daemon has it open.
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        let dir = data_dir.join(DIR);
        let kept = |shelves| Self { data_dir: data_dir.to_owned(), shelves: Arc::new(RwLock::new(shelves)) };
        recover(data_dir).map_err(|source| not_writable(data_dir, source))?;
        match Shelves::open(&dir) {
            Ok(shelves) => Ok(kept(shelves)),
            Err(
                error @ (StoreError::Full(_) | StoreError::NotWritable { .. } | StoreError::InUse { .. }),
            ) => Err(error),
            Err(error) => {
                tracing::warn!(%error, "the archive does not open; beginning another");
                let damaged = data_dir.join(DAMAGED);
                durable::remove(&damaged).map_err(|source| not_writable(&damaged, source))?;
                fs::rename(&dir, &damaged).map_err(|source| not_writable(&dir, source))?;
                Shelves::open(&dir).map(kept)
            }
        }
    }

    /// All items kept in a data directory, in the order of the times they count from. Where a daemon has the archive
    /// open a copy is read, in which what was put in the last seconds may be missing.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open), and [`StoreError::Io`] where the copy cannot be made.
    pub fn recorded(data_dir: &Path) -> Result<Vec<Item>, StoreError> {
        // Whoever opens it ends what was interrupted; of a daemon at work that would be what it is doing just now.
        let opened = Lock::borrow(data_dir).and_then(|lock| Ok((Self::open(data_dir)?, lock)));
        match opened {
            Ok((archive, _lock)) => all_of(&archive.now()),
            Err(StoreError::InUse { .. }) => copied(data_dir),
            Err(error) => Err(error),
        }
    }

    /// Keeps items; a later content takes an earlier one's place.
    ///
    /// # Errors
    ///
    /// Any of the database's; nothing else suffers.
    pub fn put(&self, items: &[Item]) -> Result<(), StoreError> {
        self.now().put(items)
    }

    /// The item of that id, if it is still kept.
    ///
    /// # Errors
    ///
    /// Any of the database's.
    pub fn get(&self, id: ItemId) -> Result<Option<Item>, StoreError> {
        self.now().get(id)
    }

    /// The item whose page this is, if it is still kept; the last one where several share it.
    ///
    /// # Errors
    ///
    /// Any of the database's.
    pub fn find_url(&self, url: &str) -> Result<Option<Item>, StoreError> {
        self.now().find_url(url)
    }

    /// The items that count from a time on and before another, in the order of these times.
    pub fn between(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = Result<Item, StoreError>> + use<> {
        self.now().between(from, to)
    }

    /// Forgets the items that count from before a time, and says how many they were.
    ///
    /// # Errors
    ///
    /// Any of the database's.
    pub fn expire(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.now().expire(before)
    }

    /// Bytes it takes on disk.
    ///
    /// # Errors
    ///
    /// Any of the database's.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        self.now().bytes()
    }

    /// The time the oldest item counts from; none where it is empty.
    ///
    /// # Errors
    ///
    /// Any of the database's.
    pub fn oldest(&self) -> Result<Option<Timestamp>, StoreError> {
        self.now().oldest()
    }

    /// Where it takes more than so many bytes on disk, keeps the newest items that fit in a third of it and forgets the
    /// others; says whether it did. To be called by whoever puts items, and by nobody else meanwhile.
    ///
    /// The engine gives no room back, not even for what was removed: the newest items go to a database of their own,
    /// which takes this one's place.
    ///
    /// # Errors
    ///
    /// Any of the database's and of the file system's; nothing is forgotten then.
    pub fn shrink(&self, bytes_max: u64) -> Result<bool, StoreError> {
        let before = self.now();
        if before.bytes()? <= bytes_max {
            return Ok(false);
        }
        let place = |name: &str| self.data_dir.join(name);
        durable::remove(&place(NEXT))?;
        Shelves::open(&place(NEXT))?.take_newest(&before, bytes_max / ARCHIVE_AMPLIFICATION)?;
        let smaller = self.exchange()?;
        *self.shelves.write().unwrap_or_else(PoisonError::into_inner) = smaller;
        drop(before);
        durable::remove(&place(BEFORE))?;
        Ok(true)
    }

    /// Puts the smaller one in place and opens it; where that fails everything is as it was.
    fn exchange(&self) -> Result<Shelves, StoreError> {
        let place = |name: &str| self.data_dir.join(name);
        fs::rename(place(DIR), place(BEFORE))?;
        let opened = fs::rename(place(NEXT), place(DIR))
            .map_err(StoreError::from)
            .and_then(|()| Shelves::open(&place(DIR)));
        if opened.is_err() {
            if place(DIR).exists() {
                fs::rename(place(DIR), place(NEXT))?;
            }
            fs::rename(place(BEFORE), place(DIR))?;
        }
        opened
    }

    fn now(&self) -> Shelves {
        self.shelves.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn all_of(shelves: &Shelves) -> Result<Vec<Item>, StoreError> {
    shelves.between(Timestamp::MIN, Timestamp::MAX).collect()
}

/// All items of an archive that a daemon has open, of which nothing is changed.
fn copied(data_dir: &Path) -> Result<Vec<Item>, StoreError> {
    let copy = |_| {
        let copy = Scratch::of(data_dir, &data_dir.join(DIR)).map_err(StoreError::Io)?;
        all_of(&Shelves::open(&copy.dir)?)
    };
    // The daemon may have put a smaller one in its place meanwhile.
    (1..COPIES).map(copy).find(Result::is_ok).unwrap_or_else(|| copy(COPIES))
}

/// Ends what was interrupted: a smaller archive that did not take the larger one's place yet is built again.
fn recover(data_dir: &Path) -> std::io::Result<()> {
    let place = |name: &str| data_dir.join(name);
    if !place(DIR).exists() && place(BEFORE).exists() {
        fs::rename(place(BEFORE), place(DIR))?;
    }
    durable::remove(&place(NEXT))?;
    durable::remove(&place(BEFORE))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn item(id: u64, second: i64, link: &str) -> Item {
        let json = serde_json::json!({
            "id": ItemId(id), "feed": "a", "outlet": "A", "link": link, "title": format!("Title {id}"),
            "seen": at(second), "effective": at(second),
        });
        serde_json::from_value(json).unwrap()
    }

    fn ids(archive: &Archive, from: i64, to: i64) -> Vec<u64> {
        archive.between(at(from), at(to)).map(|it| it.unwrap().id.0).collect()
    }

    #[test]
    fn what_was_recorded_is_read_also_while_another_has_it_open() {
        let dir = TempDir::new().unwrap();
        let archive = Archive::open(dir.path()).unwrap();
        archive.put(&[item(1, 100, "https://a.test/1"), item(2, 50, "https://a.test/2")]).unwrap();
        archive.now().flush().unwrap();
        let recorded = || Archive::recorded(dir.path()).unwrap().iter().map(|it| it.id.0).collect::<Vec<_>>();
        assert_eq!(recorded(), [2, 1]);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "the copy is gone");
        drop(archive);
        assert_eq!(recorded(), [2, 1]);
    }

    #[test]
    fn what_a_daemon_has_in_hand_is_left_alone_by_whoever_reads_beside_it() {
        let dir = TempDir::new().unwrap();
        let _lock = Lock::take(dir.path()).unwrap();
        Archive::open(dir.path()).unwrap().put(&[item(1, 100, "https://a.test/1")]).unwrap();
        // It is just making it smaller.
        for name in [NEXT, BEFORE] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        assert_eq!(Archive::recorded(dir.path()).unwrap().len(), 1);
        assert!(dir.path().join(NEXT).exists() && dir.path().join(BEFORE).exists());
    }

    #[test]
    fn a_smaller_one_that_does_not_open_leaves_everything_as_it_was() {
        let dir = TempDir::new().unwrap();
        let archive = Archive::open(dir.path()).unwrap();
        archive.put(&[item(1, 100, "https://a.test/1")]).unwrap();
        let place = |name: &str| dir.path().join(name);
        drop(Shelves::open(&place(NEXT)).unwrap());
        fs::write(place(NEXT).join("conf"), b"garbage that is no database at all").unwrap();
        assert!(archive.exchange().is_err());
        assert!(!place(BEFORE).exists() && archive.get(ItemId(1)).unwrap().is_some());
        assert!(archive.shrink(0).unwrap(), "the next time it is tried again");
        archive.put(&[item(2, 100, "https://a.test/2")]).unwrap();
        drop(archive);
        assert!(!place(BEFORE).exists() && !place(NEXT).exists());
        assert_eq!(ids(&Archive::open(dir.path()).unwrap(), 0, 1_000), [2]);
    }

    #[test]
    fn what_was_put_is_found_by_id_by_link_and_by_time() {
        let dir = TempDir::new().unwrap();
        let archive = Archive::open(dir.path()).unwrap();
        let items = [
            item(1, -50, "https://a.test/1"),
            item(2, 100, "https://a.test/2"),
            item(9, 70, "https://a.test/2"),
        ];
        archive.put(&items).unwrap();
        assert_eq!(archive.get(ItemId(2)).unwrap().as_ref(), items.get(1));
        assert_eq!(archive.get(ItemId(3)).unwrap(), None);
        assert_eq!(archive.find_url("https://a.test/1").unwrap().as_ref(), items.first());
        assert_eq!(archive.find_url("https://a.test/2").unwrap().as_ref(), items.last());
        assert_eq!(archive.find_url("https://a.test/3").unwrap(), None);
        assert_eq!(ids(&archive, -100, 1_000), [1, 9, 2]);
        assert_eq!(ids(&archive, -50, 100), [1, 9]);
        assert_eq!(archive.oldest().unwrap(), Some(at(-50)));
    }

    #[test]
    fn a_later_content_takes_the_earlier_ones_place() {
        let dir = TempDir::new().unwrap();
        let archive = Archive::open(dir.path()).unwrap();
        archive.put(&[item(1, 10, "https://a.test/1")]).unwrap();
        archive.put(&[item(1, 90, "https://a.test/1")]).unwrap();
        assert_eq!(ids(&archive, 0, 100), [1]);
        assert_eq!(archive.get(ItemId(1)).unwrap().unwrap().effective, at(90));
    }

    #[test]
    fn what_expires_is_gone_and_the_rest_stays_after_a_restart() {
        let dir = TempDir::new().unwrap();
        {
            let archive = Archive::open(dir.path()).unwrap();
            let all: Vec<_> =
                (0..200_u32).map(|it| item(it.into(), it.into(), &format!("https://a.test/{it}"))).collect();
            archive.put(&all).unwrap();
            assert_eq!(archive.expire(at(150)).unwrap(), 150);
            assert_eq!(archive.expire(at(150)).unwrap(), 0);
        }
        let archive = Archive::open(dir.path()).unwrap();
        assert_eq!(ids(&archive, 0, 1_000), (150..200).collect::<Vec<_>>());
        assert_eq!(archive.find_url("https://a.test/3").unwrap(), None);
        assert_eq!(archive.get(ItemId(3)).unwrap(), None);
    }

    #[test]
    fn its_size_stays_bounded_and_the_newest_items_stay() {
        const MAX: u64 = 6 << 20;
        let dir = TempDir::new().unwrap();
        let archive = Archive::open(dir.path()).unwrap();
        let text = "word ".repeat(300);
        let (mut most, mut shrunk) = (0, 0);
        for page in 0..300_u32 {
            let items: Vec<_> = (0..60)
                .map(|it| {
                    let nth = page * 60 + it;
                    let mut item = item(nth.into(), nth.into(), &format!("https://a.test/{nth}"));
                    item.text.clone_from(&text);
                    item
                })
                .collect();
            archive.put(&items).unwrap();
            let reading: Vec<_> = archive.between(at(0), at(1_000_000)).take(3).collect();
            shrunk += u32::from(archive.shrink(MAX).unwrap());
            assert!(reading.iter().all(Result::is_ok), "whoever reads is not disturbed");
            most = most.max(archive.bytes().unwrap());
        }
        let left = ids(&archive, 0, 1_000_000);
        assert!(most <= MAX + (1 << 20) && shrunk > 2, "{most} after {shrunk}");
        // The newest are all there, and no others.
        assert_eq!(left, (18_000 - left.len() as u64..18_000).collect::<Vec<_>>());
        assert!(left.len() > 1_000, "{} are kept", left.len());
        assert_eq!(archive.find_url("https://a.test/1").unwrap(), None);
        drop(archive);
        let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(names, [DIR]);
        // The process ended between the two renames.
        fs::rename(dir.path().join(DIR), dir.path().join(BEFORE)).unwrap();
        assert_eq!(ids(&Archive::open(dir.path()).unwrap(), 0, 1_000_000), left);
    }

    #[test]
    fn an_archive_in_use_is_left_where_it_is() {
        let dir = TempDir::new().unwrap();
        let archive = Archive::open(dir.path()).unwrap();
        archive.put(&[item(1, 10, "https://a.test/1")]).unwrap();
        assert!(matches!(Archive::open(dir.path()), Err(StoreError::InUse { .. })));
        assert!(archive.get(ItemId(1)).unwrap().is_some() && !dir.path().join(DAMAGED).exists());
    }

    #[test]
    fn a_damaged_archive_is_moved_away_and_begun_anew() {
        let dir = TempDir::new().unwrap();
        Archive::open(dir.path()).unwrap().put(&[item(1, 10, "https://a.test/1")]).unwrap();
        let snap = fs::read_dir(dir.path().join(DIR)).unwrap();
        for entry in snap {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::write(path, b"garbage that is no database at all").unwrap();
            }
        }
        let archive = Archive::open(dir.path()).unwrap();
        assert_eq!(archive.get(ItemId(1)).unwrap(), None);
        archive.put(&[item(2, 10, "https://a.test/1")]).unwrap();
        assert!(archive.get(ItemId(2)).unwrap().is_some());
        assert!(dir.path().join(DAMAGED).is_dir());
    }
}
