//! The command line against a server in the same process.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{
    Exit, Global,
    client::Client,
    follow::{Stream, open},
    look::{list, number, text},
};
use crate::serve::tests::{Desk, morning};

fn global(socket: PathBuf) -> Global {
    Global { socket: Some(socket), ..Global::default() }
}

#[tokio::test]
async fn a_client_asks_wishes_and_is_told_of_problems() {
    let desk = Desk::with(&morning()).await;
    let client = Client::find(&global(desk.path())).await.unwrap();
    assert_eq!(number(&client.get("/v1/status").await.unwrap(), "seq"), 12);
    let done = client.post("/v1/mute", &json!({"outlet": "DW"})).await.unwrap();
    assert_eq!(number(&done, "seq"), 99);
    let check = async |path: &str, exit: Exit, code: &str| {
        let failure = client.get(path).await.unwrap_err();
        assert_eq!(failure.exit, exit, "{path}");
        assert_eq!(text(&failure.problem.unwrap(), "code"), code);
    };
    check("/v1/storylines/nothing", Exit::No, "unknown_storyline").await;
    check("/v1/events?since=x", Exit::Usage, "bad_request").await;
    let reload = client.post("/v1/reload", &Value::Null).await.unwrap_err();
    assert_eq!(reload.exit, Exit::Configuration);
    assert_eq!(list(&reload.problem.unwrap(), "findings").len(), 1);
}

#[tokio::test]
async fn a_stream_is_read_event_by_event_until_the_daemon_stops() {
    let desk = Desk::with(&morning()).await;
    let client = Client::find(&global(desk.path())).await.unwrap();
    let mut stream = Stream::of(open(&client, "/v1/events/stream?since=10").await.unwrap());
    for seq in [11, 12] {
        assert_eq!(number(&stream.next().await.unwrap().unwrap(), "seq"), seq);
    }
    desk.record(&morning()[..1]);
    assert_eq!(number(&stream.next().await.unwrap().unwrap(), "seq"), 13);
    desk.stop().await;
    assert_eq!(stream.next().await.unwrap(), None);
}

#[tokio::test]
async fn a_daemon_that_does_not_run_is_69() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = folder.path().join("nobody.sock");
    assert_eq!(Client::find(&global(nobody.clone())).await.unwrap_err().exit, Exit::NotRunning);
    // Nor is one that died and left its socket.
    drop(std::os::unix::net::UnixListener::bind(&nobody).unwrap());
    assert_eq!(Client::find(&global(nobody)).await.unwrap_err().exit, Exit::NotRunning);
}

#[test]
fn every_command_has_a_line_of_help_and_is_declared_without_contradiction() {
    use clap::CommandFactory;
    let command = super::Cli::command();
    command.clone().debug_assert();
    for it in command.get_subcommands() {
        assert!(it.get_about().is_some(), "{}", it.get_name());
    }
}
