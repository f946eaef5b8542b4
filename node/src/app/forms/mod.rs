//! The questions of the window about forms: `{"do": "forms.…"}`. What a form says is gathered from the records here; how it looks
//! is [`pems_forms`]'s.
//!
//! Invariants: a form that lacks what it must say is looked at, and printed only as a draft that says so on every sheet; what it lacks
//! is named with its record; a file is whole or not there; no file is overwritten.

mod away;
mod certificate;
mod class_list;
mod day;
mod form;
mod list;
mod named;
pub(super) mod print;
mod school;
mod sf1;
mod sf2;
pub(super) mod shelf;
mod stays;
#[cfg(test)]
mod tests;

use super::Desk;
use super::access::Access;
use crate::Result;
use crate::domain::attendance::section::Section;
use form::{Form, Gathered, forms};
use named::Said;
use pems_forms::{Missing, Page};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

forms! {
    "sf1" => Sf1(sf1::AskSf1),
    "sf2" => Sf2(sf2::AskSf2),
    "class_list" => ClassList(class_list::AskClassList),
    "certificate" => Certificate(certificate::AskCertificate),
    "learner_list" => LearnerList(list::AskLearnerList),
    "day" => Day(day::AskDay),
    "away" => Away(away::AskAway),
}

/// As what a form is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "FormFormat")]
pub enum Format {
    Pdf,
    /// As PDF, whatever is missing: every sheet says that it is a draft.
    Draft,
    Xlsx,
    Csv,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "FormPreview")]
pub struct Preview {
    /// What the paper is: `School Form 2, 7-Rizal, June 2026`.
    pub title: String,
    pub missing: Vec<Missing>,
    /// Whether nothing is missing that must be there.
    pub ready: bool,
    pub formats: Vec<&'static str>,
    /// Rows of a list that is too long for paper; of a shorter one, and of a form, none.
    pub too_long: Option<usize>,
    pub pages: Vec<Page>,
}

pub(crate) use list::cell;
pub(crate) use named::LIST_WORDS;
pub use print::{Files, Made};
