//! A month whose SF2 is signed is closed: nothing is marked in it until who may has opened it again, with a reason.
//!
//! What was marked elsewhere before the signature and arrives after it is refused as well: the paper is signed. It waits at its
//! office, with the reason, and goes through once the month is open again.
//!
//! Nor does anybody come into a section or leave it on a day of such a month: the paper says who was there.

use super::Author;
use crate::entities::SF2_REPORT;
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

/// A stay in a section, `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Where.
    pub section: Uuid,
    /// Its first day, in days since 1970-01-01.
    pub from: i32,
    /// The first day that is not in it any more; `None` as long as it lasts.
    pub to: Option<i32>,
}

/// Days on which a learner is in another section than before; none: in no section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// In days since 1970-01-01.
    pub days: Range<i32>,
    /// The section before.
    pub from: Option<Uuid>,
    /// The section now.
    pub to: Option<Uuid>,
}

/// Where a learner sits, day by day: of two stays the one counts that began later.
fn seats(stays: &[Stay]) -> Vec<(Uuid, Range<i32>)> {
    let mut stays = stays.to_vec();
    stays.sort_by_key(|stay| stay.from);
    // After the last one comes none: who sits there stays for all days to come.
    let next = stays.iter().skip(1).map(|stay| stay.from).chain([i32::MAX]);
    let seat = |(stay, next): (&Stay, i32)| (stay.section, stay.from..stay.to.unwrap_or(i32::MAX).min(next));
    stays.iter().zip(next).map(seat).collect()
}

/// What a change of the stays of one enrolment comes to.
pub fn moved(before: &[Stay], after: &[Stay]) -> Vec<Moved> {
    let (before, after) = (seats(before), seats(after));
    let mut bounds: Vec<i32> = before.iter().chain(&after).flat_map(|(_, days)| [days.start, days.end]).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let on = |seats: &[(Uuid, Range<i32>)], day| seats.iter().find(|(_, days)| days.contains(&day)).map(|seat| seat.0);
    let between = |pair: &[i32]| Moved { days: pair[0]..pair[1], from: on(&before, pair[0]), to: on(&after, pair[0]) };
    bounds.windows(2).map(between).filter(|moved| moved.from != moved.to).collect()
}

/// What is wrong with a change of who was in a section in this month (its first day), which is signed.
pub fn seated(section: &str, month: i32) -> Problem {
    let month = &format_date(month)[..7];
    let message = format!(
        "the SF2 of {section} for {month} is signed, and this would change who was in the section then; choose a day after that \
         month, or ask the school head or an administrator to open it again"
    );
    Problem::new(Code::Rule, message)
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

    #[test]
    fn what_a_move_changes_is_known_to_the_day() {
        let (rizal, luna) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let stay = |section, from, to| Stay { section, from, to };
        let moved = |before: &[Stay], after: &[Stay]| {
            moved(before, after).into_iter().map(|one| (one.days, one.from, one.to)).collect::<Vec<_>>()
        };
        let whole = stay(rizal, 10, None);
        assert_eq!(moved(&[], &[whole]), [(10..i32::MAX, None, Some(rizal))]);
        assert_eq!(moved(&[whole], &[whole]), []);
        let both = [stay(luna, 20, None), stay(rizal, 10, Some(20))];
        assert_eq!(moved(&[whole], &both), [(20..i32::MAX, Some(rizal), Some(luna))]);
        // Two PCs moved the learner: the later stay counts without the first being ended.
        assert_eq!(moved(&[whole], &[whole, both[0]]), [(20..i32::MAX, Some(rizal), Some(luna))]);
        assert_eq!(moved(&[whole], &[whole, stay(rizal, 30, None)]), [], "the same seat, said twice");
        // A beginning that is written again two days later: only those two days are others.
        assert_eq!(moved(&[whole], &[stay(rizal, 12, None)]), [(10..12, Some(rizal), None)]);
        assert_eq!(moved(&both, &[stay(rizal, 10, Some(15))]).len(), 2, "out of both");
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
