//! Ids that follow from content: two offices that make the same thing apart make the same row, and nobody makes it twice.
//!
//! Most natural keys never change. Where one may (a section is renamed), its row keeps the id that it has, so the next row under the
//! old name needs another one: the ids of a key are a row of their own, and the first that is free is taken. It stays the same at
//! every office.

use crate::{Code, Entity, Problem, Row, Value};
use uuid::Uuid;

/// Ids that a key which may change has in all. More often than that no name of a section was given away.
const TURNS: usize = 16;

/// The derived id (UUIDv5 in the tenant's namespace) of a row with this natural key, or `None` where the entity has no natural
/// key or a part of it is missing. Names count in their folded form: `7-Rizal` and `7 RIZAL` are one section.
pub fn derived_id(entity: &Entity, tenant: Uuid, row: &Row) -> Option<Uuid> {
    derived_ids(entity, tenant, row).next()
}

/// All ids that a row with this natural key may have, [`derived_id`] first: a later one only if the earlier ones belong to rows that
/// have another key by now.
pub fn derived_ids(entity: &Entity, tenant: Uuid, row: &Row) -> impl Iterator<Item = Uuid> {
    let key = if entity.has_derived_id() { key_text(entity, row) } else { None };
    let turns = if entity.has_open_key() { TURNS } else { 1 };
    key.into_iter().flat_map(move |key| {
        (0..turns).map(move |turn| match turn {
            0 => Uuid::new_v5(&tenant, key.as_bytes()),
            _ => Uuid::new_v5(&tenant, format!("{key}\u{1f}{turn}").as_bytes()),
        })
    })
}

/// Whether a new row has an id that follows from its content, where it has to.
///
/// # Errors
/// `rule`, with the id that it has to have.
pub fn check_id(entity: &Entity, tenant: Uuid, row: &Row) -> Result<(), Problem> {
    let Some(right) =
        derived_id(entity, tenant, row).filter(|_| derived_ids(entity, tenant, row).all(|id| id != row.id))
    else {
        return Ok(());
    };
    let message = format!("{}: {} is one record, and its id is {right}; change that one", entity.label, what(entity));
    let field = entity.natural_key.first().copied();
    Err(Problem { code: Code::Rule, message, field: field.map(str::to_owned) })
}

/// What to say where another row has a natural key already.
pub fn taken(entity: &Entity, by: Uuid) -> Problem {
    let mut open = entity.natural_key.iter().filter_map(|name| entity.fields.iter().find(|field| field.name == *name));
    let field = open.rfind(|field| !field.immutable);
    let message =
        format!("there is one like this already: {} {by}; change that one, or choose another name", entity.label);
    Problem { code: Code::Conflict, message, field: field.map(|field| field.name.to_owned()) }
}

/// Whether two rows have the same natural key, as [`derived_id`] understands it.
pub fn same_key(entity: &Entity, a: &Row, b: &Row) -> bool {
    key_text(entity, a).is_some_and(|key| Some(key) == key_text(entity, b))
}

/// What is one record: `the same Learner, School year`.
fn what(entity: &Entity) -> String {
    let labels: Vec<&str> = entity
        .natural_key
        .iter()
        .filter_map(|name| entity.fields.iter().find(|field| field.name == *name))
        .map(|field| field.label)
        .collect();
    if labels.is_empty() { "that of a school".to_owned() } else { format!("the same {}", labels.join(", ")) }
}

fn key_text(entity: &Entity, row: &Row) -> Option<String> {
    let mut key = entity.name.to_owned();
    for name in entity.natural_key {
        key.push('\u{1f}');
        match row.get(entity, name) {
            Value::Null => return None,
            Value::Text(text) => key.push_str(&crate::fold::fold(text)),
            other => key.push_str(&other.to_json().to_string()),
        }
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::{SCHOOL_PROFILE, SCHOOL_YEAR, SECTION, STUDENT};

    const SCHOOL: Uuid = Uuid::from_u128(7);

    fn section(name: &str) -> Row {
        let mut row = Row::empty(&SECTION, Uuid::nil());
        let values = [
            ("school_year", Value::Id(Uuid::from_u128(1))),
            ("grade_level", Value::Text("7".into())),
            ("name", Value::Text(name.into())),
        ];
        for (name, value) in values {
            row.values[SECTION.field_index(name).expect("a field")] = value;
        }
        row
    }

    #[test]
    fn a_key_that_never_changes_has_one_id_and_one_that_may_has_some() {
        let mut year = Row::empty(&SCHOOL_YEAR, Uuid::nil());
        year.values[0] = Value::Text("2026-2027".into());
        assert_eq!(derived_ids(&SCHOOL_YEAR, SCHOOL, &year).count(), 1);
        assert_eq!(derived_ids(&SCHOOL_PROFILE, SCHOOL, &Row::empty(&SCHOOL_PROFILE, Uuid::nil())).count(), 1);
        assert_eq!(derived_ids(&STUDENT, SCHOOL, &Row::empty(&STUDENT, Uuid::nil())).count(), 0);
        assert_eq!(derived_ids(&SCHOOL_YEAR, SCHOOL, &Row::empty(&SCHOOL_YEAR, Uuid::nil())).count(), 0, "no key yet");
        let mut ids: Vec<Uuid> = derived_ids(&SECTION, SCHOOL, &section("Rizal")).collect();
        assert_eq!(
            derived_ids(&SECTION, SCHOOL, &section("7-RIZAL")).next(),
            derived_id(&SECTION, SCHOOL, &section("7 Rizal"))
        );
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), TURNS);
    }

    #[test]
    fn an_id_that_was_made_up_is_named_with_the_right_one() {
        let mut row = section("Rizal");
        let right = derived_id(&SECTION, SCHOOL, &row).expect("derived");
        let problem = check_id(&SECTION, SCHOOL, &row).expect_err("nil");
        assert!(problem.message.contains(&right.to_string()) && problem.message.contains("Section name"), "{problem}");
        for id in derived_ids(&SECTION, SCHOOL, &row).collect::<Vec<_>>() {
            row.id = id;
            assert_eq!(check_id(&SECTION, SCHOOL, &row), Ok(()));
            assert!(check_id(&SECTION, Uuid::from_u128(8), &row).is_err(), "another school's");
        }
        assert_eq!(check_id(&STUDENT, SCHOOL, &Row::empty(&STUDENT, Uuid::from_u128(9))), Ok(()));
    }
}
