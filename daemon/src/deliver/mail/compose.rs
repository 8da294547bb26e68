//! Writes a mail; the same planned document gives the same bytes (pure).
//!
//! Everything in it follows from the document and the sink: its date is the time
//! of planning, its name that of the delivery. A storyline is one thread: all its
//! mails refer to one name, and a later stage of an alert to the earlier one. The
//! subject stays the same too, since some programs look at nothing else.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::{
    Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use storyline_config::Mail;

use super::html;
use crate::deliver::words::Words;

/// The mail that tells of a planned document.
///
/// # Errors
///
/// A sentence that says why there is none.
pub(in crate::deliver) fn compose(mail: &Mail, body: &str) -> Result<Message, String> {
    let words = Words::of(body);
    let names = Names { words: &words, domain: mail.from.domain() };
    let mut message = Message::builder()
        .from(mailbox(&mail.from)?)
        .date(date(words.at))
        .message_id(Some(names.own()))
        .subject(&words.title);
    for it in &mail.to {
        message = message.to(mailbox(it)?);
    }
    if let Some((parent, thread)) = names.thread() {
        message = message.in_reply_to(parent).references(thread);
    }
    for (name, value) in headers(&words, &names) {
        message = message.raw_header(HeaderValue::new(name, value));
    }
    let parts = MultiPart::alternative()
        // No line of an encoded part can begin so.
        .boundary(format!("=_storyline_{}", names.id()))
        .singlepart(part(ContentType::TEXT_PLAIN, plain(&words)))
        .singlepart(part(ContentType::TEXT_HTML, html::page(&words)));
    message.multipart(parts).map_err(|error| format!("failed to write the mail: {error}"))
}

/// The part without markup: the sentence apart, and the rest below it.
pub(in crate::deliver) fn plain(words: &Words) -> String {
    words.text(str::to_owned).replacen('\n', "\n\n", 1) + "\n"
}

fn date(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(at.as_second()).unwrap_or_default())
}

/// What machines read: that no human wrote it, which list it belongs to, and whether it is urgent.
fn headers(words: &Words, names: &Names<'_>) -> Vec<(HeaderName, String)> {
    let list = words.storyline.as_deref().unwrap_or("all");
    let mut all = vec![
        (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()),
        (HeaderName::new_from_ascii_str("List-Id"), format!("<{list}.storyline.{}>", names.domain)),
    ];
    if words.urgent {
        all.push((HeaderName::new_from_ascii_str("Importance"), "high".to_owned()));
    }
    all
}

fn part(kind: ContentType, text: String) -> SinglePart {
    // Always the same encoding: it keeps lines short and every byte of the text from meaning anything.
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(text)
}

fn mailbox(it: &storyline_config::Mailbox) -> Result<Mailbox, String> {
    let address = it.address.parse().map_err(|_| format!("{} is no mail address", it.address))?;
    Ok(Mailbox::new(it.name.clone(), address))
}

/// The names of mails.
struct Names<'a> {
    words: &'a Words,
    domain: &'a str,
}

impl Names<'_> {
    /// The name of the delivery, as far as it can stand in a header.
    fn id(&self) -> String {
        token(&self.words.id)
    }

    fn own(&self) -> String {
        self.of(&self.words.id)
    }

    fn of(&self, id: &str) -> String {
        format!("<{}.storyline@{}>", token(id), self.domain)
    }

    /// What it answers, and the thread it belongs to; a digest of several storylines belongs to none.
    fn thread(&self) -> Option<(String, String)> {
        let root = match (&self.words.storyline, &self.words.alert) {
            (Some(storyline), _) => format!("<{}.thread.storyline@{}>", token(storyline), self.domain),
            (None, Some(alert)) => format!("<{}.thread.storyline@{}>", token(alert), self.domain),
            (None, None) => return None,
        };
        Some(match &self.words.supersedes {
            Some(id) => (self.of(id), format!("{root} {}", self.of(id))),
            None => (root.clone(), root),
        })
    }
}

fn token(text: &str) -> String {
    text.chars().filter(|it| it.is_ascii_alphanumeric() || "-_.".contains(*it)).collect()
}
