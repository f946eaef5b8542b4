//! The package that an `.xlsx` is ([ECMA-376] part 2): parts in a zip, named without regard to case and found by their
//! relationships, walked through as a stream.
//!
//! Invariants: what the parts unpack to is counted while they are unpacked, never believed; no part is held in memory; one piece
//! of XML is never longer than a cell can be; names mean what their namespace says.
//!
//! [ECMA-376]: https://ecma-international.org/publications-and-standards/standards/ecma-376

use quick_xml::NsReader;
use quick_xml::XmlVersion::Implicit1_0;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceResolver, ResolveResult};
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{BufReader, Cursor, Read};
use zip::ZipArchive;

pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";
/// What all parts together may unpack to. A sheet that is formatted down to its last row has 110 MB of empty rows.
const MOST_UNPACKED: u64 = 256 * 1024 * 1024;
/// One tag or one stretch of text.
const MOST_PIECE: u64 = 256 * 1024;
const BUFFER: usize = 32 * 1024;
const MOST_DEPTH: usize = 64;
/// Of workbooks, their parts, and the package; each as Excel writes it and as ISO 29500 has it ("strict").
const NAMESPACES: [&str; 3] = [
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
];
const RELATIONSHIPS: [&str; 2] = [
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
];

pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Place of each part; `None` for a name that is there twice.
    places: HashMap<String, Option<usize>>,
    left: Cell<u64>,
}

/// What a part says that another one is to it.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: String,
    /// `worksheet`, `sharedStrings`, `officeDocument`…
    pub(super) kind: String,
    pub(super) part: String,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Package<'a>, String> {
        Package::within(bytes, MOST_UNPACKED)
    }

    fn within(bytes: &'a [u8], most: u64) -> Result<Package<'a>, String> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
        let mut places = HashMap::new();
        for at in 0..archive.len() {
            let name = archive.name_for_index(at).and_then(Result::ok).unwrap_or_default();
            places.entry(normal(&name)).and_modify(|place| *place = None).or_insert(Some(at));
        }
        Ok(Package { archive, places, left: Cell::new(most) })
    }

    /// What a part is linked to; the package itself is the part without a name.
    pub(super) fn links(&mut self, part: &str) -> Result<Vec<Link>, String> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let rels = resolved(folder, &format!("_rels/{file}.rels"));
        let mut links = Vec::new();
        self.walk(&rels, |step| {
            if let Some(start) = step.opens("Relationship")
                && !attribute(start, "TargetMode").eq_ignore_ascii_case("external")
            {
                let kind = attribute(start, "Type").rsplit('/').next().unwrap_or_default().to_owned();
                let part = resolved(folder, &attribute(start, "Target"));
                links.push(Link { id: attribute(start, "Id"), kind, part });
            }
            Ok(())
        })?;
        Ok(links)
    }

    /// Goes through the XML of a part; `false` if there is no such part.
    pub(super) fn walk(
        &mut self,
        part: &str,
        mut see: impl FnMut(&Step<'_>) -> Result<(), String>,
    ) -> Result<bool, String> {
        let Some(place) = self.places.get(part) else { return Ok(false) };
        let place = place.ok_or_else(|| damaged(&format!("it has the part {part} twice")))?;
        let entry = self.archive.by_index(place).map_err(|error| damaged(&error.to_string()))?;
        let (piece, stop) = (Cell::new(0), Cell::new(None));
        let metered = Metered { inner: entry, left: &self.left, piece: &piece, stop: &stop };
        let mut reader = NsReader::from_reader(BufReader::with_capacity(BUFFER, metered));
        let (mut buffer, mut depth) = (Vec::new(), 0_usize);
        loop {
            buffer.clear();
            piece.set(0);
            let event = reader
                .read_event_into(&mut buffer)
                .map_err(|error| stop.get().map_or_else(|| damaged(&error.to_string()), Stop::why))?;
            let (namespace, event) = reader.resolver().resolve_event(event);
            let main = matches!(namespace, ResolveResult::Bound(Namespace(name)) if NAMESPACES.contains(&name));
            match &event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                Event::Eof => return Ok(true),
                _ => {}
            }
            if depth > MOST_DEPTH {
                return Err(damaged(&format!("{part} is nested deeper than any workbook")));
            }
            see(&Step { event: &event, main, names: reader.resolver() })?;
        }
    }
}

/// One tag or text of a part.
pub(super) struct Step<'e> {
    event: &'e Event<'e>,
    main: bool,
    names: &'e NamespaceResolver,
}

impl Step<'_> {
    /// The tag, if it begins an element of the workbook of this name.
    pub(super) fn opens(&self, name: &str) -> Option<&BytesStart<'_>> {
        match self.event {
            Event::Start(start) | Event::Empty(start) if self.main && start.local_name().as_ref() == name => {
                Some(start)
            }
            _ => None,
        }
    }

    /// Whether an element of this name ends here, be it in the tag that began it.
    pub(super) fn closes(&self, name: &str) -> bool {
        match self.event {
            Event::End(end) => self.main && end.local_name().as_ref() == name,
            Event::Empty(empty) => self.main && empty.local_name().as_ref() == name,
            _ => false,
        }
    }

    /// The text that stands here.
    pub(super) fn text(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self.event {
            Event::Text(text) => Some(text.xml10_content()),
            Event::CData(text) => Some(text.xml10_content()),
            Event::GeneralRef(entity) => {
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
                letter.map(|letter| letter.to_string().into())
            }
            _ => None,
        }
    }

    /// The id of the relationship that a tag names.
    pub(super) fn link(&self, start: &BytesStart<'_>) -> String {
        let mut attributes = start.attributes();
        let found = attributes.with_checks(false).flatten().find(|attribute| {
            let (namespace, name) = self.names.resolve_attribute(attribute.key);
            let is_ours = matches!(namespace, ResolveResult::Bound(Namespace(name)) if RELATIONSHIPS.contains(&name));
            is_ours && name.as_ref() == "id"
        });
        found.and_then(|found| found.normalized_value(Implicit1_0).ok()).unwrap_or_default().into_owned()
    }
}

/// An attribute of the tag's own namespace, which has no prefix; empty if it is not there.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> String {
    let found = start.attributes().with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name);
    found.and_then(|attribute| attribute.normalized_value(Implicit1_0).ok()).unwrap_or_default().into_owned()
}

/// The name of a part that a target means, seen from a folder.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let from_root = target.starts_with('/');
    let mut path: Vec<&str> = if from_root { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            name => path.push(name),
        }
    }
    normal(&path.join("/"))
}

fn normal(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

#[derive(Debug, Clone, Copy)]
enum Stop {
    Unpacked,
    Piece,
}

impl Stop {
    fn why(self) -> String {
        match self {
            Stop::Unpacked => format!(
                "it unpacks to more than {MOST_UNPACKED} bytes, nearly all of it empty rows that are only formatted; select the rows below the last learner in Excel, delete them, and save it again"
            ),
            Stop::Piece => "one of its cells is longer than Excel allows; get a fresh copy of it".to_owned(),
        }
    }
}

/// Counts what is unpacked, in all and since the last piece.
struct Metered<'c, R> {
    inner: R,
    left: &'c Cell<u64>,
    piece: &'c Cell<u64>,
    stop: &'c Cell<Option<Stop>>,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let piece = self.piece.get() + read as u64;
        self.piece.set(piece);
        let left = self.left.get().checked_sub(read as u64);
        self.left.set(left.unwrap_or(0));
        let stop = match left {
            None => Stop::Unpacked,
            Some(_) if piece > MOST_PIECE + BUFFER as u64 => Stop::Piece,
            Some(_) => return Ok(read),
        };
        self.stop.set(Some(stop));
        Err(std::io::Error::other("beyond the limits of a register"))
    }
}

pub(super) fn damaged(why: &str) -> String {
    format!("it is damaged ({why}); get a fresh copy of it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn zip_of(part: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("a.xml", zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(part.as_bytes()).expect("written");
        zip.finish().expect("a zip").into_inner()
    }

    #[test]
    fn what_is_too_much_is_told_how_to_mend() {
        let why = |part: &str, most: u64| {
            let bytes = zip_of(part);
            let walked = Package::within(&bytes, most).expect("a package").walk("a.xml", |_| Ok(()));
            walked.err().unwrap_or_default()
        };
        let rows = "<row r=\"1\"/>".repeat(100_000);
        let sheet = format!("<sheetData>{rows}</sheetData>");
        assert_eq!(why(&sheet, 2_000_000), "");
        assert!(why(&sheet, 1_000_000).contains("delete them"), "{}", why(&sheet, 1_000_000));
        let long = format!("<a b=\"{}\"/>", "x".repeat(400_000));
        assert!(why(&long, 1_000_000).contains("longer than Excel allows"));
        let deep = "<a>".repeat(100);
        assert!(why(&deep, 1_000_000).contains("nested"));
    }

    #[test]
    fn targets_are_names_of_parts() {
        for (folder, target, part) in [
            ("xl", "worksheets/Sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/sharedStrings.xml", "xl/sharedstrings.xml"),
            ("xl/worksheets", "../media/./a.png", "xl/media/a.png"),
            ("", "xl\\workbook.xml", "xl/workbook.xml"),
            ("xl", "../../../x.xml", "x.xml"),
        ] {
            assert_eq!(resolved(folder, target), part);
        }
    }
}
