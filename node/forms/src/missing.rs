//! What a form lacks, said before it is printed and in a way that the window can link to the place where it is typed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Without it the form is wrong: it may not be printed.
    Must,
    /// The form is right without it, but somebody will ask.
    Should,
}

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Missing {
    /// The kind of record that lacks it, by its name in the data model: `school_profile`, `section`, `student`...
    pub record: String,
    #[ts(type = "string | null")]
    pub id: Option<Uuid>,
    /// The field, by its name in the data model.
    pub field: String,
    /// The field as a clerk knows it.
    pub label: String,
    /// Whose record it is: a learner's name, the section, the school.
    pub who: String,
    pub severity: Severity,
}

/// Collects what is missing.
#[derive(Default)]
pub(crate) struct Lacking(Vec<Missing>);

impl Lacking {
    /// Notes the field unless it is there.
    pub fn unless(
        &mut self,
        there: bool,
        severity: Severity,
        (record, id): (&str, Option<Uuid>),
        field: (&str, &str),
        who: &str,
    ) {
        if !there {
            let (field, label) = (field.0.to_owned(), field.1.to_owned());
            self.0.push(Missing { record: record.to_owned(), id, field, label, who: who.to_owned(), severity });
        }
    }

    /// What must be there before what should be.
    pub fn done(mut self) -> Vec<Missing> {
        self.0.sort_by_key(|missing| missing.severity);
        self.0
    }
}
