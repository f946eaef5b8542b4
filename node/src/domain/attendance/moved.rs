//! Marks of learners who changed sections "from an earlier day on".
//!
//! Invariants: a mark is of a learner and a day and stays with the class where it was made, so no move takes one out of sight. Such a
//! day counts where the learner was marked, and there alone: in the class where he sits since then only if he is marked there too.
//! Of who left the school nothing counts after that; his own page shows it.

use super::sheets;
use crate::Result;
use crate::domain::enrolment::record::SUPERSEDED;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A learner who was marked in a class that he is not in any more on that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stray {
    /// Who was marked.
    pub student: Uuid,
    /// Where he sits on that day, as it is known now.
    pub home: Uuid,
}

/// The marks of one learner on a day, without those that say present: session and code.
pub(crate) type DayMarks = Vec<(String, String)>;

/// The section that a learner is in on a day.
pub(crate) fn home(conn: &Connection, student: Uuid, date: i32) -> Result<Option<Uuid>> {
    Ok(seat(conn, student, date)?.map(|(section, _)| section))
}

/// The section that a learner is in on a day, and the first day of that stay. Of two years the later one: stays of a year that is
/// over often have no last day.
pub(crate) fn seat(conn: &Connection, student: Uuid, date: i32) -> Result<Option<(Uuid, i32)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT m.section, m.valid_from FROM enrolment e JOIN section_membership m ON m.enrolment = e.id
         WHERE e.student = ?1 AND e.deleted_at IS NULL AND e.status <> 'cancelled' AND m.deleted_at IS NULL
           AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2)
           AND coalesce({SUPERSEDED}, ?2 + 1) > ?2 ORDER BY m.valid_from DESC LIMIT 1"
    ))?;
    let read = |row: &rusqlite::Row<'_>| Ok((Uuid::from_bytes(row.get(0)?), row.get(1)?));
    Ok(statement.query_row((student.as_bytes(), date), read).optional()?)
}

/// A learner's marks of these days, by day and section.
pub(crate) fn marks(
    conn: &Connection,
    student: Uuid,
    dates: std::ops::Range<i32>,
) -> Result<BTreeMap<i32, BTreeMap<Uuid, DayMarks>>> {
    let mut statement = conn.prepare_cached(
        "SELECT a.on_date, a.section, a.session, k.code
         FROM attendance_mark k JOIN attendance_sheet a ON a.id = k.sheet AND a.deleted_at IS NULL
         WHERE k.student = ?1 AND k.deleted_at IS NULL AND k.code <> 'P' AND a.on_date >= ?2 AND a.on_date < ?3",
    )?;
    let mut found: BTreeMap<i32, BTreeMap<Uuid, DayMarks>> = BTreeMap::new();
    let mut rows = statement.query((student.as_bytes(), dates.start, dates.end))?;
    while let Some(row) = rows.next()? {
        let of_day = found.entry(row.get(0)?).or_default();
        of_day.entry(Uuid::from_bytes(row.get(1)?)).or_default().push((row.get(2)?, row.get(3)?));
    }
    Ok(found)
}

/// The days on which a learner of `section` was marked in another class and not in this one, each with that class.
pub(crate) fn elsewhere(
    conn: &Connection,
    student: Uuid,
    section: Uuid,
    dates: std::ops::Range<i32>,
) -> Result<BTreeMap<i32, (Uuid, DayMarks)>> {
    let mut found = marks(conn, student, dates)?;
    found.retain(|_, of_day| !of_day.contains_key(&section));
    Ok(found.into_iter().filter_map(|(date, mut of_day)| of_day.pop_first().map(|one| (date, one))).collect())
}

/// Those of who was marked in a class on a day whom it counts although they are in another one by now.
pub(crate) fn strays(
    conn: &Connection,
    section: Uuid,
    date: i32,
    marked: impl Iterator<Item = Uuid>,
) -> Result<Vec<Stray>> {
    let mut found = Vec::new();
    for student in marked {
        let Some(home) = home(conn, student, date)?.filter(|home| *home != section) else { continue };
        let there = marks(conn, student, date..date + 1)?;
        if !there.get(&date).is_some_and(|of_day| of_day.contains_key(&home)) {
            found.push(Stray { student, home });
        }
    }
    found.sort_by_key(|stray| stray.student);
    Ok(found)
}

/// One code for a day's marks, as the class shows it: `A`, `E`, `AM`, `PM`, `L` or `C`.
pub(crate) fn code(marks: &[(String, String)]) -> String {
    let halves = sheets::absent_halves(marks.iter().map(|(session, code)| (session.as_str(), code.as_str())));
    let absence = marks.iter().find(|(_, code)| sheets::is_absent(code));
    match (halves, absence, marks.first()) {
        (2, Some((_, code)), _) => code.clone(),
        (1, Some((session, _)), _) => session.to_uppercase(),
        (_, _, Some((_, code))) => code.clone(),
        _ => "P".to_owned(),
    }
}
