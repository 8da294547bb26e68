//! Markup that is to become text.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| storyline::read::probes::probe_text(bytes));
