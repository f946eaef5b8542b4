//! Where things stand on a sheet that somebody gave us. The form's own geometry is [`pems_forms::sf1::layout`]'s.
//!
//! The table's header row is looked for by its words, since exports begin a row or two higher or lower; the columns keep their
//! distances from the LRN column.

use super::workbook::{Content, Sheet, cell_name};
use crate::import::headers::normal;
use pems_forms::sf1::layout::{HEADER_ROWS, TABLE};

pub(super) use pems_forms::sf1::layout::{
    AGE, BARANGAY, BIRTH_DATE, COLUMNS, CONTACT, Column, DIVISION, FATHER, GRADE_LEVEL, GUARDIAN, HOUSE_STREET,
    HeaderCell, IP_GROUP, LRN, MODALITY, MOTHER, MOTHER_TONGUE, MUNICIPALITY, NAME, PROVINCE, REGION, RELATIONSHIP,
    RELIGION, REMARKS, SCHOOL_ID, SCHOOL_NAME, SCHOOL_YEAR, SECTION, SEX,
};

/// How far down the table's header may begin. LIS has it on the fifth row.
const HEADER_WITHIN: u32 = 15;
/// Columns in which a row says what it is: LRN and name.
const HEAD_COLUMNS: u32 = NAME.last + 1;
/// What may stand before a value above the table.
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
    pub(super) fn header_value(self, sheet: &Sheet, wanted: HeaderCell) -> (Option<&Content>, String) {
        let label = normal(wanted.label);
        let is_label = |content: &Content| LABELS.contains(&normal(&content.text()).as_str());
        for row in (0..self.header).rev() {
            let mut cells = sheet.row(row).skip_while(|(_, content)| normal(&content.text()) != label);
            let Some((place, _)) = cells.next() else { continue };
            return match cells.next().filter(|(_, content)| !is_label(content)) {
                Some((place, content)) => (Some(content), cell_name(row, place)),
                None => (None, cell_name(row, place)),
            };
        }
        let (row, column) = (self.header.saturating_sub(TABLE - wanted.row), self.left + wanted.column);
        (sheet.get(row, column), cell_name(row, column))
    }
}
