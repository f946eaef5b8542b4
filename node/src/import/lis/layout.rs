//! Where things stand on the sheet: the geometry of `school_form_1_ver2014.2.1.1` as LIS exports it.
//!
//! The table's header row is looked for by its words, since exports begin a row or two higher or lower; the columns keep their
//! distances from the LRN column.

use super::workbook::{Content, Sheet, cell_name};
use crate::import::headers::normal;

/// How far down the table's header may begin. LIS has it on the fifth row.
const HEADER_WITHIN: u32 = 15;
/// Rows of the table's header: the second one names the parts of address, parents and guardian.
const HEADER_ROWS: u32 = 2;
/// Columns in which a row says what it is: LRN and name.
const HEAD_COLUMNS: u32 = 6;

/// A column of the table: its place relative to the LRN column, first and last, and what people call it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) label: &'static str,
}

const fn column(first: u32, last: u32, label: &'static str) -> Column {
    Column { first, last, label }
}

pub(super) const LRN: Column = column(0, 1, "LRN");
pub(super) const NAME: Column = column(2, 5, "Name");
pub(super) const SEX: Column = column(6, 6, "Sex");
pub(super) const BIRTH_DATE: Column = column(7, 8, "Birth date");
pub(super) const AGE: Column = column(9, 10, "Age");
pub(super) const MOTHER_TONGUE: Column = column(11, 12, "Mother tongue");
pub(super) const IP_GROUP: Column = column(13, 13, "IP (ethnic group)");
pub(super) const RELIGION: Column = column(14, 14, "Religion");
pub(super) const HOUSE_STREET: Column = column(15, 16, "House no., street, sitio, purok");
pub(super) const BARANGAY: Column = column(17, 19, "Barangay");
pub(super) const MUNICIPALITY: Column = column(20, 21, "Municipality or city");
pub(super) const PROVINCE: Column = column(22, 26, "Province");
pub(super) const FATHER: Column = column(27, 30, "Father's name");
pub(super) const MOTHER: Column = column(31, 35, "Mother's maiden name");
pub(super) const GUARDIAN: Column = column(36, 39, "Guardian's name");
pub(super) const RELATIONSHIP: Column = column(40, 40, "Relationship");
pub(super) const CONTACT: Column = column(41, 42, "Contact number");
pub(super) const MODALITY: Column = column(43, 43, "Learning modality");
pub(super) const REMARKS: Column = column(44, 45, "Remarks");

/// Header cells: what stands before the value, how many rows above the table, and the value's column.
pub(super) const SCHOOL_ID: (&str, u32, u32) = ("schoolid", 2, 5);
pub(super) const REGION: (&str, u32, u32) = ("region", 2, 10);
pub(super) const DIVISION: (&str, u32, u32) = ("division", 2, 19);
pub(super) const SCHOOL_NAME: (&str, u32, u32) = ("schoolname", 1, 5);
pub(super) const SCHOOL_YEAR: (&str, u32, u32) = ("schoolyear", 1, 19);
pub(super) const GRADE_LEVEL: (&str, u32, u32) = ("gradelevel", 1, 30);
pub(super) const SECTION: (&str, u32, u32) = ("section", 1, 38);
const LABELS: &[&str] =
    &["schoolid", "region", "division", "district", "schoolname", "schoolyear", "gradelevel", "section"];

/// Where a register's table is on its sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// First row of the table's header, from 0.
    header: u32,
    /// Column of the LRN.
    left: u32,
}

impl Layout {
    /// The layout of a sheet, or `None` for one that is no register.
    pub(super) fn find(sheet: &Sheet) -> Option<Layout> {
        (0..HEADER_WITHIN).find_map(|row| {
            let (left, _) = sheet.row(row).find(|(_, content)| normal(&content.text()) == "lrn")?;
            let layout = Layout { header: row, left };
            let named = layout.cell(sheet, row, NAME).is_some_and(|(_, name)| normal(&name.text()).starts_with("name"));
            let sexed = layout.cell(sheet, row, SEX).is_some_and(|(_, sex)| normal(&sex.text()).starts_with("sex"));
            (named && sexed).then_some(layout)
        })
    }

    /// The first row that may be a learner.
    pub(super) fn first_row(self) -> u32 {
        self.header + HEADER_ROWS
    }

    /// What a row has in a column of the table, and the sheet's column it is in.
    pub(super) fn cell(self, sheet: &Sheet, row: u32, column: Column) -> Option<(u32, &Content)> {
        sheet.first(row, self.left + column.first, self.left + column.last)
    }

    pub(super) fn text(self, sheet: &Sheet, row: u32, column: Column) -> String {
        self.cell(sheet, row, column).map_or_else(String::new, |(_, content)| content.text())
    }

    /// The cell's name, for messages.
    pub(super) fn name_of(self, sheet: &Sheet, row: u32, column: Column) -> String {
        let place = self.cell(sheet, row, column).map_or(self.left + column.first, |(place, _)| place);
        cell_name(row, place)
    }

    /// LRN and name of a row in one text, for rows that are neither.
    pub(super) fn head(self, sheet: &Sheet, row: u32) -> String {
        let cells = (self.left..self.left + HEAD_COLUMNS).filter_map(|column| sheet.get(row, column));
        cells.map(Content::text).collect::<Vec<_>>().join(" ")
    }

    /// A value of the form's header: what stands right of its label, or where the geometry has it. With the cell's name.
    pub(super) fn header_value(self, sheet: &Sheet, (label, above, column): (&str, u32, u32)) -> (String, String) {
        let is_label = |content: &Content| LABELS.contains(&normal(&content.text()).as_str());
        for row in (0..self.header).rev() {
            let mut cells = sheet.row(row).skip_while(|(_, content)| normal(&content.text()) != label);
            let Some((place, _)) = cells.next() else { continue };
            return match cells.next().filter(|(_, content)| !is_label(content)) {
                Some((place, content)) => (content.text(), cell_name(row, place)),
                None => (String::new(), cell_name(row, place)),
            };
        }
        let (row, column) = (self.header.saturating_sub(above), self.left + column);
        (sheet.text(row, column), cell_name(row, column))
    }
}
