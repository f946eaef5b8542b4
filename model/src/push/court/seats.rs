//! Whether the changes of a push leave the signed months as they are: who was in a section then, and which days had classes.
//!
//! A move is several changes and only all of them say what it comes to, so the changes of one enrolment that follow each other, and
//! all of one group, are judged together ([`Piece`]). What would change a signed month is refused and counts for nothing, and what
//! comes after is judged without it; a push is gone through once, however it is made up.

use super::{Court, after};
use crate::domain::attendance::{self, OtherDays};
use crate::domain::seats::{Closed, Seats, closed, title};
use crate::entities::{ENROLMENT, ENROLMENT_EVENT, SCHOOL_YEAR, SECTION, SECTION_MEMBERSHIP, SF2_REPORT};
use crate::push::Known;
use crate::wire::Change;
use crate::{Entity, Problem, Row, Schema, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::ops::Range;
use uuid::Uuid;

type Key = (usize, Uuid);

/// Records of which a learner's seats are made.
const OF_SEATS: [&Entity; 3] = [&ENROLMENT, &ENROLMENT_EVENT, &SECTION_MEMBERSHIP];

/// What is known of seats and signatures, with the changes that were found right so far.
#[derive(Debug, Default)]
pub(super) struct Seating {
    /// By section: the months that are signed.
    signed: BTreeMap<Uuid, BTreeSet<i32>>,
    /// By enrolment: its stays and events.
    records: BTreeMap<Uuid, BTreeSet<Key>>,
    /// By enrolment: the changes of it that are judged together.
    pieces: BTreeMap<Uuid, Piece>,
    /// The group that these are of.
    group: Option<Uuid>,
}

/// Changes of one enrolment that are judged together.
#[derive(Debug)]
struct Piece {
    /// Where the learner sat when all was right still.
    before: Seats,
    /// The changes since then, by position, with what their rows were.
    since: Vec<(usize, Key, Option<Row>)>,
    /// What they come to.
    closed: Option<Closed>,
}

impl Seating {
    pub(super) fn new(schema: &Schema, known: &Known) -> Seating {
        let mut seating = Seating::default();
        for entity in [&SF2_REPORT, &ENROLMENT_EVENT, &SECTION_MEMBERSHIP] {
            let Some(index) = schema.index(entity.name) else { continue };
            for (key, row) in known.rows.range((index, Uuid::nil())..=(index, Uuid::max())) {
                seating.learn(entity, *key, row, row);
            }
        }
        seating
    }

    /// Takes in a row as it is from now on. `of`: an earlier state, which says what it belongs to; that never changes.
    fn learn(&mut self, entity: &Entity, key: Key, of: &Row, row: &Row) {
        if entity.name == SF2_REPORT.name {
            let (section, month) = (of.get(entity, "section").as_id(), of.get(entity, "month"));
            let (Some(section), Value::Date(month)) = (section, month) else { return };
            let months = self.signed.entry(section).or_default();
            if attendance::is_signed(row) {
                months.insert(*month);
            } else {
                months.remove(month);
            }
        } else if let Some(enrolment) = enrolment_of(entity, of).filter(|enrolment| *enrolment != of.id) {
            self.records.entry(enrolment).or_default().insert(key);
        }
    }

    fn first_signed(&self, section: Uuid, days: &Range<i32>) -> Option<i32> {
        let first = attendance::month_of(days.start).unwrap_or(days.start);
        self.signed.get(&section)?.range(first..).next().copied().filter(|month| *month < days.end)
    }
}

/// Whose seats a row is about.
fn enrolment_of(entity: &Entity, row: &Row) -> Option<Uuid> {
    OF_SEATS.iter().find(|of| of.name == entity.name)?;
    if entity.name == ENROLMENT.name { Some(row.id) } else { row.get(entity, "enrolment").as_id() }
}

impl Court<'_> {
    /// Takes a row as it is to be, for the changes that follow: the change at this position was found right by itself.
    pub(super) fn seat(&mut self, at: usize, entity: &Entity, key: Key, row: Row) {
        if entity.name != SF2_REPORT.name && OF_SEATS.iter().all(|of| of.name != entity.name) {
            self.rows.insert(key, row);
            return;
        }
        let of = self.row(key).cloned().unwrap_or_else(|| row.clone());
        let any_signed = self.seating.signed.values().any(|months| !months.is_empty());
        let enrolment = enrolment_of(entity, &of).filter(|_| any_signed);
        if let Some(enrolment) = enrolment.filter(|id| !self.seating.pieces.contains_key(id)) {
            let piece = Piece { before: self.seats(enrolment), since: Vec::new(), closed: None };
            self.seating.pieces.insert(enrolment, piece);
        }
        self.seating.learn(entity, key, &of, &row);
        let was = self.rows.insert(key, row);
        let Some(enrolment) = enrolment else { return };
        let now = self.seats(enrolment);
        let Some(mut piece) = self.seating.pieces.remove(&enrolment) else { return };
        piece.since.push((at, key, was));
        let signed = |section, days: &Range<i32>| Ok::<_, Infallible>(self.seating.first_signed(section, days));
        let Ok(closed) = closed(&piece.before, &now, signed);
        piece.closed = closed;
        if piece.closed.is_none() {
            piece.before = now;
            piece.since.clear();
        }
        self.seating.pieces.insert(enrolment, piece);
    }

    /// Where an enrolment has its learner as things stand.
    fn seats(&self, enrolment: Uuid) -> Seats {
        let schema = self.push.schema;
        let get = |entity: &Entity, id: Uuid| self.row((schema.index(entity.name)?, id));
        let row = get(&ENROLMENT, enrolment);
        let year = row.and_then(|row| row.get(&ENROLMENT, "school_year").as_id());
        let start = year.and_then(|year| get(&SCHOOL_YEAR, year)).map(|year| year.get(&SCHOOL_YEAR, "start_date"));
        let start = if let Some(Value::Date(start)) = start { Some(*start) } else { None };
        let of = |entity: &Entity| {
            let index = schema.index(entity.name);
            let keys = self.seating.records.get(&enrolment).into_iter().flatten();
            keys.filter(move |key| Some(key.0) == index).filter_map(move |key| self.row(*key))
        };
        Seats::of(row, start, of(&SECTION_MEMBERSHIP), of(&ENROLMENT_EVENT))
    }

    /// The changes that are refused now that this one comes, by position; none comes at the end of a push.
    pub(in crate::push) fn refused_before(&mut self, next: Option<&Change>) -> Vec<(usize, Problem)> {
        let seating = &self.seating;
        let is_open = |enrolment: Uuid| seating.pieces.contains_key(&enrolment);
        let goes_on = next.is_some_and(|next| match next.group {
            Some(group) => seating.group == Some(group),
            None => seating.group.is_none() && self.changed_enrolment(next).is_some_and(is_open),
        });
        if goes_on {
            return Vec::new();
        }
        self.seating.group = next.and_then(|next| next.group);
        let mut refused = Vec::new();
        for piece in std::mem::take(&mut self.seating.pieces).into_values() {
            let Some(closed) = piece.closed else { continue };
            let section = self.push.schema.index(SECTION.name).and_then(|index| self.row((index, closed.section)));
            let problem = closed.problem(&title(section));
            for (at, key, was) in piece.since.into_iter().rev() {
                match was {
                    Some(was) => drop(self.rows.insert(key, was)),
                    None => drop(self.rows.remove(&key)),
                }
                refused.push((at, problem.clone()));
            }
        }
        refused
    }

    fn changed_enrolment(&self, change: &Change) -> Option<Uuid> {
        let entity = OF_SEATS.into_iter().find(|entity| entity.name == change.entity)?;
        match self.row((self.push.schema.index(entity.name)?, change.row_id)) {
            Some(row) => enrolment_of(entity, row),
            None => enrolment_of(entity, &after(entity, None, change, self.push.clock.now)),
        }
    }

    /// What is wrong with a change of the calendar, or of a school year: a signed month has the days that it makes others.
    pub(super) fn class_days(&self, entity: &Entity, before: Option<&Row>, after: &Row) -> Option<Problem> {
        let other: OtherDays = attendance::other_days(entity, before, after)?;
        let index = self.push.schema.index(SECTION.name)?;
        let all = self.known.rows.range((index, Uuid::nil())..=(index, Uuid::max()));
        let sections = all.filter_map(|(key, _)| self.row(*key)).filter(|section| section.is_live());
        let of_year = sections.filter(|section| section.get(&SECTION, "school_year").as_id() == Some(other.year));
        let mut signed = Vec::new();
        for section in of_year {
            let grade = section.get(&SECTION, "grade_level").as_text();
            let months = self.seating.signed.get(&section.id).into_iter().flatten();
            signed.extend(
                months.filter(|month| other.concern(grade, **month)).map(|month| (title(Some(section)), *month)),
            );
        }
        signed.sort();
        other.problem(&signed)
    }
}
