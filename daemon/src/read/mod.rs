//! From bytes to items (pure).
