//! Which addresses may be reached: public ones, and those a configuration names.
//!
//! Asked twice for every hop: of a literal host before it is dialled, and of
//! every address a name resolves to, which are then the ones dialled. An
//! address that carries another inside (mapped, compatible, NAT64, 6to4) is
//! judged by the one inside, for that is where the packets go.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use url::{Host, Url};

/// Judges addresses. Clones judge alike.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allow: Vec<IpNet>,
}

/// Why an address is not reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// It is not public.
    #[error("the address {0} is not public; name it in network.allow to reach it")]
    Private(IpAddr),
    /// No address of the name is public.
    #[error("{0} has no public address; name its address in network.allow to reach it")]
    Name(String),
    /// Only http and https are spoken.
    #[error("{0:?} addresses are not visited; only http and https are")]
    Scheme(String),
    /// It names no host.
    #[error("the address names no host")]
    Hostless,
}

impl Guard {
    /// Allows public addresses and those in `allow`.
    pub fn new(allow: Vec<IpNet>) -> Self {
        Self { allow }
    }

    /// Whether an address may be dialled.
    pub fn lets(&self, address: IpAddr) -> bool {
        let inside = unwrapped(address);
        public(inside) || self.allow.iter().any(|net| net.contains(&address) || net.contains(&inside))
    }

    /// Judges an address as far as it can be without resolving a name.
    ///
    /// # Errors
    ///
    /// [`Forbidden`] says why it may not be asked.
    pub fn judge(&self, url: &Url) -> Result<(), Forbidden> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Forbidden::Scheme(url.scheme().chars().take(32).collect()));
        }
        let literal = match url.host() {
            None => return Err(Forbidden::Hostless),
            // A proxy would resolve it for us, to itself.
            Some(Host::Domain(name)) if is_local(name) && !self.lets(Ipv4Addr::LOCALHOST.into()) => {
                return Err(Forbidden::Name(name.to_owned()));
            }
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(it)) => IpAddr::V4(it),
            Some(Host::Ipv6(it)) => IpAddr::V6(it),
        };
        if self.lets(literal) { Ok(()) } else { Err(Forbidden::Private(literal)) }
    }
}

/// Whether a name means this machine wherever it is resolved.
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.rsplit('.').next().is_some_and(|it| it.eq_ignore_ascii_case("localhost"))
}

/// The IPv4 address an IPv6 one carries, else the address itself.
fn unwrapped(address: IpAddr) -> IpAddr {
    let IpAddr::V6(it) = address else { return address };
    let v4 = |high: u16, low: u16| {
        let bits = u32::from(high) << 16 | u32::from(low);
        IpAddr::V4(Ipv4Addr::from_bits(bits))
    };
    match it.segments() {
        // `::` and `::1` are themselves; `::a.b.c.d` is not.
        [0, 0, 0, 0, 0, 0, 0, _] => address,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => v4(high, low),
        _ => address,
    }
}

fn public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => public_v4(it),
        IpAddr::V6(it) => public_v6(it),
    }
}

fn public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127 | 224.., ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [198, 18 | 19, ..]
            // Protocol assignments, documentation, the 6to4 relay and AS112.
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [192, 31, 196, _]
            | [192, 52, 193, _]
            | [192, 175, 48, _]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

fn public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Protocol assignments with Teredo and ORCHID; documentation.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => (first & 0xe000) == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: bool) {
        let lets = Url::parse(url).is_ok_and(|it| Guard::default().judge(&it).is_ok());
        assert_eq!(lets, expected, "{url}");
    }

    #[test]
    fn addresses_that_are_not_public_are_refused_however_they_are_written() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "017700000001",
            "127.0.0.1.",
            "%31%32%37.0.0.1",
            "①②⑦.0.0.1",
            "0.0.0.0",
            "0",
            "10.1.2.3",
            "100.64.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a9fe:a9fe]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2002:a00:1::1]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd00::1]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[2001::1]",
            "[::ffff:0:7f00:1]",
            "[100::1]",
            "[3fff::1]",
            "localhost",
            "localhost.",
            "a.LOCALHOST",
        ] {
            check(&format!("http://{host}/"), false);
        }
    }

    #[test]
    fn other_schemes_are_refused() {
        for url in
            ["file:///etc/passwd", "gopher://example.org/", "ftp://example.org/", "unix:/run/x", "data:,x"]
        {
            check(url, false);
        }
    }

    #[test]
    fn public_addresses_and_names_pass() {
        for host in [
            "8.8.8.8",
            "[2606:4700::1111]",
            "[64:ff9b::808:808]",
            "[2002:808:808::1]",
            "[::ffff:8.8.8.8]",
            "example.org",
            "172.32.0.1",
        ] {
            check(&format!("https://{host}/"), true);
        }
    }

    #[test]
    fn a_configuration_may_name_exceptions_also_where_they_are_wrapped() {
        let guard = Guard::new(vec!["127.0.0.2/32".parse().unwrap()]);
        assert!(guard.lets("127.0.0.2".parse().unwrap()));
        assert!(guard.lets("::ffff:127.0.0.2".parse().unwrap()));
        assert!(!guard.lets("127.0.0.1".parse().unwrap()));
    }
}
