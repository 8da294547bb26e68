//! What a mail server gets, and what follows from what it says.

use std::{io::Write, time::Duration};

use expect_test::{Expect, expect};
use storyline_config::{Mail, MailTls, Sink, SinkKind};
use storyline_store::DeliveryState;

use super::{
    post::{HANGS_UP, SILENT, Script, post},
    writer::Bench,
};

const BODY: &str = r#"{"id":"d-1","alert":"a-1","kind":"new","storyline":"munich","title":"Munich","at":"2025-02-12T10:40:00Z","supersedes":null,"text":"munich · new · One"}"#;

async fn bench(scripts: Vec<Script>, change: impl FnOnce(&mut Mail, &mut Sink)) -> Bench {
    let bench = Bench::new();
    let mut mail = post(bench.journal.clone(), scripts).await;
    bench.sink(SinkKind::Desktop, |it| {
        it.retry.max = Duration::from_secs(2);
        change(&mut mail, it);
        it.kind = SinkKind::Email(mail);
    });
    bench
}

/// One delivery to a mail server that answers so, until it stands so; what was recorded of it.
async fn check(scripts: Vec<Script>, end: DeliveryState, want: Expect) -> Bench {
    check_with(scripts, end, |_, _| {}, want).await
}

async fn check_with(
    scripts: Vec<Script>,
    end: DeliveryState,
    change: impl FnOnce(&mut Mail, &mut Sink),
    want: Expect,
) -> Bench {
    let mut bench = bench(scripts, change).await;
    let id = bench.plan("munich", BODY);
    bench.start();
    bench.until_state(id, end).await;
    let lines = bench.journal.lines();
    let mut kept: Vec<&str> = lines
        .lines()
        .filter(|it| ["attempted", "done", "failed", "dead"].iter().any(|word| it.starts_with(word)))
        .collect();
    // The clock runs on while the test looks: the next try may have begun.
    if end == DeliveryState::Failing {
        kept.pop_if(|it| it.starts_with("attempted"));
    }
    want.assert_eq(&kept.join("\n"));
    assert!(!lines.contains("secret page"), "no word of the server is repeated");
    bench
}

/// What was said and what was written, connection by connection, once there were so many.
async fn dialogues(bench: &Bench, n: usize) -> Vec<(String, String)> {
    bench.until_requests(n).await;
    bench.journal.requests().into_iter().map(|(said, message, _)| (said, message)).collect()
}

#[tokio::test]
async fn a_mail_goes_to_everyone_and_is_sent_once() {
    let bench = check(
        vec![],
        DeliveryState::Done,
        expect![[r#"
        attempted 1
        done 1"#]],
    )
    .await;
    expect![[r#"
        MAIL FROM:<storyline@example.org>
        RCPT TO:<desk@example.org>
        RCPT TO:<night@example.org>
        DATA
        QUIT
    "#]]
    .assert_eq(&dialogues(&bench, 1).await[0].0);
}

#[tokio::test]
async fn a_server_that_may_take_it_later_is_asked_again_with_the_same_bytes() {
    let bench = check(
        vec![
            &[("", "421 secret page")],
            &[("MAIL", "451 secret page")],
            &[("RCPT TO:<night", "450 4.2.0 secret page")],
            &[("DATA", "452 secret page")],
            &[(".", "451 secret page")],
            &[(".", HANGS_UP)],
        ],
        DeliveryState::Done,
        expect![[r#"
            attempted 1
            failed 1: answered 421 to the greeting: it is about to go
            attempted 2
            failed 2: answered 451 to the sender
            attempted 3
            failed 3: answered 450 to the recipient night@example.org: not now, perhaps it wants to see a second try
            attempted 4
            failed 4: answered 452 to the message: it has no room at the moment
            attempted 5
            failed 5: answered 451 to the message
            attempted 6
            failed 6: hung up, or answered what no mail server answers
            attempted 7
            done 7"#]],
    )
    .await;
    let told = dialogues(&bench, 7).await;
    let mails: Vec<&String> = told.iter().map(|(_, mail)| mail).filter(|it| !it.is_empty()).collect();
    assert_eq!(mails.len(), 3);
    assert!(mails.iter().all(|it| *it == mails[0]), "{mails:?}");
    assert!(told[2].0.contains("RCPT TO:<desk@example.org>") && !told[2].0.contains("DATA"), "{}", told[2].0);
}

#[tokio::test]
async fn a_server_that_will_never_take_it_is_not_asked_again() {
    check(
        vec![&[("MAIL", "550 secret page")]],
        DeliveryState::Dead,
        expect![[r#"
        attempted 1
        dead: answered 550 to the sender: it takes no mail from this sender"#]],
    )
    .await;
    check(
        vec![&[("RCPT", "550 5.1.1 secret page")]],
        DeliveryState::Dead,
        expect![[r#"
        attempted 1
        dead: answered 550 to the recipient desk@example.org: it takes no mail for this address"#]],
    )
    .await;
    check(
        vec![&[(".", "554 5.7.1 secret page")]],
        DeliveryState::Dead,
        expect![[r#"
        attempted 1
        dead: answered 554 to the message: it does not take this message"#]],
    )
    .await;
}

#[tokio::test]
async fn what_somebody_can_mend_is_waited_for() {
    let wait = |it: &mut Sink| it.retry.first = Duration::from_hours(1);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "me:hush").unwrap();
    let login = file.path().to_owned();
    let with_login = |_: &mut Mail, it: &mut Sink| {
        it.secret_file = Some(login.clone());
        it.retry.first = Duration::from_hours(1);
    };
    check_with(
        vec![&[("AUTH", "535 5.7.8 secret page")]],
        DeliveryState::Failing,
        with_login,
        expect![[r#"
            attempted 1
            failed 1: answered 535 to the login: it does not accept this user and password"#]],
    )
    .await;
    check_with(
        vec![&[("EHLO", "250 post.example")]],
        DeliveryState::Failing,
        with_login,
        expect![[r#"
        attempted 1
        failed 1: offers no kind of login that is known here"#]],
    )
    .await;
    check_with(
        vec![&[("", "554 secret page")]],
        DeliveryState::Failing,
        |_, it| wait(it),
        expect![[r#"
        attempted 1
        failed 1: answered 554 to the greeting: it talks to nobody from here"#]],
    )
    .await;
    check_with(
        vec![&[("", "HTTP/1.1 400 secret page")]],
        DeliveryState::Failing,
        |_, it| wait(it),
        expect![[r#"
            attempted 1
            failed 1: hung up, or answered what no mail server answers"#]],
    )
    .await;
    check_with(
        vec![&[("RCPT", SILENT)]],
        DeliveryState::Failing,
        |_, it| {
            wait(it);
            it.timeout = Duration::from_millis(500);
        },
        expect![[r#"
            attempted 1
            failed 1: no answer within 500ms"#]],
    )
    .await;
    check_with(
        vec![],
        DeliveryState::Failing,
        |mail, it| {
            wait(it);
            mail.port = 1;
        },
        expect![[r#"
            attempted 1
            failed 1: failed to connect: Connection refused (os error 111)"#]],
    )
    .await;
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_does_not_seal_the_way() {
    let seal = |mail: &mut Mail, it: &mut Sink| {
        mail.tls = MailTls::StartTls;
        it.retry.first = Duration::from_hours(1);
    };
    let bench = check_with(
        vec![],
        DeliveryState::Failing,
        seal,
        expect![[r#"
        attempted 1
        failed 1: does not offer STARTTLS; if it is on this way alone, say tls = "none""#]],
    )
    .await;
    assert_eq!(dialogues(&bench, 1).await[0].0, "");
    let offers: Script = &[("EHLO", "250-post.example\r\n250 STARTTLS"), ("STARTTLS", "454 secret page")];
    let bench = check_with(
        vec![offers],
        DeliveryState::Failing,
        seal,
        expect![[r#"
        attempted 1
        failed 1: answered 454 to STARTTLS: it cannot seal the connection at the moment"#]],
    )
    .await;
    assert_eq!(dialogues(&bench, 1).await[0].0, "STARTTLS\nQUIT\n");
    let lies: Script =
        &[("EHLO", "250-post.example\r\n250 STARTTLS"), ("STARTTLS", "220 go on\r\n250 secret page")];
    check_with(
        vec![lies],
        DeliveryState::Failing,
        seal,
        expect![[r#"
        attempted 1
        failed 1: failed to seal the connection: tls handshake eof"#]],
    )
    .await;
}

#[tokio::test]
async fn a_login_is_said_once_and_never_where_everyone_could_read_it() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "me:hush").unwrap();
    let login = Some(file.path().to_owned());
    let with_login = |_: &mut Mail, it: &mut Sink| it.secret_file = login.clone();
    let bench = check_with(
        vec![],
        DeliveryState::Done,
        with_login,
        expect![[r#"
        attempted 1
        done 1"#]],
    )
    .await;
    // A NUL, the user, a NUL, the password.
    assert!(dialogues(&bench, 1).await[0].0.starts_with("AUTH PLAIN AG1lAGh1c2g=\n"));

    check_with(
        vec![],
        DeliveryState::Failing,
        |mail, it| {
            it.secret_file = login.clone();
            it.retry.first = Duration::from_hours(1);
            mail.host = "192.0.2.1".into();
        },
        expect![[r#"
            attempted 1
            failed 1: the password would travel readable by everyone: leave tls out"#]],
    )
    .await;
}
