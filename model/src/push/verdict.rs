//! Which changes of a push are refused before anything is merged, and whom they take with them.

use super::{Known, Push, deciding, refused_groups};
use crate::entities::SCHOOL_USER;
use crate::wire::{Change, ChangeKind};
use crate::{Code, Entity, Kind, Problem, Role, Value};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The roles of the users whom the hub knows; none for who is disabled.
type Users = BTreeMap<Uuid, Option<Role>>;

/// Refusals by position, with dependants and groups already taken along.
pub(super) fn refusals(push: &Push<'_>, known: &Known, changes: &[Change]) -> BTreeMap<usize, Problem> {
    let mut refused: BTreeMap<usize, Problem> = BTreeMap::new();
    let mut users = known.users.clone();
    for (i, change) in changes.iter().enumerate() {
        let by = change.user_id.and_then(|id| Some((id, users.get(&id).copied().flatten()?)));
        let problem = alone(push, &users, change)
            .or_else(|| by_user(push, &users, change))
            .or_else(|| deciding::refusal(push, known, change, by));
        match problem {
            Some(problem) => {
                refused.insert(i, problem);
            }
            None => learn_user(push, known, &mut users, change),
        }
    }
    spread(push, known, changes, &mut refused);
    refused
}

/// What is wrong with a change whatever the hub holds.
fn alone(push: &Push<'_>, users: &Users, change: &Change) -> Option<Problem> {
    let Some(entity) = push.schema.entity(&change.entity) else {
        let message = format!("the hub has no records of the kind '{}'; update the hub", change.entity);
        return Some(Problem::new(Code::UnknownEntity, message));
    };
    if !entity.may_write(push.role) && !is_own(push, users, entity, change) {
        let message =
            format!("the role {} may not change {} records; ask a school admin", push.role.name(), entity.label);
        return Some(Problem::new(Code::RoleForbidden, message));
    }
    if entity.hub_made && (change.kind == ChangeKind::Delete || change.base_rev == 0) {
        let message =
            format!("{} records are made by the hub; they can be resolved but not made or deleted", entity.label);
        return Some(Problem::new(Code::HubOnly, message));
    }
    change.fields.iter().find_map(|(name, json)| match entity.field_index(name) {
        None => Some(Problem::at(Code::UnknownField, name, format!("{} has no field '{name}'", entity.label))),
        Some(i) => Value::parse(&entity.fields[i], json).err(),
    })
}

/// Whether a user changes what is theirs, at a PC that may carry it.
fn is_own(push: &Push<'_>, users: &Users, entity: &Entity, change: &Change) -> bool {
    change.kind == ChangeKind::Upsert
        && change.user_id == Some(change.row_id)
        && entity.are_own(change.fields.keys().map(String::as_str))
        && matches!(users.get(&change.row_id), Some(Some(role)) if push.schema.covers(push.role, *role))
}

/// Whether whoever made the change may. A user that the hub has not heard of was made at an office, and counts for as much as
/// the device: what a device says of its users is its word.
fn by_user(push: &Push<'_>, users: &Users, change: &Change) -> Option<Problem> {
    let id = change.user_id?;
    let entity = push.schema.entity(&change.entity)?;
    let why = match users.get(&id)? {
        Some(role) if entity.may_change(*role, id, change.row_id, change.fields.keys().map(String::as_str)) => {
            return None;
        }
        Some(role) => format!("the role {} may not change {} records; ask a school admin", role.name(), entity.label),
        None => "the user who made this change is disabled at the hub; ask a school admin".to_owned(),
    };
    Some(Problem::new(Code::RoleForbidden, why))
}

/// A user who is made or changed in this very push counts as that for what comes after it.
fn learn_user(push: &Push<'_>, known: &Known, users: &mut Users, change: &Change) {
    if change.entity != SCHOOL_USER.name {
        return;
    }
    let current = push.schema.index(&change.entity).and_then(|index| known.rows.get(&(index, change.row_id)));
    let stored = current.and_then(|row| Role::parse(row.get(&SCHOOL_USER, "role").as_text()?));
    let before = users.get(&change.row_id).copied().flatten().or(stored);
    let role = change.fields.get("role").and_then(|role| Role::parse(role.as_str()?)).or(before);
    let was_disabled = matches!(users.get(&change.row_id), Some(None))
        || current.is_some_and(|row| *row.get(&SCHOOL_USER, "disabled") == Value::Bool(true));
    let disabled = change.fields.get("disabled").map_or(was_disabled, |flag| flag.as_bool() == Some(true));
    if role.is_some() {
        users.insert(change.row_id, role.filter(|_| !disabled));
    }
}

/// Refuses whatever hangs on something refused: children of missing parents, later edits of rows that were not made, and the
/// rest of a group. Repeats until nothing changes.
pub(super) fn spread(push: &Push<'_>, known: &Known, changes: &[Change], refused: &mut BTreeMap<usize, Problem>) {
    loop {
        let before = refused.len();
        let mut made: BTreeSet<(usize, Uuid)> = BTreeSet::new();
        for (i, change) in changes.iter().enumerate() {
            if refused.contains_key(&i) {
                continue;
            }
            let Some(index) = push.schema.index(&change.entity) else { continue };
            let exists =
                |key: &(usize, Uuid)| known.rows.contains_key(key) || known.exists.contains(key) || made.contains(key);
            if let Some(problem) = missing_parent(push, change, index, exists) {
                refused.insert(i, problem);
            } else if change.kind == ChangeKind::Upsert {
                made.insert((index, change.row_id));
            }
        }
        let groups = refused_groups(changes, refused);
        for (i, change) in changes.iter().enumerate() {
            if change.group.is_some_and(|group| groups.contains(&group)) {
                refused.entry(i).or_insert_with(|| {
                    let message = "another part of the same entry was refused, so all of it waits; mend that part and send it again";
                    Problem::new(Code::GroupRefused, message)
                });
            }
        }
        if refused.len() == before {
            return;
        }
    }
}

fn missing_parent(
    push: &Push<'_>,
    change: &Change,
    index: usize,
    exists: impl Fn(&(usize, Uuid)) -> bool,
) -> Option<Problem> {
    let entity = push.schema.entities()[index];
    change.fields.iter().find_map(|(name, json)| {
        let field = &entity.fields[entity.field_index(name)?];
        let Kind::Link(to) = field.kind else { return None };
        let id = Value::parse(field, json).ok()?.as_id()?;
        if exists(&(push.schema.index(to)?, id)) {
            return None;
        }
        let message = format!(
            "{}: the record it points to is not at the hub; it goes through by itself once that record is accepted",
            field.label
        );
        Some(Problem::at(Code::ParentMissing, field.name, message))
    })
}
