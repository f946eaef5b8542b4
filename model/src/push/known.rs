//! What the hub has to look up before it can plan a push, and the form in which it hands it over.

use crate::domain::Person;
use crate::domain::attendance::report_of;
use crate::domain::people::People;
use crate::entities::{
    ATTENDANCE_MARK, ATTENDANCE_SHEET, ENROLMENT, ENROLMENT_EVENT, SCHOOL_USER, SCHOOL_YEAR, SECTION,
    SECTION_MEMBERSHIP, SF2_REPORT,
};
use crate::history::Logged;
use crate::natural::derived_id;
use crate::wire::{Change, ChangeKind};
use crate::{Entity, Kind, Row, Schema, Value};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A claimed number: entity position, field position, value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holder {
    /// Position in the schema.
    pub entity: usize,
    /// Position in the entity.
    pub field: usize,
    /// In its identity form ([`crate::text::identity`]).
    pub value: String,
}

/// What to look up, by position of the entity in the schema.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Rows that are changed: their state, and their history where it is newer than the change's base.
    pub rows: BTreeMap<usize, BTreeSet<Uuid>>,
    /// Rows that are linked to: whether they exist.
    pub links: BTreeMap<usize, BTreeSet<Uuid>>,
    /// Claimed values: which live row holds each.
    pub claims: BTreeSet<Holder>,
    /// For natural keys that may change: all live rows with one of these in [`Entity::kin_field`].
    pub kin: BTreeMap<usize, BTreeSet<Uuid>>,
    /// Numbers that name one thing: which live rows have each. With the changed rows that have or are to have it.
    pub numbers: BTreeMap<Holder, BTreeSet<Uuid>>,
}

/// What the hub found. Anything absent does not exist in this tenant.
#[derive(Debug, Default)]
pub struct Known {
    /// Their state now, tombstones too.
    pub rows: BTreeMap<(usize, Uuid), Row>,
    /// Of those rows, what is newer than the oldest base.
    pub history: BTreeMap<(usize, Uuid), Vec<Logged>>,
    /// Of the rows that are linked to: those that are live.
    pub exists: BTreeSet<(usize, Uuid)>,
    /// The live row that holds each claimed value.
    pub claims: BTreeMap<Holder, Uuid>,
    /// Natural keys that may change, as the id that the school derives from them: which live row has each. See [`Known::learn_kin`].
    pub keys: BTreeMap<(usize, Uuid), Uuid>,
    /// Live rows that have a number of [`Needs::numbers`].
    pub same: BTreeMap<Holder, BTreeSet<Uuid>>,
    /// Review items that wait in the school already, where a plan without that knowledge would make some.
    pub waiting: usize,
    /// The school's users among those who made the changes, who are vouched for, or who are changed.
    pub users: BTreeMap<Uuid, Person>,
    /// Looked up where [`asks_of_people`].
    pub people: People,
    /// By enrolment, where [`enrolments`] asks: its events, deleted ones too.
    pub events: BTreeMap<Uuid, Vec<KnownEvent>>,
}

/// An `enrolment_event` at the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEvent {
    /// The event.
    pub id: Uuid,
    /// The status of the enrolment that it leads to.
    pub status: String,
    /// Not deleted.
    pub live: bool,
}

/// Users whom the hub has to know to judge these changes.
pub fn users(changes: &[Change]) -> BTreeSet<Uuid> {
    let changed = changes.iter().filter(|change| change.entity == SCHOOL_USER.name).map(|change| change.row_id);
    changes.iter().filter_map(|change| change.user_id).chain(changed).collect()
}

/// Whether a rule asks who the school's people are.
pub fn asks_of_people(changes: &[Change]) -> bool {
    changes.iter().any(|change| [SCHOOL_USER.name, SF2_REPORT.name].contains(&change.entity.as_str()))
}

/// Enrolments whose status is to change.
pub fn enrolments(schema: &Schema, changes: &[Change], rows: &BTreeMap<(usize, Uuid), Row>) -> BTreeSet<Uuid> {
    let Some(index) = schema.index(ENROLMENT.name) else { return BTreeSet::new() };
    let changes =
        changes.iter().filter(|change| change.entity == ENROLMENT.name && change.fields.contains_key("status"));
    changes.map(|change| change.row_id).filter(|id| rows.contains_key(&(index, *id))).collect()
}

/// Rows that a rule asks for beside those that are changed: the sheet of a mark, the report of a sheet's month, the section of a
/// sheet with its school year, the school year of what happens to an enrolment and of its stays in sections. To be asked again
/// with what was found, until nothing is missing; `asked` remembers.
pub fn beyond(
    schema: &Schema,
    tenant: Uuid,
    changes: &[Change],
    rows: &BTreeMap<(usize, Uuid), Row>,
    asked: &mut BTreeSet<(usize, Uuid)>,
) -> BTreeMap<usize, BTreeSet<Uuid>> {
    let mut wanted: BTreeMap<usize, BTreeSet<Uuid>> = BTreeMap::new();
    let (Some(marks), Some(sheets), Some(reports)) =
        (schema.index(ATTENDANCE_MARK.name), schema.index(ATTENDANCE_SHEET.name), schema.index(SF2_REPORT.name))
    else {
        return wanted;
    };
    let (Some(enrolments), Some(years), Some(sections)) =
        (schema.index(ENROLMENT.name), schema.index(SCHOOL_YEAR.name), schema.index(SECTION.name))
    else {
        return wanted;
    };
    let mut want = |key: (usize, Uuid)| {
        if !rows.contains_key(&key) && asked.insert(key) {
            wanted.entry(key.0).or_default().insert(key.1);
        }
    };
    for change in changes {
        if change.entity == ATTENDANCE_SHEET.name {
            let before = rows.get(&(sheets, change.row_id));
            let sheet = after(&ATTENDANCE_SHEET, before, change, 0);
            for sheet in before.into_iter().chain([&sheet]) {
                report_of_sheet(tenant, sheet).into_iter().for_each(|report| want((reports, report)));
            }
            let Some(section) = sheet.get(&ATTENDANCE_SHEET, "section").as_id() else { continue };
            want((sections, section));
            let section = rows.get(&(sections, section));
            let year = section.and_then(|section| section.get(&SECTION, "school_year").as_id());
            year.into_iter().for_each(|year| want((years, year)));
        } else if change.entity == ATTENDANCE_MARK.name {
            let before = rows.get(&(marks, change.row_id));
            let mark = after(&ATTENDANCE_MARK, before, change, 0);
            for mark in before.into_iter().chain([&mark]) {
                let Some(sheet) = mark.get(&ATTENDANCE_MARK, "sheet").as_id() else { continue };
                want((sheets, sheet));
                let report = rows.get(&(sheets, sheet)).and_then(|sheet| report_of_sheet(tenant, sheet));
                report.into_iter().for_each(|report| want((reports, report)));
            }
        } else if let Some(id) = of_enrolment(schema, change, rows) {
            want((enrolments, id));
            let Some(enrolment) = rows.get(&(enrolments, id)) else { continue };
            let year = enrolment.get(&ENROLMENT, "school_year").as_id();
            year.into_iter().for_each(|year| want((years, year)));
        } else if change.entity == ENROLMENT.name {
            // A new one: what happens to it is in the same push.
            let enrolment = after(&ENROLMENT, rows.get(&(enrolments, change.row_id)), change, 0);
            let year = enrolment.get(&ENROLMENT, "school_year").as_id();
            year.into_iter().for_each(|year| want((years, year)));
        }
    }
    wanted
}

/// The enrolment of a change to what happens to one, or to its stays in sections. Which it is of never changes.
pub(super) fn of_enrolment(schema: &Schema, change: &Change, rows: &BTreeMap<(usize, Uuid), Row>) -> Option<Uuid> {
    let of = [&ENROLMENT_EVENT, &SECTION_MEMBERSHIP].into_iter().find(|entity| entity.name == change.entity)?;
    match rows.get(&(schema.index(of.name)?, change.row_id)) {
        Some(row) => row.get(of, "enrolment").as_id(),
        None => after(of, None, change, 0).get(of, "enrolment").as_id(),
    }
}

/// The report of the month of a sheet.
pub(super) fn report_of_sheet(tenant: Uuid, sheet: &Row) -> Option<Uuid> {
    let (section, Value::Date(day)) =
        (sheet.get(&ATTENDANCE_SHEET, "section").as_id()?, sheet.get(&ATTENDANCE_SHEET, "on_date"))
    else {
        return None;
    };
    report_of(tenant, section, *day)
}

/// A row as a change would have it, were nobody else there.
pub(super) fn after(entity: &Entity, before: Option<&Row>, change: &Change, at: i64) -> Row {
    let mut row = before.cloned().unwrap_or_else(|| Row::empty(entity, change.row_id));
    for (name, json) in &change.fields {
        if let Some(i) = entity.field_index(name)
            && let Ok(value) = Value::parse(&entity.fields[i], json)
        {
            row.values[i] = value;
        }
    }
    row.deleted_at = (change.kind == ChangeKind::Delete).then(|| row.deleted_at.unwrap_or(at));
    row
}

impl Known {
    /// Takes in a row that [`Needs::kin`] asked for.
    pub fn learn_kin(&mut self, schema: &Schema, tenant: Uuid, index: usize, row: &Row) {
        if let (true, Some(key)) = (row.is_live(), derived_id(schema.entities()[index], tenant, row)) {
            self.keys.insert((index, key), row.id);
        }
    }
}

/// Lists what a push needs. Changes that make no sense need nothing; the plan refuses them. A row that may come back from a
/// tombstone brings its stored claims back, so [`Needs::learn`] adds those once the rows are known.
pub fn needs(schema: &Schema, changes: &[Change]) -> Needs {
    let mut needs = Needs::default();
    for change in changes {
        let Some(index) = schema.index(&change.entity) else { continue };
        let entity = schema.entities()[index];
        needs.rows.entry(index).or_default().insert(change.row_id);
        let kin = entity.kin_field();
        for (name, json) in &change.fields {
            let Some(field) = entity.field_index(name) else { continue };
            let value = Value::parse(&entity.fields[field], json);
            if let (true, Ok(Value::Text(value))) = (entity.fields[field].names_one, &value) {
                let number = Holder { entity: index, field, value: value.clone() };
                needs.numbers.entry(number).or_default().insert(change.row_id);
            }
            match (entity.fields[field].kind, value) {
                (Kind::Link(to), Ok(Value::Id(id))) => {
                    if let Some(to) = schema.index(to) {
                        needs.links.entry(to).or_default().insert(id);
                    }
                    if kin == Some(field) {
                        needs.kin.entry(index).or_default().insert(id);
                    }
                }
                (Kind::Claim { .. }, Ok(Value::Text(value))) => {
                    needs.claims.insert(Holder { entity: index, field, value });
                }
                _ => {}
            }
        }
    }
    needs
}

impl Needs {
    /// Adds what follows from the rows: claims of those that a change could bring back to life, numbers of all that are changed,
    /// and kin of those whose key may change.
    pub fn learn(&mut self, schema: &Schema, rows: &BTreeMap<(usize, Uuid), Row>) {
        for ((index, _), row) in rows {
            self.numbers_of(*index, schema.entities()[*index], row);
            if let Some(Value::Id(id)) = schema.entities()[*index].kin_field().map(|field| &row.values[field]) {
                self.kin.entry(*index).or_default().insert(*id);
            }
        }
        for ((index, _), row) in rows.iter().filter(|(_, row)| !row.is_live()) {
            for (field, declared) in schema.entities()[*index].fields.iter().enumerate() {
                if let (Kind::Claim { .. }, Value::Text(value)) = (declared.kind, &row.values[field]) {
                    self.claims.insert(Holder { entity: *index, field, value: value.clone() });
                }
            }
        }
    }
}
