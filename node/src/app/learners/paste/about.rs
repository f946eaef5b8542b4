//! Whom a row is about: a number says so unless the name speaks against it; then, and where the name alone is alike, a person does.

use super::super::entry::Entry;
use super::super::similar::{Index, Probe, Wanted};
use super::super::taken::{self, NUMBERS};
use super::PasteRow;
use super::cells::Read;
use crate::{NodeError, Result};
use pems_model::{Code, Entity, Value};
use uuid::Uuid;

/// What the rows are compared with.
pub(super) struct About<'a> {
    pub(super) entity: &'a Entity,
    pub(super) index: Index<'a>,
}

impl<'a> About<'a> {
    /// Whoever a row is likely to be about.
    pub(super) fn likely(&self, read: &Read) -> Option<(u8, &'a Entry)> {
        self.index.likeliest(&self.wanted(read))
    }

    fn wanted(&self, read: &Read) -> Wanted {
        let text = |field: &str| {
            let value = self.entity.field_index(field).and_then(|i| read.values.get(&i));
            match value {
                Some(Value::Date(day)) => pems_model::value::format_date(*day),
                Some(value) => value.as_text().unwrap_or_default().to_owned(),
                None => String::new(),
            }
        };
        Wanted::new(&Probe {
            last_name: text("last_name"),
            first_name: text("first_name"),
            lrn: text("lrn"),
            student_no: text("student_no"),
            birth_date: text("birth_date"),
            except: None,
        })
    }

    /// A number of somebody else is not written: another child goes in without it, a known one keeps theirs.
    pub(super) fn numbers(&self, read: &mut Read, shown: &mut PasteRow, to: Option<Uuid>) {
        for field in NUMBERS {
            let Some(i) = self.entity.field_index(field) else { continue };
            let Some(wanted) = read.values.get(&i).and_then(Value::as_text) else { continue };
            let Some(holder) = self.index.holder(field, wanted).filter(|holder| to != Some(holder.id)) else {
                continue;
            };
            let problem = taken::problem(self.entity, field, wanted, holder);
            let Some(cell) = read.source.get(&i).and_then(|at| shown.cells.get_mut(*at)) else { continue };
            if to.is_none() {
                cell.left = Some(problem);
                read.values.remove(&i);
            } else {
                cell.problem = Some(problem);
            }
        }
    }
}

/// Which learner a row is about.
pub(super) fn target(about: &About<'_>, read: &Read, choice: Option<&String>) -> Result<Target> {
    match choice.map(String::as_str) {
        Some("leave") => return Ok(Target::Left),
        Some("new") => return Ok(Target::New),
        Some(id) => {
            let id = Uuid::parse_str(id).map_err(|_| NodeError::new(Code::BadFormat, "an id is a UUID"))?;
            return Ok(Target::Onto(Some(id)));
        }
        None => {}
    }
    let wanted = about.wanted(read);
    Ok(match about.index.likeliest(&wanted) {
        Some((0, entry)) if wanted.contradicts(entry) => Target::Suspect(entry.id, "number"),
        Some((0, entry)) => Target::Known(entry.id),
        Some((_, entry)) => Target::Suspect(entry.id, "alike"),
        None => Target::New,
    })
}

pub(super) enum Target {
    New,
    Onto(Option<Uuid>),
    /// The number says so, and nobody was asked.
    Known(Uuid),
    /// And why that is a question.
    Suspect(Uuid, &'static str),
    Left,
}
