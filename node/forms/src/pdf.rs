//! Pages as a PDF: vectors, the embedded typeface cut down to the letters used, text that can be searched and copied.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use krilla::Document;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use crate::error::FormError;
use crate::font::{BOLD, Fonts, MM_PER_PT, REGULAR};
use crate::page::{Align, Item, Page, Weight};

/// Points in a millimetre: PDF counts in points.
const PT: f32 = 1.0 / MM_PER_PT;

/// The pages as one PDF file with `title` as its title. Says nothing about the PC or the moment it was made, so that the same
/// pages give the same bytes.
///
/// # Errors
/// [`FormError`] when a page has no size or a picture is not a PNG.
pub fn pdf(pages: &[Page], title: &str) -> Result<Vec<u8>, FormError> {
    let broken = |cause: &str| FormError::Pdf { title: title.to_owned(), cause: cause.to_owned() };
    let font = |bytes: &'static [u8]| Font::new(bytes.into(), 0).ok_or_else(|| broken("a typeface cannot be read"));
    let pen = Pen { regular: font(REGULAR)?, bold: font(BOLD)?, fonts: Fonts::new() };
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(title.to_owned()).creator("PEMS".to_owned()).language("en".to_owned()));
    for (number, page) in (1..).zip(pages) {
        let size = PageSettings::from_wh(page.width_mm * PT, page.height_mm * PT).ok_or(FormError::PageSize {
            page: number,
            width_mm: page.width_mm,
            height_mm: page.height_mm,
        })?;
        let mut sheet = document.start_page_with(size);
        let mut surface = sheet.surface();
        for item in &page.items {
            pen.draw(&mut surface, item).map_err(|cause| FormError::Picture { page: number, cause })?;
        }
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| broken(&format!("{error:?}")))
}

struct Pen {
    regular: Font,
    bold: Font,
    fonts: Fonts,
}

impl Pen {
    fn draw(&self, surface: &mut Surface<'_>, item: &Item) -> Result<(), String> {
        match item {
            Item::Text { x, y, size_pt, weight, align, turned, text, .. } => {
                self.text(surface, (*x, *y), *size_pt, *weight, *align, *turned, text);
            }
            Item::Line { x1, y1, x2, y2, width } => path(surface, &[(*x1, *y1), (*x2, *y2)], false, None, Some(*width)),
            Item::Rect { x, y, w, h, fill, stroke } => {
                path(surface, &[(*x, *y), (x + w, *y), (x + w, y + h), (*x, y + h)], true, *fill, *stroke);
            }
            Item::Polygon { points, fill } => path(surface, points, true, Some(*fill), None),
            Item::Image { x, y, w, h, png } => return image(surface, *x, *y, *w, *h, png),
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "they are the parts of one item")]
    fn text(
        &self,
        surface: &mut Surface<'_>,
        (x, y): (f32, f32),
        size: f32,
        weight: Weight,
        align: Align,
        turned: bool,
        text: &str,
    ) {
        let mut at = 0;
        let mut length = 0.0;
        let mut glyphs = Vec::with_capacity(text.len());
        for glyph in self.fonts.glyphs(text, weight) {
            let range = at..at + glyph.bytes;
            at = range.end;
            length += glyph.advance_em * size;
            glyphs.push(KrillaGlyph::new(GlyphId::new(glyph.id), glyph.advance_em, 0.0, 0.0, 0.0, range, None));
        }
        let back = match align {
            Align::Start => 0.0,
            Align::Middle => length / 2.0,
            Align::End => length,
        };
        let font = if weight == Weight::Bold { &self.bold } else { &self.regular };
        surface.set_stroke(None);
        surface.set_fill(Some(grey(0)));
        if turned {
            surface.push_transform(&Transform::from_rotate_at(-90.0, x * PT, y * PT));
        }
        surface.draw_glyphs(Point::from_xy(x * PT - back, y * PT), &glyphs, font.clone(), text, size, false);
        if turned {
            surface.pop();
        }
    }
}

fn grey(level: u8) -> Fill {
    Fill { paint: luma::Color::new(level).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

fn path(surface: &mut Surface<'_>, points: &[(f32, f32)], closed: bool, fill: Option<u8>, stroke: Option<f32>) {
    let mut builder = PathBuilder::new();
    for (index, (x, y)) in points.iter().enumerate() {
        if index == 0 {
            builder.move_to(x * PT, y * PT);
        } else {
            builder.line_to(x * PT, y * PT);
        }
    }
    if closed {
        builder.close();
    }
    let Some(path) = builder.finish() else { return };
    surface.set_fill(fill.map(grey));
    surface.set_stroke(stroke.map(|width| Stroke {
        paint: luma::Color::new(0).into(),
        width: width * PT,
        ..Stroke::default()
    }));
    surface.draw_path(&path);
}

fn image(surface: &mut Surface<'_>, x: f32, y: f32, w: f32, h: f32, png: &str) -> Result<(), String> {
    let bytes = BASE64_STANDARD.decode(png).map_err(|error| error.to_string())?;
    let image = Image::from_png(bytes.into(), true)?;
    let place = Rect::from_xywh(x * PT, y * PT, w * PT, h * PT).ok_or("it has no size")?;
    let size = Size::from_wh(place.width(), place.height()).ok_or("it has no size")?;
    surface.push_transform(&Transform::from_translate(place.left(), place.top()));
    surface.draw_image(image, size);
    surface.pop();
    Ok(())
}
