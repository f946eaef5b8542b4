//! What a conflict speaks of, as its record is now. A review item says what stood and what lost when it was made; the record may
//! have gone on since. So what is shown as standing is read from the record, and a decision writes the record where it says
//! something else.

use super::journal::Damaged;
use super::save::{Act, not_found};
use super::{Save, Step, rows};
use crate::{NodeError, Result};
use pems_model::{Code, Entity, Kind, Row, Schema, Value};
use rusqlite::{Connection, OptionalExtension};
use serde_json::Map;
use uuid::Uuid;

/// What deciding an entry came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The record, or what waits for the hub, is another one now.
    Changed,
    /// The record said so already.
    Stood,
    /// The record was deleted since: nothing of it is left to decide.
    Gone,
}

/// Which of the two values a record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    Kept,
    Lost,
    Neither,
    Gone,
}

/// A conflict with its record.
pub(super) struct Standing {
    pub(super) stands: Stands,
    /// What the field says now, where it is about a field.
    pub(super) now: Value,
    /// The two values, or that one is damaged in the file.
    kept: Result<Value, Damaged>,
    lost: Result<Value, Damaged>,
    entity: &'static Entity,
    row: Option<Row>,
    field: Option<usize>,
}

impl Standing {
    pub(super) fn of(conn: &Connection, schema: &Schema, inbox: &Entity, item: &Row) -> Result<Option<Standing>> {
        let (name, id) = about(inbox, item)?;
        // Records of a newer version, which this one cannot show.
        let Some(entity) = schema.entity(name) else { return Ok(None) };
        let field = match item.get(inbox, "field").as_text() {
            None | Some("") => None,
            Some(name) => match entity.field_index(name) {
                Some(field) => Some(field),
                None => return Ok(None),
            },
        };
        let row = rows::load(conn, entity, id)?;
        let live = row.as_ref().filter(|row| row.is_live());
        let value = |name: &str| match field {
            Some(i) => said(inbox, item, name, entity.fields[i].kind),
            None => Ok(Value::Null),
        };
        let (kept, lost) = (value("kept_value"), value("lost_value"));
        let now = match (field, live) {
            (Some(i), Some(row)) => row.values[i].clone(),
            _ => Value::Null,
        };
        let stands = match (item.get(inbox, "kind").as_text(), live.is_some()) {
            (Some("deleted"), true) => Stands::Kept,
            (Some("deleted"), false) => Stands::Lost,
            (_, false) => Stands::Gone,
            _ if kept.as_ref() == Ok(&now) => Stands::Kept,
            _ if lost.as_ref() == Ok(&now) => Stands::Lost,
            _ => Stands::Neither,
        };
        Ok(Some(Standing { stands, now, kept, lost, entity, row, field }))
    }

    fn is(&self, keep_lost: bool) -> bool {
        self.stands == if keep_lost { Stands::Lost } else { Stands::Kept }
    }
}

/// Questions about questions about questions: no hub made more of them.
const DEEPEST: usize = 8;

/// The question that an item comes to: itself, or for one about a question that one. Older hubs asked about questions too, where
/// two offices had decided one; what is to be decided is still the record.
pub(super) fn asked(conn: &Connection, inbox: &Entity, mut item: Row) -> Result<Row> {
    for _ in 0..DEEPEST {
        let next = match about(inbox, &item) {
            Ok((name, id)) if name == inbox.name => rows::load(conn, inbox, id)?,
            _ => None,
        };
        match next {
            Some(next) => item = next,
            None => break,
        }
    }
    Ok(item)
}

/// Which record an item is about.
pub(super) fn about<'a>(inbox: &Entity, item: &'a Row) -> Result<(&'a str, Uuid)> {
    let (Some(entity), Some(id)) = (item.get(inbox, "entity").as_text(), item.get(inbox, "row_id").as_id()) else {
        let message = "this question does not say any more which record it is about; decide it at another PC of the school, whose copy has it whole";
        return Err(NodeError::new(Code::StoreCorrupt, message));
    };
    Ok((entity, id))
}

/// One of the two values of an item, as a field of this kind has it.
pub(super) fn said(inbox: &Entity, item: &Row, name: &str, kind: Kind) -> Result<Value, Damaged> {
    let Some(text) = item.get(inbox, name).as_text() else { return Ok(Value::Null) };
    let json = serde_json::from_str(text).map_err(|_| Damaged::new(name, "is no JSON"))?;
    Value::stored(kind, &json).ok_or_else(|| Damaged::new(name, "has a value of another type"))
}

impl Step<'_> {
    /// Makes the record say what was decided.
    pub(super) fn carry_out(&mut self, standing: &Standing, keep_lost: bool, act: Act) -> Result<Effect> {
        if standing.stands == Stands::Gone {
            return Ok(Effect::Gone);
        }
        if standing.is(keep_lost) {
            return Ok(Effect::Stood);
        }
        let entity = standing.entity;
        let Some(row) = &standing.row else { return Err(not_found(entity, Uuid::nil())) };
        let Some(field) = standing.field else {
            if keep_lost {
                self.delete(entity.name, row.id, act)?;
            } else {
                // Nothing but that it is there again.
                self.save(&Save { entity: entity.name.into(), id: Some(row.id), fields: Map::new() }, act)?;
            }
            return Ok(Effect::Changed);
        };
        let value = match if keep_lost { &standing.lost } else { &standing.kept } {
            Ok(value) => value,
            Err(why) => {
                let message = format!("this value is damaged and cannot be put back ({why}); type it into the record");
                return Err(NodeError::new(Code::StoreCorrupt, message));
            }
        };
        self.check_free(entity, field, value, row.id)?;
        let fields = Map::from_iter([(entity.fields[field].name.to_owned(), value.to_json())]);
        self.save(&Save { entity: entity.name.into(), id: Some(row.id), fields }, act)?;
        Ok(Effect::Changed)
    }

    /// A number that another record has would be lost again at the hub, however often it is decided.
    pub(super) fn check_free(&self, entity: &Entity, field: usize, value: &Value, row: Uuid) -> Result<()> {
        let declared = &entity.fields[field];
        let (Kind::Claim { .. }, Some(number)) = (declared.kind, value.as_text()) else { return Ok(()) };
        let sql = format!(
            "SELECT id FROM {} WHERE {} = ?1 AND id <> ?2 AND deleted_at IS NULL LIMIT 1",
            entity.name, declared.name
        );
        let holder: Option<[u8; 16]> =
            self.tx.prepare_cached(&sql)?.query_row((number, row.as_bytes()), |row| row.get(0)).optional()?;
        if holder.is_none() {
            return Ok(());
        }
        let message = format!(
            "another {} has the {} {number}; give that one another number first, or keep this one without it",
            entity.label, declared.label
        );
        Err(NodeError::new(Code::Conflict, message))
    }
}
