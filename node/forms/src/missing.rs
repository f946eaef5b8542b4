//! What a form lacks, said before it is printed and in a way that the window can link to the place where it is typed.

use crate::font::Fonts;
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
pub(crate) struct Lacking {
    missing: Vec<Missing>,
    fonts: Fonts,
}

impl Lacking {
    pub fn new() -> Lacking {
        Lacking { missing: Vec::new(), fonts: Fonts::new() }
    }

    /// Notes the letters of a text that would be boxes on paper.
    pub fn drawn(&mut self, text: &str, (record, id): (&str, Option<Uuid>), field: (&str, &str), who: &str) {
        let lacks = self.fonts.lacks(text);
        if lacks.is_empty() {
            return;
        }
        let letters: Vec<String> = lacks.iter().map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
        let label = format!("{}: letters that cannot be printed: {}", field.1, letters.join(", "));
        self.unless(false, Severity::Should, (record, id), (field.0, &label), who);
    }

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
            self.missing.push(Missing { record: record.to_owned(), id, field, label, who: who.to_owned(), severity });
        }
    }

    /// What must be there before what should be.
    pub fn done(mut self) -> Vec<Missing> {
        self.missing.sort_by_key(|missing| missing.severity);
        self.missing
    }
}
