//! Rows of a made-up school on their way into a store: as a hub would deliver them, all visible at once, with nothing to send.
//!
//! Invariant: every row is complete as its entity declares it, and has the id that an office would have given it.

use super::dice::Dice;
use crate::{NodeError, Result, Store};
use pems_model::frame::{Rows, RowsHead};
use pems_model::push::complete;
use pems_model::wire::End;
use pems_model::{Code, Entity, Row, Value, natural, pgcopy};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Bytes of rows before they are packed into a frame: what an office accepts at once, several times over.
const FRAME: usize = 2 << 20;

#[derive(Debug)]
pub(super) struct Made<'a> {
    store: &'a mut Store,
    dice: Dice,
    rev: i64,
    millis: u64,
    open: BTreeMap<&'static str, Batch>,
}

#[derive(Debug)]
struct Batch {
    entity: &'static Entity,
    raw: Vec<u8>,
    count: u32,
}

pub(super) fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

pub(super) fn text_or_none(text: impl Into<String>) -> Value {
    let text = text.into();
    if text.is_empty() { Value::Null } else { Value::Text(text) }
}

impl Made<'_> {
    /// Ids count up from the moment `now` (microseconds since 1970 UTC).
    pub(super) fn new(store: &mut Store, seed: u64, now: i64) -> Made<'_> {
        let millis = u64::try_from(now / 1_000).unwrap_or(0);
        Made { store, dice: Dice::new(seed), rev: 0, millis, open: BTreeMap::new() }
    }

    /// Adds a row with these fields, all others empty; returns its id.
    ///
    /// # Errors
    /// If the entity has no such field or the row would be refused: a mistake in the program.
    pub(super) fn add<const N: usize>(&mut self, entity: &'static Entity, fields: [(&str, Value); N]) -> Result<Uuid> {
        let mut row = Row::empty(entity, Uuid::nil());
        for (name, value) in fields {
            let i = entity.field_index(name).ok_or_else(|| {
                NodeError::new(
                    Code::Internal,
                    format!("the sample school fills {}.{name}, which is no field", entity.name),
                )
            })?;
            row.values[i] = value;
        }
        complete(entity, &row)?;
        row.id = natural::derived_id(entity, self.store.tenant(), &row).unwrap_or_else(|| self.next_id());
        self.rev += 1;
        row.rev = self.rev;
        let batch = self.open.entry(entity.name).or_insert_with(|| Batch { entity, raw: Vec::new(), count: 0 });
        pgcopy::write(&row, &mut batch.raw);
        batch.count += 1;
        if batch.raw.len() > FRAME {
            let full = self.open.remove(entity.name);
            full.into_iter().try_for_each(|batch| self.pack(batch))?;
        }
        Ok(row.id)
    }

    /// Makes everything that was added visible.
    pub(super) fn deliver(mut self) -> Result<()> {
        for batch in std::mem::take(&mut self.open).into_values() {
            self.pack(batch)?;
        }
        let end = End {
            rev: self.rev,
            epoch: self.store.enrolled()?.epoch,
            durable_rev: None,
            digest: None,
            more: false,
            hub_time: self.store.now(),
            devices: None,
        };
        self.store.apply(&end)?;
        Ok(())
    }

    fn pack(&mut self, batch: Batch) -> Result<()> {
        let head = RowsHead {
            entity: batch.entity.name.into(),
            columns: batch.entity.fields.iter().map(|field| field.name.into()).collect(),
            count: batch.count,
            through: self.rev,
            raw_len: u32::try_from(batch.raw.len()).unwrap_or(u32::MAX),
        };
        let body =
            zstd::bulk::compress(&batch.raw, 1).map_err(|error| NodeError::new(Code::Internal, error.to_string()))?;
        self.store.stage(Rows { head, body })
    }

    /// As an office makes them: in the order of time.
    fn next_id(&mut self) -> Uuid {
        self.millis += 1;
        let mut chance = [0; 10];
        chance[..8].copy_from_slice(&self.dice.draw().to_le_bytes());
        uuid::Builder::from_unix_timestamp_millis(self.millis, &chance).into_uuid()
    }
}
