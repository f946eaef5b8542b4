//! Natural keys: the id of a new row follows from its content, and no two live rows have the same key.

use super::Work;
use crate::{Entity, Problem, Row, natural};

impl Work<'_> {
    /// A new row has the id that follows from its content, and no row gets a natural key that another has.
    pub(super) fn check_key(&self, index: usize, entity: &Entity, row: &Row) -> Result<(), Problem> {
        let before = self.rows.get(&(index, row.id));
        if before.is_none() {
            natural::check_id(entity, self.push.tenant, row)?;
        }
        let kept = before.is_some_and(|before| before.is_live() && natural::same_key(entity, before, row));
        if kept || !row.is_live() || !entity.has_open_key() {
            return Ok(());
        }
        let Some(key) = natural::derived_id(entity, self.push.tenant, row) else { return Ok(()) };
        let key = (index, key);
        let holder = self.keys.get(&key).copied().unwrap_or_else(|| self.known.keys.get(&key).copied());
        holder.filter(|id| *id != row.id).map_or(Ok(()), |id| Err(natural::taken(entity, id)))
    }

    pub(super) fn move_key(&mut self, index: usize, before: Option<&Row>, after: &Row) {
        let entity = self.push.schema.entities()[index];
        if !entity.has_open_key() {
            return;
        }
        for (row, holder) in before.into_iter().map(|row| (row, None)).chain([(after, Some(after.id))]) {
            if let (true, Some(key)) = (row.is_live(), natural::derived_id(entity, self.push.tenant, row)) {
                self.keys.insert((index, key), holder);
            }
        }
    }
}
