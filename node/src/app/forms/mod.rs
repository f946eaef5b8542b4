//! The questions of the window about forms: `{"do": "forms.…"}`. What a form says is gathered from the records here; how it looks
//! is [`pems_forms`]'s.
//!
//! Invariants: a form that lacks what it must say is looked at but not printed, and what it lacks is named with its record; a file
//! is whole or not there; no file is overwritten.

mod certificate;
mod class_list;
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
use super::learners::LearnerQuery;
use crate::Result;
use crate::domain::attendance::section::Section;
use pems_forms::{FormError, Missing, Page};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// One form of one section or learner.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "form", rename_all = "snake_case", deny_unknown_fields)]
#[ts(rename = "FormAsked")]
pub enum Asked {
    /// School Form 1, the register as it stands today.
    Sf1 {
        #[ts(type = "string")]
        section: Uuid,
    },
    /// School Form 2 of a month (`2026-06`).
    Sf2 {
        #[ts(type = "string")]
        section: Uuid,
        month: String,
    },
    /// The class list of today.
    ClassList {
        #[ts(type = "string")]
        section: Uuid,
    },
    /// Certificate of enrolment.
    Certificate {
        #[ts(type = "string")]
        student: Uuid,
        #[serde(default)]
        #[ts(optional, as = "Option<String>")]
        purpose: String,
    },
    /// The list of learners as it was searched, filtered and sorted.
    LearnerList {
        #[serde(default)]
        #[ts(optional, as = "Option<LearnerQuery>")]
        query: LearnerQuery,
        /// Those that are shown, in order; the usual ones where none is named.
        #[serde(default)]
        #[ts(optional, as = "Option<Vec<String>>")]
        columns: Vec<String>,
        /// Only these of them, where some were chosen.
        #[serde(default)]
        #[ts(optional, type = "string[]")]
        chosen: Vec<Uuid>,
    },
    /// A day (`2026-06-16`) over all sections.
    Day { date: String },
    /// Who has been away for five class days or more.
    Away,
}

/// As what a form is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "FormFormat")]
pub enum Format {
    Pdf,
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

/// A form with everything that it says.
enum Form {
    Sf1(pems_forms::sf1::Sf1),
    Sf2(pems_forms::sf2::Sf2),
    ClassList(pems_forms::class_list::ClassList),
    Certificate(pems_forms::certificate::Certificate),
    List(pems_forms::list::List),
}

/// A form and what its file is called.
struct Gathered {
    title: String,
    form: Form,
}

impl Gathered {
    fn missing(&self) -> Vec<Missing> {
        match &self.form {
            Form::Sf1(form) => pems_forms::sf1::missing(form),
            Form::Sf2(form) => pems_forms::sf2::missing(form),
            Form::ClassList(form) => pems_forms::class_list::missing(form),
            Form::Certificate(form) => pems_forms::certificate::missing(form),
            Form::List(_) => Vec::new(),
        }
    }

    fn pages(&self) -> Vec<Page> {
        match &self.form {
            Form::Sf1(form) => pems_forms::sf1::pages(form),
            Form::Sf2(form) => pems_forms::sf2::pages(form),
            Form::ClassList(form) => pems_forms::class_list::pages(form),
            Form::Certificate(form) => pems_forms::certificate::pages(form),
            Form::List(_) if self.too_long().is_some() => Vec::new(),
            Form::List(form) => pems_forms::list::pages(form),
        }
    }

    /// Rows of a list that is too long for paper.
    fn too_long(&self) -> Option<usize> {
        match &self.form {
            Form::List(form) => Some(form.rows.len()).filter(|rows| *rows > list::PAPER),
            _ => None,
        }
    }

    /// The form as a workbook; `None` for one that DepEd wants on paper alone.
    fn workbook(&self) -> Option<std::result::Result<Vec<u8>, FormError>> {
        match &self.form {
            Form::Sf1(form) => Some(pems_forms::sf1::xlsx(form)),
            Form::Sf2(form) => Some(pems_forms::sf2::xlsx(form)),
            Form::ClassList(form) => Some(pems_forms::list::xlsx(&list::of_class(form))),
            Form::List(form) => Some(pems_forms::list::xlsx(form)),
            Form::Certificate(_) => None,
        }
    }

    /// The rows of a list.
    fn table(&self) -> Option<pems_forms::list::List> {
        match &self.form {
            Form::ClassList(form) => Some(list::of_class(form)),
            Form::List(form) => Some(form.clone()),
            Form::Sf1(_) | Form::Sf2(_) | Form::Certificate(_) => None,
        }
    }

    fn formats(&self) -> Vec<&'static str> {
        match self.form {
            Form::Sf1(_) | Form::Sf2(_) => vec!["pdf", "xlsx"],
            Form::List(_) if self.too_long().is_some() => vec!["xlsx", "csv"],
            Form::ClassList(_) | Form::List(_) => vec!["pdf", "xlsx", "csv"],
            Form::Certificate(_) => vec!["pdf"],
        }
    }
}

pub(crate) use list::cell;
pub(crate) use named::LIST_WORDS;
pub use print::{Files, Made};
pub use shelf::{Certificates, Shelf, ShelfSection, ShelfYear};

impl Desk {
    fn gather(&mut self, asked: &Asked) -> Result<Gathered> {
        match asked {
            Asked::Sf1 { section } => {
                self.check_sees_section(*section)?;
                sf1::gather(self, *section)
            }
            Asked::Sf2 { section, month } => {
                // Who takes a class answers for its month.
                if !self.may_take(&Section::find(self.store.conn(), *section)?) {
                    self.check_sees_section(*section)?;
                }
                sf2::gather(self, *section, month)
            }
            Asked::ClassList { section } => class_list::gather(self, *section),
            Asked::Certificate { student, purpose } => {
                self.check_sees_learner(*student)?;
                certificate::gather(self, *student, purpose)
            }
            Asked::LearnerList { query, columns, chosen } => list::learners(self, query, columns, chosen),
            Asked::Day { date } => list::day(self, date),
            Asked::Away => list::away(self),
        }
    }
}
