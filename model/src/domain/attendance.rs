//! A month whose SF2 is signed is closed: nothing is marked in it until who may has opened it again, with a reason.
//!
//! What was marked elsewhere before the signature and arrives after it is refused as well: the paper is signed. It waits at its
//! office, with the reason, and goes through once the month is open again.
//!
//! Nor does anybody come into a section or leave it on a day of such a month ([`super::seats`]), nor does the calendar change its
//! class days: the paper says who was there, and when. A suspension that is announced late waits until the month is open again.

use super::Author;
use crate::entities::{CALENDAR_DAY, SCHOOL_YEAR, SF2_REPORT};
use crate::value::format_date;
use crate::{Act, Code, Entity, Problem, Row, Value, natural};
use std::ops::Range;
use time::Date;
use uuid::Uuid;

const UNIX_EPOCH_JULIAN_DAY: i32 = 2_440_588;

/// The first day of the month of this day.
pub fn month_of(day: i32) -> Option<i32> {
    let date = Date::from_julian_day(day.checked_add(UNIX_EPOCH_JULIAN_DAY)?).ok()?;
    Some(day - i32::from(date.day()) + 1)
}

/// The calendar's word for the level of a grade; none for non-graded learners.
pub fn level_of(grade: &str) -> Option<&'static str> {
    match grade {
        "K" => Some("kinder"),
        "1" | "2" | "3" | "4" | "5" | "6" => Some("elementary"),
        "7" | "8" | "9" | "10" => Some("jhs"),
        "11" | "12" => Some("shs"),
        _ => None,
    }
}

/// Class days of a school year that a change makes others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherDays {
    /// Of which school year.
    pub year: Uuid,
    /// In days since 1970-01-01.
    pub days: Vec<Range<i32>>,
    /// The level whose sections have them; `None`: all.
    pub level: Option<String>,
}

/// What a change of the calendar, or of a school year, comes to for its class days; none for other records.
pub fn other_days(entity: &Entity, before: Option<&Row>, after: &Row) -> Option<OtherDays> {
    if entity.name == CALENDAR_DAY.name {
        // Which day of which year it is of never changes.
        let of = before.unwrap_or(after);
        let (year, on) = (of.get(entity, "school_year").as_id()?, date(entity, of, "on_date")?);
        let kind = |row: &Row| row.get(entity, "kind").as_text().filter(|_| row.is_live()).map(str::to_owned);
        let level = of.get(entity, "scope").as_text().filter(|scope| *scope != "school").map(str::to_owned);
        return (before.and_then(kind) != kind(after)).then(|| OtherDays {
            year,
            days: std::iter::once(on..on.saturating_add(1)).collect(),
            level,
        });
    }
    let before = before.filter(|row| entity.name == SCHOOL_YEAR.name && row.is_live())?;
    let days = |row: &Row| Some(date(entity, row, "start_date")?..date(entity, row, "end_date")?.saturating_add(1));
    let (old, new) = (days(before)?, days(after).filter(|_| after.is_live()));
    // Half days and the cut-off are on every month's form.
    let by_halves = |row: &Row| row.get(entity, "half_days") == &Value::Bool(true);
    let throughout = date(entity, before, "cutoff_date") != date(entity, after, "cutoff_date")
        || by_halves(before) != by_halves(after);
    let days = match new {
        Some(new) if !throughout => {
            let ends = [old.start.min(new.start)..old.start.max(new.start), old.end.min(new.end)..old.end.max(new.end)];
            ends.into_iter().filter(|days| !days.is_empty()).collect()
        }
        _ => vec![old],
    };
    (!days.is_empty()).then_some(OtherDays { year: before.id, days, level: None })
}

impl OtherDays {
    /// Whether a section of this grade (none: of none) has these days, and one of them is in this month (its first day).
    pub fn concern(&self, grade: Option<&str>, month: i32) -> bool {
        let level = self.level.as_deref();
        let of_month = |days: &Range<i32>| month_of(days.start).unwrap_or(days.start) <= month && month < days.end;
        (level.is_none() || level == grade.and_then(level_of)) && self.days.iter().any(of_month)
    }

    /// What is wrong with the change, where these months are signed: what each section is called, and the first day of the month.
    pub fn problem(&self, signed: &[(String, i32)]) -> Option<Problem> {
        let said = |(section, month): &(String, i32)| format!("{section} for {}", month_text(*month));
        let mut named: Vec<String> = signed.iter().take(NAMED).map(said).collect();
        if signed.is_empty() {
            return None;
        }
        if signed.len() > NAMED {
            named.push(format!("{} more", signed.len() - NAMED));
        }
        let message = format!(
            "the SF2 of {} is signed, and this would change its class days; ask the school head or an administrator to open it \
             again in Attendance, Month, then do this once more",
            named.join(", ")
        );
        Some(Problem::new(Code::Rule, message))
    }
}

/// Sections that a refusal names: more do not help.
const NAMED: usize = 5;

/// `2026-06`.
fn month_text(month: i32) -> String {
    let text = format_date(month);
    text.get(..7).unwrap_or(&text).to_owned()
}

fn date(entity: &Entity, row: &Row, field: &str) -> Option<i32> {
    if let Value::Date(day) = row.get(entity, field) { Some(*day) } else { None }
}

/// The id of the report of a section for the month of this day.
pub fn report_of(tenant: Uuid, section: Uuid, day: i32) -> Option<Uuid> {
    let mut report = Row::empty(&SF2_REPORT, Uuid::nil());
    report.values[SF2_REPORT.field_index("section")?] = Value::Id(section);
    report.values[SF2_REPORT.field_index("month")?] = Value::Date(month_of(day)?);
    natural::derived_id(&SF2_REPORT, tenant, &report)
}

/// Whether this `sf2_report` stands for a month that is signed and not opened again.
pub fn is_signed(report: &Row) -> bool {
    report.is_live() && report.get(&SF2_REPORT, "state").as_text() == Some("signed")
}

/// What is wrong with a change of a sheet or a mark whose month has this report.
pub fn marks(report: Option<&Row>, author: &Author) -> Option<Problem> {
    if !report.is_some_and(is_signed) || author.all_may(Act::ReopenMonth) {
        return None;
    }
    let message = "the SF2 of this section for this month is signed; the school head or an administrator can open it again, then \
        send this again";
    Some(Problem::new(Code::Rule, message))
}

/// What is wrong with the day of a new sheet, of a section of this school year.
pub fn day(on: i32, start: i32, end: i32) -> Option<Problem> {
    if (start..=end).contains(&on) {
        return None;
    }
    let message = format!(
        "{} is no day of this school year, which goes from {} to {}; take attendance on a day of the year",
        format_date(on),
        format_date(start),
        format_date(end)
    );
    Some(Problem::at(Code::Rule, "on_date", message))
}

/// What is wrong with a change of a report. `people`: whether the school has people who sign in; then a device alone neither signs
/// nor opens.
pub fn report(before: Option<&Row>, after: &Row, author: &Author, people: bool) -> Option<Problem> {
    let entity: &Entity = &SF2_REPORT;
    let was_signed = before.is_some_and(is_signed);
    if before.is_some() && !was_signed && !is_signed(after) {
        return None;
    }
    if people && !author.person.is_some_and(|by| by.signed) {
        let message = "a month is signed, and opened again, by somebody who is signed in; type your password at this PC again, then \
            do it once more";
        return Some(Problem::new(Code::RoleForbidden, message));
    }
    if is_signed(after) && !was_signed {
        let signed_by = after.get(entity, "signed_by").as_id();
        let name = "signed_by";
        let message = "whoever signs a month puts their own name under it";
        return (signed_by != author.person.map(|by| by.id)).then(|| Problem::at(Code::Rule, name, message));
    }
    // A person's decision, wherever they sit; without one, the device's.
    let role = author.person.map_or(author.device, |by| by.role);
    if !Act::ReopenMonth.allows(role) {
        let message = "this month is signed; the school head or an administrator can open it again";
        return Some(Problem::new(Code::RoleForbidden, message));
    }
    let reason = after.get(entity, "reason").as_text().unwrap_or_default();
    if was_signed && is_signed(after) {
        let message = "this month is signed already; open it again first, then sign it";
        return Some(Problem::new(Code::RoleForbidden, message));
    }
    if after.is_live() && reason.trim().is_empty() {
        return Some(Problem::at(Code::Rule, "reason", "say why the signed SF2 is opened again"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(entity: &Entity, id: u128, values: &serde_json::Value) -> Row {
        let mut row = Row::empty(entity, Uuid::from_u128(id));
        for (name, json) in values.as_object().expect("an object") {
            let i = entity.field_index(name).expect("a field");
            row.values[i] = Value::parse(&entity.fields[i], json).expect("a value");
        }
        row
    }

    #[test]
    fn a_day_of_the_calendar_is_another_one_for_the_sections_of_its_level() {
        let day = |text| crate::value::parse_date(text).expect("a date");
        let (june, july) = (day("2026-06-01"), day("2026-07-01"));
        let entry = |scope: &str, kind: &str| {
            let year = Uuid::from_u128(9);
            let values = json!({ "school_year": year, "on_date": "2026-06-30", "scope": scope, "kind": kind });
            row(&CALENDAR_DAY, 1, &values)
        };
        let other = |before: Option<&Row>, after: &Row| other_days(&CALENDAR_DAY, before, after);
        let jhs = other(None, &entry("jhs", "suspension")).expect("a new one");
        assert!(jhs.concern(Some("7"), june) && !jhs.concern(Some("7"), july) && !jhs.concern(Some("6"), june));
        let all = other(None, &entry("school", "holiday")).expect("a new one");
        assert!(all.concern(Some("K"), june) && all.concern(Some("NG"), june) && all.concern(Some("11"), june));
        let suspended = entry("jhs", "suspension");
        let mut said = suspended.clone();
        said.values[CALENDAR_DAY.field_index("reason").expect("a field")] = Value::Text("Typhoon".into());
        assert_eq!(other(Some(&suspended), &said), None, "why is not a day");
        assert!(other(Some(&suspended), &entry("jhs", "event")).is_some());
        assert!(other(Some(&suspended), &Row { deleted_at: Some(1), ..suspended.clone() }).is_some());
        let gone = Row { deleted_at: Some(1), ..suspended.clone() };
        assert_eq!(other(Some(&gone), &gone), None);
    }

    #[test]
    fn a_year_that_begins_earlier_has_other_days_there_alone() {
        let day = |text: &str| crate::value::parse_date(text).expect("a date");
        let year = |more: serde_json::Value| {
            let mut values = json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31" });
            values.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
            row(&SCHOOL_YEAR, 9, &values)
        };
        let before = year(json!({}));
        let months = |after: &Row| {
            let other = other_days(&SCHOOL_YEAR, Some(&before), after);
            let all = ["2026-05-01", "2026-06-01", "2026-07-01", "2027-03-01", "2027-04-01"];
            let concerned = |month: &&&str| other.as_ref().is_some_and(|other| other.concern(Some("7"), day(month)));
            all.iter().filter(concerned).copied().collect::<Vec<_>>()
        };
        let harmless = json!({ "status": "closed", "drop_label": "NLS", "half_days": false });
        assert_eq!(months(&year(harmless)), Vec::<&str>::new());
        assert_eq!(months(&year(json!({ "start_date": "2026-06-15" }))), ["2026-06-01"]);
        assert_eq!(months(&year(json!({ "start_date": "2026-05-25" }))), ["2026-05-01", "2026-06-01"]);
        assert_eq!(months(&year(json!({ "end_date": "2027-04-08" }))), ["2027-04-01"]);
        let all = ["2026-06-01", "2026-07-01", "2027-03-01"];
        assert_eq!(months(&year(json!({ "cutoff_date": "2026-07-10" }))), all);
        assert_eq!(months(&Row { deleted_at: Some(1), ..before.clone() }), all);
        assert_eq!(other_days(&SCHOOL_YEAR, None, &before), None, "a new year has no sections yet");
    }

    #[test]
    fn a_day_belongs_to_the_report_of_its_month() {
        let (tenant, section) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let day = |text| crate::value::parse_date(text).expect("a date");
        let of = |text| report_of(tenant, section, day(text)).expect("an id");
        assert_eq!(of("2026-07-01"), of("2026-07-31"));
        assert_ne!(of("2026-07-31"), of("2026-08-01"));
        assert_eq!(of("2028-02-29"), of("2028-02-01"), "leap years");
        assert_ne!(of("2026-07-01"), report_of(tenant, Uuid::from_u128(3), day("2026-07-01")).expect("an id"));
    }
}
