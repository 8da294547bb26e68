//! What a document is, as far as its looks tell.

use super::error::ReadError;

/// How far into a document the looks are judged.
const LOOKS_BYTES_MAX: usize = 64 << 10;

/// Words that only challenge pages use, in lower case.
const CHALLENGES: &[&str] = &[
    "cf-challenge",
    "cf_chl_",
    "challenge-platform",
    "just a moment...",
    "attention required! | cloudflare",
    "_incapsula_resource",
    "px-captcha",
    "captcha-delivery.com",
    "ddos-guard",
    "verify you are human",
    "checking your browser",
    "awswafintegration",
    "g-recaptcha",
    "h-captcha",
];

/// Whether a text is JSON rather than markup.
pub(super) fn is_json(text: &str) -> bool {
    text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}')
        .starts_with(['{', '['])
}

/// Whether a text begins as a web page does, whatever else is in it.
pub(super) fn is_page(text: &str) -> bool {
    let head = super::leaf::clip(text.trim_start(), 64).to_ascii_lowercase();
    head.starts_with("<!doctype html") || head.starts_with("<html")
}

/// What a text is in which there is no feed.
pub(super) fn no_feed(text: &str) -> ReadError {
    let head = super::leaf::clip(text, LOOKS_BYTES_MAX).to_ascii_lowercase();
    let has = |part: &str| head.contains(part);
    let page = has("<html") || has("<!doctype html") || has("<body") || has("<head>");
    if page && !has("<opml") {
        let challenge = CHALLENGES.iter().any(|it| has(it));
        return if challenge { ReadError::Challenge } else { ReadError::Html };
    }
    let what = match () {
        () if has("<opml") => "it is a list of feeds (OPML), not a feed; `storyline feeds import` takes it",
        () if head.starts_with("%pdf") || has("\0") => "it is binary data",
        () if has("<?xml") || has("</") => "it is XML, but no feed",
        () if has("<?php") || has("fatal error") => "the server's own program failed",
        () => "it is neither XML nor JSON",
    };
    ReadError::Unreadable { what: what.to_owned() }
}
