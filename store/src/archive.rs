//! What was read, for backtest and explain.
//!
//! The archive decides nothing and may be lost: it is a second database,
//! written without a sync, and begun anew where it does not open.

use std::{fs, path::Path};

use jiff::Timestamp;
use sled::{Batch, Db, Tree};
use storyline_config::limit::ARCHIVE_CACHE_BYTES;
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    Item, ItemId, StoreError,
    aside::Scratch,
    database::{guarded, open_when_free, remove_stray},
    durable,
    lock::not_writable,
};

const DIR: &str = "archive";
const DAMAGED: &str = "archive.damaged";
/// How often what was put is handed to the operating system.
const FLUSH_EVERY_MS: u64 = 5_000;

/// Everything that was read, until it expires; any number of these may be used at once.
#[derive(Debug, Clone)]
pub struct Archive {
    /// Id to item, as JSON.
    items: Tree,
    /// Hash of the link to id.
    links: Tree,
    /// Effective time and id, to nothing.
    times: Tree,
    db: Db,
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
        match Self::open_in(&dir) {
            Ok(archive) => Ok(archive),
            Err(
                error @ (StoreError::Full(_) | StoreError::NotWritable { .. } | StoreError::InUse { .. }),
            ) => Err(error),
            Err(error) => {
                tracing::warn!(%error, "the archive does not open; beginning another");
                let damaged = data_dir.join(DAMAGED);
                durable::remove(&damaged).map_err(|source| not_writable(&damaged, source))?;
                fs::rename(&dir, &damaged).map_err(|source| not_writable(&dir, source))?;
                Self::open_in(&dir)
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
        let all = |it: &Self| it.between(Timestamp::MIN, Timestamp::MAX).collect();
        match Self::open(data_dir) {
            Err(StoreError::InUse { .. }) => {
                let copy = Scratch::of(data_dir, &data_dir.join(DIR)).map_err(StoreError::Io)?;
                let archive = Self::open_in(&copy.dir)?;
                all(&archive)
            }
            opened => all(&opened?),
        }
    }

    fn open_in(dir: &Path) -> Result<Self, StoreError> {
        durable::create_dir(dir).map_err(|source| not_writable(dir, source))?;
        remove_stray(dir)?;
        let config = sled::Config::new()
            .path(dir)
            .cache_capacity(ARCHIVE_CACHE_BYTES)
            .flush_every_ms(Some(FLUSH_EVERY_MS));
        guarded(|| {
            let db = open_when_free(&config)?;
            let (items, links, times) =
                (db.open_tree("items")?, db.open_tree("links")?, db.open_tree("times")?);
            // A look at both ends: what is damaged there shows now.
            for tree in [&items, &links, &times] {
                tree.first()?;
                tree.last()?;
            }
            Ok(Self { items, links, times, db })
        })
    }

    /// Keeps items; a later content takes an earlier one's place.
    ///
    /// # Errors
    ///
    /// Any of the database's; nothing else suffers.
    pub fn put(&self, items: &[Item]) -> Result<(), StoreError> {
        let (mut bodies, mut links, mut times) = (Batch::default(), Batch::default(), Batch::default());
        for item in items {
            let json = serde_json::to_vec(item).map_err(std::io::Error::from)?;
            if let Some(before) = self.get(item.id)?.filter(|it| it.effective != item.effective) {
                times.remove(&time_key(before.effective, before.id)[..]);
            }
            bodies.insert(&id_key(item.id)[..], json);
            times.insert(&time_key(item.effective, item.id)[..], &[]);
            if let Some(link) = &item.link {
                links.insert(&link_key(link)[..], &id_key(item.id)[..]);
            }
        }
        guarded(|| {
            self.items.apply_batch(bodies)?;
            self.links.apply_batch(links)?;
            self.times.apply_batch(times)
        })
    }

    /// The item of that id, if it is still kept.
    ///
    /// # Errors
    ///
    /// Any of the database's.
    pub fn get(&self, id: ItemId) -> Result<Option<Item>, StoreError> {
        let json = guarded(|| self.items.get(id_key(id)))?;
        Ok(json.and_then(|it| serde_json::from_slice(&it).ok()))
    }

    /// The item whose page this is, if it is still kept; the last one where several share it.
    ///
    /// # Errors
    ///
    /// Any of the database's.
    pub fn find_url(&self, url: &str) -> Result<Option<Item>, StoreError> {
        let id = guarded(|| self.links.get(link_key(url)))?;
        match id.and_then(|it| it.first_chunk().map(|it| ItemId(u64::from_be_bytes(*it)))) {
            Some(id) => Ok(self.get(id)?.filter(|it| it.link.as_deref() == Some(url))),
            None => Ok(None),
        }
    }

    /// The items that count from a time on and before another, in the order of these times.
    pub fn between(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = Result<Item, StoreError>> + '_ {
        let mut keys = self.times.range(time_key(from, ItemId(0))..time_key(to, ItemId(0)));
        std::iter::from_fn(move || guarded(|| keys.next().transpose()).transpose()).filter_map(
            |key| match key.map(|(key, _)| key_id(&key)) {
                Ok(Some(id)) => self.get(id).transpose(),
                Ok(None) => None,
                Err(error) => Some(Err(error)),
            },
        )
    }

    /// Forgets the items that count from before a time, and says how many they were.
    ///
    /// # Errors
    ///
    /// Any of the database's.
    pub fn expire(&self, before: Timestamp) -> Result<usize, StoreError> {
        let end = time_key(before, ItemId(0));
        let mut expired = 0;
        while let Some((key, _)) = guarded(|| self.times.first())?.filter(|(key, _)| key.as_ref() < &end[..])
        {
            if let Some(id) = key_id(&key) {
                let link = self.get(id)?.and_then(|it| it.link);
                guarded(|| {
                    self.items.remove(id_key(id))?;
                    match link {
                        Some(link)
                            if self.links.get(link_key(&link))?.as_deref() == Some(&id_key(id)[..]) =>
                        {
                            self.links.remove(link_key(&link)).map(drop)
                        }
                        _ => Ok(()),
                    }
                })?;
            }
            guarded(|| self.times.remove(&key))?;
            expired += 1;
        }
        Ok(expired)
    }

    /// Bytes it takes on disk.
    ///
    /// # Errors
    ///
    /// Any of the database's.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        guarded(|| self.db.size_on_disk())
    }

    /// The time the oldest item counts from; none where it is empty.
    ///
    /// # Errors
    ///
    /// Any of the database's.
    pub fn oldest(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(guarded(|| self.times.first())?.and_then(|(key, _)| key_time(&key)))
    }
}

fn id_key(id: ItemId) -> [u8; 8] {
    id.0.to_be_bytes()
}

fn link_key(link: &str) -> [u8; 16] {
    xxh3_128(link.as_bytes()).to_be_bytes()
}

/// Microseconds, shifted so that earlier ones sort first as unsigned bytes, and the id.
fn time_key(time: Timestamp, id: ItemId) -> [u8; 16] {
    let micros = time.as_microsecond() ^ i64::MIN;
    let mut key = [0; 16];
    let (front, back) = key.split_at_mut(8);
    front.copy_from_slice(&micros.to_be_bytes());
    back.copy_from_slice(&id_key(id));
    key
}

fn key_id(key: &[u8]) -> Option<ItemId> {
    key.last_chunk().filter(|_| key.len() == 16).map(|it| ItemId(u64::from_be_bytes(*it)))
}

fn key_time(key: &[u8]) -> Option<Timestamp> {
    let micros = key.first_chunk().map(|it| i64::from_be_bytes(*it) ^ i64::MIN)?;
    Timestamp::from_microsecond(micros).ok()
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
        archive.db.flush().unwrap();
        let recorded = || Archive::recorded(dir.path()).unwrap().iter().map(|it| it.id.0).collect::<Vec<_>>();
        assert_eq!(recorded(), [2, 1]);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "the copy is gone");
        drop(archive);
        assert_eq!(recorded(), [2, 1]);
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
