//! A printed page as plain shapes, so that the window shows exactly what the printer prints.
//!
//! Millimetres from the top left corner; text sits on its baseline. All decisions (shrinking, cutting, wrapping, centring) are
//! made before an item exists: whoever draws a page only draws. Text must be drawn without kerning.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One sheet of paper, one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Page {
    pub width_mm: f32,
    pub height_mm: f32,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    #[default]
    Regular,
    Bold,
}

/// Which point of the text `x` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    #[default]
    Start,
    Middle,
    End,
}

/// What is drawn, in this order. Greys are 0 (black) to 255 (white); line widths are millimetres.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Item {
    /// `width` is what the text measures in the embedded font (SVG: `textLength`). `turned` text reads upwards.
    Text {
        x: f32,
        y: f32,
        size_pt: f32,
        weight: Weight,
        align: Align,
        width: f32,
        turned: bool,
        text: String,
    },
    Line {
        x1: f32,
        y1: f32,
        x2: f32,
        y2: f32,
        width: f32,
    },
    Rect {
        x: f32,
        y: f32,
        w: f32,
        h: f32,
        fill: Option<u8>,
        stroke: Option<f32>,
    },
    Polygon {
        points: Vec<(f32, f32)>,
        fill: u8,
    },
    /// A PNG, base64.
    Image {
        x: f32,
        y: f32,
        w: f32,
        h: f32,
        png: String,
    },
}

impl Page {
    /// All text of the page, an item a line, in drawing order.
    pub fn text(&self) -> String {
        let texts = self.items.iter().filter_map(|item| match item {
            Item::Text { text, .. } => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}
