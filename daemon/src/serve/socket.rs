//! The life of the socket: handed over by systemd, or bound at a path and removed again.
//!
//! A socket left by an unclean death is replaced, but only if it is a socket,
//! is ours, and nobody answers on it.

use std::{
    fs, io,
    os::unix::{
        fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt},
        net::UnixListener as StdListener,
    },
    path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

/// Who may connect: the daemon's user and the socket's group.
const SOCKET_MODE: u32 = 0o660;
/// The name systemd knows the socket by (`FileDescriptorName=`).
const INHERITED_NAME: &str = "api";

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SocketError {
    /// Another daemon answers there.
    #[error("{} is in use by another daemon", .0.display())]
    InUse(PathBuf),
    /// Something else is at the path, and is left alone.
    #[error("{} is no socket; it is left as it is, so choose another `daemon.socket`", .0.display())]
    NotASocket(PathBuf),
    /// Another user's socket is at the path, and is left alone.
    #[error("{} belongs to user {uid}; it is left as it is, so choose another `daemon.socket`", path.display())]
    Foreign {
        /// Where it is.
        path: PathBuf,
        /// Whose it is.
        uid: u32,
    },
    /// The system refused.
    #[error("failed to listen on {}", .0.display())]
    Refused(PathBuf, #[source] io::Error),
}

/// A socket that is listened on; one that was bound here is removed when dropped.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    bound: Option<Bound>,
}

/// What to remove at the end: the path, if it still holds the very file that was bound.
#[derive(Debug)]
pub struct Bound {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Drop for Bound {
    fn drop(&mut self) {
        let ours = |it: fs::Metadata| (it.dev(), it.ino()) == (self.device, self.inode);
        if fs::symlink_metadata(&self.path).is_ok_and(ours) {
            // A path that cannot be removed is found stale at the next start.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Socket {
    /// Takes over the socket systemd opened for us, if it did. Call it before any thread exists.
    pub fn inherited() -> Option<StdListener> {
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let named = names.split(':').position(|it| it == INHERITED_NAME);
        let mut inherited = listenfd::ListenFd::from_env();
        let place = named.or_else(|| (inherited.len() == 1).then_some(0))?;
        inherited.take_unix_listener(place).ok().flatten()
    }

    /// Listens on a socket that was handed over; its file is whoever's who made it.
    ///
    /// # Errors
    ///
    /// [`SocketError::Refused`] if it cannot be waited on.
    pub fn adopt(listener: StdListener) -> Result<Self, SocketError> {
        let adopted = listener.set_nonblocking(true).and_then(|()| UnixListener::from_std(listener));
        let listener = adopted.map_err(|it| SocketError::Refused("the inherited socket".into(), it))?;
        Ok(Self { listener, bound: None })
    }

    /// Binds a socket at a path, with mode 0660; its folder is made where it is missing.
    ///
    /// # Errors
    ///
    /// [`SocketError`]: nothing at the path was touched.
    pub async fn bind(path: &Path) -> Result<Self, SocketError> {
        let refused = |it| SocketError::Refused(path.to_owned(), it);
        make_folder(path).map_err(refused)?;
        clear(path).await?;
        let listener = UnixListener::bind(path).map_err(refused)?;
        fs::set_permissions(path, fs::Permissions::from_mode(SOCKET_MODE)).map_err(refused)?;
        let made = fs::symlink_metadata(path).map_err(refused)?;
        let bound = Bound { path: path.to_owned(), device: made.dev(), inode: made.ino() };
        Ok(Self { listener, bound: Some(bound) })
    }

    /// Parts into what is listened on and what, when dropped, removes the file.
    pub fn into_parts(self) -> (UnixListener, Option<Bound>) {
        (self.listener, self.bound)
    }
}

/// Makes the folder: root's for everyone to reach, a user's for nobody else.
fn make_folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty() && !it.exists()) else {
        return Ok(());
    };
    let mode = if own_uid()? == 0 { 0o755 } else { 0o700 };
    fs::DirBuilder::new().recursive(true).mode(mode).create(folder)
}

/// Removes what an unclean death left, and nothing else.
async fn clear(path: &Path) -> Result<(), SocketError> {
    let refused = |it| SocketError::Refused(path.to_owned(), it);
    let found = match fs::symlink_metadata(path) {
        Ok(it) => it,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(refused(error)),
    };
    if !found.file_type().is_socket() {
        return Err(SocketError::NotASocket(path.to_owned()));
    }
    if found.uid() != own_uid().map_err(refused)? {
        return Err(SocketError::Foreign { path: path.to_owned(), uid: found.uid() });
    }
    match UnixStream::connect(path).await {
        Ok(_) => Err(SocketError::InUse(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(refused)
        }
        // A full backlog: somebody is there, only busy.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(SocketError::InUse(path.to_owned())),
        Err(error) => Err(refused(error)),
    }
}

/// The user we act as, asked of the kernel through a socket to ourselves.
pub(super) fn own_uid() -> io::Result<u32> {
    let (one, _other) = UnixStream::pair()?;
    Ok(one.peer_cred()?.uid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_is_for_its_group_and_goes_when_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run/storyline.sock");
        let socket = Socket::bind(&path).await.unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o660);
        assert!(matches!(Socket::bind(&path).await, Err(SocketError::InUse(_))));
        drop(socket);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_socket_left_by_an_unclean_death_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("storyline.sock");
        // The standard listener leaves its file when it is dropped, as a killed process does.
        drop(StdListener::bind(&path).unwrap());
        assert!(path.exists());
        let _socket = Socket::bind(&path).await.unwrap();
        UnixStream::connect(&path).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_no_socket_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("storyline.sock");
        fs::write(&path, "precious").unwrap();
        assert!(matches!(Socket::bind(&path).await, Err(SocketError::NotASocket(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        let link = folder.path().join("link.sock");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(Socket::bind(&link).await, Err(SocketError::NotASocket(_))));
    }

    #[tokio::test]
    async fn a_successors_socket_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("storyline.sock");
        let first = Socket::bind(&path).await.unwrap();
        fs::remove_file(&path).unwrap();
        let _second = StdListener::bind(&path).unwrap();
        drop(first);
        assert!(path.exists());
    }
}
