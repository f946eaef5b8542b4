//! Which days are class days. Weekdays are, unless the calendar says otherwise; a Saturday is one only as a make-up class.

use crate::{Result, Store};
use rusqlite::OptionalExtension;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// Why a day is, or is not, a class day for a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DayKind {
    pub class_day: bool,
    /// `class`, `makeup`, `weekend`, `holiday`, `suspension`, `event` or `outside` (of the school year).
    pub kind: String,
    pub reason: Option<String>,
}

/// Monday is 0; 1970-01-01 was a Thursday.
pub(super) const fn weekday(day: i32) -> i32 {
    (day + 3).rem_euclid(7)
}

/// The part of the school that a grade level belongs to, as calendar days name it.
fn scope(grade: &str) -> &'static str {
    match grade {
        "K" => "kinder",
        "7" | "8" | "9" | "10" => "jhs",
        "11" | "12" => "shs",
        _ => "elementary",
    }
}

/// What day it is for a section; the entry of its own part of the school before the one of the whole school.
pub(super) fn day_kind(store: &Store, section: Uuid, day: i32) -> Result<DayKind> {
    let of_year = "SELECT s.grade_level, y.id, y.start_date <= ?2 AND ?2 <= y.end_date
        FROM section s JOIN school_year y ON y.id = s.school_year WHERE s.id = ?1";
    let (grade, year, inside): (String, [u8; 16], bool) = store
        .conn()
        .prepare_cached(of_year)?
        .query_row((section.as_bytes(), day), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let plain = |class_day, kind: &str| DayKind { class_day, kind: kind.into(), reason: None };
    if !inside {
        return Ok(plain(false, "outside"));
    }
    let entry = "SELECT kind, reason FROM calendar_day WHERE school_year = ?1 AND on_date = ?2 AND deleted_at IS NULL
        AND scope IN ('school', ?3) ORDER BY scope = 'school' LIMIT 1";
    let found: Option<(String, Option<String>)> = store
        .conn()
        .prepare_cached(entry)?
        .query_row((year, day, scope(&grade)), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(match found {
        Some((kind, reason)) => DayKind { class_day: matches!(kind.as_str(), "class" | "makeup"), kind, reason },
        None if weekday(day) > 4 => plain(false, "weekend"),
        None => plain(true, "class"),
    })
}

#[cfg(test)]
mod tests {
    use super::weekday;
    use pems_model::value::parse_date;

    #[test]
    fn weekdays_are_those_of_the_calendar() {
        let of = |text: &str| weekday(parse_date(text).expect("a day"));
        assert_eq!((of("2026-06-08"), of("2026-06-13"), of("2026-06-14"), of("1969-12-31")), (0, 5, 6, 2));
    }
}
