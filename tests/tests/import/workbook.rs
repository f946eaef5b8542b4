//! Registers as workbooks, made part by part, so that a test can have one thing about them as no writer of ours would.

use pems_node::import::lis::{self, Register};
use std::io::Write;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const LINKS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

#[derive(Debug, Clone)]
pub(crate) struct Book {
    pub(crate) workbook: String,
    pub(crate) sheet_start: String,
    pub(crate) sheet_rows: String,
    pub(crate) sheet_end: String,
    pub(crate) workbook_part: String,
    pub(crate) sheet_part: String,
    pub(crate) texts_part: String,
    pub(crate) absolute: bool,
    pub(crate) backslashes: bool,
    links: &'static str,
}

/// A text in a column; the row is the one that it is put in.
pub(crate) fn cell(column: &str, text: &str) -> String {
    format!("<c r=\"{column}?\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
}

pub(crate) fn number(column: &str, number: &str) -> String {
    format!("<c r=\"{column}?\"><v>{number}</v></c>")
}

pub(crate) fn row(at: u32, cells: &[String]) -> String {
    format!("<row r=\"{at}\">{}</row>", cells.concat().replace("?\"", &format!("{at}\"")))
}

impl Book {
    /// The head of a register of Grade 7 - RIZAL; the labels are a shared text.
    pub(crate) fn register() -> Book {
        let rows = [
            row(3, &[cell("D", "School ID"), cell("F", "301234"), cell("I", "Region"), cell("K", "Region IV-A")]),
            row(
                4,
                &[
                    cell("D", "School Name"),
                    cell("F", "Mabini NHS"),
                    cell("R", "School Year"),
                    cell("T", "2026 - 2027"),
                    cell("AB", "Grade Level"),
                    cell("AE", "Grade 7"),
                    cell("AK", "Section"),
                    cell("AM", "RIZAL"),
                ],
            ),
            row(
                5,
                &[
                    "<c r=\"A5\" t=\"s\"><v>0</v></c>".into(),
                    cell("C", "NAME(Last Name)"),
                    cell("G", "Sex"),
                    cell("H", "BIRTH DATE"),
                    cell("J", "AGE"),
                ],
            ),
        ];
        Book {
            workbook: format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><workbook xmlns=\"{MAIN}\" xmlns:r=\"{LINKS}\"><workbookPr/><sheets>\
                 <sheet name=\"one\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
            sheet_start: format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"{MAIN}\"><sheetData>"),
            sheet_rows: rows.concat(),
            sheet_end: String::new(),
            workbook_part: "xl/workbook.xml".into(),
            sheet_part: "xl/worksheets/sheet1.xml".into(),
            texts_part: "xl/sharedStrings.xml".into(),
            absolute: false,
            backslashes: false,
            links: LINKS,
        }
    }

    /// The first learner's row.
    pub(crate) fn learner(&mut self, cells: &[String]) {
        self.sheet_rows.push_str(&row(7, cells));
    }

    pub(crate) fn replace_everywhere(&mut self, from: &str, to: &'static str) {
        for part in [&mut self.workbook, &mut self.sheet_start] {
            *part = part.replace(from, to);
        }
        if from == LINKS {
            self.links = to;
        }
    }

    /// The target of a part seen from the workbook's folder, or from the root.
    fn target(&self, part: &str) -> String {
        let folder = self.workbook_part.rsplit_once('/').map_or("", |(folder, _)| folder);
        let up = if folder.is_empty() { "" } else { "../" };
        if self.absolute { format!("/{part}") } else { format!("{up}{part}") }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (links, package) = (self.links, "http://schemas.openxmlformats.org/package/2006/relationships");
        let folder = self.workbook_part.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let file = self.workbook_part.rsplit('/').next().expect("a name");
        let relationship = |id: &str, kind: &str, target: &str| {
            format!("<Relationship Id=\"{id}\" Type=\"{links}/{kind}\" Target=\"{target}\"/>")
        };
        let list = |inside: String| {
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"{package}\">{inside}</Relationships>"
            )
        };
        let root = list(relationship("r", "officeDocument", &self.workbook_part));
        let rels = list(
            relationship("rId1", "worksheet", &self.target(&self.sheet_part))
                + &relationship("rId2", "sharedStrings", &self.target(&self.texts_part)),
        );
        let main = if self.links == LINKS { MAIN } else { "http://purl.oclc.org/ooxml/spreadsheetml/main" };
        let texts =
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><sst xmlns=\"{main}\"><si><t>LRN</t></si></sst>");
        let types = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let slash = |name: &str| if self.backslashes { name.replace('/', "\\") } else { name.to_owned() };
        let mut part = |name: &str, pieces: &[&str]| {
            zip.start_file(slash(name), zip::write::SimpleFileOptions::default()).expect("a part");
            pieces.iter().for_each(|piece| zip.write_all(piece.as_bytes()).expect("written"));
        };
        part("[Content_Types].xml", &[types]);
        part("_rels/.rels", &[&root]);
        part(&self.workbook_part, &[&self.workbook]);
        part(&format!("{folder}_rels/{file}.rels"), &[&rels]);
        part(&self.texts_part, &[&texts]);
        let end = format!("</sheetData>{}</worksheet>", self.sheet_end);
        part(&self.sheet_part, &[&self.sheet_start, &self.sheet_rows, &end]);
        zip.finish().expect("a zip").into_inner()
    }

    pub(crate) fn read(&self) -> Register {
        lis::read_bytes("made.xlsx", &self.bytes()).expect("a register")
    }
}
