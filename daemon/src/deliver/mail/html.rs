//! The part of a mail that programs show with links (pure).

use crate::{
    deliver::words::Words,
    plan::{Story, Voice},
};

/// The same words as a small page without script, picture or style sheet from elsewhere.
pub(in crate::deliver) fn page(words: &Words) -> String {
    let mut page = String::from(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"></head>\n<body style=\"font-family: sans-serif\">\n",
    );
    page += &format!("<p><strong>{}</strong></p>\n", escape(&words.sentence));
    if !words.lines.is_empty() {
        page += &list(words.lines.iter().map(|it| escape(it)));
    }
    page += &words.story.as_ref().map_or_else(String::new, under);
    page + "</body></html>\n"
}

fn under(story: &Story) -> String {
    let mut page = String::new();
    if !story.said_by.is_empty() {
        page += "<p>who says so:</p>\n";
        page += &list(story.said_by.iter().map(voice).chain(story.more_say_so().map(|it| escape(&it))));
    }
    page += &format!("<p>since {}</p>\n", escape(&story.since));
    if let Some(it) = &story.before {
        page += &format!("<p>before: {}</p>\n", escape(it));
    }
    page + &format!("<p>why: <code>{}</code></p>\n", escape(&story.ask))
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
