//! A document's bytes, unpacked as they arrive and counted on both sides.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::{FetchError, Limits};

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Takes a body in pieces.
pub(super) struct Body {
    limits: Limits,
    coding: Coding,
    unpacker: Option<Unpacker>,
    wire: usize,
}

/// How a body was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Plain,
    Gzip,
    Deflate,
    Brotli,
}

enum Unpacker {
    Plain(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
    Zlib(Box<ZlibDecoder<Capped>>),
    Deflate(Box<DeflateDecoder<Capped>>),
    Brotli(Box<DecompressorWriter<Capped>>),
}

/// Bytes up to a limit; more is an error.
struct Capped {
    bytes: Vec<u8>,
    limit: usize,
}

impl Body {
    /// Expects a body of the given `Content-Encoding`.
    ///
    /// # Errors
    ///
    /// [`FetchError::Packed`] where it is packed in a way nobody asked for.
    pub(super) fn new(encoding: Option<&str>, limits: Limits) -> Result<Self, FetchError> {
        let coding = match encoding.unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "" | "identity" | "none" | "utf-8" => Coding::Plain,
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "br" => Coding::Brotli,
            other => {
                let name: String = other.chars().filter(|it| !it.is_control()).take(40).collect();
                return Err(FetchError::Packed(format!("{name:?} was not asked for")));
            }
        };
        Ok(Self { limits, coding, unpacker: None, wire: 0 })
    }

    /// Takes the next piece.
    ///
    /// # Errors
    ///
    /// [`FetchError::TooLarge`] past either limit, [`FetchError::Packed`] where it cannot be unpacked.
    pub(super) fn take(&mut self, piece: &[u8]) -> Result<(), FetchError> {
        self.wire += piece.len();
        if self.wire > self.limits.wire_bytes {
            return Err(FetchError::TooLarge { limit: self.limits.wire_bytes, side: "on the wire" });
        }
        if piece.is_empty() {
            return Ok(());
        }
        let (coding, limit) = (self.coding, self.limits.body_bytes);
        let unpacker = self.unpacker.get_or_insert_with(|| Unpacker::new(coding, piece, limit));
        unpacker.write(piece).map_err(|error| unpacked(&error, limit))
    }

    /// The whole body.
    ///
    /// # Errors
    ///
    /// As [`take`](Self::take); also where it ended too early.
    pub(super) fn end(self) -> Result<Vec<u8>, FetchError> {
        let limit = self.limits.body_bytes;
        let Some(unpacker) = self.unpacker else { return Ok(Vec::new()) };
        let bytes = unpacker.end().map_err(|error| unpacked(&error, limit))?;
        if !bytes.starts_with(&GZIP) {
            return Ok(bytes);
        }
        // A `.gz` file is a packed document whatever its headers say.
        let mut inner = Unpacker::new(Coding::Gzip, &bytes, limit);
        inner.write(&bytes).and_then(|()| inner.end()).map_err(|error| unpacked(&error, limit))
    }
}

impl Unpacker {
    fn new(coding: Coding, first: &[u8], limit: usize) -> Self {
        let out = Capped { bytes: Vec::new(), limit };
        match coding {
            Coding::Plain => Self::Plain(out),
            Coding::Gzip if !GZIP.starts_with(first.get(..2).unwrap_or(first)) => Self::Plain(out),
            Coding::Gzip => Self::Gzip(Box::new(MultiGzDecoder::new(out))),
            // Some servers send the bare stream without its zlib frame.
            Coding::Deflate if first.first().is_some_and(|it| it & 0x0f == 8) => {
                Self::Zlib(Box::new(ZlibDecoder::new(out)))
            }
            Coding::Deflate => Self::Deflate(Box::new(DeflateDecoder::new(out))),
            Coding::Brotli => Self::Brotli(Box::new(DecompressorWriter::new(out, 16 << 10))),
        }
    }

    fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(it) => it.write_all(piece),
            Self::Gzip(it) => it.write_all(piece),
            Self::Zlib(it) => it.write_all(piece),
            Self::Deflate(it) => it.write_all(piece),
            Self::Brotli(it) => it.write_all(piece),
        }
    }

    fn end(self) -> io::Result<Vec<u8>> {
        let out = match self {
            Self::Plain(it) => it,
            Self::Gzip(it) => it.finish()?,
            Self::Zlib(it) => it.finish()?,
            Self::Deflate(it) => it.finish()?,
            Self::Brotli(mut it) => {
                it.close()?;
                it.into_inner().map_err(|_| io::ErrorKind::UnexpectedEof)?
            }
        };
        Ok(out.bytes)
    }
}

impl Write for Capped {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + piece.len() > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn unpacked(error: &io::Error, limit: usize) -> FetchError {
    match error.kind() {
        io::ErrorKind::FileTooLarge => FetchError::TooLarge { limit, side: "unpacked" },
        _ => FetchError::Packed("its bytes are damaged or end too early".to_owned()),
    }
}
