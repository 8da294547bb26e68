//! What belongs, what is new, what it changes (pure).

pub mod dates;
