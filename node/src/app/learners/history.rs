//! Who changed what about a learner: what was done at this PC, from its outbox, and what came from elsewhere, from the notes that
//! are taken when rows arrive. One value can be put back with one click, as a new change: nothing is ever wiped out.

mod told;

pub use told::Move;

use super::write::{self, Changed};
use crate::app::Desk;
use crate::store::Save;
use crate::store::inbound_log::WATCHED_SQL;
use crate::{NodeError, Result, Store};
use pems_model::value::format_time;
use pems_model::{Code, Entity};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashMap};
use ts_rs::TS;
use uuid::Uuid;

/// Most entries of one answer, newest first: more than anybody reads.
const MOST: usize = 300;
/// What can be put back from the page. Enrolments are more than their row: they have a desk of their own.
const RESTORABLE: &[&str] = &["student", "guardian", "student_guardian", "student_document"];

/// One change of one record, newest first in the answer.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "LearnerChange")]
pub struct Entry {
    /// RFC 3339: when it was typed here, or when it arrived.
    pub at: String,
    /// Who did it; none where nobody was signed in, or where it came from elsewhere and does not say so.
    pub who: Option<String>,
    /// The name of this PC, where it was done here.
    pub pc: Option<String>,
    /// Whether it came from another PC or the hub.
    pub elsewhere: bool,
    /// `new`, `changed`, `deleted` or `back` (a deleted record that came back).
    pub kind: String,
    pub entity: String,
    /// What the kind of record is called.
    pub label: String,
    /// Which of them it is: a section, a guardian, a school year; the `kind` of a paper or an event.
    pub about: Option<String>,
    /// Where it is a move from one section to another.
    pub moved: Option<Move>,
    #[ts(type = "string")]
    pub row: Uuid,
    /// Whether the hub has not answered yet.
    pub waiting: bool,
    /// Whether the hub refused it: then it does not stand.
    pub refused: bool,
    pub fields: Vec<FieldChange>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "LearnerFieldChange")]
pub struct FieldChange {
    pub field: String,
    pub label: String,
    #[ts(type = "unknown")]
    pub before: Json,
    #[ts(type = "unknown")]
    pub after: Json,
    /// What the two are called, where they are links to other records.
    pub before_name: Option<String>,
    pub after_name: Option<String>,
    /// Whether `before` can be put back: it is not what stands now, and whoever is here may change it.
    pub restorable: bool,
}

impl Desk {
    /// # Errors
    /// If SQLite fails.
    pub(super) fn learner_history(&self, id: Uuid) -> Result<Vec<Entry>> {
        let rows = rows_of(&self.store, id)?;
        let people = people(&self.store)?;
        let pc = self.store.enrolled()?.device_name;
        let mut found: Vec<(i64, i64, Entry)> = Vec::new();
        for row in rows {
            own(&self.store, row, &people, &mut found)?;
            arrived(&self.store, row, &mut found)?;
        }
        found.sort_by_key(|(at, number, _)| std::cmp::Reverse((*at, *number)));
        found.truncate(MOST);
        let mut entries: Vec<Entry> = found.into_iter().map(|(_, _, entry)| entry).collect();
        told::tell(&self.store, &mut entries)?;
        for entry in entries.iter_mut().filter(|entry| !entry.elsewhere) {
            entry.pc = Some(pc.clone());
        }
        self.mark_restorable(&mut entries)?;
        Ok(entries)
    }

    fn mark_restorable(&self, entries: &mut [Entry]) -> Result<()> {
        for entry in entries {
            let entity = self.store.declared(&entry.entity)?;
            let may = RESTORABLE.contains(&entity.name) && self.store.may_write(entity);
            let Some(row) = self.store.get(entity.name, entry.row)?.filter(|row| may && row.is_live()) else {
                continue;
            };
            for change in &mut entry.fields {
                let fixed = entity.field_index(&change.field).is_none_or(|i| entity.fields[i].immutable);
                change.restorable =
                    !fixed && entry.kind == "changed" && row.get(entity, &change.field).to_json() != change.before;
            }
        }
        Ok(())
    }

    /// Puts one value back, as a change of its own that can be undone.
    ///
    /// # Errors
    /// `bad_request` for records that have a desk of their own; what the store refuses.
    pub(super) fn restore_value(&mut self, entity: &str, id: Uuid, field: &str, value: Json) -> Result<Changed> {
        if !RESTORABLE.contains(&entity) {
            let message = format!("{entity} records are not put back from here; change them at the enrolment desk");
            return Err(NodeError::new(Code::BadRequest, message));
        }
        if self.store.get(entity, id)?.is_none_or(|row| !row.is_live()) {
            return Err(NodeError::new(Code::NotFound, "this record was deleted meanwhile; undo the deletion first"));
        }
        let label = write::label(self.store.declared(entity)?, field);
        let fields = Map::from_iter([(field.to_owned(), value)]);
        if entity == "student" {
            self.check_numbers(Some(id), &fields)?;
        }
        let save = Save { entity: entity.to_owned(), id: Some(id), fields };
        let (act, saved) = self.store.act(|work| work.save(&save))?;
        write::remember(self, act, saved.changed, format!("Put back: {label}"));
        Ok(Changed { id, changed: saved.changed })
    }
}

/// The rows that make up a learner's page, deleted ones too.
fn rows_of(store: &Store, id: Uuid) -> Result<Vec<Uuid>> {
    let mut statement = store.conn().prepare_cached(
        "SELECT ?1
         UNION SELECT id FROM student_guardian WHERE student = ?1
         UNION SELECT guardian FROM student_guardian WHERE student = ?1
         UNION SELECT id FROM student_document WHERE student = ?1
         UNION SELECT id FROM enrolment WHERE student = ?1
         UNION SELECT m.id FROM section_membership m JOIN enrolment e ON e.id = m.enrolment WHERE e.student = ?1
         UNION SELECT v.id FROM enrolment_event v JOIN enrolment e ON e.id = v.enrolment WHERE e.student = ?1",
    )?;
    let found = statement.query_map([id.as_bytes()], |row| Ok(Uuid::from_bytes(row.get(0)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn people(store: &Store) -> Result<HashMap<Uuid, String>> {
    let mut statement = store.conn().prepare_cached("SELECT id, name FROM school_user")?;
    let found = statement.query_map([], |row| Ok((Uuid::from_bytes(row.get(0)?), row.get(1)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn own(store: &Store, row: Uuid, people: &HashMap<Uuid, String>, out: &mut Vec<(i64, i64, Entry)>) -> Result<()> {
    let sql = format!(
        "SELECT op_no, entity, kind, fields, before, user_id, at, state FROM op
         WHERE row_id = ?1 AND entity IN {WATCHED_SQL} AND state <> 'retried'"
    );
    let mut statement = store.conn().prepare_cached(&sql)?;
    let mut rows = statement.query([row.as_bytes()])?;
    while let Some(found) = rows.next()? {
        let (number, name, at): (i64, String, i64) = (found.get(0)?, found.get(1)?, found.get(6)?);
        let entity = store.declared(&name)?;
        let delete = found.get::<_, String>(2)? == "delete";
        let after = object(found.get::<_, Option<String>>(3)?);
        let before: Option<String> = found.get(4)?;
        let kind = match (&before, delete) {
            (_, true) => "deleted",
            (None, false) => "new",
            (Some(_), false) if after.is_empty() => "back",
            (Some(_), false) => "changed",
        };
        let before = object(before);
        let pairs = after.into_iter().map(|(field, after)| {
            let was = before.get(&field).cloned().unwrap_or(Json::Null);
            (field, was, after)
        });
        let user: Option<[u8; 16]> = found.get(5)?;
        let state: String = found.get(7)?;
        let entry = Entry {
            at: format_time(at),
            who: user.and_then(|id| people.get(&Uuid::from_bytes(id)).cloned()),
            elsewhere: false,
            kind: kind.into(),
            waiting: state == "pending",
            refused: matches!(state.as_str(), "parked" | "dropped" | "damaged"),
            ..described(entity, row, pairs)
        };
        out.push((at, number, entry));
    }
    Ok(())
}

fn arrived(store: &Store, row: Uuid, out: &mut Vec<(i64, i64, Entry)>) -> Result<()> {
    let sql = "SELECT seq, entity, kind, changes, at FROM arrival WHERE row_id = ?1";
    let mut statement = store.conn().prepare_cached(sql)?;
    let mut rows = statement.query([row.as_bytes()])?;
    while let Some(found) = rows.next()? {
        let (number, name, at): (i64, String, i64) = (found.get(0)?, found.get(1)?, found.get(4)?);
        let pairs = object(found.get::<_, Option<String>>(3)?).into_iter().map(|(field, pair)| {
            let value = |i: usize| pair.get(i).cloned().unwrap_or(Json::Null);
            (field, value(0), value(1))
        });
        let entry = Entry {
            at: format_time(at),
            elsewhere: true,
            kind: found.get(2)?,
            ..described(store.declared(&name)?, row, pairs)
        };
        out.push((at, number, entry));
    }
    Ok(())
}

fn described(entity: &Entity, row: Uuid, pairs: impl Iterator<Item = (String, Json, Json)>) -> Entry {
    // In the order of the record, whichever order the change has.
    let mut fields = BTreeMap::new();
    for (field, before, after) in pairs {
        let Some(at) = entity.field_index(&field) else { continue };
        let label = entity.fields[at].label.to_owned();
        fields.insert(
            at,
            FieldChange { field, label, before, after, before_name: None, after_name: None, restorable: false },
        );
    }
    Entry {
        at: String::new(),
        who: None,
        pc: None,
        elsewhere: false,
        kind: String::new(),
        entity: entity.name.into(),
        label: entity.label.into(),
        about: None,
        moved: None,
        row,
        waiting: false,
        refused: false,
        fields: fields.into_values().collect(),
    }
}

fn object(text: Option<String>) -> Map<String, Json> {
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}
