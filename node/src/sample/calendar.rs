//! The calendar of a made-up school: years, terms, days off.
//!
//! Terms of 2026-2027 are DepEd's proposal of February 2026 (three terms; check them against the final order); those of 2025-2026
//! follow DepEd Order 12, s. 2025 in its four quarters, with round dates. Other years have the same days of the week. Days off are
//! the regular and special holidays of Republic Act 9492 that keep to a date, and Holy Week; no movable Islamic holidays.

use pems_model::school_day::weekday;
use pems_model::value::{format_date, parse_date};

/// Weeks of one year: adding them keeps the days of the week.
const YEAR: i32 = 364;
const TERMS_OF_2026: [(&str, &str); 3] =
    [("2026-06-08", "2026-09-15"), ("2026-09-16", "2026-12-18"), ("2027-01-04", "2027-04-08")];
const QUARTERS_OF_2025: [(&str, &str); 4] = [
    ("2025-06-16", "2025-08-22"),
    ("2025-08-26", "2025-10-24"),
    ("2025-11-03", "2026-01-23"),
    ("2026-01-26", "2026-03-31"),
];
const HOLIDAYS: [(&str, &str); 11] = [
    ("01-01", "New Year's Day"),
    ("04-09", "Day of Valor"),
    ("06-12", "Independence Day"),
    ("08-21", "Ninoy Aquino Day"),
    ("11-01", "All Saints' Day"),
    ("11-02", "All Souls' Day"),
    ("11-30", "Bonifacio Day"),
    ("12-08", "Feast of the Immaculate Conception"),
    ("12-24", "Christmas Eve"),
    ("12-25", "Christmas Day"),
    ("12-30", "Rizal Day"),
];

/// A day without classes.
#[derive(Debug, Clone)]
pub(super) struct Off {
    pub(super) day: i32,
    pub(super) kind: &'static str,
    pub(super) source: &'static str,
    pub(super) reason: &'static str,
}

#[derive(Debug, Clone)]
pub(super) struct Year {
    pub(super) label: String,
    pub(super) start: i32,
    pub(super) end: i32,
    pub(super) term_kind: &'static str,
    pub(super) terms: Vec<(i32, i32)>,
    pub(super) off: Vec<Off>,
}

/// The calendar year in which the school year of a day began: they begin in June.
pub(super) fn year_of(day: i32) -> i32 {
    let text = format_date(day);
    let year = text.get(..4).and_then(|year| year.parse().ok()).unwrap_or(1970);
    if text.get(5..7).is_some_and(|month| month < "06") { year - 1 } else { year }
}

impl Year {
    /// The school year that begins in June of `first`.
    pub(super) fn of(first: i32) -> Year {
        let (kind, base, declared): (_, _, &[(&str, &str)]) =
            if first >= 2026 { ("term", 2026, &TERMS_OF_2026) } else { ("quarter", 2025, &QUARTERS_OF_2025) };
        let moved = |text: &str| parse_date(text).unwrap_or_default() + (first - base) * YEAR;
        let terms: Vec<(i32, i32)> = declared.iter().map(|(start, end)| (moved(start), moved(end))).collect();
        let (start, end) = (terms[0].0, terms[terms.len() - 1].1);
        let mut year =
            Year { label: format!("{first}-{}", first + 1), start, end, term_kind: kind, terms, off: Vec::new() };
        year.off = year.holidays(first);
        year
    }

    fn holidays(&self, first: i32) -> Vec<Off> {
        let mut off = Vec::new();
        for year in [first, first + 1] {
            let day = |rest: &str| parse_date(&format!("{year}-{rest}")).unwrap_or_default();
            off.extend(HOLIDAYS.map(|(rest, reason)| (day(rest), reason)));
            off.push((last_monday_of_august(year), "National Heroes Day"));
            let easter = easter(year);
            off.extend([(easter - 3, "Maundy Thursday"), (easter - 2, "Good Friday")]);
        }
        for pair in self.terms.windows(2) {
            // The break around Christmas has days of its own; one day between two quarters is one.
            off.extend((pair[0].1 + 1..pair[1].0).map(|day| (day, "Break between terms")));
        }
        off.retain(|(day, _)| (self.start..=self.end).contains(day) && is_weekday(*day));
        off.sort_by_key(|(day, _)| *day);
        off.dedup_by_key(|(day, _)| *day);
        off.into_iter().map(|(day, reason)| Off { day, kind: "holiday", source: "national", reason }).collect()
    }

    /// Adds a typhoon two weeks before `today`.
    pub(super) fn suspend(&mut self, today: i32) {
        let day = self.class_days(today).into_iter().rev().nth(10);
        let reason = "Typhoon (made up): no classes";
        self.off.extend(day.map(|day| Off { day, kind: "suspension", source: "division", reason }));
    }

    /// The day until which enrolment is not late: the first Friday of the school year.
    pub(super) fn cutoff(&self) -> i32 {
        (self.start..).find(|day| weekday(*day) == 4).unwrap_or(self.start)
    }

    /// Days on which there were classes, until and with `last`.
    pub(super) fn class_days(&self, last: i32) -> Vec<i32> {
        let is_off = |day: i32| self.off.iter().any(|off| off.day == day);
        (self.start..=self.end.min(last)).filter(|day| is_weekday(*day) && !is_off(*day)).collect()
    }
}

fn is_weekday(day: i32) -> bool {
    weekday(day) < 5
}

fn last_monday_of_august(year: i32) -> i32 {
    let last = parse_date(&format!("{year}-08-31")).unwrap_or_default();
    (last - 6..=last).find(|day| weekday(*day) == 0).unwrap_or(last)
}

/// Western Easter. Source: the anonymous Gregorian algorithm (Meeus, "Astronomical Algorithms", 1991).
fn easter(year: i32) -> i32 {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let at = h + l - 7 * m + 114;
    parse_date(&format!("{year}-{:02}-{:02}", at / 31, at % 31 + 1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> i32 {
        parse_date(text).expect("a date")
    }

    #[test]
    fn holy_week_moves_and_weekends_are_no_class_days() {
        assert_eq!(format_date(easter(2026)), "2026-04-05");
        assert_eq!(format_date(easter(2027)), "2027-03-28");
        let year = Year::of(2026);
        assert_eq!((year.label.as_str(), format_date(year.cutoff())), ("2026-2027", "2026-06-12".into()));
        let days = year.class_days(i32::MAX);
        for (text, open) in [
            ("2026-06-08", true),
            ("2026-06-12", false), // Independence Day
            ("2026-06-13", false), // a Saturday
            ("2026-08-31", false), // National Heroes Day
            ("2026-12-21", false), // Christmas break
            ("2027-03-26", false), // Good Friday
            ("2027-04-08", true),
        ] {
            assert_eq!(days.contains(&day(text)), open, "{text}");
        }
    }

    #[test]
    fn a_school_year_begins_in_june_and_other_years_keep_the_days_of_the_week() {
        assert_eq!(
            (year_of(day("2026-05-31")), year_of(day("2026-06-01")), year_of(day("2027-04-01"))),
            (2025, 2026, 2026)
        );
        assert_eq!(Year::of(2025).term_kind, "quarter");
        for first in [2023, 2024, 2025, 2026, 2027, 2031] {
            assert_eq!(weekday(Year::of(first).start), 0, "{first} begins on a Monday");
        }
    }
}
