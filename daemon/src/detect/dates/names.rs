//! Proper names that hold a weekday and are no date.

use super::word::Reading;

/// What stands before a weekday that is a name.
const BEFORE: &[&str] = &[
    "ash",
    "black",
    "bloody",
    "blue",
    "casual",
    "cyber",
    "easter",
    "fat",
    "fridays",
    "giving",
    "good",
    "happy",
    "holy",
    "manic",
    "maundy",
    "palm",
    "pancake",
    "ruby",
    "sheffield",
    "shrove",
    "spy",
    "stir",
    "super",
    "whit",
];

/// What stands after a weekday that is a name.
const AFTER: &[&str] = &[
    "addams",
    "best",
    "brunch",
    "club",
    "dispatch",
    "express",
    "express's",
    "herald",
    "independent",
    "league",
    "mail",
    "mirror",
    "morning",
    "night",
    "people",
    "post",
    "prayer",
    "prayers",
    "roast",
    "school",
    "sermon",
    "star",
    "sun",
    "telegraph",
    "times",
    "world",
];

/// Whether the weekday at a place is part of a proper name, or a habit ("Friday prayers").
pub(super) fn weekday(it: &Reading<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).filter(|before| it.joined(*before));
    if let Some(before) = before {
        let word = it.written(before);
        let known = BEFORE.iter().any(|name| name.eq_ignore_ascii_case(word));
        // "Mail on Sunday" is a newspaper.
        let mail = word == "on" && before > 0 && it.joined(before - 1) && it.written(before - 1) == "Mail";
        let other = matches!(word, "that" | "same" | "original");
        if known && it.capital(before) || mail || other {
            return true;
        }
    }
    if !it.joined(at) {
        return false;
    }
    let word = it.written(at + 1);
    let known = AFTER.iter().any(|name| name.eq_ignore_ascii_case(word));
    // "Friday morning" is a time; "Sunday Morning", "Saturday Night Live" are programmes.
    known && (it.capital(at + 1) || word.starts_with("prayer"))
}
