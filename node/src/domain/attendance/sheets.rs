//! Sheets and marks as they are kept. A sheet's id follows from its section, day and session, so it is found without a search
//! among the school's hundreds of thousands.

use crate::Result;
use crate::store::Records;
use pems_model::entities::ATTENDANCE_SHEET;
use pems_model::{Row, Value, natural};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

/// Attendance is taken once for the day or, where the school counts half days, for the morning and the afternoon.
pub(crate) const SESSIONS: [&str; 3] = ["day", "am", "pm"];

/// Attendance that was taken: an `attendance_sheet`.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    /// Follows from section, day and session ([`id_of`]).
    pub id: Uuid,
    /// The user; none for a PC at which nobody was signed in.
    pub taken_by: Option<Uuid>,
    /// Microseconds since 1970 UTC.
    pub taken_at: Option<i64>,
    /// Why it was corrected on a later day, the last time.
    pub correction: Option<String>,
}

/// A learner's mark on a sheet: an `attendance_mark`.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// Of the mark; on the sheet there is one for each learner at most.
    pub id: Uuid,
    /// The learner.
    pub student: Uuid,
    /// `P` where a mark was taken back.
    pub code: String,
    /// What the taker added.
    pub note: Option<String>,
}

/// The id that the sheet of a day has at every PC, whether it was taken yet or not. `date` in days since 1970-01-01.
pub(crate) fn id_of(records: &impl Records, section: Uuid, date: i32, session: &str) -> Option<Uuid> {
    let mut probe = Row::empty(&ATTENDANCE_SHEET, Uuid::nil());
    let values =
        [("section", Value::Id(section)), ("on_date", Value::Date(date)), ("session", Value::Text(session.to_owned()))];
    for (name, value) in values {
        probe.values[ATTENDANCE_SHEET.field_index(name)?] = value;
    }
    natural::derived_id(&ATTENDANCE_SHEET, records.tenant(), &probe)
}

/// The sheet of a session, if it was taken.
pub(crate) fn find(records: &impl Records, section: Uuid, date: i32, session: &str) -> Result<Option<Sheet>> {
    let Some(id) = id_of(records, section, date, session) else { return Ok(None) };
    let mut statement = records.conn().prepare_cached(
        "SELECT taken_by, taken_at, correction FROM attendance_sheet WHERE id = ?1 AND deleted_at IS NULL",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        let taken_by = row.get::<_, Option<[u8; 16]>>(0)?.map(Uuid::from_bytes);
        Ok(Sheet { id, taken_by, taken_at: row.get(1)?, correction: row.get(2)? })
    };
    Ok(statement.query_row([id.as_bytes()], read).optional()?)
}

/// The sheets of a day, each with its session.
pub(crate) fn of_day(records: &impl Records, section: Uuid, date: i32) -> Result<Vec<(&'static str, Sheet)>> {
    let mut found = Vec::new();
    for session in SESSIONS {
        found.extend(find(records, section, date, session)?.map(|sheet| (session, sheet)));
    }
    Ok(found)
}

/// The session that is still to be taken of a day of which these were; none where the day is whole. One half says nothing of the
/// other where the school takes both.
pub(crate) fn untaken(half_days: bool, sheets: &[(&'static str, Sheet)]) -> Option<&'static str> {
    let has = |session: &str| sheets.iter().any(|(taken, _)| *taken == session);
    match (has("day"), has("am"), has("pm")) {
        (true, ..) | (_, true, true) => None,
        (_, false, false) => Some("day"),
        _ if !half_days => None,
        (_, true, _) => Some("pm"),
        (_, _, true) => Some("am"),
    }
}

/// The marks of a sheet, also those taken back.
pub(crate) fn marks(conn: &Connection, sheet: Uuid) -> Result<Vec<Mark>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, student, code, note FROM attendance_mark WHERE sheet = ?1 AND deleted_at IS NULL",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Mark {
            id: Uuid::from_bytes(row.get(0)?),
            student: Uuid::from_bytes(row.get(1)?),
            code: row.get(2)?,
            note: row.get(3)?,
        })
    };
    Ok(statement.query_map([sheet.as_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Half of a day that was taken as a whole, and the code of who was absent for it.
pub(crate) const HALVES: [(&str, &str); 2] = [("am", "AM"), ("pm", "PM")];

/// The marks of a class as they are taken: where the school takes whole days (`halves`), half an absence is a mark of the day too.
/// It is kept on a sheet of that half, as everything that counts half days expects it.
pub(crate) fn taken(
    records: &impl Records,
    section: Uuid,
    date: i32,
    session: &str,
    halves: bool,
) -> Result<Vec<Mark>> {
    let Some(sheet) = find(records, section, date, session)? else { return Ok(Vec::new()) };
    let mut all = marks(records.conn(), sheet.id)?;
    if !halves {
        return Ok(all);
    }
    for (half, code) in HALVES {
        let Some(sheet) = find(records, section, date, half)? else { continue };
        for mark in marks(records.conn(), sheet.id)?.into_iter().filter(|mark| is_absent(&mark.code)) {
            match all.iter_mut().find(|known| known.student == mark.student) {
                Some(known) if known.code == "P" => code.clone_into(&mut known.code),
                Some(known) if HALVES.iter().any(|(_, other)| *other == known.code) => "A".clone_into(&mut known.code),
                Some(_) => {}
                None => all.push(Mark { code: code.to_owned(), ..mark }),
            }
        }
    }
    Ok(all)
}

/// Whether a code says that the learner was not there: `A`, or `E` with an excuse.
pub(crate) fn is_absent(code: &str) -> bool {
    matches!(code, "A" | "E")
}

/// A learner's mark in a session.
pub(crate) type Marked = (Uuid, &'static str, String);

/// Who was marked on a day that was taken as a whole. The present are not among them.
pub(crate) fn marked(records: &impl Records, section: Uuid, date: i32, half_days: bool) -> Result<Option<Vec<Marked>>> {
    let sheets = of_day(records, section, date)?;
    let mut all = Vec::new();
    for (session, sheet) in &sheets {
        let marks = marks(records.conn(), sheet.id)?;
        all.extend(marks.into_iter().filter(|m| m.code != "P").map(|m| (m.student, *session, m.code)));
    }
    Ok(untaken(half_days, &sheets).is_none().then_some(all))
}

/// Half days that these marks of one learner and day make absent.
pub(crate) fn absent_halves<'a>(marks: impl Iterator<Item = (&'a str, &'a str)>) -> u32 {
    let (mut am, mut pm) = (false, false);
    for (session, code) in marks {
        if is_absent(code) {
            am |= session != "pm";
            pm |= session != "am";
        }
    }
    u32::from(am) + u32::from(pm)
}
