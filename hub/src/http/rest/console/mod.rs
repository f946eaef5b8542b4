//! `/console`: what the operators' console asks, with a cookie and from its own page alone. No access token serves here, and the
//! cookie serves nowhere else.

mod caller;
mod invitations;
mod operators;
mod requests;
mod schools;
mod sessions;

use crate::auth::field;
use crate::http::state::Routes;
use crate::refusal::Refusal;
use pems_db::{ConsoleRole, Scope};
use pems_model::Code;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

pub(super) fn router() -> Routes {
    Routes::new()
        .merge(sessions::router())
        .merge(invitations::router())
        .merge(operators::router())
        .merge(requests::router())
        .merge(schools::router())
}

/// Why something is done; it stands in the audit log.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// `help`, `incident`, `request` or `upkeep`.
    #[schema(pattern = "^(help|incident|request|upkeep)$")]
    kind: String,
    /// The number of the ticket, call or letter.
    #[schema(min_length = 1, max_length = 40)]
    ticket: String,
    /// In words: fifteen letters or digits at least.
    #[schema(min_length = 15, max_length = 500)]
    text: String,
}

impl Reason {
    fn checked(&self) -> Result<Json, Refusal> {
        field::act_reason(&self.kind, &self.ticket, &self.text)
    }
}

/// What is done with nothing but a reason.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Because {
    reason: Reason,
}

/// The schools that an operator is there for: `{}` is all of them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScopeShape {
    #[schema(min_length = 1, max_length = 100)]
    region: Option<String>,
    /// Never without its region.
    #[schema(min_length = 1, max_length = 100)]
    division: Option<String>,
}

impl ScopeShape {
    fn checked(&self) -> Result<Scope, Refusal> {
        field::scope(self.region.as_deref(), self.division.as_deref())
    }
}

impl From<Scope> for ScopeShape {
    fn from(of: Scope) -> ScopeShape {
        ScopeShape { region: of.region, division: of.division }
    }
}

fn role(name: &str) -> Result<ConsoleRole, Refusal> {
    let unknown = || {
        let message = format!("role: one of {}", ConsoleRole::ALL.map(ConsoleRole::name).join(", "));
        Refusal::new(Code::BadRequest, message).with(json!({ "field": "role" }))
    };
    ConsoleRole::parse(name).ok_or_else(unknown)
}
