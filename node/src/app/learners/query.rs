//! Which learners are asked for, and in which order; and whether one is among them.

use super::directory::Directory;
use super::entry::{Entry, Place};
use crate::{NodeError, Result};
use pems_model::Code;
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// What the list is narrowed to; an empty text or list narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(rename = "LearnerFilters", optional_fields)]
pub struct Filters {
    /// Grade, section and status are those of this school year; of the learner's newest one without it.
    #[ts(as = "Option<String>")]
    pub school_year: Option<Uuid>,
    #[ts(as = "Option<Vec<String>>")]
    pub grade: Vec<String>,
    #[ts(as = "Option<String>")]
    pub section: Option<Uuid>,
    #[ts(as = "Option<Vec<String>>")]
    pub status: Vec<String>,
    #[ts(as = "Option<String>")]
    pub sex: Option<String>,
    /// Only learners whose papers are not complete.
    #[ts(as = "Option<bool>")]
    pub missing_papers: bool,
    #[ts(as = "Option<bool>")]
    pub no_lrn: bool,
    /// Only learners without an enrolment (in `school_year`, if one is named).
    #[ts(as = "Option<bool>")]
    pub not_enrolled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "LearnerSort")]
pub struct Sort {
    /// A column of the list.
    pub key: String,
    pub down: bool,
}

/// Which learners, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(rename = "LearnerQuery", optional_fields)]
pub struct Query {
    /// Every word must be somewhere: names, LRN, student number, guardians. Spelling is folded; where few are found as typed, a wrong
    /// letter is forgiven, and those come last.
    #[ts(as = "Option<String>")]
    pub text: String,
    #[ts(as = "Option<Vec<Sort>>")]
    pub sort: Vec<Sort>,
    #[ts(as = "Option<Filters>")]
    pub filters: Filters,
}

pub(super) fn year_of(directory: &Directory, query: &Query) -> Result<Option<usize>> {
    let Some(id) = query.filters.school_year else { return Ok(None) };
    let position = directory.years.iter().position(|year| year.id == id);
    let unknown = || NodeError::new(Code::NotFound, "there is no such school year any more; choose another");
    Ok(Some(position.ok_or_else(unknown)?))
}

pub(super) fn passes(entry: &Entry, filters: &Filters, year: Option<usize>) -> bool {
    let place = entry.place(year);
    let in_list = |list: &[String], value: fn(&Place) -> &str| {
        list.is_empty() || place.is_some_and(|place| list.iter().any(|wanted| wanted == value(place)))
    };
    let sits = |section: Uuid| place.and_then(|place| place.section.as_ref()).is_some_and(|(id, _)| *id == section);
    (year.is_none() || filters.not_enrolled || place.is_some())
        && in_list(&filters.grade, |place| &place.grade)
        && in_list(&filters.status, |place| &place.status)
        && filters.section.is_none_or(sits)
        && filters.sex.as_ref().is_none_or(|sex| *sex == entry.told.sex)
        && (!filters.missing_papers || !entry.missing.is_empty())
        && (!filters.no_lrn || entry.told.lrn.is_empty())
        && (!filters.not_enrolled || place.is_none())
}
