//! The questions of the window about enrolment: `{"do": "enrolment.…"}`.

use super::Desk;
use crate::Result;
use serde::Deserialize;
use serde_json::Value as Json;
use ts_rs::TS;

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "do", deny_unknown_fields)]
#[ts(rename = "EnrolmentRequest")]
pub enum Request {}

/// Which request is answered by what, for the window.
pub(super) const ANSWERS: &str = "export interface EnrolmentAnswers {}\n";

/// What the declarations of this area are called in TypeScript.
pub(super) fn declarations(config: &ts_rs::Config) -> Vec<String> {
    vec![Request::decl(config)]
}

pub(super) fn answer(_desk: &mut Desk, request: Request) -> Result<Json> {
    match request {}
}
