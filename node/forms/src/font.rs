//! The typeface of the forms, and how wide text is in it.
//!
//! Liberation Sans has the widths of Arial, which DepEd's forms are set in, and a licence that lets a program carry it (SIL OFL).
//! One table of widths decides where text ends, for paper and window alike; so neither kerns nor hyphenates.

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use unicode_normalization::UnicodeNormalization;

use crate::page::Weight;

/// Liberation Sans Regular, the file as the window loads it.
pub const REGULAR: &[u8] = include_bytes!("../fonts/LiberationSans-Regular.ttf");
/// Liberation Sans Bold.
pub const BOLD: &[u8] = include_bytes!("../fonts/LiberationSans-Bold.ttf");

/// Millimetres in a typographic point.
pub const MM_PER_PT: f32 = 25.4 / 72.0;
/// Height of a capital letter, in em: what the eye centres on.
pub(crate) const CAP_HEIGHT: f32 = 0.716;
/// Shown for characters that the typeface does not have, so that nothing is silently lost.
const UNKNOWN: char = '\u{25a1}';

/// One character as the font draws it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyph {
    pub id: u32,
    pub advance_em: f32,
    pub bytes: usize,
}

/// Both cuts, opened once for a form.
pub(crate) struct Fonts {
    regular: Option<FontRef<'static>>,
    bold: Option<FontRef<'static>>,
}

impl Fonts {
    pub fn new() -> Fonts {
        Fonts { regular: FontRef::new(REGULAR).ok(), bold: FontRef::new(BOLD).ok() }
    }

    fn cut(&self, weight: Weight) -> Option<&FontRef<'static>> {
        if weight == Weight::Bold { self.bold.as_ref() } else { self.regular.as_ref() }
    }

    /// The glyphs of `text`, one a character.
    pub fn glyphs(&self, text: &str, weight: Weight) -> Vec<Glyph> {
        let Some(font) = self.cut(weight) else { return Vec::new() };
        let (letters, metrics) = (font.charmap(), font.glyph_metrics(Size::unscaled(), LocationRef::default()));
        let em = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        text.chars()
            .map(|c| {
                let id = letters.map(c).or_else(|| letters.map(UNKNOWN)).unwrap_or(GlyphId::NOTDEF);
                let advance_em = metrics.advance_width(id).unwrap_or(0.0) / em;
                Glyph { id: id.to_u32(), advance_em, bytes: c.len_utf8() }
            })
            .collect()
    }

    /// Width of `text` in millimetres.
    pub fn width(&self, text: &str, size_pt: f32, weight: Weight) -> f32 {
        self.glyphs(text, weight).iter().map(|glyph| glyph.advance_em).sum::<f32>() * size_pt * MM_PER_PT
    }

    /// `text`, cut at its end with an ellipsis if it is wider than `width_mm`.
    pub fn ellipsize(&self, text: &str, size_pt: f32, weight: Weight, width_mm: f32) -> String {
        if self.width(text, size_pt, weight) <= width_mm {
            return text.to_owned();
        }
        let mut kept: String = text.to_owned();
        while kept.pop().is_some() {
            let shown = format!("{}\u{2026}", kept.trim_end());
            if self.width(&shown, size_pt, weight) <= width_mm {
                return shown;
            }
        }
        String::new()
    }

    /// The lines of `text` at `width_mm`, broken between words. A word longer than a line stays whole.
    pub fn wrap(&self, text: &str, size_pt: f32, weight: Weight, width_mm: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if !line.is_empty() && self.width(&longer, size_pt, weight) > width_mm {
                    lines.push(std::mem::replace(&mut line, word.to_owned()));
                } else {
                    line = longer;
                }
            }
            lines.push(line);
        }
        lines
    }

    /// As [`Fonts::wrap`], and a word longer than a line goes on in the next one: nothing is ever wider.
    pub fn wrap_all(&self, text: &str, size_pt: f32, weight: Weight, width_mm: f32) -> Vec<String> {
        let whole = self.wrap(text, size_pt, weight, width_mm);
        whole.into_iter().flat_map(|line| self.broken(&line, size_pt, weight, width_mm)).collect()
    }

    /// A line in pieces that fit.
    fn broken(&self, line: &str, size_pt: f32, weight: Weight, width_mm: f32) -> Vec<String> {
        let mut pieces = vec![String::new()];
        let mut wide = 0.0;
        for (letter, glyph) in line.chars().zip(self.glyphs(line, weight)) {
            let more = glyph.advance_em * size_pt * MM_PER_PT;
            if wide + more > width_mm && wide > 0.0 {
                pieces.push(String::new());
                wide = 0.0;
            }
            wide += more;
            if let Some(piece) = pieces.last_mut() {
                piece.push(letter);
            }
        }
        pieces
    }

    /// The letters of `text` that the typeface does not have, each once.
    pub fn lacks(&self, text: &str) -> Vec<char> {
        let Some(letters) = self.cut(Weight::Regular).map(|font| font.charmap()) else { return Vec::new() };
        let mut lacking: Vec<char> =
            composed(text).chars().filter(|c| !c.is_whitespace() && letters.map(*c).is_none()).collect();
        lacking.sort_unstable();
        lacking.dedup();
        lacking
    }
}

/// Letters with their marks as one character each (ñ, not n and a tilde): the typeface draws those well.
pub(crate) fn composed(text: &str) -> String {
    text.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_arial() {
        // Arial: "A" 1366, "n" 1139 of 2048 units.
        let fonts = Fonts::new();
        let mm = fonts.width("An", 10.0, Weight::Regular);
        assert!((mm - (1366.0 + 1139.0) / 2048.0 * 10.0 * MM_PER_PT).abs() < 0.001, "{mm}");
        assert!(fonts.width("An", 10.0, Weight::Bold) > mm);
        assert_eq!(fonts.width("ñ", 10.0, Weight::Regular), fonts.width("n", 10.0, Weight::Regular));
    }

    #[test]
    fn every_letter_that_names_are_written_with_is_there() {
        let unknown = Fonts::new().glyphs("\u{10ffff}", Weight::Regular)[0].id;
        for glyph in Fonts::new().glyphs("ÑñÁáÉéÍíÓóÚúÜüÇç\u{2019}\u{2013}\u{2026}½", Weight::Bold) {
            assert!(glyph.id != 0 && glyph.id != unknown);
        }
    }

    #[test]
    fn letters_without_a_shape_are_told() {
        let fonts = Fonts::new();
        assert_eq!(fonts.lacks("Peña \u{1f600}, Nin\u{303}o 中中"), ['中', '\u{1f600}']);
        assert!(fonts.lacks("ÑñÁ’–… Jr.").is_empty());
    }

    #[test]
    fn long_text_is_cut_and_wrapped() {
        let fonts = Fonts::new();
        assert_eq!(fonts.ellipsize("Peñaflor", 8.0, Weight::Regular, 100.0), "Peñaflor");
        let cut = fonts.ellipsize("Peñaflor-Delos Santos", 8.0, Weight::Regular, 15.0);
        assert!(cut.ends_with('\u{2026}') && fonts.width(&cut, 8.0, Weight::Regular) <= 15.0);
        let lines = fonts.wrap("one two three four", 8.0, Weight::Regular, 12.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| fonts.width(line, 8.0, Weight::Regular) <= 12.0));
        assert_eq!(lines.join(" "), "one two three four");
        let lines = fonts.wrap_all(&format!("A {}", "X".repeat(40)), 8.0, Weight::Regular, 12.0);
        assert!(lines.iter().all(|line| fonts.width(line, 8.0, Weight::Regular) <= 12.0), "{lines:?}");
        assert_eq!(lines.concat(), format!("A{}", "X".repeat(40)));
    }
}
