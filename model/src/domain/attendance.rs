//! A month whose SF2 is signed is closed: nothing is marked in it until who may has opened it again, with a reason.
//!
//! What was marked elsewhere before the signature and arrives after it is refused as well: the paper is signed. It waits at its
//! office, with the reason, and goes through once the month is open again.

use super::Author;
use crate::entities::SF2_REPORT;
use crate::{Act, Code, Entity, Problem, Row, Value, natural};
use time::Date;
use uuid::Uuid;

const UNIX_EPOCH_JULIAN_DAY: i32 = 2_440_588;

/// The id of the report of a section for the month of this day.
pub fn report_of(tenant: Uuid, section: Uuid, day: i32) -> Option<Uuid> {
    let date = Date::from_julian_day(day.checked_add(UNIX_EPOCH_JULIAN_DAY)?).ok()?;
    let mut report = Row::empty(&SF2_REPORT, Uuid::nil());
    report.values[SF2_REPORT.field_index("section")?] = Value::Id(section);
    report.values[SF2_REPORT.field_index("month")?] = Value::Date(day - i32::from(date.day()) + 1);
    natural::derived_id(&SF2_REPORT, tenant, &report)
}

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
