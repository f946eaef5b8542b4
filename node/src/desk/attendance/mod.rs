//! The questions of the window about attendance: `{"do": "attendance.…"}`.
//!
//! Invariants: "not taken" and "everybody present" are told apart by the sheet; a class is its roster as of that day; what is
//! past is corrected with a reason, what is signed not at all.

mod calendar;
mod class;
mod signing;
mod take;

pub use calendar::DayKind;
pub use class::{Class, Seat, SectionDay};
pub use take::Mark;

use super::Desk;
use super::session::to_json;
use crate::{NodeError, Result};
use pems_model::Code;
use pems_model::value::{format_date, parse_date};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use ts_rs::TS;
use uuid::Uuid;

/// Class days in a row away after which the adviser visits (SF2's footer).
const IN_A_ROW: usize = 5;

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "do", deny_unknown_fields)]
#[ts(rename = "AttendanceRequest")]
pub enum Request {
    /// The sections of the year on a day, one's own first; today where no day is given. Answered by [`Overview`].
    #[serde(rename = "attendance.sections")]
    Sections {
        #[serde(default)]
        #[ts(optional)]
        date: Option<String>,
    },
    /// Answered by [`Class`].
    #[serde(rename = "attendance.class")]
    Class {
        #[ts(type = "string")]
        section: Uuid,
        date: String,
        session: String,
    },
    /// All of the class but these were present. Answered by [`Class`] as it is then.
    #[serde(rename = "attendance.take")]
    Take {
        #[ts(type = "string")]
        section: Uuid,
        date: String,
        session: String,
        marks: Vec<Mark>,
        /// Why a past day is changed.
        #[serde(default)]
        #[ts(optional)]
        correction: Option<String>,
    },
    /// Who was absent on five class days in a row, up to a day. Answered by a list of [`Away`].
    #[serde(rename = "attendance.away")]
    Away {
        #[ts(type = "string")]
        section: Uuid,
        date: String,
    },
    /// Signs the month's SF2, which locks it. Answered by `null`.
    #[serde(rename = "attendance.sign")]
    Sign {
        #[ts(type = "string")]
        section: Uuid,
        date: String,
    },
    /// Opens a signed month again. Answered by `null`.
    #[serde(rename = "attendance.reopen")]
    Reopen {
        #[ts(type = "string")]
        section: Uuid,
        date: String,
        reason: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Overview {
    pub date: String,
    pub today: String,
    pub sections: Vec<SectionDay>,
}

/// A learner who was away for days, and whom to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Away {
    #[ts(type = "string")]
    pub student: Uuid,
    pub name: String,
    pub since: String,
    pub phones: Vec<String>,
}

pub(super) const ANSWERS: &str = "export interface AttendanceAnswers {
  \"attendance.sections\": Overview;
  \"attendance.class\": Class;
  \"attendance.take\": Class;
  \"attendance.away\": Away[];
  \"attendance.sign\": null;
  \"attendance.reopen\": null;
}
";

pub(super) fn declarations(config: &ts_rs::Config) -> Vec<String> {
    vec![
        Request::decl(config),
        Mark::decl(config),
        DayKind::decl(config),
        Seat::decl(config),
        Class::decl(config),
        SectionDay::decl(config),
        Overview::decl(config),
        Away::decl(config),
    ]
}

pub(super) fn answer(desk: &mut Desk, request: Request) -> Result<Json> {
    match request {
        Request::Sections { date } => {
            let today = desk.today();
            let day = date.as_deref().map(day).transpose()?.unwrap_or(today);
            let sections = desk.sections_on(day)?;
            to_json(&Overview { date: format_date(day), today: format_date(today), sections })
        }
        Request::Class { section, date, session } => to_json(&desk.class(section, day(&date)?, &session)?),
        Request::Take { section, date, session, marks, correction } => {
            let day = day(&date)?;
            desk.take(section, day, &session, &marks, correction.as_deref())?;
            to_json(&desk.class(section, day, &session)?)
        }
        Request::Away { section, date } => to_json(&desk.away(section, day(&date)?)?),
        Request::Sign { section, date } => desk.sign(section, day(&date)?, None).map(|()| signing::nothing()),
        Request::Reopen { section, date, reason } => {
            desk.sign(section, day(&date)?, Some(&reason)).map(|()| signing::nothing())
        }
    }
}

fn day(text: &str) -> Result<i32> {
    parse_date(text)
        .ok_or_else(|| NodeError::new(Code::BadFormat, format!("'{text}' is no day; type it as YYYY-MM-DD")))
}

impl Desk {
    fn away(&self, section: Uuid, date: i32) -> Result<Vec<Away>> {
        let days = take::class_days_back(self, section, date, IN_A_ROW)?;
        let (Some(since), true) = (days.last(), days.len() == IN_A_ROW) else { return Ok(Vec::new()) };
        let mut away: Option<Vec<Seat>> = None;
        for day in &days {
            let class = self.class(section, *day, "day")?;
            let absent = |student: Uuid| {
                class.seats.iter().any(|seat| {
                    seat.student == student && seat.code.as_deref().is_some_and(|code| matches!(code, "A" | "E"))
                })
            };
            let before = away.take().unwrap_or_else(|| class.seats.clone());
            away = Some(before.into_iter().filter(|seat| absent(seat.student)).collect());
        }
        let mut statement = self.store.conn().prepare_cached(
            "SELECT g.phone FROM student_guardian l JOIN guardian g ON g.id = l.guardian
             WHERE l.student = ?1 AND l.deleted_at IS NULL AND g.phone IS NOT NULL ORDER BY l.is_primary IS NOT 1",
        )?;
        let mut list = Vec::new();
        for seat in away.unwrap_or_default() {
            let phones = statement.query_map([seat.student.as_bytes()], |row| row.get(0))?;
            let phones = phones.collect::<rusqlite::Result<Vec<String>>>()?;
            list.push(Away { student: seat.student, name: seat.name, since: format_date(*since), phones });
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests;
