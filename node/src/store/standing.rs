//! What a conflict speaks of, as its record is now. A review item says what stood and what lost when it was made; the record may
//! have gone on since. So what is shown as standing is read from the record, and a decision writes the record where it says
//! something else.

use super::save::{Act, not_found};
use super::{Save, Step, rows};
use crate::{NodeError, Result};
use pems_model::{Code, Entity, Kind, Row, Schema, Value};
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Map, Value as Json};
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
    /// The two values; `None` for one that is damaged in the file.
    kept: Option<Value>,
    lost: Option<Value>,
    entity: &'static Entity,
    row: Option<Row>,
    field: Option<usize>,
}

impl Standing {
    pub(super) fn of(conn: &Connection, schema: &Schema, inbox: &Entity, item: &Row) -> Result<Option<Standing>> {
        let text = |name: &str| item.get(inbox, name).as_text().unwrap_or_default();
        // Records of a newer version, which this one cannot show.
        let Some(entity) = schema.entity(text("entity")) else { return Ok(None) };
        let name = text("field");
        let field = if name.is_empty() { None } else { entity.field_index(name) };
        if field.is_none() && !name.is_empty() {
            return Ok(None);
        }
        let row = rows::load(conn, entity, item.get(inbox, "row_id").as_id().unwrap_or_default())?;
        let live = row.as_ref().filter(|row| row.is_live());
        let value = |name: &str| match (item.get(inbox, name).as_text(), field) {
            (None, _) | (_, None) => Some(Value::Null),
            (Some(kept), Some(i)) => {
                serde_json::from_str(kept).ok().and_then(|json: Json| Value::stored(entity.fields[i].kind, &json))
            }
        };
        let (kept, lost) = (value("kept_value"), value("lost_value"));
        let now = field.and_then(|i| live.map(|row| row.values[i].clone())).unwrap_or(Value::Null);
        let stands = match (text("kind"), live.is_some()) {
            ("deleted", true) => Stands::Kept,
            ("deleted", false) => Stands::Lost,
            (_, false) => Stands::Gone,
            _ if Some(&now) == kept.as_ref() => Stands::Kept,
            _ if Some(&now) == lost.as_ref() => Stands::Lost,
            _ => Stands::Neither,
        };
        Ok(Some(Standing { stands, now, kept, lost, entity, row, field }))
    }

    fn is(&self, keep_lost: bool) -> bool {
        self.stands == if keep_lost { Stands::Lost } else { Stands::Kept }
    }
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
        let Some(value) = (if keep_lost { &standing.lost } else { &standing.kept }) else {
            let message = "this value is damaged and cannot be put back; type it into the record";
            return Err(NodeError::new(Code::StoreCorrupt, message));
        };
        self.check_free(entity, field, value, row.id)?;
        let fields = Map::from_iter([(entity.fields[field].name.to_owned(), value.to_json())]);
        self.save(&Save { entity: entity.name.into(), id: Some(row.id), fields }, act)?;
        Ok(Effect::Changed)
    }

    /// A number that another record has would be lost again at the hub, however often it is decided.
    fn check_free(&self, entity: &Entity, field: usize, value: &Value, row: Uuid) -> Result<()> {
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
