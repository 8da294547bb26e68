//! Alerts as mail: the server it is handed to, from whom and to whom.

use std::net::IpAddr;

/// How mail leaves, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The server that takes it.
    pub host: String,
    /// The port of that server.
    pub port: u16,
    /// How the way to it is sealed.
    pub tls: MailTls,
    /// Who it is from.
    pub from: Mailbox,
    /// Who gets it, at least one; all of them or none.
    pub to: Vec<Mailbox>,
}

/// How the way to a mail server is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// From the first byte on.
    Implicit,
    /// Before anything is said that matters; a server that does not offer it gets nothing.
    StartTls,
    /// Not at all.
    None,
}

impl Mail {
    /// Whether its server is on this machine.
    pub fn is_local(&self) -> bool {
        let name = self.host == "localhost" || self.host.ends_with(".localhost");
        name || self.host.parse::<IpAddr>().is_ok_and(|it| it.to_canonical().is_loopback())
    }
}

impl MailTls {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Implicit => "implicit",
            Self::StartTls => "starttls",
            Self::None => "none",
        }
    }
}

/// Someone who gets or sends mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Their name, where one is given.
    pub name: Option<String>,
    /// Their address.
    pub address: String,
}

/// Characters of an address before the `@`.
const LOCAL_CHARS_MAX: usize = 64;
/// Characters of an address in all.
const ADDRESS_CHARS_MAX: usize = 254;
/// Characters of a name.
const NAME_CHARS_MAX: usize = 100;

impl Mailbox {
    /// Reads `desk@example.org` or `The desk <desk@example.org>`; none where it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|it| it.rsplit_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"').trim(), address.trim()),
            None => ("", text),
        };
        let plain = name.chars().count() <= NAME_CHARS_MAX && !name.contains(|c: char| c.is_control());
        let name = Some(name.to_owned()).filter(|it| !it.is_empty());
        (plain && is_address(address)).then(|| Self { name, address: address.to_owned() })
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let atom = |it: &str| {
        !it.is_empty() && it.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c))
    };
    let label = |it: &str| {
        !it.is_empty()
            && it.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !it.starts_with('-')
            && !it.ends_with('-')
    };
    text.len() <= ADDRESS_CHARS_MAX
        && local.len() <= LOCAL_CHARS_MAX
        && local.split('.').all(atom)
        && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_an_address_with_or_without_a_name_and_never_two_lines() {
        let check = |text: &str, want: Option<(&str, &str)>| {
            let read = Mailbox::parse(text);
            let read = read.as_ref().map(|it| (it.name.as_deref().unwrap_or_default(), it.address.as_str()));
            assert_eq!(read, want, "{text:?}");
        };
        check("desk@example.org", Some(("", "desk@example.org")));
        check(" <desk@example.org> ", Some(("", "desk@example.org")));
        check("The desk <desk@example.org>", Some(("The desk", "desk@example.org")));
        check("\"Desk, north\" <d.n+x@example.org>", Some(("Desk, north", "d.n+x@example.org")));
        check("Bär <root@localhost>", Some(("Bär", "root@localhost")));
        check("desk", None);
        check("@example.org", None);
        check("desk@", None);
        check("de sk@example.org", None);
        check("desk@example..org", None);
        check("desk@example.org\r\nBcc: all@example.org", None);
        check("Desk\nBcc: x <desk@example.org>", None);
        check("desk@example.org, b@example.org", None);
    }
}
