//! Which outlets are known: configured, or seen.

use std::{collections::BTreeSet, sync::Arc};

use super::{doors::Doors, problem::Problem};

/// Outlets named where one is not known.
const NAMED_MAX: usize = 5;

/// The outlet as reports write it: the very name, or one that only differs in its case.
///
/// # Errors
///
/// That nothing is known of it, with those that are called nearly so.
pub(super) async fn known(doors: &Arc<Doors>, name: &str) -> Result<String, Problem> {
    let name = name.to_owned();
    doors.toil(move |doors| look_up(doors, &name)).await?
}

fn look_up(doors: &Doors, name: &str) -> Result<String, Problem> {
    let view = doors.handle.view();
    let mut outlets: BTreeSet<String> = view.config.feeds.values().map(|it| it.outlet.clone()).collect();
    if let Some(it) = called(&outlets, name) {
        return Ok(it.clone());
    }
    outlets.extend(doors.shelf.outlets());
    let developments = view.state.storylines.values().flat_map(|it| &it.developments);
    outlets.extend(developments.flat_map(|it| &it.reports).map(|it| it.outlet.clone()));
    match called(&outlets, name) {
        Some(it) => Ok(it.clone()),
        None => Err(unknown(name, &near(&outlets, name))),
    }
}

fn called<'a>(outlets: &'a BTreeSet<String>, name: &str) -> Option<&'a String> {
    let lower = name.to_lowercase();
    outlets.get(name).or_else(|| outlets.iter().find(|it| it.to_lowercase() == lower))
}

fn unknown(name: &str, near: &[&str]) -> Problem {
    let hint = match near {
        [] => "it is the name reports show it by; \"anyway\": true (--anyway) mutes it for when it comes"
            .to_owned(),
        some => format!("did you mean {}?", some.join(", ")),
    };
    Problem::unknown(
        "unknown_outlet",
        format!("no outlet is called {name:?}: none was configured or seen"),
        hint,
    )
}

/// Outlets that are called nearly so: a part of the name, or a few letters apart.
fn near<'a>(outlets: &'a BTreeSet<String>, name: &str) -> Vec<&'a str> {
    let lower = name.to_lowercase();
    let apart = |it: &String| {
        let it = it.to_lowercase();
        let part =
            lower.chars().count() >= 3 && (it.contains(&lower) || lower.contains(&it) && it.len() >= 3);
        if part { 1 } else { strsim::damerau_levenshtein(&it, &lower) }
    };
    let mut near: Vec<(usize, &str)> = outlets.iter().map(|it| (apart(it), it.as_str())).collect();
    near.retain(|(apart, it)| *apart <= (it.chars().count() / 3).max(1));
    near.sort_unstable();
    near.into_iter().take(NAMED_MAX).map(|it| it.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlet_is_known_whatever_its_case_and_near_names_are_offered() {
        let outlets: BTreeSet<String> =
            ["BBC", "Deutsche Welle", "Reuters"].map(str::to_owned).into_iter().collect();
        assert_eq!(called(&outlets, "bbc").map(String::as_str), Some("BBC"));
        assert_eq!(near(&outlets, "Reutres"), ["Reuters"]);
        assert_eq!(near(&outlets, "welle"), ["Deutsche Welle"]);
        assert!(near(&outlets, "Le Monde").is_empty());
        assert_eq!(unknown("Reutres", &["Reuters"]).hint, "did you mean Reuters?");
    }
}
