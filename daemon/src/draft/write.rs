//! A draft as a configuration, with the reason of each line beside it.

use std::fmt::Write;

use super::{Draft, NewPack, Proposal, ProposedFacet};

/// Characters of a comment line.
const LINE_CHARS: usize = 100;
/// Characters quoted of a sentence.
const QUOTE_CHARS: usize = 240;

/// Writes a draft.
pub(super) fn toml(draft: &Draft) -> String {
    let mut out = String::new();
    comment(&mut out, &format!("Drafted from {}.", quoted(&draft.headline)));
    match draft.day {
        Some(day) => comment(&mut out, &format!("Its days count from {day}.")),
        None => comment(&mut out, "It has no date."),
    }
    comment(
        &mut out,
        "Rules proposed this, nobody understood it: read every line, strike what does not belong, and fill in `none` with what keeps coming up and is another story. `storyline check` says whether it still holds, `storyline backtest` what it would have found.",
    );
    if let Some(credit) = &draft.credit {
        comment(
            &mut out,
            &format!("Origin: the article credits {}: {}", credit.text, quoted(&credit.sentence)),
        );
    }
    for weak in &draft.weak {
        comment(&mut out, &format!("Weak: {weak}"));
    }
    feeds(&mut out, draft);
    for (table, packs) in [("actor", &draft.actors), ("place", &draft.places)] {
        for it in packs {
            pack(&mut out, table, it);
        }
    }
    for it in &draft.storylines {
        storyline(&mut out, it);
    }
    out
}

fn feeds(out: &mut String, draft: &Draft) {
    if draft.feeds.is_empty() {
        return;
    }
    out.push_str("#\n");
    comment(out, "Configured feeds that probably carry it:");
    for it in &draft.feeds {
        comment(out, &format!("- {} ({})", it.feed, it.why));
    }
}

fn pack(out: &mut String, table: &str, it: &NewPack) {
    out.push('\n');
    let role = it.role.as_ref().map_or_else(String::new, |role| format!(", {role}"));
    comment(out, &format!("{}{role}: {}", it.name, quoted(&it.sentence)));
    line(out, &format!("[{table}.{}]", it.key));
    line(out, &format!("name = {}", string(&it.name)));
    line(out, &format!("aliases = {}", list(&it.aliases)));
}

fn storyline(out: &mut String, it: &Proposal) {
    out.push('\n');
    for weak in &it.weak {
        comment(out, &format!("Weak: {weak}."));
    }
    for expected in &it.expected {
        let when = expected.value.as_deref().unwrap_or("no day yet");
        let limit = if expected.deadline { ", a limit" } else { "" };
        comment(
            out,
            &format!("Expected {when} ({}{limit}): {}", quoted(&expected.text), quoted(&expected.sentence)),
        );
    }
    line(out, &format!("[storyline.{}]", it.id));
    line(out, &format!("title = {}", string(&it.title)));
    if let Some(parent) = &it.parent {
        line(out, &format!("parent = {}   # strike it if this stands alone", string(parent)));
    }
    line(out, "seed = [");
    for seed in &it.seed {
        line(out, &format!("  {},", string(&short(seed))));
    }
    line(out, "]");
    line(
        out,
        "# Every facet must be touched: in the headline, in it and one sentence, or in the first sentence; @name is a pack.",
    );
    line(out, "all = [");
    for facet in &it.all {
        facet_lines(out, facet);
    }
    line(out, "]");
    line(out, "# These only raise the score.");
    line(out, &format!("any = {}", list(&it.any)));
    line(out, "# Yours to fill: what shares these words and is another story.");
    line(out, "none = []");
    if it.phases.is_empty() {
        return;
    }
    out.push('\n');
    line(out, "# Usual cues for this kind of news, stems in order: strike those that would mislead.");
    line(out, &format!("[storyline.{}.phase]", it.id));
    for (phase, cues) in &it.phases {
        line(out, &format!("{} = {}", phase.as_str(), list(cues)));
    }
}

fn facet_lines(out: &mut String, facet: &ProposedFacet) {
    let mut note = String::new();
    comment(&mut note, &format!("{}: {}", facet.about, short(&facet.why)));
    for it in note.lines() {
        line(out, &format!("  {it}"));
    }
    line(out, &format!("  {},", list(&facet.aliases)));
}

fn line(out: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}

/// A comment of as many lines as it takes.
fn comment(out: &mut String, text: &str) {
    let mut current = String::from("#");
    for word in text.split_whitespace() {
        if current.chars().count() + word.chars().count() >= LINE_CHARS && current.len() > 1 {
            line(out, &current);
            current = String::from("#  ");
        }
        current.push(' ');
        current.extend(word.chars().filter(|it| !it.is_control()));
    }
    line(out, &current);
}

fn quoted(text: &str) -> String {
    format!("“{}”", short(text).trim_matches(['“', '”', '"']))
}

fn short(text: &str) -> String {
    if text.chars().count() <= QUOTE_CHARS {
        return text.to_owned();
    }
    let cut: String = text.chars().take(QUOTE_CHARS).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |it| it.0);
    format!("{cut} …")
}

fn string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|it| string(it)).collect();
    format!("[{}]", items.join(", "))
}
