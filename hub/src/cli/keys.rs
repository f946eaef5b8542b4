//! `pems-hub key`: the keys that sign contexts.

use super::Failed;
use super::out::{Out, moment};
use crate::server::admin::Admin;
use crate::server::context_keys::ContextKey;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// The keys that the database accepts; the last one signs
    List,
    /// Make a new key, which signs from now on; older ones stay good until they are retired
    Rotate,
    /// Make a key worthless at once
    Retire { kid: String },
}

pub(super) async fn key(admin: &Admin, job: Key, out: &Out) -> Result<(), Failed> {
    let line = |key: &ContextKey| {
        let state = if key.signs { "  signs" } else { "" };
        format!("{}  {}{state}", key.kid, moment(key.created_at))
    };
    match job {
        Key::List => admin.context_keys().iter().try_for_each(|key| out.object(key, line)),
        Key::Rotate => out.object(&admin.rotate_context_key().await?, line),
        Key::Retire { kid } => {
            admin.retire_context_key(&kid).await?;
            out.object(&json!({ "kid": kid, "retired": true }), |_| format!("{kid} is worthless now"))
        }
    }
}
