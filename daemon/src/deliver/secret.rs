//! The keys messages are signed with, and the tokens services want. They never show.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use storyline_config::{Sink, SinkId};

/// Bytes of a file of secrets; more is none.
const SECRET_BYTES_MAX: usize = 4 << 10;

/// Base64 with or without the padding at its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A key. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(Vec<u8>);

impl Secret {
    /// The bytes, for signing.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads `whsec_` and base64.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let coded = text.trim().strip_prefix("whsec_")?;
        BASE64.decode(coded).ok().filter(|it| !it.is_empty()).map(Self)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The keys of a sink, one a line of its file: while keys are changed, two sign. None: it has no file.
///
/// # Errors
///
/// A sentence that says why they cannot be read; nothing may be sent unsigned then.
pub(super) async fn read(id: &SinkId, sink: &Sink) -> Result<Vec<Secret>, String> {
    match file(id, sink).await? {
        Some((path, text)) => parse_lines(&text).ok_or_else(|| not_understood(&path)),
        None => Ok(Vec::new()),
    }
}

/// The token a service wants to be shown, the first line of the sink's file. None: it has no file.
///
/// # Errors
///
/// A sentence that says why it cannot be read.
pub(super) async fn token(id: &SinkId, sink: &Sink) -> Result<Option<Secret>, String> {
    let Some((path, text)) = file(id, sink).await? else { return Ok(None) };
    let line = text.lines().map(str::trim).find(|it| !it.is_empty());
    let token = line.filter(|it| it.chars().all(|it| it.is_ascii_graphic()));
    let token = token.ok_or_else(|| format!("{} holds no token: write it in one line", path.display()))?;
    Ok(Some(Secret(token.as_bytes().to_vec())))
}

/// The sink's file with what it says; the systemd credential of the sink's name stands in for one.
async fn file(id: &SinkId, sink: &Sink) -> Result<Option<(PathBuf, String)>, String> {
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY");
    let (path, needed) = match (&sink.secret_file, credentials) {
        (Some(path), _) => (path.clone(), true),
        (None, Some(folder)) => (PathBuf::from(folder).join(id.as_str()), false),
        (None, None) => return Ok(None),
    };
    match tokio::fs::read_to_string(&path).await {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if !needed && error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("failed to read {}: {error}", path.display())),
    }
}

fn parse_lines(text: &str) -> Option<Vec<Secret>> {
    if text.len() > SECRET_BYTES_MAX {
        return None;
    }
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
    let secrets = lines.map(Secret::parse).collect::<Option<Vec<_>>>()?;
    (!secrets.is_empty()).then_some(secrets)
}

fn not_understood(path: &Path) -> String {
    format!("{} holds no secret: write whsec_ and base64, one a line", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_a_secret_are_ignored_and_two_lines_are_two_keys() {
        let check = |text: &str, want: Option<usize>| {
            assert_eq!(parse_lines(text).map(|it| it.len()), want, "{text:?}");
        };
        check("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Some(1));
        check("\n  whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw \r\n\n", Some(1));
        check("whsec_AAAA\nwhsec_BBBB\n", Some(2));
        check("whsec_c2Vjb25k", Some(1));
        check("whsec_Zmlyc3Q=", Some(1));
        check("whsec_Zmlyc3Q", Some(1));
        check("whsec_AAAA\nBBBB\n", None);
        check("whsec_", None);
        check("whsec_***", None);
        check("", None);
    }

    #[test]
    fn a_secret_does_not_show() {
        let secret = Secret::parse("whsec_c2VjcmV0").unwrap();
        assert_eq!(format!("{secret:?} {:?}", vec![secret.clone()]), "*** [***]");
    }
}
