//! Errors as RFC 9457 problem documents.

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::writer::Refused;

/// Why a request was not answered as asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    /// The status of the answer.
    pub(super) status: StatusCode,
    /// A word programs can act on.
    pub(super) code: &'static str,
    /// What is wrong with this request.
    pub(super) detail: String,
    /// What the asker can do about it.
    pub(super) hint: String,
    /// What is wrong where, for a configuration that was refused.
    pub(super) findings: Option<Value>,
}

impl Problem {
    fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { status, code, detail: detail.into(), hint: hint.into(), findings: None }
    }

    /// The request cannot be understood.
    pub(super) fn bad(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", detail, hint)
    }

    /// What was named is not known.
    pub(super) fn unknown(code: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail, hint)
    }

    /// Whoever asks may not.
    pub(super) fn forbidden(hint: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "this needs rights the connection does not have", hint)
    }

    /// The body is longer than it may be.
    pub(super) fn too_large(limit: usize) -> Self {
        let detail = format!("the body is longer than {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail, "send less in one request")
    }

    /// The body did not arrive in time.
    pub(super) fn too_slow() -> Self {
        let detail = "the body did not arrive in time";
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail, "send the body without a pause")
    }

    /// The path exists, but not for this method.
    pub(super) fn wrong_method() -> Self {
        let hint = "GET /v1/openapi.json lists what each path answers to";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "this path does not take that method", hint)
    }

    /// The request is not for this host.
    pub(super) fn misdirected() -> Self {
        let detail = "the Host header names neither a loopback address nor localhost";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "misdirected", detail, "ask by the loopback address")
    }

    /// The log could not be read.
    pub(super) fn unreadable(detail: impl Into<String>) -> Self {
        let hint = "run `storyline store verify`";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "log_unreadable", detail, hint)
    }

    /// What was named to write to is not empty.
    pub(super) fn taken(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "not_empty", detail, hint)
    }

    /// What was to be written elsewhere could not be.
    pub(super) fn unwritten(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "not_written", detail, hint)
    }

    /// Something in the daemon did not come to its end.
    pub(super) fn broken(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail, "the daemon's own log says more")
    }

    /// The daemon is not able to do this now.
    pub(super) fn unavailable(
        code: &'static str,
        detail: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail, hint)
    }

    /// A configuration was refused, and this is what is wrong with it.
    pub(super) fn refused_configuration(findings: Value) -> Self {
        let detail = "the configuration was refused; the old one stays in force";
        let mut it =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "configuration", detail, "run `storyline check`");
        it.findings = Some(findings);
        it
    }

    /// The document.
    pub(super) fn to_json(&self) -> Value {
        let mut document = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
            "hint": self.hint,
        });
        if let (Some(findings), Some(fields)) = (&self.findings, document.as_object_mut()) {
            fields.insert("findings".to_owned(), findings.clone());
        }
        document
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let detail = refused.to_string();
        match refused {
            Refused::ReadOnly(_) => Self::unavailable(
                "read_only",
                detail,
                "`storyline status` says why; try again once it is well",
            ),
            Refused::Unknown(_) => Self::unknown("unknown", detail, "`storyline status` lists what is known"),
            Refused::Stopping => Self::unavailable("stopping", detail, "try again once it is back"),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body::from(self.to_json().to_string());
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}
