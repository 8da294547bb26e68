//! Documents that are packed although nobody says so.
//!
//! A file, a command's output or a careless server's answer may be a `.gz` as
//! it lies on a disk. It is told by its first bytes, and what comes out of it
//! is bounded like any other document.

use std::{borrow::Cow, io::Read};

use flate2::read::MultiGzDecoder;
use storyline_config::limit::BODY_BYTES_MAX;

use super::error::ReadError;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The document in `bytes`, unpacked once where it is packed.
///
/// # Errors
///
/// [`ReadError::Unreadable`] where it is damaged, larger than a document may be, or packed again.
pub(super) fn unpack(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ReadError> {
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes.into());
    }
    let unreadable = |what: &str| Err(ReadError::Unreadable { what: what.to_owned() });
    let mut out = Vec::new();
    let mut limited = MultiGzDecoder::new(bytes).take(BODY_BYTES_MAX as u64 + 1);
    if limited.read_to_end(&mut out).is_err() {
        return unreadable("it is packed (gzip), and damaged or cut short");
    }
    if out.len() > BODY_BYTES_MAX {
        return unreadable("it is packed (gzip), and unpacked larger than a document may be");
    }
    if out.starts_with(&GZIP) {
        return unreadable("it is packed (gzip) more than once");
    }
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn what_is_packed_is_unpacked_once_and_within_the_limit() {
        #[track_caller]
        fn check(bytes: &[u8], expected: Result<&[u8], &str>) {
            let found = unpack(bytes).map_err(|it| it.to_string());
            match expected {
                Ok(bytes) => assert_eq!(found.as_deref(), Ok(bytes)),
                Err(words) => assert!(found.as_ref().is_err_and(|it| it.contains(words)), "{found:?}"),
            }
        }
        check(b"<rss/>", Ok(b"<rss/>"));
        check(&gzip(b"<rss/>"), Ok(b"<rss/>"));
        check(&[gzip(b"<rss"), gzip(b"/>")].concat(), Ok(b"<rss/>"));
        check(&gzip(b"<rss/>")[..20], Err("damaged or cut short"));
        check(b"\x1f\x8b\x08\x00abc", Err("damaged or cut short"));
        check(&gzip(&gzip(b"<rss/>")), Err("more than once"));
        // 17 KB that would fill any memory.
        check(&gzip(&vec![b' '; BODY_BYTES_MAX + 1]), Err("larger than a document may be"));
    }
}
