//! What a person receives, written down in `daemon/docs/screens.md` as it is made.

use std::path::Path;

use expect_test::expect_file;
use serde_json::Value;
use storyline_config::{Mail, MailTls, Mailbox, Service};

use crate::deliver::{
    mail::{compose, page, plain},
    program, service,
    words::Words,
};

/// A stage of an alert, as the log plans it.
const ALERT: &str = r##"{"id":"d-5a0f3c1be2d49a77","alert":"a-19c2f04b7d6e8a35","seq":812,"kind":"phase","changes":["phase","confirmed"],"storyline":"dock-strike","title":"The strike in the docks","headline":"Dockers walk out at three terminals","severity":"warning","phase":"under_way","state":"confirmed","origins":["harbour","wire"],"reports":[],"at":"2025-03-03T06:12:00Z","supersedes":"d-0c77aa12de44b091","text":"…","story":{"sentence":"dock-strike · scheduled → under way · Dockers walk out at three terminals (confirmed: Harbour Bulletin, Coast Wire) · since 06:00 · storyline explain #812","said_by":[{"name":"Harbour Bulletin","url":"https://harbour.example/news/strike?id=7&from=rss"},{"name":"Coast Wire","url":"https://wire.example/2025/03/03/dockers"},{"name":"The port authority","url":null}],"since":"06:00 on Mon 3 Mar 2025","before":"scheduled · Dockers & \"port workers\" vote <to> strike (provisional: Harbour Bulletin) · told at 09:04 on 1 Mar 2025","ask":"storyline explain #812"}}"##;
/// A digest of several storylines.
const DIGEST: &str = r#"{"id":"d-77b1","kind":"digest","cause":"window","seq":830,"storyline":null,"alerts":[],"more":0,"at":"2025-03-03T07:00:00Z","text":"2 alerts · gathered\ndock-strike · confirmed · Dockers walk out at three terminals\nferry-talks · new · Ferry operators to meet the union on Friday"}"#;

fn mail(body: &str) -> String {
    let mail = Mail {
        host: "localhost".into(),
        port: 25,
        tls: MailTls::None,
        from: Mailbox::parse("storyline <storyline@example.org>").unwrap(),
        to: vec![Mailbox::parse("The desk <desk@example.org>").unwrap()],
    };
    let text = String::from_utf8(compose(&mail, body).unwrap().formatted()).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n", "\n");
    let words = Words::of(body);
    fenced("text", &head)
        + &fenced("text", plain(&words).trim_end())
        + &fenced("html", page(&words).trim_end())
}

fn told(kind: Service, body: &str) -> String {
    let request = service::request(kind, &"https://service.example/desk".parse().unwrap(), body);
    let document: Value = serde_json::from_str(&request.body).unwrap();
    fenced("json", &serde_json::to_string_pretty(&document).unwrap())
}

fn shown(body: &str) -> String {
    let command = program::desktop(body).command;
    fenced("text", &command[command.len() - 2..].join("\n\n"))
}

fn fenced(kind: &str, text: &str) -> String {
    format!("```{kind}\n{text}\n```\n\n")
}

#[test]
fn the_screens_in_the_docs_are_what_people_get() {
    let run = program::apprise(
        &["apprise".into()],
        Some(Path::new("/run/credentials/storyline.service/all")),
        ALERT,
    );
    let sentence = Words::of(ALERT).sentence;
    let parts = [
        "# What a person receives\n\nWritten by a test from the same two messages: a stage of an alert, and a digest.\n\n".to_owned(),
        "## Terminal\n\nOne line for each alert, from `storyline run`.\n\n".to_owned(),
        fenced("text", &sentence),
        "## Mail\n\nHeaders, the plain part, and the part with links.\n\n".to_owned(),
        mail(ALERT),
        "A digest of several storylines belongs to no thread.\n\n".to_owned(),
        mail(DIGEST),
        "## Desktop\n\nThe summary and the body; markup in text is written out.\n\n".to_owned(),
        shown(ALERT),
        shown(DIGEST),
        "## ntfy\n\n".to_owned(),
        told(Service::Ntfy, ALERT),
        "## Slack, Mattermost, Rocket.Chat\n\n".to_owned(),
        told(Service::Slack, ALERT),
        "## Apprise\n\nTo its API, and its program with what that reads.\n\n".to_owned(),
        told(Service::Apprise, ALERT),
        fenced("text", &format!("{}\n\n{}", run.command.join(" "), run.input)),
    ];
    expect_file!["../../../docs/screens.md"].assert_eq(&(parts.concat().trim_end().to_owned() + "\n"));
}

/// Everything the docs show can be used as it stands.
#[test]
fn every_example_in_the_docs_is_understood_and_every_kind_of_sink_has_one() {
    let text = include_str!("../../../docs/sinks.md");
    let examples: Vec<&str> =
        text.split("```toml\n").skip(1).map(|it| it.split("```").next().unwrap()).collect();
    let mut kinds = std::collections::BTreeSet::new();
    for it in &examples {
        let read = storyline_config::Config::parse("sinks.md", it).unwrap_or_else(|found| panic!("{found}"));
        assert!(read.findings.iter().next().is_none(), "{}", read.findings.render(false));
        kinds.extend(read.config.describe().sinks.iter().map(|it| it.kind));
    }
    let want = ["apprise", "desktop", "email", "exec", "ntfy", "slack", "webhook"];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), want);
}
