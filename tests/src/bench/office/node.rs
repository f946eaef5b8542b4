//! The office without a window, and below it SQLite by hand over the same file: what the screens' questions cost at the least.

use super::super::report::{Report, median};
use super::folder::Folder;
use super::{line, start};
use anyhow::{Context, Result};
use pems_node::app::Desk;
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

pub(super) fn measure(folder: &Folder, rounds: usize, report: &mut Report) -> Result<()> {
    let mut opened = Vec::new();
    for _ in 0..rounds {
        let began = Instant::now();
        let mut desk = Desk::new(folder.store()?);
        desk.answer(json!({ "do": "session.state" }))?;
        opened.push(began.elapsed());
    }
    line(report, "office alone: open the file, say who could sign in", &mut opened, "");
    cold(folder, rounds, report)?;
    let mut desk = signed_in(folder)?;
    let conn = plain(folder)?;
    let section: String = conn.query_row(BUSY_SECTION, [], |row| row.get(0))?;
    let day: String =
        conn.query_row("SELECT date(max(on_date) * 86400, 'unixepoch') FROM attendance_sheet", [], |row| row.get(0))?;
    let asked = [
        ("today", json!({ "do": "home.today" }), HOME),
        ("first page of learners", json!({ "do": "learners.find", "offset": 0, "limit": 300 }), FIRST_PAGE),
        (
            "learners by half a name",
            json!({ "do": "learners.find", "query": { "text": "delacruz ma" }, "offset": 0, "limit": 300 }),
            BY_NAME,
        ),
        ("attendance today, all sections", json!({ "do": "attendance.today", "date": day }), TODAY),
        (
            "attendance of a section",
            json!({ "do": "attendance.class", "section": section, "date": day, "session": "day" }),
            CLASS,
        ),
        (
            "month of a section (SF2's figures)",
            json!({ "do": "attendance.month", "section": section, "month": &day[..7] }),
            MONTH,
        ),
        (
            "SF2 of 45 learners, pages",
            json!({ "do": "forms.preview", "asked": { "form": "sf2", "section": section, "month": &day[..7] } }),
            MONTH,
        ),
    ];
    for (what, request, sql) in asked {
        compare(
            &mut desk,
            &conn,
            rounds,
            report,
            what,
            &request,
            &sql.replace("SECTION", &section.replace('-', "")).replace("DAY", &day),
        )?;
    }
    Ok(())
}

/// What the first questions after a restart of the PC cost, each on a desk of its own.
fn cold(folder: &Folder, rounds: usize, report: &mut Report) -> Result<()> {
    for (what, request) in [
        ("the list of learners", json!({ "do": "learners.find", "offset": 0, "limit": 200 })),
        ("today", json!({ "do": "home.today" })),
    ] {
        let mut times = Vec::new();
        for _ in 0..rounds {
            let mut desk = signed_in(folder)?;
            let cold = start::forget_files();
            let began = Instant::now();
            desk.answer(request.clone())?;
            if cold {
                times.push(began.elapsed());
            }
        }
        line(report, &format!("office alone: {what}, the first time, nothing in the file cache"), &mut times, "");
    }
    Ok(())
}

fn signed_in(folder: &Folder) -> Result<Desk> {
    let mut desk = Desk::new(folder.store()?);
    let state = desk.answer(json!({ "do": "session.state" }))?;
    let people = state["people"].as_array().context("people")?;
    let registrar = people.iter().find(|one| one["role"] == "registrar").context("a registrar")?;
    desk.answer(json!({ "do": "session.sign_in", "id": registrar["id"], "password": "" }))?;
    Ok(desk)
}

fn compare(
    desk: &mut Desk,
    conn: &Connection,
    rounds: usize,
    report: &mut Report,
    what: &str,
    request: &Json,
    sql: &str,
) -> Result<()> {
    let began = Instant::now();
    if let Err(error) = desk.answer(request.clone()) {
        report.line(&format!("office alone: {what}"), "-", &error.to_string());
        return Ok(());
    }
    report.line(&format!("office alone: {what}, the first time"), &super::show(began.elapsed()), "");
    let (mut ours, mut least) = (Vec::new(), Vec::new());
    for _ in 0..rounds * 4 {
        let began = Instant::now();
        desk.answer(request.clone())?;
        ours.push(began.elapsed());
        least.push(by_hand(conn, sql)?);
    }
    line(report, &format!("office alone: {what}"), &mut ours, "");
    report.ratio(&format!("  against one statement over the same file: {what}"), median(ours), median(least));
    Ok(())
}

/// Every value of every row is read, as a program that shows them has to.
fn by_hand(conn: &Connection, sql: &str) -> Result<Duration> {
    let began = Instant::now();
    let mut statement = conn.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut found = statement.query([])?;
    let mut bytes = 0;
    while let Some(row) = found.next()? {
        for i in 0..columns {
            bytes += row.get_ref(i)?.as_bytes_or_null().ok().flatten().map_or(8, <[u8]>::len);
        }
    }
    anyhow::ensure!(bytes > 0, "the statement finds something: {sql}");
    Ok(began.elapsed())
}

fn plain(folder: &Folder) -> Result<Connection> {
    let keys = std::fs::read_to_string(&folder.key_file)?;
    let conn = Connection::open(folder.data.join("records.db"))?;
    conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"; PRAGMA cache_size = -32000;", &keys[..64]))?;
    Ok(conn)
}

/// A section of the open year with a full class, as text.
const BUSY_SECTION: &str = "
    SELECT lower(substr(hex(s.id), 1, 8) || '-' || substr(hex(s.id), 9, 4) || '-' || substr(hex(s.id), 13, 4) || '-' || substr(hex(s.id), 17, 4) || '-' || substr(hex(s.id), 21))
    FROM section s JOIN school_year y ON y.id = s.school_year WHERE y.status = 'open'
    ORDER BY (SELECT count(*) FROM section_membership m WHERE m.section = s.id) DESC, s.search_key LIMIT 1";
const HOME: &str =
    "SELECT e.grade_level, t.sex, count(*) FROM enrolment e JOIN student t ON t.id = e.student JOIN school_year y ON y.id = e.school_year
    WHERE y.status = 'open' AND e.status IN ('enrolled', 'temporary') AND e.deleted_at IS NULL GROUP BY 1, 2";
const FIRST_PAGE: &str =
    "SELECT id, last_name, first_name, middle_name, name_ext, lrn, student_no, sex, birth_date FROM student
    WHERE deleted_at IS NULL ORDER BY search_key LIMIT 300";
const BY_NAME: &str =
    "SELECT id, last_name, first_name, middle_name, name_ext, lrn, student_no, sex, birth_date FROM student
    WHERE deleted_at IS NULL AND search_key LIKE '%MARIA%' AND search_key LIKE '%CRUZ%' ORDER BY search_key LIMIT 300";
const TODAY: &str =
    "SELECT s.id, s.name, s.grade_level, a.taken_at FROM section s JOIN school_year y ON y.id = s.school_year
    LEFT JOIN attendance_sheet a ON a.section = s.id AND a.on_date = unixepoch('DAY') / 86400 WHERE y.status = 'open'";
const CLASS: &str = "SELECT t.id, t.last_name, t.first_name, t.middle_name, t.sex, k.code FROM section_membership m
    JOIN enrolment e ON e.id = m.enrolment JOIN student t ON t.id = e.student
    LEFT JOIN attendance_sheet a ON a.section = m.section AND a.on_date = unixepoch('DAY') / 86400
    LEFT JOIN attendance_mark k ON k.sheet = a.id AND k.student = t.id WHERE m.section = x'SECTION'";
const MONTH: &str = "SELECT t.id, t.last_name, t.first_name, a.on_date, k.code FROM section_membership m
    JOIN enrolment e ON e.id = m.enrolment JOIN student t ON t.id = e.student
    JOIN attendance_sheet a ON a.section = m.section AND a.on_date BETWEEN unixepoch('DAY', 'start of month') / 86400 AND unixepoch('DAY') / 86400
    LEFT JOIN attendance_mark k ON k.sheet = a.id AND k.student = t.id WHERE m.section = x'SECTION'";
