//! Which of the form's 25 day columns a class day stands in: five weeks from Monday to Friday, as printed. A month that does not
//! fit (a Saturday in place of another day, days in six weeks) takes the columns one after the other, under its own weekdays.

use super::Sf2;
use crate::dates::weekday;

pub(super) const COLUMNS: usize = 25;
const WEEK: usize = 5;
/// As the form prints them, Monday first.
const LETTERS: [&str; 7] = ["M", "T", "W", "TH", "F", "S", "SU"];

/// A column: the weekday's letters and the class day, where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub letters: &'static str,
    pub date: Option<i32>,
}

/// At least 25; more where a month has more class days than that.
pub(super) fn columns(form: &Sf2) -> Vec<Column> {
    let days = form.class_days();
    let mut columns: Vec<Column> = (0..COLUMNS).map(|at| Column { letters: LETTERS[at % WEEK], date: None }).collect();
    let monday = |date: i32| date - i32::try_from(weekday(date)).unwrap_or(0);
    let mut week = 0;
    let mut before: Option<i32> = None;
    for date in &days {
        if before.is_some_and(|before| monday(before) != monday(*date)) {
            week += 1;
        }
        before = Some(*date);
        match columns.get_mut(week * WEEK + weekday(*date)) {
            Some(column) if weekday(*date) < WEEK => column.date = Some(*date),
            _ => return one_after_the_other(&days),
        }
    }
    columns
}

fn one_after_the_other(days: &[i32]) -> Vec<Column> {
    let column =
        |date: Option<&i32>| Column { letters: date.map_or("", |date| LETTERS[weekday(*date)]), date: date.copied() };
    (0..days.len().max(COLUMNS)).map(|at| column(days.get(at))).collect()
}
