//! Merging one change into one row, field by field. sync.md, "Applying a push", step 4.

use crate::history::{Logged, last_by_others, last_writer};
use crate::review::{Author, ReviewKind};
use crate::wire::Change;
use crate::{Code, Entity, Problem, Row, Value};

/// Two values for one field (or one row), and who they are from.
#[derive(Debug, Clone)]
pub(super) struct Contested {
    pub(super) kind: ReviewKind,
    pub(super) field: Option<usize>,
    pub(super) kept: Value,
    pub(super) kept_by: Option<Author>,
    pub(super) lost: Value,
    pub(super) lost_by: Author,
}

/// What merging a change comes to.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// The row to write; `None` where nothing changes.
    pub(super) row: Option<Row>,
    /// Fields whose value changed: position, before, after.
    pub(super) changed: Vec<(usize, Value, Value)>,
    pub(super) reviews: Vec<Contested>,
    /// Other offices changed the row since the base.
    pub(super) beside_others: bool,
    /// The row is a question that two offices decided differently: it is asked again.
    pub(super) asked_again: bool,
}

/// Merges an edit. A field is in conflict only if somebody else changed it after the base to another value; then the later
/// edit wins (corrected office time; equal means the later arrival). Nobody is asked about a secret: it would have to be shown.
///
/// # Errors
/// A row that is not there and not complete, a changed `fixed` field, or a rule that the merged row breaks.
pub(super) fn upsert(
    entity: &Entity,
    current: Option<&Row>,
    history: &[Logged],
    change: &Change,
    author: Author,
) -> Result<Merged, Problem> {
    let Some(current) = current else { return insert(entity, change) };
    let mut row = current.clone();
    let mut merged = Merged {
        beside_others: history.iter().any(|e| e.rev > change.base_rev && e.by.replica != author.replica),
        ..Merged::default()
    };
    for (field, new) in parsed(entity, change)? {
        let old = &current.values[field];
        if *old == new {
            continue;
        }
        if entity.fields[field].immutable && !old.is_null() {
            let label = entity.fields[field].label;
            let message = format!("{label} is set once and cannot be changed afterwards");
            return Err(Problem::at(Code::Fixed, entity.fields[field].name, message));
        }
        let rival = last_writer(history, field, change.base_rev).filter(|e| e.by.replica != author.replica);
        let wins = rival.is_none_or(|rival| author.at >= rival.by.at);
        if let Some(rival) = rival.filter(|_| !entity.fields[field].secret) {
            let contest = |kept: &Value, kept_by, lost: &Value, lost_by| Contested {
                kind: ReviewKind::Conflict,
                field: Some(field),
                kept: kept.clone(),
                kept_by: Some(kept_by),
                lost: lost.clone(),
                lost_by,
            };
            merged.reviews.push(if wins {
                contest(&new, author, old, rival.by)
            } else {
                contest(old, rival.by, &new, author)
            });
        }
        if wins {
            merged.changed.push((field, old.clone(), new.clone()));
            row.values[field] = new;
        }
    }
    if !current.is_live() {
        row.deleted_at = None;
        if let Some(deletion) = last_by_others(history, author.replica, change.base_rev, true) {
            merged.reviews.push(Contested {
                kind: ReviewKind::Deleted,
                field: None,
                kept: Value::Null,
                kept_by: Some(author),
                lost: Value::Null,
                lost_by: deletion.by,
            });
        }
    }
    if row != *current {
        complete(entity, &row)?;
        merged.row = Some(row);
    }
    Ok(merged)
}

fn insert(entity: &Entity, change: &Change) -> Result<Merged, Problem> {
    let mut row = Row::empty(entity, change.row_id);
    let mut merged = Merged::default();
    for (field, value) in parsed(entity, change)? {
        if !value.is_null() {
            merged.changed.push((field, Value::Null, value.clone()));
            row.values[field] = value;
        }
    }
    if change.base_rev > 0 {
        let message = format!("this {} is not at the hub, so an edit of it cannot be applied", entity.label);
        return Err(Problem::new(Code::RowMissing, message));
    }
    complete(entity, &row)?;
    merged.row = Some(row);
    Ok(merged)
}

/// Merges a deletion. An edit that the deleting office had not seen wins: the row stays, and somebody is asked.
pub(super) fn delete(
    _entity: &Entity,
    current: Option<&Row>,
    history: &[Logged],
    change: &Change,
    author: Author,
    now: i64,
) -> Merged {
    let Some(current) = current.filter(|row| row.is_live()) else { return Merged::default() };
    if let Some(edit) = last_by_others(history, author.replica, change.base_rev, false) {
        let contest = Contested {
            kind: ReviewKind::Deleted,
            field: None,
            kept: Value::Null,
            kept_by: Some(edit.by),
            lost: Value::Null,
            lost_by: author,
        };
        return Merged { reviews: vec![contest], beside_others: true, ..Merged::default() };
    }
    Merged { row: Some(Row { deleted_at: Some(now), ..current.clone() }), ..Merged::default() }
}

/// Whether a row may exist as it is: required fields and the entity's own rule.
///
/// # Errors
/// The first problem, with its field.
pub fn complete(entity: &Entity, row: &Row) -> Result<(), Problem> {
    for (field, value) in entity.fields.iter().zip(&row.values) {
        if field.required && value.is_null() {
            return Err(Problem::at(Code::Required, field.name, format!("{} is missing; fill it in", field.label)));
        }
    }
    match entity.rule.and_then(|rule| rule(entity, row)) {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}

fn parsed(entity: &Entity, change: &Change) -> Result<Vec<(usize, Value)>, Problem> {
    let mut values = Vec::with_capacity(change.fields.len());
    for (name, json) in &change.fields {
        let i = entity
            .field_index(name)
            .ok_or_else(|| Problem::at(Code::UnknownField, name, format!("{} has no field '{name}'", entity.label)))?;
        values.push((i, Value::parse(&entity.fields[i], json)?));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::SCHOOL_USER;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn of_two_passwords_the_later_counts_and_no_review_item_gets_one() {
        let author = |replica, at| Author { replica: Uuid::from_u128(replica), user: None, at };
        let field = |name| SCHOOL_USER.field_index(name).expect("a field");
        let mut row = Row::empty(&SCHOOL_USER, Uuid::from_u128(9));
        let verifier =
            |end: char| format!("$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg${}{end}", "A".repeat(42));
        let (first, other) = (verifier('A'), verifier('E'));
        for (name, value) in [("name", "Ana Cruz"), ("role", "teacher"), ("verifier", first.as_str())] {
            row.values[field(name)] = Value::Text(value.into());
        }
        let changed = vec![field("verifier"), field("name")];
        let history = [Logged { rev: 7, by: author(1, 100), deleted: false, fields: changed }];
        let change = |at| Change {
            op_no: 1,
            id: Uuid::from_u128(5),
            entity: SCHOOL_USER.name.into(),
            row_id: row.id,
            kind: crate::wire::ChangeKind::Upsert,
            base_rev: 6,
            fields: [("verifier", other.as_str()), ("name", "Ana Reyes")]
                .map(|(name, value)| (name.into(), json!(value)))
                .into(),
            group: None,
            user_id: None,
            at,
        };
        for (at, verifier) in [(99, first.as_str()), (101, other.as_str())] {
            let merged = upsert(&SCHOOL_USER, Some(&row), &history, &change(at), author(2, at)).expect("merged");
            let contested: Vec<_> = merged.reviews.iter().map(|one| one.field).collect();
            assert_eq!(contested, [Some(field("name"))], "the name is asked about, the password is not");
            let after = merged.row.unwrap_or_else(|| row.clone());
            assert_eq!(after.values[field("verifier")].as_text(), Some(verifier));
        }
    }
}
