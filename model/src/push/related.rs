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
    let enrolments: BTreeSet<Uuid> = changes.iter().filter_map(|change| enrolment_of(schema, change, rows)).collect();
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
fn sections(schema: &Schema, changes: &[Change], rows: &Rows, years: &BTreeSet<Uuid>, seated: bool) -> BTreeSet<Uuid> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;
    use crate::wire::ChangeKind;
    use serde_json::{Value as Json, json};

    const TENANT: Uuid = Uuid::from_u128(1);

    fn row(entity: &Entity, id: Uuid, values: &Json) -> Row {
        let mut row = Row { rev: 5, ..Row::empty(entity, id) };
        for (name, json) in values.as_object().expect("an object") {
            let i = entity.field_index(name).expect("a field");
            row.values[i] = Value::parse(&entity.fields[i], json).expect("a value");
        }
        row
    }

    fn change(entity: &Entity, row_id: Uuid, fields: &Json) -> Change {
        Change {
            id: Uuid::from_u128(9),
            op_no: 1,
            entity: entity.name.into(),
            row_id,
            kind: ChangeKind::Upsert,
            base_rev: 5,
            fields: fields.as_object().cloned().expect("an object").into_iter().collect(),
            group: None,
            user_id: None,
            at: 0,
        }
    }

    /// Answers from what there is, as a hub does; how many questions that took, and the rows that came.
    fn looked_up(changes: &[Change], there: &[(&Entity, Row)]) -> (usize, Rows) {
        let schema = Schema::product();
        let index = |entity: &Entity| schema.index(entity.name).expect("declared");
        let is_changed = |row: &Row| changes.iter().any(|change| change.row_id == row.id);
        let changed = there.iter().filter(|(_, row)| is_changed(row));
        let mut rows: Rows = changed.map(|(of, row)| ((index(of), row.id), row.clone())).collect();
        let (mut asked, mut questions) = (BTreeSet::new(), 0);
        loop {
            let wanted = related(schema, TENANT, changes, &rows, &mut asked);
            if wanted.is_empty() {
                return (questions, rows);
            }
            questions += wanted.len();
            for ((of, column), ids) in wanted {
                let belongs = |row: &Row| match column {
                    "id" => ids.contains(&row.id),
                    "tenant_id" => true,
                    link => row.get(schema.entities()[of], link).as_id().is_some_and(|id| ids.contains(&id)),
                };
                let found = there.iter().filter(|(entity, row)| index(entity) == of && belongs(row));
                rows.extend(found.map(|(_, row)| ((of, row.id), row.clone())));
            }
        }
    }

    #[test]
    fn a_thousand_moves_are_looked_up_in_as_many_questions_as_one() {
        let (rizal, luna) = (Uuid::from_u128(2), Uuid::from_u128(3));
        let report = |state: &str| {
            let values = json!({ "section": rizal, "month": "2026-07-01", "state": state });
            (&SF2_REPORT, row(&SF2_REPORT, Uuid::from_u128(4), &values))
        };
        let id = |kind: u128, n: u128| Uuid::from_u128(kind * 1_000_000 + n);
        let questions = |moves: u128, state: &str| {
            let mut there = vec![report(state)];
            let mut changes = Vec::new();
            for n in 0..moves {
                let values = json!({ "enrolment": id(1, n), "section": rizal, "valid_from": "2026-06-08" });
                there.push((&SECTION_MEMBERSHIP, row(&SECTION_MEMBERSHIP, id(2, n), &values)));
                let values =
                    json!({ "enrolment": id(1, n), "kind": "enrolled", "on_date": "2026-06-08", "status": "enrolled" });
                there.push((&ENROLMENT_EVENT, row(&ENROLMENT_EVENT, id(3, n), &values)));
                changes.push(change(&SECTION_MEMBERSHIP, id(2, n), &json!({ "valid_to": "2026-07-10" })));
                let values = json!({ "enrolment": id(1, n), "section": luna, "valid_from": "2026-07-10" });
                changes.push(change(&SECTION_MEMBERSHIP, id(4, n), &values));
            }
            let (questions, rows) = looked_up(&changes, &there);
            (questions, rows.len())
        };
        let (one, _) = questions(1, "signed");
        assert_eq!(questions(1_000, "signed"), (one, 2_001), "stays, what happened, and the report");
        assert_eq!(questions(1_000, "reopened").1, 1_001, "what happened is not asked for where nothing is signed");
    }

    #[test]
    fn a_day_of_the_calendar_asks_for_the_sections_of_its_year_and_marks_ask_for_nothing() {
        let (year, rizal) = (Uuid::from_u128(2), Uuid::from_u128(3));
        let section = json!({ "school_year": year, "grade_level": "7", "name": "Rizal" });
        let values = json!({ "section": rizal, "month": "2026-07-01", "state": "signed" });
        let there =
            [(&SECTION, row(&SECTION, rizal, &section)), (&SF2_REPORT, row(&SF2_REPORT, Uuid::from_u128(4), &values))];
        let day = json!({ "school_year": year, "on_date": "2026-07-10", "scope": "school", "kind": "suspension" });
        let (_, rows) = looked_up(&[change(&CALENDAR_DAY, Uuid::from_u128(5), &day)], &there);
        assert_eq!(rows.len(), 2);
        let mark = change(&crate::entities::ATTENDANCE_MARK, Uuid::from_u128(6), &json!({ "code": "A" }));
        assert_eq!(looked_up(&[mark], &there), (0, Rows::new()));
    }
}
