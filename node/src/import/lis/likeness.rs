//! In what a line of the register and a record are alike, and in what they differ, as the screens show it.

use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    Lrn,
    NameAndBirthDate,
}

/// A field in which the two differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Difference {
    /// A field of the learner, or `father`, `mother`, `guardian`, `contact`, `status`.
    pub field: String,
    pub label: String,
    /// `null` where the office has nothing.
    pub ours: Option<String>,
    pub theirs: String,
}

/// Somebody whom a line may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Candidate {
    #[ts(type = "string")]
    pub student: Uuid,
    pub name: String,
    pub lrn: Option<String>,
    pub birth_date: Option<String>,
    pub why: Suspicion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Suspicion {
    /// The same LRN, but another name and birth date; or several learners have it.
    SameLrn,
    /// The same name and birth date, another LRN.
    OtherLrn,
    /// The same name; a birth date is missing, or several have both.
    SameName,
    /// Another line is this learner already.
    TwiceInFile,
}
