//! School Form 2 in the official workbook.

use super::columns::{COLUMNS, columns};
use super::figures::{figures, halves, state};
use super::grid::{Line, lines};
use super::legend::{reasons_head, remarks_head, summary_lines};
use super::remarks::remarks;
use super::{Figures, Learner, Sf2, Split};
use crate::FormError;
use crate::dates::{month_name, parts};
use crate::school::{Sex, grade_name};
use crate::workbook::{Filling, fill, letters};

const NAME: &str = "School Form 2";
const TEMPLATE: &[u8] = include_bytes!("../../templates/sf2.xlsx");
/// Lines that the form has printed for each sex: first and last.
const MALES: (u32, u32) = (13, 33);
const FEMALES: (u32, u32) = (35, 59);
const FIRST_DAY: usize = 3;
/// Lines of the summary, each two rows high.
const SUMMARY: u32 = 65;

/// The workbook: the official layout, filled, with as many lines as the section needs.
///
/// # Errors
/// `FormError::Days` for a month with more class days than the form has columns.
pub fn xlsx(form: &Sf2) -> Result<Vec<u8>, FormError> {
    let days = columns(form);
    if days.len() > COLUMNS {
        return Err(FormError::Days { form: NAME, most: COLUMNS, days: days.len() });
    }
    let figures = figures(form);
    let mut filling =
        Filling { copies: vec![copies(form, Sex::M, MALES), copies(form, Sex::F, FEMALES)], ..Filling::default() };
    head(&mut filling, form);
    for (at, column) in days.iter().enumerate() {
        let place = letters(FIRST_DAY + at);
        filling.text(&place, 12, column.letters);
        if let Some(date) = column.date {
            filling.number(&place, 11, parts(date).2);
        }
    }
    let mut row = MALES.0;
    for line in lines(form, &figures) {
        match line {
            Line::Learner { number, learner, total } => {
                filling.number("A", row, number);
                filling.text("B", row, learner.name.listed());
                filling.number("AC", row, halves(total.absent_halves));
                filling.number("AD", row, total.tardy);
                filling.text("AE", row, remarks(form, learner));
                for (at, column) in days.iter().enumerate() {
                    if let Some(date) = column.date {
                        filling.text(&letters(FIRST_DAY + at), row, mark(form, learner, date));
                    }
                }
                row += 1;
            }
            Line::Total(sex) => {
                let total = filling.moved(match sex {
                    Some(Sex::M) => MALES.1 + 1,
                    Some(Sex::F) => FEMALES.1 + 1,
                    None => FEMALES.1 + 2,
                });
                totals(&mut filling, total, sex, &days, &figures);
                row = filling.moved(FEMALES.0);
            }
        }
    }
    foot(&mut filling, form, &figures);
    fill(NAME, TEMPLATE, &filling)
}

fn copies(form: &Sf2, sex: Sex, (first, last): (u32, u32)) -> (u32, u32) {
    let learners = u32::try_from(form.listed(sex).len()).unwrap_or(u32::MAX);
    (last, learners.saturating_sub(last - first + 1))
}

fn head(filling: &mut Filling, form: &Sf2) {
    filling.text("C", 6, &form.school.school_id);
    filling.text("K", 6, &form.school_year);
    filling.text("X", 6, format!("{} {}", month_name(form.month), form.year));
    filling.text("C", 8, &form.school.name);
    filling.text("X", 8, grade_name(&form.grade));
    filling.text("AC", 8, &form.section);
    filling.text("AE", 10, remarks_head(form));
}

/// The form's signs: `x`, and the half that is shaded for late and cutting.
fn mark(form: &Sf2, learner: &Learner, date: i32) -> &'static str {
    let state = state(form, learner, date);
    match (learner.in_section(date), state.absent_halves, state.late, state.cutting) {
        (false, ..) => "",
        (_, _, true, true) => "\u{25a0}",
        (_, _, true, false) => "\u{25e4}",
        (_, _, false, true) => "\u{25e2}",
        (_, 2, ..) => "x",
        (_, 1, ..) => {
            if state.morning {
                "x am"
            } else {
                "x pm"
            }
        }
        _ => "",
    }
}

fn totals(filling: &mut Filling, row: u32, sex: Option<Sex>, days: &[super::columns::Column], figures: &Figures) {
    let pick = |split: Split<u32>| match sex {
        Some(Sex::M) => split.male,
        Some(Sex::F) => split.female,
        None => split.total,
    };
    for (at, column) in days.iter().enumerate() {
        let taken = figures.days.iter().find(|day| Some(day.date) == column.date && day.taken);
        if let Some(day) = taken {
            filling.number(&letters(FIRST_DAY + at), row, halves(pick(day.present_halves)));
        }
    }
    filling.number("AC", row, halves(pick(figures.absent_halves)));
    filling.number("AD", row, pick(figures.tardy));
}

fn foot(filling: &mut Filling, form: &Sf2, figures: &Figures) {
    let at = |filling: &Filling, row: u32| filling.moved(row);
    let days = figures.days.iter().filter(|day| day.taken).count();
    let row = at(filling, 63);
    filling.text("AB", row, format!("Month: {} {}", month_name(form.month), form.year));
    filling.text("AE", row, format!("No. of Days of Classes: {days}"));
    let reasons = at(filling, 66);
    filling.text("Q", reasons, reasons_head(form));
    for (line, (label, split)) in (0..).zip(summary_lines(form, figures)) {
        let row = at(filling, SUMMARY + 2 * line);
        filling.text("AB", row, label);
        for (column, text) in [("AH", split.male), ("AI", split.female), ("AJ", split.total)] {
            // Per cents stay words: the cells of the form are not formatted for them.
            if text.ends_with('%') {
                filling.text(column, row, text)
            } else if !text.is_empty() {
                filling.number(column, row, text)
            }
        }
    }
    let (adviser, head) = (at(filling, 88), at(filling, 92));
    filling.text("AD", adviser, form.adviser.to_uppercase());
    filling.text("AF", head, form.school.head_name.to_uppercase());
}
