//! The `storyline` program.
fn main() {}
