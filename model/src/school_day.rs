//! Which day it is at the school. The Philippines have one zone and no summer time, so a day is eight hours ahead of UTC's.

const MANILA: i64 = 8 * 3_600 * 1_000_000;
const DAY: i64 = 24 * 3_600 * 1_000_000;

/// Days since 1970-01-01 of a moment (microseconds since 1970 UTC), as the calendar in Manila has it.
pub fn day_of(micros: i64) -> i32 {
    i32::try_from(micros.saturating_add(MANILA).div_euclid(DAY)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::day_of;
    use crate::value::{format_date, parse_time};

    #[test]
    fn a_school_day_begins_while_it_is_still_yesterday_in_london() {
        let day = |text: &str| format_date(day_of(parse_time(text).expect("a moment")));
        assert_eq!(day("2026-06-07T16:00:00Z"), "2026-06-08");
        assert_eq!(day("2026-06-07T15:59:59Z"), "2026-06-07");
    }
}
