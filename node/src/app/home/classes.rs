//! Attendance of today over the whole school: who was there, and whose adviser has not sent it yet.

use super::enrolled;
use crate::Result;
use crate::app::Desk;
use crate::domain::attendance::days::Calendar;
use crate::domain::attendance::section::Section;
use crate::domain::attendance::{sheets, tally};
use serde::Serialize;
use std::collections::HashMap;
use ts_rs::TS;
use uuid::Uuid;

/// Sections that are named: more than a page has room for; the attendance screen has them all.
const NAMED: usize = 12;

/// A section whose attendance was not taken yet.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Untaken {
    #[ts(type = "string")]
    pub id: Uuid,
    pub name: String,
    pub grade_level: String,
    pub adviser: Option<String>,
}

/// The sections that have to take attendance today.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
pub struct Classes {
    pub sections: usize,
    pub taken: usize,
    /// The first of those that have not taken it, by grade.
    pub untaken: Vec<Untaken>,
    /// Of the sections that have taken it: learners who were there, also those late, cutting classes or absent for half of it.
    pub present: i64,
    pub present_male: i64,
    pub present_female: i64,
    /// Absent the whole day, excused ones too.
    pub absent: i64,
    /// Absent for half of the day.
    pub half: i64,
    /// Late or cutting classes.
    pub tardy: i64,
}

/// Figures of one sex, as the forms count them: index 0 male, 1 female, 2 not known.
type BySex = [i64; 3];

fn sex_at(sex: &str) -> usize {
    match sex {
        "M" => 0,
        "F" => 1,
        _ => 2,
    }
}

pub(super) fn classes(
    desk: &Desk,
    year: Uuid,
    sections: &[Section],
    calendar: &Calendar,
    today: i32,
) -> Result<Classes> {
    let mut rosters = rosters(desk, year);
    let mut tallies = Vec::new();
    let mut classes = Classes::default();
    let mut present: BySex = [0; 3];
    for section in sections {
        let day = calendar.day(today, &section.grade);
        let taken = sheets::of_day(&desk.store, section.id, today)?;
        // An event may be taken and need not be.
        if !day.class || (!day.counts() && taken.is_empty()) {
            continue;
        }
        classes.sections += 1;
        if taken.is_empty() {
            if classes.untaken.len() < NAMED {
                classes.untaken.push(Untaken {
                    id: section.id,
                    name: section.name.clone(),
                    grade_level: section.grade.clone(),
                    adviser: section.adviser_name.clone(),
                });
            }
            continue;
        }
        classes.taken += 1;
        let tally = tally::tally(&desk.store, section.id, today)?;
        for stray in &tally.strays {
            let sex = sex_at(desk.sex_of(stray.student));
            rosters.entry(section.id).or_default()[sex] += 1;
            rosters.entry(stray.home).or_default()[sex] -= 1;
        }
        tallies.push((section.id, tally));
    }
    for (section, tally) in tallies {
        let learners = rosters.get(&section).copied().unwrap_or_default();
        let mut absent: BySex = [0; 3];
        for student in &tally.absent {
            absent[sex_at(desk.sex_of(*student))] += 1;
        }
        for at in 0..present.len() {
            present[at] += (learners[at] - absent[at]).max(0);
        }
        let many = |of: &Vec<Uuid>| i64::try_from(of.len()).unwrap_or_default();
        classes.absent += many(&tally.absent);
        classes.half += many(&tally.half);
        classes.tardy += many(&tally.tardy);
    }
    classes.present = present.iter().sum();
    [classes.present_male, classes.present_female, _] = present;
    Ok(classes)
}

/// Who is in class in each section.
fn rosters(desk: &Desk, year: Uuid) -> HashMap<Uuid, BySex> {
    let mut rosters: HashMap<Uuid, BySex> = HashMap::new();
    for learner in enrolled::here(desk, year).iter().filter(|learner| learner.status != "pre_registered") {
        if let Some(section) = learner.section {
            rosters.entry(section).or_default()[sex_at(learner.sex)] += 1;
        }
    }
    rosters
}
