//! The one that thinks and records.
