//! Which changes of a push are refused before anything is merged, and whom they take with them.

use super::court::{Court, unknown_author};
use super::{Known, Push, deciding, refused_groups};
use crate::domain::Author;
use crate::domain::enrolment::{self, Events};
use crate::entities::{ENROLMENT, ENROLMENT_EVENT, SCHOOL_USER};
use crate::wire::{Change, ChangeKind};
use crate::{Code, Kind, Problem, Value};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Whom each change counts as, by position: a name that nothing vouches for is not among them.
pub(super) type Users = Vec<Option<Uuid>>;

/// Completes the refusals, by position, with everything that is not right once these are refused, with dependants and groups.
/// What was refused counts for nothing: a change that leaned on it is judged anew, until nothing is added.
pub(super) fn settle(
    push: &Push<'_>,
    known: &Known,
    changes: &[Change],
    refused: &mut BTreeMap<usize, Problem>,
) -> Users {
    loop {
        let before = refused.len();
        let mut court = Court::new(push, known);
        let mut users = Users::with_capacity(changes.len());
        for (i, change) in changes.iter().enumerate() {
            let author = court.author(change);
            users.push(if let Ok(author) = &author { author.user() } else { None });
            if refused.contains_key(&i) {
                continue;
            }
            refused.extend(court.refused_before(Some(change)));
            if let Err(problem) = author.and_then(|author| alone(push, known, &mut court, (i, change), &author)) {
                refused.insert(i, problem);
            }
        }
        refused.extend(court.refused_before(None));
        spread(push, known, changes, refused);
        if refused.is_empty() || refused.len() == before {
            return users;
        }
    }
}

pub(super) fn unknown_entity(name: &str) -> Problem {
    Problem::new(Code::UnknownEntity, format!("the hub has no records of the kind '{name}'; update the hub"))
}

/// Whether a change is right by itself, after those before it.
fn alone(
    push: &Push<'_>,
    known: &Known,
    court: &mut Court<'_>,
    (at, change): (usize, &Change),
    author: &Author,
) -> Result<(), Problem> {
    let Some(entity) = push.schema.entity(&change.entity) else { return Err(unknown_entity(&change.entity)) };
    // Nobody deletes what is theirs: a deletion has no fields, whatever it brings.
    let fields = change.fields.keys().filter(|_| change.kind == ChangeKind::Upsert).map(String::as_str);
    author.may_change(push.schema, entity, change.row_id, fields)?;
    if entity.hub_made && (change.kind == ChangeKind::Delete || change.base_rev == 0) {
        let message =
            format!("{} records are made by the hub; they can be resolved but not made or deleted", entity.label);
        return Err(Problem::new(Code::HubOnly, message));
    }
    for (name, json) in &change.fields {
        match entity.field_index(name) {
            None => {
                let message = format!("{} has no field '{name}'", entity.label);
                return Err(Problem::at(Code::UnknownField, name, message));
            }
            Some(i) => Value::parse(&entity.fields[i], json)?,
        };
    }
    let by = author.person.map(|by| (by.id, by.role));
    match deciding::refusal(push, known, change, by).or_else(|| court.judge(entity, change, author)) {
        Some(problem) => Err(problem),
        None => {
            court.learn(at, entity, change);
            Ok(())
        }
    }
}

/// Refuses whatever hangs on something refused: children of missing parents, later edits of rows that were not made, and the
/// rest of a group. Repeats until nothing changes.
fn spread(push: &Push<'_>, known: &Known, changes: &[Change], refused: &mut BTreeMap<usize, Problem>) {
    loop {
        let before = refused.len();
        let mut made: BTreeSet<(usize, Uuid)> = BTreeSet::new();
        let mut statuses = Statuses::new(push, known, changes, refused);
        for (i, change) in changes.iter().enumerate() {
            if refused.contains_key(&i) {
                continue;
            }
            let Some(index) = push.schema.index(&change.entity) else { continue };
            let exists =
                |key: &(usize, Uuid)| known.rows.contains_key(key) || known.exists.contains(key) || made.contains(key);
            let problem = missing_author(push, known, change, exists)
                .or_else(|| missing_parent(push, change, index, exists))
                .or_else(|| statuses.refusal(change));
            if let Some(problem) = problem {
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
        // A value that is none was refused for itself.
        let Ok(value) = Value::parse(field, json) else { return None };
        let id = value.as_id()?;
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

/// A user who was made in this push and refused is nobody's author either.
fn missing_author(
    push: &Push<'_>,
    known: &Known,
    change: &Change,
    exists: impl Fn(&(usize, Uuid)) -> bool,
) -> Option<Problem> {
    let id = change.user_id.filter(|id| !known.users.contains_key(id))?;
    let index = push.schema.index(SCHOOL_USER.name)?;
    (!exists(&(index, id))).then(unknown_author)
}

/// Where enrolments stand, while the changes of a push are looked at in their order, and what its events come to in the end.
struct Statuses {
    now: BTreeMap<Uuid, String>,
    events: BTreeMap<Uuid, Events>,
}

impl Statuses {
    fn new(push: &Push<'_>, known: &Known, changes: &[Change], refused: &BTreeMap<usize, Problem>) -> Statuses {
        let mut found = Statuses { now: BTreeMap::new(), events: BTreeMap::new() };
        let Some(index) = push.schema.index(ENROLMENT.name) else { return found };
        if !changes.iter().any(|change| change.entity == ENROLMENT.name) {
            return found;
        }
        for ((_, id), row) in known.rows.range((index, Uuid::nil())..=(index, Uuid::max())) {
            // Every enrolment has one.
            if let Some(status) = row.get(&ENROLMENT, "status").as_text() {
                found.now.insert(*id, status.to_owned());
            }
        }
        // Event by event: whose it is, what it says, whether it stands.
        let mut events: BTreeMap<Uuid, (Uuid, String, bool)> = BTreeMap::new();
        for (enrolment, of) in &known.events {
            events.extend(of.iter().map(|event| (event.id, (*enrolment, event.status.clone(), event.live))));
        }
        let right = changes.iter().enumerate().filter(|(i, _)| !refused.contains_key(i)).map(|(_, change)| change);
        for change in right.filter(|change| change.entity == ENROLMENT_EVENT.name) {
            let text = |name: &str| change.fields.get(name).and_then(serde_json::Value::as_str);
            // One without a whole enrolment or status was refused for itself.
            let made = || match Uuid::parse_str(text("enrolment")?) {
                Ok(enrolment) => Some((enrolment, text("status")?.to_owned(), true)),
                Err(_) => None,
            };
            match (events.get_mut(&change.row_id), change.kind) {
                (Some((enrolment, _, stands)), ChangeKind::Delete) => {
                    *stands = false;
                    found.events.entry(*enrolment).or_default().taken_back = true;
                }
                (Some((.., stands)), ChangeKind::Upsert) => *stands = true,
                (None, ChangeKind::Upsert) => {
                    if let Some(event) = made() {
                        events.insert(change.row_id, event);
                    }
                }
                (None, ChangeKind::Delete) => {}
            }
        }
        for (enrolment, status, _) in events.into_values().filter(|(_, _, stands)| *stands) {
            found.events.entry(enrolment).or_default().standing.push(status);
        }
        found
    }

    fn refusal(&mut self, change: &Change) -> Option<Problem> {
        let after = change.fields.get("status").filter(|_| change.entity == ENROLMENT.name)?.as_str()?;
        let problem = self.now.get(&change.row_id).and_then(|before| {
            let none = Events::default();
            enrolment::status(before, after, self.events.get(&change.row_id).unwrap_or(&none))
        });
        if problem.is_none() {
            self.now.insert(change.row_id, after.to_owned());
        }
        problem
    }
}
