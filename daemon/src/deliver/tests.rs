//! Sinks against receivers on this machine and a writer in small.
//!
//! The clock runs a thousand times as fast, so that an hour's pause is over in
//! a few seconds at most; only a request's own timeout is real.

#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them so")]

mod hostile;
mod letters;
mod post;
mod programs;
mod receiver;
mod screens;
mod stopping;
mod webhooks;
mod writer;
