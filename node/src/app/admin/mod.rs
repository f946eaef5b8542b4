//! The school's own affairs: who works here, what the school is called, its years and number ranges, a copy of the records for the
//! day a disk dies, and the proof that the hub has them. `{"do": "admin.…"}`.
//!
//! Invariants: a school admin changes, a school head reads, nobody else is answered; a school that has users keeps one who may
//! administer; users are disabled, never deleted; what reads every record runs beside the desk, which never waits for it.

pub(in crate::app) mod backup;
pub(in crate::app) mod devices;
mod job;
pub(in crate::app) mod log;
pub(in crate::app) mod proof;
pub(in crate::app) mod ranges;
pub(in crate::app) mod settings;
#[cfg(test)]
mod tests;
pub(in crate::app) mod users;
pub(in crate::app) mod years;

pub use backup::Backup;
pub use proof::Proof;

use super::Desk;
use crate::store::Save;
use crate::{NodeError, Result, Store};
use pems_model::Code;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// What goes on beside the desk.
#[derive(Debug, Default)]
pub(super) struct Beside {
    backup: job::Job<Backup>,
    /// Where the copy goes that is under way.
    backup_to: Option<std::path::PathBuf>,
    proof: job::Job<Proof>,
}

/// Why nothing of this kind can be changed here and now; none where it can.
fn why_not(desk: &Desk, entity: &str) -> Option<&'static str> {
    let declared = desk.store.schema().entity(entity)?;
    if !declared.may_write(desk.store.role()) {
        return Some("device");
    }
    (!declared.may_write(desk.role())).then_some("role")
}

fn edit(entity: &str, id: Option<Uuid>, fields: Json) -> Save {
    Save { entity: entity.into(), id, fields: fields.as_object().cloned().unwrap_or_default() }
}

/// What was typed, without the blanks around it; nothing where nothing is left.
fn typed(text: Option<&str>) -> Json {
    text.map(str::trim).filter(|text| !text.is_empty()).map_or(Json::Null, |text| json!(text))
}

/// A refusal that is about one field of a form.
fn at_field(code: Code, field: &str, message: impl Into<String>) -> NodeError {
    NodeError::new(code, message).with_details(json!({ "field": field }))
}

fn check_there(store: &Store, entity: &str, id: Uuid) -> Result<pems_model::Row> {
    let found = store.get(entity, id)?.filter(pems_model::Row::is_live);
    found.ok_or_else(|| NodeError::new(Code::NotFound, "this is not there any more; somebody took it away meanwhile"))
}
