//! Changing learners: one, a new one with parents and papers, or many at once. Each is one act, and so one undo.

use super::page::paper_fields;
use super::taken::NUMBERS;
use crate::app::Desk;
use crate::domain::numbering;
use crate::store::{Save, Work};
use crate::{NodeError, Result, Store};
use pems_model::{Code, Entity, Row};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;
use ts_rs::TS;
use uuid::Uuid;

/// Most learners of one bulk change: the largest school of the country.
const MOST: usize = 20_000;

/// A parent or guardian of a learner: somebody who is here already (`person`), or a new one (`fields`).
#[derive(Debug, Clone, PartialEq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "GuardianDraft")]
pub struct GuardianDraft {
    #[serde(default)]
    #[ts(optional, type = "string")]
    pub person: Option<Uuid>,
    /// Fields of the guardian; those of an existing one are changed.
    #[serde(default)]
    #[ts(optional, type = "Record<string, unknown>")]
    pub fields: Map<String, Json>,
    /// Fields of the relation: `relation`, `is_primary`, `lives_with`, `can_pickup`.
    #[ts(type = "Record<string, unknown>")]
    pub link: Map<String, Json>,
}

/// A paper and where it is.
#[derive(Debug, Clone, PartialEq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "PaperDraft")]
pub struct PaperDraft {
    pub kind: String,
    /// `missing`, `received`, `returned` or `waived`.
    pub state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "LearnerChanged")]
pub struct Changed {
    #[ts(type = "string")]
    pub id: Uuid,
    /// Whether anything had to be written.
    pub changed: bool,
}

/// A learner and what a field of theirs becomes.
#[derive(Debug, Clone, PartialEq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "LearnerGiven")]
pub struct Given {
    #[ts(type = "string")]
    pub id: Uuid,
    #[ts(type = "unknown")]
    pub value: Json,
}

/// What a bulk change did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "LearnersEdited")]
pub struct Edited {
    pub changed: usize,
    /// Learners that had these values already.
    pub same: usize,
    /// Learners that were deleted meanwhile.
    pub gone: usize,
}

/// An act that wrote nothing is none to take back.
pub(super) fn remember(desk: &mut Desk, act: Uuid, wrote: bool, what: String) {
    if wrote {
        desk.did(act, what);
    }
}

fn save(entity: &str, id: Option<Uuid>, fields: Map<String, Json>) -> Save {
    Save { entity: entity.into(), id, fields }
}

fn object(json: Json) -> Map<String, Json> {
    if let Json::Object(map) = json { map } else { Map::new() }
}

/// `Cruz, Ana`, for the words of the undo bar.
pub(super) fn name_of(store: &Store, row: &Row) -> Result<String> {
    let entity = store.declared("student")?;
    let text = |field: &str| row.get(entity, field).as_text().unwrap_or_default().to_owned();
    Ok(format!("{}, {}", text("last_name"), text("first_name")))
}

impl Desk {
    /// Changes fields of one learner.
    pub(super) fn save_learner(&mut self, id: Uuid, fields: Map<String, Json>) -> Result<Changed> {
        self.check_there(id)?;
        self.check_numbers(Some(id), &fields)?;
        let entity = self.store.declared("student")?;
        let what = match fields.keys().next() {
            Some(field) if fields.len() == 1 => label(entity, field),
            _ => "Change".to_owned(),
        };
        let (act, saved) = self.store.act(|work| work.save(&save("student", Some(id), fields)))?;
        let name = name_of(&self.store, &saved.row)?;
        remember(self, act, saved.changed, format!("{what}: {name}"));
        Ok(Changed { id, changed: saved.changed })
    }

    /// An edit of a row that is not there would make one with its id.
    fn check_there(&self, id: Uuid) -> Result<()> {
        if self.store.get("student", id)?.is_some_and(|row| row.is_live()) {
            return Ok(());
        }
        Err(NodeError::new(Code::NotFound, "this learner was deleted meanwhile; undo the deletion first"))
    }

    /// A new learner with parents and papers, all or nothing.
    pub(super) fn new_learner(
        &mut self,
        mut fields: Map<String, Json>,
        guardians: &[GuardianDraft],
        papers: &[PaperDraft],
    ) -> Result<Changed> {
        self.check_numbers(None, &fields)?;
        let given = numbering::give(&self.store, &mut fields)?;
        let today = self.today();
        let (act, row) = self.store.act(|work| {
            let saved = work.save(&save("student", None, fields))?;
            for draft in guardians {
                put_guardian(work, saved.row.id, draft)?;
            }
            for paper in papers {
                put_paper(work, saved.row.id, paper, today)?;
            }
            Ok(saved.row)
        })?;
        numbering::note(&mut self.store, given)?;
        let name = name_of(&self.store, &row)?;
        self.did(act, format!("New learner: {name}"));
        Ok(Changed { id: row.id, changed: true })
    }

    /// Adds a guardian to a learner, or changes one and the relation.
    pub(super) fn put_guardian(&mut self, learner: Uuid, draft: &GuardianDraft) -> Result<Changed> {
        self.check_there(learner)?;
        let (act, (id, changed)) = self.store.act(|work| put_guardian(work, learner, draft))?;
        remember(self, act, changed, "Change of a guardian".into());
        Ok(Changed { id, changed })
    }

    /// Takes a guardian off a learner; a person who is nobody else's guardian goes too.
    pub(super) fn remove_guardian(&mut self, link: Uuid) -> Result<Changed> {
        let entity = self.store.declared("student_guardian")?;
        let row = self.store.get("student_guardian", link)?.filter(Row::is_live);
        let row = row.ok_or_else(|| NodeError::new(Code::NotFound, "this guardian was taken off already"))?;
        let person = row.get(entity, "guardian").as_id();
        let (act, saved) = self.store.act(|work| {
            let saved = work.delete("student_guardian", link)?;
            if let Some(person) = person
                && !is_anybodys(work, person)?
            {
                work.delete("guardian", person)?;
            }
            Ok(saved)
        })?;
        remember(self, act, saved.changed, "Guardian taken off".into());
        Ok(Changed { id: link, changed: saved.changed })
    }

    pub(super) fn put_paper(&mut self, learner: Uuid, paper: &PaperDraft) -> Result<Changed> {
        self.check_there(learner)?;
        let today = self.today();
        let (act, (id, changed)) = self.store.act(|work| put_paper(work, learner, paper, today))?;
        remember(self, act, changed, format!("Paper {}: {}", paper.kind, paper.state));
        Ok(Changed { id, changed })
    }

    /// The same values for many learners, in one act.
    pub(super) fn edit_many(&mut self, ids: &[Uuid], fields: &Map<String, Json>) -> Result<Edited> {
        if ids.len() > MOST {
            let message = format!("at most {MOST} learners at once; choose fewer");
            return Err(NodeError::new(Code::TooLarge, message));
        }
        if let Some(field) = NUMBERS.iter().find(|field| fields.get(**field).is_some_and(|value| !value.is_null())) {
            let message = "a number is one learner's; change it learner by learner";
            return Err(NodeError::new(Code::Rule, message).with_details(json!({ "field": field })));
        }
        let (act, edited) = self.store.act(|work| {
            let mut edited = Edited { changed: 0, same: 0, gone: 0 };
            for id in ids {
                if work.get("student", *id)?.is_none_or(|row| !row.is_live()) {
                    edited.gone += 1;
                    continue;
                }
                let saved = work.save(&save("student", Some(*id), fields.clone()))?;
                if saved.changed { edited.changed += 1 } else { edited.same += 1 }
            }
            Ok(edited)
        })?;
        let words = plural(edited.changed);
        remember(self, act, edited.changed > 0, format!("Change of {words}"));
        Ok(edited)
    }

    /// A value of its own for each learner, in one act: all of them or none.
    ///
    /// # Errors
    /// What is wrong with a value, with whose it would be; `conflict` for a number that somebody has, here or twice in the list.
    pub(super) fn edit_each(&mut self, field: &str, values: &[Given]) -> Result<Edited> {
        if values.len() > MOST {
            let message = format!("at most {MOST} learners at once; choose fewer");
            return Err(NodeError::new(Code::TooLarge, message));
        }
        let fields = |given: &Given| Map::from_iter([(field.to_owned(), given.value.clone())]);
        let mut numbers = HashSet::new();
        for given in values {
            self.check_numbers(Some(given.id), &fields(given))?;
            let twice = given.value.as_str().is_some_and(|number| !numbers.insert(number));
            if twice && NUMBERS.contains(&field) {
                let message = format!("{} stands twice among what was pasted; a number is one learner's", given.value);
                return Err(NodeError::new(Code::Conflict, message));
            }
        }
        let mut of = None;
        let written = self.store.act(|work| {
            let mut edited = Edited { changed: 0, same: 0, gone: 0 };
            for given in values {
                let Some(row) = work.get("student", given.id)?.filter(Row::is_live) else {
                    edited.gone += 1;
                    continue;
                };
                of = Some(row);
                let saved = work.save(&save("student", Some(given.id), fields(given)))?;
                if saved.changed { edited.changed += 1 } else { edited.same += 1 }
            }
            Ok(edited)
        });
        let (act, edited) = match (written, of) {
            (Ok(written), _) => written,
            (Err(error), Some(row)) => {
                let message = format!("{}: {}", name_of(&self.store, &row)?, error.message);
                return Err(NodeError { message, ..error });
            }
            (Err(error), None) => return Err(error),
        };
        let words = plural(edited.changed);
        remember(self, act, edited.changed > 0, format!("Change of {words}"));
        Ok(edited)
    }

    /// Deletes a learner who was entered by mistake, with guardians' links and papers. One who was ever enrolled stays.
    ///
    /// # Errors
    /// `conflict` with what hangs on the learner.
    pub(super) fn delete_learner(&mut self, id: Uuid) -> Result<Changed> {
        self.check_there(id)?;
        let links = self.store.linked("student_guardian", "student", id, "id")?;
        let papers = self.store.linked("student_document", "student", id, "id")?;
        let (act, saved) = self.store.act(|work| {
            for link in &links {
                work.delete("student_guardian", link.id)?;
            }
            for paper in &papers {
                work.delete("student_document", paper.id)?;
            }
            work.delete("student", id)
        })?;
        let name = name_of(&self.store, &saved.row)?;
        remember(self, act, saved.changed, format!("Deletion: {name}"));
        Ok(Changed { id, changed: saved.changed })
    }
}

pub(super) fn plural(learners: usize) -> String {
    if learners == 1 { "1 learner".into() } else { format!("{learners} learners") }
}

fn is_anybodys(work: &Work<'_, '_>, person: Uuid) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM student_guardian WHERE guardian = ?1 AND deleted_at IS NULL)";
    Ok(work.conn().prepare_cached(sql)?.query_row([person.as_bytes()], |row| row.get(0))?)
}

fn put_guardian(work: &mut Work<'_, '_>, learner: Uuid, draft: &GuardianDraft) -> Result<(Uuid, bool)> {
    let (person, mut changed) = match draft.person {
        Some(person) if draft.fields.is_empty() => (person, false),
        Some(person) if work.get("guardian", person)?.is_none_or(|row| !row.is_live()) => {
            return Err(NodeError::new(Code::NotFound, "this guardian was deleted meanwhile; add them again"));
        }
        person => {
            let saved = work.save(&save("guardian", person, draft.fields.clone()))?;
            (saved.row.id, saved.changed)
        }
    };
    let sql = "SELECT id FROM student_guardian WHERE student = ?1 AND guardian = ?2 AND deleted_at IS NULL";
    let link: Option<[u8; 16]> = work
        .conn()
        .prepare_cached(sql)?
        .query_row((learner.as_bytes(), person.as_bytes()), |row| row.get(0))
        .optional()?;
    let mut fields = draft.link.clone();
    if link.is_none() {
        fields.insert("student".into(), json!(learner));
        fields.insert("guardian".into(), json!(person));
    }
    changed |= work.save(&save("student_guardian", link.map(Uuid::from_bytes), fields))?.changed;
    Ok((person, changed))
}

fn put_paper(work: &mut Work<'_, '_>, learner: Uuid, paper: &PaperDraft, today: i32) -> Result<(Uuid, bool)> {
    let sql = "SELECT id FROM student_document WHERE student = ?1 AND kind = ?2 AND deleted_at IS NULL";
    let known: Option<[u8; 16]> =
        work.conn().prepare_cached(sql)?.query_row((learner.as_bytes(), &paper.kind), |row| row.get(0)).optional()?;
    let mut fields = object(paper_fields(&paper.state, today));
    if known.is_none() {
        fields.insert("student".into(), json!(learner));
        fields.insert("kind".into(), json!(paper.kind));
    }
    let saved = work.save(&save("student_document", known.map(Uuid::from_bytes), fields))?;
    Ok((saved.row.id, saved.changed))
}

/// What a field is called.
pub(super) fn label(entity: &Entity, field: &str) -> String {
    entity.field_index(field).map_or_else(|| field.to_owned(), |i| entity.fields[i].label.to_owned())
}
