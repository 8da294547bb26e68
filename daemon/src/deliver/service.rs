//! What services want to be told instead of our own document, and how each says that it took it (pure).

use serde_json::{Value, json};
use storyline_config::Service;
use url::Url;

use super::retry::{Again, Failure};

/// Characters of a title.
const TITLE_CHARS_MAX: usize = 120;

/// A POST of JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    /// Where it goes.
    pub(super) url: Url,
    /// The document.
    pub(super) body: String,
}

/// What people read of a planned document.
pub(super) struct Words {
    /// What it is about, in a few words.
    pub(super) title: String,
    /// The sentence, or the lines of a digest.
    pub(super) text: String,
    /// Whether it is a warning.
    pub(super) urgent: bool,
}

impl Words {
    /// Reads them out of a planned document.
    pub(super) fn of(body: &str) -> Self {
        let document: Value = serde_json::from_str(body).unwrap_or_default();
        let field = |name: &str| document.get(name).and_then(Value::as_str);
        let text = field("text").unwrap_or_default().to_owned();
        let first = text.lines().next().unwrap_or_default();
        let title = field("title").or_else(|| field("storyline")).unwrap_or(first);
        Self {
            title: title.chars().take(TITLE_CHARS_MAX).collect(),
            urgent: field("severity") == Some("warning"),
            text,
        }
    }
}

/// The request that tells a service of a planned document; the same at every attempt.
pub(super) fn request(service: Service, url: &Url, body: &str) -> Request {
    let words = Words::of(body);
    match service {
        Service::Ntfy => ntfy(url, &words),
        Service::Slack => {
            let text = defuse(&words.text);
            Request { url: url.clone(), body: json!({ "text": text }).to_string() }
        }
        Service::Apprise => {
            let kind = if words.urgent { "warning" } else { "info" };
            let body = json!({ "title": words.title, "body": words.text, "type": kind, "format": "text" });
            Request { url: url.clone(), body: body.to_string() }
        }
    }
}

/// Documents go to the server's root and name the topic, since a header could not carry every title.
fn ntfy(address: &Url, words: &Words) -> Request {
    let topic = address.path_segments().and_then(|mut it| it.rfind(|it| !it.is_empty())).unwrap_or_default();
    let mut url = address.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().pop();
    }
    let priority = if words.urgent { 4 } else { 3 };
    let body = json!({ "topic": topic, "title": words.title, "message": words.text, "priority": priority });
    Request { url, body: body.to_string() }
}

/// Text from feeds must not call a whole channel, nor make links that say one thing and lead to another.
fn defuse(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "@\u{200b}")
}

/// What a service's answer with a status of success really says.
pub(super) fn judge(service: Service, status: u16, reply: &str) -> Result<(), Failure> {
    let never = |error: &str| Err(Failure { error: error.to_owned(), again: Again::Never });
    match service {
        Service::Slack if refuses(reply) => Err(Failure::passing("answered that it did not take it")),
        Service::Apprise if status == 204 => never("knows nobody to tell under that key"),
        Service::Ntfy | Service::Slack | Service::Apprise => Ok(()),
    }
}

/// `ok`, `{"ok":true}`, `{"success":true}` and nothing at all are yes.
fn refuses(reply: &str) -> bool {
    let said: Value = serde_json::from_str(reply).unwrap_or_default();
    ["ok", "success"].iter().any(|it| said.get(it) == Some(&Value::Bool(false)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"kind":"phase","severity":"warning","storyline":"munich","title":"The conference","text":"munich · <!channel> @everyone & co"}"#;
    const DIGEST: &str =
        r#"{"kind":"digest","storyline":null,"text":"2 alerts · gathered\nmunich · new · One"}"#;

    fn check(service: Service, url: &str, body: &str, want: &str) {
        let it = request(service, &url.parse().unwrap(), body);
        assert_eq!(format!("{} {}", it.url, it.body), want);
    }

    #[test]
    fn each_service_is_told_in_its_own_way() {
        check(
            Service::Ntfy,
            "https://ntfy.example/desk",
            BODY,
            r#"https://ntfy.example/ {"topic":"desk","title":"The conference","message":"munich · <!channel> @everyone & co","priority":4}"#,
        );
        check(
            Service::Ntfy,
            "https://x.example/ntfy/desk/",
            DIGEST,
            r#"https://x.example/ntfy {"topic":"desk","title":"2 alerts · gathered","message":"2 alerts · gathered\nmunich · new · One","priority":3}"#,
        );
        check(
            Service::Slack,
            "https://hooks.example/T/B",
            BODY,
            "https://hooks.example/T/B {\"text\":\"munich · &lt;!channel&gt; @\u{200b}everyone &amp; co\"}",
        );
        check(
            Service::Apprise,
            "http://127.0.0.1:8000/notify/key",
            BODY,
            r#"http://127.0.0.1:8000/notify/key {"title":"The conference","body":"munich · <!channel> @everyone & co","type":"warning","format":"text"}"#,
        );
    }

    #[test]
    fn a_refusal_in_the_reply_is_a_failure() {
        let taken = |service, status, reply| judge(service, status, reply).is_ok();
        assert!(taken(Service::Slack, 200, "ok"));
        assert!(taken(Service::Slack, 200, ""));
        assert!(taken(Service::Slack, 200, r#"{"success":true}"#));
        assert!(!taken(Service::Slack, 200, r#"{"success":false}"#));
        assert!(!taken(Service::Slack, 200, r#"{"ok":false,"error":"not_in_channel"}"#));
        assert!(taken(Service::Apprise, 200, ""));
        assert!(!taken(Service::Apprise, 204, ""));
        assert!(taken(Service::Ntfy, 200, r#"{"id":"x"}"#));
    }
}
