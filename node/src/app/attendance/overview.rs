//! A day over all sections: where attendance was taken, where not, and where there are no classes. The own section first.

use super::super::Desk;
use super::class::Taken;
use super::lock;
use crate::Result;
use crate::app::request::{May, Request};
use crate::domain::attendance::days::{self, Calendar, Day};
use crate::domain::attendance::section::{Section, SectionInfo, Year};
use crate::domain::attendance::{sheets, tally};
use crate::domain::enrolment::record::SUPERSEDED;
use pems_model::Act;
use pems_model::value::format_date;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use ts_rs::TS;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SectionDay {
    pub section: SectionInfo,
    pub day: Day,
    /// Learners on that day.
    pub learners: i64,
    /// Sessions that were taken: `day`, `am`, `pm`.
    pub sessions: Vec<String>,
    /// The half that was not taken, where only the other was: `am` or `pm`.
    pub half_untaken: Option<String>,
    /// The first taking; none: not taken.
    pub taken: Option<Taken>,
    /// Learners absent the whole day, excused ones too.
    pub absent: usize,
    /// Absent for half of the day.
    pub half: usize,
    /// Late or cutting classes.
    pub tardy: usize,
    /// Marks that whoever is here made and did not submit.
    pub unsubmitted: usize,
    /// The month is signed.
    pub locked: bool,
}

/// A day of the school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Overview {
    pub date: String,
    pub today: String,
    /// None: the school has no school year yet.
    pub school_year: Option<String>,
    #[ts(type = "string | null")]
    pub year_id: Option<Uuid>,
    pub half_days: bool,
    /// Sections of the person here, then the others by grade.
    pub sections: Vec<SectionDay>,
    /// The last class day before and the next one after, up to today.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Expected, but not here yet: no learner of a day.
const PRE_REGISTERED: &str = "pre_registered";

/// How far a class day before or after is looked for.
const NEIGHBOURS: i32 = 90;

impl Desk {
    pub(in crate::app) fn day_overview(&mut self, date: Option<&str>) -> Result<Overview> {
        let today = self.today();
        let date = date.map_or(Ok(today), |text| days::date(text, "date"))?;
        self.follow_learners()?;
        let conn = self.store.conn();
        let Some(year) = Year::on(conn, date)? else {
            return Ok(Overview {
                date: format_date(date),
                today: format_date(today),
                school_year: None,
                year_id: None,
                half_days: false,
                sections: Vec::new(),
                before: None,
                after: None,
            });
        };
        let calendar = Calendar::load(conn, &year, date - NEIGHBOURS, date + NEIGHBOURS)?;
        let mut sections = Section::of_year(conn, year.id)?;
        sections.sort_by_key(|section| !self.advises(section));
        let grades: Vec<&str> = sections.iter().map(|section| section.grade.as_str()).collect();
        let held = |date: &i32| grades.iter().any(|grade| calendar.day(*date, grade).class);
        let (before, after) = (
            (date - NEIGHBOURS..date).rev().find(held).map(format_date),
            (date + 1..=today.min(date + NEIGHBOURS)).find(held).map(format_date),
        );
        let expecting: HashSet<Uuid> = self
            .learners_of_year(year.id)
            .filter(|learner| learner.status == PRE_REGISTERED)
            .filter_map(|learner| learner.section)
            .collect();
        let unsubmitted = self.unsubmitted()?;
        let on = format_date(date);
        let of_day = unsubmitted.iter().filter(|one| one.date == on);
        let mut lines = Vec::with_capacity(sections.len());
        for section in &sections {
            let mut line = self.section_day(section, &calendar, date, expecting.contains(&section.id))?;
            line.unsubmitted = of_day.clone().filter(|one| one.section == section.id).map(|one| one.changes).sum();
            lines.push(line);
        }
        Ok(Overview {
            date: format_date(date),
            today: format_date(today),
            school_year: Some(year.label),
            year_id: Some(year.id),
            half_days: year.half_days,
            sections: lines,
            before,
            after,
        })
    }

    /// `expecting`: whether the section may hold learners who have not come yet.
    pub(in crate::app) fn section_day(
        &self,
        section: &Section,
        calendar: &Calendar,
        date: i32,
        expecting: bool,
    ) -> Result<SectionDay> {
        let sheets = sheets::of_day(&self.store, section.id, date)?;
        let tally = tally::tally(&self.store, section.id, date)?;
        let day = calendar.day(date, &section.grade);
        Ok(SectionDay {
            section: self.section_info(section),
            learners: self.count(section.id, date, expecting)?,
            sessions: sheets.iter().map(|(session, _)| (*session).to_owned()).collect(),
            half_untaken: sheets::untaken(calendar.half_days, &sheets)
                .filter(|_| !sheets.is_empty() && day.class)
                .map(ToOwned::to_owned),
            taken: sheets.first().map(|(_, sheet)| self.taken(sheet)).transpose()?,
            absent: tally.absent.len(),
            half: tally.half.len(),
            tardy: tally.tardy.len(),
            unsubmitted: 0,
            day,
            locked: lock::on(self.store.conn(), section.id, date)?.is_some(),
        })
    }

    /// By the memberships alone where that is enough: a school has hundreds of sections, and this is asked for all of them at once.
    fn count(&self, section: Uuid, date: i32, expecting: bool) -> Result<i64> {
        let came = format!(
            "AND EXISTS (SELECT 1 FROM enrolment e WHERE e.id = m.enrolment AND e.deleted_at IS NULL AND e.status <> '{PRE_REGISTERED}')"
        );
        let sql = format!(
            "SELECT count(*) FROM section_membership m WHERE m.section = ?1 AND m.deleted_at IS NULL AND m.valid_from <= ?2
               AND (m.valid_to IS NULL OR m.valid_to > ?2) AND coalesce({SUPERSEDED}, ?2 + 1) > ?2 {}",
            if expecting { &came } else { "" }
        );
        let mut statement = self.store.conn().prepare_cached(&sql)?;
        Ok(statement.query_row((section.as_bytes(), date), |row| row.get(0))?)
    }
}

/// A day over all sections; today where no date (`YYYY-MM-DD`) is given.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Today {
    #[serde(default)]
    #[ts(optional)]
    date: Option<String>,
}

impl Request<Desk> for Today {
    const NAME: &'static str = "attendance.today";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Overview;

    fn run(self, desk: &mut Desk) -> Result<Overview> {
        let Today { date } = self;
        desk.day_overview(date.as_deref())
    }
}
