//! A section as attendance and forms see it, its school year, and who may take its attendance.

use crate::{NodeError, Result};
use pems_model::Code;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// A section as the attendance screens show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SectionInfo {
    /// The `section`.
    #[ts(type = "string")]
    pub id: Uuid,
    /// Without the grade: `Rizal`.
    pub name: String,
    /// `K`, `1` to `12` or `NG`.
    pub grade_level: String,
    /// As the name is read out; none where nobody advises it.
    pub adviser: Option<String>,
    /// Whether the person here advises it.
    pub mine: bool,
    /// Whether the person here may take its attendance.
    pub may_take: bool,
}

/// A school year, as attendance counts by it. Days are those since 1970-01-01.
#[derive(Debug, Clone)]
pub(crate) struct Year {
    /// The `school_year`.
    pub id: Uuid,
    /// `2026-2027`.
    pub label: String,
    /// The first day.
    pub start: i32,
    /// The last day.
    pub end: i32,
    /// The last day on which enrolment is not late.
    pub cutoff: Option<i32>,
    /// What the forms call who dropped out.
    pub drop_label: Option<String>,
    /// Attendance is taken for the morning and the afternoon.
    pub half_days: bool,
}

const YEAR: &str = "SELECT id, label, start_date, end_date, cutoff_date, drop_label, coalesce(half_days, 0) \
                    FROM school_year WHERE deleted_at IS NULL";

impl Year {
    fn read(row: &Row<'_>) -> rusqlite::Result<Year> {
        Ok(Year {
            id: Uuid::from_bytes(row.get(0)?),
            label: row.get(1)?,
            start: row.get(2)?,
            end: row.get(3)?,
            cutoff: row.get(4)?,
            drop_label: row.get(5)?,
            half_days: row.get(6)?,
        })
    }

    /// The school's years, newest first.
    pub(crate) fn all(conn: &Connection) -> Result<Vec<Year>> {
        let mut statement = conn.prepare_cached(&format!("{YEAR} ORDER BY start_date DESC"))?;
        Ok(statement.query_map([], Year::read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The year of an id.
    ///
    /// # Errors
    /// `not_found` where it was deleted.
    pub(crate) fn find(conn: &Connection, id: Uuid) -> Result<Year> {
        let mut statement = conn.prepare_cached(&format!("{YEAR} AND id = ?1"))?;
        let found = statement.query_row([id.as_bytes()], Year::read).optional()?;
        found.ok_or_else(|| NodeError::new(Code::NotFound, "this school year is not there any more; choose another"))
    }

    /// The year that a day belongs to: the one it lies in or, between two years, the one that comes; else the last one.
    pub(crate) fn on(conn: &Connection, date: i32) -> Result<Option<Year>> {
        let mut years = Year::all(conn)?;
        years.reverse();
        let at = years.iter().position(|year| date <= year.end).unwrap_or(years.len().saturating_sub(1));
        Ok((at < years.len()).then(|| years.swap_remove(at)))
    }
}

/// A section, as rosters and forms name it.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// The `section`.
    pub id: Uuid,
    /// Without the grade: `Rizal`.
    pub name: String,
    /// `K`, `1` to `12` or `NG`.
    pub grade: String,
    /// Senior high: the strand or, where none is said, the track.
    pub track: Option<String>,
    /// Of the `staff`.
    pub adviser: Option<Uuid>,
    /// As it is read out; none where nobody advises the section.
    pub adviser_name: Option<String>,
    /// Its school year.
    pub year: Uuid,
}

const SECTION: &str = "SELECT s.id, s.name, s.grade_level, coalesce(s.strand, s.track), s.adviser, s.school_year, \
                       a.first_name, a.middle_name, a.last_name, a.name_ext \
                       FROM section s LEFT JOIN staff a ON a.id = s.adviser AND a.deleted_at IS NULL \
                       WHERE s.deleted_at IS NULL";

impl Section {
    fn read(row: &Row<'_>) -> rusqlite::Result<Section> {
        let last: Option<String> = row.get(8)?;
        let (first, middle): (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
        let ext: Option<String> = row.get(9)?;
        let initial = middle.and_then(|middle| middle.chars().next()).map(|c| format!("{c}."));
        let adviser_name = last.map(|last| {
            let parts = [first, initial, Some(last), ext];
            parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        });
        Ok(Section {
            id: Uuid::from_bytes(row.get(0)?),
            name: row.get(1)?,
            grade: row.get(2)?,
            track: row.get(3)?,
            adviser: row.get::<_, Option<[u8; 16]>>(4)?.map(Uuid::from_bytes),
            year: Uuid::from_bytes(row.get(5)?),
            adviser_name,
        })
    }

    /// The section of an id.
    ///
    /// # Errors
    /// `not_found` where it was deleted.
    pub(crate) fn find(conn: &Connection, id: Uuid) -> Result<Section> {
        let mut statement = conn.prepare_cached(&format!("{SECTION} AND s.id = ?1"))?;
        let found = statement.query_row([id.as_bytes()], Section::read).optional()?;
        found.ok_or_else(|| NodeError::new(Code::NotFound, "this section is not there any more; choose another"))
    }

    /// The sections of a year in the order of the grades, then of their names.
    pub(crate) fn of_year(conn: &Connection, year: Uuid) -> Result<Vec<Section>> {
        let mut statement = conn.prepare_cached(&format!("{SECTION} AND s.school_year = ?1"))?;
        let found = statement.query_map([year.as_bytes()], Section::read)?;
        let mut sections = found.collect::<rusqlite::Result<Vec<_>>>()?;
        let grade = |name: &str| pems_model::entities::GRADE_LEVELS.iter().position(|level| *level == name);
        sections.sort_by_cached_key(|section| (grade(&section.grade), pems_model::fold::fold(&section.name)));
        Ok(sections)
    }

    /// `7-Rizal`, as the undo bar and the messages say it.
    pub(crate) fn title(&self) -> String {
        titled(&self.grade, &self.name)
    }
}

/// A section with its grade, which a name that begins with it does not say twice.
pub(crate) fn titled(grade: &str, name: &str) -> String {
    if pems_forms::names_its_grade(grade, name) {
        return name.to_owned();
    }
    let grade = match grade {
        "K" => "Kinder",
        "NG" => "Non-graded",
        grade => grade,
    };
    format!("{grade}-{name}")
}

/// The name of a user, disabled ones too: what they did stays theirs.
pub(crate) fn user_name(conn: &Connection, id: Option<Uuid>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    let mut statement = conn.prepare_cached("SELECT name FROM school_user WHERE id = ?1")?;
    Ok(statement.query_row([id.as_bytes()], |row| row.get(0)).optional()?)
}
