//! School Form 2 on A4 paper, landscape: as many sheets of the grid as the section needs, and the form's foot after the last line.

use super::columns::columns;
use super::figures::figures;
use super::grid::{Grid, LINE, lines};
use super::{Sf2, legend};
use crate::dates::month_name;
use crate::page::Page;
use crate::school::grade_name;
use crate::sheet::{Sheet, area, bold, plain};

const WIDTH: f32 = 297.0;
const HEIGHT: f32 = 210.0;
const BOTTOM: f32 = 203.0;
const CENTRE: f32 = WIDTH / 2.0;

/// The sheets of the form.
pub fn pages(form: &Sf2) -> Vec<Page> {
    let figures = figures(form);
    let columns = columns(form);
    let grid = Grid { form, figures: &figures, columns: &columns };
    let mut sheets = vec![Sheet::new(WIDTH, HEIGHT)];
    let mut y = 0.0;
    let mut is_new = true;
    for line in lines(form, &figures) {
        let height = sheets.last().map_or(LINE, |sheet| grid.height(sheet, line));
        if !is_new && y + height > BOTTOM {
            sheets.push(Sheet::new(WIDTH, HEIGHT));
            is_new = true;
        }
        let Some(sheet) = sheets.last_mut() else { continue };
        if is_new {
            let top = head(sheet, form);
            y = grid.head(sheet, top);
            is_new = false;
        }
        grid.line(sheet, y, line);
        y += height;
    }
    if y + legend::HEIGHT > BOTTOM {
        sheets.push(Sheet::new(WIDTH, HEIGHT));
        y = sheets.last_mut().map_or(0.0, |sheet| head(sheet, form));
    }
    if let Some(sheet) = sheets.last_mut() {
        legend::draw(sheet, y + 2.0, form, &figures);
    }
    let count = sheets.len();
    for (at, sheet) in sheets.iter_mut().enumerate() {
        sheet.text(6.0, 207.0, plain(6.5), &format!("School Form 2: Page {} of {count}", at + 1));
    }
    sheets.into_iter().map(Sheet::done).collect()
}

/// Title and the boxes that say whose report it is; gives back where the grid begins.
fn head(sheet: &mut Sheet, form: &Sf2) -> f32 {
    sheet.text(CENTRE, 10.0, bold(13.0).middle(), "School Form 2 (SF2) Daily Attendance Report of Learners");
    let replaces = "(This replaces Form 1, Form 2 & STS Form 4 - Absenteeism and Dropout Profile)";
    sheet.text(CENTRE, 14.0, plain(7.0).middle(), replaces);
    let style = plain(8.0);
    let month = format!("{} {}", month_name(form.month), form.year);
    sheet.field("School ID", area(38.0, 17.5, 34.0, 6.0), style, &form.school.school_id);
    sheet.field("School Year", area(104.0, 17.5, 36.0, 6.0), style, &form.school_year);
    sheet.field("Report for the Month of", area(184.0, 17.5, 46.0, 6.0), style, &month);
    sheet.field("Name of School", area(38.0, 25.5, 102.0, 6.0), style, &form.school.name);
    sheet.field("Grade Level", area(184.0, 25.5, 30.0, 6.0), style, &grade_name(&form.grade));
    sheet.field("Section", area(234.0, 25.5, 57.0, 6.0), style, &form.section);
    34.0
}
