//! What to do: read feeds, decide, record, answer, tell.
//!
//! Everything a test or a bench drives is here; `main.rs` only hands the
//! command line over.

pub mod backtest;
pub mod cli;
pub mod clock;
pub mod deliver;
pub mod demo;
pub mod detect;
pub mod draft;
pub mod plan;
pub mod poll;
pub mod read;
pub mod run;
pub mod serve;
#[cfg(test)]
mod testing;
pub mod writer;
