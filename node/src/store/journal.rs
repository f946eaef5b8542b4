//! The sent journal, the outbox and the parked list, one change a line, for support and for restored hubs; and the one place where
//! a stored change is read back.
//!
//! Invariant: what cannot be read is said to be damaged, never taken for empty.

use super::Store;
use crate::{NodeError, Result};
use pems_model::value::format_time;
use pems_model::wire::{Change, ChangeKind};
use pems_model::{Entity, Schema, Value};
use rusqlite::types::ValueRef;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// What people are shown of a secret.
pub(crate) const HIDDEN: &str = "••••••";

/// What of a stored change cannot be read: `fields is no JSON object`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Damaged(String);

impl Damaged {
    pub(super) fn new(what: &str, why: &str) -> Damaged {
        Damaged(format!("{what} {why}"))
    }
}

impl std::fmt::Display for Damaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn damaged<T>(what: &str, why: &str) -> std::result::Result<T, Damaged> {
    Err(Damaged::new(what, why))
}

/// A row of the file whose columns may be anything.
pub(super) struct Stored<'a, 'b>(pub(super) &'a rusqlite::Row<'b>);

impl Stored<'_, '_> {
    fn at(&self, at: usize, what: &str) -> std::result::Result<ValueRef<'_>, Damaged> {
        self.0.get_ref(at).or_else(|_| damaged(what, "is not there"))
    }

    pub(super) fn id(&self, at: usize, what: &str) -> std::result::Result<Uuid, Damaged> {
        match self.at(at, what)? {
            ValueRef::Blob(bytes) => Uuid::from_slice(bytes).or_else(|_| damaged(what, "is no id")),
            _ => damaged(what, "is no id"),
        }
    }

    pub(super) fn optional_id(&self, at: usize, what: &str) -> std::result::Result<Option<Uuid>, Damaged> {
        if matches!(self.at(at, what)?, ValueRef::Null) { Ok(None) } else { self.id(at, what).map(Some) }
    }

    /// The id of a change, and for one whose own cannot be read any more the one that stands in for it: always the same, and
    /// another for every change, so that it can be shown, decided and told to the hub.
    pub(super) fn change_id(&self, at: usize, replica: Uuid, op_no: i64) -> Uuid {
        match self.id(at, "change_id") {
            Ok(id) => id,
            Err(_) => Uuid::new_v5(&replica, &op_no.to_le_bytes()),
        }
    }

    /// Which row this is about, from the kind of record and the id that stand at `at`; none where the file no longer says.
    pub(super) fn row_of(&self, at: usize, schema: &Schema) -> Option<(&'static Entity, Uuid)> {
        match (self.text(at, "entity"), self.id(at + 1, "row_id")) {
            (Ok(name), Ok(id)) => Some((schema.entity(&name)?, id)),
            _ => None,
        }
    }

    pub(super) fn text(&self, at: usize, what: &str) -> std::result::Result<String, Damaged> {
        match self.at(at, what)? {
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(_) => damaged(what, "is no text"),
            },
            _ => damaged(what, "is no text"),
        }
    }

    fn int(&self, at: usize, what: &str) -> std::result::Result<i64, Damaged> {
        if let ValueRef::Integer(int) = self.at(at, what)? { Ok(int) } else { damaged(what, "is no number") }
    }

    pub(super) fn kind(&self, at: usize) -> std::result::Result<ChangeKind, Damaged> {
        match self.text(at, "kind")?.as_str() {
            "upsert" => Ok(ChangeKind::Upsert),
            "delete" => Ok(ChangeKind::Delete),
            _ => damaged("kind", "is neither upsert nor delete"),
        }
    }

    pub(super) fn object(&self, at: usize, what: &str) -> std::result::Result<Map<String, Json>, Damaged> {
        let text = self.text(at, what)?;
        serde_json::from_str(&text).or_else(|_| damaged(what, "is no JSON object"))
    }

    fn optional_object(&self, at: usize, what: &str) -> std::result::Result<Option<Json>, Damaged> {
        if matches!(self.at(at, what)?, ValueRef::Null) {
            Ok(None)
        } else {
            Ok(Some(Json::Object(self.object(at, what)?)))
        }
    }

    /// The bytes of a column as well as they can be shown.
    fn shown(&self, at: usize) -> Result<String> {
        Ok(match self.0.get_ref(at)? {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            ValueRef::Integer(int) => int.to_string(),
            ValueRef::Real(real) => real.to_string(),
            ValueRef::Null => String::new(),
        })
    }

    /// A change that waits, selected as [`CHANGE`].
    pub(super) fn change(&self, schema: &Schema) -> std::result::Result<Change, Damaged> {
        let change = Change {
            op_no: self.int(0, "op_no")?,
            id: self.id(1, "change_id")?,
            entity: self.text(2, "entity")?,
            row_id: self.id(3, "row_id")?,
            kind: self.kind(4)?,
            base_rev: self.int(5, "base_rev")?,
            fields: self.object(6, "fields")?.into_iter().collect(),
            group: self.optional_id(7, "grp")?,
            user_id: self.optional_id(8, "user_id")?,
            at: self.int(9, "at")?,
        };
        if let Some(entity) = schema.entity(&change.entity) {
            check_values(entity, change.fields.iter())?;
        }
        Ok(change)
    }
}

/// What [`Stored::change`] reads.
pub(super) const CHANGE: &str = "op_no, change_id, entity, row_id, kind, base_rev, fields, grp, user_id, at";

/// That every value is one that its field could have had.
pub(super) fn check_values<'a>(
    entity: &Entity,
    mut fields: impl Iterator<Item = (&'a String, &'a Json)>,
) -> std::result::Result<(), Damaged> {
    let odd = |name: &str, json: &Json| {
        let field = entity.field_index(name).map(|i| &entity.fields[i]);
        field.is_some_and(|field| Value::stored(field.kind, json).is_none())
    };
    match fields.find(|(name, json)| odd(name, json)) {
        Some((name, _)) => damaged(name, "has a value of another type"),
        None => Ok(()),
    }
}

/// One change as this office remembers it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JournalEntry {
    /// By this PC's counter, from 1 and without gaps.
    pub op_no: i64,
    /// One that stands in for it where it cannot be read.
    pub id: Uuid,
    /// The kind of record.
    pub entity: String,
    /// None where it cannot be read.
    pub row_id: Option<Uuid>,
    /// `upsert` or `delete`.
    pub kind: String,
    /// The hub's revision of the row when it was made; 0 for a new row.
    pub base_rev: i64,
    /// What it writes, by field.
    pub fields: Json,
    /// What these fields were; none for a record that was made.
    pub before: Option<Json>,
    /// Changes of one group are taken by the hub together or not at all.
    pub group: Option<Uuid>,
    /// None where it cannot be read.
    pub act: Option<Uuid>,
    /// Who made it; none for a PC by itself, and where it cannot be read.
    #[serde(skip)]
    pub user: Option<Uuid>,
    /// When it was made, RFC 3339.
    pub at: String,
    /// `pending`, `answered`, `parked` or `damaged` (`node/src/store/layout.rs` says what each means).
    pub state: String,
    /// What the hub answered, as it came over the wire.
    pub outcome: Option<Json>,
    /// What of the entry cannot be read; then its texts are shown as they are in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

impl Store {
    /// Changes after `since` (an `op_no`; 0 for all), oldest first, without what is secret.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn journal(&self, since: i64) -> Result<Vec<JournalEntry>> {
        let mut entries = self.entries("op_no > ?1", [since])?;
        for entry in &mut entries {
            let entity = entry.entity.as_str();
            hide(self.schema, entity, &mut entry.fields);
            entry.before.iter_mut().for_each(|before| hide(self.schema, entity, before));
            let seen = entry.outcome.iter_mut().filter_map(|outcome| outcome.pointer_mut("/seen/fields"));
            seen.for_each(|seen| hide(self.schema, entity, seen));
        }
        Ok(entries)
    }

    pub(super) fn entries(&self, condition: &str, params: impl rusqlite::Params) -> Result<Vec<JournalEntry>> {
        entries(&self.conn, self.replica, condition, params)
    }
}

/// Puts dots in the place of secrets. What cannot be read may hold one, so none of it is shown where there are secrets; of a kind of
/// record that cannot be read, what is secret in any is.
pub(super) fn hide(schema: &Schema, entity: &str, fields: &mut Json) {
    let of: Vec<&Entity> = match schema.entity(entity) {
        Some(entity) => vec![entity],
        None => schema.entities().to_vec(),
    };
    if fields.is_string() && of.iter().any(|entity| entity.fields.iter().any(|field| field.secret)) {
        *fields = HIDDEN.into();
    }
    for (name, value) in fields.as_object_mut().into_iter().flatten() {
        if !value.is_null() && of.iter().any(|entity| entity.is_secret(name)) {
            *value = HIDDEN.into();
        }
    }
}

pub(super) fn entries(
    conn: &rusqlite::Connection,
    replica: Uuid,
    condition: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<JournalEntry>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT op_no, change_id, entity, row_id, kind, base_rev, fields, before, grp, act, at, state, outcome,
             user_id
         FROM op WHERE {condition} ORDER BY op_no"
    ))?;
    let mut found = statement.query(params)?;
    let mut entries = Vec::new();
    while let Some(row) = found.next()? {
        let stored = Stored(row);
        entries.push(match entry(&stored) {
            Ok(entry) => entry,
            Err(why) => unreadable(&stored, replica, &why)?,
        });
    }
    Ok(entries)
}

fn entry(stored: &Stored<'_, '_>) -> std::result::Result<JournalEntry, Damaged> {
    stored.kind(4)?;
    Ok(JournalEntry {
        op_no: stored.int(0, "op_no")?,
        id: stored.id(1, "change_id")?,
        entity: stored.text(2, "entity")?,
        row_id: Some(stored.id(3, "row_id")?),
        kind: stored.text(4, "kind")?,
        base_rev: stored.int(5, "base_rev")?,
        fields: Json::Object(stored.object(6, "fields")?),
        before: stored.optional_object(7, "before")?,
        group: stored.optional_id(8, "grp")?,
        act: Some(stored.id(9, "act")?),
        user: stored.optional_id(13, "user_id")?,
        at: format_time(stored.int(10, "at")?),
        state: stored.text(11, "state")?,
        outcome: stored.optional_object(12, "outcome")?,
        damaged: None,
    })
}

/// As much of an entry as can be shown; what cannot be read is said to be unknown. Its numbers are numbers in every file, whose
/// tables are strict.
fn unreadable(stored: &Stored<'_, '_>, replica: Uuid, why: &Damaged) -> Result<JournalEntry> {
    let shown = |at| Ok::<_, NodeError>(Some(stored.shown(at)?).filter(|text| !text.is_empty()).map(Json::from));
    let op_no = stored.0.get(0)?;
    Ok(JournalEntry {
        op_no,
        id: stored.change_id(1, replica, op_no),
        entity: stored.shown(2)?,
        row_id: if_readable(stored.optional_id(3, "row_id")),
        kind: stored.shown(4)?,
        base_rev: stored.0.get(5)?,
        fields: match stored.object(6, "fields") {
            Ok(fields) => Json::Object(fields),
            Err(_) => stored.shown(6)?.into(),
        },
        before: match stored.optional_object(7, "before") {
            Ok(before) => before,
            Err(_) => shown(7)?,
        },
        group: if_readable(stored.optional_id(8, "grp")),
        act: if_readable(stored.optional_id(9, "act")),
        user: if_readable(stored.optional_id(13, "user_id")),
        at: format_time(stored.0.get(10)?),
        state: stored.shown(11)?,
        outcome: match stored.optional_object(12, "outcome") {
            Ok(outcome) => outcome,
            Err(_) => shown(12)?,
        },
        damaged: Some(why.to_string()),
    })
}

/// An id that is shown as unknown where it cannot be read: the entry says itself that it is damaged.
fn if_readable(id: std::result::Result<Option<Uuid>, Damaged>) -> Option<Uuid> {
    id.unwrap_or_default()
}
