//! The isolation linter: reads PostgreSQL's catalog and says what in it would let one school reach another.
//!
//! Migrations are written by people, and a wall with one forgotten stone is no wall. So nothing here trusts a migration: every
//! table, view, function, policy, trigger, type, role, setting and privilege is looked at as it is, by
//! - [`rules`]: small named rules, each one query that gives what breaks it;
//! - [`privileges`]: every privilege that anybody has, against the declaration in `grants.sql`;
//! - [`context`]: the functions that every policy rests on, by asking them;
//! - [`builtins`]: PostgreSQL's own functions, against `migrations/builtins.sql`;
//! - [`records`]: every entity's table, against its declaration in the model.
//!
//! Invariants: looking changes nothing; a finding says what, where and what to do; what is excused stands in [`exceptions`] with
//! its reason. `hub/tests/lint` plants mistakes for every rule and demands that exactly that rule finds them.

mod builtins;
mod context;
mod exceptions;
mod privileges;
mod records;
mod rules;

use pems_model::Schema;
use serde::Serialize;
use sqlx::{Connection, PgConnection};
use std::fmt;

pub(crate) use builtins::close as close_builtins;

/// Something in the database that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable name of the rule, as in `rls_not_forced`.
    pub rule: &'static str,
    /// What it is about, as PostgreSQL names it: `public.student`, `public.student policy own`, `hub_app`.
    pub object: String,
    pub problem: String,
    /// What to do about it.
    pub remedy: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}; {}", self.rule, self.object, self.problem, self.remedy)
    }
}

/// What `pems-hub verify` reports.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The form of the context that cannot be forged: `parameter` or `hmac`. None: the database is not migrated.
    pub context: Option<String>,
    pub findings: Vec<Finding>,
}

/// Every finding in the database of `conn`, whose role should be the migrating one: others do not see all of the catalog.
///
/// # Errors
/// If the catalog cannot be read.
pub async fn lint(conn: &mut PgConnection, schema: &Schema) -> Result<Vec<Finding>, sqlx::Error> {
    let mut findings = everything(conn, schema).await?;
    findings.retain(|finding| exceptions::reason(finding).is_none());
    Ok(findings)
}

/// As [`lint`], with what is excused.
///
/// # Errors
/// If the catalog cannot be read.
pub async fn everything(conn: &mut PgConnection, schema: &Schema) -> Result<Vec<Finding>, sqlx::Error> {
    let mut tx = conn.begin().await?;
    // So that every name outside of pg_catalog is written with its schema, whatever the session's own path.
    sqlx::raw_sql("SET LOCAL search_path = pg_catalog").execute(&mut *tx).await?;
    let mut findings = rules::check(&mut tx).await?;
    findings.extend(context::check(&mut tx).await?);
    findings.extend(privileges::check(&mut tx, schema).await?);
    findings.extend(builtins::check(&mut tx).await?);
    findings.extend(records::check(&mut tx, schema).await?);
    tx.rollback().await?;
    Ok(findings)
}

/// As [`lint`], with the form that the context has here.
///
/// # Errors
/// If the catalog cannot be read.
pub async fn report(conn: &mut PgConnection, schema: &Schema) -> Result<Report, sqlx::Error> {
    let findings = lint(conn, schema).await?;
    Ok(Report { context: context_form(conn).await?, findings })
}

async fn context_form(conn: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    let known = sqlx::query_scalar!(r#"SELECT to_regprocedure('sec.form()') IS NOT NULL AS "known!""#);
    if !known.fetch_one(&mut *conn).await? {
        return Ok(None);
    }
    sqlx::query_scalar!(r#"SELECT sec.form() AS "form!""#).fetch_one(conn).await.map(Some)
}

/// The names of all rules, for the tests that demand a planted mistake for each.
pub fn rule_names() -> Vec<&'static str> {
    let mut names: Vec<_> = rules::all().map(|rule| rule.name).collect();
    names.extend(privileges::RULES);
    names.extend([context::RULE, builtins::RULE, records::RULE]);
    names
}

/// The exceptions, as (rule, object), for the test that none outlives its use.
pub fn excused() -> impl Iterator<Item = (&'static str, &'static str)> {
    exceptions::EXCEPTIONS.iter().map(|exception| (exception.rule, exception.object))
}
