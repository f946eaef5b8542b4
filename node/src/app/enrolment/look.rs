//! What the enrolment desk is asked: years, sections and who is in them, papers, what waits.

use super::counter::{self, Known, Past, Proposal};
use super::list::{self, Only, Waiting};
use super::{MOST_FOUND, Roster, SectionList, Years};
use crate::Result;
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::domain::enrolment::{Day, correct, papers, promotion, reasons, record, roster, sections, year};
use pems_model::Act;
use rusqlite::Connection;
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// The school years, and which one the desk works in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadYears {}

impl Request<Desk> for ReadYears {
    const NAME: &'static str = "enrolment.years";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Years;

    fn run(self, desk: &mut Desk) -> Result<Years> {
        let (conn, today) = (desk.store.conn(), desk.today());
        let years = year::all(conn)?;
        Ok(Years { current: year::current(&years, today).map(|year| year.id), years, today: Day(today) })
    }
}

/// Learners whose name, LRN or number has every word of `text`, with their newest enrolment.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct FindKnown {
    text: String,
    limit: usize,
}

impl Request<Desk> for FindKnown {
    const NAME: &'static str = "enrolment.find";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = Vec<Known>;

    fn run(self, desk: &mut Desk) -> Result<Vec<Known>> {
        let FindKnown { text, limit } = self;
        let found = desk.ranked_learners(&text, limit.min(MOST_FOUND))?;
        found.iter().map(|id| counter::known(desk.store.conn(), *id)).collect::<Result<Vec<_>>>()
    }
}

/// What the desk proposes for a learner.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Propose {
    #[ts(type = "string")]
    student: Uuid,
    #[ts(type = "string")]
    school_year: Uuid,
}

impl Request<Desk> for Propose {
    const NAME: &'static str = "enrolment.desk";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = Proposal;

    fn run(self, desk: &mut Desk) -> Result<Proposal> {
        let Propose { student, school_year } = self;
        let (conn, today) = (desk.store.conn(), desk.today());
        counter::propose(conn, student, school_year, today)
    }
}

/// The papers that this kind of enrolment wants of a learner, or of a new one.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadPapers {
    #[serde(default)]
    #[ts(optional, type = "string")]
    student: Option<Uuid>,
    kind: String,
}

impl Request<Desk> for ReadPapers {
    const NAME: &'static str = "enrolment.papers";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Vec<papers::Paper>;

    fn run(self, desk: &mut Desk) -> Result<Vec<papers::Paper>> {
        let ReadPapers { student, kind } = self;
        let conn = desk.store.conn();
        student.map(|student| desk.check_sees_learner(student)).transpose()?;
        papers::of(conn, student, &kind)
    }
}

/// The reasons of School Form 2.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Reasons {}

impl Request<Desk> for Reasons {
    const NAME: &'static str = "enrolment.reasons";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Vec<reasons::Reason>;

    fn run(self, _desk: &mut Desk) -> Result<Vec<reasons::Reason>> {
        Ok(reasons::all())
    }
}

/// When an enrolment began and which section is its last, for its correction.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadBeginning {
    #[ts(type = "string")]
    enrolment: Uuid,
}

impl Request<Desk> for ReadBeginning {
    const NAME: &'static str = "enrolment.beginning";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = correct::Beginning;

    fn run(self, desk: &mut Desk) -> Result<correct::Beginning> {
        let ReadBeginning { enrolment } = self;
        let conn = desk.store.conn();
        desk.check_sees_learner(record::find(conn, enrolment)?.student)?;
        correct::beginning(conn, enrolment)
    }
}

/// A learner's enrolments, the newest first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Of {
    #[ts(type = "string")]
    student: Uuid,
}

impl Request<Desk> for Of {
    const NAME: &'static str = "enrolment.of";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Vec<Past>;

    fn run(self, desk: &mut Desk) -> Result<Vec<Past>> {
        let Of { student } = self;
        let conn = desk.store.conn();
        desk.check_sees_learner(student)?;
        counter::enrolments(conn, student)
    }
}

/// The sections of a year, counted on a day (none: today, or the first day of a year that has not begun).
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadSections {
    #[ts(type = "string")]
    school_year: Uuid,
    #[serde(default)]
    #[ts(optional, type = "string")]
    as_of: Option<Day>,
}

impl Request<Desk> for ReadSections {
    const NAME: &'static str = "enrolment.sections";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = SectionList;

    fn run(self, desk: &mut Desk) -> Result<SectionList> {
        let ReadSections { school_year, as_of } = self;
        let (conn, today) = (desk.store.conn(), desk.today());
        let as_of = day_in(conn, school_year, as_of, today)?;
        Ok(SectionList { sections: sections::of_year(conn, school_year, as_of.0)?, as_of })
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadRoster {
    #[ts(type = "string")]
    section: Uuid,
    #[serde(default)]
    #[ts(optional, type = "string")]
    as_of: Option<Day>,
}

impl Request<Desk> for ReadRoster {
    const NAME: &'static str = "enrolment.roster";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Roster;

    fn run(self, desk: &mut Desk) -> Result<Roster> {
        let ReadRoster { section, as_of } = self;
        let (conn, today) = (desk.store.conn(), desk.today());
        let found = sections::find(conn, section, today)?;
        let as_of = day_in(conn, found.school_year, as_of, today)?;
        let section = sections::find(conn, section, as_of.0)?;
        Ok(Roster { members: roster::on(conn, section.id, as_of.0)?, section, as_of })
    }
}

/// Who wants something of the registrar.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct List {
    #[ts(type = "string")]
    school_year: Uuid,
    only: Only,
    #[serde(default)]
    #[ts(optional)]
    grade: Option<String>,
}

impl Request<Desk> for List {
    const NAME: &'static str = "enrolment.list";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = Vec<Waiting>;

    fn run(self, desk: &mut Desk) -> Result<Vec<Waiting>> {
        let List { school_year, only, grade } = self;
        let conn = desk.store.conn();
        list::list(conn, school_year, only, grade.as_deref())
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct PreviewPromotion {
    #[ts(type = "string")]
    from_year: Uuid,
    #[ts(type = "string")]
    to_year: Uuid,
}

impl Request<Desk> for PreviewPromotion {
    const NAME: &'static str = "enrolment.promotion_preview";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = promotion::Preview;

    fn run(self, desk: &mut Desk) -> Result<promotion::Preview> {
        let PreviewPromotion { from_year, to_year } = self;
        let conn = desk.store.conn();
        promotion::preview(conn, from_year, to_year)
    }
}

/// The day of a roster: as asked; today; within a year that has not begun or is over, its first or last day.
fn day_in(conn: &Connection, school_year: Uuid, asked: Option<Day>, today: i32) -> Result<Day> {
    let year = year::find(conn, school_year)?;
    Ok(asked.unwrap_or_else(|| Day(today.min(year.end_date.0).max(year.start_date.0))))
}
