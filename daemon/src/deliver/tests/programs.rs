//! Programs as sinks.

use std::{path::Path, time::Duration};

use expect_test::{Expect, expect};
use storyline_config::SinkKind;
use storyline_store::DeliveryState;

use super::writer::Bench;

const BODY: &str = r#"{"id":"m-1","kind":"new","storyline":"munich","text":"munich · new","seq":4}"#;

fn shell(script: &str) -> SinkKind {
    SinkKind::Exec { command: vec!["/bin/sh".into(), "-c".into(), script.into()] }
}

async fn check(script: &str, end: DeliveryState, want: Expect) {
    let mut bench = Bench::new();
    bench.sink(shell(script), |it| it.retry.first = Duration::from_hours(1));
    let id = bench.plan("munich", BODY);
    bench.start();
    bench.until_state(id, end).await;
    want.assert_eq(&bench.journal.lines());
}

#[tokio::test]
async fn exit_0_means_delivered_and_anything_else_is_tried_again() {
    check(
        "exit 0",
        DeliveryState::Done,
        expect![[r#"
        attempted 1
        done 1
    "#]],
    )
    .await;
    check(
        "echo noise; echo first >&2; printf 'no \\033[1mroute\\n\\n' >&2; exit 3",
        DeliveryState::Failing,
        expect![[r#"
            attempted 1
            failed 1: exit code 3: no [1mroute
        "#]],
    )
    .await;
    check(
        "kill -9 $$",
        DeliveryState::Failing,
        expect![[r#"
        attempted 1
        failed 1: was ended by a signal
    "#]],
    )
    .await;
    check(
        "yes complaint | head -c 300000 >&2; cat >/dev/null; exit 1",
        DeliveryState::Failing,
        expect![[r#"
            attempted 1
            failed 1: exit code 1: complaint
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_program_that_is_not_there_is_tried_again() {
    let mut bench = Bench::new();
    bench.sink(SinkKind::Exec { command: vec!["/nowhere/tell".into()] }, |it| {
        it.retry.first = Duration::from_hours(1);
    });
    let id = bench.plan("munich", BODY);
    bench.start();
    bench.until_state(id, DeliveryState::Failing).await;
    expect![[r#"
        attempted 1
        failed 1: failed to start /nowhere/tell: No such file or directory (os error 2)
    "#]]
    .assert_eq(&bench.journal.lines());
}

#[tokio::test]
async fn a_program_gets_the_document_and_little_else() {
    let folder = tempfile::tempdir().unwrap();
    let (input, environment) = (folder.path().join("input"), folder.path().join("environment"));
    let script = format!("cat > {}; env > {}", input.display(), environment.display());
    check(
        &script,
        DeliveryState::Done,
        expect![[r#"
        attempted 1
        done 1
    "#]],
    )
    .await;
    assert_eq!(std::fs::read_to_string(input).unwrap(), BODY);
    let environment = std::fs::read_to_string(environment).unwrap();
    let mut ours: Vec<&str> = environment.lines().filter(|it| it.starts_with("STORYLINE_")).collect();
    ours.sort_unstable();
    expect![[r#"
        STORYLINE_ATTEMPT=1
        STORYLINE_ID=m-1
        STORYLINE_KIND=new
        STORYLINE_SINK=desk
        STORYLINE_STORYLINE=munich
        STORYLINE_TEXT=munich · new"#]]
    .assert_eq(&ours.join("\n"));
    // The test's own environment has these; a program has no business with them.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    assert!(!environment.contains("CARGO_MANIFEST_DIR"));
}

#[tokio::test]
async fn no_shell_looks_at_the_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("arguments");
    let mut bench = Bench::new();
    let odd = ["$(id)", "`id`", "*", "a b", "; exit 1", "$STORYLINE_TEXT"];
    let script = format!("printf '%s\\n' \"$@\" > {}", file.display());
    let command = [&["/bin/sh", "-c", &script, "tell"], &odd[..]].concat();
    bench.sink(SinkKind::Exec { command: command.into_iter().map(str::to_owned).collect() }, |_| {});
    let id = bench.plan("munich", BODY);
    bench.start();
    bench.until_state(id, DeliveryState::Done).await;
    assert_eq!(std::fs::read_to_string(file).unwrap().lines().collect::<Vec<_>>(), odd);
}

#[tokio::test]
async fn a_program_that_takes_too_long_is_ended_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let mut bench = Bench::new();
    let script = format!("sleep 1000 & echo $! > {}; wait", file.display());
    bench.sink(shell(&script), |it| {
        it.timeout = Duration::from_secs(2);
        it.retry.first = Duration::from_hours(1);
    });
    let id = bench.plan("munich", BODY);
    bench.start();
    bench.until_state(id, DeliveryState::Failing).await;
    expect![[r#"
        attempted 1
        failed 1: not done within 2s
    "#]]
    .assert_eq(&bench.journal.lines());
    let pid = std::fs::read_to_string(file).unwrap();
    while runs(pid.trim()) {
        tokio::task::yield_now().await;
    }
}

/// Whether a process is there and not merely waiting to be buried.
fn runs(pid: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|it| !it.is_empty() && !it.starts_with('Z'))
}

#[tokio::test]
async fn a_program_that_leaves_something_behind_on_purpose_is_done() {
    check(
        "sleep 3 & exit 0",
        DeliveryState::Done,
        expect![[r#"
        attempted 1
        done 1
    "#]],
    )
    .await;
}
