//! The promises of sync.md, held against a plain reference that shares no code with the merge plan: it only replays logs.

use super::hub::{Hub, Kept, Tenant};
use super::office::{Office, broken};
use super::people;
use super::world::{Violation, World, schema};
use pems_model::review::REVIEW_ITEM;
use pems_model::wire::Outcome;
use pems_model::{Row, Value};
use pems_node::store::{JournalEntry, ListQuery};
use serde_json::Value as Json;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

type Rows = BTreeMap<(usize, Uuid), Row>;

/// All rows that an office sees, tombstones included.
fn visible(office: &Office) -> Result<Rows, Violation> {
    let mut rows = Rows::new();
    let query = ListQuery { deleted: true, limit: Some(100_000), ..ListQuery::default() };
    for (index, entity) in schema().entities().iter().enumerate() {
        let list = office.store.list(entity.name, &query).map_err(|error| broken(&error))?;
        rows.extend(list.into_iter().map(|row| ((index, row.id), row)));
    }
    Ok(rows)
}

/// The hub's rows as they were at a revision.
fn at_revision(tenant: &Tenant, rev: i64) -> Rows {
    tenant.states.iter().filter(|(_, row)| row.rev <= rev).map(|(key, row)| (*key, row.clone())).collect()
}

/// Promise 4: an office is one hub revision plus its own changes that are not part of it yet. Promise 1: nothing that was
/// acknowledged is missing from its journal.
pub(super) fn consistent(hub: &Hub, office: &Office) -> Result<(), Violation> {
    let status = office.store.status().map_err(|error| broken(&error))?;
    let journal = office.store.journal(0).map_err(|error| broken(&error))?;
    if journal.iter().map(|entry| entry.op_no).ne(1..=office.acknowledged.max(journal.len() as i64)) {
        return Err(Violation::new(1, format!("{office:?} forgot an acknowledged change or left a gap")));
    }
    let mut expected = at_revision(&hub.tenants[&office.tenant], status.rev);
    for entry in journal.iter().filter(|entry| matches!(entry.state.as_str(), "pending" | "answered")) {
        overlay(&mut expected, entry);
    }
    let mut seen = visible(office)?;
    // A deletion's time is the office's own until the hub confirms it.
    for row in seen.values_mut().chain(expected.values_mut()) {
        row.deleted_at = row.deleted_at.map(|_| 0);
    }
    // A journal shows no secret, so it cannot be replayed here; at rest the rows are compared whole.
    for ((index, _), row) in seen.iter_mut().chain(expected.iter_mut()) {
        let fields = schema().entities()[*index].fields.iter().zip(&mut row.values);
        fields.filter(|(field, _)| field.secret).for_each(|(_, value)| *value = Value::Null);
    }
    if seen != expected {
        let odd = differing(&seen, &expected);
        return Err(Violation::new(4, format!("{office:?} at revision {} shows neither: {odd}", status.rev)));
    }
    Ok(())
}

fn overlay(rows: &mut Rows, entry: &JournalEntry) {
    let Some(index) = schema().index(&entry.entity) else { return };
    let entity = schema().entities()[index];
    let Some(id) = entry.row_id else { return };
    let key = (index, id);
    let row = match rows.entry(key) {
        Entry::Occupied(row) => row.into_mut(),
        Entry::Vacant(_) if entry.before.is_some() => return,
        Entry::Vacant(none) => none.insert(Row::empty(entity, id)),
    };
    row.deleted_at = (entry.kind == "delete").then_some(0);
    for (name, value) in entry.fields.as_object().into_iter().flatten() {
        if let Some(i) = entity.field_index(name) {
            row.values[i] = Value::parse(&entity.fields[i], value).unwrap_or(Value::Null);
        }
    }
}

fn differing(a: &Rows, b: &Rows) -> String {
    let keys: BTreeSet<_> = a.keys().chain(b.keys()).collect();
    let odd = keys.into_iter().find(|key| a.get(*key) != b.get(*key));
    odd.map_or_else(String::new, |key| format!("shown {:?}, expected {:?}", a.get(key), b.get(key)))
}

/// Everything that must hold once the network healed and everybody stopped.
pub(super) fn at_rest(world: &World) -> Result<(), Violation> {
    for (id, tenant) in &world.hub.tenants {
        exactly_once(tenant)?;
        log_explains_rows(tenant)?;
        let offices: Vec<&Office> = world.offices.iter().flatten().filter(|office| office.tenant == *id).collect();
        let journals =
            offices.iter().map(|o| o.store.journal(0)).collect::<Result<Vec<_>, _>>().map_err(|e| broken(&e))?;
        for (office, journal) in offices.iter().zip(&journals) {
            nothing_lost(office, journal, tenant)?;
            converged(world, office, tenant)?;
        }
        no_silent_loser(tenant, &offices, &journals)?;
        decisions(tenant, &journals)?;
        people::nobody_is_named_who_was_not_there(tenant, &offices)?;
    }
    Ok(())
}

/// Promise 2: every change is in the log once, under one number and one id.
fn exactly_once(tenant: &Tenant) -> Result<(), Violation> {
    let mut numbers = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for kept in &tenant.log {
        let fresh_number = kept.entry.op_no.is_none_or(|op_no| numbers.insert((kept.replica, op_no)));
        if !fresh_number || !ids.insert(kept.entry.change_id) {
            return Err(Violation::new(2, format!("change {} was applied twice", kept.entry.change_id)));
        }
    }
    Ok(())
}

/// Replaying the log gives the rows: nothing changed a row without leaving a trace and a fresh revision.
fn log_explains_rows(tenant: &Tenant) -> Result<(), Violation> {
    let mut values: BTreeMap<(usize, Uuid), BTreeMap<String, Json>> = BTreeMap::new();
    let mut revs: BTreeMap<(usize, Uuid), i64> = BTreeMap::new();
    for kept in tenant.log.iter().filter(|kept| kept.entry.rev.is_some()) {
        let Some(index) = schema().index(kept.entry.entity) else { continue };
        let row = values.entry((index, kept.entry.row_id)).or_default();
        for (name, pair) in kept.entry.fields.as_object().into_iter().flatten() {
            row.insert(name.clone(), pair[1].clone());
        }
        revs.insert((index, kept.entry.row_id), kept.entry.rev.unwrap_or(0));
    }
    for (key, row) in &tenant.rows {
        let entity = schema().entities()[key.0];
        if revs.get(key) != Some(&row.rev) {
            return Err(Violation::new(3, format!("{} {} changed without a fresh revision", entity.name, row.id)));
        }
        for (field, value) in entity.fields.iter().zip(&row.values) {
            let logged = values.get(key).and_then(|row| row.get(field.name)).cloned().unwrap_or(Json::Null);
            if logged != value.to_json() {
                return Err(Violation::new(
                    1,
                    format!("{} {}: the log says {logged}, the row {value:?}", field.name, row.id),
                ));
            }
        }
    }
    Ok(())
}

/// Promises 1 and 5: every acknowledged change reached the hub's log or waits, with a reason, in the parked list.
fn nothing_lost(office: &Office, journal: &[JournalEntry], tenant: &Tenant) -> Result<(), Violation> {
    for entry in journal {
        let kept = tenant.log.iter().find(|kept| {
            kept.replica == office.store.replica()
                && kept.entry.op_no == Some(entry.op_no)
                && kept.entry.change_id == entry.id
        });
        let refused = kept.map(|kept| matches!(kept.entry.outcome, Outcome::Refused { .. }));
        let right = match (entry.state.as_str(), refused) {
            ("sent", Some(false)) => true,
            ("parked" | "retried", Some(true)) => entry.outcome.as_ref().is_some_and(|o| o["message"].is_string()),
            // Dropping is a clerk's own decision, which only follows a refusal that was shown.
            ("dropped", Some(true)) => office.acknowledged >= entry.op_no && was_decided(entry),
            _ => false,
        };
        if !right {
            return Err(Violation::new(
                1,
                format!("{office:?}: change {} ended as {} (refused: {refused:?})", entry.op_no, entry.state),
            ));
        }
    }
    Ok(())
}

fn was_decided(entry: &JournalEntry) -> bool {
    // `Store::resolve` keeps the outcome and marks the decision; a change dropped on arrival has no mark.
    entry.outcome.as_ref().is_some_and(|outcome| outcome["decided"] == true)
}

/// Promises 3 and 7: every office of the school holds exactly the hub's rows of the school.
fn converged(world: &World, office: &Office, tenant: &Tenant) -> Result<(), Violation> {
    let seen = visible(office)?;
    for (id, other) in &world.hub.tenants {
        if *id != office.tenant && seen.keys().any(|key| other.rows.contains_key(key) && !tenant.rows.contains_key(key))
        {
            return Err(Violation::new(7, format!("{office:?} holds a row of another school")));
        }
    }
    if seen != tenant.rows {
        return Err(Violation::new(3, format!("{office:?} differs from the hub: {}", differing(&seen, &tenant.rows))));
    }
    let status = office.store.status().map_err(|error| broken(&error))?;
    if status.digest != tenant.digest(schema()) || status.diverged {
        return Err(Violation::new(3, format!("{office:?} has the hub's rows but another digest")));
    }
    Ok(())
}

/// Promise 6: a value that did not win against somebody who had not seen it is in the review inbox.
fn no_silent_loser(tenant: &Tenant, offices: &[&Office], journals: &[Vec<JournalEntry>]) -> Result<(), Violation> {
    let inbox = schema().index(REVIEW_ITEM).unwrap_or(0);
    let entity = schema().entities()[inbox];
    let reviews: BTreeSet<(Uuid, String, String)> = tenant
        .rows
        .iter()
        .filter(|((index, _), _)| *index == inbox)
        .map(|(_, row)| {
            let text = |name: &str| row.get(entity, name).as_text().unwrap_or("null").to_owned();
            (row.get(entity, "row_id").as_id().unwrap_or_default(), text("field"), text("lost_value"))
        })
        .collect();
    let in_review =
        |row: Uuid, field: &str, value: &Json| reviews.contains(&(row, field.to_owned(), value.to_string()));
    // (row, field) -> who wrote the present value, at which revision.
    let mut writers: BTreeMap<(Uuid, String), (Uuid, i64, Json)> = BTreeMap::new();
    for kept in &tenant.log {
        let changed = kept.entry.fields.as_object().cloned().unwrap_or_default();
        if matches!(kept.entry.outcome, Outcome::Refused { .. }) || kept.entry.entity == REVIEW_ITEM {
            continue;
        }
        // Nobody is asked about a secret.
        let secret = |name: &str| schema().entity(kept.entry.entity).is_some_and(|entity| entity.is_secret(name));
        let asked = offices.iter().zip(journals).find(|(office, _)| office.store.replica() == kept.replica);
        let asked = asked.and_then(|(_, journal)| journal.iter().find(|entry| Some(entry.op_no) == kept.entry.op_no));
        let asked = asked.into_iter().filter_map(|entry| entry.fields.as_object()).flatten();
        for (name, value) in asked.filter(|(name, _)| !secret(name)) {
            let key = (kept.entry.row_id, name.clone());
            let stands =
                changed.get(name).map(|pair| pair[1].clone()).or_else(|| writers.get(&key).map(|w| w.2.clone()));
            if stands.as_ref().unwrap_or(&Json::Null) != value && !in_review(key.0, name, value) {
                return Err(Violation::new(6, format!("{name}: {value} lost on arrival and is nowhere")));
            }
        }
        for (name, pair) in changed.iter().filter(|(name, _)| !secret(name)) {
            let key = (kept.entry.row_id, name.clone());
            if let Some((by, rev, value)) = writers.get(&key) {
                let unseen = *by != kept.replica && *rev > kept.entry.base_rev;
                if unseen && *value != pair[1] && !in_review(key.0, name, value) {
                    return Err(Violation::new(6, format!("{name}: {value} was overwritten unseen and is nowhere")));
                }
            }
            writers.insert(key, (kept.replica, kept.entry.rev.unwrap_or(0), pair[1].clone()));
        }
    }
    Ok(())
}

/// Promise 6, for decisions: nobody is asked about a question, and one whose decision gave way to another office's, unseen, is open
/// again or has been asked anew.
fn decisions(tenant: &Tenant, journals: &[Vec<JournalEntry>]) -> Result<(), Violation> {
    let inbox = schema().index(REVIEW_ITEM).unwrap_or(0);
    let entity = schema().entities()[inbox];
    for row in tenant.rows.iter().filter(|((index, _), _)| *index == inbox).map(|(_, row)| row) {
        if row.get(entity, "entity").as_text() == Some(REVIEW_ITEM) {
            return Err(Violation::new(6, format!("the review item {} is about a review item", row.id)));
        }
    }
    let wanted: BTreeMap<Uuid, &str> = journals
        .iter()
        .flatten()
        .filter(|entry| entry.entity == REVIEW_ITEM)
        .filter_map(|entry| Some((entry.id, entry.fields["state"].as_str()?)))
        .collect();
    // By question: which office said last what it is, and at which revision.
    let mut said: BTreeMap<Uuid, (Uuid, i64, String)> = BTreeMap::new();
    for kept in tenant.log.iter().filter(|kept| kept.entry.entity == REVIEW_ITEM) {
        let state = kept.entry.fields["state"][1].as_str();
        let before = said.get(&kept.entry.row_id);
        if let (Some((by, rev, before)), Some(wanted)) = (before, wanted.get(&kept.entry.change_id)) {
            let unseen = *by != kept.replica && *rev > kept.entry.base_rev && before != wanted;
            let is_asked = matches!(kept.entry.outcome, Outcome::Refused { .. })
                || state.unwrap_or(before) == "open"
                || tenant.log.iter().any(|other| other.entry.rev > Some(*rev) && asks_the_same(tenant, kept, other));
            if unseen && !is_asked {
                return Err(Violation::new(6, format!("the decision {} lost to one unseen", kept.entry.change_id)));
            }
        }
        if let (Some(state), Some(rev)) = (state, kept.entry.rev) {
            said.insert(kept.entry.row_id, (kept.replica, rev, state.to_owned()));
        }
    }
    Ok(())
}

/// Whether `other` is a question that the hub has made about what this decision is about.
fn asks_the_same(tenant: &Tenant, decision: &Kept, other: &Kept) -> bool {
    let (Some(index), true) = (schema().index(REVIEW_ITEM), other.replica.is_nil() && other.entry.base_rev == 0) else {
        return false;
    };
    let about = |id: Uuid| {
        let row = tenant.rows.get(&(index, id))?;
        Some(["entity", "row_id", "field"].map(|name| row.get(schema().entities()[index], name).clone()))
    };
    other.entry.entity == REVIEW_ITEM && about(other.entry.row_id) == about(decision.entry.row_id)
}
