//! School Form 1 of a section, from the records: as of today, or of the school year's last day once it is over.

use super::form::{Form, Gathered, Paper};
use super::named::Said;
use super::school;
use super::stays::{Stay, stays};
use crate::Result;
use crate::app::Desk;
use crate::app::access::Access;
use crate::domain::attendance::roster::{self, Member};
use crate::domain::attendance::section::{Section, Year};
use pems_forms::sf1::{Learner, Policy, Sf1};
use pems_forms::{FormError, Missing, Name, Page};
use rusqlite::{Connection, Row};
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// School Form 1, the register as it stands today.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "FormAskedSf1")]
pub struct AskSf1 {
    #[ts(type = "string")]
    pub section: Uuid,
}

impl Form for AskSf1 {
    const WORDS: &'static [&'static str] = &["section", "year"];

    fn named(said: &Said<'_>) -> Result<AskSf1> {
        Ok(AskSf1 { section: said.section()? })
    }

    fn gather(&self, desk: &mut Desk) -> Result<Gathered> {
        desk.check_sees_section(self.section)?;
        gather(desk, self.section)
    }

    fn is_offered(_desk: &Desk, section: &Section, sight: &Access) -> bool {
        sight.sees(Some(section.id))
    }
}

impl Paper for Sf1 {
    fn missing(&self) -> Vec<Missing> {
        pems_forms::sf1::missing(self)
    }

    fn pages(&self) -> Vec<Page> {
        pems_forms::sf1::pages(self)
    }

    fn workbook(&self) -> Option<std::result::Result<Vec<u8>, FormError>> {
        Some(pems_forms::sf1::xlsx(self))
    }

    fn formats(&self) -> Vec<&'static str> {
        vec!["pdf", "xlsx"]
    }
}

fn gather(desk: &Desk, section: Uuid) -> Result<Gathered> {
    let conn = desk.store.conn();
    let section = Section::find(conn, section)?;
    let year = Year::find(conn, section.year)?;
    let on = desk.today().clamp(year.start, year.end);
    let mut form = Sf1 {
        school: school::letterhead(&desk.store)?.school,
        school_year: year.label.clone(),
        grade: section.grade.clone(),
        section: section.name.clone(),
        section_id: Some(section.id),
        adviser: section.adviser_name.clone().unwrap_or_default(),
        on,
        ends: Some(year.end),
        policy: Policy { cutoff_date: year.cutoff, wording: year.drop_label.clone().unwrap_or_default() },
        learners: Vec::new(),
    };
    // Before the cut-off, the beginning of the year is as far as it has come.
    let beginning = form.cutoff().map_or(on, |cutoff| cutoff.max(year.start).min(on));
    let on_cutoff = roster::as_of(conn, section.id, beginning)?;
    let members = roster::members(conn, section.id, year.start, on)?;
    let gathering = Gathering { conn, section: section.id, on, on_cutoff: &on_cutoff };
    form.learners = stays(&members).iter().map(|stay| gathering.learner(stay)).collect::<Result<_>>()?;
    Ok(Gathered { title: format!("School Form 1, {}, {}", section.title(), year.label), form: Box::new(form) })
}

const STUDENT: &str = "SELECT birth_date, mother_tongue, ip_group, religion, house_street, barangay, municipality, \
    province, coalesce(four_ps, 0), sned_type, phone FROM student WHERE id = ?1";
/// Of several who stand to the learner in one way, the one to call comes first.
const RELATIVES: &str = "SELECT l.relation, g.last_name, coalesce(g.first_name, ''), g.middle_name, g.name_ext, g.phone, \
    coalesce(l.is_primary, 0) FROM student_guardian l JOIN guardian g ON g.id = l.guardian \
    WHERE l.student = ?1 AND l.deleted_at IS NULL AND g.deleted_at IS NULL ORDER BY coalesce(l.is_primary, 0) DESC, l.id";
const CAME: &str = "SELECT first_attendance_date FROM enrolment WHERE id = ?1";

struct Gathering<'a> {
    conn: &'a Connection,
    section: Uuid,
    on: i32,
    on_cutoff: &'a [Member],
}

impl Gathering<'_> {
    fn learner(&self, stay: &Stay<'_>) -> Result<Learner> {
        let (first, student) = (stay.first, stay.student());
        let mut learner = self.conn.prepare_cached(STUDENT)?.query_row([student.as_bytes()], particulars)?;
        learner.id = student;
        learner.name = school::name(&first.name);
        learner.sex = school::sex(first.sex.as_deref());
        learner.lrn = first.lrn.clone().unwrap_or_default();
        self.family(student, &mut learner)?;
        let came: Option<i32> =
            self.conn.prepare_cached(CAME)?.query_row([first.enrolment.as_bytes()], |row| row.get(0))?;
        learner.enrolled_from = came.unwrap_or(first.from);
        learner.left = stay.left(self.conn, self.section)?.filter(|left| left.on <= self.on);
        let school = || first.from_school.clone().unwrap_or_default();
        learner.transferred_in = stay.is_transferee().then(school);
        learner.balik_aral = (first.kind.as_deref() == Some("balik_aral")).then(school);
        learner.late_enrolment = first.late;
        learner.in_section_on_cutoff = self.on_cutoff.iter().any(|one| one.student == student);
        Ok(learner)
    }

    /// Parents, guardian, and the one number that the form has: of the one to call, else of the guardian, mother, father, else
    /// the learner's own.
    fn family(&self, student: Uuid, learner: &mut Learner) -> Result<()> {
        let mut statement = self.conn.prepare_cached(RELATIVES)?;
        let relatives = statement.query_map([student.as_bytes()], Relative::read)?;
        let relatives = relatives.collect::<rusqlite::Result<Vec<_>>>()?;
        let of = |relations: &[&str]| relatives.iter().find(|one| relations.contains(&one.relation.as_str()));
        let (father, mother, guardian) = (of(&["father"]), of(&["mother"]), of(&["guardian", "other"]));
        let name = |one: Option<&Relative>| one.map(|one| one.name.clone());
        (learner.father, learner.mother, learner.guardian) = (name(father), name(mother), name(guardian));
        // The records know no more than that somebody is the guardian; "other" says nothing.
        learner.relationship = guardian.filter(|one| one.relation == "guardian").map_or("", |_| "Guardian").to_owned();
        let first = relatives.first().filter(|one| one.is_primary);
        let numbers = [first, guardian, mother, father].into_iter().flatten();
        if let Some(phone) = numbers.map(|one| &one.phone).find(|phone| !phone.is_empty()) {
            learner.contact.clone_from(phone);
        }
        Ok(())
    }
}

fn particulars(row: &Row<'_>) -> rusqlite::Result<Learner> {
    let text = |at: usize| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
    Ok(Learner {
        birth_date: row.get(0)?,
        mother_tongue: text(1)?,
        ip_group: text(2)?,
        religion: text(3)?,
        house_street: text(4)?,
        barangay: text(5)?,
        municipality: text(6)?,
        province: text(7)?,
        four_ps: row.get(8)?,
        special_needs: text(9)?,
        contact: text(10)?,
        ..Learner::default()
    })
}

struct Relative {
    relation: String,
    name: Name,
    phone: String,
    is_primary: bool,
}

impl Relative {
    fn read(row: &Row<'_>) -> rusqlite::Result<Relative> {
        let text = |at: usize| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
        Ok(Relative {
            relation: row.get(0)?,
            name: Name { last: text(1)?, first: text(2)?, middle: text(3)?, ext: text(4)? },
            phone: text(5)?,
            is_primary: row.get(6)?,
        })
    }
}
