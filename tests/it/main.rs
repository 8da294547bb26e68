//! Scenarios on the real binary: what a person would notice.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a scenario that cannot go on has failed, and one that is skipped says so"
)]

mod bad_input;
mod corpus;
mod crash;
mod demo;
mod disk;
mod failpoints;
mod hostile;
mod house;
mod imports;
mod judgement;
mod mail;
mod outbox;
mod path;
mod rebuild;
mod replays;
mod secrets;
mod sinks;
mod starter;
mod tidy;
mod tls;
