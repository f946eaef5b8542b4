//! One class on one day: who is on the roster then, what was marked, whether it was taken and may still be.

use super::calendar::{self, DayKind};
use crate::desk::Desk;
use crate::{NodeError, Result};
use pems_model::Code;
use pems_model::value::{format_date, format_time};
use rusqlite::OptionalExtension;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// A learner of the class, with what was marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Seat {
    #[ts(type = "string")]
    pub student: Uuid,
    pub name: String,
    pub sex: Option<String>,
    /// `A`, `L`, `C`, `E`; none for present (or not taken).
    pub code: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Class {
    #[ts(type = "string")]
    pub section: Uuid,
    pub section_name: String,
    pub grade_level: String,
    pub date: String,
    pub session: String,
    pub day: DayKind,
    /// Males, then females, each by name; as of the date.
    pub seats: Vec<Seat>,
    /// Without it the class has not been taken, which is not the same as everybody present.
    pub taken_at: Option<String>,
    pub taken_by: Option<String>,
    pub correction: Option<String>,
    /// Who signed the month's SF2: then nothing is changed any more.
    pub signed_by: Option<String>,
    pub past: bool,
}

/// A section on a day, for the overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SectionDay {
    #[ts(type = "string")]
    pub id: Uuid,
    pub name: String,
    pub grade_level: String,
    pub adviser: Option<String>,
    /// Whether the person at this desk advises it.
    pub mine: bool,
    pub learners: i64,
    pub taken: bool,
    pub absent: i64,
    pub late: i64,
    pub day: DayKind,
}

/// On the roster of a day: a membership that covers it, of an enrolment that was not over by then. A learner who left on the
/// 12th is on the roster of the 11th and not of the 12th.
pub(super) const ON_ROSTER: &str =
    "m.deleted_at IS NULL AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR ?2 < m.valid_to)
    AND e.deleted_at IS NULL AND e.status <> 'cancelled'
    AND NOT (e.status IN ('transferred_out', 'moved_out', 'dropped') AND coalesce(e.effectivity_date, ?2 + 1) <= ?2)";

impl Desk {
    pub(super) fn class(&self, section: Uuid, date: i32, session: &str) -> Result<Class> {
        let about = "SELECT name, grade_level FROM section WHERE id = ?1 AND deleted_at IS NULL";
        let conn = self.store.conn();
        let (section_name, grade_level) = conn
            .prepare_cached(about)?
            .query_row([section.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?
            .ok_or_else(|| NodeError::new(Code::NotFound, "there is no such section any more; choose another"))?;
        let sheet = "SELECT t.id, t.taken_at, u.name, t.correction FROM attendance_sheet t
            LEFT JOIN school_user u ON u.id = t.taken_by
            WHERE t.section = ?1 AND t.on_date = ?2 AND t.session = ?3 AND t.deleted_at IS NULL";
        type Sheet = ([u8; 16], Option<i64>, Option<String>, Option<String>);
        let sheet: Option<Sheet> = conn
            .prepare_cached(sheet)?
            .query_row((section.as_bytes(), date, session), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        let roster = format!(
            "SELECT s.id, s.last_name, s.first_name, s.middle_name, s.name_ext, s.sex,
                 (SELECT k.code FROM attendance_mark k WHERE k.sheet = ?3 AND k.student = s.id AND k.deleted_at IS NULL)
             FROM section_membership m JOIN enrolment e ON e.id = m.enrolment JOIN student s ON s.id = e.student
             WHERE m.section = ?1 AND {ON_ROSTER} ORDER BY s.sex IS NOT 'M', s.search_key"
        );
        let of = sheet.as_ref().map(|(id, ..)| *id);
        let mut statement = conn.prepare_cached(&roster)?;
        let seats = statement.query_map((section.as_bytes(), date, of), |row| {
            let code: Option<String> = row.get(6)?;
            Ok(Seat {
                student: Uuid::from_bytes(row.get(0)?),
                name: full_name(row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?),
                sex: row.get(5)?,
                code: code.filter(|code| code != "P"),
            })
        })?;
        let seats = seats.collect::<rusqlite::Result<Vec<_>>>()?;
        let (taken_at, taken_by, correction) = sheet
            .map_or((None, None, None), |(_, at, by, why)| (Some(at.map_or_else(String::new, format_time)), by, why));
        Ok(Class {
            section,
            section_name,
            grade_level,
            date: format_date(date),
            session: session.to_owned(),
            day: calendar::day_kind(&self.store, section, date)?,
            seats,
            taken_at,
            taken_by,
            correction,
            signed_by: super::signing::signed_by(&self.store, section, date)?,
            past: date < self.today(),
        })
    }

    pub(super) fn sections_on(&self, date: i32) -> Result<Vec<SectionDay>> {
        let sql = format!(
            "SELECT c.id, c.name, c.grade_level, a.last_name || ', ' || a.first_name, c.adviser,
                 (SELECT count(*) FROM section_membership m JOIN enrolment e ON e.id = m.enrolment
                  WHERE m.section = c.id AND {ON_ROSTER}),
                 t.id IS NOT NULL,
                 (SELECT count(*) FROM attendance_mark k WHERE k.sheet = t.id AND k.code IN ('A', 'E') AND k.deleted_at IS NULL),
                 (SELECT count(*) FROM attendance_mark k WHERE k.sheet = t.id AND k.code = 'L' AND k.deleted_at IS NULL)
             FROM school_year y JOIN section c ON c.school_year = y.id AND c.deleted_at IS NULL
             LEFT JOIN staff a ON a.id = c.adviser
             LEFT JOIN attendance_sheet t ON t.section = c.id AND t.on_date = ?2 AND t.session = 'day' AND t.deleted_at IS NULL
             WHERE ?1 IS NULL AND y.deleted_at IS NULL AND y.start_date <= ?2 AND ?2 <= y.end_date
             ORDER BY length(c.grade_level), c.grade_level, c.search_key"
        );
        let me = self.person().and_then(|person| person.staff);
        let mut statement = self.store.conn().prepare_cached(&sql)?;
        let found = statement.query_map((Option::<i32>::None, date), |row| {
            let adviser: Option<[u8; 16]> = row.get(4)?;
            Ok((
                SectionDay {
                    id: Uuid::from_bytes(row.get(0)?),
                    name: row.get(1)?,
                    grade_level: row.get(2)?,
                    adviser: row.get(3)?,
                    mine: false,
                    learners: row.get(5)?,
                    taken: row.get(6)?,
                    absent: row.get(7)?,
                    late: row.get(8)?,
                    day: DayKind { class_day: true, kind: String::new(), reason: None },
                },
                adviser.map(Uuid::from_bytes),
            ))
        })?;
        let found = found.collect::<rusqlite::Result<Vec<_>>>()?;
        let mut sections = Vec::with_capacity(found.len());
        for (section, adviser) in found {
            let day = calendar::day_kind(&self.store, section.id, date)?;
            sections.push(SectionDay { mine: me.is_some() && adviser == me, day, ..section });
        }
        sections.sort_by_key(|section| !section.mine);
        Ok(sections)
    }
}

/// `Dela Cruz, Juan Miguel Santiago Jr.`
fn full_name(last: String, first: String, middle: Option<String>, ext: Option<String>) -> String {
    let rest = [Some(first), middle, ext].into_iter().flatten().collect::<Vec<_>>().join(" ");
    format!("{last}, {rest}")
}
