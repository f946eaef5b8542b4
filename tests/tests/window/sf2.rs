//! School Form 2 of a month that was worked out by hand, from records that the office wrote, printed in the window.
//!
//! June 2026, classes from Monday 8. No class on Friday 12 (holiday) and Wednesday 24 (typhoon), so 8-11, 15-19, 22, 23, 25, 26, 29,
//! 30: 15 class days, of which the 30th was not taken: 14 count.
//!
//! | | in the section | marks | absent | tardy | present |
//! |---|---|---|---|---|---|
//! | Abad (M) | all 14 | | 0 | 0 | 14 |
//! | Basa (M) | all 14 | absent 9, 10; late 11 | 2 | 1 | 12 |
//! | Cruz (M), transferred out | until the 18th: 7 | absent 17 | 1 | 0 | 6 |
//! | Dizon (M), late enrolee | from the 15th: 10 | absent 16 | 1 | 0 | 9 |
//! | Ebon (F) | all 14 | absent 15-17, 19, excused 18 | 5 | 0 | 9 |
//! | Fajardo (F), dropped | until the 25th: 11 | absent 22, 23 | 2 | 0 | 9 |
//! | Gomez (F), transferred in | from the 22nd: 5 | cutting 23 | 0 | 1 | 5 |
//!
//! Daily attendance: male 14 + 12 + 6 + 9 = 41, female 9 + 9 + 5 = 23, total 64. By 14 days: 2.93, 1.64, 4.57. Registered on the
//! 30th: Abad, Basa, Dizon; Ebon, Gomez: 3, 2, 5. Attendance: 41/42 = 97.62 %, 23/28 = 82.14 %, 64/70 = 91.43 %. Enrolled on the
//! 12th: Abad, Basa, Cruz; Ebon, Fajardo: 3, 2, 5, so 100 % each.

use crate::office::Folder;
use crate::papers::{Sheet, filed, text};
use crate::{DESK, with_window};
use pems_node::app::Desk;
use pems_node::keys::KeySource;
use serde_json::{Value as Json, json};

struct June {
    _dir: tempfile::TempDir,
    folder: Folder,
    section: String,
}

/// Asks as the window does.
fn ask(desk: &mut Desk, request: Json) -> Json {
    let said = request.to_string();
    desk.answer(request).unwrap_or_else(|error| panic!("{said}: {error}"))
}

fn made(desk: &mut Desk, entity: &str, fields: Json) -> String {
    let saved = ask(desk, json!({ "do": "save", "entity": entity, "fields": fields }));
    saved["row"]["id"].as_str().expect("an id").to_owned()
}

fn june() -> June {
    let dir = tempfile::tempdir().expect("a folder");
    let (data, key) = (dir.path().join("office"), dir.path().join("key"));
    let office = pems_node::sample::empty(&data, KeySource::File(key.clone())).expect("an office");
    let desk = &mut Desk::new(office.store().expect("a store"));
    made(
        desk,
        "school_profile",
        json!({ "deped_school_id": "301234", "name": "Mabini National High School",
        "region": "V", "division": "Naga City", "district": "I", "head_name": "Maria Santos", "head_position": "Principal II" }),
    );
    let year = made(
        desk,
        "school_year",
        json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-04-08",
        "cutoff_date": "2026-06-12", "status": "open" }),
    );
    let adviser = made(desk, "staff", json!({ "last_name": "Cruz", "first_name": "Benigno" }));
    let fields = json!({ "grade_level": "7", "name": "Rizal", "capacity": 45, "adviser": adviser });
    let section = ask(desk, json!({ "do": "enrolment.section", "school_year": year, "fields": fields }));
    let section = section["id"].as_str().expect("an id").to_owned();
    ask(desk, json!({ "do": "attendance.add_holidays", "school_year": year }));
    ask(
        desk,
        json!({ "do": "attendance.set_days", "school_year": year, "setting": { "from": "2026-06-24", "to": "2026-06-24",
        "kind": "suspension", "scope": "school", "reason": "Typhoon" } }),
    );
    let mut ids = std::collections::HashMap::new();
    for (last, sex, from, from_school) in [
        ("Abad", "M", 8, None),
        ("Basa", "M", 8, None),
        ("Cruz", "M", 8, None),
        ("Dizon", "M", 15, None),
        ("Ebon", "F", 8, None),
        ("Fajardo", "F", 8, None),
        ("Gomez", "F", 22, Some("Peñafrancia NHS")),
    ] {
        let enrol = json!({ "learner": { "last_name": last, "first_name": "Ana", "sex": sex }, "school_year": year,
            "grade_level": "7", "kind": if from_school.is_some() { "transferee" } else { "new" }, "from_school": from_school,
            "section": section, "on_date": format!("2026-06-{from:02}") });
        let done = ask(desk, json!({ "do": "enrolment.enrol", "enrol": enrol }));
        ids.insert(last, (done["student"].clone(), done["enrolment"].clone()));
    }
    let marks: [(u32, &[(&str, &str)]); 14] = [
        (8, &[]),
        (9, &[("Basa", "A")]),
        (10, &[("Basa", "A")]),
        (11, &[("Basa", "L")]),
        (15, &[("Ebon", "A")]),
        (16, &[("Ebon", "A"), ("Dizon", "A")]),
        (17, &[("Ebon", "A"), ("Cruz", "A")]),
        (18, &[("Ebon", "E")]),
        (19, &[("Ebon", "A")]),
        (22, &[("Fajardo", "A")]),
        (23, &[("Fajardo", "A"), ("Gomez", "C")]),
        (25, &[]),
        (26, &[]),
        (29, &[]),
    ];
    ask(
        desk,
        json!({ "do": "enrolment.transfer_out", "enrolment": ids["Cruz"].1, "to_school": "Rizal High School", "on_date": "2026-06-18" }),
    );
    ask(
        desk,
        json!({ "do": "enrolment.drop", "enrolment": ids["Fajardo"].1, "reason_code": "b.1", "on_date": "2026-06-25" }),
    );
    for (day, marks) in marks {
        let marks: Vec<Json> =
            marks.iter().map(|(last, code)| json!({ "student": ids[last].0, "code": code })).collect();
        ask(
            desk,
            json!({ "do": "attendance.take", "section": section, "date": format!("2026-06-{day:02}"), "session": "day", "marks": marks }),
        );
    }
    June { folder: Folder::of(&data, &key), _dir: dir, section }
}

/// Lines of the summary: male, female, total.
const SUMMARY: [(&str, [&str; 3]); 10] = [
    ("Enrolment as of", ["3", "2", "5"]),
    ("Late enrol", ["1", "0", "1"]),
    ("Registered", ["3", "2", "5"]),
    ("Percentage of Enrol", ["100.00%", "100.00%", "100.00%"]),
    ("Average Daily", ["2.93", "1.64", "4.57"]),
    ("Percentage of Attend", ["97.62%", "82.14%", "91.43%"]),
    ("5 consecutive", ["0", "1", "1"]),
    ("NLS", ["0", "1", "1"]),
    ("Transferred out", ["1", "0", "1"]),
    ("Transferred in", ["0", "1", "1"]),
];

#[tokio::test]
async fn school_form_2_of_a_month_worked_out_by_hand_is_printed_and_filed_as_a_workbook() {
    let june = june();
    with_window(&june.folder, false, DESK, |window| {
        let june = &june;
        async move {
            window.until("document.querySelector('.frame')").await;
            window.run("location.hash = '#/forms'; return null").await;
            window.until("document.querySelector('main ul li')").await;
            window.is_accessible().await;
            window.picture("forms").await;
            window.run(&format!("location.hash = '#/forms/sf2/{}/2026-06'; return null", june.section)).await;
            window.until("document.querySelector('.paper svg')").await;
            window.is_accessible().await;
            window.picture("sf2-preview").await;
            window.keys("\u{e009}p\u{e000}").await;
            window.until("document.querySelector('.banner.good code')?.innerText.endsWith('.pdf')").await;
            window.picture("sf2-filed").await;
            let excel = "[...document.querySelectorAll('main button')].find((one) => one.innerText.trim() === 'Excel')";
            window.run(&format!("{excel}.click(); return null")).await;
            window.until("document.querySelector('.banner.good code')?.innerText.endsWith('.xlsx')").await;
            on_paper(&text(&filed(window.home(), "pdf")).join("\n"));
            in_the_workbook(&Sheet::read(&filed(window.home(), "xlsx")));
        }
    })
    .await;
}

fn on_paper(text: &str) {
    for said in [
        "Mabini National High School",
        "301234",
        "2026-2027",
        "June 2026",
        "ABAD, ANA",
        "GOMEZ, ANA",
        "T/O 06/18/2026 Rizal High School",
        "T/I 06/22/2026 Peñafrancia NHS",
        "NLS 06/25/2026 b.1",
        "LE 06/15/2026",
        "No. of Days of Classes: 14",
        "BENIGNO CRUZ",
        "MARIA SANTOS",
    ] {
        assert!(text.contains(said), "{said} is not on the paper:\n{text}");
    }
    for (label, figures) in
        SUMMARY.iter().filter(|(label, _)| label.starts_with("Average") || label.contains("of Attend"))
    {
        for figure in figures {
            assert!(text.contains(figure), "{label}: {figure} is not on the paper:\n{text}");
        }
    }
}

fn in_the_workbook(sheet: &Sheet) {
    let cells = |row: u32, columns: &[&str]| {
        columns.iter().map(|column| sheet.cell(&format!("{column}{row}"))).collect::<Vec<_>>()
    };
    assert_eq!(sheet.cell("C6"), "301234");
    assert_eq!(sheet.cell("K6"), "2026-2027");
    assert_eq!(sheet.cell("X6"), "June 2026");
    assert_eq!((sheet.cell("X8"), sheet.cell("AC8")), ("Grade 7".into(), "Rizal".into()));
    let day = |date: &str| {
        let columns = (3..28).map(|at| {
            if at < 26 { char::from(b'A' + at).to_string() } else { format!("A{}", char::from(b'A' + at - 26)) }
        });
        let mut found = columns.filter(|column| sheet.cell(&format!("{column}11")) == date);
        found.next().unwrap_or_else(|| panic!("no column is the {date}th"))
    };
    for (name, absent, tardy) in [
        ("ABAD, ANA", "0", "0"),
        ("BASA, ANA", "2", "1"),
        ("CRUZ, ANA", "1", "0"),
        ("DIZON, ANA", "1", "0"),
        ("EBON, ANA", "5", "0"),
        ("FAJARDO, ANA", "2", "0"),
        ("GOMEZ, ANA", "0", "1"),
    ] {
        assert_eq!(cells(sheet.row_of("B", name), &["AC", "AD"]), [absent, tardy], "{name}");
    }
    let (basa, ebon) = (sheet.row_of("B", "BASA, ANA"), sheet.row_of("B", "EBON, ANA"));
    assert_eq!(cells(basa, &[&day("8"), &day("9"), &day("10"), &day("11")]), ["", "x", "x", "\u{25e4}"]);
    assert_eq!(cells(ebon, &[&day("18"), &day("19"), &day("22")]), ["x", "x", ""]);
    // Present on a day: males, females, both. Not taken is empty, not nought.
    let totals = |date: &str| [34, 60, 61].map(|row| sheet.cell(&format!("{}{row}", day(date))));
    assert_eq!(totals("8"), ["3", "2", "5"]);
    assert_eq!(totals("16"), ["3", "1", "4"], "Dizon and Ebon away");
    assert_eq!(totals("23"), ["3", "2", "5"], "Cruz left, Fajardo away, Gomez there");
    assert_eq!(totals("30"), ["", "", ""]);
    let lines: Vec<[String; 4]> = (65..=83)
        .step_by(2)
        .map(|row| ["AB", "AH", "AI", "AJ"].map(|column| sheet.cell(&format!("{column}{row}"))))
        .collect();
    for ((label, figures), line) in SUMMARY.iter().zip(&lines) {
        assert!(line[0].to_lowercase().contains(&label.to_lowercase()), "{label}: {line:?}");
        assert_eq!(&line[1..], figures, "{label}");
    }
}
