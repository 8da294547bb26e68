//! Finding events in files without their engine.
//!
//! The engine takes a damaged frame for the end of its file. Here every byte
//! is looked at: values begin with a magic, and each event proves itself by a
//! CRC that also names its predecessor, so what belongs together is found
//! again wherever it stands. The file is only read.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::PathBuf,
};

use jiff::Timestamp;
use storyline_config::limit::VALUE_BYTES_MAX;

use crate::{
    Event, Recorded, Seq, StoreError,
    codec::{Frame, after_damage},
    head::Reach,
    pack::{Frames, Held, MAGIC_BYTES, PART_HEAD_BYTES, begins, held, more_follow},
};

const CHUNK_BYTES: usize = 4 << 20;
const PREVIOUS_BYTES: usize = 4;

/// Events in a row that are whole, and where their frames stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    first: Seq,
    last: Seq,
    /// The CRC of the event before the first.
    before: u32,
    /// The CRC of the last.
    after: u32,
    /// Whether more of their commit follow.
    more: bool,
    /// The file they are in.
    file: usize,
    /// Offset and length of their bytes in it.
    pieces: Vec<(u64, usize)>,
}

/// The parts of long events that were found: by event, number of parts and whether more of the commit follow, wherever
/// each stands, in the order of the file.
type Parts = BTreeMap<(Seq, u16, bool), BTreeMap<u16, Vec<(u64, usize)>>>;

/// What was found in some files.
#[derive(Debug)]
pub(crate) struct Carved {
    files: Vec<File>,
    /// In order, without overlap.
    runs: Vec<Run>,
    /// The last event that must have been there.
    head: Reach,
    /// The events that were not found, up to the last that must have been there.
    pub(crate) missing: Vec<(Seq, Seq)>,
    /// Whether nothing at all was found, not even what is left of a commit that was cut off.
    pub(crate) blank: bool,
}

/// Looks for events in files, up to at least where `head` says that they reach, if that is known. If not, nothing tells a
/// commit that was cut off from one whose last value is damaged: what is there of it counts, and one more is missing.
pub(crate) fn carve(paths: &[PathBuf], head: Option<Reach>) -> io::Result<Carved> {
    let files = paths.iter().map(File::open).collect::<io::Result<Vec<_>>>()?;
    let mut runs = Vec::new();
    for (nth, file) in files.iter().enumerate() {
        let from = runs.len();
        look_through(file, &mut runs)?;
        for run in runs.iter_mut().skip(from) {
            run.file = nth;
        }
    }
    runs.sort_by_key(|it| (it.first, it.last));
    let blank = runs.is_empty();
    let ends = runs.iter().filter(|it| !it.more);
    let furthest = ends.max_by_key(|it| it.last).map(|it| Reach { seq: it.last, crc: it.after });
    let known = head.is_some();
    let mut head = head.or(furthest).unwrap_or_default();
    let (runs, mut missing) = chain(&runs, head, known);
    if let Some(last) = runs.last().filter(|it| it.more && it.last >= head.seq && !known) {
        // At least one more was written after it.
        head = Reach { seq: last.last.next(), crc: 0 };
        missing.push((head.seq, head.seq));
    }
    Ok(Carved { files, runs, head, missing, blank })
}

fn look_through(file: &File, runs: &mut Vec<Run>) -> io::Result<()> {
    let mut parts = Parts::new();
    let bytes = file.metadata()?.len();
    let mut at = 0;
    let mut chunk = Vec::new();
    while at < bytes {
        // Each chunk overlaps the next by a value, so that none is cut.
        chunk.resize(usize::try_from(bytes - at).unwrap_or(usize::MAX).min(CHUNK_BYTES + VALUE_BYTES_MAX), 0);
        file.read_exact_at(&mut chunk, at)?;
        look(&chunk, at, runs, &mut parts);
        at += CHUNK_BYTES as u64;
    }
    for ((_, count, more), places) in &parts {
        if places.len() == usize::from(*count) {
            for pieces in together(places) {
                long(file, pieces, *more, runs)?;
            }
        }
    }
    Ok(())
}

fn look(chunk: &[u8], base: u64, runs: &mut Vec<Run>, parts: &mut Parts) {
    for at in 0..chunk.len().min(CHUNK_BYTES) {
        let Some(rest) = chunk.get(at..) else { break };
        if !rest.starts_with(b"SL") || !begins(rest) {
            continue;
        }
        let value = rest.get(..VALUE_BYTES_MAX).unwrap_or(rest);
        let offset = base + at as u64;
        let more = more_follow(value);
        match held(value) {
            Ok(Held::Packed(body)) => {
                let from = runs.len();
                packed(body, offset + MAGIC_BYTES as u64, runs);
                runs.iter_mut().skip(from).for_each(|it| it.more = more);
            }
            Ok(Held::Part(part)) => {
                let place = (offset + PART_HEAD_BYTES as u64, part.bytes.len());
                parts
                    .entry((part.seq, part.parts, more))
                    .or_default()
                    .entry(part.nth)
                    .or_default()
                    .push(place);
            }
            Err(_) => {}
        }
    }
}

/// Takes the whole frames of a body; after a damaged one it goes on with the next that proves itself.
fn packed(body: &[u8], at: u64, runs: &mut Vec<Run>) {
    let Some((before, mut rest)) = body.split_first_chunk() else { return };
    let mut before = u32::from_le_bytes(*before);
    loop {
        let offset = at + (body.len() - rest.len()) as u64;
        let left = run(before, rest, runs, offset);
        match after_damage(left) {
            Some((crc, next)) => (before, rest) = (crc, next),
            None => return,
        }
    }
}

/// Takes the whole frames at the front, and says what is left.
fn run<'a>(before: u32, bytes: &'a [u8], runs: &mut Vec<Run>, at: u64) -> &'a [u8] {
    let mut frames = Frames::after(before, bytes);
    let mut found: Option<Run> = None;
    let mut left = bytes;
    while let Some(Ok(frame)) = frames.next() {
        left = frames.rest;
        let taken = bytes.len() - left.len();
        match &mut found {
            Some(run) if frame.seq == run.last.next() => {
                (run.last, run.after, run.pieces) = (frame.seq, frame.crc, vec![(at, taken)]);
            }
            Some(_) => break,
            None => {
                let pieces = vec![(at, taken)];
                found = Some(Run {
                    first: frame.seq,
                    last: frame.seq,
                    before,
                    after: frame.crc,
                    more: false,
                    file: 0,
                    pieces,
                });
            }
        }
    }
    runs.extend(found);
    left
}

/// The parts that may belong together: with each first one those nearest to each other, for a file may hold parts of a
/// commit that came to nothing beside those of the one in its place; and the last of each.
fn together(places: &BTreeMap<u16, Vec<(u64, usize)>>) -> Vec<Vec<(u64, usize)>> {
    let firsts = places.values().next().map(Vec::as_slice).unwrap_or_default();
    let mut found = Vec::new();
    for first in firsts {
        let mut at = first.0;
        let near = places.values().skip(1).filter_map(|it| {
            let nearest = it.iter().min_by_key(|it| it.0.abs_diff(at)).copied()?;
            at = nearest.0;
            Some(nearest)
        });
        found.push(std::iter::once(*first).chain(near).collect());
    }
    let last = places.values().filter_map(|it| it.last().copied()).collect();
    if !found.contains(&last) {
        found.push(last);
    }
    found
}

/// Puts the parts of a long event together.
fn long(file: &File, mut pieces: Vec<(u64, usize)>, more: bool, runs: &mut Vec<Run>) -> io::Result<()> {
    let body = read(file, &pieces)?;
    let Some((before, frame)) = body.split_first_chunk::<PREVIOUS_BYTES>() else { return Ok(()) };
    let before = u32::from_le_bytes(*before);
    if let Some((at, bytes)) = pieces.first_mut() {
        (*at, *bytes) = (*at + PREVIOUS_BYTES as u64, bytes.saturating_sub(PREVIOUS_BYTES));
    }
    if let Some(Ok(Frame { seq, crc, .. })) = Frames::after(before, frame).next() {
        runs.push(Run { first: seq, last: seq, before, after: crc, more, file: 0, pieces });
    }
    Ok(())
}

/// Picks the runs that follow each other, and says what is missing between them.
///
/// A file holds older copies of values, and values of commits that came to nothing: of several runs that may come
/// next, the one that leads to the last acknowledged event is right, else the one that leads furthest, by commits that are
/// there whole. What is left of one that was cut off, after that event, is taken only where that event is not `known`.
fn chain(runs: &[Run], head: Reach, known: bool) -> (Vec<Run>, Vec<(Seq, Seq)>) {
    let leads = leads(runs, head);
    let mut chosen: Vec<Run> = Vec::new();
    let mut missing = Vec::new();
    let mut before = Some(0);
    let mut next = Seq(1);
    loop {
        let fits = starts(runs, next).filter(|(_, it)| before.is_none_or(|crc| it.before == crc));
        let best = fits.max_by_key(|(nth, it)| (leads.get(*nth).copied().unwrap_or_default(), it.last));
        if let Some((_, run)) = best {
            (before, next) = (Some(run.after), run.last.next());
            chosen.push(run.clone());
            continue;
        }
        // What stands alone beyond the last acknowledged event belongs to nothing.
        let resume = runs.iter().map(|it| it.first).find(|it| *it > next && *it <= head.seq);
        let resume = resume.or_else(|| if known { None } else { beyond(runs, &chosen, next) });
        let Some(resume) = resume else { break };
        missing.push((next, Seq(resume.0 - 1)));
        (before, next) = (None, resume);
    }
    if next <= head.seq {
        missing.push((next, head.seq));
    }
    while known && chosen.last().is_some_and(|it| it.more && it.last > head.seq) {
        chosen.pop();
    }
    (chosen, missing)
}

/// The first event that stands alone after `next`, and does not follow from what was not chosen.
fn beyond(runs: &[Run], chosen: &[Run], next: Seq) -> Option<Seq> {
    let is_chosen = |run: &Run| {
        let nth = chosen.binary_search_by_key(&run.first, |it| it.first).ok();
        let same = nth.and_then(|nth| chosen.get(nth));
        same.is_some_and(|it| (it.last, it.before, it.after) == (run.last, run.before, run.after))
    };
    let mut left_out: BTreeSet<(Seq, u32)> = BTreeSet::new();
    for run in runs {
        let follows = left_out.contains(&(run.first, run.before));
        if follows || (run.first <= next && !is_chosen(run)) {
            left_out.insert((run.last.next(), run.after));
        } else if run.first > next {
            return Some(run.first);
        }
    }
    None
}

/// The runs that begin with an event, and which they are.
fn starts(runs: &[Run], first: Seq) -> impl Iterator<Item = (usize, &Run)> {
    let from = runs.partition_point(|it| it.first < first);
    runs.iter().enumerate().skip(from).take_while(move |(_, it)| it.first == first)
}

/// Of each run, whether going on from it leads through the last acknowledged event, to which end of a commit, and how
/// far.
fn leads(runs: &[Run], head: Reach) -> Vec<(bool, Seq, Seq)> {
    let mut leads = vec![(false, Seq(0), Seq(0)); runs.len()];
    // What follows a run begins later, and so stands behind it.
    for (nth, run) in runs.iter().enumerate().rev() {
        let follow = starts(runs, run.last.next()).filter(|(_, it)| it.before == run.after);
        let (through, furthest, reached) =
            follow.filter_map(|(nth, _)| leads.get(nth).copied()).max().unwrap_or_default();
        let own = if run.more { Seq(0) } else { run.last };
        let there = run.last == head.seq && run.after == head.crc;
        if let Some(it) = leads.get_mut(nth) {
            *it = (through || there, furthest.max(own), reached.max(run.last));
        }
    }
    leads
}

fn read(file: &File, pieces: &[(u64, usize)]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for (at, length) in pieces {
        let start = bytes.len();
        bytes.resize(start + length, 0);
        file.read_exact_at(bytes.get_mut(start..).unwrap_or_default(), *at)?;
    }
    Ok(bytes)
}

impl Carved {
    /// How far it reaches: to the last event found, or to the last that must have been there.
    pub(crate) fn reach(&self) -> Reach {
        let found = self.runs.last().map_or(Reach::default(), |it| Reach { seq: it.last, crc: it.after });
        if self.head.seq > found.seq { self.head } else { found }
    }

    /// The events found, in order; those of one value at a time.
    pub(crate) fn events(&self, after: Seq) -> impl Iterator<Item = Result<Vec<Recorded>, StoreError>> + '_ {
        let from = self.runs.partition_point(|it| it.last <= after);
        self.runs.iter().skip(from).map(move |run| {
            let mut events = self.events_of(run)?;
            events.retain(|it| it.seq > after);
            Ok(events)
        })
    }

    fn events_of(&self, run: &Run) -> Result<Vec<Recorded>, StoreError> {
        let file = self.files.get(run.file).ok_or(StoreError::Closed)?;
        let bytes = read(file, &run.pieces)?;
        let frames = Frames::after(run.before, &bytes);
        frames.map(|frame| frame.map_err(|flaw| flaw.at(run.first))?.decode()).collect()
    }

    /// The time of the last event found before another, which stands in for the times of those that are lost.
    fn time_before(&self, seq: Seq) -> Timestamp {
        let before = self.runs.partition_point(|it| it.last < seq).checked_sub(1);
        let last = before.and_then(|nth| self.events_of(self.runs.get(nth)?).ok()?.pop());
        last.map_or(Timestamp::UNIX_EPOCH, |it| it.at)
    }

    /// Up to `limit` events after a place and up to another; one that was not found reads as lost.
    pub(crate) fn read_after(&self, after: Seq, to: Seq, limit: usize) -> Vec<Recorded> {
        let mut events: Vec<Recorded> = Vec::new();
        let mut next = after.next();
        let mut at = self.time_before(next);
        let lose = |next: &mut Seq, until: Seq, at: Timestamp, events: &mut Vec<Recorded>| {
            while *next < until && *next <= to && events.len() < limit {
                let event = Event::RecordLost { detail: "it cannot be read".to_owned() };
                events.push(Recorded { seq: *next, at, event });
                *next = next.next();
            }
        };
        for found in self.events(after) {
            for it in found.unwrap_or_default() {
                lose(&mut next, it.seq, at, &mut events);
                if events.len() == limit || next > to {
                    return events;
                }
                (at, next) = (it.at, it.seq.next());
                events.push(it);
            }
        }
        lose(&mut next, to.next(), at, &mut events);
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::pack;

    #[test]
    fn parts_of_a_commit_that_came_to_nothing_are_not_mixed_with_those_of_the_one_in_its_place() {
        let long = |word: &str| {
            let event = Event::RecordLost { detail: word.repeat(3_000) };
            Recorded { seq: Seq(1), at: Timestamp::UNIX_EPOCH, event }
        };
        let parts = |word: &str| -> Vec<Vec<u8>> {
            let entries = pack(&[long(word)], 0).unwrap();
            entries.into_iter().flat_map(|it| it.puts).map(|(_, value)| value).collect()
        };
        let (right, gone) = (parts("here"), parts("gone"));
        assert!(right.len() == 3 && gone.len() == 3);
        let dir = tempfile::TempDir::new().unwrap();
        let check = |before: &[Vec<u8>], after: &[Vec<u8>]| {
            let path = dir.path().join("db");
            std::fs::write(&path, [before, &right, after].concat().concat()).unwrap();
            let carved = carve(&[path], None).unwrap();
            let found: Vec<_> = carved.events(Seq(0)).map(Result::unwrap).collect();
            assert_eq!(found, [[long("here")]], "{} {}", before.len(), after.len());
        };
        check(&[], &[]);
        for left in [&gone[..1], &gone[..2]] {
            check(left, &[]);
            check(&[], left);
        }
    }
}
