//! Scenarios on the real binary.
fn main() {}
