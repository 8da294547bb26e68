//! Frames as the database's values.
//!
//! A commit's events are packed into few values, which is what brings sled
//! near a raw append. A value holds at most [`VALUE_BYTES_MAX`] bytes, since a
//! larger one could become a blob, which sled never syncs:
//!
//! ```text
//! packed   key seq 8 (big endian)             "SLE1" · predecessor's crc 4 · frame …
//! part     key seq 8 · part 2 (from part 1)   "SLP1" · part 2 · parts 2 · seq 8 · length 2 · crc 4 · bytes
//! ```
//!
//! The parts of one long event, put together, read like a packed value without
//! its magic. The magics let a repair find values in a file no engine opens.
//!
//! `SLE2` and `SLP2` are the same, and say that more events of their commit
//! follow: every value but the last one, or the parts of the last event. So whoever finds only the first values of a commit, with the engine
//! or without it, knows that it was cut off.

use storyline_config::limit::{COMMIT_BYTES_MAX, VALUE_BYTES_MAX};

use crate::{
    Recorded, Seq, StoreError,
    codec::{Fields, Flaw, Frame, encode, split},
};

const PACKED: [u8; 4] = *b"SLE1";
const PART: [u8; 4] = *b"SLP1";
const PACKED_MORE: [u8; 4] = *b"SLE2";
const PART_MORE: [u8; 4] = *b"SLP2";
/// Bytes of every magic.
pub(crate) const MAGIC_BYTES: usize = 4;

pub(crate) const PART_HEAD_BYTES: usize = 4 + 2 + 2 + 8 + 2 + 4;
const PACKED_HEAD_BYTES: usize = 4 + 4;

/// Values that belong together: one with whole events, or the parts of one long event.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Keys and values.
    pub(crate) puts: Vec<(Vec<u8>, Vec<u8>)>,
    /// The last event in it.
    pub(crate) last: Seq,
    /// That event's CRC.
    pub(crate) crc: u32,
}

impl Entry {
    pub(crate) fn bytes(&self) -> usize {
        self.puts.iter().map(|(key, value)| key.len() + value.len()).sum()
    }
}

/// Packs events that follow one whose CRC is `previous`.
pub(crate) fn pack(recorded: &[Recorded], previous: u32) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    let mut open: Option<Entry> = None;
    let mut crc = previous;
    let mut frame = Vec::new();
    for it in recorded {
        let before = crc;
        frame.clear();
        crc = encode(it, before, &mut frame)?;
        if let Some(entry) = &mut open
            && add(entry, &frame)
        {
            (entry.last, entry.crc) = (it.seq, crc);
            continue;
        }
        entries.extend(open.take());
        if PACKED_HEAD_BYTES + frame.len() > VALUE_BYTES_MAX {
            entries.push(parts(it.seq, before, &frame, crc)?);
        } else {
            let value = [&PACKED[..], &before.to_le_bytes(), &frame].concat();
            open = Some(Entry { puts: vec![(key(it.seq).to_vec(), value)], last: it.seq, crc });
        }
    }
    entries.extend(open);
    if let Some((_, before)) = entries.split_last_mut() {
        before.iter_mut().flat_map(|it| &mut it.puts).for_each(|(_, value)| say_more(value));
    }
    Ok(entries)
}

/// Adds a frame to the entry's last value where it has room.
fn add(entry: &mut Entry, frame: &[u8]) -> bool {
    let Some((_, value)) =
        entry.puts.last_mut().filter(|(_, value)| value.len() + frame.len() <= VALUE_BYTES_MAX)
    else {
        return false;
    };
    value.extend_from_slice(frame);
    true
}

fn parts(seq: Seq, previous: u32, frame: &[u8], crc: u32) -> Result<Entry, StoreError> {
    let body = [&previous.to_le_bytes()[..], frame].concat();
    let too_large = || StoreError::TooLarge { seq, bytes: body.len() };
    let chunks = body.chunks(VALUE_BYTES_MAX - PART_HEAD_BYTES);
    let parts = u16::try_from(chunks.len()).map_err(|_| too_large())?;
    let put = |(part, chunk): (u16, &[u8])| (part_key(seq, part), part_value(seq, part, parts, chunk));
    let entry = Entry { puts: (0..parts).zip(chunks).map(put).collect(), last: seq, crc };
    if entry.bytes() > COMMIT_BYTES_MAX {
        return Err(too_large());
    }
    Ok(entry)
}

/// Says in a value that more of its commit follow.
fn say_more(value: &mut [u8]) {
    let Some(magic) = value.first_chunk_mut() else { return };
    if *magic == PACKED {
        *magic = PACKED_MORE;
    } else if *magic == PART {
        *magic = PART_MORE;
        let crc = value.split_at_checked(PART_HEAD_BYTES).map(|(head, bytes)| part_crc(head, bytes));
        if let Some((at, crc)) = value.get_mut(PART_HEAD_BYTES - 4..PART_HEAD_BYTES).zip(crc) {
            at.copy_from_slice(&crc.to_le_bytes());
        }
    }
}

/// Whether more values of its commit follow a value.
pub(crate) fn more_follow(value: &[u8]) -> bool {
    value.starts_with(&PACKED_MORE) || value.starts_with(&PART_MORE)
}

/// Whether bytes begin as a value does.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    let magic = bytes.get(..MAGIC_BYTES).unwrap_or_default();
    [PACKED, PART, PACKED_MORE, PART_MORE].iter().any(|it| it == magic)
}

/// The checksum of a part, over its head up to the checksum and its bytes.
fn part_crc(head: &[u8], bytes: &[u8]) -> u32 {
    let head = head.get(..PART_HEAD_BYTES - 4).unwrap_or_default();
    crc32c::crc32c_append(crc32c::crc32c(head), bytes)
}

fn part_value(seq: Seq, part: u16, parts: u16, chunk: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(PART_HEAD_BYTES + chunk.len());
    value.extend_from_slice(&PART);
    value.extend_from_slice(&part.to_le_bytes());
    value.extend_from_slice(&parts.to_le_bytes());
    value.extend_from_slice(&seq.0.to_le_bytes());
    value.extend_from_slice(&u16::try_from(chunk.len()).unwrap_or_default().to_le_bytes());
    let crc = part_crc(&value, chunk);
    value.extend_from_slice(&crc.to_le_bytes());
    value.extend_from_slice(chunk);
    value
}

/// The key under which a value that begins with this event is kept.
pub(crate) fn key(seq: Seq) -> [u8; 8] {
    seq.0.to_be_bytes()
}

fn part_key(seq: Seq, part: u16) -> Vec<u8> {
    let mut key = key(seq).to_vec();
    if part > 0 {
        key.extend_from_slice(&part.to_be_bytes());
    }
    key
}

/// The event a key belongs to.
pub(crate) fn key_seq(key: &[u8]) -> Option<Seq> {
    key.first_chunk().map(|it| Seq(u64::from_be_bytes(*it)))
}

/// One part of a long event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    pub(crate) seq: Seq,
    pub(crate) nth: u16,
    pub(crate) parts: u16,
    pub(crate) bytes: &'a [u8],
}

/// What a value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held<'a> {
    /// A body: the predecessor's CRC and whole frames.
    Packed(&'a [u8]),
    /// Part of a body.
    Part(Part<'a>),
}

/// Reads a value.
pub(crate) fn held(value: &[u8]) -> Result<Held<'_>, Flaw> {
    let (magic, body) = value.split_first_chunk().ok_or(Flaw::Torn)?;
    if *magic == PACKED || *magic == PACKED_MORE {
        return Ok(Held::Packed(body));
    }
    if *magic != PART && *magic != PART_MORE {
        return Err(Flaw::Torn);
    }
    let mut fields = Fields(body);
    let part = u16::from_le_bytes(fields.take()?);
    let parts = u16::from_le_bytes(fields.take()?);
    let seq = Seq(u64::from_le_bytes(fields.take()?));
    let bytes = u16::from_le_bytes(fields.take()?);
    let crc = u32::from_le_bytes(fields.take()?);
    let bytes = fields.0.get(..bytes.into()).ok_or(Flaw::Torn)?;
    if part_crc(value, bytes) != crc {
        return Err(Flaw::Checksum);
    }
    Ok(Held::Part(Part { seq, nth: part, parts, bytes }))
}

/// The frames of a body, each checked against the one before it.
#[derive(Debug)]
pub(crate) struct Frames<'a> {
    /// The CRC of the event before the next frame.
    pub(crate) crc: u32,
    /// What is not read yet; nothing after a flaw.
    pub(crate) rest: &'a [u8],
}

impl<'a> Frames<'a> {
    /// The frames that follow an event of this CRC.
    pub(crate) fn after(crc: u32, rest: &'a [u8]) -> Self {
        Self { crc, rest }
    }
}

/// Reads a body: what a packed value holds, or the parts of a long event put together.
pub(crate) fn frames(body: &[u8]) -> Result<Frames<'_>, Flaw> {
    let mut fields = Fields(body);
    let crc = u32::from_le_bytes(fields.take()?);
    if fields.0.is_empty() {
        return Err(Flaw::Torn);
    }
    Ok(Frames { crc, rest: fields.0 })
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<Frame<'a>, Flaw>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        match split(self.rest, self.crc) {
            Ok((frame, rest)) => {
                (self.crc, self.rest) = (frame.crc, rest);
                Some(Ok(frame))
            }
            Err(flaw) => {
                self.rest = &[];
                Some(Err(flaw))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Event, codec::after_damage};

    #[test]
    fn every_value_of_a_commit_but_those_of_its_last_event_says_that_more_follow() {
        let event = |seq: u64, bytes| {
            let event = Event::RecordLost { detail: "x".repeat(bytes) };
            Recorded { seq: Seq(seq), at: jiff::Timestamp::UNIX_EPOCH, event }
        };
        let check = |lengths: &[usize], expected: &str| {
            let events: Vec<_> = (1..).zip(lengths).map(|(seq, bytes)| event(seq, *bytes)).collect();
            let values = pack(&events, 7).unwrap().into_iter().flat_map(|it| it.puts);
            let found: String = values
                .map(|(_, value)| {
                    held(&value).unwrap();
                    if more_follow(&value) { '+' } else { '.' }
                })
                .collect();
            assert_eq!(found, expected, "{lengths:?}");
        };
        check(&[], "");
        check(&[9, 9], ".");
        check(&[3_000, 3_000, 9], "+.");
        check(&[9_000], "...");
        check(&[9_000, 9], "+++.");
        check(&[9, 9_000], "+...");
    }

    proptest! {
        #[test]
        fn bytes_that_are_no_value_are_refused_and_never_panic(
            mut bytes in prop::collection::vec(any::<u8>(), 0..200),
            magic in 0..5,
        ) {
            match magic {
                0 => bytes.splice(..0, PACKED).for_each(drop),
                1 => bytes.splice(..0, PART).for_each(drop),
                2 => bytes.splice(..0, PACKED_MORE).for_each(drop),
                3 => bytes.splice(..0, PART_MORE).for_each(drop),
                _ => {}
            }
            if let Ok(Held::Packed(body)) = held(&bytes)
                && let Ok(frames) = frames(body)
            {
                prop_assert!(frames.into_iter().all(|it| it.is_err()));
            }
            prop_assert!(after_damage(&bytes).is_none());
        }
    }
}
