//! The rules of alerting, as stories: what happens, and what people are told of it.

#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them so")]

mod digests;
mod health;
mod pace;
mod promises;
mod rules;
mod words;
mod world;
