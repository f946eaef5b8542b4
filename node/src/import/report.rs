//! What an import did, or would do: every row of the files is accounted for, and what was left out says why.

use pems_model::Code;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

/// The outcome of an import or of its dry run; both count alike.
#[derive(Debug, Clone, Default, Serialize, TS)]
#[ts(rename = "ImportReport")]
pub struct Report {
    /// Rows read from all files, headers not counted.
    pub rows_read: u64,
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// Records that were left out because what they hang on was refused or left out.
    pub left_out: u64,
    /// The same three numbers for each kind of record.
    #[ts(as = "BTreeMap<String, Counts>")]
    pub by_entity: BTreeMap<&'static str, Counts>,
    pub duplicates: Vec<Duplicate>,
    pub refused: Vec<Refusal>,
    pub warnings: Vec<String>,
    pub dry_run: bool,
    /// Whether records were written. `false` for a dry run, where rows were refused, and where nothing had to change.
    pub written: bool,
    /// The act under which [`Store::undo`](crate::Store::undo) takes the whole import back.
    #[ts(type = "string | null")]
    pub batch: Option<Uuid>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ImportCounts")]
pub struct Counts {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
}

/// A row that cannot be imported, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ImportRefusal")]
pub struct Refusal {
    pub file: String,
    /// Line in the file; the header is line 1.
    pub row: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub column: Option<String>,
    #[ts(type = "string")]
    pub code: Code,
    pub message: String,
}

/// A row that is, or may be, somebody who is there already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ImportDuplicate")]
pub struct Duplicate {
    pub file: String,
    pub row: u64,
    pub kind: DuplicateKind,
    /// The record that it may be: its id in the store, or none while it is only in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub of: Option<Uuid>,
    /// The earlier line of the file that it repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub of_row: Option<u64>,
    /// Both, in words.
    pub message: String,
    pub imported: bool,
    /// Who the two are, where they may be the same person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub names: Option<[String; 2]>,
    /// The earlier line was left out, and so this one is too.
    pub left_out: bool,
    /// Fields of this line that the earlier one does not say and that are left out with it.
    #[ts(type = "string[]")]
    pub besides: Vec<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ImportDuplicateKind")]
pub enum DuplicateKind {
    /// An earlier row of the file is surely the same record; what hangs on this row goes to that one.
    SameRecord,
    /// The same name (and birth date, for learners), but no number that proves it.
    SameName,
}

impl Report {
    pub(super) fn count(&mut self, entity: &'static str, add: impl Fn(&mut Counts)) {
        add(self.by_entity.entry(entity).or_default());
    }

    pub(super) fn total(&mut self) {
        self.new = self.by_entity.values().map(|counts| counts.new).sum();
        self.changed = self.by_entity.values().map(|counts| counts.changed).sum();
        self.unchanged = self.by_entity.values().map(|counts| counts.unchanged).sum();
    }
}
