//! Tables that failed once, each with the right answer; and likes of them. `samples/cases/` has the files.

use crate::cases_register::warned;
use crate::workbook::{Book, cell};
use crate::{Office, csv};
use pems_model::{Code, Role};
use pems_node::import::{Options, Report};
use pems_tests::strangers::files::equal;
use std::path::{Path, PathBuf};

pub(crate) fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/samples/cases").join(name)
}

fn skipping(entity: &str) -> Options {
    Options { skip_refused: true, ..csv(entity) }
}

/// The line of each refusal and what it says.
fn refusals(report: &Report) -> Vec<(u64, &str)> {
    report.refused.iter().map(|one| (one.row, one.message.as_str())).collect()
}

fn refusal_of(report: &Report, row: u64) -> &str {
    refusals(report).into_iter().find(|(at, _)| *at == row).map_or("", |(_, message)| message)
}

#[test]
fn c02_a_name_in_another_alphabet_is_refused_and_never_guessed() {
    let mut office = Office::new();
    for name in ["C02_macroman.csv", "C02_cp850.csv", "C02_latin1_euro.csv", "C02_utf16le.csv"] {
        let error = office.refused(&case(name), &csv("student"));
        assert_eq!(error.code, Code::BadFile, "{name}: {}", error.message);
        assert!(error.message.contains("CSV UTF-8"), "{name}: {}", error.message);
    }
    assert_eq!(office.import(&case("C02_s.csv"), &csv("student")).new, 1);
    assert_eq!(office.field("student", ("lrn", "401100000002"), "last_name"), "Peña");
    // Accented capitals and small letters as the old code pages of Mac and DOS have them, and typographic marks that are letters
    // there; then what can be nothing but Windows-1252.
    for other in [
        &b"P\xE7EZ"[..],
        b"MAR\xD6A",
        b"L\xE0PEZ",
        b"Mar\x92a",
        b"Jos\x8E",
        b"Rub\x92",
        b"\xE9rsula",
        b"MU\xA5OZ",
        b"Mu\xA4oz",
    ] {
        let file = [&b"last_name,first_name\n"[..], other, b",Ana\n"].concat();
        let path = office.file("other.csv", file);
        let error = office.refused(&path, &csv("student"));
        assert_eq!(error.code, Code::BadFile, "{other:?}: {}", error.message);
    }
    for (bytes, name) in [
        (&b"Ni\xF1o"[..], "Niño"),
        (b"PE\xF1A", "PEñA"),
        (b"MU\xD1OZ", "MUÑOZ"),
        (b"Jos\xE9 Mar\xEDa", "José María"),
        (b"MAR\xCDA", "MARÍA"),
        (b"\xDArsula", "Úrsula"),
        (b"Cruz \x96 Luna", "Cruz – Luna"),
    ] {
        let mut office = Office::new();
        let file = [&b"last_name,first_name\n"[..], bytes, b",Ana\n"].concat();
        office.csv("student", file);
        assert_eq!(office.field("student", ("first_name", "Ana"), "last_name"), name);
    }
}

#[test]
fn c03_what_stands_above_the_header_is_passed_over() {
    let mut office = Office::new();
    assert_eq!(office.import(&case("C03_s.csv"), &csv("student")).new, 1);
    assert_eq!(office.field("student", ("lrn", "401100000007"), "last_name"), "Cruz");
    let header = "last_name,first_name,lrn";
    let semicolons = "last_name;first_name;lrn\nCruz;Ana, Maria;401100000007\n";
    for (text, row) in [
        (format!("Mabini NHS\nClass list\n\n{header}\nCruz,Ana,4011000000\n"), 5),
        (format!("\"Mabini NHS, Quezon\",,\n{header}\nCruz,Ana,4011000000\n"), 3),
        (format!("sep=,\n{header}\nCruz,Ana,4011000000\n"), 3),
        (format!("\u{feff}sep=\t\r\n{}\r\nCruz\tAna\t4011000000\r\n", header.replace(',', "\t")), 3),
        (format!("\"sep=;\"\n{}\nCruz;Ana;4011000000\n", header.replace(',', ";")), 3),
        (format!("School: Mabini NHS; Grade: 7; Section: A\n{header}\nCruz,Ana,4011000000\n"), 3),
    ] {
        let report = office.csv("student", &text);
        assert_eq!(report.refused.first().map(|one| one.row), Some(row), "{text}: {report:?}");
    }
    let report = office.csv("student", format!("Teacher, Tess, Luna, 7, Rizal, x\n{semicolons}"));
    assert_eq!((report.unchanged + report.changed, &report.refused[..]), (1, &[][..]), "{report:?}");
    assert!(report.warnings.iter().any(|warning| warning.contains("line 1") && warning.contains("Tess")), "{report:?}");
}

#[test]
fn c06_line_breaks_inside_cells_and_marks_that_never_close() {
    let mut office = Office::new();
    assert_eq!(office.import(&case("C06_s.csv"), &csv("student")).new, 2);
    assert_eq!(office.field("student", ("lrn", "401100000010"), "remarks"), "line one line two");
    let error = office.refused(&case("C06_unclosed.csv"), &csv("student"));
    assert!(error.code == Code::BadFile && error.message.contains("line 2"), "{}", error.message);
    let header = "last_name,first_name,lrn,remarks\n";
    for (rows, line) in [
        ("Cruz,Ana,,x\nReyes,\"Ben,,y\nUy,Ed,,\n", 3),
        // Closed by the next mark, in the middle of a cell.
        ("Cruz,\"Ana,,x\nReyes,\"Ben\",,y\n", 2),
        ("Cruz,\"Ana,,x\nReyes,Ben,,\"ok\"\n", 2),
        // Closed by luck at the end of a cell: two rows in one cell.
        ("Cruz,\"Ana,,x\nReyes,Ben\",,y\n", 2),
        ("Cruz,Ana,,\"he said \"no\" to it\"\n", 2),
    ] {
        let path = office.file("open.csv", format!("{header}{rows}"));
        let error = office.refused(&path, &csv("student"));
        assert!(
            error.code == Code::BadFile && error.message.contains(&format!("line {line}")),
            "{rows}: {}",
            error.message
        );
    }
    let report = office
        .csv("student", format!("{header}Delos Santos,\"Robert \"\"Bobby\"\"\",,\"6\"\" tall\"\nLuna,5\" Tess,,\n"));
    assert_eq!(report.new, 2, "{report:?}");
    assert_eq!(office.field("student", ("last_name", "Luna"), "first_name"), "5\" Tess");
}

#[test]
fn c09_dates_are_read_where_they_mean_one_day() {
    let mut office = Office::new();
    let report = office.import(&case("C09_s.csv"), &skipping("student"));
    let born = |lrn: &str| office.field("student", ("lrn", lrn), "birth_date");
    assert_eq!([born("401100000020"), born("401100000021")], ["2012-02-29", "2012-02-09"]);
    assert_eq!([born("401100000024"), born("401100000025")], ["2012-02-29", "2012-02-29"]);
    for (row, says) in [(4, "two digits"), (5, "Excel"), (8, "2012-02-30"), (9, "future"), (10, "0012-02-28")] {
        assert!(refusal_of(&report, row).contains(says), "line {row}: {:?}", report.refused);
    }
    let dates = [
        ("2012/2/9", Ok("2012-02-09")),
        ("2012.02.09", Ok("2012-02-09")),
        ("9-Feb-2012", Ok("2012-02-09")),
        ("Thursday, February 9, 2012", Ok("2012-02-09")),
        ("Pebrero 9, 2012", Ok("2012-02-09")),
        ("2012-02-09 00:00:00", Ok("2012-02-09")),
        ("29/2/2012 12:00:00 AM", Ok("2012-02-29")),
        ("2012-02-30 noon", Err("2012-02-30")),
        ("2012-02-29 abc", Err("abc")),
        ("9/Feb/12", Err("two digits")),
        ("12.31.99", Err("two digits")),
        ("40968.5", Err("Excel")),
        ("Feb-12", Err("2010-12-31")),
        ("20120209", Err("2010-12-31")),
        ("2012/13/01", Err("2012/13/01")),
    ];
    for (at, (text, right)) in dates.into_iter().enumerate() {
        let report = office.csv("student", format!("last_name,first_name,birth_date\nD{at},Ana,\"{text}\"\n"));
        match right {
            Ok(day) => {
                assert_eq!(office.field("student", ("last_name", &format!("D{at}")), "birth_date"), day, "{text}")
            }
            Err(says) => assert!(refusal_of(&report, 2).contains(says), "{text}: {:?}", report.refused),
        }
    }
}

#[test]
fn c10_a_moment_in_another_zone_is_no_day_here() {
    let mut office = Office::new();
    let report = office.import(&case("C10_s.csv"), &skipping("student"));
    assert!(refusal_of(&report, 2).contains("UTC") && refusals(&report).len() == 1, "{:?}", report.refused);
    let born = |lrn: &str| office.field("student", ("lrn", lrn), "birth_date");
    assert_eq!([born("401100000030"), born("401100000031")], ["2012-03-01", "2012-02-29"]);
    for (at, (text, right)) in [
        ("2012-02-29T16:00:00+00:00", None),
        ("2012-02-29T15:59:59Z", Some("2012-02-29")),
        ("2012-03-01T00:00:00.000+0800", Some("2012-03-01")),
        ("2012-03-01T00:00:00-05:00", Some("2012-03-01")),
        ("2012-03-01T12:00:00-05:00", None),
        ("2012-02-29 18:30:00 UTC", None),
    ]
    .into_iter()
    .enumerate()
    {
        let report = office.csv("student", format!("last_name,first_name,birth_date\nD{at},Ana,{text}\n"));
        match right {
            Some(day) => {
                assert_eq!(office.field("student", ("last_name", &format!("D{at}")), "birth_date"), day, "{text}")
            }
            None => assert!(refusal_of(&report, 2).contains(text), "{text}: {:?}", report.refused),
        }
    }
}

#[test]
fn births_to_come_are_refused_by_every_importer() {
    let mut office = Office::new();
    let report = office.csv("student", "last_name,first_name,birth_date\nYap,Hal,2031-02-28\n");
    assert!(refusal_of(&report, 2).contains("future"), "{:?}", report.refused);
    let mut book = Book::register();
    book.learner(&[cell("A", "401000000001"), cell("C", "DELA CRUZ,JUAN, -"), cell("G", "M"), cell("H", "06/15/2031")]);
    let register = book.read();
    assert_eq!(register.learners[0].birth_date, None);
    assert!(warned(&register, "H7").contains("2031"), "{:?}", register.warnings);
}

#[test]
fn phones_are_read_by_one_rule() {
    let mut office = Office::new();
    let spellings = [
        "09171234567",
        "0917-123-4567",
        "+63 917 123 4567",
        "639171234567",
        "9171234567",
        "0917.123.4567",
        "(0917) 1234567",
    ];
    for (at, spelling) in spellings.into_iter().enumerate() {
        let report = office.csv("student", format!("last_name,first_name,phone\nP{at},Ana,{spelling}\n"));
        assert_eq!(report.refused, [], "{spelling}");
        assert_eq!(office.field("student", ("last_name", &format!("P{at}")), "phone"), "+639171234567", "{spelling}");
    }
    let report = office.csv("student", "last_name,first_name,phone\nTwo,Ana,09171234567 / 09181234567\n");
    assert_eq!(office.field("student", ("last_name", "Two"), "phone"), "+639171234567");
    assert!(
        report.warnings.iter().any(|warning| warning.contains("line 2") && warning.contains("several")),
        "{report:?}"
    );
    let report = office.csv("student", "last_name,first_name,phone\nBad,Ana,8123456\n");
    assert!(refusal_of(&report, 2).contains("8123456"), "{:?}", report.refused);
}

#[test]
fn refusals_show_what_the_cell_has() {
    let mut office = Office::new();
    let report = office.csv("student", "last_name,first_name,lrn,sex\nCruz,Ana,40110000007,\nUy,Ed,4011-0000-0070,X\n");
    assert!(refusal_of(&report, 2).contains("'40110000007'"), "{:?}", report.refused);
    let said: Vec<&str> = refusals(&report).into_iter().filter(|(row, _)| *row == 3).map(|(_, said)| said).collect();
    assert!(said.len() == 2 && said[0].contains("'4011-0000-0070'") && said[1].contains("'X'"), "{said:?}");
}

#[test]
fn c32_a_password_is_no_column_and_users_are_found_by_their_address() {
    let mut office = Office::of(Role::SchoolAdmin);
    equal::administer(&mut office.store);
    let report = office.import(&case("C32_s.csv"), &csv("school_user"));
    assert_eq!((report.new, report.written), (1, true), "{report:?}");
    assert!(report.warnings.iter().any(|warning| warning.contains("verifier")), "{report:?}");
    assert_eq!(office.field("school_user", ("name", "Eve"), "verifier"), "null");
    let report = office.csv("school_user", "name,email,role\nEve Luna,EVE@x.example,registrar\n");
    assert_eq!((report.new, report.changed), (0, 1), "{report:?}");
    assert_eq!(office.field("school_user", ("name", "Eve Luna"), "role"), "registrar");
    // Without an address it may be her: a person must say.
    let report = office.csv("school_user", "name,role\nEVE LUNA,teacher\n");
    assert_eq!((report.new, report.duplicates.len()), (0, 1), "{report:?}");
    let mapping = vec![("secret".to_owned(), "verifier".to_owned())];
    let mapped = Options::new(pems_node::import::Format::Csv { entity: "school_user".into(), mapping });
    let path = office.file("mapped.csv", "name,secret\nEve,x\n");
    assert_eq!(office.refused(&path, &mapped).code, Code::BadUsage);
}
