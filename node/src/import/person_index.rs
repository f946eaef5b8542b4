//! Live persons by what tells them apart: each number to those who have it, each name to those who are called so.

use pems_model::{Entity, Row, fold::fold};
use std::collections::HashMap;
use uuid::Uuid;

/// Live persons by number and by name.
#[derive(Debug, Default)]
pub(super) struct PersonIndex {
    pub(super) lrns: HashMap<String, Vec<Uuid>>,
    pub(super) numbers: HashMap<String, Vec<Uuid>>,
    /// Of users, in small letters.
    pub(super) emails: HashMap<String, Vec<Uuid>>,
    pub(super) names: HashMap<String, Vec<Uuid>>,
}

impl PersonIndex {
    pub(super) fn put(&mut self, entity: &Entity, row: &Row) {
        fn add(index: &mut HashMap<String, Vec<Uuid>>, key: Option<String>, id: Uuid) {
            let Some(key) = key else { return };
            let ids = index.entry(key).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let text = |field: &str| row.get(entity, field).as_text().map(str::to_owned);
        add(&mut self.lrns, text("lrn"), row.id);
        add(&mut self.numbers, text("student_no").or_else(|| text("employee_no")), row.id);
        if entity.name == "school_user" {
            add(&mut self.emails, text("email").map(|email| email.to_lowercase()), row.id);
        }
        add(&mut self.names, name_key(entity, row), row.id);
    }

    /// Persons who have this in the field that tells them apart: an LRN, a number, a user's e-mail address (in small letters).
    pub(super) fn holders(&self, entity: &Entity, field: usize, text: &str) -> Vec<Uuid> {
        let index = match entity.fields[field].name {
            "lrn" => &self.lrns,
            "email" => &self.emails,
            _ => &self.numbers,
        };
        index.get(text).cloned().unwrap_or_default()
    }

    /// Persons with this LRN, student or employee number.
    pub(super) fn by_number(&self, text: &str) -> Vec<Uuid> {
        let lrn = self.lrns.get(text).into_iter().flatten();
        let mut found: Vec<Uuid> = lrn.chain(self.numbers.get(text).into_iter().flatten()).copied().collect();
        found.dedup();
        found
    }
}

/// Last and first name, folded; `None` for a record that has none.
pub(super) fn name_key(entity: &Entity, row: &Row) -> Option<String> {
    // A user's name is one text.
    let last = row.get(entity, if entity.name == "school_user" { "name" } else { "last_name" }).as_text()?;
    let first = row.get(entity, "first_name").as_text().unwrap_or_default();
    Some(format!("{}|{}", fold(last), fold(first)))
}
