//! Dates as people and programs write them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| storyline::read::probes::probe_dates(bytes));
