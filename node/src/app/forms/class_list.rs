//! Who is in a section today.

use super::form::{Form, Gathered, Paper};
use super::named::Said;
use super::{list, school};
use crate::Result;
use crate::app::Desk;
use crate::app::access::Access;
use crate::domain::attendance::roster;
use crate::domain::attendance::section::{Section, Year};
use pems_forms::class_list::{ClassList, Learner};
use pems_forms::list::List;
use pems_forms::{FormError, Missing, Page};
use rusqlite::OptionalExtension;
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// The class list of today.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "FormAskedClassList")]
pub struct AskClassList {
    #[ts(type = "string")]
    pub section: Uuid,
}

impl Form for AskClassList {
    const WORDS: &'static [&'static str] = &["section", "year"];

    fn named(said: &Said<'_>) -> Result<AskClassList> {
        Ok(AskClassList { section: said.section()? })
    }

    fn gather(&self, desk: &mut Desk) -> Result<Gathered> {
        gather(desk, self.section)
    }

    fn is_offered(_desk: &Desk, _section: &Section, _sight: &Access) -> bool {
        true
    }
}

impl Paper for ClassList {
    fn missing(&self) -> Vec<Missing> {
        pems_forms::class_list::missing(self)
    }

    fn pages(&self) -> Vec<Page> {
        pems_forms::class_list::pages(self)
    }

    fn workbook(&self) -> Option<std::result::Result<Vec<u8>, FormError>> {
        Some(pems_forms::list::xlsx(&list::of_class(self)))
    }

    fn table(&self) -> Option<List> {
        Some(list::of_class(self))
    }

    fn formats(&self) -> Vec<&'static str> {
        vec!["pdf", "xlsx", "csv"]
    }
}

fn gather(desk: &Desk, section: Uuid) -> Result<Gathered> {
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
    Ok(Gathered { title: format!("Class list, {}", section.title()), form: Box::new(list) })
}
