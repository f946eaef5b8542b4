//! School Form 2, the daily attendance report of a section for one month.
//!
//! [`figures`] counts, [`pages`] draws, [`xlsx`] fills the official workbook; all three read the same [`Sf2`] and nothing else.
//! Formulas: the guidelines printed on the form itself. Totals of a day follow who was in the section on that day, not who is at
//! the end of the month.

mod columns;
mod figures;
mod grid;
mod legend;
mod pages;
mod remarks;
#[cfg(test)]
mod tests;
mod xlsx;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::missing::{Lacking, Missing, Severity};
use crate::school::{Name, School, Sex, filled, name_drawn, section_lacking};

pub use figures::{DayTotal, Figures, LearnerTotal, Ratio, Split, figures};
pub use pages::pages;
pub use xlsx::xlsx;

/// Everything that one School Form 2 says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sf2 {
    pub school: School,
    /// `2026-2027`
    pub school_year: String,
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// `K`, `1` to `12`, `NG`.
    pub grade: String,
    pub section: String,
    pub section_id: Option<Uuid>,
    pub adviser: String,
    /// The days of the month that the school's calendar knows. A date that is not here is not a class day.
    pub days: Vec<Day>,
    /// Who was in the section on any day of the month, and who was on the cut-off date. In any order.
    pub learners: Vec<Learner>,
    /// Dates on which attendance was taken: "no marks" there means that all were present.
    pub taken: Vec<i32>,
    /// Dates, not among `taken`, of which one half was taken, with the half that was not.
    pub half_taken: Vec<(i32, Session)>,
    pub policy: Policy,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    pub date: i32,
    pub kind: DayKind,
    /// What the holiday or event is.
    #[serde(default)]
    pub label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    Class,
    Holiday,
    Suspension,
    /// An event is a class day if attendance was taken.
    Event,
    /// A class day in place of another, usually a Saturday.
    Makeup,
    Weekend,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learner {
    pub id: Uuid,
    #[serde(flatten)]
    pub name: Name,
    pub sex: Option<Sex>,
    /// The times in the section that touch the month (and, for who was there on the cut-off date, that one), in order.
    pub stays: Vec<Stay>,
    /// Days outside the stays on which the learner was marked in this class before changing sections: they count here.
    pub marked_here: Vec<i32>,
    /// Days of the stays on which the learner was marked in another class: they count there.
    pub marked_elsewhere: Vec<i32>,
    /// Counts in "enrolment as of the cut-off".
    pub in_section_on_cutoff: bool,
    /// Class days in a row, up to the last one before this month, that the learner was absent.
    pub absent_before: u16,
    /// Exceptions only: who has no mark was present.
    pub marks: Vec<Mark>,
    /// What the adviser wants to say besides.
    pub remarks: String,
}

/// A learner's time in the section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stay {
    /// The first day in the section.
    pub from: i32,
    pub came: Came,
    pub left: Option<Left>,
}

/// How a stay began. Only the first one of an enrolment is a late enrolment or a transfer in: who changes the section or comes
/// back is not counted again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Came {
    #[default]
    Enrolled,
    /// Enrolled after the cut-off date.
    Late,
    /// The school is empty if it is not known.
    TransferredIn { from: String },
    /// From another section of this school.
    Moved { from: String },
    /// Had left, and is back in the same school year.
    Returned,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The first day on which the learner is not in the section any more.
    pub on: i32,
    pub why: LeftWhy,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LeftWhy {
    /// `reason` is a code of the form's legend, `a.1` to `f`; `note` goes with `f`.
    Dropped {
        reason: String,
        #[serde(default)]
        note: String,
    },
    TransferredOut {
        to: String,
    },
    /// To another section of the same school: not counted as a loss.
    Moved {
        to: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub date: i32,
    pub session: Session,
    pub code: Code,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Session {
    Am,
    Pm,
    Day,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Code {
    #[serde(rename = "A")]
    Absent,
    #[serde(rename = "L")]
    Late,
    #[serde(rename = "C")]
    Cutting,
    /// Excused: an absence on the form.
    #[serde(rename = "E")]
    Excused,
}

/// What differs between years, divisions and schools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Until when enrolment is not late; the date of the form's "enrolment as of".
    pub cutoff_date: Option<i32>,
    /// Otherwise a tardy day is a day of absence.
    pub tardy_counts_present: bool,
    /// An absence of one session is half a day. Otherwise it is no absence, but makes the day a tardy one.
    pub half_day_am_pm: bool,
    /// What the form calls who dropped out this year: `NLS`, `NLPA`, `DROPPED OUT`.
    pub wording: String,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy { cutoff_date: None, tardy_counts_present: true, half_day_am_pm: true, wording: "NLS".to_owned() }
    }
}

impl Sf2 {
    /// First and last date of the month.
    pub(crate) fn span(&self) -> (i32, i32) {
        let first = |year: i32, month: u8| pems_model::value::parse_date(&format!("{year:04}-{month:02}-01"));
        let next = if self.month >= 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        match (first(self.year, self.month), first(next.0, next.1)) {
            (Some(from), Some(to)) => (from, to - 1),
            _ => (0, -1),
        }
    }

    /// The class days of the month, in order.
    pub fn class_days(&self) -> Vec<i32> {
        let (from, to) = self.span();
        let held = |day: &&Day| match day.kind {
            DayKind::Class | DayKind::Makeup => true,
            DayKind::Event => self.taken.contains(&day.date),
            DayKind::Holiday | DayKind::Suspension | DayKind::Weekend => false,
        };
        let mut dates: Vec<i32> =
            self.days.iter().filter(held).map(|day| day.date).filter(|date| (from..=to).contains(date)).collect();
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    /// Who stands on the form: learners of one sex who were in the section on a day of the month, in the form's order.
    pub fn listed(&self, sex: Sex) -> Vec<&Learner> {
        let (from, to) = self.span();
        // Who left on the first of the month was last there in the month before and is told of in this one.
        let in_month = |stay: &Stay| {
            let until = |left: &Left| left.on > stay.from && left.on >= from;
            stay.from <= to && stay.left.as_ref().is_none_or(until)
        };
        let marked = |learner: &Learner| learner.marked_here.iter().any(|date| (from..=to).contains(date));
        let here =
            |learner: &&Learner| learner.sex == Some(sex) && (marked(learner) || learner.stays.iter().any(in_month));
        let mut listed: Vec<&Learner> = self.learners.iter().filter(here).collect();
        listed.sort_by(|a, b| a.name.order(&b.name));
        listed
    }
}

impl Learner {
    /// Whether the learner was in the section on that day.
    ///
    /// A day on which the learner was marked in a class counts there, also where he is in another section since.
    pub fn in_section(&self, date: i32) -> bool {
        if self.marked_elsewhere.contains(&date) {
            return false;
        }
        self.marked_here.contains(&date)
            || self.stays.iter().any(|stay| stay.from <= date && stay.left.as_ref().is_none_or(|left| date < left.on))
    }
}

/// What must be there before the form may be printed, and what should be.
pub fn missing(form: &Sf2) -> Vec<Missing> {
    let mut lacking = Lacking::new();
    form.school.lacking(&mut lacking);
    section_lacking(&mut lacking, form.section_id, &form.section, &form.grade, &form.adviser);
    let year = ("school_year", None);
    lacking.unless(filled(&form.school_year), Severity::Must, year, ("label", "School year"), &form.school_year);
    let cutoff = ("cutoff_date", "Enrolment cut-off");
    lacking.unless(form.policy.cutoff_date.is_some(), Severity::Must, year, cutoff, &form.school_year);
    let days = form.class_days();
    lacking.unless(!days.is_empty(), Severity::Must, ("calendar_day", None), ("date", "Class days"), &form.school_year);
    for date in days.iter().filter(|date| !form.taken.contains(date)) {
        let half = match form.half_taken.iter().find(|(half, _)| half == date) {
            Some((_, Session::Am)) => " (morning)",
            Some((_, Session::Pm)) => " (afternoon)",
            _ => "",
        };
        let label = format!("Attendance of {}{half}", crate::dates::long(*date));
        let sheet = ("attendance_sheet", form.section_id);
        lacking.unless(false, Severity::Should, sheet, ("date", &label), &form.section);
    }
    for learner in &form.learners {
        name_drawn(&mut lacking, Some(learner.id), &learner.name);
        let (student, who) = (("student", Some(learner.id)), learner.name.listed());
        lacking.unless(learner.sex.is_some(), Severity::Must, student, ("sex", "Sex"), &who);
        let (from, to) = form.span();
        let left = learner.stays.iter().filter_map(|stay| stay.left.as_ref());
        for left in left.filter(|left| (from..=to).contains(&left.on)) {
            match &left.why {
                LeftWhy::Dropped { reason, .. } => {
                    let field = ("reason_code", "Reason (SF2)");
                    lacking.unless(filled(reason), Severity::Must, ("enrolment", Some(learner.id)), field, &who);
                }
                LeftWhy::TransferredOut { to } => {
                    let field = ("to_school", "To school");
                    lacking.unless(filled(to), Severity::Should, ("enrolment", Some(learner.id)), field, &who);
                }
                LeftWhy::Moved { .. } => {}
            }
        }
    }
    lacking.done()
}
