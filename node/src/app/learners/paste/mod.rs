//! Learners from a spreadsheet, through the clipboard: looked at first, then written as one act.
//!
//! Invariants: the preview and the paste are worked out by the same code, so what was shown is what is done; a cell that cannot be
//! kept is shown where it is, and its row is left out whole; an empty cell never wipes a value; a number says who a row is
//! about unless its name speaks against it; that, and a name alone, is a question to a person; nobody gets the number of another
//! child.

mod about;
mod cells;
mod columns;

use super::similar::Index;
use super::taken;
use super::write::plural;
use crate::app::Desk;
use crate::store::Save;
use crate::{NodeError, Result};
use about::{About, Target, target};
use cells::Read;
use pems_model::push::complete;
use pems_model::{Code, Entity, Row, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashMap};
use ts_rs::TS;
use uuid::Uuid;

/// Most rows of one paste: an import of a file is for more, and says more.
pub(super) const MAX_ROWS: usize = 5_000;
/// Most columns: a spreadsheet of everything that is known of a learner is narrower.
const MAX_COLUMNS: usize = 80;

/// What was copied, and what is known about it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(rename = "LearnersPaste", optional_fields)]
pub struct Paste {
    /// Rows of cells, as text.
    #[ts(as = "Option<Vec<Vec<String>>>")]
    pub matrix: Vec<Vec<String>>,
    /// Whether the first row names the columns; found out where it is not said.
    #[ts(as = "Option<bool>")]
    pub header: Option<bool>,
    /// What the columns are: a field, `full_name` (`LAST, FIRST, MIDDLE`), or nothing for one that is left out. Found out from
    /// headers and contents where it is not said.
    #[ts(as = "Option<Vec<Option<String>>>")]
    pub columns: Option<Vec<Option<String>>>,
    /// Put into these learners, row by row, instead of adding some.
    #[ts(as = "Option<Vec<String>>")]
    pub onto: Option<Vec<Uuid>>,
    /// Whether 3/4/2010 begins with the day; found out from the other dates where it is not said.
    #[ts(as = "Option<bool>")]
    pub day_first: Option<bool>,
    /// What is to become of rows that may be a learner who is here: by row of the paste, `new`, `leave`, or the learner's id.
    /// They are left where nothing is said.
    #[ts(as = "Option<BTreeMap<String, String>>")]
    pub choices: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "PastePreview")]
pub struct Preview {
    pub header: bool,
    pub columns: Vec<PasteColumn>,
    pub rows: Vec<PasteRow>,
    pub new: usize,
    pub changes: usize,
    pub same: usize,
    /// May be a learner who is here; somebody decides.
    pub suspects: usize,
    pub refused: usize,
    /// Rows that are left out because somebody said so.
    pub left: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PasteColumn {
    /// What the spreadsheet calls it.
    pub heading: String,
    /// What it fills; nothing where it is left out.
    pub field: Option<String>,
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PasteRow {
    /// Row of the paste, from 0, the header counted.
    pub at: usize,
    /// `new`, `changes`, `same`, `suspect`, `refused` or `left`.
    pub kind: &'static str,
    /// `Cruz, Ana`, as far as it is known.
    pub name: String,
    /// The learner that it is or may be about.
    #[ts(type = "string | null")]
    pub id: Option<Uuid>,
    /// Who that is, for a suspect.
    pub like: Option<String>,
    /// Why somebody has to decide: `number`, where the learner of this number has another name or birth date, `given`, where part of
    /// the given name would go, or `alike`.
    #[ts(type = "\"number\" | \"alike\" | \"given\" | null")]
    pub asks: Option<&'static str>,
    pub cells: Vec<PasteCell>,
    /// What is wrong with the row as a whole.
    pub problem: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PasteCell {
    pub text: String,
    pub problem: Option<String>,
    /// What stands there now, where that is something else; of a whole name, all of it.
    pub was: Option<String>,
    /// Why this alone is not taken over, although the row is.
    pub left: Option<String>,
    /// Of a whole name: last, first, middle name and extension, as they are written.
    pub read_as: Option<String>,
}

/// What a paste did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Pasted {
    pub new: usize,
    pub changed: usize,
    /// Rows of the paste that are not in the records: refused, undecided, or left out.
    pub left: usize,
}

/// A row of the paste, worked out.
struct Line {
    shown: PasteRow,
    save: Option<Save>,
}

impl Desk {
    /// # Errors
    /// `too_large` for more than a paste is for; `unknown_field` for a column that learners do not have.
    pub(super) fn paste_preview(&mut self, paste: &Paste) -> Result<Preview> {
        let (header, columns, lines) = self.worked_out(paste)?;
        let count = |kind: &str| lines.iter().filter(|line| line.shown.kind == kind).count();
        Ok(Preview {
            header,
            new: count("new"),
            changes: count("changes"),
            same: count("same"),
            suspects: count("suspect"),
            refused: count("refused"),
            left: count("left"),
            columns,
            rows: lines.into_iter().map(|line| line.shown).collect(),
        })
    }

    /// Writes what the preview calls new and changed.
    ///
    /// # Errors
    /// As the preview; what the store refuses: nothing is written then.
    pub(super) fn paste(&mut self, paste: &Paste) -> Result<Pasted> {
        let (_, _, lines) = self.worked_out(paste)?;
        let entity = self.store.declared("student")?;
        if !self.store.may_write(entity) {
            let message = format!("the role {} may not change learners; ask a school admin", self.role().name());
            return Err(NodeError::new(Code::RoleForbidden, message));
        }
        let saves: Vec<&Save> = lines.iter().filter_map(|line| line.save.as_ref()).collect();
        let count = |kind: &str| lines.iter().filter(|line| line.shown.kind == kind).count();
        let pasted =
            Pasted { new: count("new"), changed: count("changes"), left: lines.len() - saves.len() - count("same") };
        if !saves.is_empty() {
            let (act, ()) = self.store.act(|work| saves.iter().try_for_each(|save| work.save(save).map(|_| ())))?;
            self.did(act, format!("Paste of {}", plural(saves.len())));
        }
        Ok(pasted)
    }

    fn worked_out(&mut self, paste: &Paste) -> Result<(bool, Vec<PasteColumn>, Vec<Line>)> {
        let width = paste.matrix.iter().map(Vec::len).max().unwrap_or(0);
        if paste.matrix.len() > MAX_ROWS || width > MAX_COLUMNS {
            let message = format!(
                "a paste has at most {MAX_ROWS} rows and {MAX_COLUMNS} columns; import the file instead, or copy less"
            );
            return Err(NodeError::new(Code::TooLarge, message));
        }
        self.learners.directory.follow(&self.store)?;
        let entity = self.store.declared("student")?;
        let header = paste.header.unwrap_or_else(|| paste.onto.is_none() && columns::is_header(entity, &paste.matrix));
        let columns = columns::columns(entity, paste, header, width)?;
        let body = &paste.matrix[usize::from(header).min(paste.matrix.len())..];
        let desk: &Desk = self;
        let about = About { entity, index: Index::of(&desk.learners.directory.entries) };
        let reader = cells::Reader::new(entity, &columns, body, paste.day_first, desk.today());
        let mut seen = Seen::default();
        let mut lines = Vec::new();
        for (offset, cells) in body.iter().enumerate() {
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let at = offset + usize::from(header);
            let read = reader.row(cells);
            let target = match &paste.onto {
                Some(ids) => Target::Onto(ids.get(offset).copied()),
                None => target(&about, &read, paste.choices.get(&at.to_string()))?,
            };
            lines.push(desk.line(&about, at, read, target, &mut seen)?);
        }
        Ok((header, columns, lines))
    }

    fn line(&self, about: &About<'_>, at: usize, mut read: Read, target: Target, seen: &mut Seen) -> Result<Line> {
        let entity = about.entity;
        let mut shown = PasteRow {
            at,
            kind: "refused",
            name: read.name(entity),
            id: None,
            like: None,
            asks: None,
            cells: read.cells.clone(),
            problem: None,
        };
        let likely = about.likely(&read);
        shown.id = likely.map(|(_, entry)| entry.id);
        shown.like = likely.map(|(_, entry)| taken::who(entry));
        let asked = !matches!(target, Target::Known(_));
        let id = match target {
            Target::Left => return Ok(Line { shown: PasteRow { kind: "left", ..shown }, save: None }),
            Target::Onto(None) => {
                let problem = "there is no learner in this row of the list; paste fewer rows, or add them as learners";
                return Ok(Line { shown: PasteRow { problem: Some(problem.into()), ..shown }, save: None });
            }
            Target::New => None,
            Target::Onto(Some(id)) | Target::Known(id) | Target::Suspect(id, _) => Some(id),
        };
        if let Some(entry) = id.and_then(|id| self.learners.directory.get(id)) {
            (shown.id, shown.like) = (id, Some(taken::who(entry)));
        }
        if let Target::Suspect(_, asks) = target {
            shown.asks = Some(asks);
        }
        about.numbers(&mut read, &mut shown, id);
        let broken = shown.cells.iter().any(|cell| cell.problem.is_some());
        let before = match id.filter(|_| shown.asks.is_none()) {
            Some(id) => match self.store.get("student", id)?.filter(Row::is_live) {
                Some(row) => Some(row),
                None => {
                    shown.problem = Some("this learner was deleted meanwhile; choose again".into());
                    return Ok(Line { shown, save: None });
                }
            },
            None => None,
        };
        let mut row = before.clone().unwrap_or_else(|| Row::empty(entity, Uuid::nil()));
        let mut fields = Map::new();
        for (i, value) in &read.values {
            if row.values[*i] != *value
                && !(before.is_some() && cells::is_same_name(entity, *i, &row.values[*i], value))
            {
                if let (Some(before), Some(cell)) = (&before, read.source.get(i)) {
                    shown.cells[*cell].was = Some(match shown.cells[*cell].read_as {
                        Some(_) => cells::parts(entity, &before.values),
                        None => cells::shown(&before.values[*i]),
                    });
                }
                let given = entity.fields[*i].name == "first_name";
                if given && !asked && before.is_some() && cells::drops_words(&row.values[*i], value) {
                    shown.asks = Some("given");
                }
                fields.insert(entity.fields[*i].name.into(), value.to_json());
                row.values[*i] = value.clone();
            }
        }
        shown.name = read.name_in(entity, &row);
        // Also of a row that is left out here: what it lacks it would have the second time, from the row that repeats it.
        let repeats = seen.repeats(entity, &read, at);
        shown.problem = complete(entity, &row).err().map(|problem| problem.message).or(repeats);
        if broken || shown.problem.is_some() {
            return Ok(Line { shown, save: None });
        }
        shown.kind = match (shown.asks, before.is_some(), fields.is_empty()) {
            (Some(_), ..) => "suspect",
            (None, true, true) => "same",
            (None, true, false) => "changes",
            (None, false, _) => "new",
        };
        let writes = matches!(shown.kind, "new" | "changes");
        let save = writes.then(|| Save { entity: "student".into(), id: before.map(|row| row.id), fields });
        Ok(Line { shown, save })
    }
}

/// Numbers that stood in earlier rows of the paste.
#[derive(Default)]
struct Seen(HashMap<(usize, Value), usize>);

impl Seen {
    /// Says so where an earlier row has the same LRN or student number.
    fn repeats(&mut self, entity: &Entity, read: &Read, at: usize) -> Option<String> {
        let mut problem = None;
        for field in ["lrn", "student_no"] {
            let Some(i) = entity.field_index(field) else { continue };
            let Some(value) = read.values.get(&i) else { continue };
            if let Some(first) = self.0.insert((i, value.clone()), at) {
                let label = entity.fields[i].label;
                problem = Some(format!("row {} has the same {label}; keep one of them", first + 1));
            }
        }
        problem
    }
}

/// For the window: a JSON value of a field as a cell would say it.
pub(super) fn text_of(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
