//! What follows from a mail server's refusal (pure).
//!
//! Numbers that begin with 4 may pass. Those that begin with 5 are about the
//! message where they answer to it or to its recipients, and then it is dead;
//! before that they are about the server or the login, which somebody can mend
//! while the message waits. Words of the server are not repeated.

use lettre::transport::smtp::Error;

use crate::deliver::retry::{Again, Failure};

/// Characters of an error that are shown.
const ERROR_CHARS_MAX: usize = 200;

/// What was being said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step<'a> {
    /// The connection and its first words.
    Greeting,
    /// Sealing the connection.
    Seal,
    /// User and password.
    Login,
    /// Who it is from.
    Sender,
    /// Who gets it.
    Recipient(&'a str),
    /// That the message follows.
    Start,
    /// The message itself.
    Message,
}

/// Judges why a step failed.
pub(super) fn failure(step: Step<'_>, error: &Error) -> Failure {
    match error.status() {
        Some(code) => refused(step, u16::from(code)),
        None => Failure::passing(broken(step, error)),
    }
}

/// Judges a number.
pub(super) fn refused(step: Step<'_>, code: u16) -> Failure {
    let about_message =
        matches!(step, Step::Sender | Step::Recipient(_) | Step::Start | Step::Message) && code != 530;
    let again = if about_message && (500..600).contains(&code) { Again::Never } else { Again::Later(None) };
    let to = match step {
        Step::Greeting => "the greeting".to_owned(),
        Step::Seal => "STARTTLS".to_owned(),
        Step::Login => "the login".to_owned(),
        Step::Sender => "the sender".to_owned(),
        Step::Recipient(it) => format!("the recipient {it}"),
        Step::Start | Step::Message => "the message".to_owned(),
    };
    let meaning = meaning(step, code).map(|it| format!(": {it}")).unwrap_or_default();
    Failure { error: format!("answered {code} to {to}{meaning}"), again }
}

fn meaning(step: Step<'_>, code: u16) -> Option<&'static str> {
    Some(match (code, step) {
        (421, _) => "it is about to go",
        (450 | 451, Step::Recipient(_)) => "not now, perhaps it wants to see a second try",
        (452, _) => "it has no room at the moment",
        (454, Step::Seal) => "it cannot seal the connection at the moment",
        (454, _) => "it cannot check passwords at the moment",
        (530, _) => "it wants a login first",
        (534 | 538, _) => "it does not take this kind of login",
        (535, _) => "it does not accept this user and password",
        (550 | 551 | 553, Step::Recipient(_)) => "it takes no mail for this address",
        (552, _) => "the message is too large, or the mailbox is full",
        (554, Step::Greeting) => "it talks to nobody from here",
        (550 | 554, Step::Message) => "it does not take this message",
        (500..=599, Step::Sender) => "it takes no mail from this sender",
        _ => return None,
    })
}

fn broken(step: Step<'_>, error: &Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    if error.is_response() {
        return "hung up, or answered what no mail server answers".to_owned();
    }
    let cause = cause(error);
    match step {
        // The library's own words: what the server lacks.
        _ if error.is_client() => match step {
            Step::Seal => {
                "does not offer STARTTLS; if it is on this way alone, say tls = \"none\"".to_owned()
            }
            Step::Login => "offers no kind of login that is known here".to_owned(),
            _ => "it cannot take this mail".to_owned(),
        },
        _ if error.is_tls() => format!("failed to seal the connection: {cause}"),
        Step::Greeting => format!("failed to connect: {cause}"),
        Step::Seal => format!("failed to seal the connection: {cause}"),
        Step::Message => format!("the connection ended before it took the message: {cause}"),
        Step::Login | Step::Sender | Step::Recipient(_) | Step::Start => {
            format!("the connection ended: {cause}")
        }
    }
}

/// The innermost cause, which is the system's or that of TLS and repeats nothing that was said.
fn cause(error: &Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(it) = inner.source() {
        inner = it;
    }
    let text = if inner.is::<Error>() { "unknown".to_owned() } else { inner.to_string() };
    text.chars().filter(|it| !it.is_control()).take(ERROR_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_the_message_is_final_and_one_of_the_login_is_not() {
        let check = |step, code, want: &str, again| {
            let it = refused(step, code);
            assert_eq!((it.error.as_str(), it.again), (want, again), "{step:?} {code}");
        };
        let (later, never) = (Again::Later(None), Again::Never);
        let desk = Step::Recipient("desk@example.org");
        check(Step::Greeting, 421, "answered 421 to the greeting: it is about to go", later);
        check(Step::Greeting, 554, "answered 554 to the greeting: it talks to nobody from here", later);
        check(
            Step::Seal,
            454,
            "answered 454 to STARTTLS: it cannot seal the connection at the moment",
            later,
        );
        check(
            Step::Login,
            535,
            "answered 535 to the login: it does not accept this user and password",
            later,
        );
        check(Step::Login, 454, "answered 454 to the login: it cannot check passwords at the moment", later);
        check(Step::Sender, 530, "answered 530 to the sender: it wants a login first", later);
        check(Step::Sender, 550, "answered 550 to the sender: it takes no mail from this sender", never);
        check(
            desk,
            451,
            "answered 451 to the recipient desk@example.org: not now, perhaps it wants to see a second try",
            later,
        );
        check(
            desk,
            550,
            "answered 550 to the recipient desk@example.org: it takes no mail for this address",
            never,
        );
        check(
            desk,
            452,
            "answered 452 to the recipient desk@example.org: it has no room at the moment",
            later,
        );
        check(Step::Start, 503, "answered 503 to the message", never);
        check(
            Step::Message,
            552,
            "answered 552 to the message: the message is too large, or the mailbox is full",
            never,
        );
        check(Step::Message, 554, "answered 554 to the message: it does not take this message", never);
        check(Step::Message, 451, "answered 451 to the message", later);
    }
}
