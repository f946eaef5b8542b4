//! The sheets of an `.xlsx` ([ECMA-376] part 1) to cells. Only values are read; a formula that was saved without its value, as
//! programs do that do not reckon, is a cell that cannot be read, not an empty one.
//!
//! [ECMA-376]: https://ecma-international.org/publications-and-standards/standards/ecma-376

use super::package::{Link, Package, Step, attribute, damaged};
use super::{Content, MOST_BYTES, MOST_CELLS_IN_ALL, MOST_SHEETS, NO_VALUE, Sheet};
use std::rc::Rc;

/// What a text costs beside its letters.
const PER_TEXT: usize = 32;

/// A sheet in the workbook's list.
struct Listed {
    name: String,
    link: String,
    hidden: bool,
}

/// The sheets of a workbook, in their order.
pub(super) fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    let mut package = Package::open(bytes)?;
    let office = package.links("")?.into_iter().find(|link| link.kind == "officeDocument");
    let workbook = office.map_or_else(|| "xl/workbook.xml".to_owned(), |link| link.part);
    let links = package.links(&workbook)?;
    let (listed, date_1904) =
        listed_sheets(&mut package, &workbook)?.ok_or_else(|| damaged("it has no workbook inside"))?;
    if listed.len() > MOST_SHEETS {
        return Err(format!("it has more than {MOST_SHEETS} sheets; keep only the register"));
    }
    let texts =
        links.iter().find(|link| link.kind == "sharedStrings").map_or("xl/sharedstrings.xml", |link| &link.part);
    let texts = shared_texts(&mut package, texts)?;
    let (mut sheets, mut room) = (Vec::new(), MOST_CELLS_IN_ALL);
    for one in listed {
        let missing = || damaged(&format!("its sheet '{}' is not in it", one.name));
        let link: &Link = links.iter().find(|link| link.id == one.link).ok_or_else(missing)?;
        // Charts and dialogs are sheets too, without cells.
        if link.kind != "worksheet" {
            continue;
        }
        let mut sheet = Sheet { hidden: one.hidden, ..Sheet::new(one.name.clone(), date_1904, room) };
        if !cells(&mut package, &link.part, &mut sheet, &texts)? {
            return Err(missing());
        }
        room -= sheet.cells.len();
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// The list of sheets, and whether days are counted from 1904; `None` where there is no workbook.
fn listed_sheets(package: &mut Package<'_>, part: &str) -> Result<Option<(Vec<Listed>, bool)>, String> {
    let (mut sheets, mut date_1904) = (Vec::new(), false);
    let found = package.walk(part, |step| {
        if let Some(start) = step.opens("sheet") {
            let state = attribute(start, "state");
            let hidden = state.eq_ignore_ascii_case("hidden") || state.eq_ignore_ascii_case("veryHidden");
            sheets.push(Listed { name: attribute(start, "name"), link: step.link(start), hidden });
        } else if let Some(start) = step.opens("workbookPr") {
            date_1904 = matches!(attribute(start, "date1904").as_str(), "1" | "true");
        }
        Ok(())
    })?;
    Ok(found.then_some((sheets, date_1904)))
}

/// Shared texts: `<si>` with one `<t>` or several runs of them; `<rPh>` says how to read them aloud and is no text.
fn shared_texts(package: &mut Package<'_>, part: &str) -> Result<Vec<Rc<str>>, String> {
    let (mut texts, mut text, mut size) = (Vec::new(), Gathered::new("t"), 0);
    package.walk(part, |step| {
        text.see(step);
        if step.closes("si") {
            let text: Rc<str> = unescaped(&text.take()).into();
            size += text.len() + PER_TEXT;
            texts.push(text);
        }
        if size > MOST_BYTES {
            return Err(format!(
                "it has more than {MOST_BYTES} bytes of texts; a register has far fewer: get a fresh copy of it"
            ));
        }
        Ok(())
    })?;
    Ok(texts)
}

/// A cell on its way.
#[derive(Default)]
struct Open {
    place: (u32, u32),
    kind: String,
    formula: bool,
    valued: bool,
}

/// Takes the cells of a sheet in; `false` if there is no such part.
fn cells(package: &mut Package<'_>, part: &str, sheet: &mut Sheet, texts: &[Rc<str>]) -> Result<bool, String> {
    let (mut next, mut open) = ((0, 0), Open::default());
    let (mut value, mut inline) = (Gathered::new("v"), Gathered::new("t"));
    package.walk(part, |step| {
        if let Some(start) = step.opens("row") {
            next = (attribute(start, "r").parse::<u32>().map_or(next.0, |row| row.saturating_sub(1)), 0);
        } else if let Some(start) = step.opens("c") {
            // A cell without a reference follows the one before.
            let place = reference(&attribute(start, "r")).unwrap_or(next);
            next = (place.0, place.1.saturating_add(1));
            open = Open { place, kind: attribute(start, "t"), formula: false, valued: false };
            value.take();
            inline.take();
        }
        open.formula |= step.opens("f").is_some();
        open.valued |= step.opens("v").is_some();
        value.see(step);
        inline.see(step);
        if step.closes("c")
            && let Some(content) = content(&open, &value.take(), &inline.take(), texts)
        {
            sheet.put(open.place, content)?;
        }
        if step.closes("row") {
            next = (next.0.saturating_add(1), 0);
        }
        Ok(())
    })
}

/// What a cell holds; `None` for nothing.
fn content(cell: &Open, value: &str, inline: &str, texts: &[Rc<str>]) -> Option<Content> {
    let text = |text: &str| Some(Content::Text(unescaped(text).into()));
    let bare = value.trim();
    match cell.kind.as_str() {
        "inlineStr" => text(inline),
        // A formula may say that there is nothing.
        "str" if cell.formula && !cell.valued => Some(Content::Broken(NO_VALUE.into())),
        "str" | "d" => text(value),
        "b" => text(if bare == "1" { "TRUE" } else { "FALSE" }),
        "e" => Some(Content::Broken(format!("the error {bare}").into())),
        _ if bare.is_empty() => cell.formula.then(|| Content::Broken(NO_VALUE.into())),
        "s" => {
            let found = bare.parse::<usize>().ok().and_then(|i| texts.get(i).cloned()).map(Content::Text);
            Some(found.unwrap_or_else(|| Content::Broken("a text that is not in the file: it is damaged".into())))
        }
        _ => {
            let found = bare.parse::<f64>().ok().map(Content::Number);
            Some(found.unwrap_or_else(|| Content::Broken("a number that cannot be read: the file is damaged".into())))
        }
    }
}

/// The text inside elements of one name, outside of `<rPh>`.
struct Gathered {
    name: &'static str,
    text: String,
    inside: bool,
    aloud: bool,
}

impl Gathered {
    fn new(name: &'static str) -> Gathered {
        Gathered { name, text: String::new(), inside: false, aloud: false }
    }

    fn see(&mut self, step: &Step<'_>) {
        if self.inside
            && let Some(text) = step.text()
        {
            self.text.push_str(&text);
        }
        self.aloud |= step.opens("rPh").is_some();
        self.inside |= !self.aloud && step.opens(self.name).is_some();
        self.aloud &= !step.closes("rPh");
        self.inside &= !step.closes(self.name);
    }

    fn take(&mut self) -> String {
        self.inside = false;
        std::mem::take(&mut self.text)
    }
}

/// Letters that XML cannot hold stand as `_x000D_`; an underscore in front of what looks so stands as `_x005F_`.
fn unescaped(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let units =
            from.get(2..6).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()) && from[6..].starts_with('_'));
        match units.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
            Some(letter) => {
                out.push(letter);
                rest = &from[7..];
            }
            None => {
                out.push('_');
                rest = &from[1..];
            }
        }
    }
    out + rest
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
    fn letters_written_as_numbers() {
        for (text, right) in [
            ("JUAN_x000D_\n", "JUAN\r\n"),
            ("PE_x00d1_A", "PEÑA"),
            ("_x005F_x0041_", "_x0041_"),
            ("_x0041", "_x0041"),
            ("_x00é1_", "_x00é1_"),
            ("_x_x0041_", "_xA"),
            ("_xD800_", "_xD800_"),
            ("é_x", "é_x"),
        ] {
            assert_eq!(unescaped(text), right, "{text}");
        }
    }

    #[test]
    fn cells_of_every_kind() {
        let texts: Vec<Rc<str>> = vec!["PEÑA & CO".into()];
        let of = |kind: &str, formula: bool, value: Option<&str>| {
            let open = Open { place: (0, 0), kind: kind.into(), formula, valued: value.is_some() };
            content(&open, value.unwrap_or_default(), "in", &texts)
        };
        let text = |text: &str| Some(Content::Text(text.into()));
        assert_eq!((of("s", false, Some("0")), of("inlineStr", false, None)), (text("PEÑA & CO"), text("in")));
        assert_eq!(
            (of("str", true, Some("of a formula")), of("str", true, Some(""))),
            (text("of a formula"), text(""))
        );
        assert_eq!((of("", true, Some("41408")), of("n", false, Some(""))), (Some(Content::Number(41_408.0)), None));
        for broken in [
            of("s", false, Some("99")),
            of("", true, None),
            of("", true, Some(" ")),
            of("str", true, None),
            of("e", true, Some("#N/A")),
            of("", false, Some("1,5")),
        ] {
            assert!(matches!(broken, Some(Content::Broken(_))), "{broken:?}");
        }
    }
}
