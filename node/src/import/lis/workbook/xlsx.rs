//! An `.xlsx`: a zip of XML parts ([ECMA-376]) to cells. Only values are read.
//!
//! Invariant: what the parts unpack to is counted while they are unpacked, never believed.
//!
//! [ECMA-376]: https://ecma-international.org/publications-and-standards/standards/ecma-376

use super::{Content, MOST_BYTES, Sheet};
use quick_xml::Reader;
use quick_xml::XmlVersion::Implicit1_0;
use quick_xml::events::{BytesStart, Event};
use std::io::{Cursor, Read};
use std::rc::Rc;
use zip::ZipArchive;

pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";

/// The sheets of a workbook, in their order.
pub(super) fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    let mut parts = Parts { archive, left: MOST_BYTES };
    let workbook = parts.read("xl/workbook.xml")?.ok_or_else(|| damaged("it has no workbook inside"))?;
    let links = parts.read("xl/_rels/workbook.xml.rels")?.unwrap_or_default();
    let texts = parts.read("xl/sharedStrings.xml")?.map_or_else(|| Ok(Vec::new()), |xml| shared_texts(&xml))?;
    let (names, date_1904) = listed_sheets(&workbook)?;
    let targets = link_targets(&links)?;
    let mut sheets = Vec::new();
    for (name, link) in names {
        let Some((_, target)) = targets.iter().find(|(id, _)| *id == link) else { continue };
        let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
        if let Some(xml) = parts.read(&path)? {
            sheets.push(sheet(Sheet::new(name, date_1904), &xml, &texts)?);
        }
    }
    Ok(sheets)
}

struct Parts<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    left: usize,
}

impl Parts<'_> {
    /// One part as text, or `None` if there is none of that name.
    fn read(&mut self, path: &str) -> Result<Option<String>, String> {
        let Ok(entry) = self.archive.by_name(path) else { return Ok(None) };
        let mut bytes = Vec::new();
        entry.take(self.left as u64 + 1).read_to_end(&mut bytes).map_err(|error| damaged(&error.to_string()))?;
        self.left = self.left.checked_sub(bytes.len()).ok_or_else(|| {
            format!("it unpacks to more than {MOST_BYTES} bytes; a register has far fewer: get a fresh copy of it")
        })?;
        String::from_utf8(bytes).map(Some).map_err(|_| damaged(&format!("{path} is no UTF-8 text")))
    }
}

/// Name and link of each sheet, and whether days are counted from 1904.
fn listed_sheets(xml: &str) -> Result<(Vec<(String, String)>, bool), String> {
    let (mut sheets, mut date_1904) = (Vec::new(), false);
    each_start(xml, |start| match start.local_name().as_ref() {
        "sheet" => sheets.push((attribute(start, "name"), attribute(start, "id"))),
        "workbookPr" => date_1904 = matches!(attribute(start, "date1904").as_str(), "1" | "true"),
        _ => {}
    })?;
    Ok((sheets, date_1904))
}

fn link_targets(xml: &str) -> Result<Vec<(String, String)>, String> {
    let mut targets = Vec::new();
    each_start(xml, |start| {
        if start.local_name().as_ref() == "Relationship" {
            targets.push((attribute(start, "Id"), attribute(start, "Target")));
        }
    })?;
    Ok(targets)
}

fn each_start(xml: &str, mut see: impl FnMut(&BytesStart<'_>)) -> Result<(), String> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().map_err(|error| damaged(&error.to_string()))? {
            Event::Start(start) | Event::Empty(start) => see(&start),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Shared texts: `<si>` with one `<t>` or several runs of them; `<rPh>` says how to read them aloud and is no text.
fn shared_texts(xml: &str) -> Result<Vec<Rc<str>>, String> {
    let mut texts = Vec::new();
    let mut text = Gathered::default();
    let mut reader = Reader::from_str(xml);
    loop {
        let event = reader.read_event().map_err(|error| damaged(&error.to_string()))?;
        match &event {
            Event::End(end) if end.local_name().as_ref() == "si" => texts.push(Rc::from(text.take())),
            Event::Empty(empty) if empty.local_name().as_ref() == "si" => texts.push(Rc::from("")),
            Event::Eof => return Ok(texts),
            _ => text.see(&event, "t"),
        }
    }
}

fn sheet(mut sheet: Sheet, xml: &str, texts: &[Rc<str>]) -> Result<Sheet, String> {
    let mut reader = Reader::from_str(xml);
    let (mut next, mut place, mut kind) = ((0, 0), (0, 0), String::new());
    let (mut value, mut inline) = (Gathered::default(), Gathered::default());
    loop {
        let event = reader.read_event().map_err(|error| damaged(&error.to_string()))?;
        match &event {
            Event::Start(start) if start.local_name().as_ref() == "row" => {
                next = (attribute(start, "r").parse::<u32>().map_or(next.0, |row| row.saturating_sub(1)), 0);
            }
            Event::End(end) if end.local_name().as_ref() == "row" => next = (next.0.saturating_add(1), 0),
            Event::Start(start) | Event::Empty(start) if start.local_name().as_ref() == "c" => {
                // A cell without a reference follows the one before.
                place = reference(&attribute(start, "r")).unwrap_or(next);
                next = (place.0, place.1.saturating_add(1));
                kind = attribute(start, "t");
            }
            Event::End(end) if end.local_name().as_ref() == "c" => {
                let (value, inline) = (value.take(), inline.take());
                let content = match kind.as_str() {
                    "s" => value.trim().parse::<usize>().ok().and_then(|i| texts.get(i).cloned()).map(Content::Text),
                    "inlineStr" => Some(Content::Text(inline.into())),
                    "str" | "d" => Some(Content::Text(value.into())),
                    "b" | "e" => None,
                    _ => value.trim().parse::<f64>().ok().map(Content::Number),
                };
                if let Some(content) = content {
                    sheet.put(place, content)?;
                }
            }
            Event::Eof => return Ok(sheet),
            _ => {
                value.see(&event, "v");
                inline.see(&event, "t");
            }
        }
    }
}

/// The text inside elements of one name, outside of `<rPh>`.
#[derive(Default)]
struct Gathered {
    text: String,
    inside: bool,
    aloud: bool,
}

impl Gathered {
    fn see(&mut self, event: &Event<'_>, name: &str) {
        match event {
            Event::Start(start) if start.local_name().as_ref() == "rPh" => self.aloud = true,
            Event::End(end) if end.local_name().as_ref() == "rPh" => self.aloud = false,
            Event::Start(start) if start.local_name().as_ref() == name => self.inside = !self.aloud,
            Event::End(end) if end.local_name().as_ref() == name => self.inside = false,
            Event::Text(text) if self.inside => self.text.push_str(&text.xml10_content()),
            Event::CData(text) if self.inside => self.text.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) if self.inside => {
                let letter = match entity.resolve_char_ref() {
                    Ok(Some(letter)) => Some(letter),
                    _ => match entity.xml10_content().as_ref() {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => None,
                    },
                };
                self.text.extend(letter);
            }
            _ => {}
        }
    }

    fn take(&mut self) -> String {
        self.inside = false;
        std::mem::take(&mut self.text)
    }
}

/// An attribute by its local name; empty if it is not there.
fn attribute(start: &BytesStart<'_>, name: &str) -> String {
    let found = start.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name);
    found.and_then(|attribute| attribute.normalized_value(Implicit1_0).ok()).unwrap_or_default().into_owned()
}

/// `B12` as row 11, column 1.
fn reference(text: &str) -> Option<(u32, u32)> {
    let split = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at(split);
    let mut column = 0_u32;
    for letter in letters.bytes() {
        let value = u32::from(letter.to_ascii_uppercase().checked_sub(b'A').filter(|value| *value < 26)?) + 1;
        column = column.checked_mul(26)?.checked_add(value)?;
    }
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

fn damaged(why: &str) -> String {
    format!("it is damaged ({why}); get a fresh copy of it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_places() {
        assert_eq!((reference("A1"), reference("AT7"), reference("b12")), (Some((0, 0)), Some((6, 45)), Some((11, 1))));
        for text in ["", "A", "7", "A0", "A-1", "ZZZZZZZZZZ1", "A99999999999"] {
            assert_eq!(reference(text), None, "{text}");
        }
    }

    #[test]
    fn cells_of_every_kind() {
        let shared = shared_texts(
            "<sst><si><t>PE&#209;A &amp; CO</t></si><si><r><t>DE</t></r><r><t> LEON</t></r><rPh><t>x</t></rPh></si></sst>",
        );
        let xml = r#"<worksheet><sheetData><row r="2"><c r="A2" t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><t>in</t></is></c>
            <c r="F2"><v>41408</v></c><c t="s"><v>99</v></c></row><row><c t="str"><f>A2</f><v>of a formula</v></c></row></sheetData></worksheet>"#;
        let sheet = sheet(Sheet::new("s".into(), false), xml, &shared.expect("texts")).expect("a sheet");
        let found: Vec<_> = [(1, 0), (1, 1), (1, 2), (1, 5), (1, 6), (2, 0)].map(|(r, c)| sheet.text(r, c)).into();
        assert_eq!(found, ["PEÑA & CO", "DE LEON", "in", "41408", "", "of a formula"]);
    }
}
