//! The door to sinks: whatever their kind, a message is taken or it is not.

use jiff::Timestamp;
use storyline_config::{Network, Sink, SinkId, SinkKind};
use storyline_store::DeliveryId;

use super::{exec, retry::Failure, secret, webhook};

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
            SinkKind::Exec { command } => exec::run(id, command, sink.timeout, message).await,
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
