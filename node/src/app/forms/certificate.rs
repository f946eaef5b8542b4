//! Whether and where a learner is enrolled now.

use super::form::{Form, Gathered, Paper};
use super::named::Said;
use super::school;
use crate::app::Desk;
use crate::domain::attendance::roster::Name;
use crate::{NodeError, Result};
use pems_forms::certificate::Certificate;
use pems_forms::{Missing, Page};
use pems_model::Code;
use rusqlite::OptionalExtension;
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// Longest purpose that a certificate has room for.
const PURPOSE: usize = 200;

const LEARNER: &str = "SELECT last_name, first_name, middle_name, name_ext, sex, lrn FROM student \
                       WHERE id = ?1 AND deleted_at IS NULL";
/// The newest enrolment that stands, and the section of today.
const ENROLMENT: &str = "SELECT y.label, e.grade_level, e.status, \
    (SELECT s.name FROM section_membership m JOIN section s ON s.id = m.section \
     WHERE m.enrolment = e.id AND m.deleted_at IS NULL ORDER BY m.valid_from DESC LIMIT 1) \
    FROM enrolment e JOIN school_year y ON y.id = e.school_year \
    WHERE e.student = ?1 AND e.deleted_at IS NULL AND e.status IN ('enrolled', 'temporary', 'completed', 'retained') \
    AND y.end_date >= ?2 ORDER BY y.start_date LIMIT 1";

/// Certificate of enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "FormAskedCertificate")]
pub struct AskCertificate {
    #[ts(type = "string")]
    pub student: Uuid,
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub purpose: String,
}

impl Form for AskCertificate {
    const WORDS: &'static [&'static str] = &["student", "purpose"];

    fn named(said: &Said<'_>) -> Result<AskCertificate> {
        let purpose = said.text("purpose").unwrap_or_default().to_owned();
        Ok(AskCertificate { student: said.student()?, purpose })
    }

    fn gather(&self, desk: &mut Desk) -> Result<Gathered> {
        desk.check_sees_learner(self.student)?;
        gather(desk, self.student, &self.purpose)
    }
}

impl Paper for Certificate {
    fn missing(&self) -> Vec<Missing> {
        pems_forms::certificate::missing(self)
    }

    fn pages(&self) -> Vec<Page> {
        pems_forms::certificate::pages(self)
    }

    fn formats(&self) -> Vec<&'static str> {
        vec!["pdf"]
    }
}

fn gather(desk: &Desk, student: Uuid, purpose: &str) -> Result<Gathered> {
    let conn = desk.store.conn();
    let read = |row: &rusqlite::Row<'_>| {
        let (sex, lrn): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
        Ok((Name::read(row, 0)?, sex, lrn))
    };
    let found = conn.prepare_cached(LEARNER)?.query_row([student.as_bytes()], read).optional()?;
    let (name, sex, lrn) =
        found.ok_or_else(|| NodeError::new(Code::NotFound, "this learner is not there any more; choose another"))?;
    if purpose.chars().count() > PURPOSE {
        let message = format!("the purpose has room for {PURPOSE} characters; say it shorter");
        return Err(pems_model::Problem::at(Code::TooLong, "purpose", message).into());
    }
    let today = desk.today();
    let read = |row: &rusqlite::Row<'_>| {
        let (status, section): (String, Option<String>) = (row.get(2)?, row.get(3)?);
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, status, section))
    };
    let enrolment = conn.prepare_cached(ENROLMENT)?.query_row((student.as_bytes(), today), read).optional()?;
    let (school_year, grade, status, section) = enrolment.unwrap_or_default();
    let letterhead = school::letterhead(&desk.store)?;
    let title = format!("Certificate of enrolment, {}", name.listed());
    let form = Certificate {
        school: letterhead.school,
        logo: letterhead.logo,
        contact: letterhead.contact,
        student: Some(student),
        name: school::name(&name),
        sex: school::sex(sex.as_deref()),
        lrn: lrn.unwrap_or_default(),
        school_year,
        grade,
        section: section.unwrap_or_default(),
        temporary: status == "temporary",
        purpose: purpose.to_owned(),
        on: today,
    };
    Ok(Gathered { title, form: Box::new(form) })
}
