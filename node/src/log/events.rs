//! Everything that the log of an office can say.
//!
//! Invariant: no text comes in from outside. What is written is a number, the id of an account, a [`Code`], or a word that stands in our
//! source (`&'static str`: the name of a kind of record, of a request); never a name, a value, an LRN, a path, a file's name,
//! or what an error says, which may quote any of them.

use super::reference::Reference;
use pems_model::Code;
use pems_model::wire::{ChangeResult, Outcome};
use std::collections::BTreeMap;
use tracing::{debug, error, info, warn};
use uuid::Uuid;

const APP: &str = "office::app";
const SYNC: &str = "office::sync";
const STORE: &str = "office::store";
const IMPORT: &str = "office::import";
const SESSION: &str = "office::session";

/// Milliseconds since `began`; both in microseconds.
fn ms(began: i64, now: i64) -> i64 {
    now.saturating_sub(began) / 1_000
}

/// `required=3 rule=1`: how often there is which.
fn by_code(codes: impl Iterator<Item = Code>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    codes.for_each(|code| *counts.entry(code.text()).or_default() += 1);
    let counts: Vec<String> = counts.iter().map(|(code, count)| format!("{code}={count}")).collect();
    if counts.is_empty() { "none".into() } else { counts.join(" ") }
}

pub(super) fn started(program: &'static str) {
    let (version, system) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS);
    info!(target: APP, program, version, system, "started");
}

pub(super) fn stopped() {
    info!(target: APP, "stopped");
}

/// The setting names no level that there is; this one counts.
pub(super) fn unknown_level(used: &'static str) {
    warn!(target: APP, used, "unknown log level in the settings");
}

/// An error that is shown. What only asks somebody to sign in is no news.
pub(super) fn failed(request: &'static str, code: Code, reference: &Reference) {
    match code {
        Code::NotSignedIn | Code::NotEnrolled | Code::PassphraseNeeded => {
            debug!(target: APP, request, %code, %reference, "refused");
        }
        Code::Internal | Code::StoreCorrupt | Code::Io | Code::StoreFull | Code::StoreReadOnly => {
            error!(target: APP, request, %code, %reference, "failed");
        }
        _ => info!(target: APP, request, %code, %reference, "refused"),
    }
}

/// `file`, `line` and `column` of our source or a library's.
pub(super) fn panicked(file: &str, line: u32, column: u32) {
    error!(target: APP, file, line, column, "panicked");
}

/// Times are microseconds since 1970.
pub(crate) fn opened(began: i64, now: i64) {
    info!(target: STORE, ms = ms(began, now), "opened");
}

pub(crate) fn not_opened(code: Code) {
    error!(target: STORE, %code, "not opened");
}

/// The tables of the machinery, from one layout to another.
pub(crate) fn migrated(from: i64, to: i64) {
    info!(target: STORE, from, to, "migrated");
}

/// A kind of record that this program knows and the file did not, or fields of one.
pub(crate) fn grew(entity: &'static str, fields: usize) {
    info!(target: STORE, entity, fields, "tables grew");
}

/// A change of the outbox that cannot be read.
pub(crate) fn put_aside(entity: Option<&'static str>, op_no: i64) {
    error!(target: STORE, entity = entity.unwrap_or("unknown"), op_no, "damaged change put aside");
}

pub(crate) fn backed_up(bytes: u64, records: i64) {
    info!(target: STORE, bytes, records, "backed up");
}

pub(crate) fn not_backed_up(code: Code) {
    warn!(target: STORE, %code, "not backed up");
}

pub(crate) fn restored(bytes: u64, records: i64) {
    info!(target: STORE, bytes, records, "restored from a copy");
}

pub(crate) fn not_restored(code: Code) {
    warn!(target: STORE, %code, "not restored");
}

pub(crate) fn enrolled(code: Option<Code>) {
    match code {
        None => info!(target: APP, "enrolled"),
        Some(code) => warn!(target: APP, %code, "not enrolled"),
    }
}

/// The device is of the school no more, and its keys were destroyed.
pub(crate) fn keys_destroyed() {
    warn!(target: APP, "keys destroyed");
}

pub(crate) fn sync_began(watching: bool) {
    info!(target: SYNC, watching, "began");
}

/// What the hub said of changes that were sent.
pub(crate) fn answered(results: &[ChangeResult]) {
    let (mut applied, mut merged, mut conflicts, mut refused) = (0, 0, 0, Vec::new());
    for result in results {
        match &result.outcome {
            Outcome::Applied { .. } => applied += 1,
            Outcome::Merged { .. } => merged += 1,
            Outcome::Conflict { .. } => conflicts += 1,
            Outcome::Refused { problem } => refused.push(problem.code),
        }
    }
    let (sent, refused) = (results.len(), by_code(refused.into_iter()));
    info!(target: SYNC, sent, applied, merged, conflicts, %refused, "answered");
}

/// Rows of the hub became visible here.
pub(crate) fn received(rows: usize, rev: i64, began: i64, now: i64) {
    let ms = ms(began, now);
    if rows > 0 {
        info!(target: SYNC, rows, rev, ms, "received")
    } else {
        debug!(target: SYNC, rows, rev, ms, "received")
    }
}

/// The hub refused a request, or a step here failed; what follows says whether that passes.
pub(crate) fn sync_refused(code: Code) {
    match code {
        // What broke has a line of its own.
        Code::HubUnreachable => debug!(target: SYNC, %code, "refused"),
        _ => warn!(target: SYNC, %code, "refused"),
    }
}

/// A line to the hub broke, or was not there. `kind`: what broke, without the address.
pub(crate) fn line_broke(kind: &'static str) {
    info!(target: SYNC, kind, "no line to the hub");
}

pub(crate) fn paused(ms: u64) {
    debug!(target: SYNC, ms, "waits");
}

/// A sync ended: with the hub, or with a code for good.
pub(crate) fn sync_ended(outcome: Result<i64, Code>, sent: usize, received: usize, began: i64, now: i64) {
    let ms = ms(began, now);
    match outcome {
        Ok(rev) => info!(target: SYNC, rev, sent, received, ms, "ended"),
        Err(code) => error!(target: SYNC, %code, sent, received, ms, "ended"),
    }
}

/// What an import comes to.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    /// `csv`, `oneroster` or `sf1`.
    pub(crate) kind: &'static str,
    /// The kind of record of a table.
    pub(crate) entity: Option<&'static str>,
    pub(crate) rows: u64,
    pub(crate) new: u64,
    pub(crate) changed: u64,
    pub(crate) refused: Vec<Code>,
    pub(crate) written: bool,
}

pub(crate) fn imported(done: &Imported, began: i64, now: i64) {
    let Imported { kind, entity, rows, new, changed, refused, written } = done;
    let (refused, entity) = (by_code(refused.iter().copied()), entity.unwrap_or("several"));
    info!(target: IMPORT, kind, entity, rows, new, changed, %refused, written, ms = ms(began, now), "ended");
}

pub(crate) fn not_imported(kind: &'static str, code: Code, began: i64, now: i64) {
    warn!(target: IMPORT, kind, %code, ms = ms(began, now), "refused");
}

pub(crate) fn signed_in(user: Uuid, role: &'static str) {
    info!(target: SESSION, %user, role, "signed in");
}

pub(crate) fn not_signed_in(user: Uuid, code: Code) {
    warn!(target: SESSION, %user, %code, "not signed in");
}

pub(crate) fn signed_out() {
    info!(target: SESSION, "signed out");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_counted_by_code() {
        assert_eq!(by_code([Code::Rule, Code::Required, Code::Rule].into_iter()), "required=1 rule=2");
        assert_eq!(by_code(std::iter::empty()), "none");
        assert_eq!(ms(1_000_000, 3_500_999), 2_500);
    }
}
