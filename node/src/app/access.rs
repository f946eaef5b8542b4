//! Who may look at what. Everything is on this PC, so who sits at it decides what it shows (Data Privacy Act, RA 10173:
//! proportionality): the office sees all records; a teacher the names of all learners, and more of those in the own sections; cashiers
//! and viewers see names, grades and sections.
//!
//! A learner is an adviser's as long as they sit in the adviser's class. Who moves to another section is the other adviser's from
//! that day on: of what was recorded before, the old class keeps what it answers for, its sheets and its School Form 2, and those
//! are asked for by section. Who leaves the school stays with the last class: papers and returns are its adviser's.
//!
//! Invariants: whether a request is answered is decided here before it is read, by what it declares ([`May`]) and the table of acts
//! ([`Act`]); a school without users is the office's (its PCs have roles, and the hub holds them to it). Who may write which record is
//! the declarations' business (`may_write`).

use super::Desk;
use super::request::{Answers, May};
use crate::{NodeError, Result};
use pems_model::{Act, Code, Role};
use serde_json::{Map, Value as Json};
use std::collections::HashSet;
use uuid::Uuid;

/// What everybody at a school may know of a learner.
const NAMES: &[&str] = &[
    "id",
    "last_name",
    "first_name",
    "middle_name",
    "name_ext",
    "lrn",
    "student_no",
    "sex",
    "grade",
    "section",
    "status",
    "school_year",
];

/// How much of the school's records whoever is here sees.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Access {
    Everything,
    /// Names, and everything about those who sit in these sections, or sat there when they left the school.
    Sections(HashSet<Uuid>),
}

impl Answers for Desk {
    fn check_may(&mut self, may: May) -> Result<()> {
        let (May::See(act) | May::Do(act)) = may else { return Ok(()) };
        self.check_signed_in()?;
        self.check_own_password()?;
        // A school without users is the office's: what its PCs may is asked where something is done.
        if self.person().is_some() || matches!(may, May::Do(_)) { self.check_role(act) } else { Ok(()) }
    }
}

impl Desk {
    pub(super) fn sight(&self) -> Result<Access> {
        let Some(person) = self.person().filter(|person| !Act::SeeRecords.allows(person.role)) else {
            return Ok(Access::Everything);
        };
        let Some(staff) = person.staff.filter(|_| person.role == Role::Teacher) else {
            return Ok(Access::Sections(HashSet::new()));
        };
        let mut statement = self.store.conn().prepare_cached(
            "SELECT s.id FROM section s JOIN school_year y ON y.id = s.school_year
             WHERE s.adviser = ?1 AND s.deleted_at IS NULL AND y.status <> 'closed'",
        )?;
        let found = statement.query_map([staff.as_bytes()], |row| Ok(Uuid::from_bytes(row.get(0)?)))?;
        Ok(Access::Sections(found.collect::<rusqlite::Result<_>>()?))
    }

    /// # Errors
    /// `role_forbidden` for a learner of whom only the name is seen.
    pub(super) fn check_sees_learner(&self, id: Uuid) -> Result<()> {
        let Access::Sections(own) = self.sight()? else { return Ok(()) };
        if self.classes_of(id)?.iter().any(|class| own.contains(class)) {
            return Ok(());
        }
        let message = "the records of this learner are for the school's office and the adviser; ask them";
        Err(NodeError::new(Code::RoleForbidden, message))
    }

    /// The class of each enrolment: where the learner sits, or sat last; before the first day, where they will.
    fn classes_of(&self, student: Uuid) -> Result<Vec<Uuid>> {
        let mut statement = self.store.conn().prepare_cached(
            "SELECT (SELECT m.section FROM section_membership m WHERE m.enrolment = e.id AND m.deleted_at IS NULL
                     ORDER BY m.valid_from > ?2, CASE WHEN m.valid_from > ?2 THEN m.valid_from ELSE -m.valid_from END LIMIT 1)
             FROM enrolment e WHERE e.student = ?1 AND e.deleted_at IS NULL AND e.status <> 'cancelled'",
        )?;
        let found = statement.query_map((student.as_bytes(), self.today()), |row| row.get::<_, Option<[u8; 16]>>(0))?;
        let found = found.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(found.into_iter().flatten().map(Uuid::from_bytes).collect())
    }

    /// The learners whose records whoever is here sees, as [`Desk::check_sees_learner`] checks them one by one; `None`: everybody's.
    pub(super) fn seen_learners(&self) -> Result<Option<HashSet<Uuid>>> {
        let Access::Sections(own) = self.sight()? else { return Ok(None) };
        let mut statement = self.store.conn().prepare_cached(
            "SELECT e.student FROM section_membership m JOIN enrolment e ON e.id = m.enrolment
             WHERE m.section = ?1 AND m.deleted_at IS NULL AND e.deleted_at IS NULL",
        )?;
        let mut seen = HashSet::new();
        for section in &own {
            let found = statement.query_map([section.as_bytes()], |row| Ok(Uuid::from_bytes(row.get(0)?)))?;
            for student in found {
                let student = student?;
                if !seen.contains(&student) && self.classes_of(student)?.iter().any(|class| own.contains(class)) {
                    seen.insert(student);
                }
            }
        }
        Ok(Some(seen))
    }

    /// # Errors
    /// `role_forbidden` for a section of somebody else.
    pub(super) fn check_sees_section(&self, id: Uuid) -> Result<()> {
        match self.sight()? {
            Access::Sections(own) if !own.contains(&id) => {
                let message = "this is for the section's adviser and the school's office; ask them";
                Err(NodeError::new(Code::RoleForbidden, message))
            }
            _ => Ok(()),
        }
    }
}

impl Access {
    /// Takes from a line of the list what is not to be seen; `section` is where the learner sits.
    pub(super) fn narrow(&self, line: &mut Map<String, Json>, section: Option<Uuid>) {
        if !self.sees(section) {
            line.retain(|key, _| NAMES.contains(&key.as_str()));
            // Not shown is not the same as not recorded.
            line.insert("hidden".to_owned(), Json::Bool(true));
        }
    }

    pub(super) fn sees(&self, section: Option<Uuid>) -> bool {
        match self {
            Access::Everything => true,
            Access::Sections(own) => section.is_some_and(|section| own.contains(&section)),
        }
    }
}

#[cfg(test)]
mod tests;
