//! Documents that are nearly feeds.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| storyline::read::probes::probe_repair(bytes));
