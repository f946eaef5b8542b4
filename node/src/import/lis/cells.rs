//! Values of single cells: LRN, date, sex, phone, school year.
//!
//! Invariant: an LRN is taken digit by digit or not at all. What Excel rounded is refused, never repaired.

use super::workbook::Content;
use crate::import::dates::{self, DateOrder};
use crate::import::proposal::{is_rounded, sex as sex_of};
use pems_model::value::{format_date, parse_date};
use pems_model::{Code, Problem};
use std::ops::RangeInclusive;

/// An LRN that a cell holds as a number and that ends so went through `1.32797E+11`: Excel shows six digits of it.
const ROUNDED: u64 = 1_000_000;
/// Days from 1899-12-30, Excel's day 0, to 1970-01-01.
const EXCEL_EPOCH: f64 = 25_569.0;
/// Days from 1899-12-30 to 1904-01-01, where workbooks of old Macs begin.
const EPOCH_1904: f64 = 1_462.0;

pub(super) fn is_lrn(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The LRN of a cell; `None` for a dash.
pub(super) fn lrn(content: &Content) -> Result<Option<String>, Problem> {
    let text = content.text();
    if let Content::Broken(why) = content {
        return Err(unreadable(why));
    }
    if has_lost_digits(content) {
        let message = format!(
            "'{text}' was rounded by a spreadsheet, its digits are lost; export the register from LIS again and do not save it in Excel"
        );
        return Err(Problem::new(Code::BadFormat, message));
    }
    match text.as_str() {
        "-" | "--" | "N/A" | "NONE" => Ok(None),
        text if is_lrn(text) => Ok(Some(text.to_owned())),
        _ => Err(Problem::new(
            Code::BadFormat,
            format!("'{text}' is not twelve digits; correct it in LIS and export again"),
        )),
    }
}

/// Whether a spreadsheet rounded a number of twelve digits.
pub(super) fn has_lost_digits(content: &Content) -> bool {
    match content {
        Content::Number(number) => *number >= 1e11 && number % ROUNDED as f64 == 0.0,
        Content::Text(_) => is_rounded(&content.text()),
        Content::Broken(_) => false,
    }
}

/// A cell that has something which cannot be read.
pub(super) fn unreadable(why: &str) -> Problem {
    Problem::new(Code::BadFormat, format!("the cell has {why}"))
}

pub(super) fn sex(text: &str) -> Option<&'static str> {
    sex_of(text)
}

/// A date as ISO text. LIS writes the month first; a number is a day count of Excel's.
pub(super) fn date(content: &Content, date_1904: bool) -> Result<String, String> {
    let days = match content {
        Content::Text(_) => dates::read(&content.text(), Some(DateOrder::MonthDayYear))?,
        Content::Broken(why) => return Err(format!("the cell has {why}")),
        Content::Number(number) => {
            let number = if date_1904 { number + EPOCH_1904 } else { *number };
            // Days of the years 1901 to 2199, so that a 2013 alone is no date.
            if !(366.0..=109_574.0).contains(&number) || (1900.0..=2199.0).contains(&number) {
                return Err(format!("the number {} is no date of Excel", content.text()));
            }
            #[expect(clippy::cast_possible_truncation, reason = "the range was checked just above")]
            let days = (number.floor() - EXCEL_EPOCH) as i32;
            days
        }
    };
    Ok(format_date(days))
}

/// `2026-2027` from `2026 - 2027` and the like.
pub(super) fn school_year(text: &str) -> Option<String> {
    let (from, to) = text.split_once(['-', '–', '/'])?;
    let year = |text: &str| text.trim().parse::<u16>().ok().filter(|year| (1900..=2199).contains(year));
    let (from, to) = (year(from)?, year(to)?);
    (to == from + 1).then(|| format!("{from}-{to}"))
}

/// Whole years in the June in which the school year begins: on its first Friday, as LIS counts them, and on its last day. A
/// school whose classes begin later in June counts them later.
pub(super) fn age_in_june(born: &str, school_year: &str) -> Option<RangeInclusive<i32>> {
    let year: i32 = school_year.get(..4)?.parse().ok()?;
    // 1970-01-02 was a Friday.
    let friday = (1..=7)
        .find(|day| parse_date(&format!("{year:04}-06-{day:02}")).is_some_and(|days| (days - 1).rem_euclid(7) == 0))?;
    let mut parts = born.split('-').map(str::parse::<i32>);
    let (y, m, d) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let on = |day: i32| year - y - i32::from((m, d) > (6, day));
    Some(on(friday)..=on(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Content {
        Content::Text(text.into())
    }

    #[test]
    fn an_lrn_is_taken_whole_or_not_at_all() {
        assert_eq!(lrn(&text("012345678901")), Ok(Some("012345678901".into())));
        assert_eq!(lrn(&Content::Number(132_797_000_001.0)), Ok(Some("132797000001".into())));
        assert_eq!(lrn(&text("-")), Ok(None));
        for damaged in [text("1.32797E+11"), Content::Number(1.327_97e11)] {
            let problem = lrn(&damaged).expect_err("rounded");
            assert!(problem.message.contains("rounded"), "{}", problem.message);
        }
        for wrong in
            [text("13279700000"), text("13279700000O"), Content::Number(12_345_678_901.0), text("1327-9700-0001")]
        {
            assert_eq!(lrn(&wrong).expect_err("no LRN").code, Code::BadFormat);
        }
    }

    #[test]
    fn dates_in_three_ways() {
        for cell in [
            text("05/04/2013"),
            text("05-04-2013"),
            text("2013-05-04"),
            Content::Number(41_398.0),
            Content::Number(41_398.75),
        ] {
            assert_eq!(date(&cell, false).as_deref(), Ok("2013-05-04"), "{cell:?}");
        }
        assert_eq!(date(&Content::Number(39_936.0), true).as_deref(), Ok("2013-05-04"));
        for cell in [
            text("05/32/2013"),
            text("soon"),
            Content::Number(2_013.0),
            Content::Number(-1.0),
            Content::Number(f64::NAN),
            Content::Number(1e300),
        ] {
            assert!(date(&cell, false).is_err(), "{cell:?}");
        }
    }

    #[test]
    fn school_years() {
        assert_eq!(school_year("2026 - 2027").as_deref(), Some("2026-2027"));
        assert_eq!((school_year("2026"), school_year("2026-2028"), school_year("65535-0")), (None, None, None));
    }

    #[test]
    fn age_is_that_of_the_first_friday_of_june_or_later_in_it() {
        // 5 June 2026.
        assert_eq!(age_in_june("2013-06-05", "2026-2027"), Some(13..=13));
        assert_eq!(age_in_june("2013-06-06", "2026-2027"), Some(12..=13));
        assert_eq!(age_in_june("2013-07-01", "2026-2027"), Some(12..=12));
    }
}
