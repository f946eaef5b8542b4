//! Judging the changes of a push one after the other: who made each, and whether it fits what the hub has and what came before it.
//! The rules themselves are in [`crate::domain`].

mod seats;

use super::known::{after, report_of_sheet};
use super::{Known, Push};
use crate::domain::author::{Author, By, Person, signs_for_another};
use crate::domain::numbers::Printed;
use crate::domain::people::{People, administers};
use crate::domain::{attendance, enrolment, learners, numbers, people};
use crate::entities::{
    ATTENDANCE_MARK, ATTENDANCE_SHEET, CALENDAR_DAY, ENROLMENT, ENROLMENT_EVENT, NUMBER_RANGE, SCHOOL_USER,
    SCHOOL_YEAR, SECTION, SECTION_MEMBERSHIP, SF2_REPORT, STUDENT,
};
use crate::injected_fault::{Bug, is_planted};
use crate::proof::{change_text, holds, sign_in_text};
use crate::wire::Change;
use crate::{Code, Entity, Problem, Row, Value};
use seats::Seating;
use std::collections::BTreeMap;
use uuid::Uuid;

const MANILA: i64 = 8 * 3_600 * 1_000_000;
const DAY: i64 = 24 * 3_600 * 1_000_000;

/// Whose rows a rule about another row asks for, so that those of the same push count.
const ASKED_FOR: &[&str] = &[
    SCHOOL_USER.name,
    SF2_REPORT.name,
    ATTENDANCE_SHEET.name,
    ATTENDANCE_MARK.name,
    ENROLMENT.name,
    ENROLMENT_EVENT.name,
    SECTION_MEMBERSHIP.name,
    SCHOOL_YEAR.name,
    SECTION.name,
    NUMBER_RANGE.name,
];

/// What the rules look at: the hub's state, and the changes that were found right so far.
pub(super) struct Court<'a> {
    push: &'a Push<'a>,
    known: &'a Known,
    users: BTreeMap<Uuid, Person>,
    /// Who typed their password at this device, and until when it was theirs.
    here: BTreeMap<Uuid, i64>,
    people: People,
    rows: BTreeMap<(usize, Uuid), Row>,
    seating: Seating,
}

impl<'a> Court<'a> {
    pub(super) fn new(push: &'a Push<'a>, known: &'a Known) -> Court<'a> {
        let mut court = Court {
            push,
            known,
            users: known.users.clone(),
            here: BTreeMap::new(),
            people: known.people.clone(),
            rows: BTreeMap::new(),
            seating: Seating::new(push.schema, known),
        };
        for user in known.users.keys() {
            court.look_who_was_here(*user);
        }
        court
    }

    fn look_who_was_here(&mut self, user: Uuid) {
        let Some(person) = self.users.get(&user) else { return };
        let text = sign_in_text(self.push.tenant, self.push.replica, user);
        let now = person.key.iter().map(|key| (*key, i64::MAX));
        let keys: Vec<_> = now.chain(person.former.iter().copied()).collect();
        let proofs = self.push.people.iter().filter(|signed| signed.user == user);
        let until = proofs.flat_map(|signed| keys.iter().filter(|(key, _)| holds(key, &text, &signed.proof)));
        if let Some(until) = until.map(|(_, until)| *until).max() {
            self.here.insert(user, until);
        }
    }

    /// Who made a change.
    ///
    /// # Errors
    /// The reason why nobody can have made it.
    pub(super) fn author(&self, change: &Change) -> Result<Author, Problem> {
        let mut author = Author { device: self.push.role, person: None };
        let Some(id) = change.user_id else { return Ok(author) };
        let person = self.users.get(&id).ok_or_else(unknown_author)?;
        let at = self.push.clock.correct(change.at);
        let Some(role) = person.role.filter(|_| person.works_at(at)) else {
            let why = "the user who made this change is disabled at the hub; ask a school admin";
            return Err(Problem::new(Code::RoleForbidden, why));
        };
        let text = || change_text(self.push.tenant, self.push.replica, change);
        let proof = self.push.proofs.get(&change.op_no).zip(person.key);
        // When it was made is the office's word: what a person answers for is theirs as long as they work here, not after.
        let signed = person.gone_since.is_none() && proof.is_some_and(|(proof, key)| holds(&key, &text(), proof));
        let was_here = self.here.get(&id).is_some_and(|until| at < *until);
        let trusts = is_planted(Bug::TrustsNames);
        author.person = Some(By { id, role, was_here: was_here || trusts, signed: signed || trusts });
        Ok(author)
    }

    /// What is wrong with a change whose author may make such changes.
    pub(super) fn judge(&self, entity: &Entity, change: &Change, author: &Author) -> Option<Problem> {
        let index = self.push.schema.index(entity.name)?;
        let before = self.row((index, change.row_id));
        let after = after(entity, before, change, self.push.clock.now);
        if before == Some(&after) {
            return None;
        }
        if let Some(problem) = signs_for_another(entity, before, &change.fields, change.user_id) {
            return Some(problem);
        }
        match entity.name {
            name if name == SCHOOL_USER.name => people::user(before, &after, author, &self.people),
            name if name == STUDENT.name => match after.get(entity, "birth_date") {
                Value::Date(born) if change.fields.contains_key("birth_date") => {
                    learners::birth_date(*born, self.today() + 1)
                }
                _ => None,
            },
            name if name == ENROLMENT_EVENT.name || name == SECTION_MEMBERSHIP.name => {
                self.days(entity, before, &after)
            }
            name if name == CALENDAR_DAY.name || name == SCHOOL_YEAR.name => self.class_days(entity, before, &after),
            name if name == NUMBER_RANGE.name => self.numbers(index, before, &after),
            name if name == SF2_REPORT.name => {
                attendance::report(before, &after, author, !self.people.admins.is_empty())
            }
            name if name == ATTENDANCE_SHEET.name || name == ATTENDANCE_MARK.name => {
                self.attendance(entity, before, &after, author)
            }
            _ => None,
        }
    }

    /// Takes the change at this position as made, for those that follow.
    pub(super) fn learn(&mut self, at: usize, entity: &Entity, change: &Change) {
        let Some(index) = self.push.schema.index(entity.name) else { return };
        if !ASKED_FOR.contains(&entity.name) {
            return;
        }
        let key = (index, change.row_id);
        let row = after(entity, self.row(key), change, self.push.clock.now);
        if entity.name == SCHOOL_USER.name {
            self.learn_user(&row, self.push.clock.correct(change.at));
        }
        self.seat(at, entity, key, row);
    }

    fn learn_user(&mut self, row: &Row, at: i64) {
        let before = self.users.remove(&row.id).unwrap_or_default();
        let mut person = Person::of(&SCHOOL_USER, row, Some(before.gone_since.unwrap_or(at)));
        person.former = before.former;
        if let Some(key) = before.key.filter(|key| person.key != Some(*key)) {
            person.former.push((key, self.push.clock.now));
        }
        self.users.insert(row.id, person);
        self.look_who_was_here(row.id);
        if administers(row) {
            self.people.admins.insert(row.id);
        } else {
            self.people.admins.remove(&row.id);
        }
        if let Some(email) = row.get(&SCHOOL_USER, "email").as_text().filter(|_| row.is_live()) {
            self.people.addresses.retain(|_, id| *id != row.id);
            self.people.addresses.entry(email.to_lowercase()).or_insert(row.id);
            if !row.get(&SCHOOL_USER, "verifier").is_null() {
                self.people.accounts.insert(row.id);
            }
        }
    }

    /// The day at the schools, whose clocks are eight hours ahead of UTC.
    fn today(&self) -> i32 {
        let day = self.push.clock.now.saturating_add(MANILA).div_euclid(DAY);
        i32::try_from(day).unwrap_or(i32::MAX - 1)
    }

    /// What is wrong with the days of what happened to an enrolment, or of a stay in a section, as far as its school year is known
    /// here.
    fn days(&self, entity: &Entity, before: Option<&Row>, after: &Row) -> Option<Problem> {
        let schema = self.push.schema;
        let enrolment = after.get(entity, "enrolment").as_id()?;
        let enrolment = self.row((schema.index(ENROLMENT.name)?, enrolment))?;
        let (start, end) = self.year(enrolment.get(&ENROLMENT, "school_year").as_id()?)?;
        enrolment::dated(entity, before, after, start, end)
    }

    /// What is wrong with a sheet or a mark: its month is signed, that in which it was or that in which it is to be, or the day is
    /// none of the school year.
    fn attendance(&self, entity: &Entity, before: Option<&Row>, after: &Row, author: &Author) -> Option<Problem> {
        let sheets = self.push.schema.index(ATTENDANCE_SHEET.name)?;
        for row in before.into_iter().chain([after]) {
            let sheet = match row.get(entity, "sheet").as_id().filter(|_| entity.name == ATTENDANCE_MARK.name) {
                Some(sheet) => self.row((sheets, sheet)),
                None => Some(row),
            };
            if let Some(problem) = sheet.and_then(|sheet| attendance::marks(self.report(sheet), author)) {
                return Some(problem);
            }
        }
        let new = after.is_live() && before.is_none_or(|before| !before.is_live());
        if !new || entity.name != ATTENDANCE_SHEET.name {
            return None;
        }
        let section = self.row((self.push.schema.index(SECTION.name)?, after.get(entity, "section").as_id()?))?;
        let (start, end) = self.year(section.get(&SECTION, "school_year").as_id()?)?;
        if let Value::Date(on) = after.get(entity, "on_date") { attendance::day(*on, start, end) } else { None }
    }

    /// What is wrong with a number range: another one of the school prints one of its numbers.
    fn numbers(&self, index: usize, before: Option<&Row>, after: &Row) -> Option<Problem> {
        let of = (index, Uuid::nil())..=(index, Uuid::max());
        let new = self.rows.range(of.clone()).filter(|(key, _)| !self.known.rows.contains_key(key));
        let others: Vec<&Row> = self.known.rows.range(of).chain(new).filter_map(|(key, _)| self.row(*key)).collect();
        let (_, both) = numbers::taken(before, after, others.iter().copied())?;
        let others: Vec<_> = others.into_iter().filter(|row| row.id != after.id).filter_map(Printed::of).collect();
        let free = Printed::of(after).and_then(|range| range.free(&others));
        let problem = numbers::problem(after, &both, free);
        Some(Problem { message: format!("{}; {}", problem.message, numbers::MEANWHILE), ..problem })
    }

    /// The first and the last day of a school year, as far as it is known here.
    fn year(&self, id: Uuid) -> Option<(i32, i32)> {
        let year = self.row((self.push.schema.index(SCHOOL_YEAR.name)?, id))?;
        match (year.get(&SCHOOL_YEAR, "start_date"), year.get(&SCHOOL_YEAR, "end_date")) {
            (Value::Date(start), Value::Date(end)) => Some((*start, *end)),
            _ => None,
        }
    }

    fn row(&self, key: (usize, Uuid)) -> Option<&Row> {
        self.rows.get(&key).or_else(|| self.known.rows.get(&key))
    }

    fn report(&self, sheet: &Row) -> Option<&Row> {
        let id = report_of_sheet(self.push.tenant, sheet)?;
        self.row((self.push.schema.index(SF2_REPORT.name)?, id))
    }
}

pub(super) fn unknown_author() -> Problem {
    let message = "the person who made this is no user of this school at the hub; it goes through by itself once that user is accepted";
    Problem::new(Code::ParentMissing, message)
}

#[cfg(test)]
mod tests;
