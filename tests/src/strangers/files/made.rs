//! Lists and rosters from nothing: right for the most part, so that what is wrong about them is reached.

use super::nasty;
use crate::sim::Rng;
use std::fmt::Write as _;

const LAST: &[&str] = &["Cruz", "Reyes", "Santos", "Pe\u{f1}a", "Dela Cruz", "Uy", "Delos Santos"];
const FIRST: &[&str] = &["Ana", "Ben", "Ma. Clara", "Jose", "Cel", "Juan Miguel"];
/// Kinds of lists, with columns that they may have.
const LISTS: &[(&str, &[&str])] = &[
    (
        "student",
        &[
            "last_name",
            "First name",
            "Middle name",
            "name_ext",
            "LRN",
            "Sex",
            "Birthday",
            "Mobile no.",
            "E-mail",
            "student_no",
            "barangay",
            "remarks",
            "id",
            "Favourite colour",
        ],
    ),
    ("staff", &["Surname", "Given name", "employee_no", "position", "email", "sex"]),
    ("guardian", &["last_name", "first_name", "phone", "email", "occupation"]),
    ("school_user", &["name", "email", "role", "verifier", "disabled"]),
    ("school_year", &["label", "start_date", "end_date", "status"]),
    ("section", &["school_year", "grade_level", "name", "adviser", "room", "capacity"]),
    ("enrolment", &["student", "school_year", "grade_level", "status"]),
];

/// A list of records, and what they are.
pub(super) fn list(rng: &mut Rng) -> (String, &'static str) {
    let (entity, all) = LISTS[rng.below(LISTS.len())];
    let mut columns: Vec<&str> = all.iter().copied().filter(|_| rng.chance(85)).collect();
    if rng.chance(20) {
        columns.reverse();
    }
    let delimiter = [",", ",", ";", "\t"][rng.below(4)];
    let end = ["\n", "\r\n", "\r"][rng.below(3)];
    let mut text = String::new();
    if rng.chance(10) {
        text.push('\u{feff}');
    }
    if rng.chance(10) {
        let _ = write!(text, "sep={delimiter}{end}");
    }
    for _ in 0..rng.below(8).saturating_sub(5) {
        let _ = write!(text, "Mabini NHS{end}");
    }
    let _ = write!(text, "{}{end}", columns.join(delimiter));
    for _ in 0..rng.below(30) {
        let mut cell = |column: &&str| {
            let text = value(rng, entity, column);
            quoted(rng, &text)
        };
        let cells: Vec<String> = columns.iter().map(&mut cell).collect();
        let _ = write!(text, "{}{end}", cells.join(delimiter));
    }
    (text, entity)
}

/// A cell, in quotation marks where it must be and sometimes where not.
fn quoted(rng: &mut Rng, text: &str) -> String {
    let must = text.contains([',', ';', '\t', '"', '\n', '\r']) && !rng.chance(3);
    if must || rng.chance(5) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn pick(rng: &mut Rng, from: &[&str]) -> String {
    rng.pick(from).copied().unwrap_or_default().to_owned()
}

/// What a column usually has.
fn value(rng: &mut Rng, entity: &str, column: &str) -> String {
    if rng.chance(6) {
        return nasty::text(rng);
    }
    match column.to_lowercase().as_str() {
        "last_name" | "surname" => pick(rng, LAST),
        "first name" | "first_name" | "given name" | "middle name" => pick(rng, FIRST),
        "name_ext" => pick(rng, &["", "", "JR", "III"]),
        "lrn" => format!("1367281400{:02}", rng.below(40)),
        "sex" => pick(rng, &["M", "F", "male", "Babae", ""]),
        "birthday" => format!("{}-{:02}-{:02}", 2008 + rng.below(8), 1 + rng.below(12), 1 + rng.below(28)),
        "start_date" => format!("{}-06-08", 2024 + rng.below(4)),
        "end_date" => format!("{}-03-31", 2025 + rng.below(4)),
        "mobile no." | "phone" => format!("0917{:07}", rng.below(50)),
        "e-mail" | "email" => format!("a{}@x.example", rng.below(20)),
        "student_no" | "employee_no" => format!("N-{}", rng.below(30)),
        "student" => format!("1367281400{:02}", rng.below(40)),
        "adviser" => format!("N-{}", rng.below(30)),
        "name" if entity == "section" => pick(rng, &["Rizal", "Luna", "RIZAL", "Mabini"]),
        "name" => format!("{} {}", pick(rng, FIRST), pick(rng, LAST)),
        "role" => pick(rng, &["teacher", "registrar", "viewer"]),
        "status" if entity == "school_year" => "open".into(),
        "status" => pick(rng, &["enrolled", "pre_registered", "dropped"]),
        "label" | "school_year" => pick(rng, &["2026-2027", "2025-2026"]),
        "grade_level" => pick(rng, &["7", "8", "Grade 7", "K"]),
        "capacity" => rng.below(60).to_string(),
        "disabled" => pick(rng, &["", "true", "false"]),
        "position" | "occupation" | "room" | "barangay" => pick(rng, &["", "Teacher I", "Room 2", "San Isidro"]),
        _ => String::new(),
    }
}

type Rows = Vec<Vec<String>>;

fn owned(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// A table as text, with a bad cell here and there.
fn table(rng: &mut Rng, header: &str, rows: Rows) -> Vec<u8> {
    let mut text = format!("{header}\n");
    for row in rows {
        let mut cells = Vec::new();
        for usual in row {
            let cell = if rng.chance(3) { nasty::text(rng) } else { usual };
            cells.push(quoted(rng, &cell));
        }
        let _ = writeln!(text, "{}", cells.join(","));
    }
    text.into_bytes()
}

fn people(rng: &mut Rng, learners: usize) -> Rows {
    let mut rows = Rows::new();
    for at in 0..learners {
        let (id, lrn) = (format!("u{at}"), format!("4012000000{at:02}"));
        let (first, last) = (pick(rng, FIRST), pick(rng, LAST));
        rows.push(owned(&[&id, "", "org1", "student", &first, &last, &lrn, "07", "g1"]));
    }
    rows.push(owned(&["t1", "", "org1", "teacher", "Tess", "Luna", "T-1", "", ""]));
    rows.push(owned(&["g1", "", "org1", "guardian", "Gina", "Cruz", "", "", ""]));
    rows
}

fn seats(rng: &mut Rng, learners: usize) -> Rows {
    let days = [("2026-06-08", "2026-09-30"), ("2026-10-01", ""), ("", ""), ("2026-06-08", "2027-03-31")];
    let mut rows = Rows::new();
    for at in 0..learners + rng.below(4) {
        let (id, class, user) =
            (format!("e{at}"), format!("c{}", 1 + rng.below(3)), format!("u{}", rng.below(learners)));
        let (begin, end) = days[rng.below(days.len())];
        let status = pick(rng, &["", "", "", "tobedeleted"]);
        rows.push(owned(&[&id, &class, &user, "student", begin, end, &status]));
    }
    rows.push(owned(&["et", "c1", "t1", "teacher", "", "", ""]));
    rows
}

/// The files of a roster, by name.
pub(super) fn roster(rng: &mut Rng) -> Vec<(String, Vec<u8>)> {
    let learners = 1 + rng.below(8);
    let class = |id: &str, title: &str| owned(&[id, "", title, "07", "7R", "homeroom", "org1", "sy1", "Room 1"]);
    let titles = [["Rizal", "Luna"], ["Rizal", "Rizal"]][rng.below(2)];
    let tables = [
        (
            "orgs.csv",
            "sourcedId,status,name,type,identifier",
            vec![owned(&["org1", "", "Mabini NHS", "school", "301234"])],
        ),
        (
            "academicSessions.csv",
            "sourcedId,status,title,type,startDate,endDate,parentSourcedId",
            vec![
                owned(&["sy1", "", "SY 2026-2027", "schoolYear", "2026-06-08", "2027-03-31", ""]),
                owned(&["q1", "", "First", "gradingPeriod", "2026-06-08", "2026-08-14", "sy1"]),
            ],
        ),
        (
            "users.csv",
            "sourcedId,status,orgSourcedIds,role,givenName,familyName,identifier,grades,agentSourcedIds",
            people(rng, learners),
        ),
        (
            "classes.csv",
            "sourcedId,status,title,grades,classCode,classType,schoolSourcedId,termSourcedIds,location",
            vec![class("c1", titles[0]), class("c2", titles[1]), class("c3", "Math")],
        ),
        (
            "enrollments.csv",
            "sourcedId,classSourcedId,userSourcedId,role,beginDate,endDate,status",
            seats(rng, learners),
        ),
        (
            "demographics.csv",
            "sourcedId,birthDate,sex,cityOfBirth",
            vec![owned(&["u0", "2013-05-04", "male", "Lucena"])],
        ),
    ];
    let mut files = Vec::new();
    for (name, header, rows) in tables {
        files.push((name.to_owned(), table(rng, header, rows)));
    }
    if rng.chance(15) {
        let gone = rng.below(files.len());
        files.remove(gone);
    }
    files
}
