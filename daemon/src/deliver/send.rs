//! The door to sinks: whatever their kind, a message is taken or it is not.

use jiff::Timestamp;
use storyline_config::{Network, Sink, SinkId, SinkKind};
use storyline_store::DeliveryId;

use super::{
    exec::{self, Job},
    mail, program,
    retry::Failure,
    secret, service, webhook,
};

/// One message at one attempt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    /// Its name, the same at every attempt.
    pub(super) delivery: DeliveryId,
    /// Which attempt it is, from 1.
    pub(super) attempt: u32,
    /// The bytes, the same at every attempt.
    pub(super) body: &'a str,
    /// When it is sent.
    pub(super) at: Timestamp,
}

/// Sends messages; keeps what can be used again.
#[derive(Debug, Default)]
pub(super) struct Door {
    client: Option<webhook::Client>,
}

impl Door {
    /// Sends a message and waits for what the sink says to it; in short where it took it.
    pub(super) async fn send(
        &mut self,
        id: &SinkId,
        sink: &Sink,
        network: &Network,
        message: &Message<'_>,
    ) -> Result<String, Failure> {
        match &sink.kind {
            SinkKind::Webhook { url } => {
                let secrets = secret::read(id, sink).await.map_err(Failure::passing)?;
                let url = secret::address(url).await.map_err(Failure::passing)?;
                self.client(network)?.post(&url, &secrets, sink.timeout, message).await
            }
            SinkKind::Service { service, url } => {
                let token = secret::token(id, sink).await.map_err(Failure::passing)?;
                let url = secret::address(url).await.map_err(Failure::passing)?;
                let request = service::request(*service, &url, message.body);
                let client = self.client(network)?;
                client.tell(*service, request, token.as_ref(), sink.timeout, message).await
            }
            SinkKind::Email(it) => {
                let login = secret::login(id, sink).await.map_err(Failure::passing)?;
                mail::send(it, login.as_ref(), sink.timeout, message.body).await
            }
            SinkKind::Exec { command } => {
                let job = Job { sink: id, command, limit: sink.timeout, input: message.body, quotes: true };
                exec::run(&job, message).await
            }
            SinkKind::Apprise { command } => {
                let run = program::apprise(command, secret::place(id, sink).as_deref(), message.body);
                let job = Job {
                    sink: id,
                    command: &run.command,
                    limit: sink.timeout,
                    input: &run.input,
                    quotes: false,
                };
                exec::run(&job, message).await
            }
            SinkKind::Desktop => {
                let run = program::desktop(message.body);
                let job = Job {
                    sink: id,
                    command: &run.command,
                    limit: sink.timeout,
                    input: &run.input,
                    quotes: true,
                };
                exec::run(&job, message).await
            }
        }
    }

    fn client(&mut self, network: &Network) -> Result<&webhook::Client, Failure> {
        let kept = self.client.take().filter(|it| it.serves(network));
        let client = match kept {
            Some(it) => it,
            None => webhook::Client::new(network).map_err(Failure::passing)?,
        };
        Ok(self.client.insert(client))
    }
}
