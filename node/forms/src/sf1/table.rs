//! The table of School Form 1 on paper: its 19 columns, a line for each learner, and the counts.

use super::layout::{self, COLUMNS, Column};
use super::{Learner, Sf1, Split, remarks, spelling};
use crate::dates::numeric;
use crate::school::Sex;
use crate::sheet::{Area, Sheet, Style, area, bold, plain};

/// Of the sheet; all lengths are millimetres.
pub(super) const WIDTH: f32 = 355.6;
pub(super) const LEFT: f32 = 6.0;
pub(super) const RIGHT: f32 = WIDTH - LEFT;
/// Millimetres of the columns, in the form's order.
const WIDTHS: [f32; 19] =
    [20.5, 42.0, 6.5, 15.0, 8.0, 14.0, 12.0, 15.0, 22.6, 17.5, 18.0, 17.0, 25.0, 25.0, 20.5, 12.0, 17.0, 11.0, 25.0];
pub(super) const HEAD: f32 = 13.0;
/// The part of the head that names groups of columns.
const GROUP: f32 = 4.0;
const THIN: f32 = 0.15;
const THICK: f32 = 0.3;
const TOTAL_GREY: u8 = 236;

/// A line of the table.
#[derive(Debug, Clone, Copy)]
pub(super) enum Line<'a> {
    Learner(&'a Learner),
    /// Without a sex: both.
    Total(Option<Sex>),
}

/// What stands in one cell of a learner's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word or a number, in the middle.
    Short,
    /// Words that begin at the left.
    Words,
}

/// All lines in the form's order.
pub(super) fn lines(form: &Sf1) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for sex in [Sex::M, Sex::F] {
        lines.extend(form.listed(sex).into_iter().map(Line::Learner));
        lines.push(Line::Total(Some(sex)));
    }
    lines.push(Line::Total(None));
    lines
}

/// What a count's line says.
pub(super) const fn total_label(sex: Option<Sex>) -> &'static str {
    match sex {
        Some(Sex::M) => layout::TOTAL_MALE,
        Some(Sex::F) => layout::TOTAL_FEMALE,
        None => layout::COMBINED,
    }
}

pub(super) fn pick(split: Split<u32>, sex: Option<Sex>) -> u32 {
    match sex {
        Some(Sex::M) => split.male,
        Some(Sex::F) => split.female,
        None => split.total,
    }
}

/// What a learner's line says in a column, as the form spells it; but for the name, which paper and LIS spell differently.
pub(super) fn value(form: &Sf1, learner: &Learner, column: Column) -> String {
    let person = |name: &Option<crate::Name>| name.as_ref().map(spelling::parent).unwrap_or_default();
    match column {
        layout::LRN => learner.lrn.clone(),
        layout::NAME => learner.name.listed(),
        layout::SEX => match learner.sex {
            Some(Sex::M) => "M".to_owned(),
            Some(Sex::F) => "F".to_owned(),
            None => String::new(),
        },
        layout::BIRTH_DATE => learner.birth_date.map(numeric).unwrap_or_default(),
        layout::AGE => form.age(learner).map(|age| age.to_string()).unwrap_or_default(),
        layout::MOTHER_TONGUE => learner.mother_tongue.clone(),
        layout::IP_GROUP => learner.ip_group.clone(),
        layout::RELIGION => learner.religion.clone(),
        layout::HOUSE_STREET => learner.house_street.clone(),
        layout::BARANGAY => learner.barangay.clone(),
        layout::MUNICIPALITY => learner.municipality.clone(),
        layout::PROVINCE => learner.province.clone(),
        layout::FATHER => person(&learner.father),
        layout::MOTHER => person(&learner.mother),
        layout::GUARDIAN => person(&learner.guardian),
        layout::RELATIONSHIP => learner.relationship.clone(),
        layout::CONTACT => spelling::phone(&learner.contact),
        layout::MODALITY => learner.modality.clone(),
        _ => remarks::remarks(form, learner),
    }
}

pub(super) fn kind(column: Column) -> Kind {
    match column {
        layout::LRN | layout::SEX | layout::BIRTH_DATE | layout::AGE | layout::CONTACT => Kind::Short,
        _ => Kind::Words,
    }
}

/// Each column with its place, from `y` down.
fn cells(y: f32, height: f32) -> impl Iterator<Item = (Column, Area)> {
    let mut x = LEFT;
    COLUMNS.into_iter().zip(WIDTHS).map(move |(column, width)| {
        let cell = area(x, y, width, height);
        x += width;
        (column, cell)
    })
}

/// The head, repeated on each sheet; gives back where the lines begin.
pub(super) fn head(sheet: &mut Sheet, y: f32, form: &Sf1) -> f32 {
    for (column, cell) in cells(y, HEAD) {
        let grouped = layout::is_grouped(column);
        let cell = if grouped { area(cell.x, y + GROUP, cell.w, HEAD - GROUP) } else { cell };
        sheet.frame(cell, THICK);
        sheet.block(cell, bold(6.2).middle(), &layout::head(column, &form.age_head()));
    }
    for (first, last, text) in layout::GROUPS {
        let among = |column: Column| (first.first..=last.last).contains(&column.first);
        let group: Vec<Area> = cells(y, GROUP).filter(|(column, _)| among(*column)).map(|(_, cell)| cell).collect();
        if let (Some(from), Some(to)) = (group.first(), group.last()) {
            let cell = area(from.x, y, to.right() - from.x, GROUP);
            sheet.frame(cell, THICK);
            sheet.cell(cell, bold(6.4).middle(), text);
        }
    }
    y + HEAD
}

/// How high a line must be for all that it says.
pub(super) fn needed(sheet: &Sheet, form: &Sf1, line: Line<'_>) -> f32 {
    let Line::Learner(learner) = line else { return 0.0 };
    let of = |(column, cell): (Column, Area)| sheet.needed(cell.w, style(column), &value(form, learner, column));
    cells(0.0, 0.0).map(of).fold(0.0, f32::max)
}

pub(super) fn line(sheet: &mut Sheet, y: f32, height: f32, form: &Sf1, counts: Split<u32>, line: Line<'_>) {
    match line {
        Line::Learner(learner) => {
            for (column, cell) in cells(y, height) {
                sheet.frame(cell, THIN);
                sheet.block(cell, style(column), &value(form, learner, column));
            }
        }
        Line::Total(sex) => {
            let right = cells(y, height).last().map_or(LEFT, |(_, cell)| cell.right());
            let whole = area(LEFT, y, right - LEFT, height);
            sheet.shade(whole, TOTAL_GREY);
            for (column, cell) in cells(y, height) {
                let (style, text) = match column {
                    layout::LRN => (bold(7.0).middle(), pick(counts, sex).to_string()),
                    layout::NAME => (bold(7.0), total_label(sex).to_owned()),
                    _ => continue,
                };
                sheet.frame(cell, THIN);
                sheet.cell(cell, style, &text);
            }
            sheet.frame(whole, THICK);
        }
    }
}

fn style(column: Column) -> Style {
    let size = if column == layout::NAME { 6.8 } else { 6.2 };
    match kind(column) {
        Kind::Short => plain(size).middle(),
        Kind::Words => plain(size),
    }
}
