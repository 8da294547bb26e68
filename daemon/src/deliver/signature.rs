//! Signatures as Standard Webhooks say (pure).

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::secret::Secret;

/// The value of `webhook-signature`: one signature for each secret, with a blank between; none without a secret.
pub(super) fn signature(secrets: &[Secret], id: &str, timestamp: i64, body: &str) -> Option<String> {
    let signed = secrets.iter().filter_map(|it| sign(it, id, timestamp, body)).collect::<Vec<_>>();
    (!signed.is_empty()).then(|| signed.join(" "))
}

fn sign(secret: &Secret, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).ok()?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_example_of_the_standard_is_met() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signature(
            std::slice::from_ref(&secret),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        let both = signature(&[secret.clone(), secret], "a", 1, "{}").unwrap();
        assert_eq!(both.split(' ').count(), 2);
        assert_eq!(signature(&[], "a", 1, "{}"), None);
    }
}
