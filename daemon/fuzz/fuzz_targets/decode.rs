//! Bytes that claim to be of some encoding.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| storyline::read::probes::probe_decode(bytes));
