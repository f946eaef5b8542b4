//! What the columns of a paste are: what somebody said, what their headers say, or what their cells look like.

use super::cells::{self, FULL_NAME};
use super::{Paste, PasteColumn};
use crate::import::{header_field, normal_header};
use crate::{NodeError, Result};
use pems_model::{Code, Entity};

/// What a column of whole names is called.
const FULL_NAMES: &[&str] =
    &["name", "fullname", "learnersname", "learnername", "studentname", "nameoflearner", "names", "completename"];
/// Cells that are looked at to tell what a column without a header is.
const LOOKED_AT: usize = 50;

fn named(entity: &Entity, heading: &str) -> Option<&'static str> {
    let normal = normal_header(heading);
    if FULL_NAMES.contains(&normal.as_str()) {
        return Some(FULL_NAME);
    }
    // "BIRTH DATE (mm/dd/yyyy)", "NAME (Last Name, First Name, Middle Name)", as School Form 1 has them.
    let plain = heading.split('(').next().map(normal_header).unwrap_or_default();
    if FULL_NAMES.contains(&plain.as_str()) {
        return Some(FULL_NAME);
    }
    let field = header_field(entity, &normal).or_else(|| header_field(entity, &plain))?;
    Some(entity.fields[field].name)
}

/// Whether the first row names columns: two of them, or the only one.
pub(super) fn is_header(entity: &Entity, matrix: &[Vec<String>]) -> bool {
    let Some(first) = matrix.first() else { return false };
    let names = first.iter().filter(|cell| named(entity, cell).is_some()).count();
    names >= first.iter().filter(|cell| !cell.trim().is_empty()).count().clamp(1, 2)
}

pub(super) fn columns(entity: &Entity, paste: &Paste, header: bool, width: usize) -> Result<Vec<PasteColumn>> {
    let heading = |at: usize| {
        let first = paste.matrix.first().filter(|_| header);
        first.and_then(|cells| cells.get(at)).map(|cell| cell.trim().to_owned()).unwrap_or_default()
    };
    let said = paste.columns.as_deref();
    if let Some(unknown) =
        said.into_iter().flatten().flatten().find(|name| *name != FULL_NAME && entity.field_index(name).is_none())
    {
        return Err(NodeError::new(Code::UnknownField, format!("learners have no field '{unknown}'")));
    }
    let body = &paste.matrix[usize::from(header).min(paste.matrix.len())..];
    let mut fields: Vec<Option<String>> = match said {
        Some(said) => (0..width).map(|at| said.get(at).cloned().flatten()).collect(),
        None if header => (0..width).map(|at| named(entity, &heading(at)).map(str::to_owned)).collect(),
        None => guessed(body, width),
    };
    // A field comes from one column: the first that says so.
    for at in 1..fields.len() {
        if fields[at].is_some() && fields[..at].contains(&fields[at]) {
            fields[at] = None;
        }
    }
    let label = |field: &Option<String>| match field.as_deref() {
        None => String::new(),
        Some(FULL_NAME) => "Name".to_owned(),
        Some(name) => entity.field_index(name).map(|i| entity.fields[i].label.to_owned()).unwrap_or_default(),
    };
    let column =
        |(at, field): (usize, Option<String>)| PasteColumn { heading: heading(at), label: label(&field), field };
    Ok(fields.into_iter().enumerate().map(column).collect())
}

/// Columns without headers, by what is in them. Plain words are last, first and middle name, in this order.
fn guessed(body: &[Vec<String>], width: usize) -> Vec<Option<String>> {
    let cells = |at: usize| {
        body.iter()
            .take(LOOKED_AT)
            .filter_map(move |row| row.get(at))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
    };
    let all = |at: usize, is: &dyn Fn(&str) -> bool| cells(at).next().is_some() && cells(at).all(is);
    let mut names = ["last_name", "first_name", "middle_name", "name_ext"].into_iter();
    (0..width)
        .map(|at| {
            let field = if all(at, &cells::looks_like_lrn) {
                "lrn"
            } else if all(at, &|cell| cells::sex(cell).is_some()) {
                "sex"
            } else if all(at, &cells::looks_like_date) {
                "birth_date"
            } else if all(at, &|cell| cell.contains(',') && cell.chars().all(|c| !c.is_ascii_digit())) {
                FULL_NAME
            } else if all(at, &|cell| cell.chars().all(|c| !c.is_ascii_digit())) {
                names.next()?
            } else {
                return None;
            };
            Some(field.to_owned())
        })
        .collect()
}
