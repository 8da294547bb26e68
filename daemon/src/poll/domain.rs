//! Whose server an address names: manners are owed to an owner, not to a host.

use url::{Host, Url};

/// The registrable domain of an http address; a literal address, or a name without one, stands for itself.
pub fn domain_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|it| matches!(it.scheme(), "http" | "https"))?;
    Some(match url.host()? {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            psl::domain_str(&name).unwrap_or(&name).to_owned()
        }
        Host::Ipv4(it) => it.to_string(),
        Host::Ipv6(it) => it.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: Option<&str>) {
        assert_eq!(domain_of(address).as_deref(), expected, "{address}");
    }

    #[test]
    fn a_lane_is_a_registrable_domain_or_an_address() {
        check("https://feeds.bbci.co.uk/news/rss.xml", Some("bbci.co.uk"));
        check("https://a.tumblr.com/rss", Some("tumblr.com"));
        check("https://WWW.Example.org.:8443/", Some("example.org"));
        check("http://127.0.0.1:8001/", Some("127.0.0.1"));
        check("http://[::1]:80/", Some("::1"));
        check("http://localhost:3000/", Some("localhost"));
        check("exec:/usr/bin/prices", None);
        check("file:///srv/feed.xml", None);
    }
}
