//! Which days are class days, and for whom.
//!
//! Monday to Friday within the school year are class days unless the school's calendar says otherwise; a Saturday is one only
//! where the calendar says so. What is said for a level (kindergarten, elementary...) goes before what is said for the school.

use super::section::Year;
use crate::{NodeError, Result};
use pems_model::domain::attendance::level_of;
use pems_model::school_day::{month_name, weekday};
use pems_model::value::{format_date, parse_date};
use pems_model::{Code, Problem};
use rusqlite::Connection;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// A day as a section has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Day {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// `class`, `makeup`, `event`, `holiday`, `suspension`, `weekend` or `outside` (of the school year).
    pub kind: String,
    /// What the holiday or event is, or why classes are suspended.
    pub label: Option<String>,
    /// Whether attendance may be taken.
    pub class: bool,
}

impl Day {
    /// Whether attendance has to be taken: on an event it may be.
    pub(crate) fn counts(&self) -> bool {
        matches!(self.kind.as_str(), "class" | "makeup")
    }
}

#[derive(Debug, Clone)]
struct Entry {
    scope: String,
    kind: String,
    reason: Option<String>,
}

/// The school's calendar over some days.
#[derive(Debug)]
pub(crate) struct Calendar {
    start: i32,
    end: i32,
    /// Attendance is taken for the morning and the afternoon: a day is taken with both.
    pub half_days: bool,
    entries: BTreeMap<i32, Vec<Entry>>,
}

impl Calendar {
    /// The calendar of `year` from day `from` to day `to`, both included, in days since 1970-01-01.
    pub(crate) fn load(conn: &Connection, year: &Year, from: i32, to: i32) -> Result<Calendar> {
        let mut statement = conn.prepare_cached(
            "SELECT on_date, scope, kind, reason FROM calendar_day
             WHERE school_year = ?1 AND deleted_at IS NULL AND on_date BETWEEN ?2 AND ?3",
        )?;
        let mut entries: BTreeMap<i32, Vec<Entry>> = BTreeMap::new();
        let mut rows = statement.query((year.id.as_bytes(), from, to))?;
        while let Some(row) = rows.next()? {
            let entry = Entry { scope: row.get(1)?, kind: row.get(2)?, reason: row.get(3)? };
            entries.entry(row.get(0)?).or_default().push(entry);
        }
        Ok(Calendar { start: year.start, end: year.end, half_days: year.half_days, entries })
    }

    /// The day as a section of this grade has it.
    pub(crate) fn day(&self, date: i32, grade: &str) -> Day {
        let level = level_of(grade);
        let entries = self.entries.get(&date).map_or(&[][..], Vec::as_slice);
        let said = entries.iter().find(|entry| Some(entry.scope.as_str()) == level);
        let said = said.or_else(|| entries.iter().find(|entry| entry.scope == "school"));
        let kind = match said {
            _ if date < self.start || date > self.end => "outside",
            Some(entry) => entry.kind.as_str(),
            None if weekday(date) >= 5 => "weekend",
            None => "class",
        };
        Day {
            date: format_date(date),
            kind: kind.to_owned(),
            label: said.and_then(|entry| entry.reason.clone()),
            class: matches!(kind, "class" | "makeup" | "event"),
        }
    }
}

/// Reads `2026-06-08` as days since 1970-01-01; `field` is what a refusal names.
///
/// # Errors
/// `bad_format` that names the field.
pub(crate) fn date(text: &str, field: &str) -> Result<i32> {
    let wrong = || Problem::at(Code::BadFormat, field, format!("'{text}' is no day; write it as 2026-06-08"));
    Ok(parse_date(text).ok_or_else(wrong)?)
}

/// A day as people write it: `27 Nov 2026`.
pub(crate) fn said(date: i32) -> String {
    said_days(&[date])
}

/// Days as people write them, in their order: `2–6, 9–13 Oct 2026; 3 Nov 2026`.
pub(crate) fn said_days(dates: &[i32]) -> String {
    let mut months: Vec<(Month, Vec<(i32, i32)>)> = Vec::new();
    for date in dates {
        let Some(month) = Month::of(*date) else { continue };
        match months.last_mut().filter(|(known, _)| *known == month) {
            Some((_, runs)) => match runs.last_mut().filter(|(_, last)| last + 1 == *date) {
                Some((_, last)) => *last = *date,
                None => runs.push((*date, *date)),
            },
            None => months.push((month, vec![(*date, *date)])),
        }
    }
    let of_month = |(month, runs): &(Month, Vec<(i32, i32)>)| {
        let number = |date: i32| date - month.first + 1;
        let run = |(first, last): &(i32, i32)| match first == last {
            true => number(*first).to_string(),
            false => format!("{}–{}", number(*first), number(*last)),
        };
        let words = month.words();
        let (name, year) = words.split_once(' ').unwrap_or((&words, ""));
        let short: String = name.chars().take(3).collect();
        format!("{} {short} {year}", runs.iter().map(run).collect::<Vec<_>>().join(", "))
    };
    months.iter().map(of_month).collect::<Vec<_>>().join("; ")
}

/// A month as its first day and the first day of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Month {
    /// Such as 2026.
    pub year: i32,
    /// 1 to 12.
    pub number: u8,
    /// Its first day, in days since 1970-01-01.
    pub first: i32,
    /// The first day of the month after it, likewise.
    pub next: i32,
}

impl Month {
    /// Reads `2026-06`.
    ///
    /// # Errors
    /// `bad_format`.
    pub(crate) fn parse(text: &str) -> Result<Month> {
        let wrong = || Problem::at(Code::BadFormat, "month", format!("'{text}' is no month; write it as 2026-06"));
        let (year, number) = text.split_once('-').ok_or_else(wrong)?;
        let (year, number) = (year.parse().map_err(|_| wrong())?, number.parse().map_err(|_| wrong())?);
        Month::new(year, number).ok_or_else(|| NodeError::from(wrong()))
    }

    /// The month of a day (since 1970-01-01); none outside of the years 0 to 9999.
    pub(crate) fn of(date: i32) -> Option<Month> {
        let text = format_date(date);
        Month::parse(text.get(..7)?).ok()
    }

    fn new(year: i32, number: u8) -> Option<Month> {
        let first = |year: i32, number: u8| parse_date(&format!("{year:04}-{number:02}-01"));
        let after = if number == 12 { (year + 1, 1) } else { (year, number + 1) };
        Some(Month { year, number, first: first(year, number)?, next: first(after.0, after.1)? })
    }

    /// All its days, in days since 1970-01-01.
    pub(crate) fn dates(self) -> std::ops::Range<i32> {
        self.first..self.next
    }

    /// `June 2026`.
    pub(crate) fn words(self) -> String {
        format!("{} {}", month_name(self.number), self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_as_people_write_them() {
        let days = |texts: &[&str]| -> Vec<i32> { texts.iter().map(|text| date(text, "date").expect(text)).collect() };
        for (given, expected) in [
            (&["2026-11-27"][..], "27 Nov 2026"),
            (&["2026-11-27", "2026-11-30"], "27, 30 Nov 2026"),
            (&["2026-10-05", "2026-10-06", "2026-10-07", "2026-10-12", "2026-10-13"], "5–7, 12–13 Oct 2026"),
            (&["2026-12-31", "2027-01-01"], "31 Dec 2026; 1 Jan 2027"),
            (&[], ""),
        ] {
            assert_eq!(said_days(&days(given)), expected);
        }
    }

    #[test]
    fn months_have_their_days() {
        let december = Month::parse("2026-12").expect("a month");
        assert_eq!((december.dates().len(), december.words()), (31, "December 2026".to_owned()));
        assert_eq!(Month::of(december.next).expect("a month").words(), "January 2027");
        for wrong in ["2026", "2026-13", "2026-0", "June"] {
            assert_eq!(Month::parse(wrong).expect_err(wrong).code, Code::BadFormat);
        }
    }
}
