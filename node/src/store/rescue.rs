//! What the hub does not have of this office, in a file of its own: for the day when the folder cannot go on syncing (it was
//! copied, or is damaged). Put back at an office that syncs, it becomes ordinary changes there.
//!
//! Invariants: putting back undoes nobody: a field that somebody changed meanwhile is left as it is and named; doing it twice
//! changes nothing the second time; secrets are not in the file.
//!
//! The file: JSON lines, the first saying whose it is.

use super::journal::{JournalEntry, entries};
use super::save::Act;
use super::{Save, Step, Store, rows};
use crate::{NodeError, Result};
use pems_model::{Code, Entity, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// What the first line says it is.
const KIND: &str = "pems-unsent";
const VERSION: u32 = 1;
/// More than the unsent work of a year: a change is some hundred bytes.
pub(crate) const MOST_SAVED_BYTES: u64 = 1 << 30;

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    file: String,
    version: u32,
    school: Uuid,
    school_name: String,
    device: String,
    saved_at: String,
}

/// One change of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    entity: String,
    id: Uuid,
    /// `upsert` or `delete`.
    kind: String,
    /// Hub revision of the row that it was made on.
    base_rev: i64,
    #[serde(default)]
    fields: Map<String, Json>,
    /// What the fields were; none for a record that was made here.
    before: Option<Map<String, Json>>,
    #[serde(default)]
    group: Option<Uuid>,
    at: String,
}

/// What was saved for another office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescued {
    /// The file: JSON, one line for whose it is and one for each change. Not encrypted.
    pub text: String,
    /// How many are in it.
    pub changes: usize,
    /// Changes of which nothing can be read any more; they stay in the records file.
    pub unreadable: usize,
    /// Passwords that were set here: they are set anew at the other office.
    pub secrets: usize,
}

/// What became of saved work that was put back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ts_rs::TS)]
pub struct PutBack {
    /// Changes that were written again, as new ones of this office.
    pub put_back: usize,
    /// Changes that this office has already.
    pub known: usize,
    /// Those that were not, in the order of the file.
    pub left: Vec<Left>,
}

/// A change that was not put back, and why.
#[derive(Debug, Clone, PartialEq, Serialize, ts_rs::TS)]
pub struct Left {
    /// Line of the file.
    pub line: usize,
    /// The kind of record.
    pub entity: String,
    /// The record.
    #[ts(type = "string")]
    pub id: Uuid,
    /// The stable code of the refusal.
    pub code: &'static str,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl Store {
    /// Everything that the hub has not taken: what waits, what it refused, and what is left of damaged changes.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn rescue(&self) -> Result<Rescued> {
        let enrolled = self.enrolled()?;
        let head = Head {
            file: KIND.into(),
            version: VERSION,
            school: enrolled.tenant_id,
            school_name: enrolled.school_name,
            device: enrolled.device_name,
            saved_at: pems_model::value::format_time(self.env.now()),
        };
        let mut rescued = Rescued { text: written(&head)?, changes: 0, unreadable: 0, secrets: 0 };
        for entry in entries(&self.conn, self.replica, "state IN ('pending', 'parked', 'damaged')", [])? {
            match self.line(&entry, &mut rescued.secrets) {
                Some(line)
                    if line.kind == "upsert"
                        && line.fields.is_empty()
                        && line.before.is_some()
                        && !was_back(&entry) => {}
                Some(line) => {
                    rescued.text.push_str(&written(&line)?);
                    rescued.changes += 1;
                }
                None => rescued.unreadable += 1,
            }
        }
        Ok(rescued)
    }

    fn line(&self, entry: &JournalEntry, secrets: &mut usize) -> Option<Line> {
        let seen = entry.outcome.as_ref().map(|outcome| &outcome["seen"]);
        let damaged = entry.state == "damaged";
        let (kind, mut fields) = match seen.filter(|_| damaged) {
            Some(seen) if seen["delete"] == true => ("delete".to_owned(), Map::new()),
            Some(seen) => ("upsert".to_owned(), seen["fields"].as_object()?.clone()),
            None if entry.damaged.is_some() || damaged => return None,
            None => (entry.kind.clone(), entry.fields.as_object()?.clone()),
        };
        if let Some(entity) = self.schema.entity(&entry.entity) {
            let all = fields.len();
            fields.retain(|name, _| !entity.is_secret(name));
            *secrets += all - fields.len();
        }
        Some(Line {
            entity: entry.entity.clone(),
            id: entry.row_id?,
            kind,
            base_rev: entry.base_rev,
            fields,
            before: entry.before.as_ref().and_then(Json::as_object).cloned(),
            group: entry.group,
            at: entry.at.clone(),
        })
    }

    /// Puts saved work back as changes of this office, in one durable step; what travelled together is put back together or left.
    ///
    /// # Errors
    /// `bad_file` for something else than saved work, or that of another school; else only what stops everything.
    pub(crate) fn put_saved_back(&mut self, text: &str) -> Result<(Uuid, PutBack)> {
        let lines = self.read_lines(text)?;
        let act = self.new_act();
        let done = self.transaction(|step| {
            let mut done = PutBack::default();
            for together in lines.chunk_by(|one, next| one.1.group.is_some() && one.1.group == next.1.group) {
                let act = Act { group: together[0].1.group.map(|_| step.env.new_id()), ..act };
                let tried = step.attempt(|step| {
                    together.iter().map(|(_, line)| step.put_line_back(line, act)).collect::<Result<Vec<bool>>>()
                })?;
                match tried {
                    Ok(wrote) => {
                        let new = wrote.iter().filter(|wrote| **wrote).count();
                        done.put_back += new;
                        done.known += wrote.len() - new;
                    }
                    Err(error) => done.left.extend(together.iter().map(|(at, line)| Left {
                        line: *at,
                        entity: line.entity.clone(),
                        id: line.id,
                        code: error.code.text(),
                        message: error.message.clone(),
                    })),
                }
            }
            Ok(done)
        })?;
        Ok((act.id, done))
    }

    fn read_lines(&self, text: &str) -> Result<Vec<(usize, Line)>> {
        let wrong =
            |why: String| NodeError::new(Code::BadFile, format!("this is no saved work of a PEMS office: {why}"));
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let (_, first) = lines.next().ok_or_else(|| wrong("it is empty".into()))?;
        let head: Head = serde_json::from_str(first).map_err(|error| wrong(format!("its first line: {error}")))?;
        if head.file != KIND || head.version > VERSION {
            return Err(wrong(format!(
                "it is '{}', version {}; this program reads {KIND} up to {VERSION}",
                head.file, head.version
            )));
        }
        if head.school != self.tenant {
            let message = format!("this is the work of another school ({}); nothing was put back", head.school_name);
            return Err(NodeError::new(Code::BadFile, message));
        }
        lines
            .map(|(at, line)| match serde_json::from_str(line) {
                Ok(line) => Ok((at, line)),
                Err(error) => Err(wrong(format!("line {at}: {error}; nothing was put back"))),
            })
            .collect()
    }
}

/// A change that brought a deleted record back has no fields.
fn was_back(entry: &JournalEntry) -> bool {
    entry.before.as_ref().is_some_and(|before| before.get(super::save::WAS_DELETED).is_some())
}

fn written(what: &impl Serialize) -> Result<String> {
    serde_json::to_string(what)
        .map(|line| line + "\n")
        .map_err(|error| NodeError::new(Code::Internal, format!("cannot be saved: {error}")))
}

impl Step<'_> {
    /// Whether anything had to be written.
    fn put_line_back(&mut self, line: &Line, act: Act) -> Result<bool> {
        let entity = self.entity(&line.entity)?;
        let row = rows::load(self.tx, entity, line.id)?;
        if line.kind == "delete" {
            return match row {
                Some(row) if row.is_live() && row.rev > line.base_rev => Err(changed(entity, "the record")),
                Some(row) if row.is_live() => Ok(self.delete(entity.name, line.id, act)?.changed),
                _ => Ok(false),
            };
        }
        let back = line.before.as_ref().is_some_and(|before| before.contains_key(super::save::WAS_DELETED));
        let fields = match &row {
            None if line.before.is_none() => line.fields.clone(),
            None => {
                let message = format!("this {} never reached the hub, or this PC has not synced yet", entity.label);
                return Err(NodeError::new(Code::RowMissing, message));
            }
            Some(row) if !row.is_live() && !back => return Err(changed(entity, "the record, which was deleted,")),
            Some(row) => still_to_write(entity, row, line)?,
        };
        if fields.is_empty() && row.as_ref().is_some_and(Row::is_live) {
            return Ok(false);
        }
        Ok(self.save(&Save { entity: line.entity.clone(), id: Some(line.id), fields }, act)?.changed)
    }
}

/// The fields that are as they were when the change was made; refused where somebody changed one to something else since.
fn still_to_write(entity: &Entity, row: &Row, line: &Line) -> Result<Map<String, Json>> {
    let mut fields = Map::new();
    for (name, new) in &line.fields {
        let now = row.get(entity, name).to_json();
        let was = line.before.as_ref().and_then(|before| before.get(name)).unwrap_or(&Json::Null);
        if now == *new {
            continue;
        }
        if now != *was {
            let label = entity.field_index(name).map_or(name.as_str(), |i| entity.fields[i].label);
            return Err(changed(entity, label).with_details(json!({ "field": name, "now": now, "saved": new })));
        }
        fields.insert(name.clone(), new.clone());
    }
    Ok(fields)
}

fn changed(entity: &Entity, what: &str) -> NodeError {
    let message = format!(
        "{}: somebody has changed {what} since; look at it and type it again if it is still right",
        entity.label
    );
    NodeError::new(Code::Conflict, message)
}
