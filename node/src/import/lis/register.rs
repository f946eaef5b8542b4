//! What an SF1 register says, as data: nothing here knows what the office has.

use super::said::Said;
use pems_model::Code;
use serde::Serialize;
use ts_rs::TS;

/// The School Register (School Form 1) of one section, as LIS exported it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Register {
    /// Name of the file.
    pub file: String,
    pub sheet: String,
    /// Fingerprint of the file's bytes (BLAKE3, hex): what was looked at is what will be applied.
    pub hash: String,
    /// DepEd School ID, six digits.
    pub school_id: String,
    pub school_name: String,
    pub region: Option<String>,
    pub division: Option<String>,
    /// `2026-2027`
    pub school_year: String,
    /// One of [`GRADE_LEVELS`](pems_model::entities::GRADE_LEVELS).
    pub grade_level: String,
    pub section: String,
    pub learners: Vec<Line>,
    /// Rows that cannot be taken.
    pub refused: Vec<RefusedRow>,
    /// What was left out of rows that were taken.
    pub warnings: Vec<Warning>,
}

/// One learner of a register.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Line {
    /// Row of the sheet as Excel numbers it, from 1.
    pub line: u32,
    /// Exactly twelve digits; `None` for a learner whom LIS has not given one.
    pub lrn: Option<String>,
    pub last_name: String,
    pub first_name: String,
    pub middle_name: Option<String>,
    /// `JR`, `SR`, `II` to `VIII`
    pub name_ext: Option<String>,
    /// `F` or `M`
    pub sex: Option<String>,
    /// `2013-02-28`
    pub birth_date: Option<String>,
    pub mother_tongue: Option<String>,
    pub ip_group: Option<String>,
    pub religion: Option<String>,
    pub house_street: Option<String>,
    pub barangay: Option<String>,
    pub municipality: Option<String>,
    pub province: Option<String>,
    pub father: Option<PersonName>,
    /// Her maiden name.
    pub mother: Option<PersonName>,
    pub guardian: Option<PersonName>,
    /// The guardian's, in the register's words.
    pub relationship: Option<String>,
    /// Mobile number of a parent or guardian, `+639…`.
    pub contact: Option<String>,
    pub modality: Option<String>,
    /// The remarks cell as it is.
    pub remarks: Option<String>,
    pub codes: Vec<Remark>,
}

/// A name that the register has in one cell, in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct PersonName {
    pub last: String,
    /// First and middle name together where one comma is all that the cell has: they cannot be told apart.
    pub first: Option<String>,
    pub middle: Option<String>,
    pub ext: Option<String>,
}

/// One remark of the legend of School Form 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Remark {
    pub code: RemarkCode,
    /// The first date in it, `2026-06-08`.
    pub date: Option<String>,
    /// What else it says: a school, a reason, a number.
    pub detail: Option<String>,
}

/// Indicators of SF1's legend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RemarkCode {
    /// T/I
    TransferredIn,
    /// T/O
    TransferredOut,
    /// DRP, later NLS and NLPA
    Dropped,
    /// LE
    LateEnrolment,
    /// CCT, the recipients of 4Ps
    Cct,
    /// B/A
    BalikAral,
    /// SNED, LWD in the form of 2014
    SpecialNeeds,
    /// ACL
    Accelerated,
}

/// A row that cannot be taken, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RefusedRow {
    pub line: u32,
    /// `A12`
    pub cell: String,
    #[ts(type = "string")]
    pub code: Code,
    pub message: String,
    /// What the form calls the column.
    pub column: &'static str,
    /// The same for a screen, without the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub said: Option<Said>,
}

/// Something of a row that was left out or should be looked at; the row itself was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Warning {
    /// `None` for what concerns the whole file.
    pub line: Option<u32>,
    pub cell: Option<String>,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub column: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub said: Option<Said>,
}

impl Warning {
    /// About the whole file.
    pub fn whole(message: String, said: Option<Said>) -> Warning {
        Warning { line: None, cell: None, message, column: None, said }
    }
}

impl Line {
    /// `DELGADO, RAMON JR`, as lists show it.
    pub fn name(&self) -> String {
        let mut name = format!("{}, {}", self.last_name, self.first_name);
        for part in [&self.name_ext, &self.middle_name].into_iter().flatten() {
            name.push(' ');
            name.push_str(part);
        }
        name
    }

    /// The remark with this code, if the line has it.
    pub fn remark(&self, code: RemarkCode) -> Option<&Remark> {
        self.codes.iter().find(|remark| remark.code == code)
    }
}

impl PersonName {
    /// `DELGADO, RAMON SALAZAR JR`, as SF1 prints it.
    pub fn text(&self) -> String {
        let rest: Vec<&str> =
            [&self.first, &self.middle, &self.ext].into_iter().flatten().map(String::as_str).collect();
        if rest.is_empty() { self.last.clone() } else { format!("{}, {}", self.last, rest.join(" ")) }
    }
}
