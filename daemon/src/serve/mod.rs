//! The HTTP/JSON API on the local socket.
