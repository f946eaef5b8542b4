//! The time of day behind a date, as spreadsheets and other systems write it. It says nothing about a birthday but where it has a
//! zone: midnight in Manila, written in UTC, is four in the afternoon of the day before.

/// Manila's minutes ahead of UTC.
const HERE: i32 = 8 * 60;
const DAY: i32 = 24 * 60;

/// A time of day, and how many minutes its zone is ahead of UTC if it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    minutes: i32,
    zone: Option<i32>,
}

impl Time {
    /// `days`, if it was the same day here.
    pub(super) fn same_day_here(self, days: i32) -> Option<i32> {
        let Some(zone) = self.zone else { return Some(days) };
        (0..DAY).contains(&(self.minutes - zone + HERE)).then_some(days)
    }
}

/// A text without the time of day at its end, and that time. What is no time stays where it is.
pub(super) fn split(text: &str) -> (&str, Option<Time>) {
    let Some(colon) = text.find(':') else { return (text, None) };
    let before = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    let Some(day) = before.strip_suffix(['T', 't', ' ']) else { return (text, None) };
    match read(&text[before.len()..]) {
        Some(time) => (day.trim_end(), Some(time)),
        None => (text, None),
    }
}

/// `16:00:00.000Z`, `12:00 AM`, `00:00:00+08:00`.
fn read(text: &str) -> Option<Time> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let mut parts = clock.split(':');
    let hour: i32 = two_digits(parts.next()?)?;
    let minute: i32 = two_digits(parts.next()?)?;
    let seconds: f64 = parts.next().map_or(Some(0.0), |part| part.parse().ok())?;
    let fits = hour < 24 && minute < 60 && (0.0..61.0).contains(&seconds) && parts.next().is_none();
    let rest = rest.trim();
    let half = rest.get(..2).map(str::to_ascii_uppercase).filter(|half| half == "AM" || half == "PM");
    let hour = match half.as_deref() {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some("AM") => hour % 12,
        Some(_) => hour % 12 + 12,
        None => hour,
    };
    let zone = zone(if half.is_some() { rest[2..].trim() } else { rest })?;
    fits.then_some(Time { minutes: hour * 60 + minute, zone })
}

fn two_digits(text: &str) -> Option<i32> {
    (matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Minutes ahead of UTC; nothing for a text that names no zone.
fn zone(text: &str) -> Option<Option<i32>> {
    match text {
        "" => return Some(None),
        "Z" | "z" | "UTC" | "GMT" => return Some(Some(0)),
        _ => {}
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text.strip_prefix(['+', '-'])?.chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        2 => (two_digits(&digits)?, 0),
        4 => (two_digits(digits.get(..2)?)?, two_digits(digits.get(2..)?)?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(Some(sign * (hours * 60 + minutes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_split_off_and_other_words_are_not() {
        let at = |minutes, zone| Some(Time { minutes, zone });
        for (text, right) in [
            ("2012-02-29T16:00:00.000Z", ("2012-02-29", at(960, Some(0)))),
            ("2012-02-29 4:05 PM", ("2012-02-29", at(965, None))),
            ("2/29/2012 12:00:00 AM", ("2/29/2012", at(0, None))),
            ("2012-02-29T00:00:00+0800", ("2012-02-29", at(0, Some(480)))),
            ("2012-02-29 00:00 -03:30", ("2012-02-29", at(0, Some(-210)))),
            ("2012-02-29", ("2012-02-29", None)),
        ] {
            assert_eq!(split(text), right, "{text}");
        }
        for text in [
            "2012-02-29 25:00",
            "2012-02-29 1:2:3:4",
            "2012-02-29 10:00 noon",
            "2012:02:29",
            "2012-02-29 13:00 PM",
            "2012-02-29 10:00 +99",
            "Feb 29: 10",
            "é:1",
            "T:",
        ] {
            assert_eq!(split(text), (text, None), "{text}");
        }
    }

    #[test]
    fn only_a_zone_can_make_it_another_day() {
        let here = |text: &str| split(text).1.expect("a time").same_day_here(7);
        assert_eq!(here("x 16:00"), Some(7));
        assert_eq!((here("x 15:59Z"), here("x 16:00Z"), here("x 00:00+09:00")), (Some(7), None, None));
        assert_eq!((here("x 00:00+08:00"), here("x 00:00-05:00"), here("x 11:00-05:00")), (Some(7), Some(7), None));
    }
}
