//! Which changes people are told of, and through which sinks (pure).
