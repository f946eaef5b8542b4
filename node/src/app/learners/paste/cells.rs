//! One cell to one value, with the habits of spreadsheets: LRNs that Excel made into 1.32797E+11, dates in two orders, `MALE` for
//! `M`, and a whole name in one cell.

use super::{PasteCell, PasteColumn};
use crate::import::{DateOrder, proven_order, read_date};
use pems_model::domain::learners;
use pems_model::fold::fold;
use pems_model::text::caseless;
use pems_model::{Entity, Kind, Row, Value};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};

/// A whole name in one cell.
pub(super) const FULL_NAME: &str = "full_name";

/// Endings that belong to a name without being part of it.
const EXTENSIONS: &[&str] = &["JR", "SR", "II", "III", "IV", "V", "VI", "VII", "VIII"];

const NAMES: [&str; 4] = ["last_name", "first_name", "middle_name", "name_ext"];

/// A row as it was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) cells: Vec<PasteCell>,
    /// By position of the field. Empty cells give nothing.
    pub(super) values: BTreeMap<usize, Value>,
    /// The cell that a value comes from.
    pub(super) source: HashMap<usize, usize>,
}

impl Read {
    pub(super) fn name(&self, entity: &Entity) -> String {
        let mut row = Row::empty(entity, uuid::Uuid::nil());
        for (i, value) in &self.values {
            row.values[*i] = value.clone();
        }
        self.name_in(entity, &row)
    }

    pub(super) fn name_in(&self, entity: &Entity, row: &Row) -> String {
        let text = |field: &str| row.get(entity, field).as_text().unwrap_or_default().to_owned();
        let parts = [text("last_name"), text("first_name")];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

pub(super) struct Reader<'a> {
    entity: &'a Entity,
    columns: &'a [PasteColumn],
    order: Option<DateOrder>,
    today: i32,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        entity: &'a Entity,
        columns: &'a [PasteColumn],
        body: &[Vec<String>],
        day_first: Option<bool>,
        today: i32,
    ) -> Reader<'a> {
        let is_date = |column: &PasteColumn| {
            let field = column.field.as_deref().and_then(|name| entity.field_index(name));
            field.is_some_and(|i| entity.fields[i].kind == Kind::Date)
        };
        let dates = columns.iter().enumerate().filter(|(_, column)| is_date(column)).map(|(at, _)| at);
        let texts = dates.flat_map(|at| body.iter().filter_map(move |row| row.get(at))).map(String::as_str);
        let order = match day_first {
            Some(true) => Some(DateOrder::DayMonthYear),
            Some(false) => Some(DateOrder::MonthDayYear),
            None => proven_order(texts),
        };
        Reader { entity, columns, order, today }
    }

    pub(super) fn row(&self, cells: &[String]) -> Read {
        let mut read = Read::default();
        for (at, column) in self.columns.iter().enumerate() {
            let text = cells.get(at).map(|cell| cell.trim()).unwrap_or_default();
            let mut cell = PasteCell { text: text.to_owned(), problem: None, was: None, left: None, read_as: None };
            if !text.is_empty() {
                cell.problem = match column.field.as_deref() {
                    None => None,
                    Some(FULL_NAME) => {
                        let problem = self.full_name(text, at, &mut read);
                        cell.read_as = problem.is_none().then(|| self.parts(&read));
                        problem
                    }
                    Some(field) => self.field(field, text, at, &mut read),
                };
            }
            read.cells.push(cell);
        }
        read
    }

    /// A name in the parts that will be written.
    fn parts(&self, read: &Read) -> String {
        let part = |field: &str| {
            let value = self.entity.field_index(field).and_then(|i| read.values.get(&i));
            value.map_or_else(|| "-".to_owned(), shown)
        };
        NAMES.map(part).join(" | ")
    }

    fn field(&self, name: &str, text: &str, at: usize, read: &mut Read) -> Option<String> {
        let i = self.entity.field_index(name)?;
        match value(self.entity, i, text, self.order) {
            Ok(Value::Null) => None,
            Ok(Value::Date(born)) if name == "birth_date" && learners::birth_date(born, self.today).is_some() => {
                learners::birth_date(born, self.today).map(|problem| problem.message)
            }
            Ok(value) => {
                read.values.insert(i, value);
                read.source.insert(i, at);
                None
            }
            Err(problem) => Some(problem),
        }
    }

    /// `DELA CRUZ, JUAN PAUL`, `DELA CRUZ, JUAN JR SANTOS` or, as LIS exports it, `DELA CRUZ,JUAN, JR. SANTOS`.
    fn full_name(&self, text: &str, at: usize, read: &mut Read) -> Option<String> {
        let mut parts = text.split(',').map(str::trim);
        let last = parts.next().filter(|last| !last.is_empty());
        let (Some(last), Some(given)) = (last, parts.next().filter(|given| !given.is_empty())) else {
            return Some(format!("'{text}' has no comma after the last name; write it as Dela Cruz, Juan, Santos"));
        };
        let third = parts.next().filter(|middle| !middle.is_empty() && *middle != "-");
        let mut given: Vec<&str> = given.split_whitespace().collect();
        let mut middle: Vec<&str> = third.map(str::split_whitespace).into_iter().flatten().collect();
        let mut extension = None;
        if let Some(at) = given.iter().position(|word| is_extension(word)).filter(|at| *at > 0) {
            // What stands behind the ending is no given name any more.
            let behind = given.split_off(at);
            extension = behind.first().copied();
            middle.splice(0..0, behind.into_iter().skip(1));
        } else if middle.first().is_some_and(|word| is_extension(word) && (middle.len() > 1 || word.len() > 2)) {
            // LIS writes it before the middle name. A lone V. is somebody's initial.
            extension = Some(middle.remove(0));
        }
        // Without a comma between them, nobody knows where the given names end: all of them are, as in JOHN PAUL.
        let (given, middle) = (given.join(" "), middle.join(" "));
        let fields = [
            ("last_name", Some(last)),
            ("first_name", Some(given.as_str())),
            ("middle_name", Some(middle.as_str()).filter(|middle| !middle.is_empty())),
            ("name_ext", extension),
        ];
        fields.into_iter().find_map(|(name, text)| self.field(name, text?, at, read))
    }
}

/// The name of a record, as a cell with a whole name says what it is read as.
pub(super) fn parts(entity: &Entity, values: &[Value]) -> String {
    let part = |field: &str| {
        let value = entity.field_index(field).map(|i| &values[i]).filter(|value| !value.is_null());
        value.map_or_else(|| "-".to_owned(), shown)
    };
    NAMES.map(part).join(" | ")
}

/// Whether two values of a name differ by capitals alone: lists are written in capitals, and nobody is called otherwise by that.
pub(super) fn is_same_name(entity: &Entity, i: usize, a: &Value, b: &Value) -> bool {
    let same = |a: &str, b: &str| caseless(a) == caseless(b);
    NAMES.contains(&entity.fields[i].name) && a.as_text().zip(b.as_text()).is_some_and(|(a, b)| same(a, b))
}

/// Whether a name is what is left of another one: `Rosalinda` of `Rosalinda Gemma`.
pub(super) fn drops_words(before: &Value, after: &Value) -> bool {
    let words = |value: &Value| {
        let text = fold(value.as_text().unwrap_or_default());
        text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let (before, after) = (words(before), words(after));
    after.len() < before.len() && after.iter().all(|word| before.contains(word))
}

fn is_extension(word: &str) -> bool {
    EXTENSIONS.contains(&word.trim_end_matches('.').to_uppercase().as_str())
}

fn value(entity: &Entity, i: usize, text: &str, order: Option<DateOrder>) -> Result<Value, String> {
    let field = &entity.fields[i];
    let json = match field.kind {
        Kind::Date => return read_date(text, order).map(Value::Date),
        Kind::Bool => match text.to_ascii_lowercase().as_str() {
            "yes" | "y" | "true" | "1" | "oo" | "x" => Json::Bool(true),
            "no" | "n" | "false" | "0" | "hindi" => Json::Bool(false),
            _ => return Err(format!("'{text}' is neither yes nor no")),
        },
        Kind::Digits { .. } if is_exponent(text) => {
            return Err(format!(
                "Excel shortened this number to {text}, and its last digits are lost; make the column text in Excel, type the number again and copy again"
            ));
        }
        // An apostrophe is how Excel is told that digits are text; spaces and dashes are how people group them.
        Kind::Digits { .. } => {
            Json::from(text.chars().filter(|c| !matches!(c, ' ' | '-' | '\'' | '\u{a0}')).collect::<String>())
        }
        _ if field.name == "sex" => Json::from(sex(text).unwrap_or(text)),
        _ if text == "-" => Json::Null,
        _ => Json::from(text),
    };
    Value::parse(field, &json).map_err(|problem| problem.message)
}

pub(super) fn sex(text: &str) -> Option<&'static str> {
    match text.to_lowercase().as_str() {
        "m" | "male" | "lalaki" | "boy" => Some("M"),
        "f" | "female" | "babae" | "girl" => Some("F"),
        _ => None,
    }
}

fn is_exponent(text: &str) -> bool {
    let upper = text.to_uppercase();
    let Some((number, exponent)) = upper.split_once("E+") else { return false };
    number.parse::<f64>().is_ok() && !exponent.is_empty() && exponent.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn looks_like_lrn(text: &str) -> bool {
    is_exponent(text)
        || text.bytes().filter(u8::is_ascii_digit).count() == 12
            && text.chars().all(|c| c.is_ascii_digit() || " -'".contains(c))
}

pub(super) fn looks_like_date(text: &str) -> bool {
    read_date(text, Some(DateOrder::MonthDayYear)).or_else(|_| read_date(text, Some(DateOrder::DayMonthYear))).is_ok()
}

/// A value as a cell would say it.
pub(super) fn shown(value: &Value) -> String {
    super::text_of(&value.to_json())
}
