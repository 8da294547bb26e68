//! What services want to be told instead of our own document, and how each says that it took it (pure).

use serde_json::{Value, json};
use storyline_config::Service;
use url::Url;

use super::{
    retry::{Again, Failure},
    words::{Words, calm, cut, cut_bytes, without_mentions},
};
use crate::plan::Voice;

/// Characters of a message to Slack and its like; Rocket.Chat takes 5,000.
const SLACK_CHARS_MAX: usize = 4_000;
/// Bytes of a message to ntfy; what is longer than 4,096 would become an attachment.
const NTFY_BYTES_MAX: usize = 4_000;

/// A POST of JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    /// Where it goes.
    pub(super) url: Url,
    /// The document.
    pub(super) body: String,
}

/// The request that tells a service of a planned document; the same at every attempt.
pub(super) fn request(service: Service, url: &Url, body: &str) -> Request {
    let words = Words::of(body);
    match service {
        Service::Ntfy => ntfy(url, &words.under_title()),
        Service::Slack => {
            let text = cut(&words.lay_out(harmless, link), SLACK_CHARS_MAX);
            Request { url: url.clone(), body: json!({ "text": text }).to_string() }
        }
        Service::Apprise => {
            let kind = if words.urgent { "warning" } else { "info" };
            let (title, text) = (calm(&words.title), words.under_title().text(calm));
            let body = json!({ "title": title, "body": text, "type": kind, "format": "text" });
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
    let message = cut_bytes(&words.text(str::to_owned), NTFY_BYTES_MAX);
    let mut body = json!({ "topic": topic, "title": words.title, "message": message, "priority": priority });
    if let (Some(body), Some(link)) = (body.as_object_mut(), words.link()) {
        body.insert("click".to_owned(), link.into());
    }
    Request { url, body: body.to_string() }
}

/// Text that calls nobody and is nothing but text where `<…>` and `&…;` mean something.
fn harmless(text: &str) -> String {
    calm(&text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// Who says so, as a link with a name; `|` and `>` would end its parts.
fn link(it: &Voice) -> String {
    let name = harmless(&it.name).replace('|', "¦");
    match &it.url {
        Some(url) => format!("<{}|{name}>", without_mentions(url).replace('&', "&amp;")),
        None => name,
    }
}

/// What a service's answer with a status of success really says.
pub(super) fn judge(service: Service, status: u16, reply: &str) -> Result<(), Failure> {
    let said: Value = serde_json::from_str(reply).unwrap_or_default();
    let taken = match service {
        // It shows the message it made of the document.
        Service::Ntfy => said.get("id").is_some_and(Value::is_string),
        Service::Slack => agrees(reply.trim(), &said),
        Service::Apprise if status == 204 => {
            let error = "knows nobody to tell under that key".to_owned();
            return Err(Failure { error, again: Again::Never });
        }
        Service::Apprise => !is_page(reply.trim()) && !refuses(&said),
    };
    if taken { Ok(()) } else { Err(Failure::passing(format!("answered {status}, but not that it took it"))) }
}

/// What a status that looks final means from a service that uses it otherwise.
pub(super) fn passes(service: Service, status: u16) -> Option<&'static str> {
    // Apprise could not reach one of the services behind it.
    (service == Service::Apprise && status == 424).then_some("it did not reach all of its services")
}

/// `ok`, `{"ok":true}`, `{"success":true}` and nothing at all are yes.
fn agrees(reply: &str, said: &Value) -> bool {
    match said {
        Value::Object(_) => !refuses(said),
        _ => reply.is_empty() || reply.eq_ignore_ascii_case("ok"),
    }
}

fn refuses(said: &Value) -> bool {
    let no = |name: &str| said.get(name) == Some(&Value::Bool(false));
    let error = |it: &Value| !matches!(it, Value::Null | Value::Bool(false));
    no("ok") || no("success") || said.get("error").is_some_and(error)
}

/// A page for people in place of an answer: a login, a notice of maintenance.
fn is_page(reply: &str) -> bool {
    reply.starts_with('<')
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
            r#"https://x.example/ntfy {"topic":"desk","title":"2 alerts · gathered","message":"munich · new · One","priority":3}"#,
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
            "http://127.0.0.1:8000/notify/key {\"title\":\"The conference\",\"body\":\"munich · <\u{200b}!channel> @\u{200b}everyone & co\",\"type\":\"warning\",\"format\":\"text\"}",
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
        assert!(!taken(Service::Slack, 200, "invalid_token"));
        assert!(!taken(Service::Slack, 200, "<html>Log in</html>"));
        assert!(!taken(Service::Slack, 200, r#"{"error":"no"}"#));
        assert!(taken(Service::Slack, 200, r#"{"result":"success","msg":""}"#));
        assert!(taken(Service::Apprise, 200, ""));
        assert!(taken(Service::Apprise, 200, r#"{"error":false,"details":[]}"#));
        assert!(!taken(Service::Apprise, 204, ""));
        assert!(!taken(Service::Apprise, 200, r#"{"error":"One or more notification could not be sent."}"#));
        assert!(!taken(Service::Apprise, 200, "<html>Log in</html>"));
        assert!(!taken(Service::Ntfy, 200, ""));
        assert!(!taken(Service::Ntfy, 200, "<html>Log in</html>"));
        assert!(taken(Service::Ntfy, 200, r#"{"id":"x"}"#));
    }
}
