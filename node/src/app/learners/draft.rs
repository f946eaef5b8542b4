//! A new learner that is half typed outlives the program: kept in the encrypted file, at this PC alone, for whoever typed it.

use crate::app::Desk;
use crate::{NodeError, Result};
use pems_model::Code;
use serde_json::Value as Json;

/// Bytes of one draft: far more than a form holds.
const MOST: usize = 20_000;

impl Desk {
    fn draft_key(&self) -> String {
        self.person().map_or_else(|| "draft.learner".to_owned(), |person| format!("draft.learner.{}", person.id))
    }

    pub(super) fn keep_draft(&mut self, draft: &Json) -> Result<Json> {
        let text = if draft.is_null() { String::new() } else { draft.to_string() };
        if text.len() > MOST {
            return Err(NodeError::new(Code::BadRequest, "this is more than a new learner; type less"));
        }
        let key = self.draft_key();
        self.store.set_local(&key, &text)?;
        Ok(Json::Null)
    }

    pub(super) fn draft(&self) -> Result<Json> {
        let text = self.store.local(&self.draft_key())?.unwrap_or_default();
        Ok(serde_json::from_str(&text).unwrap_or(Json::Null))
    }
}
