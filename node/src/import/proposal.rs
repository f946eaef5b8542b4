//! What a row of a file says a record should be, before anybody knows whether that record exists.

use super::dates::{self, DateOrder};
use super::shown::shown;
use super::table::{Cell, Rec};
use super::{Refusal, grades, phones};
use crate::store::as_json;
use pems_model::{Code, Entity, Field, Kind, Problem, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Position of a proposal in its batch.
pub(super) type Handle = usize;

#[derive(Debug, Clone)]
pub(super) enum Given {
    Value(Value),
    /// The record that another proposal of the batch turns out to be.
    Row(Handle),
}

/// What else helps to find the record that is meant.
#[derive(Debug, Clone)]
pub(super) enum Hint {
    None,
    /// A guardian of these learners.
    Wards(Vec<Handle>),
    /// `valid_from` was assumed: where the learner sits in a section already, that membership is meant.
    CurrentMembership,
}

#[derive(Debug, Clone)]
pub(super) struct Proposal<'a> {
    pub(super) entity: &'static Entity,
    pub(super) rec: Rec<'a>,
    /// The id, where the file has it (an export of ours).
    pub(super) id: Option<Uuid>,
    pub(super) given: Vec<(usize, Given, Option<Cell<'a>>)>,
    /// Values for a new record only: what an existing one says is kept.
    pub(super) defaults: Vec<(usize, Value)>,
    pub(super) hint: Hint,
    pub(super) problems: Vec<Refusal>,
    /// What is to be said about a row that is taken.
    pub(super) warnings: Vec<String>,
}

/// What a mapper made of the files.
#[derive(Debug)]
pub(super) struct Mapped<'a> {
    pub(super) proposals: Vec<Proposal<'a>>,
    pub(super) refused: Vec<Refusal>,
    pub(super) warnings: Vec<String>,
    /// Things that were left aside, and how often.
    notes: BTreeMap<&'static str, u64>,
    pub(super) date_order: Option<DateOrder>,
}

impl<'a> Mapped<'a> {
    pub(super) fn new(date_order: Option<DateOrder>) -> Mapped<'a> {
        let (proposals, refused, warnings) = (Vec::new(), Vec::new(), Vec::new());
        Mapped { proposals, refused, warnings, notes: BTreeMap::new(), date_order }
    }

    pub(super) fn add(&mut self, mut proposal: Proposal<'a>) -> Handle {
        self.warnings.append(&mut proposal.warnings);
        self.proposals.push(proposal);
        self.proposals.len() - 1
    }

    pub(super) fn note(&mut self, what: &'static str) {
        *self.notes.entry(what).or_default() += 1;
    }

    pub(super) fn take_warnings(&mut self) -> Vec<String> {
        let mut warnings = std::mem::take(&mut self.warnings);
        warnings.extend(self.notes.iter().map(|(what, count)| format!("{count} × {what}")));
        warnings
    }
}

impl<'a> Proposal<'a> {
    pub(super) fn new(entity: &'static Entity, rec: Rec<'a>) -> Proposal<'a> {
        let (given, defaults, problems, warnings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Proposal { entity, rec, id: None, given, defaults, hint: Hint::None, problems, warnings }
    }

    /// What a cell says about a field; a cell that says nothing acceptable refuses the row.
    pub(super) fn read(&mut self, field: &str, cell: Option<Cell<'a>>, order: Option<DateOrder>) {
        let (Some(i), Some(cell)) = (self.entity.field_index(field), cell) else { return };
        let declared = &self.entity.fields[i];
        if declared.kind == Kind::Phone && phones::first(cell.text).is_some_and(|(_, others)| others) {
            let (file, line) = (&cell.rec.table.file, cell.rec.line);
            let label = declared.label;
            self.warnings.push(format!(
                "{file}, line {line}: {label}: '{}' has several numbers; the first was taken",
                shown(cell.text)
            ));
        }
        match value(declared, cell, order) {
            Ok(value) => self.given.push((i, Given::Value(value), Some(cell))),
            Err(problem) => self.problems.push(refusal(cell, problem)),
        }
    }

    pub(super) fn set(&mut self, field: &str, value: Value) {
        self.given.extend(self.entity.field_index(field).map(|i| (i, Given::Value(value), None)));
    }

    pub(super) fn link(&mut self, field: &str, to: Handle) {
        self.given.extend(self.entity.field_index(field).map(|i| (i, Given::Row(to), None)));
    }

    pub(super) fn default(&mut self, field: &str, value: Value) {
        self.defaults.extend(self.entity.field_index(field).map(|i| (i, value)));
    }

    pub(super) fn default_text(&mut self, field: &str, text: &str) {
        self.default(field, Value::Text(text.to_owned()));
    }
}

/// A refusal of one cell, which shows what the cell has.
pub(super) fn refusal(cell: Cell<'_>, mut problem: Problem) -> Refusal {
    if !problem.message.contains(cell.text) {
        problem.message = format!("{}; the cell has '{}'", problem.message, shown(cell.text));
    }
    Refusal { column: Some(cell.header().to_owned()), ..row_refusal(cell.rec, problem) }
}

/// A refusal of a whole row.
pub(super) fn row_refusal(rec: Rec<'_>, problem: Problem) -> Refusal {
    Refusal { file: rec.table.file.clone(), row: rec.line, column: None, code: problem.code, message: problem.message }
}

/// The value of a cell for a field, in the spellings that files have.
pub(super) fn value(field: &Field, cell: Cell<'_>, order: Option<DateOrder>) -> Result<Value, Problem> {
    let text = cell.text;
    match field.kind {
        Kind::Date => dates::read(text, order.or_else(|| cell.rec.table.date_order(cell.column)))
            .map(Value::Date)
            .map_err(|why| Problem::at(Code::BadFormat, field.name, format!("{}: {why}", field.label))),
        Kind::Digits { .. } | Kind::Claim { .. } if is_rounded(text) => {
            let message = format!(
                "{} '{text}' was rounded by a spreadsheet, its digits are lost; format the column as text and type it again",
                field.label
            );
            Err(Problem::at(Code::BadFormat, field.name, message))
        }
        // What is no mobile number is refused by the field itself.
        Kind::Phone => {
            let number = phones::first(text).map(|(number, _)| number);
            Value::parse(field, &number.as_deref().unwrap_or(text).into())
        }
        Kind::Choice(choices) => {
            let known = choices.iter().copied().find(|choice| choice.eq_ignore_ascii_case(text));
            let read = known.or_else(|| match field.name {
                "sex" => sex(text),
                "grade_level" => grades::read(text),
                _ => None,
            });
            Value::parse(field, &read.unwrap_or(text).into())
        }
        kind => Value::parse(field, &as_json(kind, text)),
    }
}

pub(super) fn sex(text: &str) -> Option<&'static str> {
    match text.to_lowercase().as_str() {
        "f" | "female" | "girl" | "babae" => Some("F"),
        "m" | "male" | "boy" | "lalaki" => Some("M"),
        _ => None,
    }
}

/// Whether a number has become `1.32797E+11`.
pub(super) fn is_rounded(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    upper.split_once("E+").is_some_and(|(digits, exponent)| {
        let number =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
        number(digits) && number(exponent)
    })
}

#[cfg(test)]
mod tests {
    use super::is_rounded;

    #[test]
    fn rounded_numbers_are_told_from_codes() {
        assert!(is_rounded("1.32797E+11") && is_rounded("1E+11") && is_rounded("1,3e+11"));
        assert!(!is_rounded("132797000001") && !is_rounded("E+11") && !is_rounded("2E-7") && !is_rounded("GE+S"));
    }
}
