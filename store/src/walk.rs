//! Going through the log's values in order.

use std::{ops::RangeFrom, thread};

use sled::{IVec, Tree};

use crate::{
    Seq, StoreError,
    codec::Flaw,
    database::guarded,
    head::Reach,
    pack::{Held, MAGIC_BYTES, Part, frames, held, key, key_seq, more_follow},
};

/// A shorter log is not worth a second thread.
const PARALLEL_EVENTS: u64 = if cfg!(test) { 10 } else { 10_000 };

/// The predecessor's CRC and the frames that follow it, as one value or a long event's parts hold them.
#[derive(Debug)]
pub(crate) struct Body {
    /// The first event in it.
    pub(crate) first: Seq,
    /// Whether more of its commit follow.
    more: bool,
    value: IVec,
    from: usize,
}

impl Body {
    /// Its bytes, for [`frames`].
    pub(crate) fn bytes(&self) -> &[u8] {
        self.value.get(self.from..).unwrap_or_default()
    }
}

/// Bodies in the order of their events.
pub(crate) struct Bodies {
    iter: sled::Iter,
}

/// The bodies from the one that holds this event on, or from the first after it.
pub(crate) fn bodies(events: &Tree, from: Seq) -> Result<Bodies, StoreError> {
    let before = guarded(|| events.range(..=key(from)).next_back().transpose())?;
    let start = before.and_then(|(key, _)| key_seq(&key)).unwrap_or(from);
    let range: RangeFrom<[u8; 8]> = key(start)..;
    Ok(Bodies { iter: events.range(range) })
}

/// The values that hold these events, as they are; commits end where values end.
pub(crate) fn values(
    events: &Tree,
    from: Seq,
    to: Seq,
) -> Result<impl Iterator<Item = Result<IVec, StoreError>>, StoreError> {
    let mut iter = bodies(events, from)?.iter;
    Ok(std::iter::from_fn(move || match guarded(|| iter.next().transpose()) {
        Ok(Some((key, value))) => key_seq(&key).filter(|it| *it <= to).map(|_| Ok(value)),
        Ok(None) => None,
        Err(error) => Some(Err(error)),
    }))
}

impl Bodies {
    fn value(&mut self) -> Result<Option<(IVec, IVec)>, StoreError> {
        guarded(|| self.iter.next().transpose())
    }

    fn body(&mut self) -> Result<Option<Body>, StoreError> {
        let Some((key, value)) = self.value()? else { return Ok(None) };
        let first = key_seq(&key).unwrap_or_default();
        let more = more_follow(&value);
        match held(&value).map_err(|flaw| flaw.at(first))? {
            Held::Packed(_) if key.len() == 8 => Ok(Some(Body { first, more, value, from: MAGIC_BYTES })),
            Held::Part(part) if key.len() == 8 && part.nth == 0 && part.seq == first => {
                let joined = self.join(part)?.map(IVec::from);
                Ok(joined.map(|value| Body { first, more, value, from: 0 }))
            }
            _ => Err(Flaw::Torn.at(first)),
        }
    }

    /// Puts the parts of a long event together. Where the log ends before the last of them, it ends before that event:
    /// its commit was cut off.
    fn join(&mut self, first: Part<'_>) -> Result<Option<Vec<u8>>, StoreError> {
        let mut bytes = first.bytes.to_vec();
        for part in 1..first.parts {
            let Some((_, value)) = self.value()? else { return Ok(None) };
            match held(&value).map_err(|flaw| flaw.at(first.seq))? {
                Held::Part(it) if (it.seq, it.nth, it.parts) == (first.seq, part, first.parts) => {
                    bytes.extend_from_slice(it.bytes);
                }
                _ => return Err(Flaw::Torn.at(first.seq)),
            }
        }
        Ok(Some(bytes))
    }
}

impl Iterator for Bodies {
    type Item = Result<Body, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.body().transpose()
    }
}

/// Whether the values after one event up to another are those of one commit, and begin with the next.
pub(crate) fn is_one_commit(events: &Tree, after: Seq, to: Seq) -> Result<bool, StoreError> {
    let mut ends = 0;
    let mut first = None;
    for body in bodies(events, after.next())? {
        let body = body?;
        if body.first > to {
            break;
        }
        first = first.or(Some(body.first));
        ends += usize::from(!body.more);
    }
    Ok(first == Some(after.next()) && ends == 1)
}

/// How far the log reaches, by its last value alone.
pub(crate) fn last(events: &Tree) -> Result<Reach, StoreError> {
    let Some((key, _)) = guarded(|| events.last())? else { return Ok(Reach::default()) };
    let seq = key_seq(&key).unwrap_or_default();
    let mut reach = Reach::default();
    for body in bodies(events, seq)? {
        for frame in frames(body?.bytes()).map_err(|flaw| flaw.at(seq))? {
            let frame = frame.map_err(|flaw| flaw.at(seq))?;
            reach = Reach { seq: frame.seq, crc: frame.crc };
        }
    }
    Ok(reach)
}

/// Where a log stops to be what was written.
#[derive(Debug)]
pub(crate) struct Break {
    /// The last event that is as it was written.
    pub(crate) whole: Reach,
    /// What is wrong after it.
    pub(crate) detail: String,
}

/// Reads the whole log: dense from 1, every CRC, and at least as far as `head` says; and says where its last whole commit
/// ends. Its halves are read at one time, and have to meet.
pub(crate) fn check(events: &Tree, head: Reach) -> Result<Reach, Break> {
    let begin = Reach::default();
    let found = match middle(events) {
        None => stretch(events, Seq(0), None, Some(begin), head)?,
        Some(middle) => {
            let (first, second) = thread::scope(|scope| {
                let second = scope.spawn(|| stretch(events, middle, None, None, head));
                let first = stretch(events, Seq(0), Some(middle), Some(begin), head);
                let died = |_| Err(Break { whole: begin, detail: "reading it broke off".to_owned() });
                (first, second.join().unwrap_or_else(died))
            });
            let first = first?;
            let met = first.whole;
            match second {
                Ok(second) => match second.before {
                    // All that is in it is the beginning of an event.
                    None => first,
                    Some(before) if before == met => {
                        Stretch { ended: second.ended.or(first.ended), ..second }
                    }
                    Some(before) => return Err(missing(met, before.seq.next())),
                },
                // Nothing of the second half is whole, as far as it says: the first is.
                Err(at) if at.whole.seq <= met.seq => return Err(Break { whole: met, ..at }),
                Err(at) => return Err(at),
            }
        }
    };
    let ended = found.ended.unwrap_or_default();
    if ended.seq < head.seq {
        let detail = format!("it ends at {}, and HEAD says {}", ended.seq, head.seq);
        return Err(Break { whole: found.whole, detail });
    }
    Ok(ended)
}

/// What a stretch of the log was found to be.
struct Stretch {
    /// The event before its first; none where it has none.
    before: Option<Reach>,
    /// Its last.
    whole: Reach,
    /// Where its last whole commit ends; none where none ends in it.
    ended: Option<Reach>,
}

/// The key to part a long log at.
fn middle(events: &Tree) -> Option<Seq> {
    let (last, _) = guarded(|| events.last()).ok()??;
    let last = key_seq(&last).filter(|it| it.0 > PARALLEL_EVENTS)?;
    let half = key(Seq(last.0 / 2));
    let (before, _) = guarded(|| events.range(..=half).next_back().transpose()).ok()??;
    key_seq(&before).filter(|it| it.0 > 1)
}

/// Reads from one key up to another: dense, every CRC. What is before the first is taken on trust where it is not given.
fn stretch(
    events: &Tree,
    from: Seq,
    to: Option<Seq>,
    before: Option<Reach>,
    head: Reach,
) -> Result<Stretch, Break> {
    let (mut before, mut ended) = (before, before);
    let mut whole = before.unwrap_or_default();
    let broken = |whole: Reach, error: &StoreError| Break { whole, detail: detail(error) };
    for body in bodies(events, from).map_err(|error| broken(whole, &error))? {
        let body = body.map_err(|error| broken(whole, &error))?;
        if to.is_some_and(|to| body.first >= to) {
            break;
        }
        let frames = frames(body.bytes()).map_err(|flaw| broken(whole, &flaw.at(whole.seq.next())))?;
        if before.is_none() {
            whole = Reach { seq: Seq(body.first.0.saturating_sub(1)), crc: frames.crc };
            before = Some(whole);
        }
        if body.first != whole.seq.next() || frames.crc != whole.crc {
            return Err(missing(whole, body.first));
        }
        for frame in frames {
            let next = whole.seq.next();
            let frame = frame.map_err(|flaw| broken(whole, &flaw.at(next)))?;
            if frame.seq != next {
                return Err(missing(whole, frame.seq));
            }
            whole = Reach { seq: frame.seq, crc: frame.crc };
            if whole.seq == head.seq && whole.crc != head.crc {
                let detail = format!("event {} is not the one HEAD names", whole.seq);
                return Err(Break { whole, detail });
            }
        }
        if !body.more {
            ended = Some(whole);
        }
    }
    Ok(Stretch { before, whole, ended })
}

fn missing(whole: Reach, instead: Seq) -> Break {
    Break { whole, detail: format!("event {} is missing; {instead} comes instead", whole.seq.next()) }
}

/// An error with its cause, as a fragment for people.
pub(crate) fn detail(error: &StoreError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
