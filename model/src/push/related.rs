//! Rows that a rule asks for by what they belong to: where a learner sits and what happened to the enrolment, which months of a
//! section are signed, which sections have a day of the calendar, which numbers a school has given to its PCs.
//!
//! Found set by set, whatever the size of a push; and only as far as a rule needs it: what happened to enrolments is not looked up
//! where no month of their sections is signed.

use super::known::{after, of_enrolment};
use crate::domain::attendance::{is_signed, other_days};
use crate::entities::{
    CALENDAR_DAY, ENROLMENT, ENROLMENT_EVENT, NUMBER_RANGE, SCHOOL_YEAR, SECTION, SECTION_MEMBERSHIP, SF2_REPORT,
};
use crate::wire::Change;
use crate::{Entity, Row, Schema};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// By kind of record (its position in the schema) and the column that says what a row belongs to: of which ones the live rows are
/// needed.
pub type Related = BTreeMap<(usize, &'static str), BTreeSet<Uuid>>;

type Rows = BTreeMap<(usize, Uuid), Row>;

/// What is still to be looked up. To be asked again with what was found, until nothing is missing; `asked` remembers.
pub fn related(
    schema: &Schema,
    tenant: Uuid,
    changes: &[Change],
    rows: &Rows,
    asked: &mut BTreeSet<(usize, &'static str, Uuid)>,
) -> Related {
    let mut wanted = Related::new();
    let mut want = |of: &Entity, column: &'static str, id: Uuid| {
        if let Some(index) = schema.index(of.name).filter(|index| asked.insert((*index, column, id))) {
            wanted.entry((index, column)).or_default().insert(id);
        }
    };
    let any = |entity: &Entity| changes.iter().any(|change| change.entity == entity.name);
    if any(&NUMBER_RANGE) {
        want(&NUMBER_RANGE, "tenant_id", tenant);
    }
    if schema.index(SF2_REPORT.name).is_none() {
        return wanted;
    }
    let years = years(schema, changes, rows);
    years.iter().for_each(|year| want(&SECTION, "school_year", *year));
    let enrolments: BTreeSet<Uuid> =
        changes.iter().filter_map(|change| enrolment_of(schema, change, rows)).collect();
    enrolments.iter().for_each(|enrolment| want(&SECTION_MEMBERSHIP, "enrolment", *enrolment));
    let sections = sections(schema, changes, rows, &years, !enrolments.is_empty());
    sections.iter().for_each(|section| want(&SF2_REPORT, "section", *section));
    if any(&SF2_REPORT) || all(schema, rows, &SF2_REPORT).any(is_signed) {
        enrolments.iter().for_each(|enrolment| want(&ENROLMENT_EVENT, "enrolment", *enrolment));
        // What they are called.
        sections.iter().for_each(|section| want(&SECTION, "id", *section));
    }
    wanted
}

/// The enrolment whose learner may sit elsewhere after a change.
fn enrolment_of(schema: &Schema, change: &Change, rows: &Rows) -> Option<Uuid> {
    if change.entity == ENROLMENT.name { Some(change.row_id) } else { of_enrolment(schema, change, rows) }
}

fn all<'a>(schema: &Schema, rows: &'a Rows, entity: &Entity) -> impl Iterator<Item = &'a Row> {
    let index = schema.index(entity.name).into_iter();
    index.flat_map(|index| rows.range((index, Uuid::nil())..=(index, Uuid::max())).map(|(_, row)| row))
}

/// School years whose class days may become others.
fn years(schema: &Schema, changes: &[Change], rows: &Rows) -> BTreeSet<Uuid> {
    let year = |change: &Change| {
        let entity = [&CALENDAR_DAY, &SCHOOL_YEAR].into_iter().find(|entity| entity.name == change.entity)?;
        let before = rows.get(&(schema.index(entity.name)?, change.row_id));
        Some(other_days(entity, before, &after(entity, before, change, 0))?.year)
    };
    changes.iter().filter_map(year).collect()
}

/// Sections of those years, and where learners of the push sit or are to sit.
fn sections(
    schema: &Schema,
    changes: &[Change],
    rows: &Rows,
    years: &BTreeSet<Uuid>,
    seated: bool,
) -> BTreeSet<Uuid> {
    let mut found = BTreeSet::new();
    if !years.is_empty() {
        let of_year = |row: &&Row| row.get(&SECTION, "school_year").as_id().is_some_and(|year| years.contains(&year));
        found.extend(all(schema, rows, &SECTION).filter(of_year).map(|row| row.id));
    }
    if seated {
        let section = |row: &Row| row.get(&SECTION_MEMBERSHIP, "section").as_id();
        found.extend(all(schema, rows, &SECTION_MEMBERSHIP).filter_map(section));
        let stays = changes.iter().filter(|change| change.entity == SECTION_MEMBERSHIP.name);
        found.extend(stays.filter_map(|change| section(&after(&SECTION_MEMBERSHIP, None, change, 0))));
    }
    found
}
