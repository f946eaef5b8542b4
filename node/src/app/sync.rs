//! The sync that runs beside the window, on a thread and a database connection of its own: a clerk never waits for it.
//!
//! The screens are told that something happened, never what: they see it in the file, exactly as they see what another program did.

use crate::sync::{Driver, HubClient};
use crate::{NodeError, Office, Result};
use pems_model::Code;
use pems_model::engine::Mode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Notify;

/// After a refusal that only the hub's side can lift (suspended school, app too old): soon enough that nobody has to restart
/// the app, seldom enough that the hub does not notice.
const ASK_AGAIN: Duration = Duration::from_secs(300);

/// Told whenever something happened that a screen may show.
pub type Tell = Arc<dyn Fn() + Send + std::marker::Sync>;

/// A running sync.
#[derive(Debug)]
pub(super) struct Sync {
    saved: Arc<Notify>,
    ended: Arc<OnceLock<NodeError>>,
}

impl Sync {
    /// Starts syncing with the hub of `office`.
    ///
    /// # Errors
    /// If the records cannot be opened a second time, or the system gives no thread.
    pub(super) fn start(office: Office, hub: &str, tell: Tell) -> Result<Sync> {
        let sync = Sync { saved: Arc::new(Notify::new()), ended: Arc::new(OnceLock::new()) };
        let driver = Driver::new(office.store()?, HubClient::new(hub)?, office.signing_key(), Arc::clone(&sync.saved));
        let happened = Arc::clone(&tell);
        let driver = driver.on_happening(move |_| happened());
        let ended = Arc::clone(&sync.ended);
        let no_thread = |error: std::io::Error| {
            NodeError::new(Code::Internal, format!("the sync cannot start: {error}; try again"))
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(no_thread)?;
        let run = move || {
            if let Some(end) = runtime.block_on(watch(driver, &tell)) {
                // Unreadable from now on, also for whoever took the PC away.
                let end = office.destroy_keys().err().unwrap_or(end);
                let _ = ended.set(end);
                tell();
            }
        };
        std::thread::Builder::new().name("sync".into()).spawn(run).map_err(no_thread)?;
        Ok(sync)
    }

    /// Something was saved: it need not wait for the next look.
    pub(super) fn saved(&self) {
        self.saved.notify_one();
    }

    /// Why this office may not be used any more, if that is so.
    pub(super) fn ended(&self) -> Option<NodeError> {
        self.ended.get().map(|error| NodeError { details: None, ..NodeError::new(error.code, error.message.clone()) })
    }
}

/// Syncs until the hub says that this device is revoked.
async fn watch(mut driver: Driver, tell: &Tell) -> Option<NodeError> {
    loop {
        match driver.run(Mode::Watch).await {
            Err(error) if error.code == Code::DeviceRevoked => return Some(error),
            _ => {
                // Why it ended stands in the records by now.
                tell();
                // Not a wait for anything that could be told: what ended it is mended at the hub ([`ASK_AGAIN`]).
                tokio::time::sleep(ASK_AGAIN).await;
            }
        }
    }
}

/// Waits for something that talks to the hub, on this thread.
///
/// # Errors
/// If the system gives no runtime.
pub(super) fn wait_for<T>(work: impl Future<Output = T>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| NodeError::new(Code::Internal, format!("no runtime: {error}; try again")))?;
    Ok(runtime.block_on(work))
}
