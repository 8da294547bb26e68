//! The README's first command, as a scenario.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

use crate::house::until;

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
    assert!(!said.contains("clock skewed"), "its server names no time but the script's:\n{said}");
    assert!(said.contains("storyline draft"), "it ends with where to go next:\n{said}");
}

/// `storyline demo | head` printed its lines and then went on for ever.
#[test]
fn the_demo_ends_when_nobody_reads_it_any_more() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_storyline"))
        .arg("demo")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(demo.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("fortnight"), "{first}");
    until("the demo is over", || demo.try_wait().unwrap().is_some());
    let mut said = String::new();
    demo.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!said.contains("panicked") && !said.contains("pipe"), "{said}");
}
