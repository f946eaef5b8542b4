//! Sections with how many are in them, on a day.

use super::{record, year};
use crate::domain::enrolment::{By, Day};
use crate::store::Work;
use crate::{NodeError, Result};
use pems_model::Code;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use serde_json::json;
use ts_rs::TS;
use uuid::Uuid;

/// A section, and who is in it on the asked day.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "SectionRow")]
pub struct Section {
    /// The `section`.
    #[ts(type = "string")]
    pub id: Uuid,
    /// Its school year.
    #[ts(type = "string")]
    pub school_year: Uuid,
    /// `K`, `1` to `12` or `NG`.
    pub grade_level: String,
    /// Without the grade: `Rizal`.
    pub name: String,
    /// Senior high.
    pub track: Option<String>,
    /// Senior high.
    pub strand: Option<String>,
    /// Of the `staff`.
    #[ts(type = "string | null")]
    pub adviser: Option<Uuid>,
    /// `Reyes, Ana`.
    pub adviser_name: Option<String>,
    /// As people call it.
    pub room: Option<String>,
    /// Seats; none: not limited.
    pub capacity: Option<i64>,
    /// `whole_day`, `morning`, `afternoon` or `evening`.
    pub shift: Option<String>,
    /// Learners whose sex is recorded as `M`.
    pub male: i64,
    /// Learners whose sex is recorded as `F`.
    pub female: i64,
    /// With those whose sex is not known.
    pub total: i64,
    /// Of these, the ones that are expected and not in class yet.
    pub coming: i64,
}

/// What a section can be told.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
#[ts(optional_fields)]
pub struct SectionFields {
    /// `K`, `1` to `12` or `NG`.
    pub grade_level: Option<String>,
    /// Without the grade, at most 80 characters.
    pub name: Option<String>,
    /// Senior high, at most 40 characters.
    pub track: Option<String>,
    /// Senior high, at most 40 characters.
    pub strand: Option<String>,
    /// Of the `staff`.
    #[ts(optional, type = "string")]
    pub adviser: Option<Uuid>,
    /// At most 40 characters.
    pub room: Option<String>,
    /// Seats, 1 to 200.
    pub capacity: Option<i64>,
    /// `whole_day`, `morning`, `afternoon` or `evening`.
    pub shift: Option<String>,
}

const SECTIONS: &str = "SELECT s.id, s.school_year, s.grade_level, s.name, s.track, s.strand, s.adviser,
        a.last_name || ', ' || a.first_name, s.room, s.capacity, s.shift
     FROM section s LEFT JOIN staff a ON a.id = s.adviser AND a.deleted_at IS NULL
     WHERE s.deleted_at IS NULL";

/// Whoever is in a section on a day has a stay that covers it, and no later one that began. Leaving ends the stay; the status is
/// looked at too, because two PCs may have moved and dropped a learner at the same time.
const COUNTS: &str = "SELECT l.sex, e.status, count(*)
     FROM section_membership m JOIN enrolment e ON e.id = m.enrolment JOIN student l ON l.id = e.student
     WHERE m.section = ?1 AND m.deleted_at IS NULL AND e.deleted_at IS NULL AND l.deleted_at IS NULL
       AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2)
       AND coalesce(SUPERSEDED, ?2 + 1) > ?2
       AND NOT (e.status IN ('transferred_out', 'moved_out', 'dropped', 'cancelled')
                AND coalesce(e.effectivity_date, 0) <= ?2)
     GROUP BY 1, 2";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Section> {
    let id =
        |at: usize| -> rusqlite::Result<Option<Uuid>> { Ok(row.get::<_, Option<[u8; 16]>>(at)?.map(Uuid::from_bytes)) };
    Ok(Section {
        id: Uuid::from_bytes(row.get(0)?),
        school_year: Uuid::from_bytes(row.get(1)?),
        grade_level: row.get(2)?,
        name: row.get(3)?,
        track: row.get(4)?,
        strand: row.get(5)?,
        adviser: id(6)?,
        adviser_name: row.get(7)?,
        room: row.get(8)?,
        capacity: row.get(9)?,
        shift: row.get(10)?,
        male: 0,
        female: 0,
        total: 0,
        coming: 0,
    })
}

fn counted(conn: &Connection, mut section: Section, day: i32) -> Result<Section> {
    let mut statement = conn.prepare_cached(&COUNTS.replace("SUPERSEDED", record::SUPERSEDED))?;
    let mut rows = statement.query((section.id.as_bytes(), day))?;
    while let Some(row) = rows.next()? {
        let (sex, status): (Option<String>, String) = (row.get(0)?, row.get(1)?);
        let many: i64 = row.get(2)?;
        section.total += many;
        match sex.as_deref() {
            Some("M") => section.male += many,
            Some("F") => section.female += many,
            _ => {}
        }
        if status == "pre_registered" {
            section.coming += many;
        }
    }
    Ok(section)
}

/// The grade levels in their order, which is not that of the alphabet.
pub fn grade_order(grade: &str) -> usize {
    pems_model::entities::GRADE_LEVELS.iter().position(|one| *one == grade).unwrap_or(usize::MAX)
}

/// The sections of a school year by grade and name, counted on `day`.
pub fn of_year(conn: &Connection, year: Uuid, day: i32) -> Result<Vec<Section>> {
    of_grade(conn, year, None, day)
}

/// Those of one grade, if one is named: counting the others takes its time in a large school.
pub fn of_grade(conn: &Connection, year: Uuid, grade: Option<&str>, day: i32) -> Result<Vec<Section>> {
    let sql = format!("{SECTIONS} AND s.school_year = ?1 AND (?2 IS NULL OR s.grade_level = ?2)");
    let mut statement = conn.prepare_cached(&sql)?;
    let found: Vec<Section> = statement.query_map((year.as_bytes(), grade), read)?.collect::<rusqlite::Result<_>>()?;
    let mut sections = found.into_iter().map(|one| counted(conn, one, day)).collect::<Result<Vec<_>>>()?;
    sections.sort_by_cached_key(|one| (grade_order(&one.grade_level), pems_model::fold::fold(&one.name)));
    Ok(sections)
}

/// The section of an id, counted on `day` (since 1970-01-01).
///
/// # Errors
/// `not_found`.
pub fn find(conn: &Connection, id: Uuid, day: i32) -> Result<Section> {
    let found =
        conn.prepare_cached(&format!("{SECTIONS} AND s.id = ?1"))?.query_row([id.as_bytes()], read).optional()?;
    let missing = || NodeError::new(Code::NotFound, "this section is not there any more; choose another");
    counted(conn, found.ok_or_else(missing)?, day)
}

/// Makes a section (`id` none) or changes one.
pub fn save(work: &mut Work<'_, '_>, year: Uuid, id: Option<Uuid>, fields: &SectionFields) -> Result<Uuid> {
    let fields = json!({
        "school_year": year, "grade_level": fields.grade_level, "name": fields.name, "track": fields.track,
        "strand": fields.strand, "adviser": fields.adviser, "room": fields.room, "capacity": fields.capacity,
        "shift": fields.shift,
    });
    Ok(record::save(work, "section", id, fields)?.row.id)
}

/// Deletes a section that nobody was ever in.
pub fn delete(work: &mut Work<'_, '_>, id: Uuid) -> Result<()> {
    work.delete("section", id).map(|_| ())
}

/// Makes the sections of `from` in `to` as well, with their rooms and capacities; those that are there already are left alone.
pub fn copy(work: &mut Work<'_, '_>, from: Uuid, to: Uuid) -> Result<usize> {
    let there = of_year(work.conn(), to, 0)?;
    let mut made = 0;
    for one in of_year(work.conn(), from, 0)? {
        let same = |two: &Section| {
            two.grade_level == one.grade_level && pems_model::fold::fold(&two.name) == pems_model::fold::fold(&one.name)
        };
        if there.iter().any(same) {
            continue;
        }
        let fields = SectionFields {
            grade_level: Some(one.grade_level),
            name: Some(one.name),
            track: one.track,
            strand: one.strand,
            adviser: one.adviser,
            room: one.room,
            capacity: one.capacity,
            shift: one.shift,
        };
        save(work, to, None, &fields)?;
        made += 1;
    }
    Ok(made)
}

/// Whom to put where, and from when.
#[derive(Debug)]
pub struct Placing<'a> {
    /// Whose; all of the section's year and grade.
    pub enrolments: &'a [Uuid],
    /// None: out of their section.
    pub section: Option<Uuid>,
    /// The first day there, or the first day out of it.
    pub day: Day,
    /// Somebody said yes to more learners than the section has seats.
    pub over_capacity: bool,
}

/// Puts learners in a section from a day on. Answers how many moved.
///
/// # Errors
/// `rule` for another grade or year, for a day before the enrolment, for an enrolment that ended, and for a full section (`details.over_capacity`) unless that
/// is agreed to.
pub fn assign(work: &mut Work<'_, '_>, by: &By, placing: &Placing<'_>) -> Result<usize> {
    let Some(section) = placing.section else {
        for enrolment in placing.enrolments {
            let found = record::find(work.conn(), *enrolment)?;
            year::find(work.conn(), found.school_year)?.check_day(placing.day, by.today)?;
            check_begun(work.conn(), *enrolment, placing.day)?;
            record::leave(work, *enrolment, placing.day)?;
        }
        return Ok(placing.enrolments.len());
    };
    let found = find(work.conn(), section, placing.day.0)?;
    year::find(work.conn(), found.school_year)?.check_day(placing.day, by.today)?;
    let mut moved = 0;
    for id in placing.enrolments {
        let enrolment = record::find(work.conn(), *id)?;
        check_fits(&enrolment, &found)?;
        check_begun(work.conn(), *id, placing.day)?;
        moved += usize::from(record::place(work, *id, section, placing.day)?);
    }
    let after = find(work.conn(), section, placing.day.0)?;
    check_capacity(&after, found.total, placing.over_capacity)?;
    Ok(moved)
}

/// Nobody sits in a class before they were enrolled.
fn check_begun(conn: &Connection, enrolment: Uuid, day: Day) -> Result<()> {
    let Some(first) = record::events(conn, enrolment)?.iter().map(|event| event.on_date).min() else { return Ok(()) };
    if day.0 >= first {
        return Ok(());
    }
    let message = format!(
        "the learner was enrolled on {}, later than {day}; choose that day or one after it, or correct the day of enrolment first",
        Day(first)
    );
    Err(NodeError::new(Code::Rule, message).with_details(json!({ "field": "on_date" })))
}

/// Whether an enrolment can be in a section at all.
///
/// # Errors
/// `rule` (`details.field` is `section`) for another year or grade, and for an enrolment that ended.
pub(crate) fn check_fits(enrolment: &record::Enrolment, section: &Section) -> Result<()> {
    let refused =
        |message: String| Err(NodeError::new(Code::Rule, message).with_details(json!({ "field": "section" })));
    if enrolment.school_year != section.school_year {
        return refused(format!("section {} belongs to another school year; choose one of this year", section.name));
    }
    if enrolment.grade_level != section.grade_level && section.grade_level != "NG" {
        return refused(format!(
            "section {} is of grade {}, the learner is enrolled in grade {}; choose a section of that grade",
            section.name, section.grade_level, enrolment.grade_level
        ));
    }
    if !matches!(enrolment.status.as_str(), "pre_registered" | "temporary" | "enrolled") {
        return refused("this learner is not enrolled any more; take the learner back first".into());
    }
    Ok(())
}

/// A full section is a warning, not a wall: somebody has to say yes to it.
pub fn check_capacity(after: &Section, before: i64, agreed: bool) -> Result<()> {
    let Some(capacity) = after.capacity.filter(|capacity| after.total > *capacity && after.total > before) else {
        return Ok(());
    };
    if agreed {
        return Ok(());
    }
    let message = format!(
        "section {} has {capacity} seats and would have {} learners; choose another section, or agree to it",
        after.name, after.total
    );
    let details = json!({ "over_capacity": { "section": after.name, "capacity": capacity, "total": after.total } });
    Err(NodeError::new(Code::Rule, message).with_details(details))
}
