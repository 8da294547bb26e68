//! What is asked of the daemon that has the log open.

use http_body_util::{BodyExt, Full};
use hyper::Method;
use serde_json::json;
use storyline_store::StoreError;

use super::{
    super::{
        client::{Client, gone},
        out,
    },
    Exit, Failure, Global, StoreCommand, failure, show_backup, show_verified,
};

/// Asks the daemon to verify, export or back up.
pub(super) fn perform(command: &StoreCommand, global: &Global) -> Result<Exit, Failure> {
    out::wait(ask(command, global))
}

async fn ask(command: &StoreCommand, global: &Global) -> Result<Exit, Failure> {
    let client = Client::find(global).await?;
    match command {
        StoreCommand::Verify => show_verified(global, client.get("/v1/store/verify").await?),
        StoreCommand::Backup { dir } => {
            let to = std::path::absolute(dir)?;
            // Where it cannot be told from here the daemon says.
            if storyline_store::is_free(&to).is_ok_and(|it| !it) {
                return Err(failure(&StoreError::NotEmpty { path: to }));
            }
            show_backup(global, client.post("/v1/store/backup", &json!({ "to": to })).await?)
        }
        _ => export(&client).await,
    }
}

async fn export(client: &Client) -> Result<Exit, Failure> {
    let empty = Full::default().map_err(|never| match never {}).boxed();
    let mut body = client.send(Method::GET, "/v1/store/export", empty).await?.into_body();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(|_| gone())?.into_data() {
            out::raw(&data)?;
        }
    }
    Ok(Exit::Done)
}
