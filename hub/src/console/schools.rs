//! Schools as the console sees them: which there are, where, and whether they are shut out. Never who is in them.

use super::{Console, acts_on_schools, only};
use crate::refusal::Refusal;
use pems_db::{Access, ConsoleContext, Tx, sys};
use pems_model::Code;
use serde::Serialize;
use serde_json::Value as Json;
use time::OffsetDateTime;
use time::serde::rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

/// A school of the fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FleetSchool {
    pub(crate) id: Uuid,
    slug: String,
    name: String,
    /// DepEd's School ID.
    school_id: String,
    #[schema(required)]
    region: Option<String>,
    #[schema(required)]
    division: Option<String>,
    #[schema(required)]
    area: Option<String>,
    #[schema(required)]
    municipality: Option<String>,
    /// Since when it is shut out.
    #[serde(with = "rfc3339::option")]
    #[schema(required)]
    suspended_at: Option<OffsetDateTime>,
}

/// Those of the caller's scope with ids behind `after`, `most` at most.
///
/// # Errors
/// `unauthorized`.
pub(crate) async fn list(
    console: &Console,
    who: &ConsoleContext,
    after: Option<Uuid>,
    most: u32,
) -> Result<Vec<FleetSchool>, Refusal> {
    let look = async |tx: &mut Tx| {
        let query = sqlx::query_as!(
            FleetSchool,
            r#"SELECT id AS "id!", slug AS "slug!", name AS "name!", school_id AS "school_id!", region, division, area,
                   municipality, suspended_at FROM fleet.schools($1, $2)"#,
            after,
            i32::try_from(most).unwrap_or(i32::MAX)
        );
        Ok::<_, Refusal>(query.fetch_all(tx.conn()).await?)
    };
    console.console_db.in_tx(who, Access::ReadOnly, "schools listed", None, look).await
}

/// # Errors
/// `not_found`, also for one that is not within the caller's scope.
pub(crate) async fn get(console: &Console, who: &ConsoleContext, school: Uuid) -> Result<FleetSchool, Refusal> {
    let look = async |tx: &mut Tx| one(tx, school).await;
    console.console_db.in_tx(who, Access::ReadOnly, "school shown", Some(school), look).await
}

/// Shuts a school out at once, or lets it in again; what it is already is no change.
///
/// # Errors
/// `not_found`, `role_forbidden`, `step_up_required`; `bad_request` for what is no reason.
pub(crate) async fn suspend(
    console: &Console,
    who: &ConsoleContext,
    school: Uuid,
    suspend: bool,
    reason: &Json,
) -> Result<FleetSchool, Refusal> {
    only(who, acts_on_schools)?;
    let event = sys::new_ordered_id(sys::now())?;
    let act = async |tx: &mut Tx| {
        let act = sqlx::query_scalar!("SELECT sec.suspend_school($1, $2, $3, $4)", school, suspend, reason, event);
        act.fetch_one(tx.conn()).await?;
        one(tx, school).await
    };
    let doing = if suspend { "school suspended" } else { "school let in again" };
    console.console_db.in_tx(who, Access::Write, doing, Some(school), act).await
}

async fn one(tx: &mut Tx, school: Uuid) -> Result<FleetSchool, Refusal> {
    let query = sqlx::query_as!(
        FleetSchool,
        r#"SELECT id AS "id!", slug AS "slug!", name AS "name!", school_id AS "school_id!", region, division, area, municipality,
               suspended_at FROM fleet.school($1)"#,
        school
    );
    let missing = || Refusal::new(Code::NotFound, "there is no such school, or not within your scope");
    query.fetch_optional(tx.conn()).await?.ok_or_else(missing)
}
