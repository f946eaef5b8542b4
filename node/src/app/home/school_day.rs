//! What kind of day it is at the school: one with classes, or why not and when the next one is.

use super::{Home, classes, own};
use crate::Result;
use crate::app::Desk;
use crate::app::attendance::absent::LOOK_BACK;
use crate::domain::attendance::days::Calendar;
use crate::domain::attendance::section::{Section, Year};
use pems_model::value::format_date;
use serde::Serialize;
use ts_rs::TS;

/// How far the next class day is looked for: over the longest vacation.
const LOOK_AHEAD: i32 = 120;

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SchoolDay {
    /// Whether anybody has classes.
    pub class: bool,
    /// `class`, `makeup`, `event`, `holiday`, `suspension`, `weekend` or `outside` (of the school year).
    pub kind: String,
    /// What the holiday or event is, or why there are no classes.
    pub label: Option<String>,
    /// Grade levels without classes, on a day when others have them.
    pub without: Vec<String>,
    /// The next class day.
    pub next: Option<String>,
}

fn school_day(calendar: &Calendar, sections: &[Section], today: i32) -> SchoolDay {
    let mut grades: Vec<&str> = sections.iter().map(|section| section.grade.as_str()).collect();
    grades.dedup();
    if grades.is_empty() {
        // Without sections only what is said for the whole school counts.
        grades.push("NG");
    }
    let held = |date: i32| grades.iter().find(|grade| calendar.day(date, grade).class);
    let told = calendar.day(today, held(today).unwrap_or(&grades[0]));
    let without = grades.iter().filter(|grade| told.class && !calendar.day(today, grade).class);
    SchoolDay {
        class: told.class,
        kind: told.kind,
        label: told.label,
        without: without.map(|grade| (*grade).to_owned()).collect(),
        next: (today + 1..=today + LOOK_AHEAD).find(|date| held(*date).is_some()).map(format_date),
    }
}

impl Desk {
    /// The day, and the attendance of those sections that the person here answers for.
    pub(super) fn attendance_of(&self, home: &mut Home, today: i32) -> Result<()> {
        let conn = self.store.conn();
        let Some(year) = Year::on(conn, today)? else { return Ok(()) };
        let all = Section::of_year(conn, year.id)?;
        let calendar = Calendar::load(conn, &year, today - LOOK_BACK, today + LOOK_AHEAD)?;
        let mine: Vec<&Section> = all.iter().filter(|section| self.advises(section)).collect();
        for section in &mine {
            home.own.push(own::own(self, section, &year, &calendar, today)?);
        }
        home.day = Some(match home.view {
            "teacher" if !mine.is_empty() => {
                let mine: Vec<Section> = mine.iter().map(|section| (*section).clone()).collect();
                school_day(&calendar, &mine, today)
            }
            _ => school_day(&calendar, &all, today),
        });
        if home.view == "head" && home.day.as_ref().is_some_and(|day| day.class) {
            home.classes = Some(classes::classes(self, year.id, &all, &calendar, today)?);
        }
        let followed = all.iter().filter(|section| home.view == "head" || self.advises(section));
        for section in followed {
            self.long_absent(section, &calendar, today, &mut home.away)?;
        }
        home.away.sort_by_key(|away| std::cmp::Reverse(away.days));
        Ok(())
    }
}
