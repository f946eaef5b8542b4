//! What the office has for a register: its school, year, section and learners, read once, and what hangs on one learner.

use super::register::Register;
use crate::store::ListQuery;
use crate::{NodeError, Result, Store};
use pems_model::entities::{
    ENROLMENT, GUARDIAN, SCHOOL_PROFILE, SECTION, SECTION_MEMBERSHIP, STUDENT, STUDENT_GUARDIAN,
};
use pems_model::{Code, Entity, Row, Value, fold::fold};
use std::collections::HashMap;
use uuid::Uuid;

/// `LIMIT` of a list that wants all: more than a store can hold.
const ALL: usize = u32::MAX as usize;

pub(super) struct Here {
    pub(super) year: Option<Row>,
    /// The register's section, if the office has it.
    pub(super) section: Option<Row>,
    sections: HashMap<Uuid, Row>,
    pub(super) students: HashMap<Uuid, Row>,
    lrns: HashMap<String, Vec<Uuid>>,
    names: HashMap<String, Vec<Uuid>>,
}

/// A learner's place in the register's school year.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// Cancelled ones too.
    pub(super) enrolment: Option<Row>,
    /// Every membership of the enrolment, oldest first.
    pub(super) memberships: Vec<Row>,
}

impl Here {
    /// # Errors
    /// `wrong_tenant` for the register of another school, `required` where this office does not know its own School ID yet.
    pub(super) fn load(store: &Store, register: &Register) -> Result<Here> {
        check_school(store, register)?;
        let year = all(store, "school_year", &[("label", &register.school_year)])?.into_iter().next();
        let sections = match &year {
            Some(year) => all(store, "section", &[("school_year", &year.id.to_string())])?,
            None => Vec::new(),
        };
        let name = fold(&register.section);
        let is_it = |row: &&Row| {
            text(&SECTION, row, "grade_level") == Some(&register.grade_level)
                && text(&SECTION, row, "name").is_some_and(|text| fold(text) == name)
        };
        let section = sections.iter().find(is_it).cloned();
        let mut here = Here {
            year,
            section,
            sections: sections.into_iter().map(|row| (row.id, row)).collect(),
            students: HashMap::new(),
            lrns: HashMap::new(),
            names: HashMap::new(),
        };
        for row in all(store, "student", &[])? {
            here.put(row);
        }
        Ok(here)
    }

    fn put(&mut self, row: Row) {
        if let Some(lrn) = text(&STUDENT, &row, "lrn") {
            self.lrns.entry(lrn.to_owned()).or_default().push(row.id);
        }
        let part = |field| text(&STUDENT, &row, field).unwrap_or_default();
        self.names.entry(name_key(part("last_name"), part("first_name"))).or_default().push(row.id);
        self.students.insert(row.id, row);
    }

    pub(super) fn by_lrn(&self, lrn: &str) -> Vec<&Row> {
        self.lrns.get(lrn).into_iter().flatten().filter_map(|id| self.students.get(id)).collect()
    }

    /// Learners with this last and first name, however spelled.
    pub(super) fn by_name(&self, last: &str, first: &str) -> Vec<&Row> {
        self.names.get(&name_key(last, first)).into_iter().flatten().filter_map(|id| self.students.get(id)).collect()
    }

    /// A section of the register's school year.
    pub(super) fn section_of(&self, id: Uuid) -> Option<&Row> {
        self.sections.get(&id)
    }

    pub(super) fn place(&self, store: &Store, student: Uuid) -> Result<Place> {
        let Some(year) = &self.year else { return Ok(Place::default()) };
        let enrolments = all(store, "enrolment", &[("student", &student.to_string())])?;
        let this_year = |row: &Row| row.get(&ENROLMENT, "school_year").as_id() == Some(year.id);
        let Some(enrolment) = enrolments.into_iter().find(this_year) else { return Ok(Place::default()) };
        let mut memberships = all(store, "section_membership", &[("enrolment", &enrolment.id.to_string())])?;
        memberships.sort_by_key(|row| date(&SECTION_MEMBERSHIP, row, "valid_from"));
        Ok(Place { enrolment: Some(enrolment), memberships })
    }

    /// Enrolments whose learners sit in the register's section now.
    pub(super) fn seated(&self, store: &Store) -> Result<Vec<Row>> {
        let Some(section) = &self.section else { return Ok(Vec::new()) };
        let mut seated = Vec::new();
        for membership in all(store, "section_membership", &[("section", &section.id.to_string())])? {
            if !membership.get(&SECTION_MEMBERSHIP, "valid_to").is_null() {
                continue;
            }
            let enrolment = membership.get(&SECTION_MEMBERSHIP, "enrolment").as_id();
            let row = enrolment.map(|id| store.get("enrolment", id)).transpose()?.flatten();
            seated.extend(row.filter(Row::is_live));
        }
        Ok(seated)
    }
}

impl Place {
    /// Where the learner sits, or sat last.
    pub(super) fn seat(&self) -> Option<&Row> {
        let open = self.memberships.iter().find(|row| row.get(&SECTION_MEMBERSHIP, "valid_to").is_null());
        open.or(self.memberships.last())
    }

    pub(super) fn status(&self) -> Option<&str> {
        self.enrolment.as_ref().and_then(|row| text(&ENROLMENT, row, "status"))
    }

    pub(super) fn is_enrolled(&self) -> bool {
        self.status().is_some_and(|status| status != "cancelled")
    }
}

/// A parent or guardian of a learner, and how they belong together.
#[derive(Debug)]
pub(super) struct Relative {
    pub(super) relation: String,
    pub(super) guardian: Row,
}

pub(super) fn relatives(store: &Store, student: Uuid) -> Result<Vec<Relative>> {
    let mut relatives = Vec::new();
    for link in all(store, "student_guardian", &[("student", &student.to_string())])? {
        let id = link.get(&STUDENT_GUARDIAN, "guardian").as_id();
        let guardian = id.map(|id| store.get("guardian", id)).transpose()?.flatten().filter(Row::is_live);
        let relation = text(&STUDENT_GUARDIAN, &link, "relation").unwrap_or_default().to_owned();
        relatives.extend(guardian.map(|guardian| Relative { relation, guardian }));
    }
    Ok(relatives)
}

/// `CRUZ, Ana Reyes JR` of a person's row, as SF1 prints parents.
pub(super) fn person_text(row: &Row) -> String {
    let part = |field| text(&GUARDIAN, row, field);
    let rest: Vec<&str> = ["first_name", "middle_name", "name_ext"].into_iter().filter_map(part).collect();
    let last = part("last_name").unwrap_or_default();
    if rest.is_empty() { last.to_owned() } else { format!("{last}, {}", rest.join(" ")) }
}

/// Guardians who have a phone, by its number: brothers and sisters share theirs.
pub(super) fn guardians_by_phone(store: &Store) -> Result<HashMap<String, Vec<Row>>> {
    let mut found: HashMap<String, Vec<Row>> = HashMap::new();
    for row in all(store, "guardian", &[])? {
        if let Some(phone) = text(&GUARDIAN, &row, "phone") {
            found.entry(phone.to_owned()).or_default().push(row);
        }
    }
    Ok(found)
}

fn check_school(store: &Store, register: &Register) -> Result<()> {
    let profile = all(store, "school_profile", &[])?.into_iter().next();
    let ours = profile.as_ref().and_then(|row| text(&SCHOOL_PROFILE, row, "deped_school_id"));
    let refuse = |code, message| Err(NodeError::new(code, message));
    match ours {
        Some(ours) if ours == register.school_id => Ok(()),
        Some(ours) => refuse(
            Code::WrongTenant,
            format!(
                "{} is the register of another school: its School ID is {} ({}), this school's is {ours}; choose this school's file",
                register.file, register.school_id, register.school_name
            ),
        ),
        None => refuse(
            Code::Required,
            format!(
                "this office does not know its own School ID yet, so it cannot tell whether {} is this school's; a school admin enters it in the school's settings first",
                register.file
            ),
        ),
    }
}

fn all(store: &Store, entity: &str, filters: &[(&str, &str)]) -> Result<Vec<Row>> {
    let filters = filters.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
    store.list(entity, &ListQuery { filters, limit: Some(ALL), deleted: false })
}

pub(super) fn text<'a>(entity: &Entity, row: &'a Row, field: &str) -> Option<&'a str> {
    row.get(entity, field).as_text()
}

pub(super) fn date(entity: &Entity, row: &Row, field: &str) -> Option<i32> {
    if let Value::Date(days) = row.get(entity, field) { Some(*days) } else { None }
}

fn name_key(last: &str, first: &str) -> String {
    format!("{}|{}", fold(last), fold(first))
}
