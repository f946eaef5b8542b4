//! Which person a row means. A number proves it; a name and a birth date only make it likely, and what is likely is shown to
//! a person, never merged.

use super::known::Kept;
use super::person_index::name_key;
use pems_model::{Code, Entity, Problem, Row, Value, fold::fold};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Debug)]
pub(super) enum Match {
    /// Surely this one.
    Known(Uuid),
    New,
    /// Perhaps this one.
    Suspect(Uuid),
    Refused(Problem),
}

fn with<'a>(index: &'a HashMap<String, Vec<Uuid>>, value: &Value) -> &'a [Uuid] {
    value.as_text().and_then(|text| index.get(text)).map_or(&[], Vec::as_slice)
}

/// The learner that `probe` means.
pub(super) fn student(entity: &Entity, probe: &Row, kept: &Kept) -> Match {
    let (lrn, number) = (probe.get(entity, "lrn"), probe.get(entity, "student_no"));
    let by_lrn = with(&kept.people.lrns, lrn);
    let by_number = with(&kept.people.numbers, number);
    let sure = match (by_lrn, by_number) {
        ([], []) => None,
        ([one], []) | ([], [one]) => Some(*one),
        (some, [one]) if some.contains(one) => Some(*one),
        ([one], some) if some.contains(one) => Some(*one),
        ([_], [_]) => {
            return refuse(
                "lrn",
                "the LRN and the student no. belong to two different learners here; correct one of them",
            );
        }
        (lrns, numbers) => {
            let several = if lrns.len() > 1 { lrns } else { numbers };
            let shared = if lrns.len() > 1 { ("lrn", "LRN") } else { ("student_no", "student no.") };
            let names: Vec<String> =
                several.iter().filter_map(|id| kept.rows.get(id)).map(|row| label(entity, row)).collect();
            let (field, what) = shared;
            return refuse(
                field,
                &format!(
                    "{} learners here have this {what}: {}; settle that first in Needs you (delete or correct one)",
                    names.len(),
                    listed(&names)
                ),
            );
        }
    };
    if let Some(row) = sure.and_then(|id| kept.rows.get(&id)) {
        let theirs = row.get(entity, "lrn");
        if !lrn.is_null() && !theirs.is_null() && lrn != theirs {
            return refuse(
                "lrn",
                "this student no. belongs to a learner with another LRN here; an LRN is permanent: correct the file, or the record by hand",
            );
        }
        if is_somebody_else(entity, probe, row) {
            let name = label(entity, row);
            return refuse(
                "last_name",
                &format!("this number is that of {name} here, with another name and birth date; correct the number"),
            );
        }
        return Match::Known(row.id);
    }
    let numbered = !lrn.is_null() || !number.is_null();
    by_name(entity, probe, kept, numbered, |row| {
        let born = probe.get(entity, "birth_date");
        !born.is_null() && born == row.get(entity, "birth_date")
    })
}

/// The staff member that `probe` means.
pub(super) fn staff(entity: &Entity, probe: &Row, kept: &Kept) -> Match {
    let number = probe.get(entity, "employee_no");
    match with(&kept.people.numbers, number) {
        [] => {}
        [one] => match kept.rows.get(one) {
            Some(row) if is_somebody_else(entity, probe, row) => {
                let name = label(entity, row);
                return refuse("employee_no", &format!("this employee no. is that of {name} here; correct it"));
            }
            _ => return Match::Known(*one),
        },
        _ => return refuse("employee_no", "several staff members here have this number; settle that first"),
    }
    // Two numbers are two persons; without one of them it may be the same.
    by_name(entity, probe, kept, !number.is_null(), |row| number.is_null() || row.get(entity, "employee_no").is_null())
}

/// The user that `probe` means: an e-mail address is one person's. Without it on one side it may be who has the name.
pub(super) fn user(entity: &Entity, probe: &Row, kept: &Kept) -> Match {
    let email = probe.get(entity, "email").as_text().map(str::to_lowercase);
    match email.as_ref().and_then(|email| kept.people.emails.get(email)).map_or(&[][..], Vec::as_slice) {
        [] => {}
        [one] => return Match::Known(*one),
        _ => return refuse("email", "several users here have this e-mail address; settle that first"),
    }
    by_name(entity, probe, kept, email.is_some(), |row| email.is_none() || row.get(entity, "email").is_null())
}

/// The guardian that `probe` means: one of the same name who is a guardian of the same learner, or has the same phone or
/// e-mail address. `theirs` are the guardians that the learners have already.
pub(super) fn guardian(entity: &Entity, probe: &Row, kept: &Kept, theirs: &[Uuid]) -> Match {
    let same = |row: &&Row, field: &str| {
        !probe.get(entity, field).is_null() && probe.get(entity, field) == row.get(entity, field)
    };
    let rows = named(entity, probe, kept);
    let is_theirs = |row: &&Row| theirs.contains(&row.id);
    let is_reached = |row: &&Row| same(row, "phone") || same(row, "email");
    // Of two of one name first the one of whom nothing new is said: otherwise the second import would mix them up.
    let known = rows
        .clone()
        .filter(|row| says_nothing_new(probe, row))
        .find(|row| is_theirs(row) || is_reached(row))
        .or_else(|| rows.clone().find(is_theirs))
        .or_else(|| rows.clone().find(is_reached));
    match known {
        Some(row) => Match::Known(row.id),
        None if theirs.is_empty() => by_name(entity, probe, kept, false, |_| false),
        None => Match::New,
    }
}

/// Among persons of the same name: one of whom the row says nothing new is that one, as long as no number tells them apart;
/// one for whom `suspicious` holds may be.
fn by_name(entity: &Entity, probe: &Row, kept: &Kept, numbered: bool, suspicious: impl Fn(&Row) -> bool) -> Match {
    if let (false, Some(row)) = (numbered, named(entity, probe, kept).find(|row| says_nothing_new(probe, row))) {
        return Match::Known(row.id);
    }
    named(entity, probe, kept).find(|row| suspicious(row)).map_or(Match::New, |row| Match::Suspect(row.id))
}

/// Live persons with the same last and first name whose middle name and extension do not contradict.
fn named<'a>(entity: &'a Entity, probe: &'a Row, kept: &'a Kept) -> impl Iterator<Item = &'a Row> + Clone {
    let ids = name_key(entity, probe).and_then(|key| kept.people.names.get(&key)).map_or(&[][..], Vec::as_slice);
    let agree =
        move |row: &Row, field: &str| match (probe.get(entity, field).as_text(), row.get(entity, field).as_text()) {
            (Some(a), Some(b)) => fold(a) == fold(b),
            _ => true,
        };
    ids.iter()
        .filter_map(|id| kept.rows.get(id))
        .filter(move |row| row.is_live() && agree(row, "middle_name") && agree(row, "name_ext"))
}

fn says_nothing_new(probe: &Row, row: &Row) -> bool {
    probe.values.iter().zip(&row.values).all(|(given, here)| given.is_null() || given == here)
}

/// Whether nothing that tells a person agrees: neither last nor first name nor birth date.
fn is_somebody_else(entity: &Entity, probe: &Row, row: &Row) -> bool {
    let differ = |field: &str| match (probe.get(entity, field), row.get(entity, field)) {
        (Value::Text(a), Value::Text(b)) => fold(a) != fold(b),
        _ => false,
    };
    let born = (probe.get(entity, "birth_date"), row.get(entity, "birth_date"));
    differ("last_name") && differ("first_name") && (born.0.is_null() || born.0 != born.1)
}

/// A person in words: `CRUZ, Ana (2012-02-29)`.
pub(super) fn label(entity: &Entity, row: &Row) -> String {
    let text = |field: &str| row.get(entity, field).as_text().unwrap_or_default().to_owned();
    if entity.name == "school_user" {
        return text("name");
    }
    let mut label = format!("{}, {}", text("last_name"), text("first_name"));
    if let Value::Date(days) = row.get(entity, "birth_date") {
        label.push_str(&format!(" ({})", pems_model::value::format_date(*days)));
    }
    label
}

/// Names one after the other, the first few of many.
pub(super) fn listed(names: &[String]) -> String {
    const MOST: usize = 4;
    let mut text = names.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join("; ");
    if names.len() > MOST {
        text.push_str(&format!("; and {} more", names.len() - MOST));
    }
    text
}

fn refuse(field: &str, message: &str) -> Match {
    Match::Refused(Problem::at(Code::Conflict, field, message))
}
