//! What a file is, and what the desk proposes to do about it. Nothing is written here.

use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::import::lis::{self, LineChoice, LineState, MatchedBy, Reconciliation};
use crate::import::{HEADER_WITHIN, header_field, normal_header};
use crate::{NodeError, Result, Store, files};
use pems_model::{Act, Entity};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// How far a header is looked for.
const HEADER_BYTES: u64 = 64 * 1024;

/// What a list of one kind can hold, the likeliest first.
const LISTS: &[&str] = &["student", "guardian", "staff", "section", "enrolment", "school_year"];

/// A file, recognised.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Looked {
    /// LIS's School Register of a section, beside the records.
    Register {
        register: Box<Reconciliation>,
        /// What is safe, or only fills what is empty: the screen has it chosen from the start.
        proposed: Vec<LineChoice>,
    },
    /// One table; `entity` is what its headers are most likely about.
    Table {
        file: String,
        entity: &'static str,
        /// What else it can be.
        entities: Vec<&'static str>,
    },
    /// A OneRoster or School Data Sync bundle.
    Roster { file: String },
}

/// # Errors
/// What is wrong with the file, in words.
pub(super) fn look(store: &Store, path: &Path) -> Result<Looked> {
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "csv" | "txt" | "tsv" => Ok(Looked::Table { file, entity: likeliest(store, path)?, entities: LISTS.to_vec() }),
        "zip" => files::open(path).map(|_| Looked::Roster { file }),
        _ if path.is_dir() => Ok(Looked::Roster { file }),
        _ => {
            let register = lis::reconcile(store, &lis::read(path)?)?;
            let proposed = proposed(&register);
            Ok(Looked::Register { register: Box::new(register), proposed })
        }
    }
}

/// The kind of record of which the header names the most fields.
fn likeliest(store: &Store, path: &Path) -> Result<&'static str> {
    let mut head = Vec::new();
    files::open(path)?
        .take(HEADER_BYTES)
        .read_to_end(&mut head)
        .map_err(|error| NodeError::io("read", path, &error))?;
    let head = String::from_utf8_lossy(&head);
    // A title may stand above the header: the line counts that names the most.
    let lines = head.split(['\n', '\r']).take(HEADER_WITHIN).map(|line| {
        line.split([',', ';', '\t', '"']).map(normal_header).filter(|key| !key.is_empty()).collect::<Vec<_>>()
    });
    let lines: Vec<Vec<String>> = lines.collect();
    let named =
        |entity: &Entity, line: &[String]| line.iter().filter(|key| header_field(entity, key).is_some()).count();
    let fields = |name: &&str| {
        let entity = store.schema().entity(name);
        entity.map_or(0, |entity| lines.iter().map(|line| named(entity, line)).max().unwrap_or(0))
    };
    // The first of the best, which `max_by_key` would not give.
    Ok(LISTS.iter().rev().max_by_key(|name| fields(name)).copied().unwrap_or("student"))
}

/// The safe choices, and what the register knows where the office has nothing, of learners whom the LRN proves.
fn proposed(register: &Reconciliation) -> Vec<LineChoice> {
    let mut choices = register.safe_choices();
    for line in &register.lines {
        let proven = line.matched_by == Some(MatchedBy::Lrn) && line.state != LineState::Suspect;
        let fills = line.fields.iter().filter(|field| proven && field.ours.is_none());
        let take_theirs: Vec<String> = fills.map(|field| field.field.clone()).collect();
        if take_theirs.is_empty() {
            continue;
        }
        match choices.iter_mut().find(|choice| choice.line == line.line) {
            Some(choice) => choice.take_theirs = take_theirs,
            None => choices.push(LineChoice { line: line.line, take_theirs, ..LineChoice::default() }),
        }
    }
    choices
}

/// What a file is; a register comes with its reconciliation.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadFile {
    #[ts(type = "string")]
    path: PathBuf,
}

impl Request<Desk> for ReadFile {
    const NAME: &'static str = "imports.read";
    const ACCESS: May = May::Do(Act::ImportLists);
    type Answer = Looked;

    fn run(self, desk: &mut Desk) -> Result<Looked> {
        let ReadFile { path } = self;
        look(&desk.store, &path)
    }
}
