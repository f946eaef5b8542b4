//! `pems-hub school erase`: the end of a school at this hub, after it was suspended and (one hopes) exported.
//!
//! Its audit chain stays: it says who did what and when, without any record's contents.

use crate::refusal::Refusal;
use crate::server::admin::Admin;
use pems_model::Code;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

impl Admin {
    /// Destroys every row of a suspended school. `confirm` must be its slug once more.
    ///
    /// # Errors
    /// `not_found`; `conflict` for a school that is not suspended; `bad_usage` without the confirmation.
    pub async fn erase_school(&self, slug: &str, confirm: &str) -> Result<i64, Refusal> {
        let school = self.school_named(slug).await?;
        if confirm != slug {
            let message = format!("this destroys every record of '{slug}' at this hub; say --confirm {slug} to do it");
            return Err(Refusal::new(Code::BadUsage, message));
        }
        if school.suspended_at.is_none() {
            let message = format!("'{slug}' is in use; `pems-hub school suspend {slug}` and export it first");
            return Err(Refusal::new(Code::Conflict, message));
        }
        let mut owner = self.owner().await?;
        let rows = erase(&mut owner, school.id, Some(slug)).await?;
        owner.close().await?;
        Ok(rows)
    }

    /// Takes back a school that was just made and never filled.
    pub(super) async fn forget_school(&self, id: Uuid) -> Result<(), Refusal> {
        let mut owner = self.owner().await?;
        erase(&mut owner, id, None).await?;
        Ok(owner.close().await?)
    }
}

/// `asked`: the slug of a school that somebody wants to end; it must be suspended still, and the hub's chain says what was done.
async fn erase(owner: &mut PgConnection, school: Uuid, asked: Option<&str>) -> Result<i64, Refusal> {
    let mut tx = owner.begin().await?;
    let say = sqlx::query_scalar!("SELECT set_config('pems.erasing', $1, true)", school.to_string());
    say.fetch_one(&mut *tx).await?;
    let superuser = sqlx::query_scalar!(r#"SELECT rolsuper AS "rolsuper!" FROM pg_roles WHERE rolname = current_user"#);
    let superuser = superuser.fetch_one(&mut *tx).await?;
    let mut erased = 0;
    for (table, key) in children_first(&mut tx).await? {
        let switch = |how: &str| AssertSqlSafe(format!("ALTER TABLE public.{table} {how} ROW LEVEL SECURITY"));
        // An owner who is no superuser is behind the wall as well, but may move it: within this transaction, nobody else sees that.
        if !superuser {
            sqlx::raw_sql(switch("NO FORCE")).execute(&mut *tx).await?;
        }
        // The school itself is the last. Somebody may have let it in again meanwhile.
        let only = if key == "id" && asked.is_some() { "AND suspended_at IS NOT NULL" } else { "" };
        let sql = AssertSqlSafe(format!("DELETE FROM public.{table} WHERE {key} = $1 {only}"));
        let done = sqlx::query(sql).bind(school).execute(&mut *tx).await?;
        if !only.is_empty() && done.rows_affected() == 0 {
            return Err(Refusal::new(Code::Conflict, "the school is in use again; nothing was erased"));
        }
        erased += i64::try_from(done.rows_affected()).unwrap_or(i64::MAX);
        if !superuser {
            sqlx::raw_sql(switch("FORCE")).execute(&mut *tx).await?;
        }
    }
    if let Some(slug) = asked {
        let details = json!({ "school": school, "slug": slug, "rows": erased });
        let note = sqlx::query!(
            "SELECT sec.append_audit($1, 'console', NULL, 'school.erased', $2, $3)",
            Uuid::nil(),
            school,
            details
        );
        note.execute(&mut *tx).await?;
    }
    sqlx::query!("SELECT sec.tell('hub', $1)", school).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(erased)
}

/// Every table with schools' data except the audit log, those that refer to others before those.
async fn children_first(conn: &mut PgConnection) -> Result<Vec<(String, &'static str)>, Refusal> {
    let tables = sqlx::query!(
        r#"SELECT c.relname::text AS "name!", ARRAY(
             SELECT f.relname::text FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid
             WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.conrelid <> c.oid) AS "children!"
         FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'audit_log'
             AND (c.relname = 'tenant' OR EXISTS (
                 SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))
         ORDER BY 1"#
    );
    let mut left = tables.fetch_all(conn).await?;
    let mut order = Vec::new();
    while !left.is_empty() {
        let free = left.iter().position(|table| !left.iter().any(|other| table.children.contains(&other.name)));
        let free = free.ok_or_else(|| Refusal::internal("erase", &"tables refer to each other in a circle"))?;
        let name = left.remove(free).name;
        let key = if name == "tenant" { "id" } else { "tenant_id" };
        order.push((name, key));
    }
    Ok(order)
}
