//! Rows of one import that are about the same record, found before any of them is settled: what the first one does to the record
//! must not decide what the second one is about, or the file would mean something else the second time.
//!
//! Invariants: rows that contradict each other about the record are all refused, each naming two of them; of rows that agree the
//! first counts, and where that one is left out, so are the others. A row with an id is about that record, whatever its numbers.

use super::known::Existing;
use super::proposal::Proposal;
use crate::Result;
use pems_model::{Code, Entity, Kind, Problem, Row, Value, fold::fold, natural, value::format_date};
use std::collections::HashMap;
use uuid::Uuid;

/// What a row is to earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Twin {
    /// The same as this proposal, in other words perhaps.
    Repeats(usize),
    /// One of those that cannot all be right.
    Contradicts(Problem),
}

/// What tells which record a row is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// One that is here.
    Record(Uuid),
    /// A natural key, as the id that follows from it.
    Named(Uuid),
    Number(usize, String),
}

/// What tells one person from another; what else two rows say of a person may differ.
const PERSON: [&str; 4] = ["last_name", "first_name", "name_ext", "birth_date"];

#[derive(Debug, Default)]
pub(super) struct Twins {
    /// Rows of each key, and whether they name their record by its id.
    keys: HashMap<Key, Vec<(usize, bool)>>,
    rows: HashMap<usize, Row>,
}

impl Twins {
    /// Takes in what a proposal says.
    pub(super) fn put(&mut self, i: usize, proposal: &Proposal<'_>, said: Row, known: &mut Existing<'_>) -> Result<()> {
        let entity = proposal.entity;
        let tenant = known.store().tenant();
        let kept = known.kept(entity)?;
        let id = proposal.id.filter(|id| !entity.has_derived_id() || kept.rows.contains_key(id));
        let mut keys: Vec<Key> = id.into_iter().map(Key::Record).collect();
        for (field, number) in numbers(entity, &said) {
            if id.is_none() {
                keys.extend(kept.people.holders(entity, field, &number).into_iter().map(Key::Record));
            }
            keys.push(Key::Number(field, number));
        }
        keys.extend(natural::derived_id(entity, tenant, &said).map(Key::Named));
        if id.is_none() {
            keys.extend(known.by_key(entity, &said)?.map(Key::Record));
        }
        for key in keys {
            self.keys.entry(key).or_default().push((i, id.is_some()));
        }
        self.rows.insert(i, said);
        Ok(())
    }

    /// Who is whose twin; rows that are alone are not in it. `place` says where a row stands.
    pub(super) fn found(self, entity: &Entity, place: &dyn Fn(usize) -> String) -> HashMap<usize, Twin> {
        let mut twins = HashMap::new();
        for members in self.groups() {
            let clash = self.clash(entity, &members);
            let problem = clash.map(|(field, one, other)| self.contradiction(entity, field, [one, other], place));
            for member in &members {
                match &problem {
                    Some(problem) => {
                        twins.insert(*member, Twin::Contradicts(problem.clone()));
                    }
                    None if *member != members[0] => {
                        twins.insert(*member, Twin::Repeats(members[0]));
                    }
                    None => {}
                }
            }
        }
        twins
    }

    /// Rows about one record, in the order of the file; only where there are several.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut heads: HashMap<usize, usize> = self.rows.keys().map(|i| (*i, *i)).collect();
        for (key, rows) in &self.keys {
            // Numbers may change hands between records that are named by their ids.
            let tells = matches!(key, Key::Record(_)) || rows.iter().any(|(_, by_id)| !by_id);
            for pair in rows.windows(2).filter(|_| tells) {
                let (a, b) = (head(&heads, pair[0].0), head(&heads, pair[1].0));
                heads.insert(a.max(b), a.min(b));
            }
        }
        let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
        for i in self.rows.keys() {
            groups.entry(head(&heads, *i)).or_default().push(*i);
        }
        let mut groups: Vec<Vec<usize>> = groups.into_values().filter(|members| members.len() > 1).collect();
        groups.iter_mut().for_each(|members| members.sort_unstable());
        groups
    }

    /// The first field of which two of these rows say different things.
    fn clash(&self, entity: &Entity, members: &[usize]) -> Option<(usize, usize, usize)> {
        let is_person = entity.field_index("last_name").is_some();
        let tells = |i: &usize| {
            let field = &entity.fields[*i];
            !is_person || PERSON.contains(&field.name) || is_number(entity, *i)
        };
        (0..entity.fields.len()).filter(tells).find_map(|field| {
            let says = |member: &usize| (*member, &self.rows[member].values[field]);
            let mut said = members.iter().map(says).filter(|(_, value)| !value.is_null());
            let (first, value) = said.next()?;
            said.find(|(_, other)| differ(value, other)).map(|(other, _)| (field, first, other))
        })
    }

    fn contradiction(
        &self,
        entity: &Entity,
        field: usize,
        rows: [usize; 2],
        place: &dyn Fn(usize) -> String,
    ) -> Problem {
        let declared = &entity.fields[field];
        let [one, other] = rows.map(|row| text(&self.rows[&row].values[field]));
        let places = rows.map(place);
        let (label, of) = (entity.label, declared.label);
        let message = format!(
            "lines {} and {} are about the same {label} and differ in {of} ('{one}' and '{other}'); keep one of them, or correct what they share",
            places[0], places[1]
        );
        Problem::at(Code::Conflict, declared.name, message)
    }
}

fn head(heads: &HashMap<usize, usize>, mut i: usize) -> usize {
    while let Some(above) = heads.get(&i).filter(|above| **above != i) {
        i = *above;
    }
    i
}

fn differ(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => fold(one) != fold(other),
        _ => one != other,
    }
}

/// What a row says and another one does not: names and labels.
pub(super) fn besides(entity: &Entity, row: &Row, first: &Row) -> Vec<(&'static str, &'static str)> {
    let fields = entity.fields.iter().zip(row.values.iter().zip(&first.values));
    fields
        .filter(|(_, (said, first))| !said.is_null() && differ(said, first))
        .map(|(field, _)| (field.name, field.label))
        .collect()
}

/// Whether a field alone tells which record is meant.
fn is_number(entity: &Entity, field: usize) -> bool {
    let declared = &entity.fields[field];
    declared.names_one
        || matches!(declared.kind, Kind::Claim { .. })
        || (entity.name == "school_user" && declared.name == "email")
}

fn numbers(entity: &Entity, row: &Row) -> Vec<(usize, String)> {
    let fields = (0..entity.fields.len()).filter(|i| is_number(entity, *i));
    fields.filter_map(|i| Some((i, row.values[i].as_text()?.to_owned()))).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::Date(days) => format_date(*days),
        value => value.as_text().map_or_else(|| value.to_json().to_string(), str::to_owned),
    }
}
