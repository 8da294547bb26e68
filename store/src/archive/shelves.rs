//! The archive's database: items by id, by link and by time.

use std::path::Path;

use jiff::Timestamp;
use sled::{Batch, Db, Tree};
use storyline_config::limit::ARCHIVE_CACHE_BYTES;
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    Item, ItemId, StoreError,
    database::{guarded, open_when_free, remove_stray},
    durable,
    lock::not_writable,
};

/// Items written at one time into a smaller one.
const BATCH: usize = 500;
/// How often what was put is handed to the operating system.
const FLUSH_EVERY_MS: u64 = 5_000;

/// An open database.
#[derive(Debug, Clone)]
pub(super) struct Shelves {
    /// Id to item, as JSON.
    items: Tree,
    /// Hash of the link to id.
    links: Tree,
    /// Effective time and id, to nothing.
    times: Tree,
    db: Db,
}

impl Shelves {
    /// Takes the newest items of another that fit, and closes.
    pub(super) fn take_newest(self, from: &Self, bytes_max: u64) -> Result<(), StoreError> {
        let (mut batch, mut taken) = (Vec::new(), 0);
        for entry in from.times.iter().rev() {
            let (key, _) = guarded(|| entry)?;
            let Some(id) = key_id(&key) else { continue };
            let Some(json) = guarded(|| from.items.get(id_key(id)))? else { continue };
            taken += json.len() as u64;
            if taken > bytes_max {
                break;
            }
            batch.extend(serde_json::from_slice::<Item>(&json));
            if batch.len() == BATCH {
                self.put(&batch)?;
                batch.clear();
            }
        }
        self.put(&batch)?;
        self.flush()
    }

    /// Hands everything to the operating system.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        guarded(|| self.db.flush().map(drop))
    }

    /// Opens or creates it.
    pub(super) fn open(dir: &Path) -> Result<Self, StoreError> {
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
    pub(super) fn put(&self, items: &[Item]) -> Result<(), StoreError> {
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

    /// The item of that id.
    pub(super) fn get(&self, id: ItemId) -> Result<Option<Item>, StoreError> {
        let json = guarded(|| self.items.get(id_key(id)))?;
        Ok(json.and_then(|it| serde_json::from_slice(&it).ok()))
    }

    /// The item whose page this is; the last one where several share it.
    pub(super) fn find_url(&self, url: &str) -> Result<Option<Item>, StoreError> {
        let id = guarded(|| self.links.get(link_key(url)))?;
        match id.and_then(|it| it.first_chunk().map(|it| ItemId(u64::from_be_bytes(*it)))) {
            Some(id) => Ok(self.get(id)?.filter(|it| it.link.as_deref() == Some(url))),
            None => Ok(None),
        }
    }

    /// The items that count from a time on and before another, in the order of these times.
    pub(super) fn between(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = Result<Item, StoreError>> + use<> {
        let shelves = self.clone();
        let mut keys = self.times.range(time_key(from, ItemId(0))..time_key(to, ItemId(0)));
        std::iter::from_fn(move || guarded(|| keys.next().transpose()).transpose()).filter_map(move |key| {
            match key.map(|(key, _)| key_id(&key)) {
                Ok(Some(id)) => shelves.get(id).transpose(),
                Ok(None) => None,
                Err(error) => Some(Err(error)),
            }
        })
    }

    /// Forgets the items that count from before a time, and says how many they were.
    pub(super) fn expire(&self, before: Timestamp) -> Result<usize, StoreError> {
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
    pub(super) fn bytes(&self) -> Result<u64, StoreError> {
        guarded(|| self.db.size_on_disk())
    }

    /// The time the oldest item counts from.
    pub(super) fn oldest(&self) -> Result<Option<Timestamp>, StoreError> {
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
