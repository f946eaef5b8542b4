//! Who was absent, for half of the day, or late in a class on a day: counted here alone, so that the class, the list of the day,
//! Today and the printed list say the same.

use super::moved::{self, Stray};
use super::sheets;
use crate::{Result, Store};
use std::collections::HashMap;
use uuid::Uuid;

/// What was marked in a class on a day.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    /// Absent the whole day, excused ones too.
    pub absent: Vec<Uuid>,
    /// Absent for half of the day.
    pub half: Vec<Uuid>,
    /// Late or cutting classes.
    pub tardy: Vec<Uuid>,
    /// Those among them who are in another section by now.
    pub strays: Vec<Stray>,
}

/// Counts a section's day (since 1970-01-01); with half days, both halves together.
pub(crate) fn tally(store: &Store, section: Uuid, date: i32) -> Result<Tally> {
    let conn = store.conn();
    let mut marked: HashMap<Uuid, Vec<(&str, String)>> = HashMap::new();
    for (session, sheet) in sheets::of_day(store, section, date)? {
        for mark in sheets::marks(conn, sheet.id)?.into_iter().filter(|mark| mark.code != "P") {
            marked.entry(mark.student).or_default().push((session, mark.code));
        }
    }
    let mut tally = Tally { strays: moved::strays(conn, section, date, marked.keys().copied())?, ..Tally::default() };
    for (student, marks) in marked {
        let stray = tally.strays.iter().any(|stray| stray.student == student);
        if !stray && moved::home(conn, student, date)? != Some(section) {
            continue;
        }
        match sheets::absent_halves(marks.iter().map(|(session, code)| (*session, code.as_str()))) {
            0 => {}
            1 => tally.half.push(student),
            _ => tally.absent.push(student),
        }
        if marks.iter().any(|(_, code)| matches!(code.as_str(), "L" | "C")) {
            tally.tardy.push(student);
        }
    }
    Ok(tally)
}
