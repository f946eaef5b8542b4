//! Who is an operator: invited, changed, given a new second factor by an owner. What is about an owner waits for a second one, where
//! there is one; the database decides which it is.

use super::secret::InvitationCode;
use super::{Console, is_owner, only};
use crate::auth::field;
use crate::refusal::Refusal;
use pems_db::{Access, ConsoleContext, ConsoleRole, Scope, Tx, sys};
use pems_model::Code;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use time::OffsetDateTime;
use time::serde::rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

/// An operator, as owners see them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Operator {
    id: Uuid,
    email: String,
    name: String,
    /// `owner`, `support` or `viewer`.
    role: String,
    #[schema(required)]
    region: Option<String>,
    #[schema(required)]
    division: Option<String>,
    #[serde(with = "rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "rfc3339::option")]
    #[schema(required)]
    last_sign_in_at: Option<OffsetDateTime>,
    #[serde(with = "rfc3339::option")]
    #[schema(required)]
    disabled_at: Option<OffsetDateTime>,
}

/// An invitation that nobody has taken yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Invitation {
    /// The id that the operator will have, or has.
    operator: Uuid,
    email: String,
    name: String,
    role: String,
    #[schema(required)]
    region: Option<String>,
    #[schema(required)]
    division: Option<String>,
    invited_by: Uuid,
    #[serde(with = "rfc3339")]
    expires_at: OffsetDateTime,
}

/// What an owner has asked for that a second owner has to agree to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Request {
    id: Uuid,
    /// `invite`, `change` or `reset`.
    act: String,
    operator: Uuid,
    email: String,
    role: String,
    #[schema(required)]
    region: Option<String>,
    #[schema(required)]
    division: Option<String>,
    #[schema(required)]
    disabled: Option<bool>,
    #[schema(value_type = Object)]
    reason: Json,
    asked_by: Uuid,
    #[serde(with = "rfc3339")]
    asked_at: OffsetDateTime,
    /// `waiting`, `approved`, `refused` or, a day later, `lapsed`.
    state: String,
}

/// Whether it is done, or waits for a second owner under this id.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Outcome {
    done: bool,
    #[schema(required)]
    request: Option<Uuid>,
}

/// What is to be different; what is not said stays.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) role: Option<ConsoleRole>,
    pub(crate) scope: Option<Scope>,
    pub(crate) disabled: Option<bool>,
}

/// # Errors
/// `role_forbidden`.
pub(crate) async fn list(console: &Console, who: &ConsoleContext) -> Result<Vec<Operator>, Refusal> {
    only(who, is_owner)?;
    let look = async |tx: &mut Tx| {
        let query = sqlx::query_as!(
            Operator,
            r#"SELECT id AS "id!", email AS "email!", name AS "name!", role AS "role!", region, division,
                   created_at AS "created_at!", last_sign_in_at, disabled_at FROM sec.console_operators()"#
        );
        Ok::<_, Refusal>(query.fetch_all(tx.conn()).await?)
    };
    console.console_db.in_tx(who, Access::ReadOnly, "operators listed", None, look).await
}

/// # Errors
/// `role_forbidden`.
pub(crate) async fn invitations(console: &Console, who: &ConsoleContext) -> Result<Vec<Invitation>, Refusal> {
    only(who, is_owner)?;
    let look = async |tx: &mut Tx| {
        let query = sqlx::query_as!(
            Invitation,
            r#"SELECT operator AS "operator!", email AS "email!", name AS "name!", role AS "role!", region, division,
                   invited_by AS "invited_by!", expires_at AS "expires_at!" FROM sec.console_invitations()"#
        );
        Ok::<_, Refusal>(query.fetch_all(tx.conn()).await?)
    };
    console.console_db.in_tx(who, Access::ReadOnly, "invitations listed", None, look).await
}

/// Makes an invitation worthless.
///
/// # Errors
/// `role_forbidden`, `not_found`.
pub(crate) async fn withdraw(console: &Console, who: &ConsoleContext, operator: Uuid) -> Result<(), Refusal> {
    only(who, is_owner)?;
    let act = async |tx: &mut Tx| {
        sqlx::query!("SELECT sec.withdraw_invitation($1)", operator).execute(tx.conn()).await?;
        Ok::<_, Refusal>(())
    };
    console.console_db.in_tx(who, Access::Write, "invitation withdrawn", None, act).await
}

/// Of the last month, the newest first.
///
/// # Errors
/// `role_forbidden`.
pub(crate) async fn requests(console: &Console, who: &ConsoleContext) -> Result<Vec<Request>, Refusal> {
    only(who, is_owner)?;
    let look = async |tx: &mut Tx| {
        let query = sqlx::query_as!(
            Request,
            r#"SELECT id AS "id!", act AS "act!", operator AS "operator!", email AS "email!", role AS "role!", region, division,
                   disabled, reason AS "reason!", asked_by AS "asked_by!", asked_at AS "asked_at!", state AS "state!"
               FROM sec.console_requests()"#
        );
        Ok::<_, Refusal>(query.fetch_all(tx.conn()).await?)
    };
    console.console_db.in_tx(who, Access::ReadOnly, "requests listed", None, look).await
}

/// Invites somebody; gives the code that they begin with, this once.
///
/// # Errors
/// `bad_request`, `conflict`, `role_forbidden`, `step_up_required`.
pub(crate) async fn invite(
    console: &Console,
    who: &ConsoleContext,
    email: &str,
    name: &str,
    role: ConsoleRole,
    scope: &Scope,
    reason: &Json,
) -> Result<(Outcome, String), Refusal> {
    let code = InvitationCode::new(sys::random()?);
    let args = json!({
        "operator": sys::new_ordered_id(sys::now())?,
        "email": field::new_email(email)?,
        "name": field::name(name)?,
        "role": role.name(),
        "region": scope.region,
        "division": scope.division,
        "code_hash": hex::encode(code.hash()),
    });
    within(who, scope)?;
    let outcome = act(console, who, "operator invited", "invite", args, reason).await?;
    Ok((outcome, code.text()))
}

/// # Errors
/// `bad_request`, `not_found`, `last_admin`, `role_forbidden`, `step_up_required`.
pub(crate) async fn change(
    console: &Console,
    who: &ConsoleContext,
    operator: Uuid,
    change: &Change,
    reason: &Json,
) -> Result<Outcome, Refusal> {
    let mut args = Map::from_iter([("operator".to_owned(), json!(operator))]);
    args.extend(change.role.map(|role| ("role".to_owned(), json!(role.name()))));
    args.extend(change.disabled.map(|disabled| ("disabled".to_owned(), json!(disabled))));
    if let Some(scope) = &change.scope {
        within(who, scope)?;
        args.insert("region".to_owned(), json!(scope.region));
        args.insert("division".to_owned(), json!(scope.division));
    }
    act(console, who, "operator changed", "change", Json::Object(args), reason).await
}

/// Makes password, second factor and recovery codes worthless; gives the code with which the operator chooses new ones, this once.
///
/// # Errors
/// `not_found`, `role_forbidden`, `step_up_required`.
pub(crate) async fn reset(
    console: &Console,
    who: &ConsoleContext,
    operator: Uuid,
    reason: &Json,
) -> Result<(Outcome, String), Refusal> {
    let code = InvitationCode::new(sys::random()?);
    let args = json!({ "operator": operator, "code_hash": hex::encode(code.hash()) });
    let outcome = act(console, who, "operator reset", "reset", args, reason).await?;
    Ok((outcome, code.text()))
}

/// The second owner's yes or no; whoever asked may say no as well.
///
/// # Errors
/// `not_found`, `conflict`, `last_admin`, `role_forbidden`, `step_up_required`.
pub(crate) async fn decide(
    console: &Console,
    who: &ConsoleContext,
    request: Uuid,
    approve: bool,
) -> Result<(), Refusal> {
    only(who, is_owner)?;
    let act = async |tx: &mut Tx| {
        sqlx::query!("SELECT sec.decide_request($1, $2)", request, approve).execute(tx.conn()).await?;
        Ok::<_, Refusal>(())
    };
    let doing = if approve { "request approved" } else { "request refused" };
    console.console_db.in_tx(who, Access::Write, doing, None, act).await
}

async fn act(
    console: &Console,
    who: &ConsoleContext,
    doing: &'static str,
    kind: &str,
    args: Json,
    reason: &Json,
) -> Result<Outcome, Refusal> {
    only(who, is_owner)?;
    let id = sys::new_ordered_id(sys::now())?;
    let act = async |tx: &mut Tx| {
        let act = sqlx::query_scalar!(r#"SELECT sec.operator_act($1, $2, $3, $4) AS "done!""#, id, kind, args, reason);
        Ok::<_, Refusal>(act.fetch_one(tx.conn()).await?)
    };
    let done: bool = console.console_db.in_tx(who, Access::Write, doing, None, act).await?;
    Ok(Outcome { done, request: (!done).then_some(id) })
}

/// Nobody gives what they do not have.
fn within(who: &ConsoleContext, scope: &Scope) -> Result<(), Refusal> {
    if who.scope().covers(scope) {
        return Ok(());
    }
    Err(Refusal::new(Code::RoleForbidden, "the scope is larger than your own; ask an owner of the whole hub"))
}
