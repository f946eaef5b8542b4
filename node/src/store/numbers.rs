//! No number is in two of the school's ranges: asked of every range that is saved, taken back or put back here, as the hub will ask
//! (`model/src/domain/numbers.rs`).

use super::{Step, rows};
use crate::{NodeError, Result};
use pems_model::domain::numbers::{Printed, problem, taken};
use pems_model::entities::NUMBER_RANGE;
use pems_model::{Entity, Row};
use rusqlite::Connection;
use serde_json::json;

/// The ranges that there are.
fn all(conn: &Connection) -> Result<Vec<Row>> {
    let sql = format!("{} WHERE deleted_at IS NULL", rows::select(&NUMBER_RANGE));
    rows::all(conn, &NUMBER_RANGE, &sql, [])
}

impl Step<'_> {
    /// # Errors
    /// `conflict` where a number would belong to two ranges; `details` say which other one (`range`) and from where on as many
    /// numbers are free (`free`, if there are any).
    pub(super) fn check_numbers(&self, entity: &Entity, before: Option<&Row>, after: &Row) -> Result<()> {
        if entity.name != NUMBER_RANGE.name {
            return Ok(());
        }
        let ranges = all(self.tx)?;
        let Some((other, both)) = taken(before, after, &ranges) else { return Ok(()) };
        let others: Vec<Printed> = ranges.iter().filter(|row| row.id != after.id).filter_map(Printed::of).collect();
        let free = Printed::of(after).and_then(|range| range.free(&others));
        let details = json!({ "field": "from_no", "range": other, "free": free });
        Err(NodeError::from(problem(after, &both, free)).with_details(details))
    }
}
