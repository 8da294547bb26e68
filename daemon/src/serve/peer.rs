//! Who asks, and what that allows; decided once per connection.

use tokio::net::UnixStream;

use super::problem::Problem;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// A local user, by the credentials the kernel gives; none where it gives none.
    Local {
        /// The user's number.
        uid: Option<u32>,
        /// Whether it is the daemon's own user or root.
        owner: bool,
    },
    /// Anyone who reaches the loopback address: reads only.
    Web,
}

impl Peer {
    /// Asks the kernel who connected.
    pub(super) fn of(stream: &UnixStream, own_uid: u32) -> Self {
        let uid = stream.peer_cred().ok().map(|it| it.uid());
        Self::Local { uid, owner: uid.is_some_and(|it| it == 0 || it == own_uid) }
    }

    /// How an event names whoever wished it.
    pub(super) fn name(self) -> String {
        match self {
            Self::Local { uid: Some(uid), .. } => format!("uid {uid}"),
            Self::Local { uid: None, .. } => "a local user".to_owned(),
            Self::Web => "the web page".to_owned(),
        }
    }

    /// Lets everyone pass whom the socket's permissions let in.
    ///
    /// # Errors
    ///
    /// A 403 for the web page, which only reads.
    pub(super) fn may_wish(self) -> Result<(), Problem> {
        match self {
            Self::Local { .. } => Ok(()),
            Self::Web => Err(Problem::forbidden("this address only reads; ask on the socket")),
        }
    }

    /// Lets the daemon's own user and root pass.
    ///
    /// # Errors
    ///
    /// A 403 for everyone else.
    pub(super) fn may_manage(self) -> Result<(), Problem> {
        match self {
            Self::Local { owner: true, .. } => Ok(()),
            _ => Err(Problem::forbidden("only the daemon's own user and root may do this")),
        }
    }
}
