//! What a request turns out to be while it is answered: who calls. It travels with the task, so that the bearer check, which finds
//! out, can note it for the log without being handed anything.

use pems_db::{Caller, Mode};
use std::future::Future;
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

tokio::task_local! {
    static CURRENT: Arc<Current>;
}

#[derive(Debug, Default)]
pub(crate) struct Current {
    caller: OnceLock<Noted>,
}

/// A caller, for the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noted {
    pub(crate) tenant: Option<Uuid>,
    /// `device`, `user`, `operator`, `console`.
    pub(crate) kind: &'static str,
}

impl Current {
    pub(crate) fn caller(&self) -> Option<Noted> {
        self.caller.get().copied()
    }
}

/// Runs `work` as part of the request.
pub(crate) async fn during<F: Future>(current: Arc<Current>, work: F) -> F::Output {
    CURRENT.scope(current, work).await
}

/// Lets a task of its own be part of the request that starts it.
pub(crate) fn along<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let current = CURRENT.try_with(Arc::clone).ok();
    async move {
        match current {
            Some(current) => CURRENT.scope(current, work).await,
            None => work.await,
        }
    }
}

pub(crate) fn caller_is(caller: &Caller) {
    let noted = match caller {
        Caller::Tenant(who) => {
            Noted { tenant: Some(who.tenant()), kind: if who.mode() == Mode::Device { "device" } else { "user" } }
        }
        Caller::Operator(_) => Noted { tenant: None, kind: "operator" },
    };
    note(noted);
}

/// Somebody at the console.
pub(crate) fn console_is_calling() {
    note(Noted { tenant: None, kind: "console" });
}

fn note(noted: Noted) {
    // Outside of a request (the command line) there is nothing to note.
    let _ = CURRENT.try_with(|current| current.caller.set(noted));
}
