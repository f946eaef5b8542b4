//! School Form 1 as a workbook, every cell where LIS's own export has it: what reads LIS's register reads this one.
//!
//! Everything but ages and counts is text, so that Excel neither rounds an LRN nor turns a date around.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::layout::{self, COLUMNS, Column, HeaderCell};
use super::legend::{TITLE, indicators};
use super::table::{Kind, Line, kind, lines, pick, total_label, value};
use super::{Figures, Learner, Sf1, figures, spelling};
use crate::FormError;
use crate::dates::parts;
use crate::school::{Sex, grade_name};
use crate::workbook::writable;

const NAME: &str = "School Form 1";
/// Excel's number for legal paper.
const LEGAL: u8 = 5;
/// Widths of the table's columns in pixels, in the form's order: what is left of them on paper is read without a glass.
const WIDTHS: [u32; 19] = [86, 180, 32, 68, 42, 66, 54, 72, 100, 81, 84, 80, 120, 120, 104, 66, 82, 58, 122];
const FONT: &str = "Arial";
const LINE: f64 = 23.0;
/// Columns of the foot, first and last: a code's indicator, the code, what it asks for, for each half of the list; the counts;
/// and the two who sign.
const CODES: [[(u32, u32); 3]; 2] = [[(0, 3), (4, 4), (5, 12)], [(14, 15), (16, 16), (17, 24)]];
const COUNTS: [(u32, u32); 3] = [(27, 28), (29, 29), (30, 30)];
const SIGNERS: [(u32, u32); 2] = [(32, 38), (40, 45)];

/// The workbook.
///
/// # Errors
/// `FormError::Workbook` where it cannot be written.
pub fn xlsx(form: &Sf1) -> Result<Vec<u8>, FormError> {
    write(form).map_err(|error| FormError::Workbook {
        form: NAME,
        place: layout::SHEET.to_owned(),
        cause: error.to_string(),
    })
}

fn write(form: &Sf1) -> Result<Vec<u8>, XlsxError> {
    let figures = figures(form);
    let mut book = Workbook::new();
    // The day of the register, not the moment of the PC: the same records give the same bytes.
    let (year, month, day) = parts(form.on);
    let made = ExcelDateTime::from_ymd(u16::try_from(year).unwrap_or(1900), month, day)?;
    book.set_properties(&DocProperties::new().set_author("PEMS").set_creation_datetime(&made));
    let mut paper = Paper { sheet: book.add_worksheet() };
    paper.set_up()?;
    paper.head(form)?;
    paper.table_head(form)?;
    let mut row = layout::FIRST_LEARNER;
    for line in lines(form) {
        match line {
            Line::Learner(learner) => paper.learner(row, form, learner)?,
            Line::Total(sex) => paper.total(row, pick(figures.listed, sex), total_label(sex))?,
        }
        row += 1;
    }
    paper.foot(row + 1, form, &figures)?;
    book.save_to_buffer()
}

struct Paper<'a> {
    sheet: &'a mut Worksheet,
}

fn place(column: u32) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

fn letters(size: f64) -> Format {
    Format::new().set_font_name(FONT).set_font_size(size).set_align(FormatAlign::VerticalCenter)
}

fn framed(size: f64) -> Format {
    letters(size).set_border(FormatBorder::Thin)
}

impl Paper<'_> {
    fn set_up(&mut self) -> Result<(), XlsxError> {
        self.sheet.set_name(layout::SHEET)?;
        self.sheet.set_landscape().set_paper_size(LEGAL).set_print_fit_to_pages(1, 0);
        self.sheet.set_margins(0.25, 0.25, 0.25, 0.45, 0.15, 0.2);
        self.sheet.set_repeat_rows(0, layout::FIRST_LEARNER - 1)?;
        self.sheet.set_freeze_panes(layout::FIRST_LEARNER, place(layout::NAME.last + 1))?;
        self.sheet.set_footer("&LSchool Form 1: Page &P of &N");
        for (column, width) in COLUMNS.into_iter().zip(WIDTHS) {
            let width = width / (column.last - column.first + 1);
            self.sheet.set_column_range_width_pixels(place(column.first), place(column.last), width)?;
        }
        Ok(())
    }

    /// One cell, or several as one.
    fn put(&mut self, row: u32, first: u32, last: u32, text: &str, format: &Format) -> Result<(), XlsxError> {
        let text = &writable(text);
        if first == last {
            self.sheet.write_string_with_format(row, place(first), text, format)?;
        } else {
            self.sheet.merge_range(row, place(first), row, place(last), text, format)?;
        }
        Ok(())
    }

    fn number(&mut self, row: u32, column: Column, number: f64, format: &Format) -> Result<(), XlsxError> {
        self.put(row, column.first, column.last, "", format)?;
        self.sheet.write_number_with_format(row, place(column.first), number, format)?;
        Ok(())
    }

    fn head(&mut self, form: &Sf1) -> Result<(), XlsxError> {
        let title = letters(14.0).set_bold().set_align(FormatAlign::Center);
        self.put(0, 0, layout::REMARKS.last, "School Form 1 (SF 1) School Register", &title)?;
        self.sheet
            .set_row_height(0, 22)?
            .set_row_height(layout::TABLE - 2, 16)?
            .set_row_height(layout::TABLE - 1, 16)?;
        let school = &form.school;
        let grade = grade_name(&form.grade);
        // How far each box reaches: to before the next label.
        for (cell, last, text) in [
            (layout::SCHOOL_ID, 7, &school.school_id),
            (layout::REGION, 14, &school.region),
            (layout::DIVISION, 26, &school.division),
            (layout::SCHOOL_NAME, 14, &school.name),
            (layout::SCHOOL_YEAR, 26, &form.school_year),
            (layout::GRADE_LEVEL, 33, &grade),
            (layout::SECTION, layout::REMARKS.last, &form.section),
        ] {
            self.header_cell(cell, last, text)?;
        }
        Ok(())
    }

    fn header_cell(&mut self, cell: HeaderCell, last: u32, text: &str) -> Result<(), XlsxError> {
        let label = letters(10.0).set_align(FormatAlign::Right);
        self.put(cell.row, cell.label_column, cell.column - 1, cell.label, &label)?;
        let format = framed(10.0).set_bold().set_shrink().set_align(FormatAlign::Center);
        self.put(cell.row, cell.column, last, text, &format)
    }

    fn table_head(&mut self, form: &Sf1) -> Result<(), XlsxError> {
        let (top, below) = (layout::TABLE, layout::FIRST_LEARNER - 1);
        self.sheet.set_row_height(top, 18)?.set_row_height(below, 52)?;
        let format = framed(8.0).set_bold().set_align(FormatAlign::Center).set_text_wrap();
        for column in COLUMNS {
            let text = layout::head(column, &form.age_head());
            if layout::is_grouped(column) {
                self.put(below, column.first, column.last, &text, &format)?;
            } else {
                let (first, last) = (place(column.first), place(column.last));
                self.sheet.merge_range(top, first, below, last, &writable(&text), &format)?;
            }
        }
        for (first, last, text) in layout::GROUPS {
            self.put(top, first.first, last.last, text, &format)?;
        }
        Ok(())
    }

    fn learner(&mut self, row: u32, form: &Sf1, learner: &Learner) -> Result<(), XlsxError> {
        self.sheet.set_row_height(row, LINE)?;
        for column in COLUMNS {
            let format = framed(8.0).set_text_wrap();
            let format = if kind(column) == Kind::Short { format.set_align(FormatAlign::Center) } else { format };
            match (column, form.age(learner)) {
                (layout::AGE, Some(age)) => self.number(row, column, f64::from(age), &format)?,
                (layout::NAME, _) => {
                    self.put(row, column.first, column.last, &spelling::learner(&learner.name), &format)?;
                }
                _ => self.put(row, column.first, column.last, &value(form, learner, column), &format)?,
            }
        }
        Ok(())
    }

    fn total(&mut self, row: u32, count: u32, label: &str) -> Result<(), XlsxError> {
        let format = framed(9.0).set_bold();
        self.number(row, layout::LRN, f64::from(count), &format.clone().set_align(FormatAlign::Center))?;
        self.put(row, layout::NAME.first, layout::NAME.last, label, &format)?;
        self.put(row, layout::SEX.first, layout::REMARKS.last, "", &format)
    }

    /// The codes, the counts, and who signs. The first row is the one at which whoever reads a register stops.
    fn foot(&mut self, top: u32, form: &Sf1, figures: &Figures) -> Result<(), XlsxError> {
        let (bold, cell) = (framed(8.0).set_bold().set_shrink(), framed(8.0).set_shrink());
        self.put(top, 0, layout::NAME.last, TITLE, &letters(9.0).set_bold())?;
        let indicators = indicators(form);
        for (columns, part) in CODES.into_iter().zip(indicators.chunks(indicators.len().div_ceil(2).max(1))) {
            let mut line = |row: u32, texts: [&str; 3], format: &Format| -> Result<(), XlsxError> {
                columns
                    .into_iter()
                    .zip(texts)
                    .try_for_each(|((first, last), text)| self.put(row, first, last, text, format))
            };
            line(top + 1, ["Indicator", "Code", "Required Information"], &bold)?;
            for (row, one) in (top + 2..).zip(part) {
                line(row, [&one.name, &one.code, &one.required], &cell)?;
            }
        }
        self.counts(top + 1, figures)?;
        let head = format!("(Signature of {} over Printed Name)", form.school.head_title());
        let adviser = "(Signature of Adviser over Printed Name)";
        self.sign(top, SIGNERS[0], "Prepared by:", &form.adviser, adviser)?;
        self.sign(top, SIGNERS[1], "Certified Correct:", &form.school.head_name, &head)
    }

    fn counts(&mut self, top: u32, figures: &Figures) -> Result<(), XlsxError> {
        let (bold, cell) = (framed(8.0).set_bold().set_shrink(), framed(8.0).set_align(FormatAlign::Center));
        for ((first, last), text) in COUNTS.into_iter().zip(["REGISTERED", "BoSY", "EoSY"]) {
            self.put(top, first, last, text, &bold)?;
        }
        for (row, (sex, label)) in (top + 1..).zip([(Some(Sex::M), "MALE"), (Some(Sex::F), "FEMALE"), (None, "TOTAL")])
        {
            self.put(row, COUNTS[0].0, COUNTS[0].1, label, &bold)?;
            self.sheet.write_number_with_format(row, place(COUNTS[1].0), pick(figures.beginning, sex), &cell)?;
            match figures.end {
                Some(end) => self.sheet.write_number_with_format(row, place(COUNTS[2].0), pick(end, sex), &cell)?,
                None => self.sheet.write_blank(row, place(COUNTS[2].0), &cell)?,
            };
        }
        Ok(())
    }

    fn sign(
        &mut self,
        top: u32,
        (column, last): (u32, u32),
        role: &str,
        name: &str,
        under: &str,
    ) -> Result<(), XlsxError> {
        let middle = letters(8.0).set_align(FormatAlign::Center);
        self.put(top, column, last, role, &letters(9.0))?;
        let line = letters(10.0).set_bold().set_align(FormatAlign::Center).set_border_bottom(FormatBorder::Thin);
        self.put(top + 2, column, last, &name.to_uppercase(), &line)?;
        self.put(top + 3, column, last, under, &middle)?;
        let half = column + (last - column) / 2;
        self.put(top + 5, column, half, "BoSY Date: ____________", &letters(8.0))?;
        self.put(top + 5, half + 1, last, "EoSY Date: ____________", &letters(8.0))
    }
}
