//! From the file to the directory's entries: all of them in a few passes, or one learner's.
//!
//! The statements are the same for both but for a condition, so an entry cannot say one thing after a start and another after
//! an edit.

use super::entry::{Entry, Place, Told, Year};
use crate::{Result, Store};
use rusqlite::Row;
use std::collections::HashMap;
use uuid::Uuid;

const LEARNERS: &str =
    "SELECT id, last_name, first_name, middle_name, name_ext, lrn, student_no, sex, birth_date, barangay,
  municipality, phone FROM student t WHERE t.deleted_at IS NULL";
const GUARDIANS: &str = "SELECT l.student, g.last_name, g.first_name, l.relation, g.phone
  FROM student_guardian l JOIN guardian g ON g.id = l.guardian AND g.deleted_at IS NULL
  WHERE l.deleted_at IS NULL";
const GUARDIANS_ORDER: &str = " ORDER BY l.student, coalesce(l.is_primary, 0) DESC, l.relation, g.id";
const PLACES: &str =
    "SELECT e.student, e.school_year, e.grade_level, e.status, e.id, e.effectivity_date FROM enrolment e
  WHERE e.deleted_at IS NULL";
/// The membership that is open or ended last comes last, so that it stays.
const SECTIONS: &str = "SELECT m.enrolment, s.id, s.name, m.valid_to IS NULL FROM section_membership m
  JOIN section s ON s.id = m.section AND s.deleted_at IS NULL WHERE m.deleted_at IS NULL";
const SECTIONS_ORDER: &str = " ORDER BY m.enrolment, m.valid_to IS NULL, m.valid_from";
const PAPERS: &str = "SELECT d.student, d.kind FROM student_document d
  WHERE d.deleted_at IS NULL AND d.state = 'missing'";

fn id(row: &Row<'_>, at: usize) -> rusqlite::Result<Uuid> {
    Ok(Uuid::from_bytes(row.get(at)?))
}

fn text(row: &Row<'_>, at: usize) -> rusqlite::Result<String> {
    Ok(row.get::<_, Option<String>>(at)?.unwrap_or_default())
}

pub(super) fn years(store: &Store) -> Result<Vec<Year>> {
    let sql = "SELECT id, label, status, start_date FROM school_year WHERE deleted_at IS NULL ORDER BY start_date DESC";
    let mut statement = store.conn().prepare_cached(sql)?;
    let found = statement.query_map([], |row| {
        Ok(Year { id: id(row, 0)?, label: text(row, 1)?, status: text(row, 2)?, start: row.get(3)? })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Runs `sql`, narrowed by `condition` to one learner where one is named.
fn each(
    store: &Store,
    sql: &str,
    (condition, order): (&str, &str),
    one: Option<Uuid>,
    mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> Result<()> {
    let asked = if one.is_some() { format!("{sql} AND {condition}{order}") } else { format!("{sql}{order}") };
    let mut statement = store.conn().prepare_cached(&asked)?;
    let mut rows = match &one {
        Some(id) => statement.query([id.as_bytes()])?,
        None => statement.query([])?,
    };
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

/// The entries of all learners, or of one (none if it is deleted).
pub(super) fn entries(store: &Store, years: &[Year], one: Option<Uuid>) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    each(store, LEARNERS, ("t.id = ?1", ""), one, |row| {
        let told = Told {
            last: text(row, 1)?,
            first: text(row, 2)?,
            middle: text(row, 3)?,
            ext: text(row, 4)?,
            lrn: text(row, 5)?,
            student_no: text(row, 6)?,
            sex: text(row, 7)?,
            birth_date: row.get(8)?,
            barangay: text(row, 9)?,
            municipality: text(row, 10)?,
            phone: text(row, 11)?,
        };
        entries.push(Entry::new(id(row, 0)?, told));
        Ok(())
    })?;
    let at: HashMap<Uuid, usize> = entries.iter().enumerate().map(|(at, entry)| (entry.id, at)).collect();
    each(store, GUARDIANS, ("l.student = ?1", GUARDIANS_ORDER), one, |row| {
        if let Some(at) = at.get(&id(row, 0)?) {
            let name = format!("{} {}", text(row, 2)?, text(row, 1)?);
            let phone: Option<String> = row.get(4)?;
            entries[*at].add_guardian(name.trim(), &text(row, 3)?, phone.as_deref());
        }
        Ok(())
    })?;
    let mut sections: HashMap<Uuid, ((Uuid, String), bool)> = HashMap::new();
    let of_learner = "m.enrolment IN (SELECT id FROM enrolment WHERE student = ?1)";
    each(store, SECTIONS, (of_learner, SECTIONS_ORDER), one, |row| {
        sections.insert(id(row, 0)?, ((id(row, 1)?, text(row, 2)?), row.get(3)?));
        Ok(())
    })?;
    each(store, PLACES, ("e.student = ?1", ""), one, |row| {
        let year = id(row, 1)?;
        let year = years.iter().position(|known| known.id == year);
        if let (Some(at), Some(year)) = (at.get(&id(row, 0)?), year) {
            let (section, seated) = sections.remove(&id(row, 4)?).unzip();
            entries[*at].places.push(Place {
                year,
                grade: text(row, 2)?,
                status: text(row, 3)?,
                section,
                seated: seated.unwrap_or(false),
                effective: row.get(5)?,
            });
        }
        Ok(())
    })?;
    each(store, PAPERS, ("d.student = ?1", ""), one, |row| {
        if let Some(at) = at.get(&id(row, 0)?) {
            entries[*at].missing.push(text(row, 1)?);
        }
        Ok(())
    })?;
    for entry in &mut entries {
        entry.places.sort_by_key(|place| place.year);
        entry.missing.sort();
    }
    Ok(entries)
}

/// The learners that a changed row is about, deleted rows included: their entries lose it.
pub(super) fn learners_of(store: &Store, entity: &str, row: Uuid) -> Result<Vec<Uuid>> {
    let sql = match entity {
        "student" => return Ok(vec![row]),
        "student_guardian" => "SELECT student FROM student_guardian WHERE id = ?1",
        "student_document" => "SELECT student FROM student_document WHERE id = ?1",
        "guardian" => "SELECT student FROM student_guardian WHERE guardian = ?1",
        "enrolment" => "SELECT student FROM enrolment WHERE id = ?1",
        "section_membership" => {
            "SELECT e.student FROM section_membership m JOIN enrolment e ON e.id = m.enrolment WHERE m.id = ?1"
        }
        _ => return Ok(Vec::new()),
    };
    let mut statement = store.conn().prepare_cached(sql)?;
    let found = statement.query_map([row.as_bytes()], |row| id(row, 0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}
