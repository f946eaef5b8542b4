//! Each question of the enrolment desk, answered: who may, in one act, and what the undo bar says about it.

use super::list;
use super::{Count, Made, PaperSet, Request, Roster, SectionList, Years};
use crate::app::Desk;
use crate::app::enrolment::counter;
use crate::domain::enrolment::record::Enrolment;
use crate::domain::enrolment::{By, Day};
use crate::domain::enrolment::{
    correct, enrol, marked, moves, papers, promotion, reasons, record, roster, sections, year,
};
use crate::domain::numbering;
use crate::store::Work;
use crate::{NodeError, Result};
use pems_model::Code;
use pems_model::Role::{Registrar, SchoolAdmin, SchoolHead};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

/// Most learners that one question may find.
pub(in crate::app) const MOST_FOUND: usize = 50;
/// Most learners that are moved as one group at the hub; more travel one by one, as a promotion does.
const TOGETHER: usize = 20;

pub(in crate::app) fn answer(desk: &mut Desk, request: Request) -> Result<Json> {
    match request {
        Request::Find { text, limit } => {
            let found = desk.ranked_learners(&text, limit.min(MOST_FOUND))?;
            json(&found.iter().map(|id| counter::known(desk.store.conn(), *id)).collect::<Result<Vec<_>>>()?)
        }
        Request::Years
        | Request::Propose { .. }
        | Request::Papers { .. }
        | Request::Reasons
        | Request::Beginning { .. }
        | Request::Of { .. }
        | Request::Sections { .. }
        | Request::Roster { .. }
        | Request::List { .. }
        | Request::PromotionPreview { .. } => read(desk, request),
        Request::Section { .. }
        | Request::DeleteSection { .. }
        | Request::CopySections { .. }
        | Request::NextYear { .. }
        | Request::Assign { .. } => arrange(desk, request),
        _ => write(desk, request),
    }
}

fn json(value: &impl Serialize) -> Result<Json> {
    serde_json::to_value(value).map_err(|error| NodeError::new(Code::Internal, error.to_string()))
}

fn read(desk: &Desk, request: Request) -> Result<Json> {
    let (conn, today) = (desk.store.conn(), desk.today());
    match request {
        Request::Years => {
            let years = year::all(conn)?;
            json(&Years { current: year::current(&years, today).map(|year| year.id), years, today: Day(today) })
        }
        Request::Propose { student, school_year } => json(&counter::propose(conn, student, school_year, today)?),
        Request::Papers { student, kind } => {
            student.map(|student| desk.check_sees_learner(student)).transpose()?;
            json(&papers::of(conn, student, &kind)?)
        }
        Request::Reasons => json(&reasons::all()),
        Request::Of { student } => {
            desk.check_sees_learner(student)?;
            json(&counter::enrolments(conn, student)?)
        }
        Request::Beginning { enrolment } => {
            desk.check_sees_learner(record::find(conn, enrolment)?.student)?;
            json(&correct::beginning(conn, enrolment)?)
        }
        Request::Sections { school_year, as_of } => {
            let as_of = day_in(conn, school_year, as_of, today)?;
            json(&SectionList { sections: sections::of_year(conn, school_year, as_of.0)?, as_of })
        }
        Request::Roster { section, as_of } => {
            let found = sections::find(conn, section, today)?;
            let as_of = day_in(conn, found.school_year, as_of, today)?;
            let section = sections::find(conn, section, as_of.0)?;
            json(&Roster { members: roster::on(conn, section.id, as_of.0)?, section, as_of })
        }
        Request::List { school_year, only, grade } => json(&list::list(conn, school_year, only, grade.as_deref())?),
        Request::PromotionPreview { from_year, to_year } => json(&promotion::preview(conn, from_year, to_year)?),
        _ => Err(NodeError::new(Code::Internal, "this question writes; ask it again")),
    }
}

/// The day of a roster: as asked; today; within a year that has not begun or is over, its first or last day.
fn day_in(conn: &Connection, school_year: Uuid, asked: Option<Day>, today: i32) -> Result<Day> {
    let year = year::find(conn, school_year)?;
    Ok(asked.unwrap_or_else(|| Day(today.min(year.end_date.0).max(year.start_date.0))))
}

fn by(desk: &Desk) -> By {
    By { person: desk.person().map(|person| person.id), today: desk.today() }
}

/// Sections and who is in them: the head of the school arranges these too.
fn arrange(desk: &mut Desk, request: Request) -> Result<Json> {
    desk.check_role(&[Registrar, SchoolAdmin, SchoolHead], "arrange sections")?;
    let by = by(desk);
    match request {
        Request::Section { school_year, id, fields } => {
            let (act, made) = desk.store.act(|work| sections::save(work, school_year, id, &fields))?;
            let name = fields.name.as_deref().unwrap_or_default();
            desk.did(
                act,
                if id.is_some() { format!("Change of section {name}") } else { format!("New section {name}") },
            );
            json(&Made { id: made })
        }
        Request::DeleteSection { id } => {
            let (act, ()) = desk.store.act(|work| sections::delete(work, id))?;
            desk.did(act, "Deletion of a section");
            json(&Count { count: 1 })
        }
        Request::CopySections { from_year, to_year } => {
            let (act, count) = desk.store.act(|work| sections::copy(work, from_year, to_year))?;
            if count > 0 {
                desk.did(act, format!("{count} sections copied"));
            }
            json(&Count { count })
        }
        Request::NextYear { year } => {
            let (act, saved) = desk.store.act(|work| year::begin_next(work, year))?;
            desk.did(act, "New school year");
            json(&Made { id: saved.row.id })
        }
        Request::Assign { enrolments, section, on_date, over_capacity, marks_stay } => {
            let placing = sections::Placing { enrolments: &enrolments, section, day: on_date, over_capacity };
            let few = enrolments.len() <= TOGETHER;
            let work = |work: &mut Work<'_, '_>| {
                let count = sections::assign(work, &by, &placing)?;
                marked::check(work.conn(), &enrolments, section, on_date.0, by.today, marks_stay)?;
                Ok(count)
            };
            let (act, count) = if few { desk.store.act_together(work)? } else { desk.store.act(work)? };
            if count > 0 {
                let name = match section {
                    Some(section) => sections::find(desk.store.conn(), section, on_date.0)?.name,
                    None => "no section".into(),
                };
                desk.did(act, format!("{count} moved to {name}"));
            }
            json(&Count { count })
        }
        _ => Err(NodeError::new(Code::Internal, "this is not about sections; ask it again")),
    }
}

fn write(desk: &mut Desk, request: Request) -> Result<Json> {
    desk.check_role(&[Registrar, SchoolAdmin], "enrol learners")?;
    let by = by(desk);
    match request {
        Request::Enrol { mut enrol } => {
            if let Some(fields) = &enrol.learner {
                desk.check_numbers(enrol.student, fields)?;
            }
            let new = enrol.learner.as_mut().filter(|_| enrol.student.is_none());
            let given = new.map(|fields| numbering::give(&desk.store, fields)).transpose()?.flatten();
            let (act, enrolled) = desk.store.act_together(|work| enrol::enrol(work, &by, &enrol))?;
            numbering::note(&mut desk.store, given)?;
            let what = format!("Enrolment of {}", name(desk, enrolled.student)?);
            desk.did(act, what);
            json(&enrolled)
        }
        Request::Paper { student, kind, state } => {
            let paper = papers::PaperState { kind, state };
            let day = Day(by.today);
            let (act, confirmed) = desk.store.act_together(|work| papers::arrived(work, &by, student, &paper, day))?;
            let what = format!("Paper of {}", name(desk, student)?);
            desk.did(act, what);
            json(&PaperSet { confirmed: confirmed.map(|one| one.id) })
        }
        Request::Confirm { enrolments, on_date } => {
            let few = enrolments.len() <= TOGETHER;
            let work = |work: &mut Work<'_, '_>| moves::confirm(work, &by, &enrolments, on_date);
            let (act, count) = if few { desk.store.act_together(work)? } else { desk.store.act(work)? };
            desk.did(act, format!("Enrolment of {count}"));
            json(&Count { count })
        }
        Request::Promote { from_year, to_year, grades, choices } => {
            let years = (from_year, to_year);
            let (act, promoted) =
                desk.store.act(|work| promotion::promote(work, &by, years, grades.as_deref(), &choices))?;
            let count = promoted.promoted + promoted.retained + promoted.graduated;
            if count > 0 {
                desk.did(act, format!("Promotion of {count} learners"));
            }
            json(&promoted)
        }
        other => movement(desk, &by, other),
    }
}

/// What happens to one enrolment.
fn movement(desk: &mut Desk, by: &By, request: Request) -> Result<Json> {
    let (act, (what, enrolment)) = desk.store.act_together(|work| moved(work, by, &request))?;
    let what = format!("{what} {}", name(desk, enrolment.student)?);
    desk.did(act, what);
    json(&Count { count: 1 })
}

fn moved(work: &mut Work<'_, '_>, by: &By, request: &Request) -> Result<(&'static str, Enrolment)> {
    Ok(match request {
        Request::TransferOut { enrolment, to_school, on_date, unsettled_account } => {
            let moved = moves::transfer_out(work, by, *enrolment, to_school, *on_date, *unsettled_account)?;
            ("Transfer out of", moved)
        }
        Request::Drop { enrolment, reason_code, note, on_date } => {
            ("Dropping of", moves::drop(work, by, *enrolment, reason_code, note.as_deref(), *on_date)?)
        }
        Request::Return { enrolment, on_date, section, over_capacity } => {
            ("Return of", moves::take_back(work, by, *enrolment, *on_date, *section, *over_capacity)?)
        }
        Request::Correct { enrolment, on_date, section, over_capacity } => {
            let right = correct::Right { on: *on_date, section: *section, over_capacity: *over_capacity };
            ("Correction of the enrolment of", correct::correct(work, by, *enrolment, &right)?)
        }
        Request::Cancel { enrolment, note, on_date } => {
            ("Cancelling of", moves::cancel(work, by, *enrolment, note.as_deref(), *on_date)?)
        }
        _ => return Err(NodeError::new(Code::Internal, "this is not about one enrolment; ask it again")),
    })
}

fn name(desk: &Desk, student: Uuid) -> Result<String> {
    let known = counter::known(desk.store.conn(), student)?;
    Ok(format!("{}, {}", known.last_name, known.first_name))
}
