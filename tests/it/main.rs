//! Scenarios on the real binary: what a person would notice.

mod house;
mod tidy;
