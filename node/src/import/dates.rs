//! Dates as files write them, read where they mean one day. `03/04/2010` has two meanings; it gets one only where the clerk said
//! which, or where other dates of the same column prove it. Two-digit years, Excel's day numbers and moments that are another day
//! here than where they were written have none.

use super::clock;
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

/// English, and Filipino where its beginning differs.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene"],
    &["feb", "peb"],
    &["mar"],
    &["apr", "abr"],
    &["may"],
    &["jun", "hun"],
    &["jul", "hul"],
    &["aug", "ago"],
    &["sep", "set"],
    &["oct", "okt"],
    &["nov", "nob"],
    &["dec", "dis"],
];
const WEEKDAYS: [&str; 14] =
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "lun", "mar", "miy", "huw", "biy", "sab", "lin"];
/// Day numbers of Excel that stand for days from 1927 to 2199: five or six digits.
const EXCEL_DAYS: std::ops::RangeInclusive<u32> = 10_000..=109_574;

/// Days since 1970-01-01, or why it is no date.
pub(crate) fn read(text: &str, order: Option<DateOrder>) -> Result<i32, String> {
    let (day, time) = clock::split(text.trim());
    let days = day_of(text, day.trim_end_matches(','), order)?;
    match time.map_or(Some(days), |time| time.same_day_here(days)) {
        Some(days) => Ok(days),
        None => Err(format!(
            "'{text}' is a moment in UTC or another zone, and another day here; write the day alone, as 2010-12-31"
        )),
    }
}

fn day_of(text: &str, day: &str, order: Option<DateOrder>) -> Result<i32, String> {
    let no_date = || format!("'{text}' is not a date that exists; write it as 2010-12-31");
    let short_year = || format!("'{text}' has a year of two digits; write it as 2010-12-31");
    let of =
        |year: u32, month: u32, day: u32| parse_date(&format!("{year:04}-{month:02}-{day:02}")).ok_or_else(no_date);
    if let Some((year, month, day)) = year_first(day) {
        return of(year, month, day);
    }
    if let Some((year, month, day)) = worded(day) {
        return if year < 100 { Err(short_year()) } else { of(year, month, day) };
    }
    if is_excel_day(day) {
        return Err(format!(
            "'{text}' is a day number of Excel; format the column as a date (yyyy-mm-dd) and save the file again"
        ));
    }
    let (first, second, year) = numbers(day).ok_or_else(no_date)?;
    if year < 100 {
        return Err(short_year());
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
    of(year, month, day)
}

/// The order that the dates of one column agree on, if any of them can be read in only one way.
pub(crate) fn proven_order<'a>(texts: impl Iterator<Item = &'a str>) -> Option<DateOrder> {
    let (mut day_first, mut month_first) = (false, false);
    for (first, second, _) in texts.filter_map(|text| numbers(clock::split(text.trim()).0)) {
        day_first |= first > 12 && second <= 12;
        month_first |= second > 12 && first <= 12;
    }
    match (day_first, month_first) {
        (true, false) => Some(DateOrder::DayMonthYear),
        (false, true) => Some(DateOrder::MonthDayYear),
        _ => None,
    }
}

/// Three numbers and how many digits the first of them has.
fn three(text: &str) -> Option<(usize, [u32; 3])> {
    let mut parts = text.trim().split(['/', '-', '.']).map(|part| {
        let digits = part.len() <= 4 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| Some((part.len(), part.parse().ok()?))).flatten()
    });
    let (first, second, third) = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some((first.0, [first.1, second.1, third.1]))
}

/// `2010-12-31`, `2010/12/31`, `2010.1.2`: with the year in front, the month comes next in every country.
fn year_first(text: &str) -> Option<(u32, u32, u32)> {
    let (digits, [year, month, day]) = three(text)?;
    (digits == 4).then_some((year, month, day))
}

/// `3/4/2010`, `3-4-2010`, `3.4.2010` as numbers.
fn numbers(text: &str) -> Option<(u32, u32, u32)> {
    let (_, [first, second, year]) = three(text)?;
    // A year in front is no day and no month.
    (first <= 31 && second <= 31).then_some((first, second, year))
}

/// `4-Mar-2010`, `March 4, 2010`, `Thursday, March 4, 2010` as year, month, day; the year may have two digits.
fn worded(text: &str) -> Option<(u32, u32, u32)> {
    let words: Vec<&str> = text.split([' ', '-', ',', '/', '.']).filter(|word| !word.is_empty()).collect();
    let short = |word: &str| word.to_lowercase().chars().take(3).collect::<String>();
    let is_word = |word: &str| word.len() >= 3 && word.bytes().all(|b| b.is_ascii_alphabetic());
    let words = match words.as_slice() {
        [weekday, rest @ ..] if rest.len() == 3 && is_word(weekday) && WEEKDAYS.contains(&&*short(weekday)) => rest,
        all => all,
    };
    let &[a, b, year] = words else { return None };
    let month = |word: &str| {
        let beginning = short(word);
        let is_it = |(_, names): &(u32, &[&str])| names.contains(&&*beginning);
        is_word(word).then(|| (1..).zip(MONTHS).find(is_it)).flatten().map(|(number, _)| number)
    };
    let year = matches!(year.len(), 2 | 4).then(|| year.parse().ok()).flatten()?;
    match (month(a), month(b)) {
        (Some(month), None) => Some((year, month, b.parse().ok()?)),
        (None, Some(month)) => Some((year, month, a.parse().ok()?)),
        _ => None,
    }
}

fn is_excel_day(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(part) && whole.parse().is_ok_and(|days| EXCEL_DAYS.contains(&days))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(text: &str, order: Option<DateOrder>) -> Option<String> {
        read(text, order).ok().map(format_date)
    }

    #[test]
    fn dates_with_one_meaning() {
        for text in [
            "2010-03-24",
            "2010/3/24",
            "2010.03.24",
            "24/3/2010",
            "3/24/2010",
            "24.03.2010",
            "24-Mar-2010",
            "March 24, 2010",
            "Marso 24, 2010",
            "Wed, 24 March 2010",
            "2010-03-24T00:00:00Z",
            "2010-03-24T00:00:00+08:00",
            "3/24/2010, 12:00:00 AM",
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
        assert_eq!(proven_order(["3/4/2010", "27/7/2000 0:00"].into_iter()), Some(DateOrder::DayMonthYear));
        assert_eq!(proven_order(["2013-02-28", "3/4/2010"].into_iter()), None);
        assert_eq!(proven_order(["7/27/2010", "27/7/2000"].into_iter()), None);
    }

    #[test]
    fn no_dates() {
        for text in
            ["2010-02-30", "31/31/2010", "3/4/10", "soon", "40274", "2010", "2010/29/02", "2010-03-24 late", "Mar 2010"]
        {
            assert_eq!(read_as(text, Some(DateOrder::DayMonthYear)), None, "{text}");
        }
    }
}
