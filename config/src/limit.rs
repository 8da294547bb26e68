//! Every limit, by name. Units come last in a name: `_BYTES_MAX`, `_SECONDS`.

use std::time::Duration;

/// Characters in the name of a feed, storyline or sink.
pub const ID_CHARS_MAX: usize = 64;

/// Bytes of one file of a configuration.
pub const CONFIG_BYTES_MAX: usize = 4 << 20;
/// Files of one configuration.
pub const CONFIG_FILES_MAX: usize = 256;
/// Requests in flight a configuration may ask for.
pub const POLL_CONCURRENCY_MAX: u32 = 1_024;
/// Origins a development may be asked to have.
pub const ORIGINS_MAX: u32 = 100;
/// A visit more often than this is impolite to a public address.
pub const INTERVAL_POLITE: Duration = Duration::from_mins(5);

/// Decoded bytes of one document; more ends the visit with an error.
pub const BODY_BYTES_MAX: usize = 16 << 20;
/// Bytes of one document on the wire.
pub const WIRE_BYTES_MAX: usize = 32 << 20;
/// Entries taken from one document, the newest ones.
pub const ENTRIES_MAX: usize = 2_000;
/// Characters kept of a title.
pub const TITLE_CHARS_MAX: usize = 512;
/// Bytes kept of an item's text.
pub const TEXT_BYTES_MAX: usize = 2 << 10;
/// Bytes of a link; a longer one is dropped.
pub const LINK_BYTES_MAX: usize = 2 << 10;
/// Bytes of a publisher's own id; a longer one is hashed.
pub const GUID_BYTES_MAX: usize = 512;
/// Bytes of markup looked at for one title or text.
pub const MARKUP_BYTES_MAX: usize = 16 << 10;
/// How far ahead of the clock a stated date may lie and still count.
pub const DATE_AHEAD_MAX: Duration = Duration::from_mins(10);
/// How far behind the clock a stated date may lie and still count.
pub const DATE_BEHIND_MAX: Duration = Duration::from_hours(30 * 24);
/// Bytes of a validator or of an address in a header; a longer one is not kept, and not followed.
pub const HEADER_BYTES_MAX: usize = 8 << 10;
/// Redirects followed in one visit.
pub const REDIRECTS_MAX: usize = 10;
/// Time to connect to a server.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest silence while a body arrives.
pub const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time one request may take in all.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);

/// Shortest interval a configuration may ask for.
pub const INTERVAL_MIN: Duration = Duration::from_secs(1);
/// How far Retry-After may put a visit off.
pub const RETRY_AFTER_MAX: Duration = Duration::from_hours(7 * 24);
/// How far freshness headers and the feed's own hints may put a visit off.
pub const FRESHNESS_MAX: Duration = Duration::from_hours(24);

/// Bytes of one value in the log's database: more would become a blob, which sled never syncs.
pub const VALUE_BYTES_MAX: usize = 4 << 10;
/// Bytes of one key in the log's database.
pub const KEY_BYTES_MAX: usize = 64;
/// Bytes of one event, and of the events and feeds' records that go in one transaction: of a larger commit the events but
/// for their last value go before it. A page with more than a quarter of it to record becomes several commits.
pub const COMMIT_BYTES_MAX: usize = 4 << 20;
/// Bytes written to the log's database without a sync. The engine keeps the order of what was not synced only within a
/// segment of 512 KiB, and may write several times what it was given.
pub const UNSYNCED_BYTES_MAX: usize = 64 << 10;
/// Bytes of the log the database keeps in memory.
pub const LOG_CACHE_BYTES: u64 = 16 << 20;
/// Growth of the log's database after which a clean stop takes stock of it for the next start.
pub const LOG_SNAPSHOT_BYTES: u64 = 64 << 20;
/// Bytes of a cleanly closed database that is still set aside while it is opened, against a disk that fails meanwhile; a
/// larger one was just read from end to end without an error.
pub const CLEAN_COPY_BYTES: u64 = 32 << 20;
/// Room there must be before writing is tried again on a disk that was full: a commit of 1 MiB and what goes with it.
pub const REOPEN_ROOM_BYTES: usize = 2 << 20;
/// Bytes of the archive the database keeps in memory.
pub const ARCHIVE_CACHE_BYTES: u64 = 8 << 20;
/// Bytes the archive may take on disk where the configuration says nothing.
pub const ARCHIVE_BYTES: u64 = 1 << 30;
/// Bytes an archive may at least be asked to keep to.
pub const ARCHIVE_BYTES_MIN: u64 = 8 << 20;
/// Bytes the archive takes on disk for each byte of its items.
pub const ARCHIVE_AMPLIFICATION: u64 = 3;
/// Commits `HEAD` may be behind the log.
pub const HEAD_COMMITS_MAX: u32 = 64;
/// Time `HEAD` may be behind the log.
pub const HEAD_LAG_MAX: Duration = Duration::from_millis(100);
/// Items of one feed whose identity is remembered.
pub const SEEN_ITEMS_MAX: usize = 4_000;
/// How long an item's identity is remembered after the feed last carried it.
pub const SEEN_AFTER: Duration = Duration::from_hours(30 * 24);

/// Developments of a storyline the state keeps; older ones are read from the log.
pub const DEVELOPMENTS_KEPT: usize = 64;
/// Origins of a storyline the state can tell apart; more are not counted.
pub const ORIGINS_KEPT: usize = 1_000;
/// Origins of a development the state keeps; more are not counted. Twice [`ORIGINS_MAX`], for some may count as half.
pub const DEVELOPMENT_ORIGINS_KEPT: usize = 200;
/// Events of one stretch of the log, as the state notes in which of them a storyline's course stands.
pub const STRETCH_EVENTS: u64 = 1_024;
/// Stretches noted of one storyline; after that all are looked through.
pub const STRETCHES_MAX: usize = 2_048;
/// Reports of a development the state keeps.
pub const REPORTS_KEPT: usize = 32;
/// Alerts the state keeps besides those still to be delivered.
pub const ALERTS_KEPT: usize = 1_000;
/// Alerts gathered for the digests of one sink the state keeps; those gathered longest go first, and are counted.
pub const GATHERED_KEPT: usize = 2_000;
/// Facts of a storyline in the state; the one known longest goes first.
pub const FACTS_KEPT: usize = 256;
/// Expectations of a storyline in the state; those that are settled go first.
pub const EXPECTATIONS_KEPT: usize = 128;

/// Times of the day at which one sink's digest may go.
pub const DIGEST_TIMES_MAX: usize = 24;

/// How long detection remembers a report.
pub const MEMORY_SPAN: Duration = Duration::from_hours(7 * 24);
/// Bytes detection may remember.
pub const MEMORY_BYTES_MAX: usize = 24 << 20;
/// Bytes of evidence one decision may store.
pub const EVIDENCE_BYTES_MAX: usize = 2 << 10;

/// Events between two snapshots of what follows from the log.
pub const SNAPSHOT_EVERY: u64 = 5_000;
/// Places of which the state is kept.
pub const SNAPSHOTS_KEPT: usize = 64;
/// Bytes the kept states may take.
pub const SNAPSHOTS_BYTES_MAX: u64 = 128 << 20;

/// Messages waiting for the writer; a sender waits when it is full.
pub const QUEUE_MAX: usize = 256;
/// Bytes of one request on the socket.
pub const REQUEST_BYTES_MAX: usize = 1 << 20;
/// Connections to the socket at one time.
pub const CONNECTIONS_MAX: usize = 256;
/// Events in one answer.
pub const EVENTS_LIMIT_MAX: usize = 1_000;

/// A stop longer than this is a long one: what happened meanwhile is told in one digest.
pub const LONG_STOP: Duration = Duration::from_hours(6);

/// People one mail goes to.
pub const RECIPIENTS_MAX: usize = 50;

/// Items that must have been read before it says anything in how many of them an alias is, or a storyline's facet is not.
pub const ITEMS_SAID_MIN: usize = 50;
