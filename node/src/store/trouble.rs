//! Why the hub does not sync with this office, kept with the records: `status` and the window say it until the next exchange that
//! succeeds. Work goes on meanwhile and nothing is lost; what is said is what it means and what to do.

use super::{Store, meta};
use crate::{NodeError, Result};
use pems_model::Code;
use pems_model::value::format_time;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

const KEY: &str = "trouble";

/// What keeps this office from syncing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Trouble {
    /// The stable code.
    pub code: String,
    /// What it means and what to do.
    pub message: String,
    /// Since when, RFC 3339.
    pub since: String,
}

/// What a refusal of the whole exchange means here, and what to do about it; none for what passes or is said elsewhere.
fn advice(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::HubBehind | Code::EpochChanged => {
            "the hub was put back from an older copy and lacks work that this PC has seen there. Nothing is lost here: go on working, what is typed waits on this PC. Tell whoever runs the hub; as soon as it has its newer records again, this PC goes on by itself"
        }
        Code::ReplicaForked => {
            "this folder was copied, or put back from an old copy, and the other one has gone on at the hub. Nothing is lost here: (1) save what was not sent with `pems-node rescue --out FILE`, or in Needs you, Sync: Save what was not sent; (2) enrol this PC again, in a new folder, with a code of its own; (3) put the work back there with `pems-node save --from FILE`, or in Needs you, Sync: Put saved work back"
        }
        Code::UpgradeRequired => "install the newer program; until then go on working, what is typed waits on this PC",
        Code::UnsupportedProtocol => "the hub has to be updated first; go on working, what is typed waits on this PC",
        Code::TenantSuspended | Code::WrongTenant | Code::Unauthorized => {
            "go on working, what is typed waits on this PC; tell whoever runs the hub"
        }
        _ => return None,
    })
}

/// The refusal, with what it means.
pub(crate) fn explained(mut error: NodeError) -> NodeError {
    if let Some(advice) = advice(error.code) {
        error.message = format!("{}: {advice}", error.message);
    }
    error
}

impl Store {
    /// Keeps a refusal that only a person can lift. What passes by itself is not noted.
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) fn note_trouble(&mut self, error: &NodeError) -> Result<()> {
        if advice(error.code).is_none() {
            return Ok(());
        }
        let code = error.code.text().to_owned();
        let since = match self.trouble()? {
            Some(known) if known.code == code => known.since,
            _ => format_time(self.env.now()),
        };
        let trouble = Trouble { code, message: error.message.clone(), since };
        let text =
            serde_json::to_string(&trouble).map_err(|error| NodeError::new(Code::Internal, error.to_string()))?;
        meta::set(&self.conn, KEY, &text)
    }

    /// Why the hub does not sync with this office; none while it does.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn trouble(&self) -> Result<Option<Trouble>> {
        let Some(text) = meta::get(&self.conn, KEY)? else { return Ok(None) };
        match serde_json::from_str(&text) {
            Ok(trouble) => Ok(Some(trouble)),
            Err(_) => self.unreadable_trouble().map(Some),
        }
    }

    /// That there was one is known. It holds since the last exchange at the latest.
    fn unreadable_trouble(&self) -> Result<Trouble> {
        let since = match meta::moment(&self.conn, "last_contact")? {
            Some(contact) => contact,
            None => self.env.now(),
        };
        let message = "the hub does not sync with this PC, and why is damaged in the records file; go on working, what is typed waits on this PC. The reason is noted again at the next try, or this goes by itself";
        Ok(Trouble { code: Code::StoreCorrupt.text().to_owned(), message: message.into(), since: format_time(since) })
    }
}

/// The hub and this office have met: there is none any more.
pub(super) fn clear(conn: &Connection) -> Result<()> {
    conn.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([KEY])?;
    Ok(())
}
