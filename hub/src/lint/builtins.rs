//! PostgreSQL's own functions. A request's SQL may execute what is on the list in `migrations/builtins.sql`, and nothing that
//! sets parameters, runs SQL from texts, locks, touches files or looks at other sessions.

use super::Finding;
use sqlx::{AssertSqlSafe, PgConnection};

pub(super) const RULE: &str = "function_open";
const REMEDY: &str = "start the hub (or run `pems-hub migrate`) as a superuser, which revokes it; if the hub needs the function, \
     put it into migrations/builtins.sql";
/// Functions that are told one by one; more of them are one finding (a database that was never swept has hundreds).
const TOLD: usize = 20;

const OPEN: &str = include_str!("../../../migrations/builtins.sql");

/// (function with its argument types, whether this role may revoke it)
async fn open(conn: &mut PgConnection) -> Result<Vec<(String, bool)>, sqlx::Error> {
    sqlx::query_as(OPEN).persistent(false).fetch_all(conn).await
}

/// Revokes from PUBLIC what nothing needs, as far as the role of `conn` may. Does nothing where it was done before.
///
/// # Errors
/// A database that is away.
pub(crate) async fn close(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    let found = open(&mut *conn).await?;
    let routines: Vec<_> = found.iter().filter(|(_, ours)| *ours).map(|(routine, _)| routine.as_str()).collect();
    if routines.is_empty() {
        return Ok(());
    }
    let sql = format!("REVOKE EXECUTE ON ROUTINE {} FROM PUBLIC", routines.join(", "));
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(drop)
}

pub(super) async fn check(conn: &mut PgConnection) -> Result<Vec<Finding>, sqlx::Error> {
    let found = open(conn).await?;
    let finding =
        |object: String, problem: &str| Finding { rule: RULE, object, problem: problem.into(), remedy: REMEDY };
    let (told, rest) = found.split_at(found.len().min(TOLD));
    let mut findings: Vec<_> = told
        .iter()
        .map(|(routine, _)| finding(routine.clone(), "everybody may execute this built-in function"))
        .collect();
    if !rest.is_empty() {
        findings.push(finding(format!("{} more", rest.len()), "everybody may execute these built-in functions"));
    }
    Ok(findings)
}
