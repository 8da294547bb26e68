//! The part of a mail that programs show with links (pure).

use crate::{deliver::words::Words, plan::Voice};

/// The same words as a small page without script, picture or style sheet from elsewhere.
pub(in crate::deliver) fn page(words: &Words) -> String {
    let mut page = String::from(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"></head>\n<body style=\"font-family: sans-serif\">\n",
    );
    page += &format!("<p><strong>{}</strong></p>\n", escape(&words.sentence));
    if !words.lines.is_empty() {
        page += &list(words.lines.iter().map(|it| escape(it)));
    }
    if !words.said_by.is_empty() {
        page += "<p>who says so:</p>\n";
        page += &list(words.said_by.iter().map(voice).chain(words.more.iter().map(|it| escape(it))));
    }
    let told = [("since", &words.since), ("before:", &words.before)];
    for (name, it) in told {
        if let Some(it) = it {
            page += &format!("<p>{name} {}</p>\n", escape(it));
        }
    }
    if let Some(it) = &words.ask {
        page += &format!("<p>why: <code>{}</code></p>\n", escape(it));
    }
    page + "</body></html>\n"
}

fn list(lines: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = lines.map(|it| format!("<li>{it}</li>\n")).collect();
    format!("<ul>\n{}</ul>\n", lines.concat())
}

fn voice(it: &Voice) -> String {
    let name = escape(&it.name);
    match &it.url {
        Some(url) => format!("<a href=\"{}\">{name}</a>", escape(url)),
        None => name,
    }
}

/// Text that stays text, between tags and in attributes.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
