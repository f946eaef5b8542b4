//! Calendar days as the forms write them. A date is a number of days since 1970-01-01, as everywhere in PEMS.

use pems_model::value::format_date;

pub(crate) use pems_model::school_day::{month_name, weekday};

/// Year, month and day of a date.
pub(crate) fn parts(days: i32) -> (i32, u8, u8) {
    let text = format_date(days);
    let mut numbers = text.rsplitn(3, '-');
    let day = numbers.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    let month = numbers.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    let year = numbers.next().and_then(|n| n.parse().ok()).unwrap_or(1970);
    (year, month, day)
}

/// `06/19/2026`, as DepEd's forms write dates.
pub(crate) fn numeric(days: i32) -> String {
    let (year, month, day) = parts(days);
    format!("{month:02}/{day:02}/{year:04}")
}

/// `19 June 2026`, for letters.
pub(crate) fn long(days: i32) -> String {
    let (year, month, day) = parts(days);
    format!("{day} {} {year}", month_name(month))
}

/// Completed years on `on` of someone born on `born`.
pub(crate) fn age(born: i32, on: i32) -> i32 {
    let ((y1, m1, d1), (y2, m2, d2)) = (parts(born), parts(on));
    y2 - y1 - i32::from((m2, d2) < (m1, d1))
}

/// The day that School Form 1 counts ages on, where a school has set no other.
pub(crate) fn first_friday_of_june(year: i32) -> Option<i32> {
    const FRIDAY: usize = 4;
    let first = pems_model::value::parse_date(&format!("{year:04}-06-01"))?;
    (first..first + 7).find(|day| weekday(*day) == FRIDAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pems_model::value::parse_date;

    fn date(text: &str) -> i32 {
        parse_date(text).expect("a date")
    }

    #[test]
    fn days_have_names_and_ages() {
        assert_eq!(weekday(date("2026-06-08")), 0);
        assert_eq!(weekday(date("2026-06-12")), 4);
        assert_eq!(numeric(date("2026-06-08")), "06/08/2026");
        assert_eq!(long(date("2026-06-08")), "8 June 2026");
        assert_eq!(first_friday_of_june(2026), Some(date("2026-06-05")));
        assert_eq!(first_friday_of_june(2029), Some(date("2029-06-01")));
        assert_eq!(age(date("2014-06-06"), date("2026-06-05")), 11);
        assert_eq!(age(date("2014-06-05"), date("2026-06-05")), 12);
    }
}
