//! What programs are told that have an idea of a message of their own: a desktop's, and Apprise's (pure).

use std::path::Path;

use super::words::{Words, calm, cut};

/// Characters of a notification; desktops show the first few lines.
const DESKTOP_CHARS_MAX: usize = 1_000;

/// A program with what it reads.
#[derive(Debug, PartialEq)]
pub(super) struct Run {
    /// The program and its arguments.
    pub(super) command: Vec<String>,
    /// What it reads on standard input.
    pub(super) input: String,
}

/// Shows a notification. What it shows may hold markup, which text from feeds must not.
pub(super) fn desktop(body: &str) -> Run {
    let words = Words::of(body).under_title();
    let urgency = if words.urgent { "critical" } else { "normal" };
    // Addresses cannot be followed there, and the sentence says who, since when and how to ask.
    let mut lines: Vec<String> = [&words.sentence].into_iter().chain(&words.lines).cloned().collect();
    lines.retain(|it| !it.is_empty());
    let before = words.story.iter().filter_map(|it| it.before.as_ref());
    lines.extend(before.map(|it| format!("before: {it}")));
    let text = cut(&lines.join("\n"), DESKTOP_CHARS_MAX);
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let program = ["notify-send", "--app-name=storyline", "--urgency", urgency, "--"].map(str::to_owned);
    Run { command: program.into_iter().chain([words.title, text]).collect(), input: String::new() }
}

/// Has Apprise tell the services that its configuration names, which `file` is where there is one.
pub(super) fn apprise(command: &[String], file: Option<&Path>, body: &str) -> Run {
    let words = Words::of(body).under_title();
    let kind = if words.urgent { "warning" } else { "info" };
    let own = [
        format!("--title={}", calm(&words.title)),
        format!("--notification-type={kind}"),
        "--input-format=text".to_owned(),
    ];
    let file = file.map(|it| format!("--config={}", it.display()));
    Run { command: command.iter().cloned().chain(own).chain(file).collect(), input: words.text(calm) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"kind":"phase","severity":"warning","title":"--help","text":"munich · <b>x</b> & @all\nbefore: nothing"}"#;

    #[test]
    fn text_is_never_taken_for_an_option_or_for_markup() {
        assert_eq!(
            desktop(BODY).command,
            [
                "notify-send",
                "--app-name=storyline",
                "--urgency",
                "critical",
                "--",
                "--help",
                "munich · &lt;b&gt;x&lt;/b&gt; &amp; @all\nbefore: nothing"
            ]
        );
        let run = apprise(&["apprise".to_owned()], Some(Path::new("/run/c/all")), BODY);
        let want = [
            "apprise",
            "--title=--help",
            "--notification-type=warning",
            "--input-format=text",
            "--config=/run/c/all",
        ];
        assert_eq!(run.command, want);
        assert_eq!(run.input, "munich · <b>x</b> & @\u{200b}all\nbefore: nothing");
    }
}
