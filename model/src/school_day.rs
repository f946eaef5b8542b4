//! Days as a school has them: which one it is, and what it is called. The Philippines have one zone and no summer time, so a day
//! is eight hours ahead of UTC's.

const MANILA: i64 = 8 * 3_600 * 1_000_000;
const DAY: i64 = 24 * 3_600 * 1_000_000;

/// Days since 1970-01-01 of a moment (microseconds since 1970 UTC), as the calendar in Manila has it.
pub fn day_of(micros: i64) -> i32 {
    i32::try_from(micros.saturating_add(MANILA).div_euclid(DAY)).unwrap_or_default()
}

/// 0 is Monday, 6 is Sunday. 1970-01-01 was a Thursday.
pub fn weekday(days: i32) -> usize {
    usize::try_from(days.saturating_add(3).rem_euclid(7)).unwrap_or_default()
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `June`, for 6; nothing for a number that is no month's.
pub fn month_name(month: u8) -> &'static str {
    MONTHS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{day_of, month_name, weekday};
    use crate::value::{format_date, parse_date, parse_time};

    #[test]
    fn a_school_day_begins_while_it_is_still_yesterday_in_london() {
        let day = |text: &str| format_date(day_of(parse_time(text).expect("a moment")));
        assert_eq!(day("2026-06-07T16:00:00Z"), "2026-06-08");
        assert_eq!(day("2026-06-07T15:59:59Z"), "2026-06-07");
    }

    #[test]
    fn days_of_the_week_and_months_have_their_names() {
        assert_eq!(weekday(parse_date("2026-06-08").expect("a day")), 0, "a Monday");
        assert_eq!((weekday(0), weekday(-1)), (3, 2));
        assert_eq!((month_name(1), month_name(12), month_name(0), month_name(13)), ("January", "December", "", ""));
    }
}
