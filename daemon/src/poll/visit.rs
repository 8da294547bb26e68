//! What a visit to a feed brought.

/// What a visit to a feed brought.
#[derive(Debug, Clone)]
pub struct Visit {}
