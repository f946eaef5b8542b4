//! Whether anything changed: a hash over every row of one school, and one over everything in the catalog that the wall rests on.

use crate::plant::World;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

/// The catalog as the wall needs it: rights, policies, functions, triggers, roles and their settings.
const CATALOG: &str = "
    SELECT string_agg(part, '|') FROM (
        SELECT md5(coalesce(string_agg(p::text, ',' ORDER BY p.oid), '')) AS part FROM pg_policy p
        UNION ALL SELECT md5(string_agg(concat_ws(':', c.oid, c.relname, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity,
            c.relkind, c.reloptions), ',' ORDER BY c.oid)) FROM pg_class c
        UNION ALL SELECT md5(string_agg(concat_ws(':', a.attrelid, a.attname, a.attacl, a.attstattarget), ',' ORDER BY a.attrelid, a.attnum))
            FROM pg_attribute a
        UNION ALL SELECT md5(string_agg(concat_ws(':', p.oid, p.proname, p.proowner, p.proacl, p.prosrc, p.proconfig, p.procost, p.prosecdef),
            ',' ORDER BY p.oid)) FROM pg_proc p
        UNION ALL SELECT md5(coalesce(string_agg(concat_ws(':', t.oid, t.tgname, t.tgenabled), ',' ORDER BY t.oid), '')) FROM pg_trigger t
        UNION ALL SELECT md5(coalesce(string_agg(e::text, ',' ORDER BY e.oid), '')) FROM pg_event_trigger e
        UNION ALL SELECT md5(coalesce(string_agg(d::text, ',' ORDER BY d.oid), '')) FROM pg_default_acl d
        UNION ALL SELECT md5(string_agg(n::text, ',' ORDER BY n.oid)) FROM pg_namespace n
        UNION ALL SELECT md5(coalesce(string_agg(l::text, ',' ORDER BY l.oid), '')) FROM pg_largeobject_metadata l
        UNION ALL SELECT md5(string_agg(concat_ws(':', r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolpassword), ','
            ORDER BY r.oid)) FROM pg_authid r WHERE r.rolname LIKE 'hub\\_%'
        UNION ALL SELECT md5(coalesce(string_agg(s::text, ',' ORDER BY s.setdatabase, s.setrole), '')) FROM pg_db_role_setting s
        UNION ALL SELECT md5(coalesce(string_agg(m::text, ',' ORDER BY m.roleid, m.member), '')) FROM pg_auth_members m
            WHERE 'hub_app'::regrole IN (m.roleid, m.member)
        UNION ALL SELECT md5(string_agg(l::text, ',' ORDER BY l.oid)) FROM pg_language l
        UNION ALL SELECT md5(coalesce(string_agg(p::text, ',' ORDER BY p.oid), '')) FROM pg_parameter_acl p
    ) parts";

/// Looks as the superuser, whom no wall stops.
pub(crate) struct Fingerprints {
    owner: PgConnection,
    rows_of: String,
}

impl Fingerprints {
    pub(crate) async fn new(world: &World) -> Fingerprints {
        let mut owner = PgConnection::connect(world.url()).await.expect("a connection");
        let tables: Vec<(String, String)> = sqlx::query_as(
            "SELECT c.oid::regclass::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
             WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN ('public'::regnamespace, 'sec'::regnamespace)
             AND a.attname = CASE WHEN c.oid = 'public.tenant'::regclass THEN 'id' ELSE 'tenant_id' END ORDER BY 1",
        )
        .fetch_all(&mut owner)
        .await
        .expect("the tables");
        assert!(tables.len() > 12, "the tables of the product, not {tables:?}");
        let part = |(table, key): &(String, String)| {
            format!(
                "SELECT '{table} ' || md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) AS part FROM {table} t WHERE t.{key} = $1"
            )
        };
        let parts: Vec<String> = tables.iter().map(part).collect();
        let rows_of =
            format!("SELECT string_agg(part, E'\\n' ORDER BY part) FROM ({}) parts", parts.join(" UNION ALL "));
        Fingerprints { owner, rows_of }
    }

    /// One line for each table with the hash of this school's rows.
    pub(crate) async fn school(&mut self, tenant: Uuid) -> String {
        let query = sqlx::query_scalar(AssertSqlSafe(self.rows_of.clone())).bind(tenant);
        query.fetch_one(&mut self.owner).await.expect("a fingerprint")
    }

    pub(crate) async fn catalog(&mut self) -> String {
        sqlx::query_scalar(CATALOG).fetch_one(&mut self.owner).await.expect("a fingerprint")
    }

    pub(crate) async fn run(&mut self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.owner).await.expect("the superuser may");
    }
}
