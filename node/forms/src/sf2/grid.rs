//! The grid of School Form 2: a line for each learner, a column for each class day, totals under both sexes.

use super::columns::Column;
use super::figures::{DayTotal, LearnerTotal, halves, state};
use super::remarks::remarks;
use super::{Figures, Learner, Sf2, legend};
use crate::dates::parts;
use crate::school::Sex;
use crate::sheet::{Area, Sheet, Style, area, bold, plain};

const LEFT: f32 = 6.0;
const RIGHT: f32 = 291.0;
const NUMBER: f32 = 6.5;
const NAME: f32 = 54.0;
const DAYS: f32 = 157.5;
const TOTAL: f32 = 10.5;
/// How high a line is, but for long names; the head has three times as much.
pub(super) const LINE: f32 = 4.75;
const HEAD: f32 = 3.2 * LINE;
const NAME_STYLE: Style = plain(7.2);
const REMARKS_STYLE: Style = plain(6.0);
const THIN: f32 = 0.15;
const THICK: f32 = 0.35;
/// A learner who was not in the section on that day.
const AWAY: u8 = 205;
const BLACK: u8 = 40;

/// A line of the grid.
#[derive(Debug, Clone, Copy)]
pub(super) enum Line<'a> {
    Learner {
        number: usize,
        learner: &'a Learner,
        total: LearnerTotal,
    },
    /// Without a sex: the combined total.
    Total(Option<Sex>),
}

/// All lines in the form's order.
pub(super) fn lines<'a>(form: &'a Sf2, figures: &Figures) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for (sex, totals) in [(Sex::M, &figures.males), (Sex::F, &figures.females)] {
        let listed = form.listed(sex).into_iter().zip(totals).enumerate();
        lines.extend(listed.map(|(at, (learner, total))| Line::Learner { number: at + 1, learner, total: *total }));
        lines.push(Line::Total(Some(sex)));
    }
    lines.push(Line::Total(None));
    lines
}

pub(super) struct Grid<'a> {
    pub form: &'a Sf2,
    pub figures: &'a Figures,
    pub columns: &'a [Column],
}

impl Grid<'_> {
    #[expect(clippy::cast_precision_loss, reason = "a few dozen columns")]
    fn day(&self, at: usize) -> (f32, f32) {
        let width = DAYS / self.columns.len() as f32;
        (LEFT + NUMBER + NAME + width * at as f32, width)
    }

    fn ends(&self) -> (Area, Area, Area) {
        let x = LEFT + NUMBER + NAME + DAYS;
        (
            area(x, 0.0, TOTAL, 0.0),
            area(x + TOTAL, 0.0, TOTAL, 0.0),
            area(x + 2.0 * TOTAL, 0.0, RIGHT - x - 2.0 * TOTAL, 0.0),
        )
    }

    /// The head; gives back where the lines begin.
    pub(super) fn head(&self, sheet: &mut Sheet, y: f32) -> f32 {
        let (absent, tardy, remarks) = self.ends();
        let third = HEAD / 3.0;
        let name = area(LEFT, y, NUMBER + NAME, HEAD);
        sheet.frame(name, THICK);
        sheet.block(name, bold(7.5).middle(), "LEARNER'S NAME (Last Name, First Name, Middle Name)");
        sheet.frame(area(name.right(), y, DAYS, third), THIN);
        sheet.cell(area(name.right(), y, DAYS, third), plain(6.5).middle(), "(1st row for date)");
        for (at, column) in self.columns.iter().enumerate() {
            let (x, w) = self.day(at);
            for (row, text) in
                [(1.0, column.date.map(|date| parts(date).2.to_string())), (2.0, Some(column.letters.to_owned()))]
            {
                let cell = area(x, y + row * third, w, third);
                sheet.frame(cell, THIN);
                sheet.cell(cell, bold(7.0).middle(), text.as_deref().unwrap_or_default());
            }
        }
        let total = area(absent.x, y, 2.0 * TOTAL, 2.0 * third);
        sheet.frame(total, THIN);
        sheet.block(total, bold(7.0).middle(), "Total for the Month");
        for (end, text) in [(absent, "ABSENT"), (tardy, "TARDY")] {
            let cell = area(end.x, y + 2.0 * third, TOTAL, third);
            sheet.frame(cell, THIN);
            sheet.cell(cell, bold(6.0).middle(), text);
        }
        let cell = area(remarks.x, y, remarks.w, HEAD);
        sheet.frame(cell, THICK);
        sheet.block(cell, plain(5.8).middle(), &legend::remarks_head(self.form));
        y + HEAD
    }

    /// How high a line is: as a long name needs.
    pub(super) fn height(&self, sheet: &Sheet, line: Line<'_>) -> f32 {
        let Line::Learner { learner, .. } = line else { return LINE };
        let (_, _, end) = self.ends();
        let name = sheet.needed(NAME, NAME_STYLE, &learner.name.listed());
        name.max(sheet.needed(end.w, REMARKS_STYLE, &remarks(self.form, learner))).max(LINE)
    }

    pub(super) fn line(&self, sheet: &mut Sheet, y: f32, line: Line<'_>) {
        match line {
            Line::Learner { number, learner, total } => {
                let height = self.height(sheet, line);
                self.learner(sheet, (y, height), number, learner, total);
            }
            Line::Total(sex) => self.total(sheet, y, sex),
        }
    }

    fn learner(&self, sheet: &mut Sheet, (y, h): (f32, f32), number: usize, learner: &Learner, total: LearnerTotal) {
        let (absent, tardy, end) = self.ends();
        let cells = [
            (area(LEFT, y, NUMBER, h), plain(6.5).end(), number.to_string()),
            (area(LEFT + NUMBER, y, NAME, h), NAME_STYLE, learner.name.listed()),
            (area(absent.x, y, TOTAL, h), plain(7.0).middle(), halves(total.absent_halves)),
            (area(tardy.x, y, TOTAL, h), plain(7.0).middle(), total.tardy.to_string()),
            (area(end.x, y, end.w, h), REMARKS_STYLE, remarks(self.form, learner)),
        ];
        for (at, column) in self.columns.iter().enumerate() {
            let (x, w) = self.day(at);
            let cell = area(x, y, w, h);
            if let Some(date) = column.date {
                self.mark(sheet, cell, learner, date);
            }
            sheet.frame(cell, THIN);
        }
        for (cell, style, text) in cells {
            sheet.frame(cell, THIN);
            sheet.block(cell, style, &text);
        }
    }

    fn mark(&self, sheet: &mut Sheet, cell: Area, learner: &Learner, date: i32) {
        if !learner.in_section(date) {
            return sheet.shade(cell, AWAY);
        }
        let state = state(self.form, learner, date);
        let (left, top, right, bottom) = (cell.x, cell.y, cell.right(), cell.bottom());
        if state.late {
            sheet.polygon(vec![(left, top), (right, top), (left, bottom)], BLACK);
        }
        if state.cutting {
            sheet.polygon(vec![(right, top), (right, bottom), (left, bottom)], BLACK);
        }
        match state.absent_halves {
            2 if !state.late && !state.cutting => sheet.cell(cell, bold(8.0).middle(), "x"),
            1 => sheet.cell(cell, bold(6.0).middle(), if state.morning { "x am" } else { "x pm" }),
            _ => {}
        }
    }

    fn total(&self, sheet: &mut Sheet, y: f32, sex: Option<Sex>) {
        let text = match sex {
            Some(Sex::M) => "MALE | TOTAL Per Day",
            Some(Sex::F) => "FEMALE | TOTAL Per Day",
            None => "Combined TOTAL PER DAY",
        };
        let pick = |split: super::Split<u32>| match sex {
            Some(Sex::M) => split.male,
            Some(Sex::F) => split.female,
            None => split.total,
        };
        let day = |date: i32| self.figures.days.iter().find(|day: &&DayTotal| day.date == date && day.taken);
        let (absent, tardy, end) = self.ends();
        let name = area(LEFT, y, NUMBER + NAME, LINE);
        let mut cells = vec![
            (name, text.to_owned()),
            (area(absent.x, y, TOTAL, LINE), halves(pick(self.figures.absent_halves))),
            (area(tardy.x, y, TOTAL, LINE), pick(self.figures.tardy).to_string()),
            (area(end.x, y, end.w, LINE), String::new()),
        ];
        for (at, column) in self.columns.iter().enumerate() {
            let (x, w) = self.day(at);
            let present = column.date.and_then(day).map(|day| halves(pick(day.present_halves)));
            cells.push((area(x, y, w, LINE), present.unwrap_or_default()));
        }
        for (cell, text) in cells {
            sheet.frame(cell, THICK);
            sheet.cell(cell, bold(7.0).middle(), &text);
        }
    }
}
