//! Fills an official workbook without touching what it is made of: values go into the cells that are there, rows that a section
//! needs beyond the printed ones are copies of the last printed one, and everything below moves down with its merges and pictures.
//!
//! The template is a file of ours; what is written into it is only ever text or a number, never a formula.

use crate::FormError;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const SHEET: &str = "xl/worksheets/sheet1.xml";
const DRAWING: &str = "xl/drawings/drawing1.xml";

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Number(String),
}

/// What is to be written: cells by row and column letters of the filled sheet, and copies of rows: how many after which row.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    pub cells: BTreeMap<(u32, String), Cell>,
    pub copies: Vec<(u32, u32)>,
}

impl Filling {
    pub fn text(&mut self, column: &str, row: u32, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.cells.insert((row, column.to_owned()), Cell::Text(escaped(&writable(&text))));
        }
    }

    pub fn number(&mut self, column: &str, row: u32, number: impl ToString) {
        self.cells.insert((row, column.to_owned()), Cell::Number(number.to_string()));
    }

    /// Where a row of the template is afterwards.
    pub fn moved(&self, row: u32) -> u32 {
        row + self.copies.iter().filter(|(after, _)| row > *after).map(|(_, count)| count).sum::<u32>()
    }

    /// Which rows of the filled sheet a row of the template becomes.
    fn becomes(&self, row: u32) -> impl Iterator<Item = u32> + use<> {
        let copies = self.copies.iter().find(|(after, _)| *after == row).map_or(0, |(_, count)| *count);
        let first = self.moved(row);
        first..=first + copies
    }
}

/// A text without what XML cannot hold, which would make the workbook one that no program opens; a box stands for it.
pub(crate) fn writable(text: &str) -> String {
    let is_char = |c: char| c >= ' ' || matches!(c, '\t' | '\n' | '\r');
    text.chars().map(|c| if is_char(c) && u32::from(c) & 0xFFFE != 0xFFFE { c } else { '\u{25a1}' }).collect()
}

/// What looks like a letter written as a number (`_x0041_`) is read as that letter, unless its underscore is written so.
fn escaped(text: &str) -> String {
    let looks_so = |rest: &str| {
        let hex = rest.strip_prefix("_x").and_then(|rest| rest.get(..5));
        hex.is_some_and(|hex| hex.ends_with('_') && hex[..4].bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let mut out = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        if looks_so(&text[at..]) { out.push_str("_x005F_") } else { out.push(letter) }
    }
    out
}

/// `A`, `Z`, `AA`: the column at a position from 0.
pub(crate) fn letters(at: usize) -> String {
    let letter = |at: usize| char::from(b'A' + u8::try_from(at % 26).unwrap_or(0));
    if at < 26 { letter(at).to_string() } else { format!("{}{}", letter(at / 26 - 1), letter(at)) }
}

/// The template with the filling in it.
///
/// # Errors
/// `FormError::Workbook` where the template is not what it was when this was written.
pub(crate) fn fill(form: &'static str, template: &[u8], filling: &Filling) -> Result<Vec<u8>, FormError> {
    let bad =
        |error: &dyn std::fmt::Display| FormError::Workbook { form, place: SHEET.to_owned(), cause: error.to_string() };
    let mut archive = ZipArchive::new(Cursor::new(template)).map_err(|error| bad(&error))?;
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).map_err(|error| bad(&error))?;
        let name = file.name().map_err(|error| bad(&error))?.into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| bad(&error))?;
        let bytes = match name.as_str() {
            SHEET => sheet(&bytes, filling).map_err(|error| bad(&error))?,
            DRAWING => drawing(&bytes, filling).map_err(|error| bad(&error))?,
            _ => bytes,
        };
        out.start_file(name, SimpleFileOptions::default()).map_err(|error| bad(&error))?;
        out.write_all(&bytes).map_err(|error| bad(&error))?;
    }
    Ok(out.finish().map_err(|error| bad(&error))?.into_inner())
}

type Events = Vec<Event<'static>>;

fn events(xml: &[u8]) -> Result<Events, quick_xml::Error> {
    let mut reader = Reader::from_reader(xml);
    let mut all = Vec::new();
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer)? {
            Event::Eof => return Ok(all),
            event => all.push(event.into_owned()),
        }
        buffer.clear();
    }
}

fn sheet(xml: &[u8], filling: &Filling) -> Result<Vec<u8>, quick_xml::Error> {
    let mut writer = Writer::new(Vec::new());
    let mut all = events(xml)?.into_iter();
    while let Some(event) = all.next() {
        match &event {
            Event::Start(start) if start.name().as_ref() == "row" => {
                let mut row = vec![event];
                for event in all.by_ref() {
                    let is_end = matches!(&event, Event::End(end) if end.name().as_ref() == "row");
                    row.push(event);
                    if is_end {
                        break;
                    }
                }
                write_row(&mut writer, &row, filling)?;
            }
            Event::Empty(start) if matches!(start.name().as_ref(), "mergeCell" | "dimension") => {
                for part in merged(start, filling) {
                    writer.write_event(Event::Empty(part))?;
                }
            }
            // How many there are is nobody's business: the attribute may be left out.
            Event::Start(start) if start.name().as_ref() == "mergeCells" => {
                writer.write_event(Event::Start(BytesStart::new("mergeCells")))?;
            }
            _ => writer.write_event(event)?,
        }
    }
    Ok(writer.into_inner())
}

/// The attributes of an element, those named changed.
fn changed(start: &BytesStart<'_>, change: impl Fn(&str, String) -> Option<String>) -> BytesStart<'static> {
    let name = start.name().as_ref().to_owned();
    let mut out = BytesStart::new(name);
    for attribute in start.attributes().flatten() {
        let key = attribute.key.as_ref().to_owned();
        let value = attribute.value.as_ref().to_owned();
        if let Some(value) = change(&key, value) {
            out.push_attribute((key.as_str(), value.as_str()));
        }
    }
    out
}

fn attribute(start: &BytesStart<'_>, name: &str) -> String {
    let found = start.attributes().flatten().find(|one| one.key.as_ref() == name);
    found.map(|one| one.value.as_ref().to_owned()).unwrap_or_default()
}

/// `AB12` as `AB` and 12.
fn split(reference: &str) -> (&str, u32) {
    let at = reference.find(|c: char| c.is_ascii_digit()).unwrap_or(reference.len());
    let (column, row) = reference.split_at(at);
    (column, row.parse().unwrap_or(0))
}

/// A merge where it is now, and again for each copy of its row.
fn merged(start: &BytesStart<'_>, filling: &Filling) -> Vec<BytesStart<'static>> {
    let reference = attribute(start, "ref");
    let (first, last) = reference.split_once(':').unwrap_or((&reference, &reference));
    let ((from, top), (to, bottom)) = (split(first), split(last));
    let at = |top: u32, bottom: u32| {
        changed(start, |key, value| Some(if key == "ref" { format!("{from}{top}:{to}{bottom}") } else { value }))
    };
    if top == bottom {
        return filling.becomes(top).map(|row| at(row, row)).collect();
    }
    vec![at(filling.moved(top), filling.moved(bottom))]
}

fn write_row(writer: &mut Writer<Vec<u8>>, row: &[Event<'static>], filling: &Filling) -> Result<(), quick_xml::Error> {
    let Some(Event::Start(start)) = row.first() else { return Ok(()) };
    let number: u32 = attribute(start, "r").parse().unwrap_or(0);
    for now in filling.becomes(number) {
        let mut inside_replaced = false;
        for event in row {
            match event {
                Event::Start(start) | Event::Empty(start) if start.name().as_ref() == "c" => {
                    let column = split(&attribute(start, "r")).0.to_owned();
                    let place =
                        changed(start, |key, value| Some(if key == "r" { format!("{column}{now}") } else { value }));
                    let is_empty = matches!(event, Event::Empty(_));
                    match filling.cells.get(&(now, column)) {
                        Some(cell) => {
                            write_cell(writer, &place, cell)?;
                            inside_replaced = !is_empty;
                        }
                        None if is_empty => writer.write_event(Event::Empty(place))?,
                        None => writer.write_event(Event::Start(place))?,
                    }
                }
                Event::End(end) if end.name().as_ref() == "c" && inside_replaced => inside_replaced = false,
                _ if inside_replaced => {}
                Event::Start(start) if start.name().as_ref() == "row" => {
                    let place = changed(start, |key, value| Some(if key == "r" { now.to_string() } else { value }));
                    writer.write_event(Event::Start(place))?;
                }
                other => writer.write_event(other.borrow())?,
            }
        }
    }
    Ok(())
}

fn write_cell(writer: &mut Writer<Vec<u8>>, place: &BytesStart<'static>, cell: &Cell) -> Result<(), quick_xml::Error> {
    let mut start = changed(place, |key, value| (key != "t").then_some(value));
    let (outer, inner, text) = match cell {
        Cell::Text(text) => {
            start.push_attribute(("t", "inlineStr"));
            ("is", Some("t"), text)
        }
        Cell::Number(number) => ("v", None, number),
    };
    writer.write_event(Event::Start(start))?;
    writer.write_event(Event::Start(BytesStart::new(outer)))?;
    if let Some(inner) = inner {
        let mut kept = BytesStart::new(inner);
        kept.push_attribute(("xml:space", "preserve"));
        writer.write_event(Event::Start(kept))?;
    }
    // XML holds no such characters; records of before 2026-12 may.
    let bad = |c: char| pems_model::text::bad_character(c.encode_utf8(&mut [0; 4])).is_some();
    let text: String = text.chars().map(|c| if bad(c) { '\u{fffd}' } else { c }).collect();
    writer.write_event(Event::Text(BytesText::new(&text)))?;
    if let Some(inner) = inner {
        writer.write_event(Event::End(BytesEnd::new(inner)))?;
    }
    writer.write_event(Event::End(BytesEnd::new(outer)))?;
    writer.write_event(Event::End(BytesEnd::new("c")))?;
    Ok(())
}

/// Pictures move with the rows that they stand on; a drawing counts rows from 0.
fn drawing(xml: &[u8], filling: &Filling) -> Result<Vec<u8>, quick_xml::Error> {
    let mut writer = Writer::new(Vec::new());
    let mut is_row = false;
    for event in events(xml)? {
        match &event {
            Event::Start(start) => is_row = start.name().as_ref() == "xdr:row",
            Event::Text(text) if is_row => {
                let row: u32 = text.trim().parse().unwrap_or(0);
                let moved = filling.moved(row + 1) - 1;
                writer.write_event(Event::Text(BytesText::new(&moved.to_string())))?;
                is_row = false;
                continue;
            }
            _ => is_row = false,
        }
        writer.write_event(event)?;
    }
    Ok(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use super::{escaped, writable};

    #[test]
    fn texts_are_ones_that_a_workbook_can_hold() {
        assert_eq!(writable("A\u{FFFE}\u{1}Ñ\u{1f600}\n"), "A\u{25a1}\u{25a1}Ñ\u{1f600}\n");
        assert_eq!(escaped("A_x0041_B _x004 _xÑ"), "A_x005F_x0041_B _x004 _xÑ");
    }
}
