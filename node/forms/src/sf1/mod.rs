//! School Form 1, the register of a section: who is in it, where they live, whose children they are.
//!
//! [`pages`] draws it for paper, [`xlsx`] writes it where LIS's own export has everything, so that whoever reads that reads this;
//! both say the same of the same [`Sf1`]. [`layout`] knows the places.
//!
//! Everybody stands on it who was in the section this school year and has not gone to another section of the school: who left the
//! school stays, with the reason among the remarks.

mod figures;
pub mod layout;
mod legend;
mod pages;
mod remarks;
mod spelling;
mod table;
#[cfg(test)]
mod tests;
mod xlsx;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::dates::{age, first_friday_of_june, month_name, parts};
use crate::missing::{Lacking, Missing, Severity};
use crate::school::{Name, School, Sex, filled, name_drawn, section_lacking};

pub use crate::sf2::{Left, LeftWhy, Split};
pub use figures::{Figures, figures};
pub use pages::pages;
pub use xlsx::xlsx;

/// Grades whose mother tongue the form asks for.
const EARLY_GRADES: [&str; 3] = ["1", "2", "3"];

/// Everything that one School Form 1 says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sf1 {
    pub school: School,
    /// `2026-2027`
    pub school_year: String,
    /// `K`, `1` to `12`, `NG`.
    pub grade: String,
    pub section: String,
    pub section_id: Option<Uuid>,
    pub adviser: String,
    /// The day that the register is of.
    pub on: i32,
    /// Last day of the school year: from then on there is an end-of-year count.
    pub ends: Option<i32>,
    pub policy: Policy,
    /// Who was in the section on any day of the school year until `on`. In any order.
    pub learners: Vec<Learner>,
}

/// What differs between years and schools.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// The day that ages are counted on and until which enrolment is not late. Without one, the first Friday of June.
    pub cutoff_date: Option<i32>,
    /// What the forms call who dropped out this year: `NLS`, `NLPA`, `DROPPED OUT`.
    pub wording: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learner {
    pub id: Uuid,
    #[serde(flatten)]
    pub name: Name,
    pub sex: Option<Sex>,
    /// Twelve digits; empty for who has none yet.
    pub lrn: String,
    pub birth_date: Option<i32>,
    pub mother_tongue: String,
    pub ip_group: String,
    pub religion: String,
    pub house_street: String,
    pub barangay: String,
    pub municipality: String,
    pub province: String,
    pub father: Option<Name>,
    /// By her maiden name.
    pub mother: Option<Name>,
    /// Who is neither of them.
    pub guardian: Option<Name>,
    pub relationship: String,
    /// `+639…`
    pub contact: String,
    pub modality: String,
    /// First day of attendance.
    pub enrolled_from: i32,
    /// Since when and why the learner is not in the section on the day of the register.
    pub left: Option<Left>,
    /// The school that a transferee came from. Empty text if it is not known; `None` for who is no transferee.
    pub transferred_in: Option<String>,
    /// The school last attended by who came back after years. Empty text if it is not known.
    pub balik_aral: Option<String>,
    /// Enrolled after the cut-off date.
    pub late_enrolment: bool,
    /// The household receives 4Ps.
    pub four_ps: bool,
    /// What the learner needs; empty for nothing.
    pub special_needs: String,
    /// Counts at the beginning of the school year.
    pub in_section_on_cutoff: bool,
}

impl Sf1 {
    /// The day of the ages.
    pub fn cutoff(&self) -> Option<i32> {
        self.policy.cutoff_date.or_else(|| first_friday_of_june(self.starts_in()?))
    }

    /// The calendar year in which the school year begins.
    fn starts_in(&self) -> Option<i32> {
        self.school_year.get(..4)?.parse().ok()
    }

    /// Completed years on the cut-off day.
    pub fn age(&self, learner: &Learner) -> Option<i32> {
        Some(age(learner.birth_date?, self.cutoff()?))
    }

    /// Head of the age's column, true for a school whose year begins on another day than LIS assumes.
    fn age_head(&self) -> String {
        match self.cutoff() {
            Some(day) if self.starts_in().and_then(first_friday_of_june) != Some(day) => {
                let (_, month, day) = parts(day);
                format!("AGE as of {} {day}", month_name(month))
            }
            _ => "AGE as of 1st Friday June".to_owned(),
        }
    }

    /// Who stands on the form: learners of one sex, in the form's order.
    pub fn listed(&self, sex: Sex) -> Vec<&Learner> {
        let mut listed: Vec<&Learner> =
            self.learners.iter().filter(|learner| learner.sex == Some(sex) && !learner.moved_away()).collect();
        listed.sort_by(|a, b| a.name.order(&b.name));
        listed
    }
}

impl Learner {
    /// To another section of the same school, whose register has the learner now.
    fn moved_away(&self) -> bool {
        self.left.as_ref().is_some_and(|left| matches!(left.why, LeftWhy::Moved { .. }))
    }
}

/// What must be there before the form may be printed, and what should be.
pub fn missing(form: &Sf1) -> Vec<Missing> {
    let mut lacking = Lacking::new();
    form.school.lacking(&mut lacking);
    for (text, field) in
        [(&form.school.region, ("region", "Region")), (&form.school.division, ("division", "Division"))]
    {
        lacking.unless(filled(text), Severity::Should, ("school_profile", None), field, &form.school.name);
    }
    section_lacking(&mut lacking, form.section_id, &form.section, &form.grade, &form.adviser);
    let label = ("label", "School year");
    lacking.unless(filled(&form.school_year), Severity::Must, ("school_year", None), label, &form.school_year);
    for learner in form.learners.iter().filter(|learner| !learner.moved_away()) {
        of_learner(&mut lacking, form, learner);
    }
    lacking.done()
}

fn of_learner(lacking: &mut Lacking, form: &Sf1, learner: &Learner) {
    let who = learner.name.listed();
    let student = ("student", Some(learner.id));
    name_drawn(lacking, student.1, &learner.name);
    for (text, field) in [
        (&learner.mother_tongue, ("mother_tongue", "Mother tongue")),
        (&learner.ip_group, ("ip_group", "Indigenous people's group")),
        (&learner.religion, ("religion", "Religion")),
        (&learner.house_street, ("house_street", "House no., street, sitio")),
        (&learner.barangay, ("barangay", "Barangay")),
        (&learner.municipality, ("municipality", "Municipality or city")),
        (&learner.province, ("province", "Province")),
    ] {
        lacking.drawn(text, student, field, &who);
    }
    for person in [&learner.father, &learner.mother, &learner.guardian].into_iter().flatten() {
        lacking.drawn(&person.listed(), student, ("guardian", "Parent or guardian"), &who);
    }
    let mut need = |there: bool, severity, field: (&str, &str)| {
        lacking.unless(there, severity, ("student", Some(learner.id)), field, &who);
    };
    need(learner.sex.is_some(), Severity::Must, ("sex", "Sex"));
    need(learner.birth_date.is_some(), Severity::Must, ("birth_date", "Birth date"));
    need(filled(&learner.lrn), Severity::Should, ("lrn", "LRN"));
    let asked = EARLY_GRADES.contains(&form.grade.as_str());
    need(!asked || filled(&learner.mother_tongue), Severity::Should, ("mother_tongue", "Mother tongue"));
    need(filled(&learner.barangay), Severity::Should, ("barangay", "Barangay"));
    need(filled(&learner.municipality), Severity::Should, ("municipality", "Municipality or city"));
    let parent = learner.father.is_some() || learner.mother.is_some() || learner.guardian.is_some();
    need(parent, Severity::Should, ("guardian", "Parent or guardian"));
    need(filled(&learner.contact), Severity::Should, ("phone", "Contact number"));
    let mut need = |text: &str, severity, field: (&str, &str)| {
        lacking.unless(filled(text), severity, ("enrolment", Some(learner.id)), field, &who);
    };
    match learner.left.as_ref().map(|left| &left.why) {
        Some(LeftWhy::Dropped { reason, .. }) => need(reason, Severity::Must, ("reason_code", "Reason (SF2)")),
        Some(LeftWhy::TransferredOut { to }) => need(to, Severity::Should, ("to_school", "To school")),
        _ => {}
    }
}
