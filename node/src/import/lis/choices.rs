//! What a person decided about the lines of a register, and what came of it.

use super::likeness::MatchedBy;
use super::reconciliation::{LineState, Reconciliation};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// What to do with one line; a line without a choice is left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LineChoice {
    /// Row of the sheet, as in [`ReconciledLine::line`](super::ReconciledLine::line).
    pub line: u32,
    /// `missing_here`: enrol in the register's section, as a new learner where nobody is known. `suspect`: it is a new learner.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub add: bool,
    /// `suspect`: it is this one of the candidates; what the office has nothing for is filled.
    #[serde(default)]
    #[ts(optional, type = "string")]
    pub same_as: Option<Uuid>,
    /// `wrong_section`: move to the register's section, from today on.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub move_section: bool,
    /// Fields of [`ReconciledLine::fields`](super::ReconciledLine::fields) in which the register is right.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub take_theirs: Vec<String>,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Applied {
    /// The act under which all of it is taken back; `null` where nothing had to be written.
    #[ts(type = "string | null")]
    pub act: Option<Uuid>,
    pub counts: AppliedCounts,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct AppliedCounts {
    pub learners_added: u32,
    pub guardians_added: u32,
    pub sections_added: u32,
    pub enrolled: u32,
    pub moved: u32,
    /// Fields in which the register was taken over.
    pub fields_taken: u32,
}

impl Reconciliation {
    /// The choices that overwrite nothing and rest on no likeness: add who is missing, move whom the LRN proves.
    pub fn safe_choices(&self) -> Vec<LineChoice> {
        let choice = |line, add, move_section| LineChoice { line, add, move_section, ..LineChoice::default() };
        let proven = |by| by == Some(MatchedBy::Lrn);
        let lines = self.lines.iter().filter_map(|line| match line.state {
            LineState::MissingHere if line.student.is_none() || proven(line.matched_by) => {
                Some(choice(line.line, true, false))
            }
            LineState::WrongSection if proven(line.matched_by) => Some(choice(line.line, false, true)),
            _ => None,
        });
        lines.collect()
    }
}
