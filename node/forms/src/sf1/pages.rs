//! School Form 1 on legal paper, landscape: as many sheets of the table as the section needs, each with the form's head, and the
//! form's foot after the last line.

use super::table::{self, HEAD, Line, RIGHT, WIDTH, lines};
use super::{Sf1, figures, legend};
use crate::dates::long;
use crate::page::Page;
use crate::school::grade_name;
use crate::sheet::{Sheet, area, bold, plain};

const HEIGHT: f32 = 215.9;
const BOTTOM: f32 = 208.5;
/// Where the table begins.
const TOP: f32 = 30.0;
/// Heights of a line from roomy to narrow, which still takes two lines of print; a line that says more is higher. A section gets the roomiest that costs no
/// further sheet.
const LINES: [f32; 5] = [6.8, 6.2, 5.7, 5.2, 4.7];

/// The sheets of the form.
pub fn pages(form: &Sf1) -> Vec<Page> {
    let counts = figures(form);
    let lines = lines(form);
    let board = Sheet::new(WIDTH, HEIGHT);
    let needed: Vec<f32> = lines.iter().map(|line| table::needed(&board, form, *line)).collect();
    let usual = line_height(&needed);
    let mut sheets = Vec::new();
    let mut y = f32::MAX;
    for (line, needed) in lines.into_iter().zip(needed) {
        let height = usual.max(needed);
        if y + height > BOTTOM {
            sheets.push(Sheet::new(WIDTH, HEIGHT));
            y = TOP + HEAD;
            if let Some(sheet) = sheets.last_mut() {
                head(sheet, form);
                table::head(sheet, TOP, form);
            }
        }
        if let Some(sheet) = sheets.last_mut() {
            let line: Line<'_> = line;
            table::line(sheet, y, height, form, counts.listed, line);
        }
        y += height;
    }
    if y + legend::HEIGHT > BOTTOM {
        sheets.push(Sheet::new(WIDTH, HEIGHT));
        y = TOP;
        if let Some(sheet) = sheets.last_mut() {
            head(sheet, form);
        }
    }
    if let Some(sheet) = sheets.last_mut() {
        legend::draw(sheet, y + legend::GAP, form, &counts);
    }
    let count = sheets.len();
    let now = counts.now;
    let state =
        format!("In the section on {}: {} male, {} female, {} in all", long(form.on), now.male, now.female, now.total);
    for (at, sheet) in sheets.iter_mut().enumerate() {
        sheet.text(table::LEFT, 212.0, plain(6.5), &format!("School Form 1: Page {} of {count}", at + 1));
        sheet.text(RIGHT, 212.0, plain(6.5).end(), &state);
    }
    sheets.into_iter().map(Sheet::done).collect()
}

fn line_height(needed: &[f32]) -> f32 {
    let narrow = LINES[LINES.len() - 1];
    let sheets = sheets_for(needed, narrow);
    LINES.into_iter().find(|height| sheets_for(needed, *height) == sheets).unwrap_or(narrow)
}

/// How many sheets the lines take if they are at least so high, with the foot.
fn sheets_for(needed: &[f32], height: f32) -> usize {
    let mut sheets = 0;
    let mut y = f32::MAX;
    for needed in needed {
        let height = height.max(*needed);
        if y + height > BOTTOM {
            sheets += 1;
            y = TOP + HEAD;
        }
        y += height;
    }
    sheets + usize::from(y + legend::HEIGHT > BOTTOM)
}

/// Title and the boxes that say whose register it is.
fn head(sheet: &mut Sheet, form: &Sf1) {
    sheet.text(WIDTH / 2.0, 9.0, bold(13.0).middle(), "School Form 1 (SF 1) School Register");
    let replaces = "(This replaces Form 1, Master List & STS Form 2-Family Background and Profile)";
    sheet.text(WIDTH / 2.0, 12.8, plain(6.8).middle(), replaces);
    let style = plain(8.0);
    let school = &form.school;
    sheet.field("School ID", area(38.0, 15.5, 30.0, 5.6), style, &school.school_id);
    sheet.field("Region", area(92.0, 15.5, 50.0, 5.6), style, &school.region);
    sheet.field("Division", area(170.0, 15.5, 66.0, 5.6), style, &school.division);
    sheet.field("School Name", area(38.0, 22.6, 104.0, 5.6), style, &school.name);
    sheet.field("School Year", area(170.0, 22.6, 30.0, 5.6), style, &form.school_year);
    sheet.field("Grade Level", area(222.0, 22.6, 34.0, 5.6), style, &grade_name(&form.grade));
    sheet.field("Section", area(274.0, 22.6, RIGHT - 274.0, 5.6), style, &form.section);
}
