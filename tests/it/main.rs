//! Scenarios on the real binary: what a person would notice.

mod bad_input;
mod corpus;
mod crash;
mod demo;
mod house;
mod path;
mod starter;
mod tidy;
