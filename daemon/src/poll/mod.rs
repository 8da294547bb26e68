//! Visits feeds, politely and safely.
