//! What happens to an enrolment after it began: papers came, the learner left, came back, or it was a mistake.

use super::record::{self, Change, Enrolment};
use super::{papers, reasons, sections, year};
use crate::domain::enrolment::{By, Day};
use crate::store::Work;
use crate::{NodeError, Result};
use pems_model::{Code, text};
use serde_json::json;
use uuid::Uuid;

/// The statuses of learners who are at the school.
const HERE: &[&str] = &["temporary", "enrolled"];

fn check_status(enrolment: &Enrolment, allowed: &[&str], what: &str) -> Result<()> {
    if allowed.contains(&enrolment.status.as_str()) {
        return Ok(());
    }
    let message =
        format!("this enrolment stands as '{}' and cannot be {what}; look the learner up again", enrolment.status);
    Err(NodeError::new(Code::Rule, message))
}

/// Pre-registered learners who came are enrolled, temporary ones whose papers came are confirmed. Answers how many changed.
///
/// # Errors
/// `rule`, if a temporary one still misses papers (`details.missing`).
pub fn confirm(work: &mut Work<'_, '_>, by: &By, enrolments: &[Uuid], on: Day) -> Result<usize> {
    for id in enrolments {
        let enrolment = record::find(work.conn(), *id)?;
        check_status(&enrolment, &["pre_registered", "temporary"], "confirmed")?;
        let year = year::find(work.conn(), enrolment.school_year)?;
        year.check_day(on, by.today)?;
        if enrolment.status == "temporary" {
            papers::check_complete(work.conn(), enrolment.student)?;
            record::change(work, by, *id, Change::to("confirmed", "enrolled", on), json!({}))?;
            continue;
        }
        let complete = papers::missing(work.conn(), enrolment.student)?.is_empty();
        let status = if complete { "enrolled" } else { "temporary" };
        let first = Day(on.0.max(year.start_date.0));
        let late = year.cutoff_date.is_some_and(|cutoff| on > cutoff);
        let also = json!({ "first_attendance_date": first, "late": late });
        record::change(work, by, *id, Change::to("enrolled", status, on), also)?;
    }
    Ok(enrolments.len())
}

/// To another school, which is named. The learner leaves the section on that day; that the account is not settled is noted.
///
/// # Errors
/// `rule` for who is not here or a day that is none of the year; `required` without a school.
pub fn transfer_out(
    work: &mut Work<'_, '_>,
    by: &By,
    id: Uuid,
    to_school: &str,
    on: Day,
    unsettled_account: bool,
) -> Result<Enrolment> {
    let enrolment = record::find(work.conn(), id)?;
    check_status(&enrolment, HERE, "transferred out")?;
    year::find(work.conn(), enrolment.school_year)?.check_day(on, by.today)?;
    if text::is_blank(to_school) {
        let message = "write the school to which the learner goes";
        return Err(NodeError::new(Code::Required, message).with_details(json!({ "field": "to_school" })));
    }
    let change = Change { school: Some(to_school), ..Change::to("transferred_out", "transferred_out", on) };
    let also = json!({ "to_school": to_school, "unsettled_account": unsettled_account });
    record::change(work, by, id, change, also)?;
    record::leave(work, id, on)?;
    Ok(enrolment)
}

/// No longer in school, with a reason of School Form 2.
pub fn drop(work: &mut Work<'_, '_>, by: &By, id: Uuid, code: &str, note: Option<&str>, on: Day) -> Result<Enrolment> {
    let enrolment = record::find(work.conn(), id)?;
    check_status(&enrolment, HERE, "dropped")?;
    year::find(work.conn(), enrolment.school_year)?.check_day(on, by.today)?;
    let refused =
        |code, field: &str, message: String| Err(NodeError::new(code, message).with_details(json!({ "field": field })));
    let Some(reason) = reasons::find(code) else {
        return refused(
            Code::NotAChoice,
            "reason_code",
            format!("'{code}' is no reason of School Form 2; choose one of the list"),
        );
    };
    if reason.specify && note.is_none_or(text::is_blank) {
        return refused(Code::Required, "note", "this reason wants a few words; write them".into());
    }
    let change = Change { reason_code: Some(code), note, ..Change::to("dropped", "dropped", on) };
    record::change(work, by, id, change, json!({ "reason_code": code }))?;
    record::leave(work, id, on)?;
    Ok(enrolment)
}

/// Back within the same school year: the same enrolment goes on.
pub fn take_back(
    work: &mut Work<'_, '_>,
    by: &By,
    id: Uuid,
    on: Day,
    section: Option<Uuid>,
    over_capacity: bool,
) -> Result<Enrolment> {
    let enrolment = record::find(work.conn(), id)?;
    check_status(&enrolment, &["transferred_out", "moved_out", "dropped"], "taken back")?;
    year::find(work.conn(), enrolment.school_year)?.check_day(on, by.today)?;
    let complete = papers::missing(work.conn(), enrolment.student)?.is_empty();
    let status = if complete { "enrolled" } else { "temporary" };
    let also = json!({ "reason_code": null, "to_school": null, "unsettled_account": false });
    record::change(work, by, id, Change::to("returned", status, on), also)?;
    if section.is_some() {
        sections::assign(work, by, &sections::Placing { enrolments: &[id], section, day: on, over_capacity })?;
    }
    Ok(enrolment)
}

/// It was a mistake. What was written stays, as history.
pub fn cancel(work: &mut Work<'_, '_>, by: &By, id: Uuid, note: Option<&str>, on: Day) -> Result<Enrolment> {
    let enrolment = record::find(work.conn(), id)?;
    check_status(&enrolment, &["pre_registered", "temporary", "enrolled"], "cancelled")?;
    year::find(work.conn(), enrolment.school_year)?.check_day(on, by.today)?;
    let change = Change { note, ..Change::to("cancelled", "cancelled", on) };
    record::change(work, by, id, change, json!({}))?;
    record::leave(work, id, on)?;
    Ok(enrolment)
}
