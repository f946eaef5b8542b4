//! The few functions that every policy rests on, asked rather than read: without a context they must say that there is none.

use super::Finding;
use sqlx::PgConnection;

pub(super) const RULE: &str = "context_given";
const REMEDY: &str =
    "CALL sec.use_form('parameter') (or 'hmac') writes these functions anew; sec.same is in migrations/0006_first.sql";

/// (function, expression that is true if all is well). The linter's own connection has been through no door.
const QUESTIONS: [(&str, &str, &str); 6] = [
    ("sec.tenant()", "sec.tenant() IS NULL", "without a context it names a school"),
    ("sec.actor()", "sec.actor() IS NULL", "without a context it names somebody"),
    ("sec.mode()", "sec.mode() IS NULL", "without a context it names a mode"),
    ("sec.is_operator()", "sec.is_operator() IS NOT TRUE", "without a context everybody is the operator"),
    ("sec.same(uuid, uuid)", "NOT sec.same(gen_random_uuid(), gen_random_uuid())", "two schools are the same to it"),
    ("sec.same(uuid, uuid)", "sec.same(gen_random_uuid(), NULL) IS NOT TRUE", "no school is any school to it"),
];

pub(super) async fn check(conn: &mut PgConnection) -> Result<Vec<Finding>, sqlx::Error> {
    let mut findings = Vec::new();
    for (function, well, problem) in QUESTIONS {
        let known: bool = sqlx::query_scalar("SELECT to_regprocedure($1) IS NOT NULL")
            .bind(function)
            .persistent(false)
            .fetch_one(&mut *conn)
            .await?;
        let sql = sqlx::AssertSqlSafe(format!("SELECT {well}"));
        if known && !sqlx::query_scalar::<_, bool>(sql).persistent(false).fetch_one(&mut *conn).await? {
            findings.push(Finding { rule: RULE, object: function.into(), problem: problem.into(), remedy: REMEDY });
        }
    }
    Ok(findings)
}
