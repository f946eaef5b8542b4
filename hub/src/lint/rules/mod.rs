//! The rules that are one query each. A rule's `sql` gives (object, problem) for everything that breaks it, and sees besides the
//! catalog:
//! - `rel`: everything in `pg_class` that is not PostgreSQL's own, with its `name` and `key`, the number of the column that holds
//!   the school (null where there is none);
//! - `tbl`: the tables among them, partitions too;
//! - `spoken`: those of them that speak of schools: with a school or row-level security, and all of `sec`;
//! - `fn`: functions and procedures that are not PostgreSQL's own, with their `name`.
//!
//! A new rule is a new entry in one of the lists, and a planted mistake in `hub/tests/lint/mutants.rs`.

mod cluster;
mod code;
mod fleet;
mod keys;
mod statistics;
mod tables;

use super::Finding;
use sqlx::{AssertSqlSafe, PgConnection};

pub(super) struct Rule {
    pub(super) name: &'static str,
    sql: &'static str,
    remedy: &'static str,
}

const fn rule(name: &'static str, sql: &'static str, remedy: &'static str) -> Rule {
    Rule { name, sql, remedy }
}

pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    [tables::RULES, statistics::RULES, keys::RULES, code::RULES, fleet::RULES, cluster::RULES].into_iter().flatten()
}

/// What is above 16384 was made after `initdb`: in pg_catalog, too, that is not PostgreSQL's own.
const OURS: &str = "
WITH rel AS (
    SELECT c.*, format('%I.%I', n.nspname, c.relname) AS name, k.attnum AS key
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute k ON k.attrelid = c.oid AND NOT k.attisdropped
        AND k.attname = CASE WHEN n.nspname = 'public' AND c.relname = 'tenant' THEN 'id' ELSE 'tenant_id' END
    WHERE n.nspname !~ '^pg_(toast|temp)' AND (n.nspname NOT IN ('pg_catalog', 'information_schema') OR c.oid >= 16384)
),
tbl AS (SELECT * FROM rel WHERE relkind IN ('r', 'p')),
spoken AS (SELECT * FROM tbl WHERE key IS NOT NULL OR relrowsecurity OR relnamespace = to_regnamespace('sec')),
fn AS (
    SELECT p.*, format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^pg_temp' AND (n.nspname NOT IN ('pg_catalog', 'information_schema') OR p.oid >= 16384)
)";

pub(super) async fn check(conn: &mut PgConnection) -> Result<Vec<Finding>, sqlx::Error> {
    let mut findings = Vec::new();
    for rule in all() {
        let sql = AssertSqlSafe(format!("{OURS} {} ORDER BY 1, 2", rule.sql));
        let broken: Vec<(String, String)> = sqlx::query_as(sql).persistent(false).fetch_all(&mut *conn).await?;
        findings.extend(broken.into_iter().map(|(object, problem)| Finding {
            rule: rule.name,
            object,
            problem,
            remedy: rule.remedy,
        }));
    }
    Ok(findings)
}
