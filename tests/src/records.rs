//! Valid records of every kind, made from the declarations: a new entity is in the tests that need "any record" without a line here.

use crate::raw::change;
use pems_model::natural::derived_id;
use pems_model::value::{format_date, parse_date};
use pems_model::wire::Change;
use pems_model::{Entity, Field, Kind, Row, Schema, Value};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Makes records of one school that differ in everything that tells records apart.
#[derive(Debug)]
pub struct Records {
    pub schema: &'static Schema,
    pub tenant: Uuid,
    made: u32,
}

/// A record that is still to be sent.
#[derive(Debug, Clone)]
pub struct Record {
    pub entity: &'static Entity,
    pub id: Uuid,
    pub fields: Map<String, Json>,
}

impl Record {
    /// The change that makes it.
    pub fn change(&self, op_no: i64) -> Change {
        change(op_no, self.entity.name, self.id, 0, Json::Object(self.fields.clone()))
    }
}

impl Records {
    pub fn new(schema: &'static Schema, tenant: Uuid) -> Records {
        Records { schema, tenant, made: 0 }
    }

    /// Makes others than those that were made from 0 on.
    pub fn counting_from(&mut self, n: u32) {
        self.made = n;
    }

    /// A record of this kind behind everything that it must be linked to, parents first. The last one is of the kind itself.
    ///
    /// # Panics
    /// For a kind that the schema does not have, or one whose records the hub alone makes.
    pub fn with_parents(&mut self, entity: &str) -> Vec<Record> {
        let mut made = Vec::new();
        let mut known = BTreeMap::new();
        self.make(self.schema.entity(entity).expect("an entity"), &mut known, &mut made);
        made
    }

    fn make(&mut self, entity: &'static Entity, known: &mut BTreeMap<&'static str, Uuid>, made: &mut Vec<Record>) {
        assert!(!entity.hub_made, "{} records are made by the hub", entity.name);
        for field in entity.fields.iter().filter(|field| field.required) {
            if let Kind::Link(to) = field.kind
                && !known.contains_key(to)
            {
                self.make(self.schema.entity(to).expect("a declared entity"), known, made);
            }
        }
        self.made += 1;
        let mut fields = Map::new();
        for field in entity.fields.iter().filter(|field| field.required) {
            fields.insert(field.name.to_owned(), self.value(entity, field, known));
        }
        let id = self.id_of(entity, &fields).unwrap_or_else(|| self.free_id(entity.name));
        known.insert(entity.name, id);
        made.push(Record { entity, id, fields });
    }

    /// The id that follows from the content, where it does.
    ///
    /// # Panics
    /// If the fields are no valid ones.
    pub fn id_of(&self, entity: &Entity, fields: &Map<String, Json>) -> Option<Uuid> {
        let mut row = Row::empty(entity, Uuid::nil());
        for (name, json) in fields {
            let i = entity.field_index(name).expect("a field");
            row.values[i] = Value::parse(&entity.fields[i], json).expect("a valid value");
        }
        derived_id(entity, self.tenant, &row)
    }

    /// The same for the same school and number.
    fn free_id(&self, name: &str) -> Uuid {
        Uuid::new_v5(&self.tenant, format!("any {name} {}", self.made).as_bytes())
    }

    fn value(&self, entity: &Entity, field: &Field, known: &BTreeMap<&'static str, Uuid>) -> Json {
        let n = self.made;
        match (entity.name, field.name, field.kind) {
            ("school_year", "label", _) => json!(format!("{}-{}", 1900 + n % 8_000, 1901 + n % 8_000)),
            // One number, which no other range has.
            ("number_range", "to_no", _) => json!(1 + i64::from(n)),
            (_, "birth_date", _) => json!("2014-02-27"),
            // Whatever happens to an enrolment happens in its school year.
            ("school_year", "start_date" | "end_date", Kind::Date) => {
                let first = parse_date("2026-06-01").expect("a day");
                let later = if field.name == "end_date" { 20_000 } else { 0 };
                json!(format_date(first + later + i32::try_from(n % 30).expect("few")))
            }
            (_, name, Kind::Date) => {
                let first = parse_date("2026-06-01").expect("a day");
                let later = if name.starts_with("end") { 300 } else { 0 };
                json!(format_date(first + i32::try_from(n).expect("few") + later))
            }
            (_, _, Kind::Text { max } | Kind::Claim { max }) => {
                json!(format!("{} {n}", field.label).chars().take(max).collect::<String>())
            }
            (_, _, Kind::Digits { len }) => json!(format!("{n:0len$}")),
            (_, _, Kind::Int { min, max }) => json!((min + i64::from(n)).min(max)),
            (_, _, Kind::Bool) => json!(true),
            (_, _, Kind::Time) => json!("2026-06-08T07:30:00+08:00"),
            (_, _, Kind::Choice(choices)) => json!(choices[0]),
            (_, _, Kind::Phone) => json!(format!("+639{n:09}")),
            (_, _, Kind::Verifier) => Json::Null,
            (_, _, Kind::Link(to)) => json!(known[to]),
            (_, _, Kind::Id) => json!(self.free_id(field.name)),
        }
    }
}
