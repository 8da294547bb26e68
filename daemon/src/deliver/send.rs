//! The door to sinks: whatever their kind, a message is taken or it is not.

use jiff::Timestamp;
use storyline_config::{Network, Sink, SinkId, SinkKind};
use storyline_store::DeliveryId;

use super::{exec, retry::Failure, secret, service, webhook};

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
    /// Sends a message and waits for what the sink says to it.
    pub(super) async fn send(
        &mut self,
        id: &SinkId,
        sink: &Sink,
        network: &Network,
        message: &Message<'_>,
    ) -> Result<(), Failure> {
        match &sink.kind {
            SinkKind::Webhook { url } => {
                let secrets = secret::read(id, sink).await.map_err(Failure::passing)?;
                let client = self.client(network)?;
                client.post(url, &secrets, sink.timeout, message).await
            }
            SinkKind::Service { service, url } => {
                let token = secret::token(id, sink).await.map_err(Failure::passing)?;
                let client = self.client(network)?;
                let request = service::request(*service, url, message.body);
                client.tell(*service, request, token.as_ref(), sink.timeout, message).await
            }
            SinkKind::Exec { command } => exec::run(id, command, sink.timeout, message).await,
            SinkKind::Desktop => exec::run(id, &desktop(message.body), sink.timeout, message).await,
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

/// The program that shows a notification. What it shows may hold markup, which text from feeds must not.
fn desktop(body: &str) -> Vec<String> {
    let words = service::Words::of(body);
    let urgency = if words.urgent { "critical" } else { "normal" };
    let text = words.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let program = ["notify-send", "--app-name=storyline", "--urgency", urgency, "--"].map(str::to_owned);
    program.into_iter().chain([words.title, text]).collect()
}
