//! The questions of the window about learners: `{"do": "learners.…"}`. Finding, a learner's page, its history, likely doubles, new
//! learners, changes of one and of many, and pastes from a spreadsheet.

mod directory;
mod draft;
mod entry;
mod find;
mod history;
mod load;
mod near;
mod of_year;
mod order;
mod page;
mod paste;
mod prefetch;
mod query;
mod similar;
mod taken;
mod write;

pub(super) use of_year::OfYear;
pub use query::{Query as LearnerQuery, Sort as LearnerSort};

use super::Desk;
use super::session::to_json;
use crate::Result;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use ts_rs::TS;
use uuid::Uuid;

/// What the desk keeps in memory about learners.
#[derive(Debug, Default)]
pub(super) struct Learners {
    directory: directory::Directory,
    answered: find::Answered,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "do", deny_unknown_fields)]
#[ts(rename = "LearnersRequest")]
pub enum Request {
    /// A page of the list. Answered by [`find::Found`].
    #[serde(rename = "learners.find")]
    Find {
        #[serde(default)]
        #[ts(optional, as = "Option<query::Query>")]
        query: query::Query,
        #[serde(default)]
        #[ts(optional, as = "Option<usize>")]
        offset: usize,
        limit: usize,
        /// Columns beside those that every line has.
        #[serde(default)]
        #[ts(optional, as = "Option<Vec<String>>")]
        columns: Vec<String>,
    },
    /// The ids of all that a query finds, in its order.
    #[serde(rename = "learners.ids")]
    Ids { query: query::Query },
    /// School years, newest first.
    #[serde(rename = "learners.years")]
    Years,
    /// Answered by [`page::Page`].
    #[serde(rename = "learners.get")]
    Get {
        #[ts(type = "string")]
        id: Uuid,
    },
    /// Newest first. Answered by a list of [`history::Entry`].
    #[serde(rename = "learners.history")]
    History {
        #[ts(type = "string")]
        id: Uuid,
    },
    /// Puts one value of one record back. Answered by [`write::Changed`].
    #[serde(rename = "learners.restore")]
    Restore {
        entity: String,
        #[ts(type = "string")]
        id: Uuid,
        field: String,
        #[ts(type = "unknown")]
        value: Json,
    },
    /// Answered by [`write::Changed`].
    #[serde(rename = "learners.save")]
    Save {
        #[ts(type = "string")]
        id: Uuid,
        #[ts(type = "Record<string, unknown>")]
        fields: Map<String, Json>,
    },
    /// A new learner, with parents and papers. Answered by [`write::Changed`].
    #[serde(rename = "learners.new")]
    New {
        #[ts(type = "Record<string, unknown>")]
        fields: Map<String, Json>,
        #[serde(default)]
        #[ts(optional, as = "Option<Vec<write::GuardianDraft>>")]
        guardians: Vec<write::GuardianDraft>,
        #[serde(default)]
        #[ts(optional, as = "Option<Vec<write::PaperDraft>>")]
        papers: Vec<write::PaperDraft>,
    },
    /// Answered by [`write::Changed`], with the guardian's id.
    #[serde(rename = "learners.put_guardian")]
    PutGuardian {
        #[ts(type = "string")]
        learner: Uuid,
        guardian: write::GuardianDraft,
    },
    /// Answered by [`write::Changed`].
    #[serde(rename = "learners.remove_guardian")]
    RemoveGuardian {
        #[ts(type = "string")]
        link: Uuid,
    },
    /// Answered by [`write::Changed`].
    #[serde(rename = "learners.put_paper")]
    PutPaper {
        #[ts(type = "string")]
        learner: Uuid,
        paper: write::PaperDraft,
    },
    /// The same values for many. Answered by [`write::Edited`].
    #[serde(rename = "learners.edit_many")]
    EditMany {
        #[ts(type = "string[]")]
        ids: Vec<Uuid>,
        #[ts(type = "Record<string, unknown>")]
        fields: Map<String, Json>,
    },
    /// A value of its own for each of many, as a column of a spreadsheet over chosen rows. Answered by [`write::Edited`].
    #[serde(rename = "learners.edit_each")]
    EditEach { field: String, values: Vec<write::Given> },
    /// A learner who was entered by mistake. Answered by [`write::Changed`].
    #[serde(rename = "learners.delete")]
    Delete {
        #[ts(type = "string")]
        id: Uuid,
    },
    /// Who may be the same child. Answered by a list of [`similar::Suspect`].
    #[serde(rename = "learners.duplicates")]
    Duplicates { probe: similar::Probe },
    /// What was typed of a new learner and is not saved yet, kept at this PC for whoever typed it; `null` once it is saved or cleared.
    #[serde(rename = "learners.keep_draft")]
    KeepDraft {
        #[ts(type = "unknown")]
        draft: Json,
    },
    /// Answered by what was kept last, `null` where nothing was.
    #[serde(rename = "learners.draft")]
    Draft,
    /// Answered by [`paste::Preview`]; nothing is written.
    #[serde(rename = "learners.paste_preview")]
    PastePreview { paste: paste::Paste },
    /// Answered by [`paste::Pasted`].
    #[serde(rename = "learners.paste")]
    Paste { paste: paste::Paste },
}

/// Which request is answered by what, for the window.
pub(super) const ANSWERS: &str = "import type { Enrolment, EnrolmentEvent, Guardian, Student, StudentDocument, StudentGuardian } from \"./entities\";

/** A learner in the list; what is not recorded is not there. */
export type LearnerLine = { id: string; age?: number; papers?: string[] } & { [column: string]: string | number | boolean | string[] | undefined };

export interface LearnersAnswers {
  \"learners.find\": LearnersFound;
  \"learners.ids\": string[];
  \"learners.years\": LearnerYear[];
  \"learners.get\": LearnerPage;
  \"learners.history\": LearnerChange[];
  \"learners.restore\": LearnerChanged;
  \"learners.save\": LearnerChanged;
  \"learners.new\": LearnerChanged;
  \"learners.put_guardian\": LearnerChanged;
  \"learners.remove_guardian\": LearnerChanged;
  \"learners.put_paper\": LearnerChanged;
  \"learners.edit_many\": LearnersEdited;
  \"learners.edit_each\": LearnersEdited;
  \"learners.delete\": LearnerChanged;
  \"learners.duplicates\": LearnerSuspect[];
  \"learners.keep_draft\": null;
  \"learners.draft\": unknown;
  \"learners.paste_preview\": PastePreview;
  \"learners.paste\": Pasted;
}
";

/// What the declarations of this area are called in TypeScript.
pub(super) fn declarations(config: &ts_rs::Config) -> Vec<String> {
    vec![
        Request::decl(config),
        query::Query::decl(config),
        query::Filters::decl(config),
        query::Sort::decl(config),
        find::Found::decl(config),
        entry::Year::decl(config),
        page::Page::decl(config),
        page::Guardian::decl(config),
        page::Named::decl(config),
        page::Enrolment::decl(config),
        page::Sat::decl(config),
        page::Attendance::decl(config),
        history::Entry::decl(config),
        history::FieldChange::decl(config),
        history::Move::decl(config),
        write::GuardianDraft::decl(config),
        write::PaperDraft::decl(config),
        write::Changed::decl(config),
        write::Edited::decl(config),
        write::Given::decl(config),
        similar::Probe::decl(config),
        similar::Suspect::decl(config),
        paste::Paste::decl(config),
        paste::Preview::decl(config),
        paste::PasteColumn::decl(config),
        paste::PasteRow::decl(config),
        paste::PasteCell::decl(config),
        paste::Pasted::decl(config),
    ]
}

pub(super) fn answer(desk: &mut Desk, request: Request) -> Result<Json> {
    match request {
        Request::Find { query, offset, limit, columns } => {
            to_json(&desk.find_learners(&query, (offset, limit), &columns)?)
        }
        Request::Ids { query } => to_json(&desk.learner_ids(&query)?),
        Request::Years => {
            desk.learners.directory.follow(&desk.store)?;
            to_json(&desk.learners.directory.years)
        }
        Request::Get { id } => {
            desk.check_sees_learner(id)?;
            to_json(&desk.learner_page(id)?)
        }
        Request::History { id } => {
            desk.check_sees_learner(id)?;
            to_json(&desk.learner_history(id)?)
        }
        Request::Restore { entity, id, field, value } => to_json(&desk.restore_value(&entity, id, &field, value)?),
        Request::Save { id, fields } => to_json(&desk.save_learner(id, fields)?),
        Request::New { fields, guardians, papers } => to_json(&desk.new_learner(fields, &guardians, &papers)?),
        Request::PutGuardian { learner, guardian } => to_json(&desk.put_guardian(learner, &guardian)?),
        Request::RemoveGuardian { link } => to_json(&desk.remove_guardian(link)?),
        Request::PutPaper { learner, paper } => to_json(&desk.put_paper(learner, &paper)?),
        Request::EditMany { ids, fields } => to_json(&desk.edit_many(&ids, &fields)?),
        Request::EditEach { field, values } => to_json(&desk.edit_each(&field, &values)?),
        Request::Delete { id } => to_json(&desk.delete_learner(id)?),
        Request::Duplicates { probe } => {
            desk.learners.directory.follow(&desk.store)?;
            to_json(&similar::suspects(&desk.learners.directory, &probe, desk.today()))
        }
        Request::KeepDraft { draft } => desk.keep_draft(&draft),
        Request::Draft => desk.draft(),
        Request::PastePreview { paste } => to_json(&desk.paste_preview(&paste)?),
        Request::Paste { paste } => to_json(&desk.paste(&paste)?),
    }
}

#[cfg(test)]
mod tests;
