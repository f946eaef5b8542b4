//! The foot of School Form 1: the codes of its remarks, the counts at both ends of the year, and who signs.

use super::remarks::dropped;
use super::table::{LEFT, RIGHT, pick};
use super::{Figures, Sf1};
use crate::school::Sex;
use crate::sheet::{Sheet, area, bold, plain};

/// Between the table and the foot.
pub(super) const GAP: f32 = 2.0;
const ROW: f32 = 3.6;
const ROWS: usize = 4;
/// Millimetres that the foot takes, with the gap above it.
pub(super) const HEIGHT: f32 = GAP + 4.0 + 5.0 * ROW;
/// The list of the form, `node/data/SOURCES.md`.
const LIST: &str = include_str!("../../../data/sf1_remarks_codes.csv");
/// The form of 2014 had it where LIS now prints SNED.
const REPLACED: &str = "LWD";
pub(super) const TITLE: &str = "List and Code of Indicators under REMARKS column";

/// Indicator, code and what it asks for; once for each half of the list.
const CODES: [[f32; 3]; 2] = [[38.0, 9.0, 54.0], [26.0, 9.0, 46.0]];
const REGISTERED: f32 = LEFT + 182.0 + 4.0;
const COUNT: f32 = 13.0;
const SIGNATURES: f32 = REGISTERED + 3.0 * COUNT + 4.0;

/// One code: what it means, the code, what has to be written with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Indicator {
    pub name: String,
    pub code: String,
    pub required: String,
}

/// The codes in the form's order, in the words of the form's year.
pub(super) fn indicators(form: &Sf1) -> Vec<Indicator> {
    let read = |line: &str| {
        let mut parts = line.split(',').map(str::to_owned);
        Some(Indicator { code: parts.next()?, name: parts.next()?, required: parts.next()? })
    };
    let mut list: Vec<Indicator> = LIST.lines().skip(1).filter_map(read).filter(|one| one.code != REPLACED).collect();
    for one in list.iter_mut().filter(|one| one.code == "DRP") {
        match dropped(form) {
            "NLS" => (one.code, one.name) = ("NLS".to_owned(), "No Longer in School".to_owned()),
            "NLPA" => {
                let name = "No Longer Participating in Learning Activities";
                (one.code, one.name) = ("NLPA".to_owned(), name.to_owned());
            }
            _ => {}
        }
    }
    list
}

pub(super) fn draw(sheet: &mut Sheet, top: f32, form: &Sf1, figures: &Figures) {
    codes(sheet, top, form);
    registered(sheet, top, figures);
    let width = (RIGHT - SIGNATURES - 4.0) / 2.0;
    let head = format!("(Signature of {} over Printed Name)", form.school.head_title());
    sign(sheet, SIGNATURES, top, width, "Prepared by:", &form.adviser, "(Signature of Adviser over Printed Name)");
    sign(sheet, SIGNATURES + width + 4.0, top, width, "Certified Correct:", &form.school.head_name, &head);
}

fn codes(sheet: &mut Sheet, top: f32, form: &Sf1) {
    sheet.text(LEFT, top + 2.6, bold(6.8), TITLE);
    let top = top + 4.0;
    let indicators = indicators(form);
    let mut left = LEFT;
    for (widths, part) in CODES.into_iter().zip(indicators.chunks(ROWS)) {
        let x = left;
        left += widths.iter().sum::<f32>();
        let mut row = |y: f32, texts: [&str; 3], is_head: bool| {
            let mut x = x;
            for (width, text) in widths.into_iter().zip(texts) {
                let cell = area(x, y, width, ROW);
                sheet.frame(cell, 0.15);
                sheet.cell(cell, if is_head { bold(6.0) } else { plain(6.0) }, text);
                x += width;
            }
        };
        row(top, ["Indicator", "Code", "Required Information"], true);
        let mut y = top + ROW;
        for one in part {
            row(y, [&one.name, &one.code, &one.required], false);
            y += ROW;
        }
    }
}

fn registered(sheet: &mut Sheet, top: f32, figures: &Figures) {
    let top = top + 4.0;
    let mut row = |y: f32, texts: [&str; 3], is_head: bool| {
        let mut x = REGISTERED;
        for (at, text) in texts.into_iter().enumerate() {
            let cell = area(x, y, COUNT, ROW);
            sheet.frame(cell, 0.15);
            let style = if is_head || at == 0 { bold(6.0) } else { plain(6.6) };
            sheet.cell(cell, style.middle(), text);
            x += COUNT;
        }
    };
    row(top, ["REGISTERED", "BoSY", "EoSY"], true);
    let mut y = top + ROW;
    for (sex, label) in [(Some(Sex::M), "MALE"), (Some(Sex::F), "FEMALE"), (None, "TOTAL")] {
        let end = figures.end.map(|split| pick(split, sex).to_string()).unwrap_or_default();
        row(y, [label, &pick(figures.beginning, sex).to_string(), &end], false);
        y += ROW;
    }
}

fn sign(sheet: &mut Sheet, x: f32, top: f32, width: f32, role: &str, name: &str, under: &str) {
    let middle = x + width / 2.0;
    sheet.text(x, top + 2.6, plain(6.6), role);
    let y = top + 11.4;
    sheet.above(middle, y - 0.9, width, bold(8.0).middle(), &name.to_uppercase());
    sheet.line(x, y, x + width, y, 0.2);
    sheet.below(middle, y + 2.7, width, plain(6.0).middle(), under);
    let y = top + 20.6;
    let half = width / 2.0;
    for (x, label) in [(x, "BoSY Date:"), (x + half, "EoSY Date:")] {
        sheet.text(x, y, plain(6.2), label);
        let from = x + sheet.width(plain(6.2), label) + 1.0;
        sheet.line(from, y + 0.4, x + half - 1.5, y + 0.4, 0.15);
    }
}
