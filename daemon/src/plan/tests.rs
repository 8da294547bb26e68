//! The rules of alerting, as stories: what happens, and what people are told of it.

mod digests;
mod health;
mod rules;
mod world;
