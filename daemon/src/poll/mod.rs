//! Visits feeds, politely and safely.

mod visit;

pub use visit::Visit;
