//! What must hold of the import of any file. Also used by the tests, over all samples.

use pems_model::Schema;
use pems_model::verifier::{LANES, MEMORY_KIB, PASSES, SALT};
use pems_node::domain::made_up::MadeUp;
use pems_node::import::lis::{self, LineChoice};
use pems_node::import::{Options, Report, run};
use pems_node::store::{ListQuery, Save, Store};
use pems_node::{NodeError, Result};
use serde_json::{Value as Json, json};
use std::fmt::Debug;
use std::path::Path;
use uuid::Uuid;

/// Gives an office an administrator with a password that nobody knows, so that lists of users can be brought in.
///
/// # Panics
/// If the store does not take it.
pub fn administer(store: &mut Store) -> Uuid {
    let verifier = pems_model::proof::verifier((MEMORY_KIB, PASSES, LANES), &[7; SALT], &[9; 32]);
    let fields = json!({ "name": "Corazon Reyes", "role": "school_admin", "verifier": verifier });
    let fields = fields.as_object().cloned().unwrap_or_default();
    store.put(&Save { entity: "school_user".into(), id: None, fields }).expect("saved").row.id
}

/// Gives an office its School ID, a school year and an administrator, so that registers and lists can be brought in.
///
/// # Panics
/// If the store takes neither.
pub fn prepare(store: &mut Store) {
    let mut save = |entity: &str, fields: Json| {
        let fields = fields.as_object().cloned().unwrap_or_default();
        store.save(&Save { entity: entity.into(), id: None, fields }).expect("saved");
    };
    save("school_profile", json!({ "deped_school_id": "301234", "name": "Mabini NHS" }));
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" });
    save("school_year", year);
    administer(store);
}

/// Tries a file, imports it, and imports it again. Without options it is a register.
///
/// # Errors
/// What did not hold.
pub fn check(store: &mut Store, path: &Path, options: Option<&Options>) -> std::result::Result<(), String> {
    match options {
        Some(options) => list(store, path, options),
        None => register(store, path),
    }
}

fn list(store: &mut Store, path: &Path, options: &Options) -> std::result::Result<(), String> {
    let before = records(store);
    let tried = run(store, path, &Options { dry_run: true, skip_refused: false, ..options.clone() });
    unchanged(store, &before, "the dry run")?;
    let done = run(store, path, &Options { dry_run: false, skip_refused: false, ..options.clone() });
    same("the import", said(&tried), said(&done))?;
    let Ok(report) = done else { return unchanged(store, &before, "the refused import") };
    if !report.written {
        unchanged(store, &before, "the import that wrote nothing")?;
    }
    if !report.refused.is_empty() {
        let rest = run(store, path, &Options { dry_run: false, skip_refused: true, ..options.clone() });
        same("the import of the rest", said(&tried), said(&rest))?;
    }
    // Who may be two is a record of its own each time, where the clerk wants it so.
    let again = run(store, path, &Options { dry_run: true, duplicates: Default::default(), ..options.clone() });
    let again = again.map_err(|error| format!("the second time: {error}"))?;
    if (again.new, again.changed) != (0, 0) {
        return Err(format!("the second time {} new and {} changed: {:?}", again.new, again.changed, again.by_entity));
    }
    Ok(())
}

/// All that a report says of rows, or the refusal of the whole.
fn said(outcome: &Result<Report>) -> std::result::Result<String, String> {
    outcome
        .as_ref()
        .map(|report| {
            let counts =
                (report.rows_read, report.new, report.changed, report.unchanged, report.left_out, &report.by_entity);
            format!("{counts:?} {:#?} {:#?} {:#?}", report.refused, report.duplicates, report.warnings)
        })
        .map_err(NodeError::to_string)
}

fn register(store: &mut Store, path: &Path) -> std::result::Result<(), String> {
    let before = records(store);
    let Ok(register) = lis::read(path) else { return unchanged(store, &before, "the refused register") };
    let Ok(beside) = lis::reconcile(store, &register) else { return unchanged(store, &before, "the refused register") };
    let choices = beside.safe_choices();
    let tried = lis::rehearse(store, &register, &choices);
    unchanged(store, &before, "the rehearsal")?;
    let done = lis::apply_file(store, path, &beside.hash, &choices).map(|applied| applied.counts);
    let words =
        |outcome: &Result<lis::AppliedCounts>| outcome.as_ref().map(|c| format!("{c:?}")).map_err(NodeError::to_string);
    same("the import", words(&tried), words(&done))?;
    if let Err(error) = done {
        unchanged(store, &before, "the refused import")?;
        return if beside.school_year_id.is_some() {
            Err(format!("what was shown as safe is refused: {error}"))
        } else {
            Ok(())
        };
    }
    let again: Vec<LineChoice> =
        lis::reconcile(store, &register).map_err(|error| format!("the second time: {error}"))?.safe_choices();
    if again.is_empty() { Ok(()) } else { Err(format!("the second time it would still {again:?}")) }
}

fn same<T: Debug + PartialEq>(what: &str, promised: T, did: T) -> std::result::Result<(), String> {
    if promised == did { Ok(()) } else { Err(format!("the dry run said {promised:#?}, {what} {did:#?}")) }
}

fn unchanged(store: &Store, before: &[String], what: &str) -> std::result::Result<(), String> {
    let now = records(store);
    if now == before { Ok(()) } else { Err(format!("{what} left {} records instead of {}", now.len(), before.len())) }
}

/// Every live record, and how many changes wait to be sent.
fn records(store: &Store) -> Vec<String> {
    let all = ListQuery { limit: Some(1_000_000), ..ListQuery::default() };
    let mut records = vec![format!("{:?}", store.status().map(|status| status.pending))];
    for entity in Schema::product().entities() {
        let rows = store.list(entity.name, &all).unwrap_or_default();
        let mut rows: Vec<String> = rows.iter().map(|row| format!("{} {}", entity.name, row.to_json(entity))).collect();
        rows.sort();
        records.append(&mut rows);
    }
    records
}
