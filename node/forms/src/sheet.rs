//! The drawing board: puts text and rules on a [`Page`] and makes text fit where it has to.

use crate::font::{CAP_HEIGHT, Fonts, MM_PER_PT, composed};
use crate::page::{Align, Item, Page, Weight};

/// Text is made smaller down to this part of its size: less is not read with ease. Where a line of a table can grow, it grows then.
const SMALLEST: f32 = 0.62;
/// A box that cannot grow makes its text smaller still before it cuts it: a name in full is worth more than one at ease.
const FLOOR: f32 = 0.4;
/// From baseline to baseline, in em.
const LEADING: f32 = 1.18;
/// Between a cell's rule and its text, millimetres.
const PADDING: f32 = 0.6;

/// A place on the page, millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

/// How text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub size: f32,
    pub weight: Weight,
    pub align: Align,
}

pub(crate) const fn area(x: f32, y: f32, w: f32, h: f32) -> Area {
    Area { x, y, w, h }
}

pub(crate) const fn plain(size: f32) -> Style {
    Style { size, weight: Weight::Regular, align: Align::Start }
}

pub(crate) const fn bold(size: f32) -> Style {
    Style { size, weight: Weight::Bold, align: Align::Start }
}

impl Style {
    pub const fn middle(self) -> Style {
        Style { align: Align::Middle, ..self }
    }

    pub const fn end(self) -> Style {
        Style { align: Align::End, ..self }
    }

    const fn sized(self, size: f32) -> Style {
        Style { size, ..self }
    }
}

impl Area {
    pub fn right(self) -> f32 {
        self.x + self.w
    }

    pub fn bottom(self) -> f32 {
        self.y + self.h
    }

    fn anchor(self, align: Align) -> f32 {
        match align {
            Align::Start => self.x + PADDING,
            Align::Middle => self.x + self.w / 2.0,
            Align::End => self.right() - PADDING,
        }
    }
}

pub(crate) struct Sheet {
    page: Page,
    fonts: Fonts,
}

impl Sheet {
    pub fn new(width_mm: f32, height_mm: f32) -> Sheet {
        Sheet { page: Page { width_mm, height_mm, items: Vec::new() }, fonts: Fonts::new() }
    }

    /// A sheet that goes on with a page.
    pub fn over(page: Page) -> Sheet {
        Sheet { page, fonts: Fonts::new() }
    }

    pub fn done(self) -> Page {
        self.page
    }

    pub fn line(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, width: f32) {
        self.page.items.push(Item::Line { x1, y1, x2, y2, width });
    }

    pub fn frame(&mut self, at: Area, width: f32) {
        self.page.items.push(Item::Rect { x: at.x, y: at.y, w: at.w, h: at.h, fill: None, stroke: Some(width) });
    }

    pub fn shade(&mut self, at: Area, grey: u8) {
        self.page.items.push(Item::Rect { x: at.x, y: at.y, w: at.w, h: at.h, fill: Some(grey), stroke: None });
    }

    pub fn polygon(&mut self, points: Vec<(f32, f32)>, fill: u8) {
        self.page.items.push(Item::Polygon { points, fill });
    }

    pub fn image(&mut self, at: Area, png: String) {
        self.page.items.push(Item::Image { x: at.x, y: at.y, w: at.w, h: at.h, png });
    }

    pub fn width(&self, style: Style, text: &str) -> f32 {
        self.fonts.width(&composed(text), style.size, style.weight)
    }

    /// The lines of a text in a column of that width; a word that is longer goes on in the next line too.
    pub fn wrapped(&self, width: f32, style: Style, text: &str) -> Vec<String> {
        self.fonts.wrap_all(&composed(text), style.size, style.weight, width)
    }

    /// Text on the baseline `y`, as long as it is.
    pub fn text(&mut self, x: f32, y: f32, style: Style, text: &str) {
        self.put(x, y, style, composed(text));
    }

    fn put(&mut self, x: f32, y: f32, style: Style, text: String) {
        if text.trim().is_empty() {
            return;
        }
        let width = self.fonts.width(&text, style.size, style.weight);
        let Style { size: size_pt, weight, align } = style;
        self.page.items.push(Item::Text { x, y, size_pt, weight, align, width, turned: false, text });
    }

    /// The size and text that fit into `width`: smaller first, then cut.
    fn fitted(&self, width: f32, style: Style, text: &str) -> (Style, String) {
        let text = composed(text);
        let natural = self.fonts.width(&text, style.size, style.weight);
        if natural <= width {
            return (style, text);
        }
        let style = style.sized(style.size * (width / natural).max(SMALLEST));
        let text = self.fonts.ellipsize(&text, style.size * 0.999, style.weight, width);
        (style.sized(style.size * 0.999), text)
    }

    /// Text whose last line is on the baseline `y`: one line if it fits, smaller if need be, else several.
    pub fn above(&mut self, x: f32, y: f32, width: f32, style: Style, text: &str) {
        let (style, lines) = self.stacked(width, style, text);
        let mut y = y - (self.height(style, lines.len()) - self.height(style, 1));
        for line in lines {
            self.put(x, y, style, line);
            y += self.height(style, 1);
        }
    }

    /// As [`Sheet::above`], from the baseline `y` down.
    pub fn below(&mut self, x: f32, y: f32, width: f32, style: Style, text: &str) {
        let (style, lines) = self.stacked(width, style, text);
        let mut y = y;
        for line in lines {
            self.put(x, y, style, line);
            y += self.height(style, 1);
        }
    }

    fn stacked(&self, width: f32, style: Style, text: &str) -> (Style, Vec<String>) {
        let text = composed(text);
        let natural = self.fonts.width(&text, style.size, style.weight);
        if natural <= width {
            return (style, vec![text]);
        }
        let style = style.sized(style.size * (width / natural).max(SMALLEST) * 0.999);
        let lines = self.fonts.wrap_all(&text, style.size, style.weight, width);
        (style, lines)
    }

    /// One line in the middle (vertically) of a cell.
    pub fn cell(&mut self, at: Area, style: Style, text: &str) {
        let (style, text) = self.fitted(at.w - 2.0 * PADDING, style, text);
        let y = at.y + (at.h + style.size * MM_PER_PT * CAP_HEIGHT) / 2.0;
        self.put(at.anchor(style.align), y, style, text);
    }

    /// How high a cell must be for a text of several lines, if it is written as small as is read with ease.
    pub fn needed(&self, width: f32, style: Style, text: &str) -> f32 {
        let style = style.sized(style.size * SMALLEST);
        let lines = self.fonts.wrap_all(&composed(text), style.size, style.weight, width - 2.0 * PADDING);
        self.height(style, lines.len()) + PADDING
    }

    /// Several lines in the middle of a cell, made smaller until they fit.
    pub fn block(&mut self, at: Area, style: Style, text: &str) {
        let text = composed(text);
        let width = at.w - 2.0 * PADDING;
        let mut style = style;
        let (ease, floor) = (style.size * SMALLEST, style.size * FLOOR);
        let lines = loop {
            let eased = style.size > ease;
            // Words are broken only where smaller letters do not help.
            let lines = if eased {
                self.fonts.wrap(&text, style.size, style.weight, width)
            } else {
                self.fonts.wrap_all(&text, style.size, style.weight, width)
            };
            let high = self.height(style, lines.len()) <= at.h - PADDING / 2.0;
            let wide = lines.iter().all(|line| self.fonts.width(line, style.size, style.weight) <= width);
            if (high && wide) || style.size <= floor {
                break lines;
            }
            style = style.sized(style.size - 0.1);
        };
        let step = style.size * MM_PER_PT * LEADING;
        let lines = cut(lines, at.h / step);
        let mut y =
            at.y + (at.h - self.height(style, lines.len()) + step) / 2.0 + (style.size * MM_PER_PT * CAP_HEIGHT) / 2.0;
        for line in lines {
            let line = self.fonts.ellipsize(&line, style.size, style.weight, width + 0.01);
            self.put(at.anchor(style.align), y, style, line);
            y += step;
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few lines of text")]
    fn height(&self, style: Style, lines: usize) -> f32 {
        lines as f32 * style.size * MM_PER_PT * LEADING
    }

    /// A paragraph from the baseline `y` down; gives back the baseline after it.
    pub fn paragraph(&mut self, x: f32, y: f32, width: f32, style: Style, text: &str) -> f32 {
        let mut y = y;
        for line in self.wrapped(width, style, text) {
            self.put(if style.align == Align::Middle { x + width / 2.0 } else { x }, y, style, line);
            y += style.size * MM_PER_PT * LEADING;
        }
        y
    }

    /// How many lines a paragraph has.
    pub fn lines(&self, width: f32, style: Style, text: &str) -> usize {
        self.wrapped(width, style, text).len()
    }

    /// A label and its value in a box, as the heads of DepEd's forms have them.
    pub fn field(&mut self, label: &str, at: Area, style: Style, value: &str) {
        self.text(
            at.x - 1.0,
            at.y + (at.h + style.size * MM_PER_PT * CAP_HEIGHT) / 2.0,
            plain(style.size).end(),
            label,
        );
        self.frame(at, 0.2);
        self.block(at, style.middle(), value);
    }
}

/// As many lines as there is room for; the last one has the rest, to be cut at its end.
fn cut(mut lines: Vec<String>, room: f32) -> Vec<String> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few lines of text")]
    let most = (room + 0.01).max(1.0) as usize;
    if lines.len() > most {
        let rest = lines.split_off(most - 1).join(" ");
        lines.push(rest);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only_text(sheet: Sheet) -> (f32, f32, String) {
        match sheet.done().items.remove(0) {
            Item::Text { size_pt, width, text, .. } => (size_pt, width, text),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_cell_shrinks_then_cuts() {
        let mut sheet = Sheet::new(100.0, 100.0);
        sheet.cell(area(0.0, 0.0, 30.0, 4.0), plain(7.0), "DE LOS SANTOS, MARIA CORAZON");
        let (size, width, text) = only_text(sheet);
        assert!(size < 7.0 && width <= 28.81 && text.ends_with("CORAZON"), "{size} {width} {text}");
        let mut sheet = Sheet::new(100.0, 100.0);
        sheet.cell(area(0.0, 0.0, 15.0, 4.0), plain(7.0), "DE LOS SANTOS, MARIA CORAZON");
        let (size, width, text) = only_text(sheet);
        assert!(size > 7.0 * SMALLEST * 0.99 && width <= 13.81 && text.ends_with('\u{2026}'), "{size} {width} {text}");
    }

    #[test]
    fn a_block_shrinks_then_cuts_and_never_leaves_its_cell() {
        let at = area(0.0, 10.0, 22.0, 4.8);
        for text in [
            "T/I DATE:2026-06-22",
            "T/I DATE:2026-06-22 Peñafrancia",
            &"T/I DATE:2026-06-22 ".repeat(9),
            &"T/I DATE:2026-06-22 ".repeat(40),
        ] {
            let mut sheet = Sheet::new(100.0, 100.0);
            sheet.block(at, plain(6.4), text);
            let items = sheet.done().items;
            for item in &items {
                let Item::Text { y, size_pt, width, .. } = item else { panic!("{item:?}") };
                assert!(
                    *y <= at.bottom() && y - size_pt * MM_PER_PT * CAP_HEIGHT >= at.y && *width <= 22.0,
                    "{item:?}"
                );
            }
            let cut = matches!(items.last(), Some(Item::Text { text, .. }) if text.ends_with('\u{2026}'));
            assert_eq!(cut, text.len() > 100, "{text}");
        }
    }
}
