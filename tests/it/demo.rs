//! The README's first command, as a scenario.

use std::process::Command;

#[test]
fn the_demo_tells_the_fortnight_and_where_to_go_next() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_storyline")).arg("demo").env("NO_COLOR", "1").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let told = |words: &[&str]| said.lines().any(|line| words.iter().all(|it| line.contains(it)));
    assert!(told(&["peace-talks", "announced"]), "the talks are announced:\n{said}");
    assert!(told(&["munich", "under way"]), "Munich opens:\n{said}");
    assert!(told(&["munich", "concluded"]), "Munich closes:\n{said}");
    assert!(told(&["saudi-meeting", "under way"]), "Rubio and Lavrov meet:\n{said}");
    assert!(told(&["disputed"]), "the denial disputes:\n{said}");
    assert!(told(&["confirmed:"]), "second origins confirm:\n{said}");
    assert!(!said.contains("Celtic") && !said.contains("Date harvest"), "distractors stay out:\n{said}");
    assert!(said.contains("storyline draft"), "it ends with where to go next:\n{said}");
}
