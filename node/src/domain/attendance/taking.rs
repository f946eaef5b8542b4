//! Attendance is taken: one sheet, and a mark for each who was not simply there, in one act that can be undone as one.
//!
//! Invariants: only class days that have come; only who was in the section on that day; nothing in a month whose School Form 2
//! is signed; what was recorded on a past day is changed with a reason; and nothing is changed that the taker did not see: what
//! another PC recorded meanwhile is shown first.

use super::days::{self, Calendar, Day};
use super::section::{Section, Year};
use super::sheets::{self, Mark, Sheet};
use super::{roster, signing};
use crate::domain::written;
use crate::store::Work;
use crate::{NodeError, Result};
use pems_model::school_day::day_of;
use pems_model::value::{format_date, format_time};
use pems_model::{Code, Problem};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use ts_rs::TS;
use uuid::Uuid;

/// One learner's mark. Who is not in the list was present.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TakenMark {
    /// The learner.
    #[ts(type = "string")]
    pub student: Uuid,
    /// `P`, `A`, `L`, `C` or `E`; of a whole day also `AM` or `PM`, absent for half of it.
    pub code: String,
    /// What the taker adds, such as the reason of an excuse.
    #[serde(default)]
    #[ts(optional)]
    pub note: Option<String>,
}

/// What is to be recorded.
#[derive(Debug)]
pub(crate) struct Taking<'a> {
    /// Whose attendance it is.
    pub section: &'a Section,
    /// In days since 1970-01-01.
    pub date: i32,
    /// One of [`sheets::SESSIONS`].
    pub session: &'a str,
    /// What the taker says now.
    pub marks: Vec<TakenMark>,
    /// The marks as they were read; who is not in it was seen as present.
    pub seen: &'a [TakenMark],
    /// Why a past day is changed.
    pub correction: Option<&'a str>,
}

fn not_a_class_day(section: &Section, day: &Day) -> NodeError {
    let label = day.label.as_deref().map(|label| format!(" ({label})")).unwrap_or_default();
    let why = match day.kind.as_str() {
        "holiday" => format!("a holiday{label}"),
        "suspension" => format!("a day without classes{label}"),
        "weekend" => "a weekend".to_owned(),
        _ => "outside the school year".to_owned(),
    };
    let remedy = "if classes were held, the registrar, the head or an administrator adds the day to the calendar as a makeup class day";
    let on = days::date(&day.date, "date").map_or_else(|_| day.date.clone(), days::said);
    Problem::at(Code::Rule, "date", format!("{on} was {why} for {}; {remedy}", section.title())).into()
}

/// Whether this names a session.
///
/// # Errors
/// `not_a_choice`.
pub(crate) fn check_session(session: &str) -> Result<()> {
    if sheets::SESSIONS.contains(&session) {
        return Ok(());
    }
    Err(Problem::at(Code::NotAChoice, "session", "a session is day, am or pm").into())
}

/// Writes what was taken, in the name of `by`. Answers whether anything had to be written.
///
/// # Errors
/// `rule` for a day that is none, has not come or is of a signed month; `stale` for what was not seen; `required` for a correction
/// without its reason.
pub(crate) fn take(work: &mut Work<'_, '_>, by: Option<Uuid>, taking: Taking<'_>) -> Result<bool> {
    check_session(taking.session)?;
    let Taking { section, date, session, .. } = taking;
    let today = day_of(work.now());
    check_open(work, section, date, today)?;
    let wanted = wanted(work, section, date, taking.marks)?;
    let sheet = sheets::find(work, section.id, date, session)?;
    let halves = session == "day" && !Year::find(work.conn(), section.year)?.half_days;
    if let Some(half) = wanted.iter().find(|mark| !halves && is_half(&mark.code)) {
        let message =
            format!("{} is a mark of a whole day where no halves are taken; open the half instead", half.code);
        return Err(Problem::at(Code::NotAChoice, "marks", message).into());
    }
    let known = sheets::taken(work, section.id, date, session, halves)?;
    let changes = changed(&wanted, &known);
    check_seen(work, &changes, &known, taking.seen)?;
    let reason = taking.correction.map(str::trim).filter(|reason| !reason.is_empty());
    if sheet.is_some() && date < today && !changes.is_empty() && reason.is_none() {
        let message = "this day was recorded already; say why it is corrected";
        return Err(Problem::at(Code::Required, "correction", message).into());
    }
    if sheet.is_some() && changes.is_empty() {
        return Ok(false);
    }
    let correction = reason.filter(|_| sheet.is_some());
    let parts = parts(work, section, (date, session), &wanted, halves)?;
    write(work, by, section, date, &parts, correction)?;
    Ok(true)
}

fn check_open(work: &Work<'_, '_>, section: &Section, date: i32, today: i32) -> Result<()> {
    if date > today {
        let message = format!("{} has not come yet; attendance is taken on the day", days::said(date));
        return Err(Problem::at(Code::Rule, "date", message).into());
    }
    let year = Year::find(work.conn(), section.year)?;
    let day = Calendar::load(work.conn(), &year, date, date)?.day(date, &section.grade);
    if !day.class {
        return Err(not_a_class_day(section, &day));
    }
    signing::check(work.conn(), section.id, date)
}

/// The mark that each learner of the section is to have.
fn wanted(work: &Work<'_, '_>, section: &Section, date: i32, marks: Vec<TakenMark>) -> Result<Vec<TakenMark>> {
    let mut given: HashMap<Uuid, TakenMark> = HashMap::new();
    for mark in marks {
        if let Some(twice) = given.insert(mark.student, mark) {
            let message = format!("the learner {} is marked twice; mark each one once", twice.student);
            return Err(Problem::at(Code::Rule, "marks", message).into());
        }
    }
    let present = |student| TakenMark { student, code: "P".into(), note: None };
    let members = roster::as_of(work.conn(), section.id, date)?;
    let wanted = members.iter().map(|member| given.remove(&member.student).unwrap_or_else(|| present(member.student)));
    let wanted = wanted.collect();
    if let Some(stranger) = given.keys().next() {
        let message = format!(
            "the learner {stranger} was not in {} on {}; open the class again to see who was",
            section.title(),
            days::said(date)
        );
        return Err(Problem::at(Code::Stale, "marks", message).into());
    }
    Ok(wanted)
}

/// Who is changed is as the taker saw it: a mark that arrived since then is looked at first.
fn check_seen(
    work: &Work<'_, '_>,
    changes: &[(Option<Uuid>, &TakenMark)],
    known: &[Mark],
    seen: &[TakenMark],
) -> Result<()> {
    let as_seen = |student: Uuid| {
        let seen = seen.iter().find(|mark| mark.student == student);
        let known = known.iter().find(|mark| mark.student == student);
        let seen = seen.map_or(("P", None), |mark| (mark.code.as_str(), mark.note.as_deref()));
        seen == known.map_or(("P", None), |mark| (mark.code.as_str(), mark.note.as_deref()))
    };
    let others = changes.iter().map(|(_, mark)| mark.student).filter(|student| !as_seen(*student));
    let names = others
        .map(|student| roster::named(work.conn(), student).map(|named| named.0.listed()))
        .collect::<Result<Vec<_>>>()?;
    if names.is_empty() {
        return Ok(());
    }
    let message = format!(
        "what is recorded of {} changed meanwhile; nothing was saved. Look at the marks again, then submit",
        names.join("; ")
    );
    Err(Problem::at(Code::Stale, "marks", message).into())
}

/// What is written on which sheet: that of the session, and those of the halves for who was absent for half a day.
fn parts<'a>(
    work: &Work<'_, '_>,
    section: &Section,
    (date, session): (i32, &'a str),
    wanted: &[TakenMark],
    halves: bool,
) -> Result<Vec<Part<'a>>> {
    let present = |student| TakenMark { student, code: "P".into(), note: None };
    let whole = |mark: &TakenMark| if is_half(&mark.code) { present(mark.student) } else { mark.clone() };
    let mut parts = vec![part(work, section, date, session, wanted.iter().map(whole).collect())?];
    for (half, code) in sheets::HALVES.into_iter().filter(|_| halves) {
        let sheet = sheets::find(work, section.id, date, half)?;
        let known = sheet.map(|sheet| sheets::marks(work.conn(), sheet.id)).transpose()?.unwrap_or_default();
        let absent = |student: Uuid| known.iter().any(|mark| mark.student == student && sheets::is_absent(&mark.code));
        let differs = |mark: &&TakenMark| (mark.code == code) != absent(mark.student);
        let half_mark = |mark: &TakenMark| TakenMark {
            code: (if mark.code == code { "A" } else { "P" }).to_owned(),
            ..present(mark.student)
        };
        let part = part(work, section, date, half, wanted.iter().filter(differs).map(half_mark).collect())?;
        parts.extend(Some(part).filter(|part| !part.changes.is_empty()));
    }
    Ok(parts)
}

fn part<'a>(
    work: &Work<'_, '_>,
    section: &Section,
    date: i32,
    session: &'a str,
    wanted: Vec<TakenMark>,
) -> Result<Part<'a>> {
    let sheet = sheets::find(work, section.id, date, session)?;
    let known = sheet.as_ref().map(|sheet| sheets::marks(work.conn(), sheet.id)).transpose()?;
    let changes = changed(&wanted, &known.unwrap_or_default());
    let changes = changes.into_iter().map(|(known, mark)| (known, mark.clone())).collect();
    Ok(Part { session, sheet, changes })
}

fn write(
    work: &mut Work<'_, '_>,
    by: Option<Uuid>,
    section: &Section,
    date: i32,
    parts: &[Part<'_>],
    correction: Option<&str>,
) -> Result<()> {
    for part in parts {
        let id = match &part.sheet {
            Some(sheet) => {
                if let Some(reason) = correction {
                    written::save(work, "attendance_sheet", Some(sheet.id), json!({ "correction": reason }))?;
                }
                sheet.id
            }
            None => {
                let fields = json!({
                    "section": section.id, "on_date": format_date(date), "session": part.session,
                    "taken_by": by, "taken_at": format_time(work.now()), "correction": null,
                });
                written::save(work, "attendance_sheet", None, fields)?.row.id
            }
        };
        for (known, mark) in &part.changes {
            let mut fields = json!({ "code": mark.code, "note": mark.note });
            if known.is_none() {
                fields["sheet"] = json!(id);
                fields["student"] = json!(mark.student);
            }
            written::save(work, "attendance_mark", *known, fields)?;
        }
    }
    Ok(())
}

/// What is written on one sheet.
struct Part<'a> {
    session: &'a str,
    sheet: Option<Sheet>,
    changes: Vec<(Option<Uuid>, TakenMark)>,
}

fn is_half(code: &str) -> bool {
    sheets::HALVES.iter().any(|(_, half)| *half == code)
}

/// The marks to write, with the row of those that exist. Who was and is present has none.
fn changed<'a>(wanted: &'a [TakenMark], known: &[Mark]) -> Vec<(Option<Uuid>, &'a TakenMark)> {
    let known: HashMap<Uuid, &Mark> = known.iter().map(|mark| (mark.student, mark)).collect();
    let change = |mark: &'a TakenMark| match known.get(&mark.student) {
        Some(before) if before.code == mark.code && before.note == mark.note => None,
        Some(before) => Some((Some(before.id), mark)),
        None if mark.code == "P" => None,
        None => Some((None, mark)),
    };
    wanted.iter().filter_map(change).collect()
}
