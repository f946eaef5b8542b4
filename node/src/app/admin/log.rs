//! The last lines of this PC's log, for whoever looks for a cause. What support gets of it is
//! [`review.bundle`](crate::app::review::bundle).

use crate::Result;
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::log::{Line, last, status};
use pems_model::Act;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Most lines that a screen shows; all of them are in the file for support.
const MOST: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OfficeLog {
    /// Newest first.
    pub lines: Vec<Line>,
    /// The least that is written; none where there is no log.
    pub level: Option<&'static str>,
    /// Why nothing can be written at present, in the system's words.
    pub trouble: Option<String>,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadLog {}

impl Request<Desk> for ReadLog {
    const NAME: &'static str = "admin.log";
    const ACCESS: May = May::Do(Act::SeeSetup);
    type Answer = OfficeLog;

    fn run(self, desk: &mut Desk) -> Result<OfficeLog> {
        let mut lines = desk.store.file().map(|file| last(file.folder(), MOST)).unwrap_or_default();
        lines.reverse();
        let status = status();
        Ok(OfficeLog {
            lines,
            level: status.map(|status| status.level.name()),
            trouble: status.and_then(|status| status.trouble).map(|kind| kind.to_string()),
        })
    }
}
