//! Reads how a sink is reached: its kind, and the keys that belong to that kind alone.

use std::net::Ipv6Addr;

use url::Url;

use super::{
    table::Table,
    tree::Node,
    value::{self, choice},
};
use crate::{
    Address, Mail, MailTls, Mailbox, Service, SinkKind, finding::Notes, is_loopback, limit::RECIPIENTS_MAX,
};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Webhook,
    Ntfy,
    Slack,
    Apprise,
    Exec,
    Email,
    Desktop,
}

const KINDS: &[(&str, Kind)] = &[
    ("webhook", Kind::Webhook),
    ("exec", Kind::Exec),
    ("email", Kind::Email),
    ("desktop", Kind::Desktop),
    ("ntfy", Kind::Ntfy),
    ("slack", Kind::Slack),
    ("apprise", Kind::Apprise),
];

/// The keys that only some kinds have.
const KEYS: [&str; 7] = ["url", "url_file", "secret_file", "command", "from", "to", "tls"];

const TLS: &[(&str, MailTls)] = &[("starttls", MailTls::StartTls), ("none", MailTls::None)];

/// Characters of a topic that ntfy takes.
const TOPIC_CHARS_MAX: usize = 64;

impl Kind {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Webhook | Self::Ntfy | Self::Slack => &["url", "url_file", "secret_file"],
            Self::Apprise => &["url", "url_file", "secret_file", "command"],
            Self::Exec => &["command"],
            Self::Email => &["url", "secret_file", "from", "to", "tls"],
            Self::Desktop => &[],
        }
    }
}

/// Reads how a sink is reached, and says whether its kind is known.
pub(super) fn way(notes: &mut Notes, table: &mut Table<'_>) -> (bool, Option<SinkKind>) {
    let Some(kind) = table.need(notes, "kind", choice(KINDS)) else { return (false, None) };
    let name = KINDS.iter().find(|(_, it)| *it == kind).map_or("", |(name, _)| name);
    for key in KEYS.into_iter().filter(|it| !kind.keys().contains(it)) {
        table.misplaced(notes, key, &format!("its kind is \"{name}\""));
    }
    (true, read(notes, kind, table))
}

fn read(notes: &mut Notes, kind: Kind, table: &mut Table<'_>) -> Option<SinkKind> {
    let service = |service| move |url| SinkKind::Service { service, url };
    match kind {
        Kind::Webhook => address(notes, table).map(|url| SinkKind::Webhook { url }),
        Kind::Ntfy => {
            let read = address(notes, table);
            topic(notes, table, read.as_ref());
            read.map(service(Service::Ntfy))
        }
        Kind::Slack => address(notes, table).map(service(Service::Slack)),
        Kind::Apprise if table.entry("command").is_some() => {
            for key in ["url", "url_file"] {
                table.misplaced(notes, key, "it has a `command`, which takes the message instead");
            }
            table.need(notes, "command", value::command).map(|command| SinkKind::Apprise { command })
        }
        Kind::Apprise => address(notes, table).map(service(Service::Apprise)),
        Kind::Exec => table.need(notes, "command", value::command).map(|command| SinkKind::Exec { command }),
        Kind::Email => mail(notes, table).map(SinkKind::Email),
        Kind::Desktop => Some(SinkKind::Desktop),
    }
}

/// The address, or the file that holds it.
fn address(notes: &mut Notes, table: &mut Table<'_>) -> Option<Address> {
    let Some(file) = table.get(notes, "url_file", value::path) else {
        return table.need(notes, "url", web).map(Address::Url);
    };
    table.misplaced(notes, "url", "its `url_file` says where it is");
    Some(Address::File(file))
}

/// Notes an address of ntfy that names no topic.
fn topic(notes: &mut Notes, table: &mut Table<'_>, address: Option<&Address>) {
    let Some(Address::Url(url)) = address else { return };
    let named = url.path_segments().and_then(|mut it| it.rfind(|it| !it.is_empty()));
    let fits = |it: &str| {
        it.len() <= TOPIC_CHARS_MAX && it.chars().all(|it| it.is_ascii_alphanumeric() || "-_".contains(it))
    };
    if !named.is_some_and(fits)
        && let Some(it) = table.entry("url")
    {
        let help = "the topic stands last, of letters, digits, - and _: https://ntfy.example.org/my-topic";
        notes.error_help(&it.node.at, "this address names no topic of ntfy", help);
    }
}

fn web(notes: &mut Notes, node: &Node) -> Option<Url> {
    let written = value::text(notes, node)?;
    match Address::parse(&written) {
        Ok(it) => {
            if !it.username().is_empty() || it.password().is_some() {
                let help = "put the whole address into a file and name it with `url_file`";
                notes.warning(&node.at, "this address holds a password", help);
            }
            Some(it)
        }
        Err(why) => {
            let help = "use https://; plain http is for loopback addresses only";
            notes.error_help(&node.at, why, help);
            None
        }
    }
}

fn mail(notes: &mut Notes, table: &mut Table<'_>) -> Option<Mail> {
    let server = table.need(notes, "url", server);
    let asked = table.get(notes, "tls", choice(TLS));
    let from = table.need(notes, "from", mailbox);
    let to = table.need(notes, "to", recipients);
    let url = server?;
    let tls = match (url.scheme(), asked) {
        ("smtps", None) => MailTls::Implicit,
        ("smtps", Some(_)) => {
            table.misplaced(notes, "tls", "smtps:// is sealed from the first byte on");
            MailTls::Implicit
        }
        (_, Some(it)) => it,
        (_, None) if is_loopback(&url) => MailTls::None,
        (_, None) => MailTls::StartTls,
    };
    if tls == MailTls::None && !is_loopback(&url) {
        readable(notes, table);
    }
    let port = url.port().unwrap_or(if tls == MailTls::Implicit { 465 } else { 587 });
    Some(Mail { host: host(&url)?, port, tls, from: from?, to: to? })
}

/// Says what it means that mail leaves the machine unsealed.
fn readable(notes: &mut Notes, table: &mut Table<'_>) {
    let secret = table.entry("secret_file").is_some();
    let Some(it) = table.entry("tls") else { return };
    let help = "leave `tls` out, or use smtps://";
    if secret {
        notes.error_help(&it.node.at, "the password would travel readable by everyone", help);
    } else {
        notes.warning(&it.node.at, "alerts travel readable by everyone", help);
    }
}

/// A host as programs ask for it; the brackets of an address are the URL's.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let inner = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    Some(inner.filter(|it| it.parse::<Ipv6Addr>().is_ok()).unwrap_or(host).to_owned())
}

/// Addresses that are not the web's may have anything for a host.
fn is_host(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric() || ".-[]:".contains(it))
}

fn server(notes: &mut Notes, node: &Node) -> Option<Url> {
    const HELP: &str = "use smtps://HOST, or smtp://HOST for STARTTLS; a port may follow";
    let written = value::text(notes, node)?;
    let url = Url::parse(&written).ok().filter(|it| it.host_str().is_some_and(is_host));
    let Some(url) = url else {
        notes.error_help(&node.at, "this is no address of a mail server", HELP);
        return None;
    };
    let plain = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    let (message, help) = match url.scheme() {
        "smtp" | "smtps" if !url.username().is_empty() || url.password().is_some() => (
            "a password does not belong here",
            "put user:password into a file and name it with `secret_file`",
        ),
        "smtp" | "smtps" if plain => return Some(url),
        "smtp" | "smtps" => ("nothing follows the host and the port of a mail server", HELP),
        _ => ("this scheme cannot be used here", HELP),
    };
    notes.error_help(&node.at, message, help);
    None
}

fn mailbox(notes: &mut Notes, node: &Node) -> Option<Mailbox> {
    let written = value::text(notes, node)?;
    let read = Mailbox::parse(&written);
    if read.is_none() {
        let help = "write \"desk@example.org\" or \"The desk <desk@example.org>\"";
        notes.error_help(&node.at, format!("{written:?} is no mail address"), help);
    }
    read
}

/// One recipient or several.
fn recipients(notes: &mut Notes, node: &Node) -> Option<Vec<Mailbox>> {
    if matches!(node.value, super::tree::Value::Text(_)) {
        return mailbox(notes, node).map(|it| vec![it]);
    }
    let before = value::some_texts(notes, node)?.len();
    let read = value::list(notes, node, mailbox)?;
    if before > RECIPIENTS_MAX {
        let help = "use a list address, or several sinks";
        notes.error_help(&node.at, format!("more than {RECIPIENTS_MAX} recipients"), help);
        return None;
    }
    (read.len() == before).then_some(read)
}
