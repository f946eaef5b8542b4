//! Registers (School Form 1) that failed once, each with the right answer; and likes of them. `samples/cases/` has the files.

use crate::cases::case;
use crate::workbook::{Book, cell, number, row};
use pems_model::Code;
use pems_node::import::lis::{self, Register};
use std::fmt::Write as _;

fn read(name: &str) -> Register {
    lis::read(&case(name)).expect("a register")
}

fn births(register: &Register) -> Vec<Option<&str>> {
    register.learners.iter().map(|line| line.birth_date.as_deref()).collect()
}

pub(crate) fn warned<'a>(register: &'a Register, cell: &str) -> &'a str {
    let found = register.warnings.iter().find(|warning| warning.cell.as_deref() == Some(cell));
    found.map_or("", |warning| warning.message.as_str())
}

#[test]
fn x01_an_extension_does_not_move_birthdays() {
    let right = [Some("2013-06-15"), Some("2012-02-29")];
    for name in ["X01_sf1_without_ext.xlsx", "X01_sf1.xlsx"] {
        assert_eq!(births(&read(name)), right, "{name}");
    }
    // One learner, and no age that would contradict.
    assert_eq!(births(&read("X01_sf1_no_age.xlsx")), right[..1]);
}

/// Names of other namespaces that mean something in the main one.
#[test]
fn only_names_of_the_main_namespace_count() {
    let mut book = Book::register();
    book.workbook = book.workbook.replace(
        "</workbook>",
        "<extLst><ext xmlns:x=\"urn:x\"><x:workbookPr date1904=\"1\"/><x:sheet name=\"x\" r:id=\"rId9\"/></ext></extLst></workbook>",
    );
    book.learner(&[
        "<c xmlns:x=\"urn:x\" r=\"A7\" x:t=\"e\"><v>401000000001</v><x:v>9</x:v></c>".into(),
        cell("C", "DELA CRUZ,JUAN, -"),
        cell("G", "M"),
        number("H", "41440"),
    ]);
    book.sheet_end = "<extLst><x:c xmlns:x=\"urn:x\" r=\"A8\"><x:v>401000000009</x:v></x:c></extLst>".into();
    let register = book.read();
    assert_eq!((register.learners.len(), births(&register)), (1, vec![Some("2013-06-15")]), "{register:?}");
    assert_eq!(register.learners[0].lrn.as_deref(), Some("401000000001"));
    // A prefix for the main namespace, as some writers have it, and the strict one of ISO 29500.
    for (from, to) in [
        ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"),
        (
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    ] {
        book.replace_everywhere(from, to);
    }
    assert_eq!(births(&book.read()), [Some("2013-06-15")]);
}

#[test]
fn x02_parts_are_found_by_relationship_and_in_any_case() {
    assert_eq!(read("X02_sf1.xlsx").learners.len(), 2);
    let mut book = Book::register();
    book.learner(&[cell("A", "401000000001"), cell("C", "DELA CRUZ,JUAN, -"), cell("G", "M"), number("H", "41440")]);
    for (workbook, sheet, texts) in [
        ("xl/workbook.xml", "XL/Worksheets/Sheet1.xml", "xl/SHAREDSTRINGS.XML"),
        ("book/main.xml", "book/tabs/one.xml", "other/words.xml"),
        ("workbook.xml", "sheet.xml", "texts.xml"),
    ] {
        (book.workbook_part, book.sheet_part, book.texts_part) = (workbook.into(), sheet.into(), texts.into());
        assert_eq!(book.read().learners.len(), 1, "{workbook} {sheet} {texts}");
    }
    book.absolute = true;
    assert_eq!(book.read().learners.len(), 1, "targets from the root of the package");
    book.backslashes = true;
    assert_eq!(book.read().learners.len(), 1, "names with the other slash");
}

#[test]
fn x04_letters_written_as_numbers_are_letters() {
    let register = read("X04_sf1.xlsx");
    assert_eq!(register.learners[0].first_name, "JUAN");
    let mut book = Book::register();
    for (text, first) in [
        ("PE_x00D1_A,MA_x002E_ ANA, -", "MA. ANA"),
        ("CRUZ,A_x005F_x0041_B, -", "A_x0041_B"),
        ("CRUZ,A_x0041, -", "A_x0041"),
        ("CRUZ,A_xZZZZ_B, -", "A_xZZZZ_B"),
        ("CRUZ,_x000a_ANA_x000D__x0009_, -", "ANA"),
    ] {
        let mut book = book.clone();
        book.learner(&[cell("A", "401000000001"), cell("C", text), cell("G", "M"), number("H", "41440")]);
        assert_eq!(book.read().learners[0].first_name, first, "{text}");
    }
    // A letter that no record can keep is named, not saved.
    book.learner(&[cell("A", "401000000001"), cell("C", "CRUZ,A_x0001_NA, -"), cell("G", "M"), number("H", "41440")]);
    let register = book.read();
    assert_eq!((register.learners.len(), register.refused.len()), (0, 1), "{register:?}");
    assert_eq!(register.refused[0].code, Code::BadCharacter);
}

#[test]
fn x05_a_hidden_sheet_is_not_taken_for_the_one_that_is_seen() {
    let register = read("X05_sf1.xlsx");
    assert_eq!((register.section.as_str(), register.sheet.as_str()), ("RIZAL", "school_form_1_ver2014.2.1.1"));
    assert!(
        register.warnings.iter().any(|warning| warning.message.contains("'old'") && warning.message.contains("hidden"))
    );
    for state in ["hidden", "veryHidden"] {
        let mut book = Book::register();
        book.learner(&[cell("A", "401000000001"), cell("C", "CRUZ,ANA, -"), cell("G", "F"), number("H", "41440")]);
        book.workbook = book.workbook.replace("<sheet ", &format!("<sheet state=\"{state}\" "));
        let error = lis::read_bytes("hidden.xlsx", &book.bytes()).expect_err("a refusal");
        assert!(error.code == Code::BadFile && error.message.contains("hidden"), "{}", error.message);
    }
}

#[test]
fn x06_a_formula_without_a_value_is_no_empty_cell() {
    let register = read("X06_sf1.xlsx");
    assert!(
        register.refused.iter().any(|row| row.line == 9 && row.cell == "A9" && row.message.contains("formula")),
        "{register:?}"
    );
    assert!(register.learners.iter().all(|line| line.last_name != "SANTOS"));
    for (lrn, says) in [
        ("<c r=\"A7\"><f>A7+2</f><v></v></c>", "formula"),
        ("<c r=\"A7\" t=\"str\"><f>A7</f></c>", "formula"),
        ("<c r=\"A7\" t=\"e\"><f>VLOOKUP(1,B1:C9,2)</f><v>#N/A</v></c>", "#N/A"),
        ("<c r=\"A7\" t=\"e\"><v>#REF!</v></c>", "#REF!"),
        ("<c r=\"A7\" t=\"s\"><v>99999</v></c>", "damaged"),
    ] {
        let mut book = Book::register();
        book.learner(&[lrn.into(), cell("C", "CRUZ,ANA, -"), cell("G", "F"), number("H", "41440")]);
        let register = book.read();
        assert_eq!((register.learners.len(), register.refused.len()), (0, 1), "{lrn}: {register:?}");
        assert!(register.refused[0].message.contains(says), "{lrn}: {:?}", register.refused);
    }
    let mut book = Book::register();
    let cells = [
        "<c r=\"A7\" t=\"str\"><f>\"\"</f><v></v></c>".into(),
        cell("C", "CRUZ,ANA, -"),
        cell("G", "F"),
        "<c r=\"H7\"><f>NOW()</f></c>".into(),
    ];
    book.learner(&cells);
    let register = book.read();
    assert_eq!(register.learners[0].lrn, None, "a formula whose value is the empty text says that there is none");
    assert!(warned(&register, "H7").contains("formula"), "{:?}", register.warnings);
}

#[test]
fn x07_a_million_empty_rows_are_read() {
    let mut book = Book::register();
    book.learner(&[cell("A", "401000000001"), cell("C", "CRUZ,ANA, -"), cell("G", "F"), number("H", "41440")]);
    book.sheet_rows.push_str(&row(9, &[cell("A", "List and Code of Indicators under REMARKS column")]));
    for at in 10..=1_048_576 {
        let _ = write!(book.sheet_rows, "<row r=\"{at}\" s=\"1\"/>");
    }
    let register = book.read();
    assert_eq!((register.learners.len(), register.refused.len()), (1, 0));
}
