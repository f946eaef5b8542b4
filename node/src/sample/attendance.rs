//! Attendance of a made-up school: a sheet for each section and class day, and a mark for whoever was not simply present.

use super::dice::Dice;
use super::made::{Made, text};
use super::years::Class;
use crate::Result;
use pems_model::Value;
use pems_model::entities::{ATTENDANCE_MARK, ATTENDANCE_SHEET};
use uuid::Uuid;

const DAY: i64 = 24 * 3_600 * 1_000_000;
/// Half past seven in the morning in Manila, in microseconds of a day in UTC (the evening before).
const HALF_PAST_SEVEN: i64 = -1_800_000_000;
/// Absences in a row that somebody has to look after; one more than the rule of five days asks for.
const ABSENT_IN_A_ROW: usize = 6;

/// What attendance is made of.
#[derive(Debug)]
pub(super) struct Taking<'a> {
    pub(super) days: &'a [i32],
    pub(super) taken_by: Uuid,
    pub(super) now: i64,
    /// Of a thousand learners in a day.
    pub(super) not_present: usize,
    /// The day that some have not taken yet, and the day before it. None in a year that is over.
    pub(super) today: Option<i32>,
}

impl Taking<'_> {
    pub(super) fn take(&self, made: &mut Made<'_>, dice: &mut Dice, classes: &[Class]) -> Result<()> {
        let before: Vec<i32> =
            self.days.iter().copied().filter(|day| self.today.is_none_or(|today| *day < today)).collect();
        let streak = before.iter().rev().take(ABSENT_IN_A_ROW).min().copied().filter(|_| self.today.is_some());
        for (i, class) in classes.iter().enumerate() {
            // The first seat of every fourth section stays away since a week.
            let away =
                streak.filter(|_| i % 4 == 0).and_then(|since| class.seats.first().map(|seat| (seat.student, since)));
            for day in self.days.iter().copied().filter(|day| !self.not_taken(i, *day, before.last())) {
                self.sheet(made, dice, class, day, away)?;
            }
        }
        Ok(())
    }

    /// Today one section in three has not been taken yet, and the second one forgot the day before too.
    fn not_taken(&self, i: usize, day: i32, yesterday: Option<&i32>) -> bool {
        match self.today {
            Some(today) if day == today => i.is_multiple_of(3),
            Some(_) => i == 1 && yesterday == Some(&day),
            None => false,
        }
    }

    fn sheet(
        &self,
        made: &mut Made<'_>,
        dice: &mut Dice,
        class: &Class,
        day: i32,
        away: Option<(Uuid, i32)>,
    ) -> Result<()> {
        let at = (i64::from(day) * DAY + HALF_PAST_SEVEN).min(self.now);
        let sheet = made.add(
            &ATTENDANCE_SHEET,
            [
                ("section", Value::Id(class.section)),
                ("on_date", Value::Date(day)),
                ("session", text("day")),
                ("taken_by", Value::Id(self.taken_by)),
                ("taken_at", Value::Time(at)),
            ],
        )?;
        for seat in class.seats.iter().filter(|seat| (seat.from..seat.to).contains(&day)) {
            let is_away = away.is_some_and(|(student, since)| student == seat.student && day >= since);
            if !is_away && !dice.chance(self.not_present) {
                continue;
            }
            let code =
                if is_away { "A" } else { ["A", "A", "A", "A", "A", "A", "L", "L", "L", "E", "C"][dice.below(11)] };
            let fields = [("sheet", Value::Id(sheet)), ("student", Value::Id(seat.student)), ("code", text(code))];
            made.add(&ATTENDANCE_MARK, fields)?;
        }
        Ok(())
    }
}
