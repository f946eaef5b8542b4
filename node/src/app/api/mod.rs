//! Everything a window may ask of an office: one request, one answer, the same for every window.
//!
//! The rules are checked by the store alone; this only names the request. What goes wrong crosses as a stable code and a
//! sentence that says what to do, never as what the database said.

mod typescript;

pub use typescript::typescript;

use crate::store::SyncSummary;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use ts_rs::TS;
use uuid::Uuid;

/// Most rows of one answer. The largest school of the country has 17,167 learners; a screen asks for far fewer.
pub const MAX_ROWS: usize = 20_000;

/// What a window may ask for.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Answered by [`SyncSummary`].
    Status,
    /// Rows that have every word of `text`, folded, in the order of their search key. Answered by [`Found`].
    Search {
        entity: String,
        text: String,
        limit: usize,
        /// The fields that the screen shows; all of them where it does not say.
        #[serde(default)]
        #[ts(optional)]
        fields: Option<Vec<String>>,
    },
    /// Rows in the order in which they were made. Answered by [`Found`].
    List {
        entity: String,
        limit: usize,
        #[serde(default)]
        #[ts(optional)]
        fields: Option<Vec<String>>,
    },
    /// One row, tombstones included. Answered by the row.
    Get {
        entity: String,
        #[ts(type = "string")]
        id: Uuid,
    },
    /// With `id` it edits, without it creates. Answered by [`SavedRow`].
    Save {
        entity: String,
        #[serde(default)]
        #[ts(optional, type = "string")]
        id: Option<Uuid>,
        #[ts(type = "Record<string, unknown>")]
        fields: Map<String, Json>,
    },
    /// Answered by [`SavedRow`].
    Delete {
        entity: String,
        #[ts(type = "string")]
        id: Uuid,
    },
}

/// Which value of a conflict stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Mine,
    Theirs,
}

/// Rows for a screen.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Found {
    #[ts(type = "Record<string, unknown>[]")]
    pub rows: Vec<Json>,
    /// Whether there are more than `limit`.
    pub more: bool,
    /// How many live rows the entity has, found or not.
    pub total: i64,
}

/// A row as it is after a save.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SavedRow {
    #[ts(type = "Record<string, unknown>")]
    pub row: Json,
    pub changed: bool,
    pub created: bool,
}
