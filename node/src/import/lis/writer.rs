//! The records that a register makes: learners, their parents, enrolments, the section and the seats in it. Enrolments and seats
//! are written as the enrolment desk writes them, with the events that say since when: rosters as of a day depend on it.

use super::choices::AppliedCounts;
use super::differences::{self, has_left, with_relation};
use super::family::{self, Named};
use super::here::{Place, Relative, date, person_text, text};
use super::reconciliation::Beside;
use super::register::{Line, PersonName, Register, Remark, RemarkCode};
use crate::Result;
use crate::domain::enrolment::record::{self, Change};
use crate::domain::enrolment::{By, Day, listed};
use crate::store::{Save, Saved, Work};
use pems_model::entities::{ENROLMENT, SCHOOL_YEAR, SECTION_MEMBERSHIP};
use pems_model::{Row, fold::fold};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use uuid::Uuid;

/// What is to be done about one line.
pub(super) struct Plan<'a> {
    pub(super) line: &'a Line,
    /// The learner and what is known of them; `None` for a new one.
    pub(super) known: Option<(Uuid, Beside)>,
    pub(super) enrol: bool,
    pub(super) move_section: bool,
    pub(super) take: Vec<String>,
}

/// Letters of the fields that take a remark's words; the rest stays in the register.
const SCHOOL_LETTERS: usize = 200;
const REASON_LETTERS: usize = 10;

pub(super) struct Writer<'w, 'a, 'b> {
    work: &'w mut Work<'a, 'b>,
    register: &'w Register,
    year: &'w Row,
    section: Option<Uuid>,
    phones: HashMap<String, Vec<Row>>,
    by: By,
    pub(super) counts: AppliedCounts,
}

impl<'w, 'a, 'b> Writer<'w, 'a, 'b> {
    pub(super) fn new(
        work: &'w mut Work<'a, 'b>,
        register: &'w Register,
        year: &'w Row,
        section: Option<&Row>,
        phones: HashMap<String, Vec<Row>>,
        by: By,
    ) -> Writer<'w, 'a, 'b> {
        let section = section.map(|row| row.id);
        Writer { work, register, year, section, phones, by, counts: AppliedCounts::default() }
    }

    /// # Errors
    /// `rule` where a signed month would change, and where a learner would be moved away from marks.
    pub(super) fn carry_out(&mut self, plan: &Plan<'_>) -> Result<()> {
        let placed = plan.known.as_ref().filter(|_| plan.enrol || plan.move_section);
        let seat = placed.and_then(|(student, beside)| Some((*student, beside.place.enrolment.as_ref()?.id)));
        let before = seat.map(|(_, enrolment)| listed::seats(self.work.conn(), enrolment)).transpose()?;
        self.write(plan)?;
        if let (Some((student, enrolment)), Some(before)) = (seat, before) {
            listed::check_marks(self.work.conn(), student, enrolment, &before)?;
        }
        self.work.check()
    }

    fn write(&mut self, plan: &Plan<'_>) -> Result<()> {
        let Some((student, beside)) = &plan.known else {
            let student = self.new_learner(plan.line)?;
            return self.enrol(plan.line, student, None);
        };
        self.take(plan, *student, &beside.relatives)?;
        let (place, line) = (&beside.place, plan.line);
        if plan.enrol {
            self.enrol(line, *student, place.enrolment.as_ref())?;
        }
        let Some(enrolment) = &place.enrolment else { return Ok(()) };
        if plan.take.iter().any(|field| field == "status") {
            self.take_status(line, enrolment, place, plan.move_section)?;
        }
        if plan.move_section {
            self.move_here(line, enrolment, &place.memberships)?;
        }
        Ok(())
    }

    fn new_learner(&mut self, line: &Line) -> Result<Uuid> {
        let mut fields = Map::new();
        for (field, value) in differences::student_fields(line) {
            fields.insert(field.to_owned(), value.into());
        }
        fields.insert("lrn_status".into(), if line.lrn.is_some() { "confirmed" } else { "none" }.into());
        if line.remark(RemarkCode::Cct).is_some() {
            fields.insert("four_ps".into(), true.into());
        }
        let people = family::of(line);
        if people.is_empty() {
            fields.extend(line.contact.clone().map(|phone| ("phone".to_owned(), phone.into())));
        }
        let student = self.save("student", None, fields)?.row.id;
        self.counts.learners_added += 1;
        for person in &people {
            self.add_relative(student, person, person.phone)?;
        }
        Ok(student)
    }

    /// A parent or guardian of a learner: one of that name and number who is here already, or a new one.
    fn add_relative(&mut self, student: Uuid, person: &Named<'_>, phone: Option<&str>) -> Result<()> {
        let name = fold(&person.name.text());
        let with_phone = phone.and_then(|phone| self.phones.get(phone)).into_iter().flatten();
        let known = with_phone.map(|row| (row.id, fold(&person_text(row)))).find(|(_, text)| *text == name);
        let guardian = match known {
            Some((id, _)) => id,
            None => {
                let mut fields = name_fields(person.name);
                fields.insert("phone".into(), phone.into());
                let row = self.save("guardian", None, fields)?.row;
                self.counts.guardians_added += 1;
                if let Some(phone) = phone {
                    self.phones.entry(phone.to_owned()).or_default().push(row.clone());
                }
                row.id
            }
        };
        let mut link = object(json!({ "student": student, "guardian": guardian, "relation": person.relation }));
        if person.is_primary {
            link.insert("is_primary".into(), true.into());
        }
        self.save("student_guardian", None, link)?;
        Ok(())
    }

    /// Takes over the chosen fields of learner and family.
    fn take(&mut self, plan: &Plan<'_>, student: Uuid, relatives: &[Relative]) -> Result<()> {
        let chosen = |name: &str| plan.take.iter().any(|field| field == name);
        let mut fields = Map::new();
        for (field, value) in differences::student_fields(plan.line) {
            if chosen(field) {
                fields.insert(field.to_owned(), value.into());
            }
        }
        if chosen("lrn") {
            fields.insert("lrn_status".into(), "confirmed".into());
        }
        if chosen("four_ps") {
            fields.insert("four_ps".into(), true.into());
        }
        let people = family::of(plan.line);
        if people.is_empty() && chosen("contact") {
            fields.extend(plan.line.contact.clone().map(|phone| ("phone".to_owned(), phone.into())));
        }
        if !fields.is_empty() {
            self.save("student", Some(student), fields)?;
        }
        for person in &people {
            let phone = person.phone.filter(|_| chosen("contact"));
            let mut known = with_relation(relatives, person.relation).map(|known| &known.guardian);
            // The one who is meant; of several, the one of that name.
            let theirs = fold(&person.name.text());
            let named = known.clone().find(|row| fold(&person_text(row)) == theirs);
            let only = known.next().filter(|_| known.next().is_none());
            match named.or(only) {
                Some(row) => {
                    let mut fields = if chosen(person.relation) { name_fields(person.name) } else { Map::new() };
                    fields.extend(phone.map(|phone| ("phone".to_owned(), phone.into())));
                    if !fields.is_empty() {
                        self.save("guardian", Some(row.id), fields)?;
                    }
                }
                None if chosen(person.relation) || phone.is_some() => self.add_relative(student, person, phone)?,
                None => {}
            }
        }
        self.counts.fields_taken += u32::try_from(plan.take.len()).unwrap_or(u32::MAX);
        Ok(())
    }

    /// Enrols a learner in the register's section, a cancelled enrolment anew.
    fn enrol(&mut self, line: &Line, student: Uuid, cancelled: Option<&Row>) -> Result<()> {
        let section = self.section()?;
        let kind = if line.remark(RemarkCode::TransferredIn).is_some() {
            Some("transferee")
        } else {
            line.remark(RemarkCode::BalikAral).map(|_| "balik_aral")
        };
        let came = line.remark(RemarkCode::TransferredIn).or_else(|| line.remark(RemarkCode::BalikAral));
        let school = words(came, SCHOOL_LETTERS);
        let mut fields = object(json!({
            "grade_level": self.register.grade_level,
            "kind": kind,
            "late": line.remark(RemarkCode::LateEnrolment).map(|_| true),
            "from_school": school,
            "to_school": null,
            "reason_code": null,
        }));
        if cancelled.is_none() {
            let made = json!({ "student": student, "school_year": self.year.id, "status": "pre_registered" });
            fields.extend(object(made));
        }
        let enrolment = self.save("enrolment", cancelled.map(|row| row.id), fields)?.row.id;
        let from = Day(self.not_before(enrolment, self.first_day(line))?);
        let enrolled = Change { school, ..Change::to("enrolled", "enrolled", from) };
        record::change(self.work, &self.by, enrolment, enrolled, json!({ "first_attendance_date": from }))?;
        record::place(self.work, enrolment, section, from)?;
        if has_left(differences::status(line)) {
            self.leave(line, enrolment)?;
        }
        self.counts.enrolled += 1;
        Ok(())
    }

    /// What LIS says about who left, and who did not. A day that it does not say is today.
    fn take_status(&mut self, line: &Line, enrolment: &Row, place: &Place, moves: bool) -> Result<()> {
        if has_left(differences::status(line)) {
            return self.leave(line, enrolment.id);
        }
        let came = text(&ENROLMENT, enrolment, "status") == Some("pre_registered");
        let (kind, day) =
            if came { ("enrolled", self.first_day(line)) } else { ("returned", self.within_year(self.by.today)) };
        let on = Day(self.not_before(enrolment.id, day)?);
        let also = if came {
            json!({ "first_attendance_date": on, "late": line.remark(RemarkCode::LateEnrolment).map(|_| true) })
        } else {
            json!({ "to_school": null, "reason_code": null })
        };
        record::change(self.work, &self.by, enrolment.id, Change::to(kind, "enrolled", on), also)?;
        let last = place.seat().and_then(|seat| seat.get(&SECTION_MEMBERSHIP, "section").as_id());
        if let (Some(section), false, false) = (last, moves, came) {
            record::place(self.work, enrolment.id, section, on)?;
        }
        Ok(())
    }

    /// Out of school and section, from the remark's day on.
    fn leave(&mut self, line: &Line, enrolment: Uuid) -> Result<()> {
        let (out, dropped) = (line.remark(RemarkCode::TransferredOut), line.remark(RemarkCode::Dropped));
        let day = left_on(line).unwrap_or_else(|| self.within_year(self.by.today));
        let on = Day(self.not_before(enrolment, day)?);
        let (school, reason_code) = (words(out, SCHOOL_LETTERS), words(dropped, REASON_LETTERS));
        let status = differences::status(line);
        let change = Change { school, reason_code, ..Change::to(status, status, on) };
        let also = json!({ "to_school": school, "reason_code": reason_code });
        record::change(self.work, &self.by, enrolment, change, also)?;
        record::leave(self.work, enrolment, on)
    }

    /// Into the register's section from today on: the days before stay those of the old section.
    fn move_here(&mut self, line: &Line, enrolment: &Row, memberships: &[Row]) -> Result<()> {
        let section = self.section()?;
        let grade = object(json!({ "grade_level": self.register.grade_level }));
        if text(&ENROLMENT, enrolment, "grade_level") != Some(&self.register.grade_level) {
            self.save("enrolment", Some(enrolment.id), grade)?;
        }
        let from = if memberships.is_empty() { self.first_day(line) } else { self.within_year(self.by.today) };
        record::place(self.work, enrolment.id, section, Day(from))?;
        self.counts.moved += 1;
        Ok(())
    }

    /// `day`, or the day of what is known to have happened later: history is added to, never overtaken.
    fn not_before(&self, enrolment: Uuid, day: i32) -> Result<i32> {
        let events = record::events(self.work.conn(), enrolment)?;
        Ok(events.iter().map(|event| event.on_date).fold(day, i32::max))
    }

    /// The register's section; the first learner makes it.
    fn section(&mut self) -> Result<Uuid> {
        if let Some(section) = self.section {
            return Ok(section);
        }
        let fields = object(json!({
            "school_year": self.year.id,
            "grade_level": self.register.grade_level,
            "name": self.register.section,
        }));
        let id = self.save("section", None, fields)?.row.id;
        self.counts.sections_added += 1;
        self.section = Some(id);
        Ok(id)
    }

    /// The day on which a learner came: of the T/I, LE or B/A remark, or the year's first.
    fn first_day(&self, line: &Line) -> i32 {
        let day = |code| line.remark(code)?.date.as_deref().and_then(pems_model::value::parse_date);
        let codes = [RemarkCode::TransferredIn, RemarkCode::LateEnrolment, RemarkCode::BalikAral];
        codes.into_iter().find_map(day).map_or_else(|| self.within_year(i32::MIN), |day| self.within_year(day))
    }

    /// The day itself if it is one of the school year, else the year's first.
    fn within_year(&self, day: i32) -> i32 {
        let (first, last) = (date(&SCHOOL_YEAR, self.year, "start_date"), date(&SCHOOL_YEAR, self.year, "end_date"));
        let first = first.unwrap_or_default();
        if day > first && last.is_none_or(|last| day <= last) { day } else { first }
    }

    fn save(&mut self, entity: &str, id: Option<Uuid>, fields: Map<String, Json>) -> Result<Saved> {
        crate::domain::listed::save(self.work, &Save { entity: entity.to_owned(), id, fields })
    }
}

fn left_on(line: &Line) -> Option<i32> {
    let remark = line.remark(RemarkCode::TransferredOut).or_else(|| line.remark(RemarkCode::Dropped))?;
    remark.date.as_deref().and_then(pems_model::value::parse_date)
}

/// What a remark says, if a field can hold it.
fn words(remark: Option<&Remark>, most: usize) -> Option<&str> {
    remark?.detail.as_deref().filter(|detail| detail.chars().count() <= most)
}

fn name_fields(name: &PersonName) -> Map<String, Json> {
    object(
        json!({ "last_name": name.last, "first_name": name.first, "middle_name": name.middle, "name_ext": name.ext }),
    )
}

fn object(json: Json) -> Map<String, Json> {
    if let Json::Object(object) = json { object } else { Map::new() }
}
