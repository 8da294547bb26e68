//! Events as the log's bytes.
//!
//! A *frame* is one event: a fixed head, its kind, and its fields as JSON. Its
//! CRC32C is seeded with its predecessor's, so that the frames of a log are a
//! chain: none can be changed, left out or put elsewhere unnoticed.
//!
//! ```text
//! format 1 · version 1 · kind length 1 · seq 8 · seconds 8 · nanoseconds 4 · fields length 4 · crc 4 · kind · fields
//! ```
//!
//! Numbers are little endian. The JSON leaves out `kind`, which is stored once.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{Event, Recorded, Seq, StoreError, kind};

/// The format this version writes, and the newest it reads.
pub(crate) const FORMAT: u8 = 1;

const CRC_AT: usize = 27;
const HEAD_BYTES: usize = CRC_AT + 4;

/// Rewrites the fields of a kind's older version as the next one's.
type Upcast = fn(Map<String, Value>) -> Map<String, Value>;
/// Kind, the version that is read, and how it becomes the next. Old events are never rewritten in place.
const UPCASTS: &[(&str, u8, Upcast)] = &[
    // Version 1 of `alert_gathered` and of `delivery_planned` reads as version 2 as it is; this one shows in the tests what
    // becomes of an older one that does not.
    #[cfg(test)]
    ("outlet_muted", 0, |mut fields| {
        let name = fields.remove("name").unwrap_or_default();
        fields.insert("outlet".to_owned(), name);
        fields
    }),
];

/// One event as it stands in the log, its CRC already checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame<'a> {
    pub(crate) version: u8,
    pub(crate) seq: Seq,
    pub(crate) at: Timestamp,
    pub(crate) crc: u32,
    kind: &'a str,
    fields: &'a [u8],
}

/// Appends an event's frame, and says its CRC.
pub(crate) fn encode(recorded: &Recorded, previous: u32, into: &mut Vec<u8>) -> Result<u32, StoreError> {
    let corrupt = |detail: String| StoreError::Corrupt { seq: recorded.seq, detail };
    let kind = recorded.event.kind();
    let kind_bytes = u8::try_from(kind.len()).ok().filter(|_| is_kind(kind));
    let kind_bytes = kind_bytes.ok_or_else(|| corrupt(format!("{kind:?} is no kind")))?;
    let fields = fields(&recorded.event).map_err(|error| corrupt(error.to_string()))?;
    let fields_bytes = u32::try_from(fields.len()).map_err(|error| corrupt(error.to_string()))?;

    let start = into.len();
    into.extend_from_slice(&[FORMAT, recorded.event.version(), kind_bytes]);
    into.extend_from_slice(&recorded.seq.0.to_le_bytes());
    into.extend_from_slice(&recorded.at.as_second().to_le_bytes());
    into.extend_from_slice(&recorded.at.subsec_nanosecond().to_le_bytes());
    into.extend_from_slice(&fields_bytes.to_le_bytes());
    let crc = crc32c::crc32c_append(previous, into.get(start..).unwrap_or_default());
    let crc = crc32c::crc32c_append(crc32c::crc32c_append(crc, kind.as_bytes()), &fields);
    into.extend_from_slice(&crc.to_le_bytes());
    into.extend_from_slice(kind.as_bytes());
    into.extend_from_slice(&fields);
    Ok(crc)
}

/// Takes the first frame off, checked against its predecessor's CRC.
pub(crate) fn split(bytes: &[u8], previous: u32) -> Result<(Frame<'_>, &[u8]), Flaw> {
    let (head, rest) = bytes.split_at_checked(HEAD_BYTES).ok_or(Flaw::Torn)?;
    let mut head = Fields(head);
    let [format, version, kind_bytes] = head.take()?;
    let seq = Seq(u64::from_le_bytes(head.take()?));
    let second = i64::from_le_bytes(head.take()?);
    let nanosecond = i32::from_le_bytes(head.take()?);
    let fields_bytes = u32::from_le_bytes(head.take()?);
    let crc = u32::from_le_bytes(head.take()?);
    let (kind, rest) = rest.split_at_checked(kind_bytes.into()).ok_or(Flaw::Torn)?;
    let (fields, rest) = rest.split_at_checked(fields_bytes as usize).ok_or(Flaw::Torn)?;

    let found = crc32c::crc32c_append(previous, bytes.get(..CRC_AT).unwrap_or_default());
    let found = crc32c::crc32c_append(crc32c::crc32c_append(found, kind), fields);
    if found != crc {
        return Err(Flaw::Checksum);
    }
    if format > FORMAT {
        return Err(Flaw::TooNew { seq, format });
    }
    let kind = std::str::from_utf8(kind).map_err(|_| Flaw::Torn)?;
    let at = Timestamp::new(second, nanosecond).map_err(|_| Flaw::Torn)?;
    Ok((Frame { version, seq, at, crc, kind, fields }, rest))
}

/// Steps over a damaged frame, trusting its lengths and its CRC: the next one proves whether they were right.
pub(crate) fn after_damage(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (head, rest) = bytes.split_at_checked(HEAD_BYTES)?;
    let kind_bytes = usize::from(*head.get(2)?);
    let (head, crc) = head.split_last_chunk()?;
    let (_, fields_bytes) = head.split_last_chunk()?;
    let next = rest.get(kind_bytes + u32::from_le_bytes(*fields_bytes) as usize..)?;
    let crc = u32::from_le_bytes(*crc);
    split(next, crc).is_ok().then_some((crc, next))
}

impl Frame<'_> {
    /// The event it stands for.
    ///
    /// A kind this version does not know is kept as it was written. A kind it
    /// knows whose fields do not fit is an error, never an unknown one.
    pub(crate) fn decode(&self) -> Result<Recorded, StoreError> {
        let corrupt = |detail: String| StoreError::Corrupt { seq: self.seq, detail };
        let event = match kind::known(self.kind) {
            Some(known) if self.version > known => {
                let what = format!("event {} ({})", self.seq, self.kind);
                return Err(StoreError::TooNew { what, found: self.version.into(), known: known.into() });
            }
            Some(known) if self.version == known => serde_json::from_slice(&self.json()),
            Some(known) => serde_json::from_slice(self.fields)
                .and_then(|fields| serde_json::from_value(self.upcast(fields, known))),
            None => serde_json::from_slice(self.fields).map(|fields| self.unknown(fields)),
        }
        .map_err(|error| corrupt(error.to_string()))?;
        if matches!(event, Event::Unknown(_)) && kind::known(self.kind).is_some() {
            return Err(corrupt(format!("its fields do not fit its kind, {}", self.kind)));
        }
        Ok(Recorded { seq: self.seq, at: self.at, event })
    }

    /// Whether its fields begin with these bytes.
    pub(crate) fn begins(&self, fields: &[u8]) -> bool {
        self.fields.starts_with(fields)
    }

    /// The fields with their kind in front again.
    fn json(&self) -> Vec<u8> {
        let mut json = Vec::with_capacity(self.fields.len() + self.kind.len() + 12);
        json.extend_from_slice(b"{\"kind\":\"");
        json.extend_from_slice(self.kind.as_bytes());
        json.extend_from_slice(if self.fields == b"{}" { b"\"" } else { b"\"," });
        json.extend_from_slice(self.fields.get(1..).unwrap_or_default());
        json
    }

    fn upcast(&self, mut fields: Map<String, Value>, known: u8) -> Value {
        for version in self.version..known {
            if let Some((.., next)) = UPCASTS.iter().find(|it| (it.0, it.1) == (self.kind, version)) {
                fields = next(fields);
            }
        }
        fields.insert("kind".to_owned(), self.kind.into());
        Value::Object(fields)
    }

    fn unknown(&self, fields: Map<String, Value>) -> Event {
        let mut all = Map::from_iter([("kind".to_owned(), Value::from(self.kind))]);
        if self.version != 1 {
            all.insert("v".to_owned(), self.version.into());
        }
        all.extend(fields);
        Event::Unknown(all)
    }
}

/// An event as people and programs are shown it: `seq`, `at`, `kind`, `v` and its fields.
///
/// # Errors
///
/// [`StoreError::Corrupt`] where it cannot be written as JSON.
pub fn to_json(recorded: &Recorded) -> Result<Map<String, Value>, StoreError> {
    let corrupt = |detail: String| StoreError::Corrupt { seq: recorded.seq, detail };
    let Value::Object(fields) =
        serde_json::to_value(&recorded.event).map_err(|error| corrupt(error.to_string()))?
    else {
        return Err(corrupt("it has no fields".to_owned()));
    };
    let mut json = Map::from_iter([
        ("seq".to_owned(), recorded.seq.0.into()),
        ("at".to_owned(), recorded.at.to_string().into()),
        ("kind".to_owned(), recorded.event.kind().into()),
        ("v".to_owned(), recorded.event.version().into()),
    ]);
    json.extend(fields.into_iter().filter(|(key, _)| key != "kind" && key != "v"));
    Ok(json)
}

/// Reads what [`to_json`] wrote, this version or an older one.
///
/// # Errors
///
/// [`StoreError::Corrupt`] where it does not fit, [`StoreError::TooNew`] where a newer version wrote it.
pub fn from_json(mut fields: Map<String, Value>) -> Result<Recorded, StoreError> {
    let seq = Seq(fields.shift_remove("seq").and_then(|it| it.as_u64()).unwrap_or_default());
    let corrupt = |detail: &str| StoreError::Corrupt { seq, detail: detail.to_owned() };
    let at = fields.shift_remove("at").and_then(|it| it.as_str()?.parse().ok());
    let at = at.ok_or_else(|| corrupt("\"at\" is no time"))?;
    let version = fields.shift_remove("v").map_or(Some(1), |it| it.as_u64()?.try_into().ok());
    let version = version.ok_or_else(|| corrupt("\"v\" is no version"))?;
    let kind = fields.shift_remove("kind").and_then(|it| it.as_str().map(str::to_owned));
    let kind = kind.filter(|it| is_kind(it)).ok_or_else(|| corrupt("\"kind\" is no kind"))?;
    let fields = serde_json::to_vec(&fields).map_err(|error| corrupt(&error.to_string()))?;
    Frame { version, seq, at, crc: 0, kind: &kind, fields: &fields }.decode()
}

/// Why bytes are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// They end too early, or are no frame at all.
    Torn,
    /// They are not what was written, or do not follow what is before them.
    Checksum,
    /// A newer version wrote them.
    TooNew { seq: Seq, format: u8 },
}

impl Flaw {
    /// The error to give for an event that was looked for.
    pub(crate) fn at(self, seq: Seq) -> StoreError {
        let detail = match self {
            Self::TooNew { seq, format } => {
                let what = format!("event {seq}");
                return StoreError::TooNew { what, found: format.into(), known: FORMAT.into() };
            }
            Self::Torn => "its bytes are torn",
            Self::Checksum => "its checksum does not fit",
        };
        StoreError::Corrupt { seq, detail: detail.to_owned() }
    }
}

/// Bytes that are taken off one number at a time.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N], Flaw> {
        let (first, rest) = self.0.split_first_chunk().ok_or(Flaw::Torn)?;
        self.0 = rest;
        Ok(*first)
    }
}

/// Whether it can stand in JSON and in a frame without escapes.
fn is_kind(kind: &str) -> bool {
    let fits = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    !kind.is_empty() && kind.len() <= 64 && kind.bytes().all(fits)
}

/// The fields as JSON, without `kind` (and, of an unknown kind, without `v`).
fn fields(event: &Event) -> serde_json::Result<Vec<u8>> {
    if let Event::Unknown(fields) = event {
        let rest = fields.iter().filter(|(key, _)| *key != "kind" && *key != "v");
        return serde_json::to_vec(&rest.map(|(key, it)| (key.clone(), it.clone())).collect::<Map<_, _>>());
    }
    let mut json = serde_json::to_vec(event)?;
    // Serde writes the tag first: `{"kind":"…"` and then `,` or `}`.
    let tag = b"{\"kind\":\"\"".len() + event.kind().len();
    let rest = if json.get(tag) == Some(&b',') { tag + 1 } else { tag };
    json.drain(1..rest);
    Ok(json)
}

#[cfg(test)]
mod tests;
