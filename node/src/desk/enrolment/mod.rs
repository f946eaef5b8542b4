//! The questions of the window about enrolment: `{"do": "enrolment.…"}`.
//!
//! Invariant: enrolments, their events and stays in sections are written here alone ([`record`]); each question that writes is one
//! act, which Ctrl+Z takes back.

mod answer;
mod correct;
mod day;
mod desk;
mod enrol;
mod fold;
mod list;
pub(crate) mod marked;
mod moves;
mod papers;
pub(crate) mod presence;
mod promotion;
mod reasons;
pub(crate) mod record;
pub(crate) mod roster;
pub(super) mod sections;
pub(super) mod year;

#[cfg(test)]
pub(crate) mod tests;

pub(super) use answer::{MOST_FOUND, answer};
pub use day::Day;
pub(super) use desk::{Known, known};

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Who does it, and what day it is at the school.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By {
    pub(crate) person: Option<Uuid>,
    pub(crate) today: i32,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "do", deny_unknown_fields)]
#[ts(rename = "EnrolmentRequest")]
pub enum Request {
    /// The school years, and which one the desk works in. Answered by [`Years`].
    #[serde(rename = "enrolment.years")]
    Years,
    /// Makes the school year after this one, as a draft. Answered by [`Made`].
    #[serde(rename = "enrolment.next_year")]
    NextYear {
        #[ts(type = "string")]
        year: Uuid,
    },
    /// Learners whose name, LRN or number has every word of `text`, with their newest enrolment. Answered by `Known[]`.
    #[serde(rename = "enrolment.find")]
    Find { text: String, limit: usize },
    /// What the desk proposes for a learner. Answered by [`desk::Proposal`].
    #[serde(rename = "enrolment.desk")]
    Propose {
        #[ts(type = "string")]
        student: Uuid,
        #[ts(type = "string")]
        school_year: Uuid,
    },
    /// The papers that this kind of enrolment wants of a learner, or of a new one. Answered by `Paper[]`.
    #[serde(rename = "enrolment.papers")]
    Papers {
        #[serde(default)]
        #[ts(optional, type = "string")]
        student: Option<Uuid>,
        kind: String,
    },
    /// A paper came, went back or is waived; who waited only for it is confirmed. Answered by [`PaperSet`].
    #[serde(rename = "enrolment.paper")]
    Paper {
        #[ts(type = "string")]
        student: Uuid,
        kind: String,
        state: String,
    },
    /// Enrols. Answered by [`enrol::Enrolled`].
    #[serde(rename = "enrolment.enrol")]
    Enrol { enrol: enrol::Enrol },
    /// Pre-registered learners came, temporary ones are complete. Answered by [`Count`].
    #[serde(rename = "enrolment.confirm")]
    Confirm {
        #[ts(type = "string[]")]
        enrolments: Vec<Uuid>,
        #[ts(type = "string")]
        on_date: Day,
    },
    /// Answered by [`Count`].
    #[serde(rename = "enrolment.transfer_out")]
    TransferOut {
        #[ts(type = "string")]
        enrolment: Uuid,
        to_school: String,
        #[ts(type = "string")]
        on_date: Day,
        #[serde(default)]
        #[ts(as = "Option<bool>", optional)]
        unsettled_account: bool,
    },
    /// The reasons of School Form 2. Answered by `DropReason[]`.
    #[serde(rename = "enrolment.reasons")]
    Reasons,
    /// Answered by [`Count`].
    #[serde(rename = "enrolment.drop")]
    Drop {
        #[ts(type = "string")]
        enrolment: Uuid,
        reason_code: String,
        #[serde(default)]
        #[ts(optional)]
        note: Option<String>,
        #[ts(type = "string")]
        on_date: Day,
    },
    /// Back within the year. Answered by [`Count`].
    #[serde(rename = "enrolment.return")]
    Return {
        #[ts(type = "string")]
        enrolment: Uuid,
        #[ts(type = "string")]
        on_date: Day,
        #[serde(default)]
        #[ts(optional, type = "string")]
        section: Option<Uuid>,
        #[serde(default)]
        #[ts(as = "Option<bool>", optional)]
        over_capacity: bool,
    },
    /// It was a mistake. Answered by [`Count`].
    #[serde(rename = "enrolment.cancel")]
    Cancel {
        #[ts(type = "string")]
        enrolment: Uuid,
        #[serde(default)]
        #[ts(optional)]
        note: Option<String>,
        #[ts(type = "string")]
        on_date: Day,
    },
    /// When an enrolment began and which section is its last, for its correction. Answered by [`correct::Beginning`].
    #[serde(rename = "enrolment.beginning")]
    Beginning {
        #[ts(type = "string")]
        enrolment: Uuid,
    },
    /// The day of an enrolment, or its section, was written wrongly. Answered by [`Count`].
    #[serde(rename = "enrolment.correct")]
    Correct {
        #[ts(type = "string")]
        enrolment: Uuid,
        #[ts(type = "string")]
        on_date: Day,
        #[serde(default)]
        #[ts(optional, type = "string")]
        section: Option<Uuid>,
        #[serde(default)]
        #[ts(as = "Option<bool>", optional)]
        over_capacity: bool,
    },
    /// A learner's enrolments, the newest first. Answered by `Past[]`.
    #[serde(rename = "enrolment.of")]
    Of {
        #[ts(type = "string")]
        student: Uuid,
    },
    /// The sections of a year, counted on a day (none: today, or the first day of a year that has not begun). Answered by
    /// [`SectionList`].
    #[serde(rename = "enrolment.sections")]
    Sections {
        #[ts(type = "string")]
        school_year: Uuid,
        #[serde(default)]
        #[ts(optional, type = "string")]
        as_of: Option<Day>,
    },
    /// Makes or changes a section. Answered by [`Made`].
    #[serde(rename = "enrolment.section")]
    Section {
        #[ts(type = "string")]
        school_year: Uuid,
        #[serde(default)]
        #[ts(optional, type = "string")]
        id: Option<Uuid>,
        fields: sections::SectionFields,
    },
    /// Deletes a section that nobody was in. Answered by [`Count`].
    #[serde(rename = "enrolment.delete_section")]
    DeleteSection {
        #[ts(type = "string")]
        id: Uuid,
    },
    /// The sections of one year in another too. Answered by [`Count`].
    #[serde(rename = "enrolment.copy_sections")]
    CopySections {
        #[ts(type = "string")]
        from_year: Uuid,
        #[ts(type = "string")]
        to_year: Uuid,
    },
    /// Answered by [`Roster`].
    #[serde(rename = "enrolment.roster")]
    Roster {
        #[ts(type = "string")]
        section: Uuid,
        #[serde(default)]
        #[ts(optional, type = "string")]
        as_of: Option<Day>,
    },
    /// Who wants something of the registrar. Answered by `Waiting[]`.
    #[serde(rename = "enrolment.list")]
    List {
        #[ts(type = "string")]
        school_year: Uuid,
        only: list::Only,
        #[serde(default)]
        #[ts(optional)]
        grade: Option<String>,
    },
    /// Into a section from a day on; without one, out of theirs. Answered by [`Count`].
    #[serde(rename = "enrolment.assign")]
    Assign {
        #[ts(type = "string[]")]
        enrolments: Vec<Uuid>,
        #[serde(default)]
        #[ts(optional, type = "string")]
        section: Option<Uuid>,
        #[ts(type = "string")]
        on_date: Day,
        #[serde(default)]
        #[ts(as = "Option<bool>", optional)]
        over_capacity: bool,
        /// Somebody agreed that marks of that day and later stay with the section where they were made.
        #[serde(default)]
        #[ts(as = "Option<bool>", optional)]
        marks_stay: bool,
    },
    /// Answered by `PromotionPreview`.
    #[serde(rename = "enrolment.promotion_preview")]
    PromotionPreview {
        #[ts(type = "string")]
        from_year: Uuid,
        #[ts(type = "string")]
        to_year: Uuid,
    },
    /// Everybody who is not held, but for `choices` as proposed. Answered by [`promotion::Promoted`].
    #[serde(rename = "enrolment.promote")]
    Promote {
        #[ts(type = "string")]
        from_year: Uuid,
        #[ts(type = "string")]
        to_year: Uuid,
        /// Only these grades; all where it does not say.
        #[serde(default)]
        #[ts(optional)]
        grades: Option<Vec<String>>,
        #[serde(default)]
        #[ts(as = "Option<Vec<promotion::Choice>>", optional)]
        choices: Vec<promotion::Choice>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Years {
    pub years: Vec<year::Year>,
    /// The one that today is in.
    #[ts(type = "string | null")]
    pub current: Option<Uuid>,
    #[ts(type = "string")]
    pub today: Day,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Made {
    #[ts(type = "string")]
    pub id: Uuid,
}

/// How many records a question changed.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Count {
    pub count: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PaperSet {
    /// The enrolment that was confirmed with it.
    #[ts(type = "string | null")]
    pub confirmed: Option<Uuid>,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SectionList {
    pub sections: Vec<sections::Section>,
    #[ts(type = "string")]
    pub as_of: Day,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Roster {
    pub section: sections::Section,
    pub members: Vec<roster::Member>,
    #[ts(type = "string")]
    pub as_of: Day,
}

/// Which request is answered by what, for the window.
pub(super) const ANSWERS: &str = "export interface EnrolmentAnswers {
  \"enrolment.years\": Years;
  \"enrolment.next_year\": Made;
  \"enrolment.find\": Known[];
  \"enrolment.desk\": Proposal;
  \"enrolment.papers\": Paper[];
  \"enrolment.paper\": PaperSet;
  \"enrolment.enrol\": Enrolled;
  \"enrolment.confirm\": Count;
  \"enrolment.transfer_out\": Count;
  \"enrolment.reasons\": DropReason[];
  \"enrolment.drop\": Count;
  \"enrolment.return\": Count;
  \"enrolment.cancel\": Count;
  \"enrolment.beginning\": Beginning;
  \"enrolment.correct\": Count;
  \"enrolment.of\": Past[];
  \"enrolment.sections\": SectionList;
  \"enrolment.section\": Made;
  \"enrolment.delete_section\": Count;
  \"enrolment.copy_sections\": Count;
  \"enrolment.roster\": Roster;
  \"enrolment.list\": Waiting[];
  \"enrolment.assign\": Count;
  \"enrolment.promotion_preview\": PromotionPreview;
  \"enrolment.promote\": Promoted;
}
";

/// What the declarations of this area are called in TypeScript.
pub(super) fn declarations(config: &ts_rs::Config) -> Vec<String> {
    vec![
        Request::decl(config),
        Years::decl(config),
        year::Year::decl(config),
        Made::decl(config),
        Count::decl(config),
        desk::Known::decl(config),
        desk::Past::decl(config),
        desk::Proposal::decl(config),
        papers::Paper::decl(config),
        papers::PaperState::decl(config),
        PaperSet::decl(config),
        correct::Beginning::decl(config),
        enrol::Enrol::decl(config),
        enrol::Enrolled::decl(config),
        reasons::Reason::decl(config),
        sections::Section::decl(config),
        sections::SectionFields::decl(config),
        SectionList::decl(config),
        roster::Member::decl(config),
        Roster::decl(config),
        list::Only::decl(config),
        list::Waiting::decl(config),
        promotion::Step::decl(config),
        promotion::Line::decl(config),
        promotion::Preview::decl(config),
        promotion::Choice::decl(config),
        promotion::Promoted::decl(config),
    ]
}
