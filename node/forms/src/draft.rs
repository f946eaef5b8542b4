//! A form that lacks something, on paper all the same: to be looked through with a pencil and never to be filed, which every sheet says.

use crate::page::Page;
use crate::sheet::{Sheet, area, bold, plain};

/// Of the stamp, in millimetres, and how far from the edges it stands: what every printer reaches.
const WIDTH: f32 = 46.0;
const HEIGHT: f32 = 11.0;
const EDGE: f32 = 5.0;

/// The pages, each with a stamp over whatever stands in its upper right corner.
pub fn as_draft(pages: Vec<Page>) -> Vec<Page> {
    pages.into_iter().map(stamped).collect()
}

fn stamped(page: Page) -> Page {
    let at = area(page.width_mm - EDGE - WIDTH, EDGE, WIDTH, HEIGHT);
    let centre = at.x + WIDTH / 2.0;
    let mut sheet = Sheet::over(page);
    sheet.shade(at, 255);
    sheet.frame(at, 0.6);
    sheet.text(centre, at.y + 6.0, bold(14.0).middle(), "DRAFT");
    sheet.text(centre, at.y + 9.6, plain(7.0).middle(), "Incomplete: not to be filed");
    sheet.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Item;

    #[test]
    fn every_sheet_says_that_it_is_a_draft_over_what_it_says() {
        let blank = |width_mm, height_mm| Page { width_mm, height_mm, items: Vec::new() };
        let mut first = Sheet::over(blank(297.0, 210.0));
        first.text(6.0, 10.0, plain(8.0), "School Form 2");
        let pages = as_draft(vec![first.done(), blank(210.0, 297.0)]);
        assert_eq!(pages[0].text(), "School Form 2\nDRAFT\nIncomplete: not to be filed");
        assert_eq!(pages[1].text(), "DRAFT\nIncomplete: not to be filed");
        for page in pages {
            for item in &page.items {
                let (left, right) = match item {
                    Item::Rect { x, w, .. } => (*x, x + w),
                    Item::Text { text, .. } if text == "School Form 2" => continue,
                    Item::Text { x, width, .. } => (x - width / 2.0, x + width / 2.0),
                    _ => continue,
                };
                assert!(left >= page.width_mm - EDGE - WIDTH && right <= page.width_mm - EDGE + 0.01, "{item:?}");
            }
        }
    }
}
