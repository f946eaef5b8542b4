//! The School Register (School Form 1) that LIS exports, compared with what the office has, and brought in where the clerk
//! says so. DepEd's checking committees want SF1 from LIS, so the two must be reconciled; LIS is not replaced.
//!
//! [`read`] makes a [`Register`] of a file, [`reconcile`] sets it beside the records, [`apply`] carries out the choices in one
//! act that can be undone.
//!
//! Invariants: nothing is overwritten that was not chosen; an empty cell erases nothing; an LRN is never repaired; learners
//! are never merged on a guess; the register of another school is refused; applying twice changes nothing the second time.

mod apply;
mod cells;
mod choices;
mod differences;
mod family;
mod here;
mod layout;
mod likeness;
mod matching;
mod names;
mod reader;
mod reconciliation;
mod register;
mod remarks;
mod said;
mod workbook;
mod writer;

pub use apply::{apply, rehearse};
pub use choices::{Applied, AppliedCounts, LineChoice};
pub use likeness::{Candidate, Difference, MatchedBy, Suspicion};
pub use reconciliation::{Extra, LineState, OurSection, ReconciledCounts, ReconciledLine, Reconciliation, reconcile};
pub use register::{Line, PersonName, RefusedRow, Register, Remark, RemarkCode, Warning};
pub use said::{Key, Said};

use crate::log::events::{self, Imported};
use crate::{NodeError, Result, Store, files};
use pems_model::Code;
use std::io::Read;
use std::path::Path;

/// Reads a register from a file.
///
/// # Errors
/// `io` where it cannot be opened, `bad_file` or `too_large` with what is wrong, where, and what to do.
pub fn read(path: &Path) -> Result<Register> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let mut bytes = Vec::new();
    Read::take(files::open(path)?, workbook::MOST_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| NodeError::io("read", path, &error))?;
    read_bytes(&name, &bytes)
}

/// Reads a register from the bytes of a file; `name` is the file's, for messages.
///
/// # Errors
/// As [`read`], without `io`.
pub fn read_bytes(name: &str, bytes: &[u8]) -> Result<Register> {
    reader::read(name, bytes)
}

/// As [`apply`], for the file that [`reconcile`] was shown of: `hash` is that of the [`Reconciliation`].
///
/// # Errors
/// As [`read`] and [`apply`]; `stale` where the file is not the one that was looked at.
pub fn apply_file(store: &mut Store, path: &Path, hash: &str, choices: &[LineChoice]) -> Result<Applied> {
    let began = store.now();
    let done = apply_unlogged(store, path, hash, choices);
    match &done {
        Ok((rows, applied)) => {
            let (new, moved) = (u64::from(applied.counts.enrolled), u64::from(applied.counts.moved));
            let written = applied.act.is_some();
            let done = Imported { kind: "sf1", rows: *rows, new, changed: moved, written, ..Imported::default() };
            events::imported(&done, began, store.now());
        }
        Err(error) => events::not_imported("sf1", error.code, began, store.now()),
    }
    done.map(|(_, applied)| applied)
}

/// The lines of the register, and what came of them.
fn apply_unlogged(store: &mut Store, path: &Path, hash: &str, choices: &[LineChoice]) -> Result<(u64, Applied)> {
    let register = read(path)?;
    if register.hash != hash {
        let message = format!("{} has changed since it was read; look at it again, then apply", register.file);
        return Err(NodeError::new(Code::Stale, message));
    }
    Ok((register.learners.len() as u64, apply(store, &register, choices)?))
}

#[cfg(test)]
mod tests;
