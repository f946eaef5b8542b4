//! Taking a class, and correcting one: the sheet and its marks in one act.

use super::calendar;
use crate::desk::Desk;
use crate::store::{Save, Work};
use crate::{NodeError, Result};
use pems_model::Code;
use pems_model::value::{format_date, format_time};
use rusqlite::OptionalExtension;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

/// Somebody who is not simply present.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    #[ts(type = "string")]
    pub student: Uuid,
    /// `A`, `L`, `C` or `E`.
    pub code: String,
}

fn save(entity: &str, id: Option<Uuid>, fields: Json) -> Save {
    Save { entity: entity.into(), id, fields: fields.as_object().cloned().unwrap_or_default() }
}

impl Desk {
    /// # Errors
    /// `rule` for a day that is no class day, lies ahead, is signed off, or is past and has no reason; `not_found` for somebody
    /// who is not on the roster of that day.
    pub(super) fn take(
        &mut self,
        section: Uuid,
        date: i32,
        session: &str,
        marks: &[Mark],
        correction: Option<&str>,
    ) -> Result<()> {
        let class = self.class(section, date, session)?;
        let correction = correction.map(str::trim).filter(|reason| !reason.is_empty());
        self.check_takable(&class, date, correction)?;
        let mut wanted: BTreeMap<Uuid, &str> = BTreeMap::new();
        for mark in marks {
            if !class.seats.iter().any(|seat| seat.student == mark.student) {
                let message = "one of the marked learners is not in this class on that day; open the class again";
                return Err(NodeError::new(Code::NotFound, message));
            }
            wanted.insert(mark.student, &mark.code);
        }
        let (by, at) = (self.person().map(|person| person.id), self.store.now());
        let (act, ()) = self.store.act(|work| {
            let fields = json!({ "section": section, "on_date": format_date(date), "session": session, "taken_by": by,
                "taken_at": format_time(at), "correction": correction });
            let found = "SELECT id FROM attendance_sheet WHERE section = ?1 AND on_date = ?2 AND session = ?3 AND deleted_at IS NULL";
            let key = (section.as_bytes(), date, session);
            let sheet: Option<[u8; 16]> =
                work.conn().prepare_cached(found)?.query_row(key, |row| row.get(0)).optional()?;
            let sheet = work.save(&save("attendance_sheet", sheet.map(Uuid::from_bytes), fields))?.row.id;
            let kept = marks_of(work, sheet)?;
            for seat in &class.seats {
                let code = wanted.get(&seat.student).copied();
                match (kept.get(&seat.student), code) {
                    (None, None) => {}
                    // A mark that was taken back says present: two PCs that mark the same learner meet in one row.
                    (Some(id), code) => {
                        work.save(&save("attendance_mark", Some(*id), json!({ "code": code.unwrap_or("P") })))?;
                    }
                    (None, Some(code)) => {
                        let fields = json!({ "sheet": sheet, "student": seat.student, "code": code });
                        work.save(&save("attendance_mark", None, fields))?;
                    }
                }
            }
            Ok(())
        })?;
        self.did(act, format!("Attendance of {} on {}", class.section_name, format_date(date)));
        Ok(())
    }

    fn check_takable(&self, class: &super::Class, date: i32, correction: Option<&str>) -> Result<()> {
        let rule = |message: String| Err(NodeError::new(Code::Rule, message));
        if date > self.today() {
            return rule(format!("{} lies ahead; attendance is taken on the day", format_date(date)));
        }
        if let Some(who) = &class.signed_by {
            return rule(format!("{who} signed the SF2 of this month; ask the school head to open it again"));
        }
        if !class.day.class_day {
            let why = class.day.reason.as_deref().unwrap_or(&class.day.kind);
            let message = format!(
                "{} is no class day ({why}); if classes were held, add it to the calendar as a make-up class",
                format_date(date)
            );
            return rule(message);
        }
        if class.taken_at.is_some() && class.past && correction.is_none() {
            return Err(NodeError::new(Code::Required, "a past day is corrected with a reason; say why")
                .with_details(json!({ "field": "correction" })));
        }
        Ok(())
    }
}

fn marks_of(work: &Work<'_, '_>, sheet: Uuid) -> Result<BTreeMap<Uuid, Uuid>> {
    let mut statement = work
        .conn()
        .prepare_cached("SELECT student, id FROM attendance_mark WHERE sheet = ?1 AND deleted_at IS NULL")?;
    let found = statement
        .query_map([sheet.as_bytes()], |row| Ok((Uuid::from_bytes(row.get(0)?), Uuid::from_bytes(row.get(1)?))))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The class days before and with `date`, newest first, for who was away five in a row (SF2).
pub(super) fn class_days_back(desk: &Desk, section: Uuid, date: i32, count: usize) -> Result<Vec<i32>> {
    /// Far enough to reach over Christmas.
    const REACH: i32 = 45;
    let mut days = Vec::with_capacity(count);
    for day in (date - REACH..=date).rev() {
        if days.len() == count {
            break;
        }
        if calendar::day_kind(&desk.store, section, day)?.class_day {
            days.push(day);
        }
    }
    Ok(days)
}
