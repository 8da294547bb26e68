//! The keys messages are signed with, the tokens, logins and addresses services want. They never show.
//!
//! They are read anew for every message, so a changed one holds from the next on.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use storyline_config::{Address, Sink, SinkId};
use tokio::io::AsyncReadExt;
use url::Url;

/// Bytes of a file of secrets; more is none.
const SECRET_BYTES_MAX: u64 = 4 << 10;

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

/// A user and a password. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login(String, String);

impl Login {
    /// Reads `user:password`; the password may hold more colons.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let line = text.lines().map(str::trim).find(|it| !it.is_empty())?;
        let (user, password) = line.split_once(':')?;
        let fits = !user.is_empty() && !password.is_empty() && !line.contains(|it: char| it.is_control());
        fits.then(|| Self(user.to_owned(), password.to_owned()))
    }

    /// The user and the password.
    pub(super) fn parts(&self) -> (&str, &str) {
        (&self.0, &self.1)
    }
}

impl fmt::Debug for Login {
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

/// The user and password of a mail server, the first line of the sink's file. None: it has no file.
///
/// # Errors
///
/// A sentence that says why it cannot be read.
pub(super) async fn login(id: &SinkId, sink: &Sink) -> Result<Option<Login>, String> {
    let Some((path, text)) = file(id, sink).await? else { return Ok(None) };
    let login = Login::parse(&text);
    login
        .map(Some)
        .ok_or_else(|| format!("{} holds no login: write user:password in one line", path.display()))
}

/// The address of a sink, read from its file where one is named.
///
/// # Errors
///
/// A sentence that says why there is none.
pub(super) async fn address(it: &Address) -> Result<Url, String> {
    match it {
        Address::Url(it) => Ok(it.clone()),
        Address::File(path) => {
            let text = text(path).await.map_err(|error| unreadable(path, &error))?;
            let line = text.lines().map(str::trim).find(|it| !it.is_empty()).unwrap_or_default();
            Address::parse(line).map_err(|why| format!("{} holds no address: {why}", path.display()))
        }
    }
}

/// The sink's file with what it says; the systemd credential of the sink's name stands in for one.
async fn file(id: &SinkId, sink: &Sink) -> Result<Option<(PathBuf, String)>, String> {
    let Some((path, needed)) = path(id, sink) else { return Ok(None) };
    match text(&path).await {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if !needed && error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&path, &error)),
    }
}

/// Where the sink's secret is, for a program that reads it itself. None: it has none.
pub(super) fn place(id: &SinkId, sink: &Sink) -> Option<PathBuf> {
    path(id, sink).filter(|(path, needed)| *needed || path.exists()).map(|(path, _)| path)
}

fn path(id: &SinkId, sink: &Sink) -> Option<(PathBuf, bool)> {
    if let Some(path) = &sink.secret_file {
        return Some((path.clone(), true));
    }
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
    Some((PathBuf::from(folder).join(id.as_str()), false))
}

/// What a file says, as far as a secret may be long.
async fn text(path: &Path) -> io::Result<String> {
    let file = tokio::fs::File::open(path).await?;
    let mut text = String::new();
    file.take(SECRET_BYTES_MAX + 1).read_to_string(&mut text).await?;
    if text.len() as u64 > SECRET_BYTES_MAX {
        return Err(io::Error::other(format!("it is longer than {SECRET_BYTES_MAX} bytes")));
    }
    Ok(text)
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("failed to read {}: {error}", path.display())
}

fn parse_lines(text: &str) -> Option<Vec<Secret>> {
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
    fn a_login_is_a_user_and_a_password_in_one_line() {
        let check = |text: &str, want: Option<(&str, &str)>| {
            assert_eq!(Login::parse(text).as_ref().map(Login::parts), want, "{text:?}");
        };
        check("me:pass word:1\n", Some(("me", "pass word:1")));
        check("\n me@example.org:x \r\n", Some(("me@example.org", "x")));
        check("me", None);
        check(":x", None);
        check("me:", None);
        check("me:x\0y", None);
        check("", None);
    }

    #[test]
    fn a_secret_does_not_show() {
        assert_eq!(format!("{:?}", Login::parse("me:hush")), "Some(***)");
        let secret = Secret::parse("whsec_c2VjcmV0").unwrap();
        assert_eq!(format!("{secret:?} {:?}", vec![secret.clone()]), "*** [***]");
    }
}
