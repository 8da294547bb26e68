//! Feeds over https, with a certificate authority of our own.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use serde_json::Value;

use crate::{
    house::{House, rss},
    path::OLD,
};

/// An authority that no machine trusts unless it is told to.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Serves a feed on the loopback under a certificate for `name`.
    fn serve(&self, name: &str) -> SocketAddr {
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .unwrap();
        let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(config.clone()).unwrap();
                // Whoever does not trust us hangs up.
                let _ = answer(StreamOwned::new(connection, stream));
            }
        });
        address
    }
}

fn answer(mut stream: impl Read + Write) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let body = rss(&[OLD]);
    write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
    stream.flush()
}

#[test]
fn https_is_read_where_the_authority_is_trusted_and_refused_in_words_where_not() {
    let house = House::new("[network]\nallow = [\"127.0.0.1/32\"]\n");
    let authority = Authority::new();
    std::fs::write(house.path("ca.pem"), &authority.pem).unwrap();
    let check = |address: SocketAddr, trusts: bool, expected: Result<&str, &str>| {
        let url = format!("https://{address}/feed");
        let mut command = house.command(&["feeds", "test", &url, "--json"]);
        if trusts {
            command.env("SSL_CERT_FILE", house.path("ca.pem"));
        }
        let output = command.output().unwrap();
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        match expected {
            Ok(title) => {
                assert_eq!(output.status.code(), Some(0), "{said}");
                assert_eq!(said["entries"][0]["title"], title);
            }
            Err(words) => {
                assert_eq!(output.status.code(), Some(75), "{said}");
                assert!(said["error"].as_str().unwrap().contains(words), "{said}");
            }
        }
    };
    let right = authority.serve("127.0.0.1");
    check(right, true, Ok(OLD.1));
    check(right, false, Err("the connection failed: invalid peer certificate"));
    check(authority.serve("other.example"), true, Err("not valid for name"));
    check(Authority::new().serve("127.0.0.1"), true, Err("invalid peer certificate"));
}
