//! Where messages go: an address, or the file that keeps it.

use std::{net::Ipv4Addr, path::PathBuf, str::FromStr};

use url::{Host, Url};

/// The address of a sink. Many services hide what admits to them in it, so it may be kept in a file.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// As the configuration says it.
    Url(Url),
    /// The first line of a file, read anew for every message.
    File(PathBuf),
}

impl Address {
    /// Where it leads, without what may be secret: the host, or the name of the file.
    pub fn place(&self) -> String {
        match self {
            Self::Url(it) => it.host_str().unwrap_or_default().to_owned(),
            Self::File(it) => format!("the address in {}", it.display()),
        }
    }

    /// Reads an address that messages may be sent to: `https`, or `http` where it stays on this machine.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words that do not repeat it.
    pub fn parse(text: &str) -> Result<Url, &'static str> {
        let url = Url::parse(text.trim()).map_err(|_| "this is no address")?;
        match url.scheme() {
            _ if url.host_str().is_none_or(str::is_empty) => Err("this address names no host"),
            "https" => Ok(url),
            "http" if is_loopback(&url) => Ok(url),
            "http" => Err("alerts would travel readable by everyone"),
            _ => Err("this scheme cannot be used here"),
        }
    }
}

impl From<Url> for Address {
    fn from(it: Url) -> Self {
        Self::Url(it)
    }
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).map(Self::Url)
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.place())
    }
}

/// Whether an address stays on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(it)) => it.is_loopback(),
        Some(Host::Ipv6(it)) => it.to_canonical().is_loopback(),
        // Schemes other than those of the web leave an address of four numbers a name.
        Some(Host::Domain(it)) => {
            it == "localhost"
                || it.ends_with(".localhost")
                || it.parse::<Ipv4Addr>().is_ok_and(|it| it.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_shows_its_host_and_nothing_that_may_be_secret() {
        let address: Address = "https://user:canary@hooks.example.org/T0/canary?key=canary".parse().unwrap();
        assert_eq!(format!("{address:?} {}", address.place()), "hooks.example.org hooks.example.org");
    }

    #[test]
    fn alerts_leave_the_machine_sealed_only() {
        let check = |text: &str, want: Result<(), &str>| {
            assert_eq!(Address::parse(text).map(|_| ()), want, "{text}");
        };
        check(" https://a.example/x\n", Ok(()));
        check("http://127.0.0.1:8080/x", Ok(()));
        check("http://[::1]/x", Ok(()));
        check("http://[::ffff:127.0.0.1]/x", Ok(()));
        check("http://a.localhost/x", Ok(()));
        check("http://a.example/x", Err("alerts would travel readable by everyone"));
        check("ftp://a.example/x", Err("this scheme cannot be used here"));
        check("mailto:a@a.example", Err("this address names no host"));
        check("a.example/x", Err("this is no address"));
    }
}
