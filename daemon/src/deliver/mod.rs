//! Sinks work off the deliveries that the log has planned.
