//! What needs somebody, as it is shown: the school's questions, and the changes of this PC that were refused or are damaged.
//!
//! Invariant: what cannot be read is shown as damaged, with what to do about it, and hides nothing else.

use super::again::seen;
use super::standing::{Standing, Stands, about, asked, said};
use super::{Store, journal, rows};
use crate::Result;
use pems_model::review::REVIEW_ITEM;
use pems_model::value::format_time;
use pems_model::{Code, Entity, Row};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// One thing that needs somebody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReviewEntry {
    /// What [`Store::resolve`] takes: of the question, or of the change that was refused or is damaged.
    pub id: Uuid,
    /// `conflict`, `claim`, `deleted`, `duplicate`, `refused` or `damaged`.
    pub kind: String,
    /// The kind of record.
    pub entity: String,
    /// None where the file no longer says.
    pub row_id: Option<Uuid>,
    /// For a number that two records have: the other one.
    pub other_id: Option<Uuid>,
    /// None where it is about the record as a whole.
    pub field: Option<String>,
    /// The value of this PC; for a question between two others, the one that was kept.
    pub mine: Json,
    /// The other value.
    pub theirs: Json,
    /// Which of the two the record has now: `mine`, `theirs`, `neither`, or `gone` for a record that was deleted since. Known once
    /// [`Store::stand`] was asked.
    pub stands: &'static str,
    /// What the record says now, where it is neither.
    pub now: Json,
    /// Whether the value that was kept when this was noticed is `mine`.
    #[serde(skip)]
    pub kept_is_mine: bool,
    /// When it was written, RFC 3339.
    pub mine_at: Option<String>,
    /// Likewise.
    pub theirs_at: Option<String>,
    /// Where it was written; [`Store::device_names`] has what people call it.
    pub mine_device: Option<Uuid>,
    /// Likewise.
    pub theirs_device: Option<Uuid>,
    /// Who wrote it; none where nobody was signed in.
    #[serde(skip)]
    pub mine_user: Option<Uuid>,
    /// Likewise.
    #[serde(skip)]
    pub theirs_user: Option<Uuid>,
    /// For a change of this PC: `new`, `change` or `delete`.
    #[serde(skip)]
    pub what: &'static str,
    /// For a change that was refused, and for whatever is damaged: the code and the sentence.
    pub reason: Option<Json>,
    /// Whether a value is damaged; it is then shown as it stands in the file.
    #[serde(skip)]
    pub damaged: bool,
}

impl Store {
    /// Everything open: the school's questions, then this device's changes that were refused or are damaged.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn reviews(&self) -> Result<Vec<ReviewEntry>> {
        let mut list = self.questions()?;
        list.extend(self.entries("state IN ('parked', 'damaged')", [])?.into_iter().map(|entry| self.own(entry)));
        Ok(list)
    }

    /// The school's open questions. One whose row is damaged here is named and holds up no other.
    fn questions(&self) -> Result<Vec<ReviewEntry>> {
        let inbox = super::entity(self.schema, REVIEW_ITEM)?;
        let sql = format!("{} WHERE state = 'open' AND deleted_at IS NULL ORDER BY id", rows::select(inbox));
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut found = statement.query([])?;
        let (mut list, mut again) = (Vec::new(), BTreeSet::new());
        while let Some(row) = found.next()? {
            let read = rows::read(inbox, row).and_then(|item| Ok((item.id, asked(&self.conn, inbox, item)?)));
            list.push(match read {
                // Of those about one question the first stands for all.
                Ok((id, asked)) if id != asked.id && !again.insert(asked.id) => continue,
                Ok((id, asked)) => ReviewEntry { id, ..self.entry(inbox, &asked) },
                Err(error) if error.code == Code::StoreCorrupt => {
                    // What has no id of its own any more gets one that follows from what is left of it.
                    let bytes: Vec<u8> = row.get(0)?;
                    let id = match Uuid::from_slice(&bytes) {
                        Ok(id) => id,
                        Err(_) => Uuid::new_v5(&self.replica, &bytes),
                    };
                    let why = "a question of the school is damaged on this PC; decide it at another PC, whose copy has it whole";
                    let reason = json!({ "code": error.code.text(), "message": format!("{why} ({})", error.message) });
                    ReviewEntry { reason: Some(reason), ..self.blank(id, "damaged", REVIEW_ITEM) }
                }
                Err(error) => return Err(error),
            });
        }
        Ok(list)
    }

    /// A change of this PC that the hub refused, or that is damaged.
    fn own(&self, mut parked: journal::JournalEntry) -> ReviewEntry {
        if let Some(seen) = seen(&parked).filter(|_| parked.state == "damaged") {
            parked.fields = seen.clone();
        }
        // What was seen is shown as the value, where secrets are hidden.
        if let Some(Json::Object(said)) = &mut parked.outcome {
            said.remove("seen");
        }
        journal::hide(self.schema, &parked.entity, &mut parked.fields);
        let field = parked.outcome.as_ref().and_then(|outcome| outcome["field"].as_str().map(str::to_owned));
        let reason = match (&parked.damaged, parked.state.as_str()) {
            (Some(why), "parked") => {
                let message = format!(
                    "the hub did not take this change, and it is damaged in the records file since ({why}), so it is not sent again. Look at the record, type it again where it is right, and let this go"
                );
                Some(json!({ "code": Code::StoreCorrupt.text(), "message": message }))
            }
            _ => parked.outcome,
        };
        let damaged = parked.state == "damaged" || parked.damaged.is_some();
        ReviewEntry {
            field,
            row_id: parked.row_id,
            mine: parked.fields,
            mine_at: Some(parked.at),
            mine_device: Some(self.replica),
            mine_user: parked.user,
            what: match (parked.kind.as_str(), &parked.before) {
                ("delete", _) => "delete",
                (_, None) => "new",
                _ => "change",
            },
            reason,
            ..self.blank(parked.id, if damaged { "damaged" } else { "refused" }, &parked.entity)
        }
    }

    fn blank(&self, id: Uuid, kind: &str, entity: &str) -> ReviewEntry {
        ReviewEntry {
            id,
            kind: kind.into(),
            entity: entity.into(),
            row_id: None,
            other_id: None,
            field: None,
            mine: Json::Null,
            theirs: Json::Null,
            stands: "theirs",
            now: Json::Null,
            kept_is_mine: false,
            mine_at: None,
            theirs_at: None,
            mine_device: None,
            theirs_device: None,
            mine_user: None,
            theirs_user: None,
            what: "change",
            reason: None,
            damaged: false,
        }
    }

    fn entry(&self, entity: &Entity, row: &Row) -> ReviewEntry {
        let text = |name: &str| row.get(entity, name).as_text().map(str::to_owned);
        let declared = row.get(entity, "entity").as_text().and_then(|name| self.schema.entity(name));
        let field = declared.zip(text("field")).and_then(|(of, name)| Some(&of.fields[of.field_index(&name)?]));
        let mut why = None;
        let mut value = |name: &str| {
            // Of a newer version's field only that it is JSON is known, which every text is.
            let read = field.map_or(Ok(()), |field| said(entity, row, name, field.kind).map(drop));
            let shown = match text(name) {
                None => Json::Null,
                Some(text) => match (serde_json::from_str(&text), &read) {
                    (Ok(Json::Null), _) => Json::Null,
                    // Older hubs asked about secrets too.
                    _ if field.is_some_and(|field| field.secret) => journal::HIDDEN.into(),
                    (Ok(value), Ok(())) => value,
                    _ => Json::String(text),
                },
            };
            if let Err(damaged) = read {
                why = Some(damaged.to_string());
            }
            shown
        };
        let at = |name: &str| match row.get(entity, name) {
            pems_model::Value::Time(micros) => Some(format_time(*micros)),
            _ => None,
        };
        let device = |name: &str| row.get(entity, name).as_id();
        let (mine, theirs) = if self.lost_is_mine(entity, row) { ("lost", "kept") } else { ("kept", "lost") };
        let (mine_value, theirs_value) = (value(&format!("{mine}_value")), value(&format!("{theirs}_value")));
        if let Err(error) = about(entity, row) {
            why = Some(error.message);
        }
        let reason = why.map(|why| {
            let message = format!(
                "a value of this question is damaged in the records file ({why}); keep the other one, or type the right one into the record"
            );
            json!({ "code": Code::StoreCorrupt.text(), "message": message })
        });
        let (kind, of) = (text("kind"), text("entity"));
        let blank = self.blank(row.id, kind.as_deref().unwrap_or("damaged"), of.as_deref().unwrap_or(REVIEW_ITEM));
        ReviewEntry {
            row_id: device("row_id"),
            other_id: device("other_id"),
            field: text("field"),
            mine: mine_value,
            theirs: theirs_value,
            stands: if mine == "kept" { "mine" } else { "theirs" },
            kept_is_mine: mine == "kept",
            mine_at: at(&format!("{mine}_at")),
            theirs_at: at(&format!("{theirs}_at")),
            mine_device: device(&format!("{mine}_replica")),
            theirs_device: device(&format!("{theirs}_replica")),
            mine_user: device(&format!("{mine}_user")),
            theirs_user: device(&format!("{theirs}_user")),
            damaged: reason.is_some(),
            reason,
            ..blank
        }
    }

    /// Reads from the record of an entry what stands now.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn stand(&self, entry: &mut ReviewEntry) -> Result<()> {
        let inbox = super::entity(self.schema, REVIEW_ITEM)?;
        match entry.kind.as_str() {
            "refused" => return self.stand_refused(entry),
            "damaged" => return Ok(()),
            _ => {}
        }
        let Some(item) = rows::load(&self.conn, inbox, entry.id)? else { return Ok(()) };
        let item = asked(&self.conn, inbox, item)?;
        let Some(standing) = Standing::of(&self.conn, self.schema, inbox, &item)? else { return Ok(()) };
        let (kept, lost) = if entry.kept_is_mine { ("mine", "theirs") } else { ("theirs", "mine") };
        entry.stands = match standing.stands {
            Stands::Kept => kept,
            Stands::Lost => lost,
            Stands::Gone => "gone",
            Stands::Neither => {
                let secret = entry.field.as_ref().is_some_and(|field| {
                    self.schema.entity(&entry.entity).is_some_and(|entity| entity.is_secret(field))
                });
                entry.now = if secret { journal::HIDDEN.into() } else { standing.now.to_json() };
                "neither"
            }
        };
        Ok(())
    }

    /// What was refused stands where somebody saved the same again since.
    fn stand_refused(&self, entry: &mut ReviewEntry) -> Result<()> {
        let Some(entity) = self.schema.entity(&entry.entity) else { return Ok(()) };
        let Some(id) = entry.row_id else { return Ok(()) };
        let Some(row) = rows::load(&self.conn, entity, id)? else { return Ok(()) };
        let typed = entry.mine.as_object();
        let same = |(name, value): (&String, &Json)| row.get(entity, name).to_json() == *value;
        if !row.is_live() {
            entry.stands = "gone";
        } else if typed.is_some_and(|fields| !fields.is_empty() && fields.iter().all(same)) {
            entry.stands = "mine";
        }
        Ok(())
    }

    fn lost_is_mine(&self, entity: &Entity, row: &Row) -> bool {
        row.get(entity, "lost_replica").as_id() == Some(self.replica)
    }
}
