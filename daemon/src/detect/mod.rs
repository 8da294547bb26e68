//! What belongs, what is new, what it changes (pure).
