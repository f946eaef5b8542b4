//! The sheet of a register to its lines: every row is a learner, a total, the end, or named as something that was not read.

use super::layout::{self, Column, Layout};
use super::register::{Line, PersonName, RefusedRow, Register, Warning};
use super::said::{Key, Sentence, say};
use super::workbook::{self, Content, Sheet};
use super::{cells, names, remarks};
use crate::Result;
use crate::import::headers::normal;
use crate::import::shown::shown;
use crate::import::{bad_file, grades, phones};
use pems_model::entities::{GUARDIAN, SECTION, STUDENT};
use pems_model::{Code, Entity, Field, Kind, Problem, entity};
use std::collections::HashMap;
use std::rc::Rc;

/// Learners of one register. The largest sections of the country have about 100.
const MOST_LEARNERS: usize = 1_000;
/// What any text must be that a record can take; how long it may be is asked where it goes.
const ANY_TEXT: Field = entity::text("remarks", "REMARKS", 100_000);
/// What the row after the last learner begins with, without spaces and punctuation.
const STOPS: &[&str] = &["listandcodeofindicators", "preparedby", "certifiedcorrect", "generatedthrulis", "bosydate"];

/// Reads the register in `bytes`. `file` is its name for messages.
///
/// # Errors
/// `bad_file` or `too_large` for what concerns the whole file; what concerns a row is in the register.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Register> {
    let sheets = workbook::open(file, bytes)?;
    let mut found: Vec<_> =
        sheets.iter().filter_map(|sheet| Layout::find(sheet).map(|layout| (sheet, layout))).collect();
    // What is hidden was hidden by somebody: it is not what the clerk saw.
    found.sort_by_key(|(sheet, _)| sheet.hidden);
    let Some((sheet, layout)) = found.first().copied() else {
        let why = "no sheet of it has the table of School Form 1 (LRN, NAME, Sex) in its first 15 rows; choose the School Register that LIS gave";
        return Err(bad_file(file, why.to_owned()));
    };
    if sheet.hidden {
        let name = &sheet.name;
        let why = format!(
            "its register is on the sheet '{name}', which is hidden; if it is the right one, show it in Excel (right-click on a sheet's tab, Unhide), save, and import that"
        );
        return Err(bad_file(file, why));
    }
    let mut reader = Reader { sheet, layout, register: header(file, bytes, sheet, layout)?, lrns: HashMap::new() };
    for (other, _) in found.into_iter().skip(1) {
        let (name, hidden) = (&other.name, if other.hidden { " (it is hidden)" } else { "" });
        let message = format!("sheet '{name}' is a register too and was not read{hidden}; only '{}' was", sheet.name);
        let said = say(Key::OtherSheet, &[name, &sheet.name], message);
        reader.register.warnings.push(Warning::whole(said.message, said.said));
    }
    reader.rows()?;
    Ok(reader.register)
}

fn header(file: &str, bytes: &[u8], sheet: &Sheet, layout: Layout) -> Result<Register> {
    let wrong = |cell: &str, why: String| bad_file(file, format!("sheet '{}', cell {cell}: {why}", sheet.name));
    let value = |what| match layout.header_value(sheet, what) {
        (Some(Content::Broken(broken)), cell) => Err(wrong(&cell, format!("the cell has {broken}"))),
        (content, cell) => Ok((content.map_or_else(String::new, Content::text), cell)),
    };
    let (school_id, cell) = value(layout::SCHOOL_ID)?;
    if school_id.len() != 6 || !school_id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong(&cell, format!("the School ID must be six digits, not '{school_id}'")));
    }
    let (text, cell) = value(layout::SCHOOL_YEAR)?;
    let school_year = cells::school_year(&text)
        .ok_or_else(|| wrong(&cell, format!("the school year must be as 2026-2027, not '{text}'")))?;
    let (text, cell) = value(layout::GRADE_LEVEL)?;
    let grade = text.split('(').next().unwrap_or_default().trim();
    let grade_level =
        grades::read(grade).ok_or_else(|| wrong(&cell, format!("'{text}' is no grade level from K to 12")))?;
    let (section, cell) = value(layout::SECTION)?;
    if section.is_empty() {
        return Err(wrong(&cell, "the section's name is missing".to_owned()));
    }
    fits(&SECTION, "name", &section).map_err(|problem| wrong(&cell, problem.message))?;
    let text = |what| layout.header_value(sheet, what).0.map_or_else(String::new, Content::text);
    let optional = |what| Some(text(what)).filter(|text| !text.is_empty());
    Ok(Register {
        file: file.to_owned(),
        sheet: sheet.name.clone(),
        hash: blake3::hash(bytes).to_hex().to_string(),
        school_id,
        school_name: text(layout::SCHOOL_NAME),
        region: optional(layout::REGION),
        division: optional(layout::DIVISION),
        school_year,
        grade_level: grade_level.to_owned(),
        section,
        learners: Vec::new(),
        refused: Vec::new(),
        warnings: Vec::new(),
    })
}

struct Reader<'a> {
    sheet: &'a Sheet,
    layout: Layout,
    register: Register,
    /// Row in which an LRN was first.
    lrns: HashMap<String, u32>,
}

/// What a row of the table is.
enum Kinds {
    Learner,
    Nothing,
    End,
}

impl Reader<'_> {
    fn rows(&mut self) -> Result<()> {
        for row in self.sheet.rows() {
            if row < self.layout.first_row() {
                continue;
            }
            match self.kind(row) {
                Kinds::Learner => self.learner(row),
                Kinds::Nothing => {}
                Kinds::End => return Ok(()),
            }
            if self.register.learners.len() > MOST_LEARNERS {
                let message =
                    format!("{}: more than {MOST_LEARNERS} learners; a register has one section", self.register.file);
                return Err(crate::NodeError::new(Code::TooLarge, message));
            }
        }
        Ok(())
    }

    /// A learner has twelve digits in the LRN column. Without an LRN yet, it takes two of four: a name with a comma, a sex, a
    /// birth date, an LRN that cannot be read; so the names under the signatures are none.
    fn kind(&mut self, row: u32) -> Kinds {
        let (lrn, name) = (self.text(row, layout::LRN), self.text(row, layout::NAME));
        if cells::is_lrn(&lrn) {
            return Kinds::Learner;
        }
        if self.sheet.row(row).any(|(_, content)| is_stop(content)) {
            return Kinds::End;
        }
        let head = self.layout.head(self.sheet, row);
        // "<=== TOTAL MALE" stands between the boys and the girls.
        if head.contains("<==") || normal(&name).starts_with("total") || normal(&lrn).starts_with("total") {
            return Kinds::Nothing;
        }
        let sexed = cells::sex(&self.text(row, layout::SEX)).is_some();
        let born = self.layout.cell(self.sheet, row, layout::BIRTH_DATE).is_some();
        let broken = self.broken(row, layout::LRN).is_some();
        if [name.contains(','), sexed, born, broken].iter().filter(|sign| **sign).count() >= 2 {
            return Kinds::Learner;
        }
        if !head.is_empty() {
            let cell = self.layout.name_of(self.sheet, row, layout::LRN);
            let head = shown(&head);
            let said = say(Key::NoLearner, &[&head], format!("'{head}' was not read: it is no learner's row"));
            self.warn(row, Some(cell), None, said);
        }
        Kinds::Nothing
    }

    fn learner(&mut self, row: u32) {
        let mut line = Line { line: row + 1, ..Line::default() };
        match self.lrn(row) {
            Ok(lrn) => line.lrn = lrn,
            Err(problem) => {
                let text = self.text(row, layout::LRN);
                let said = match self.layout.cell(self.sheet, row, layout::LRN) {
                    Some((_, Content::Broken(_))) => problem.message.into(),
                    Some((_, content)) if cells::has_lost_digits(content) => {
                        say(Key::LrnRounded, &[&text], problem.message)
                    }
                    _ => say(Key::LrnDigits, &[&text], problem.message),
                };
                return self.refuse(row, layout::LRN, problem.code, said);
            }
        }
        if let Some(why) = self.broken(row, layout::NAME) {
            let problem = cells::unreadable(&why);
            return self.refuse(row, layout::NAME, problem.code, problem.message.into());
        }
        let name = self.text(row, layout::NAME);
        let Some(parts) = names::learner(&name) else {
            let message =
                format!("'{name}' is no learner's name as LAST, FIRST, MIDDLE; correct it in LIS and export again");
            return self.refuse(row, layout::NAME, Code::BadFormat, say(Key::NoName, &[&name], message));
        };
        let first = parts.first.clone().unwrap_or_default();
        for (field, part) in
            [("last_name", Some(&parts.last)), ("first_name", Some(&first)), ("middle_name", parts.middle.as_ref())]
        {
            if let Err(problem) = part.map_or(Ok(()), |part| fits(&STUDENT, field, part)) {
                return self.refuse(row, layout::NAME, problem.code, problem.message.into());
            }
        }
        (line.last_name, line.first_name, line.middle_name, line.name_ext) =
            (parts.last, first, parts.middle, parts.ext);
        if let Some(lrn) = &line.lrn {
            if let Some(before) = self.lrns.get(lrn) {
                let message = format!(
                    "the LRN {lrn} is on line {before} too; the first one counts: correct it in LIS and export again"
                );
                let said = say(Key::LrnTwice, &[lrn, &before.to_string()], message);
                return self.refuse(row, layout::LRN, Code::Conflict, said);
            }
            self.lrns.insert(lrn.clone(), line.line);
        }
        self.warn_broken(row);
        self.particulars(row, &mut line);
        self.family(row, &mut line);
        let mut remarks = self.text(row, layout::REMARKS);
        if let Err(problem) = pems_model::Value::parse(&ANY_TEXT, &remarks.as_str().into()) {
            self.warn_cell(row, layout::REMARKS, format!("{}; left out", problem.message));
            remarks.clear();
        }
        line.codes = remarks::parse(&remarks);
        line.remarks = Some(remarks).filter(|text| !text.is_empty());
        self.register.learners.push(line);
    }

    fn lrn(&self, row: u32) -> Result<Option<String>, Problem> {
        let Some((_, content)) = self.layout.cell(self.sheet, row, layout::LRN) else { return Ok(None) };
        cells::lrn(content)
    }

    /// Sex, birth date, language, address.
    fn particulars(&mut self, row: u32, line: &mut Line) {
        let sex = self.text(row, layout::SEX);
        line.sex = cells::sex(&sex).map(str::to_owned);
        if line.sex.is_none() && self.broken(row, layout::SEX).is_none() {
            let message = format!("'{sex}' is neither M nor F; left out");
            self.warn_cell(row, layout::SEX, say(Key::Sex, &[&sex], message));
        }
        match self
            .layout
            .cell(self.sheet, row, layout::BIRTH_DATE)
            .map(|(_, cell)| cells::date(cell, self.sheet.date_1904))
        {
            Some(Ok(date)) => line.birth_date = Some(date),
            Some(Err(why)) => {
                let (text, message) = (self.text(row, layout::BIRTH_DATE), format!("{why}; left out"));
                let broken = self.broken(row, layout::BIRTH_DATE).is_some();
                let said = if broken { message.into() } else { say(Key::NoDate, &[&text], message) };
                self.warn_cell(row, layout::BIRTH_DATE, said);
            }
            None => self.warn_cell(row, layout::BIRTH_DATE, say(Key::Nothing, &[], "there is none".to_owned())),
        }
        if !self.check_age(row, line) {
            line.birth_date = None;
        }
        line.mother_tongue = self.kept(row, layout::MOTHER_TONGUE, &STUDENT, "mother_tongue");
        line.ip_group = self.kept(row, layout::IP_GROUP, &STUDENT, "ip_group");
        line.religion = self.kept(row, layout::RELIGION, &STUDENT, "religion");
        line.house_street = self.kept(row, layout::HOUSE_STREET, &STUDENT, "house_street");
        line.barangay = self.kept(row, layout::BARANGAY, &STUDENT, "barangay");
        line.municipality = self.kept(row, layout::MUNICIPALITY, &STUDENT, "municipality");
        line.province = self.kept(row, layout::PROVINCE, &STUDENT, "province");
        line.modality = Some(self.text(row, layout::MODALITY)).filter(|text| !names::is_none(text));
    }

    /// The age is computed, never kept; one that does not fit shows a wrong birth date. Whether that can be a birth date at all.
    fn check_age(&mut self, row: u32, line: &Line) -> bool {
        let age = self.text(row, layout::AGE).parse::<f64>().ok();
        let born = line.birth_date.as_deref().unwrap_or_default();
        let Some(computed) = cells::age_in_june(born, &self.register.school_year) else { return true };
        let years = *computed.start();
        if *computed.end() < 0 {
            let message = format!("{born} is in the future of the school year; left out");
            self.warn_cell(row, layout::BIRTH_DATE, say(Key::Future, &[born], message));
            return false;
        }
        if !(3..=80).contains(&years) {
            let message = format!("a learner of {years} years; check the birth date");
            self.warn_cell(row, layout::BIRTH_DATE, say(Key::Years, &[&years.to_string()], message));
        } else if age.is_some_and(|age| !computed.clone().any(|years| age.floor() == f64::from(years))) {
            let (form, years) = (self.text(row, layout::AGE), years.to_string());
            let message = format!("the form says {form}, the birth date {years}; check the birth date");
            self.warn_cell(row, layout::AGE, say(Key::Age, &[&form, &years], message));
        }
        true
    }

    fn family(&mut self, row: u32, line: &mut Line) {
        line.father = self.person(row, layout::FATHER);
        line.mother = self.person(row, layout::MOTHER);
        line.guardian = self.person(row, layout::GUARDIAN);
        line.relationship = Some(self.text(row, layout::RELATIONSHIP)).filter(|text| !names::is_none(text));
        let contact = self.text(row, layout::CONTACT);
        if names::is_none(&contact) {
            return;
        }
        match phones::first(&contact) {
            Some((phone, rest)) => {
                line.contact = Some(phone);
                if rest {
                    let contact = shown(&contact);
                    let message = format!("'{contact}' has several numbers; the first was taken");
                    self.warn_cell(row, layout::CONTACT, say(Key::Numbers, &[&contact], message));
                }
            }
            None => {
                let contact = shown(&contact);
                let message = format!("'{contact}' is no mobile number (09 and nine digits); left out");
                self.warn_cell(row, layout::CONTACT, say(Key::NoMobile, &[&contact], message));
            }
        }
    }

    fn person(&mut self, row: u32, column: Column) -> Option<PersonName> {
        let text = self.text(row, column);
        let name = names::person(&text)?;
        let parts = [
            ("last_name", Some(&name.last)),
            ("first_name", name.first.as_ref()),
            ("middle_name", name.middle.as_ref()),
        ];
        for (field, part) in parts {
            if let Err(problem) = part.map_or(Ok(()), |part| fits(&GUARDIAN, field, part)) {
                self.warn_cell(row, column, format!("{}; left out", problem.message));
                return None;
            }
        }
        if name.first.is_none() {
            let message = format!("'{}' has no comma between last and first name; kept as a last name", name.last);
            self.warn_cell(row, column, say(Key::NoComma, &[&name.last], message));
        }
        Some(name)
    }

    /// A text that a field can hold; a dash is none.
    fn kept(&mut self, row: u32, column: Column, entity: &Entity, field: &str) -> Option<String> {
        let text = Some(self.text(row, column)).filter(|text| !names::is_none(text))?;
        match fits(entity, field, &text) {
            Ok(()) => Some(text),
            Err(problem) => {
                self.warn_cell(row, column, format!("{}; left out", problem.message));
                None
            }
        }
    }

    /// What stands in a cell that cannot be read.
    fn broken(&self, row: u32, column: Column) -> Option<Rc<str>> {
        match self.layout.cell(self.sheet, row, column) {
            Some((_, Content::Broken(why))) => Some(Rc::clone(why)),
            _ => None,
        }
    }

    /// Cells that cannot be read and are not refused, but for the birth date, of which more is said.
    fn warn_broken(&mut self, row: u32) {
        for column in layout::COLUMNS {
            if let Some(why) = self.broken(row, column).filter(|_| column != layout::BIRTH_DATE) {
                self.warn_cell(row, column, format!("the cell has {why}; left out"));
            }
        }
    }

    fn text(&self, row: u32, column: Column) -> String {
        self.layout.text(self.sheet, row, column)
    }

    fn refuse(&mut self, row: u32, column: Column, code: Code, Sentence { message, said }: Sentence) {
        let cell = self.layout.name_of(self.sheet, row, column);
        let message = format!("{}: {message}", column.label);
        self.register.refused.push(RefusedRow { line: row + 1, cell, code, message, column: column.label, said });
    }

    fn warn_cell(&mut self, row: u32, column: Column, sentence: impl Into<Sentence>) {
        let cell = self.layout.name_of(self.sheet, row, column);
        let Sentence { message, said } = sentence.into();
        let message = format!("{}: {message}", column.label);
        self.warn(row, Some(cell), Some(column.label), Sentence { message, said });
    }

    fn warn(&mut self, row: u32, cell: Option<String>, column: Option<&'static str>, sentence: Sentence) {
        let Sentence { message, said } = sentence;
        self.register.warnings.push(Warning { line: Some(row + 1), cell, message, column, said });
    }
}

fn is_stop(content: &Content) -> bool {
    matches!(content, Content::Text(text) if { let text = normal(text); STOPS.iter().any(|stop| text.starts_with(stop)) })
}

/// Whether a field can hold a text.
fn fits(entity: &Entity, name: &str, text: &str) -> Result<(), Problem> {
    let Some(field) = entity.fields.iter().find(|field| field.name == name && matches!(field.kind, Kind::Text { .. }))
    else {
        return Ok(());
    };
    pems_model::Value::parse(field, &text.into()).map(|_| ())
}
