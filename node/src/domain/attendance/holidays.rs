//! National holidays that fall on weekdays, as data with their source. They are proposed to a school's calendar, never put there:
//! the President may move them, and those that follow the moon are known only days before.

use super::days;
use crate::Result;
use serde::Serialize;
use ts_rs::TS;

/// School year 2026-2027, until the last day on which classes could be held. A weekday without a row is none known in 2026;
/// the proclamation for 2027 was not at hand, so what is not fixed by law is marked as uncertain.
const DATA: &str = include_str!("holidays.csv");

/// A holiday that the school's calendar does not have yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Holiday {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// In the proclamation's words.
    pub name: String,
    /// The law or proclamation.
    pub source: String,
    /// Not sure: look for the proclamation before adding it.
    pub sure: bool,
}

/// Those from `from` to `to`, both included.
pub(crate) fn between(from: i32, to: i32) -> Result<Vec<(i32, Holiday)>> {
    let mut found = Vec::new();
    for line in DATA.lines().skip(1) {
        let mut parts = line.splitn(4, ',').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        let (date, sure, name, source) = (next(), next(), next(), next());
        let day = days::date(&date, "date")?;
        if (from..=to).contains(&day) {
            found.push((day, Holiday { date, name, source, sure: sure == "yes" }));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_holiday_is_a_weekday_with_a_source() {
        let all = between(0, i32::MAX).expect("the data is well formed");
        assert_eq!(all.len(), DATA.lines().count() - 1);
        assert!(all.windows(2).all(|pair| pair[0].0 < pair[1].0), "in order, each once");
        for (day, holiday) in all {
            assert!(pems_model::school_day::weekday(day) < 5, "{holiday:?}");
            assert!(!holiday.name.is_empty() && holiday.source.contains(char::is_numeric), "{holiday:?}");
        }
    }
}
