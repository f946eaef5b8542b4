//! Dates as files write them. `03/04/2010` has two meanings; it gets one only where the clerk said which, or where other dates
//! of the same column prove it. Two-digit years have none.

use pems_model::value::parse_date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 31/12/2010
    DayMonthYear,
    /// 12/31/2010
    MonthDayYear,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Days since 1970-01-01, or why it is no date.
pub(crate) fn read(text: &str, order: Option<DateOrder>) -> Result<i32, String> {
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    if let Some(days) = parse_date(day) {
        return Ok(days);
    }
    let no_date = || format!("'{text}' is not a date that exists; write it as 2010-12-31");
    if let Some((year, month, day)) = worded(text) {
        return parse_date(&format!("{year:04}-{month:02}-{day:02}")).ok_or_else(no_date);
    }
    let (first, second, year) = numbers(day).ok_or_else(no_date)?;
    if year < 100 {
        return Err(format!("'{text}' has a year of two digits; write it as 2010-12-31"));
    }
    let order = match (first > 12, second > 12, first == second) {
        (true, false, _) => DateOrder::DayMonthYear,
        (false, true, _) => DateOrder::MonthDayYear,
        (_, _, true) => DateOrder::DayMonthYear,
        _ => order.ok_or_else(|| {
            format!("'{text}' can be read with the day or with the month first; say which (date order), or write it as 2010-12-31")
        })?,
    };
    let (day, month) = if order == DateOrder::DayMonthYear { (first, second) } else { (second, first) };
    parse_date(&format!("{year:04}-{month:02}-{day:02}")).ok_or_else(no_date)
}

/// The order that the dates of one column agree on, if any of them can be read in only one way.
pub(crate) fn proven_order<'a>(texts: impl Iterator<Item = &'a str>) -> Option<DateOrder> {
    let (mut day_first, mut month_first) = (false, false);
    for (first, second, _) in texts.filter_map(|text| numbers(text.split(['T', ' ']).next().unwrap_or(text))) {
        day_first |= first > 12 && second <= 12;
        month_first |= second > 12 && first <= 12;
    }
    match (day_first, month_first) {
        (true, false) => Some(DateOrder::DayMonthYear),
        (false, true) => Some(DateOrder::MonthDayYear),
        _ => None,
    }
}

/// `3/4/2010`, `3-4-2010`, `3.4.2010` as numbers.
fn numbers(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.trim().split(['/', '-', '.']).map(|part| {
        (part.len() <= 4 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse().ok())
            .flatten()
    });
    let found = (parts.next()??, parts.next()??, parts.next()??);
    // A year in front is no day and no month.
    (parts.next().is_none() && found.0 <= 31 && found.1 <= 31).then_some(found)
}

/// `4-Mar-2010`, `March 4, 2010` as year, month, day.
fn worded(text: &str) -> Option<(u32, u32, u32)> {
    let words: Vec<&str> = text.split([' ', '-', ',', '/', '.']).filter(|word| !word.is_empty()).collect();
    let &[a, b, year] = words.as_slice() else { return None };
    let month = |word: &str| {
        let short: String = word.to_lowercase().chars().take(3).collect();
        (word.len() >= 3 && word.bytes().all(|b| b.is_ascii_alphabetic()))
            .then(|| (1..).zip(MONTHS).find(|(_, name)| *name == short).map(|(number, _)| number))
            .flatten()
    };
    let year = (year.len() == 4).then(|| year.parse().ok()).flatten()?;
    match (month(a), month(b)) {
        (Some(month), None) => Some((year, month, b.parse().ok()?)),
        (None, Some(month)) => Some((year, month, a.parse().ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pems_model::value::format_date;

    fn read_as(text: &str, order: Option<DateOrder>) -> Option<String> {
        read(text, order).ok().map(format_date)
    }

    #[test]
    fn dates_with_one_meaning() {
        for text in [
            "2010-03-24",
            "24/3/2010",
            "3/24/2010",
            "24.03.2010",
            "24-Mar-2010",
            "March 24, 2010",
            "2010-03-24T00:00:00Z",
        ] {
            assert_eq!(read_as(text, None).as_deref(), Some("2010-03-24"), "{text}");
        }
        assert_eq!(read_as("4/4/2010", None).as_deref(), Some("2010-04-04"));
    }

    #[test]
    fn dates_with_two_meanings_need_an_order() {
        assert_eq!(read_as("3/4/2010", None), None);
        assert_eq!(read_as("3/4/2010", Some(DateOrder::MonthDayYear)).as_deref(), Some("2010-03-04"));
        assert_eq!(read_as("3/4/2010", Some(DateOrder::DayMonthYear)).as_deref(), Some("2010-04-03"));
        assert_eq!(proven_order(["3/4/2010", "7/27/2000"].into_iter()), Some(DateOrder::MonthDayYear));
        assert_eq!(proven_order(["3/4/2010", "27/7/2000"].into_iter()), Some(DateOrder::DayMonthYear));
        assert_eq!(proven_order(["2013-02-28", "3/4/2010"].into_iter()), None);
        assert_eq!(proven_order(["7/27/2010", "27/7/2000"].into_iter()), None);
    }

    #[test]
    fn no_dates() {
        for text in ["2010-02-30", "31/31/2010", "3/4/10", "soon", "40274", "2010"] {
            assert_eq!(read_as(text, Some(DateOrder::DayMonthYear)), None, "{text}");
        }
    }
}
