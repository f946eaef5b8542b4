//! What every form says about a school and a person.

use std::cmp::Ordering;

use pems_model::fold::fold;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::missing::{Lacking, Severity};

/// The school as its forms name it. Unknown is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct School {
    /// DepEd School ID, six digits.
    pub school_id: String,
    pub name: String,
    pub region: String,
    pub division: String,
    pub district: String,
    /// Street, municipality, province: for letterheads.
    pub address: String,
    pub head_name: String,
    pub head_position: String,
}

impl School {
    pub(crate) fn lacking(&self, lacking: &mut Lacking) {
        let mut need = |text: &str, severity, field: (&str, &str)| {
            lacking.unless(filled(text), severity, ("school_profile", None), field, &self.name);
        };
        need(&self.school_id, Severity::Must, ("deped_school_id", "School ID"));
        need(&self.name, Severity::Must, ("name", "School name"));
        need(&self.head_name, Severity::Should, ("head_name", "School head"));
        for (text, field) in [
            (&self.name, ("name", "School name")),
            (&self.region, ("region", "Region")),
            (&self.division, ("division", "Division")),
            (&self.district, ("district", "District")),
            (&self.address, ("address", "Address")),
            (&self.head_name, ("head_name", "School head")),
            (&self.head_position, ("head_position", "Position of the school head")),
        ] {
            lacking.drawn(text, ("school_profile", None), field, &self.name);
        }
    }

    /// `Principal II`, or what every school has.
    pub(crate) fn head_title(&self) -> &str {
        if filled(&self.head_position) { &self.head_position } else { "School Head" }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Sex {
    M,
    F,
}

/// A person's name as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Name {
    pub last: String,
    pub first: String,
    pub middle: String,
    /// `JR`, `II`...
    pub ext: String,
}

impl Name {
    /// `DELA CRUZ, JUAN JR, SANTOS`: last, first with extension, middle, as DepEd's forms ask for it; in capitals.
    pub fn listed(&self) -> String {
        let first = joined(&[&self.first, &self.ext], " ");
        joined(&[&self.last, &first, &self.middle], ", ").to_uppercase()
    }

    /// `Juan S. Dela Cruz Jr`: as it is read out.
    pub fn spoken(&self) -> String {
        let initial = self.middle.trim().chars().next().map(|c| format!("{c}.")).unwrap_or_default();
        joined(&[&self.first, &initial, &self.last, &self.ext], " ")
    }

    /// In full: `Juan Santos Dela Cruz Jr`.
    pub fn full(&self) -> String {
        joined(&[&self.first, &self.middle, &self.last, &self.ext], " ")
    }

    /// The order of every list: by last, first, middle name, whatever accents and capitals they are typed with.
    pub fn order(&self, other: &Name) -> Ordering {
        let key = |name: &Name| (fold(&name.last), fold(&name.first), fold(&name.middle), fold(&name.ext));
        key(self).cmp(&key(other))
    }
}

/// Letters of a learner's name that cannot be printed.
pub(crate) fn name_drawn(lacking: &mut Lacking, student: Option<Uuid>, name: &Name) {
    let who = name.listed();
    lacking.drawn(&who, ("student", student), ("last_name", "Name"), &who);
}

pub(crate) fn filled(text: &str) -> bool {
    !text.trim().is_empty()
}

/// The parts that are there.
pub(crate) fn joined(parts: &[&str], between: &str) -> String {
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}

/// `Grade 7`, `Kindergarten`, `Non-graded`.
pub(crate) fn grade_name(grade: &str) -> String {
    match grade.trim() {
        "" => String::new(),
        "K" => "Kindergarten".to_owned(),
        "NG" => "Non-graded".to_owned(),
        number if number.bytes().all(|b| b.is_ascii_digit()) => format!("Grade {number}"),
        other => other.to_owned(),
    }
}

/// Whether the name of a section says its grade already, as "7-Rizal", "Grade 7 Rizal" and "G7 Rizal" do: then it is not said twice.
pub fn names_its_grade(grade: &str, section: &str) -> bool {
    let name = section.trim().to_lowercase();
    let rest = |name: &str, begins: &str| name.strip_prefix(begins).map(|rest| rest.trim_start().to_owned());
    let grade = grade.trim().to_lowercase();
    if grade == "k" {
        return name.starts_with("kinder") || name == "k" || name.starts_with("k-") || name.starts_with("k ");
    }
    let bare = rest(&name, "grade").or_else(|| rest(&name, "gr.")).or_else(|| rest(&name, "g")).unwrap_or_default();
    !grade.is_empty()
        && [name.as_str(), bare.as_str()].iter().any(|name| {
            name.strip_prefix(grade.as_str()).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        })
}

/// What a form says about a section is missing.
pub(crate) fn section_lacking(lacking: &mut Lacking, id: Option<Uuid>, section: &str, grade: &str, adviser: &str) {
    let mut need =
        |text: &str, severity, field| lacking.unless(filled(text), severity, ("section", id), field, section);
    need(section, Severity::Must, ("name", "Section name"));
    need(grade, Severity::Must, ("grade_level", "Grade level"));
    need(adviser, Severity::Must, ("adviser", "Adviser"));
    lacking.drawn(section, ("section", id), ("name", "Section name"), section);
    lacking.drawn(adviser, ("section", id), ("adviser", "Adviser"), section);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_spoken_and_sorted() {
        let name = |last: &str, first: &str| Name { last: last.into(), first: first.into(), ..Name::default() };
        let full = Name { middle: "Peña".into(), ext: "Jr".into(), ..name("Dela Cruz", "Juan") };
        assert_eq!(full.listed(), "DELA CRUZ, JUAN JR, PEÑA");
        assert_eq!(full.spoken(), "Juan P. Dela Cruz Jr");
        assert_eq!(name("Ñique", "A").order(&name("Nilo", "A")), Ordering::Greater);
        assert_eq!(name("ñilo", "A").order(&name("NILO", "B")), Ordering::Less);
    }

    #[test]
    fn a_section_that_is_called_by_its_grade_says_it_once() {
        for (grade, section) in [
            ("7", "7-Bonifacio"),
            ("7", "7 - Rizal"),
            ("7", "Grade 7 Luna"),
            ("10", "G10-Mabini"),
            ("K", "Kinder Rose"),
            ("K", "K-1"),
        ] {
            assert!(names_its_grade(grade, section), "{grade} {section}");
        }
        let others =
            [("7", "Bonifacio"), ("7", "70s"), ("1", "10-Rizal"), ("7", "8-Luna"), ("K", "Kalachuchi"), ("", "7")];
        for (grade, section) in others {
            assert!(!names_its_grade(grade, section), "{grade} {section}");
        }
    }
}
