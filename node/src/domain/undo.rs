//! Taking back what was done: what the rules of schools would not let somebody write now, taking back does not write either.

use super::attendance::signing;
use crate::store::Undone;
use crate::{NodeError, Result, Store};
use pems_model::Code;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

/// Takes an act back, as Ctrl+Z does, whoever asks.
///
/// # Errors
/// As [`Store::undo`]; `rule` where a signed month or a closed school year would change.
pub(crate) fn take_back(store: &mut Store, act: Uuid) -> Result<Undone> {
    store.undo_if(act, |conn| still_may(conn, act))
}

/// What the screens refuse to write, undoing does not write either: attendance of a month whose SF2 was signed since, enrolments
/// of a school year that was closed since, a learner in two sections.
fn still_may(conn: &Connection, act: Uuid) -> Result<()> {
    check_no_signature(conn, act)?;
    check_unsigned(conn, act)?;
    check_years(conn, act)?;
    check_stays(conn, act)
}

/// A signature is taken back by opening the month again, by who may and with the reason.
fn check_no_signature(conn: &Connection, act: Uuid) -> Result<()> {
    let sql = "SELECT EXISTS (SELECT 1 FROM op WHERE act = ?1 AND entity = 'sf2_report')";
    if !conn.prepare_cached(sql)?.query_row([act.as_bytes()], |row| row.get(0))? {
        return Ok(());
    }
    let message = "the signing of a month is not taken back like other work; the school head or an administrator opens the month \
        again in Attendance, Month";
    Err(NodeError::new(Code::Rule, message))
}

fn check_unsigned(conn: &Connection, act: Uuid) -> Result<()> {
    let sql = "SELECT s.section, s.on_date FROM op o JOIN attendance_sheet s ON s.id = o.row_id
               WHERE o.act = ?1 AND o.entity = 'attendance_sheet'
               UNION SELECT s.section, s.on_date FROM op o JOIN attendance_mark m ON m.id = o.row_id
               JOIN attendance_sheet s ON s.id = m.sheet WHERE o.act = ?1 AND o.entity = 'attendance_mark'";
    let mut statement = conn.prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| Ok((Uuid::from_bytes(row.get(0)?), row.get(1)?));
    let days: Vec<(Uuid, i32)> = statement.query_map([act.as_bytes()], read)?.collect::<rusqlite::Result<_>>()?;
    for (section, date) in days {
        signing::check(conn, section, date)?;
    }
    Ok(())
}

/// Years that were closed before the act do not count: whoever promotes out of a closed year can take that back.
fn check_years(conn: &Connection, act: Uuid) -> Result<()> {
    let sql = "SELECT y.label FROM enrolment e JOIN school_year y ON y.id = e.school_year
               WHERE y.status = 'closed' AND e.id IN (
                   SELECT row_id FROM op WHERE act = ?1 AND entity = 'enrolment'
                   UNION SELECT v.enrolment FROM op o JOIN enrolment_event v ON v.id = o.row_id
                       WHERE o.act = ?1 AND o.entity = 'enrolment_event'
                   UNION SELECT m.enrolment FROM op o JOIN section_membership m ON m.id = o.row_id
                       WHERE o.act = ?1 AND o.entity = 'section_membership')
               AND (EXISTS (SELECT 1 FROM op o WHERE o.row_id = y.id AND o.entity = 'school_year'
                       AND json_extract(o.fields, '$.status') = 'closed'
                       AND o.op_no > (SELECT max(op_no) FROM op WHERE act = ?1))
                   OR EXISTS (SELECT 1 FROM arrival a WHERE a.row_id = y.id
                       AND json_extract(a.changes, '$.status[1]') = 'closed'
                       AND a.at >= (SELECT max(at) FROM op WHERE act = ?1)))
               LIMIT 1";
    let closed: Option<String> = conn.prepare_cached(sql)?.query_row([act.as_bytes()], |row| row.get(0)).optional()?;
    match closed {
        None => Ok(()),
        Some(label) => {
            let message = format!("school year {label} was closed since; open it again to take this back");
            Err(NodeError::new(Code::Rule, message))
        }
    }
}

fn check_stays(conn: &Connection, act: Uuid) -> Result<()> {
    let sql = "SELECT EXISTS (
                   SELECT 1 FROM op o JOIN section_membership a ON a.id = o.row_id
                   JOIN section_membership b ON b.enrolment = a.enrolment AND b.id <> a.id
                   WHERE o.act = ?1 AND o.entity = 'section_membership'
                       AND a.deleted_at IS NULL AND b.deleted_at IS NULL
                       AND (b.valid_to IS NULL OR a.valid_from < b.valid_to)
                       AND (a.valid_to IS NULL OR b.valid_from < a.valid_to))";
    if conn.prepare_cached(sql)?.query_row([act.as_bytes()], |row| row.get(0))? {
        let message = "the learner was put into another section since and would be in two; change the section instead";
        return Err(NodeError::new(Code::Conflict, message));
    }
    Ok(())
}
