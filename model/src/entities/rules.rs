//! Rules over a whole row that several entities share.

use crate::{Code, Entity, Problem, Row, Value};

/// `end` must come after `start` where both are given.
pub(super) fn in_order(entity: &Entity, row: &Row, start: &str, end: &str) -> Option<Problem> {
    match (row.get(entity, start), row.get(entity, end)) {
        (Value::Date(from), Value::Date(to)) if to <= from => {
            let label = |name: &str| entity.field_index(name).map_or("date", |i| entity.fields[i].label);
            Some(Problem::at(Code::Rule, end, format!("{} must be after {}", label(end), label(start).to_lowercase())))
        }
        _ => None,
    }
}
