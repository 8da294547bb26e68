//! What each step is worth: the figures without it, and the test that goes wrong without it.

use std::fs;

use super::{
    super::{Rules, Step, streams},
    gold::{gold, row},
};

/// Where the table stands, between two marks.
const WRITTEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/figures.md");
const START: &str = "<!-- steps -->\n";
const END: &str = "<!-- end of steps -->";

#[test]
fn what_each_step_is_worth() {
    let tests = include_str!("../ablation.rs");
    let untested: Vec<&Step> = Step::ALL.iter().filter(|it| test_of(tests, **it).is_none()).collect();
    assert!(untested.is_empty(), "no test of its own shows what these are worth: {untested:?}");
    let Some(table) = table(tests) else { return };
    eprintln!("\n{table}");
    if std::env::var_os("UPDATE_FIGURES").is_some() {
        let text = fs::read_to_string(WRITTEN).unwrap();
        let (before, rest) = text.split_once(START).unwrap();
        let (_, after) = rest.split_once(END).unwrap();
        fs::write(WRITTEN, format!("{before}{START}{table}{END}{after}")).unwrap();
    }
}

/// The test that a step is shown by, of those in a file.
fn test_of(tests: &str, step: Step) -> Option<&str> {
    let name = format!("Step::{step:?},");
    let (before, _) = tests.split_once(&name)?;
    let (_, test) = before.rsplit_once("\nfn ")?;
    test.split_once('(').map(|it| it.0)
}

fn table(tests: &str) -> Option<String> {
    let (config, items) = gold()?;
    let all = std::iter::once(None).chain(Step::ALL.into_iter().map(Some));
    let rows = all.map(|step| {
        let rules = || step.map_or_else(Rules::default, |it| Rules::default().without(it));
        let mut row = row(&config, &items, rules())?;
        row.extend(streams::figures(&rules()).map(|it| format!("{it:.3}")));
        Some((step, row))
    });
    let rows: Vec<(Option<Step>, Vec<String>)> = rows.collect::<Option<_>>()?;
    let whole = rows.first()?.1.clone();
    let heads = "any copies alerts repeats off-topic clusters phase date place participant own:belongs own:alerts own:phase own:confirmed";
    let mut text = format!("| without | item × storyline | {} | test |\n", heads.replace(' ', " | "));
    text += &format!("|---|{}\n", "---|".repeat(whole.len() + 1));
    for (step, row) in rows {
        // What stays as it is need not be read again.
        let same = |(it, whole): (&String, &String)| {
            if step.is_some() && it == whole { "·".to_owned() } else { it.clone() }
        };
        let cells: Vec<String> = row.iter().zip(&whole).map(same).collect();
        let name = step.map_or_else(|| "nothing".to_owned(), |it| format!("{it:?}"));
        let test = step.and_then(|it| test_of(tests, it)).map_or_else(String::new, |it| format!("`{it}`"));
        text += &format!("| {name} | {} | {test} |\n", cells.join(" | "));
    }
    Some(text)
}
