//! The register beside the office's records: what a reconciliation screen shows. Nothing is written here.

use super::differences::{self, has_left};
use super::here::{Here, Place, Relative, date, relatives, text};
use super::likeness::{Candidate, Difference, MatchedBy};
use super::matching::{self, Match};
use super::register::{Line, RefusedRow, Register, Warning};
use super::said::{Key, say};
use crate::{Result, Store};
use pems_model::Row;
use pems_model::entities::{ENROLMENT, SCHOOL_YEAR, SECTION, SECTION_MEMBERSHIP, STUDENT};
use pems_model::value::format_date;
use serde::Serialize;
use std::collections::HashSet;
use ts_rs::TS;
use uuid::Uuid;

/// A register set beside the records, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Reconciliation {
    pub file: String,
    /// Fingerprint of the file: `apply` wants it back, so that what was looked at is what is applied.
    pub hash: String,
    pub school_id: String,
    pub school_name: String,
    pub school_year: String,
    /// `null` where the office does not have this school year: nothing can be applied then.
    #[ts(type = "string | null")]
    pub school_year_id: Option<Uuid>,
    pub grade_level: String,
    pub section: String,
    /// `null` where the office does not have this section: the first learner who is added makes it.
    #[ts(type = "string | null")]
    pub section_id: Option<Uuid>,
    pub lines: Vec<ReconciledLine>,
    /// Who sits in the section here and is not in the register.
    pub extra: Vec<Extra>,
    pub refused: Vec<RefusedRow>,
    pub warnings: Vec<Warning>,
    pub counts: ReconciledCounts,
}

/// How one line stands to the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReconciledLine {
    /// Row of the sheet, from 1; choices name it.
    pub line: u32,
    pub name: String,
    pub lrn: Option<String>,
    pub sex: Option<String>,
    pub birth_date: Option<String>,
    pub remarks: Option<String>,
    pub state: LineState,
    /// The learner it means; `null` for one who is new or not certain.
    #[ts(type = "string | null")]
    pub student: Option<Uuid>,
    pub matched_by: Option<MatchedBy>,
    /// The learner's enrolment of this school year.
    #[ts(type = "string | null")]
    pub enrolment: Option<Uuid>,
    /// Where the learner sits here, if that is not the register's section.
    pub ours: Option<OurSection>,
    /// Whatever the state is.
    pub fields: Vec<Difference>,
    /// Whom it may be, where that is not certain.
    pub candidates: Vec<Candidate>,
}

/// What a line is to the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// Known, in this section, nothing differs.
    Same,
    /// Known, in this section, `fields` differ.
    Different,
    /// Not known, or known (`student`) and not enrolled this school year.
    MissingHere,
    /// Known and enrolled, but in another section, or in none (`ours`).
    WrongSection,
    /// May be one of `candidates`: a person must say which, or that it is a new learner.
    Suspect,
}

/// Where a learner sits here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OurSection {
    /// `null` for a learner in no section.
    #[ts(type = "string | null")]
    pub section: Option<Uuid>,
    pub name: Option<String>,
    pub grade_level: String,
}

/// A learner of the section who is not in the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Extra {
    #[ts(type = "string")]
    pub student: Uuid,
    #[ts(type = "string")]
    pub enrolment: Uuid,
    pub name: String,
    pub lrn: Option<String>,
    pub sex: Option<String>,
    pub birth_date: Option<String>,
    pub status: String,
}

/// How many lines are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct ReconciledCounts {
    pub same: u32,
    pub different: u32,
    pub missing_here: u32,
    pub wrong_section: u32,
    pub suspect: u32,
    pub extra: u32,
    pub refused: u32,
}

fn whole(key: Key, names: &str, message: String) -> Warning {
    let sentence = say(key, &[names], message);
    Warning::whole(sentence.message, sentence.said)
}

/// Sets a register beside the records of the office.
///
/// # Errors
/// `wrong_tenant` for another school's register, `required` where the office has no School ID of its own, or what the disk said.
pub fn reconcile(store: &Store, register: &Register) -> Result<Reconciliation> {
    let here = Here::load(store, register)?;
    let mut lines = Vec::with_capacity(register.learners.len());
    let mut warnings = register.warnings.clone();
    if here.year.is_none() {
        let year = &register.school_year;
        let message = format!("this office has no school year {year}; add it before anything can be taken over");
        warnings.insert(0, whole(Key::NoYear, year, message));
    }
    let closed = here.year.as_ref().is_some_and(|row| text(&SCHOOL_YEAR, row, "status") == Some("closed"));
    if closed {
        let year = &register.school_year;
        let message = format!("school year {year} is closed; open it again before anything can be taken over");
        warnings.insert(0, whole(Key::YearClosed, year, message));
    }
    for (line, found) in register.learners.iter().zip(matching::all(&here, &register.learners)) {
        lines.push(reconciled(store, &here, line, found)?);
    }
    let extra = extra(store, &here, &lines)?;
    let mut reconciliation = Reconciliation {
        file: register.file.clone(),
        hash: register.hash.clone(),
        school_id: register.school_id.clone(),
        school_name: register.school_name.clone(),
        school_year: register.school_year.clone(),
        school_year_id: here.year.as_ref().map(|row| row.id),
        grade_level: register.grade_level.clone(),
        section: register.section.clone(),
        section_id: here.section.as_ref().map(|row| row.id),
        lines,
        extra,
        refused: register.refused.clone(),
        warnings,
        counts: ReconciledCounts::default(),
    };
    reconciliation.count();
    Ok(reconciliation)
}

fn reconciled(store: &Store, here: &Here, line: &Line, found: Match) -> Result<ReconciledLine> {
    let mut out = ReconciledLine {
        line: line.line,
        name: line.name(),
        lrn: line.lrn.clone(),
        sex: line.sex.clone(),
        birth_date: line.birth_date.clone(),
        remarks: line.remarks.clone(),
        state: LineState::MissingHere,
        student: None,
        matched_by: None,
        enrolment: None,
        ours: None,
        fields: Vec::new(),
        candidates: Vec::new(),
    };
    match found {
        Match::New => {}
        Match::Suspect(candidates) => (out.state, out.candidates) = (LineState::Suspect, candidates),
        Match::Known(id, by) => {
            let beside = Beside::look(store, here, line, id)?;
            out.student = Some(id);
            out.matched_by = Some(by);
            out.state = beside.state;
            out.enrolment = beside.place.enrolment.as_ref().map(|row| row.id);
            out.ours = beside.ours;
            out.fields = beside.fields;
        }
    }
    Ok(out)
}

/// A known learner beside a line.
pub(super) struct Beside {
    pub(super) place: Place,
    pub(super) relatives: Vec<Relative>,
    pub(super) state: LineState,
    pub(super) ours: Option<OurSection>,
    pub(super) fields: Vec<Difference>,
}

impl Beside {
    pub(super) fn look(store: &Store, here: &Here, line: &Line, student: Uuid) -> Result<Beside> {
        let place = here.place(store, student)?;
        let relatives = relatives(store, student)?;
        let row = here.students.get(&student);
        let fields = row.map_or_else(Vec::new, |row| differences::between(line, row, &place, &relatives));
        let ours = other_section(here, line, &place);
        let state = match (place.is_enrolled(), &ours) {
            (false, _) => LineState::MissingHere,
            (true, Some(_)) => LineState::WrongSection,
            (true, None) if fields.is_empty() => LineState::Same,
            (true, None) => LineState::Different,
        };
        Ok(Beside { place, relatives, state, ours, fields })
    }
}

/// Where an enrolled learner sits, if not in the register's section. One who left is not looked for in any.
fn other_section(here: &Here, line: &Line, place: &Place) -> Option<OurSection> {
    let enrolment = place.enrolment.as_ref().filter(|_| place.is_enrolled())?;
    let left = place.status().is_some_and(has_left);
    let section = place.seat().and_then(|row| row.get(&SECTION_MEMBERSHIP, "section").as_id());
    let same = section.is_some() && section == here.section.as_ref().map(|row| row.id);
    if same || (left && has_left(differences::status(line))) {
        return None;
    }
    let row = section.and_then(|id| here.section_of(id));
    let grade =
        row.and_then(|row| text(&SECTION, row, "grade_level")).or_else(|| text(&ENROLMENT, enrolment, "grade_level"));
    Some(OurSection {
        section,
        name: row.and_then(|row| text(&SECTION, row, "name")).map(str::to_owned),
        grade_level: grade.unwrap_or_default().to_owned(),
    })
}

fn extra(store: &Store, here: &Here, lines: &[ReconciledLine]) -> Result<Vec<Extra>> {
    let matched: HashSet<Uuid> = lines.iter().filter_map(|line| line.student).collect();
    let mut extra = Vec::new();
    for enrolment in here.seated(store)? {
        let status = text(&ENROLMENT, &enrolment, "status").unwrap_or_default();
        let student = enrolment.get(&ENROLMENT, "student").as_id().and_then(|id| here.students.get(&id));
        let Some(row) = student.filter(|row| !matched.contains(&row.id)) else { continue };
        if !has_left(status) && status != "cancelled" {
            extra.push(extra_learner(row, enrolment.id, status));
        }
    }
    extra.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(extra)
}

fn extra_learner(row: &Row, enrolment: Uuid, status: &str) -> Extra {
    let part = |field| text(&STUDENT, row, field).map(str::to_owned);
    let names = ["first_name", "name_ext", "middle_name"].into_iter().filter_map(|field| text(&STUDENT, row, field));
    let rest = names.collect::<Vec<_>>().join(" ");
    Extra {
        student: row.id,
        enrolment,
        name: format!("{}, {rest}", part("last_name").unwrap_or_default()),
        lrn: part("lrn"),
        sex: part("sex"),
        birth_date: date(&STUDENT, row, "birth_date").map(format_date),
        status: status.to_owned(),
    }
}

impl Reconciliation {
    fn count(&mut self) {
        let of =
            |state| u32::try_from(self.lines.iter().filter(|line| line.state == state).count()).unwrap_or(u32::MAX);
        self.counts = ReconciledCounts {
            same: of(LineState::Same),
            different: of(LineState::Different),
            missing_here: of(LineState::MissingHere),
            wrong_section: of(LineState::WrongSection),
            suspect: of(LineState::Suspect),
            extra: u32::try_from(self.extra.len()).unwrap_or(u32::MAX),
            refused: u32::try_from(self.refused.len()).unwrap_or(u32::MAX),
        };
    }
}
