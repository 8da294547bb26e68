//! Hands a mail to its server.

use std::time::Duration;

use lettre::{
    Message,
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail as From, Rcpt},
        extension::ClientId,
    },
};
use storyline_config::{Mail, MailTls};
use tokio::time::timeout;

use super::{
    compose::compose,
    reply::{Step, failure},
};
use crate::deliver::{retry::Failure, secret::Login};

/// The ways of login, the first that the server knows.
const LOGINS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];
/// How long the server may take to say goodbye; what it took is taken.
const GOODBYE: Duration = Duration::from_secs(1);

/// Sends a planned document as mail, to every recipient or to none.
pub(in crate::deliver) async fn send(
    mail: &Mail,
    login: Option<&Login>,
    limit: Duration,
    body: &str,
) -> Result<String, Failure> {
    if login.is_some() && mail.tls == MailTls::None && !mail.is_local() {
        return Err(Failure::passing("the password would travel readable by everyone: leave tls out"));
    }
    let message = compose(mail, body).map_err(Failure::passing)?;
    let Ok(taken) = timeout(limit, hand_over(mail, login, limit, &message)).await else {
        return Err(Failure::passing(format!("no answer within {}", humantime::format_duration(limit))));
    };
    let mut server = taken?;
    // It was taken, whatever happens to the goodbye.
    let _ = timeout(GOODBYE, server.quit()).await;
    Ok("the mail server took it".to_owned())
}

/// Comes back when the server has taken the message.
async fn hand_over(
    mail: &Mail,
    login: Option<&Login>,
    limit: Duration,
    message: &Message,
) -> Result<AsyncSmtpConnection, Failure> {
    let mut server = connect(mail, limit).await?;
    let said = converse(&mut server, mail, login, message).await;
    if said.is_err() {
        let _ = timeout(GOODBYE, server.abort()).await;
    }
    said.map(|()| server)
}

async fn connect(mail: &Mail, limit: Duration) -> Result<AsyncSmtpConnection, Failure> {
    // An error only says that a provider is in place already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let hello = ClientId::default();
    let seal = match mail.tls {
        MailTls::None => None,
        MailTls::Implicit | MailTls::StartTls => {
            let parameters = TlsParameters::builder(mail.host.clone()).build_rustls();
            Some(parameters.map_err(|it| failure(Step::Seal, &it))?)
        }
    };
    let (from_start, later) = if mail.tls == MailTls::Implicit { (seal, None) } else { (None, seal) };
    let address = (mail.host.as_str(), mail.port);
    let connected = AsyncSmtpConnection::connect_tokio1(address, Some(limit), &hello, from_start, None).await;
    let mut server = connected.map_err(|it| failure(Step::Greeting, &it))?;
    if let Some(seal) = later {
        server.starttls(seal, &hello).await.map_err(|it| failure(Step::Seal, &it))?;
    }
    Ok(server)
}

async fn converse(
    server: &mut AsyncSmtpConnection,
    mail: &Mail,
    login: Option<&Login>,
    message: &Message,
) -> Result<(), Failure> {
    if let Some(login) = login {
        let (user, password) = login.parts();
        let credentials = Credentials::new(user.to_owned(), password.to_owned());
        server.auth(&LOGINS, &credentials).await.map_err(|it| failure(Step::Login, &it))?;
    }
    let envelope = message.envelope();
    let from = From::new(envelope.from().cloned(), vec![]);
    server.command(from).await.map_err(|it| failure(Step::Sender, &it))?;
    for (it, named) in envelope.to().iter().zip(&mail.to) {
        let said = server.command(Rcpt::new(it.clone(), vec![])).await;
        said.map_err(|it| failure(Step::Recipient(&named.address), &it))?;
    }
    server.command(Data).await.map_err(|it| failure(Step::Start, &it))?;
    server.message(&message.formatted()).await.map_err(|it| failure(Step::Message, &it))?;
    Ok(())
}
