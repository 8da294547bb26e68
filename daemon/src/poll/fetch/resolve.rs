//! Names to addresses, only those that may be dialled.

use std::{net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::poll::guard::{Forbidden, Guard};

/// Resolves as the system does and lets through what the guard lets through.
pub(super) struct Guarded {
    guard: Arc<Guard>,
    /// The proxy a person configured is reached wherever it is.
    proxy_host: Option<String>,
}

impl Guarded {
    pub(super) fn new(guard: Guard, proxy_host: Option<String>) -> Self {
        Self { guard: Arc::new(guard), proxy_host }
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.guard);
        let trusted = self.proxy_host.as_deref() == Some(name.as_str());
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<_> = found.into_iter().filter(|it| trusted || guard.lets(it.ip())).collect();
            if public.is_empty() {
                return Err(Forbidden::Name(name.as_str().to_owned()).into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}
