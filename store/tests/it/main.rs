//! Whether the log keeps what it acknowledged, shown from outside: processes that end at every place, disks that fail,
//! power that goes, and files of earlier versions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at what fails, and says what it leaves out"
)]

mod child;
mod damage;
mod failpoints;
mod fault;
mod frozen;
mod model;
mod power;
mod room;
mod sample;
mod size;
mod torn;
