//! Who is in a section today.

use super::{Form, Gathered, school};
use crate::Result;
use crate::app::Desk;
use crate::domain::attendance::roster;
use crate::domain::attendance::section::{Section, Year};
use pems_forms::class_list::{ClassList, Learner};
use rusqlite::OptionalExtension;
use uuid::Uuid;

pub(super) fn gather(desk: &Desk, section: Uuid) -> Result<Gathered> {
    let conn = desk.store.conn();
    let section = Section::find(conn, section)?;
    let year = Year::find(conn, section.year)?;
    let on = desk.today().clamp(year.start, year.end);
    let room = conn
        .prepare_cached("SELECT room FROM section WHERE id = ?1")?
        .query_row([section.id.as_bytes()], |row| row.get::<_, Option<String>>(0))
        .optional()?;
    let learners = roster::as_of(conn, section.id, on)?;
    let learner = |member: &roster::Member| Learner {
        id: member.student,
        name: school::name(&member.name),
        sex: school::sex(member.sex.as_deref()),
        lrn: member.lrn.clone().unwrap_or_default(),
        remarks: match (member.status.as_str(), member.late) {
            ("temporary", _) => "Temporarily enrolled".to_owned(),
            (_, true) => "LE".to_owned(),
            _ => String::new(),
        },
    };
    let list = ClassList {
        school: school::letterhead(&desk.store)?.school,
        school_year: year.label,
        grade: section.grade.clone(),
        section: section
            .track
            .as_ref()
            .map_or_else(|| section.name.clone(), |track| format!("{} ({track})", section.name)),
        section_id: Some(section.id),
        adviser: section.adviser_name.clone().unwrap_or_default(),
        room: room.flatten().unwrap_or_default(),
        on,
        learners: learners.iter().map(learner).collect(),
    };
    Ok(Gathered { title: format!("Class list, {}", section.title()), form: Form::ClassList(list) })
}
