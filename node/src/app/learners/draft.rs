//! A new learner that is half typed outlives the program: kept in the encrypted file, at this PC alone, for whoever typed it.

use crate::app::Desk;
use crate::app::request::{Anything, May, Request};
use crate::{NodeError, Result};
use pems_model::{Act, Code};
use serde::Deserialize;
use serde_json::Value as Json;
use ts_rs::TS;

/// Bytes of one draft: far more than a form holds.
const MOST: usize = 20_000;

/// Which form it is typed into.
#[derive(Debug, Clone, Copy, Default, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(in crate::app) enum DraftForm {
    /// The one beside the list of learners.
    #[default]
    Learner,
    /// The one at the enrolment counter.
    Counter,
}

impl Desk {
    fn draft_key(&self, of: DraftForm) -> String {
        let form = match of {
            DraftForm::Learner => "draft.learner",
            DraftForm::Counter => "draft.counter",
        };
        self.person().map_or_else(|| form.to_owned(), |person| format!("{form}.{}", person.id))
    }

    fn keep_draft(&mut self, of: DraftForm, draft: &Json) -> Result<()> {
        let text = if draft.is_null() { String::new() } else { draft.to_string() };
        if text.len() > MOST {
            return Err(NodeError::new(Code::BadRequest, "this is more than a new learner; type less"));
        }
        let key = self.draft_key(of);
        self.store.set_local(&key, &text)
    }

    fn draft(&self, of: DraftForm) -> Result<Json> {
        let text = self.store.local(&self.draft_key(of))?.unwrap_or_default();
        Ok(serde_json::from_str(&text).unwrap_or(Json::Null))
    }
}

/// What was typed of a new learner and is not saved yet, kept at this PC for whoever typed it; `null` once it is saved or cleared.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct KeepDraft {
    #[ts(type = "unknown")]
    draft: Json,
    #[serde(default)]
    #[ts(optional, as = "Option<DraftForm>")]
    of: DraftForm,
}

impl Request<Desk> for KeepDraft {
    const NAME: &'static str = "learners.keep_draft";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = ();

    fn run(self, desk: &mut Desk) -> Result<()> {
        let KeepDraft { draft, of } = self;
        desk.keep_draft(of, &draft)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadDraft {
    #[serde(default)]
    #[ts(optional, as = "Option<DraftForm>")]
    of: DraftForm,
}

impl Request<Desk> for ReadDraft {
    const NAME: &'static str = "learners.draft";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = Anything;

    fn run(self, desk: &mut Desk) -> Result<Anything> {
        desk.draft(self.of).map(Anything)
    }
}
