//! What the catalog says about privileges.

use super::Grant;
use pems_model::Schema;
use sqlx::{PgConnection, Row};
use std::collections::BTreeSet;

/// All explicit privileges of PUBLIC and of roles that were made here (PostgreSQL's own have ids below 16384), beyond the
/// owner's; PUBLIC's unwritten ones where a kind of object has them by default. (Everybody may use types, which is no way to
/// any row, and read information_schema, which shows each role what it may use.)
const ACL: &str = "
WITH acl (kind, object, class, id, sub, col, owner, acl) AS (
    SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, format('%I.%I', n.nspname, c.relname),
        'pg_class'::regclass, c.oid, 0, NULL::name, c.relowner, c.relacl
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relacl IS NOT NULL
    UNION ALL SELECT 'table', format('%I.%I', n.nspname, c.relname), 'pg_class'::regclass, c.oid, a.attnum, a.attname, c.relowner, a.attacl
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.attacl IS NOT NULL
    UNION ALL SELECT 'function', format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)),
        'pg_proc'::regclass, p.oid, 0, NULL, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE (p.proacl IS NOT NULL OR p.oid >= 16384) AND n.nspname !~ '^pg_temp'
    UNION ALL SELECT 'schema', n.nspname, 'pg_namespace'::regclass, n.oid, 0, NULL, n.nspowner, n.nspacl
        FROM pg_namespace n WHERE n.nspname !~ '^pg_(toast|temp)'
    UNION ALL SELECT 'database', 'current', 'pg_database'::regclass, d.oid, 0, NULL, d.datdba, coalesce(d.datacl, acldefault('d', d.datdba))
        FROM pg_database d WHERE d.datname = current_database()
    UNION ALL SELECT 'language', l.lanname, 'pg_language'::regclass, l.oid, 0, NULL, l.lanowner, coalesce(l.lanacl, acldefault('l', l.lanowner))
        FROM pg_language l WHERE l.lanpltrusted
    UNION ALL SELECT 'type', format('%I.%I', n.nspname, t.typname), 'pg_type'::regclass, t.oid, 0, NULL, t.typowner, t.typacl
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typacl IS NOT NULL
    UNION ALL SELECT 'parameter', p.parname, 'pg_parameter_acl'::regclass, p.oid, 0, NULL, 10, p.paracl FROM pg_parameter_acl p
    UNION ALL SELECT 'large object', l.oid::text, 'pg_largeobject'::regclass, l.oid, 0, NULL, l.lomowner, l.lomacl FROM pg_largeobject_metadata l
    UNION ALL SELECT 'tablespace', s.spcname, 'pg_tablespace'::regclass, s.oid, 0, NULL, s.spcowner, s.spcacl FROM pg_tablespace s
    UNION ALL SELECT 'foreign-data wrapper', f.fdwname, 'pg_foreign_data_wrapper'::regclass, f.oid, 0, NULL, f.fdwowner, f.fdwacl FROM pg_foreign_data_wrapper f
    UNION ALL SELECT 'server', f.srvname, 'pg_foreign_server'::regclass, f.oid, 0, NULL, f.srvowner, f.srvacl FROM pg_foreign_server f
)
SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee)::text END, acl.kind, acl.object,
    g.privilege_type || coalesce(' (' || acl.col || ')', '') || option
FROM acl, aclexplode(acl.acl) g, unnest(CASE WHEN g.is_grantable THEN ARRAY['', ' WITH GRANT OPTION'] ELSE ARRAY[''] END) option
WHERE g.grantee <> acl.owner AND (g.grantee = 0 OR g.grantee >= 16384)
    AND NOT (g.grantee = 0 AND (acl.kind = 'type' OR (acl.kind = 'function' AND acl.id < 16384)))
    AND NOT (g.grantee = 0 AND acl.id < 16384 AND acl.object ~ '^information_schema(\\.|$)' AND g.privilege_type IN ('SELECT', 'USAGE'))
    AND NOT (acl.id < 16384 AND EXISTS (
        SELECT FROM pg_init_privs i, aclexplode(i.initprivs) b
        WHERE i.classoid = acl.class AND i.objoid = acl.id AND i.objsubid = acl.sub AND i.privtype = 'i'
            AND b.grantee = g.grantee AND b.privilege_type = g.privilege_type))";

pub(super) async fn read(conn: &mut PgConnection) -> Result<BTreeSet<Grant>, sqlx::Error> {
    let rows = sqlx::query(ACL).persistent(false).fetch_all(conn).await?;
    let grant = |row: sqlx::postgres::PgRow| {
        Ok(Grant { role: row.try_get(0)?, kind: row.try_get(1)?, object: row.try_get(2)?, privilege: row.try_get(3)? })
    };
    rows.into_iter().map(grant).collect()
}

/// The tables that requests write records into: every entity's, and those of entities that this program does not know (a
/// newer or an older program shares the database), which `sync.guard` marked.
pub(super) async fn records(conn: &mut PgConnection, schema: &Schema) -> Result<Vec<String>, sqlx::Error> {
    let entities: Vec<String> = schema.entities().iter().map(|entity| entity.name.to_owned()).collect();
    let sql =
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND (c.relname = ANY ($1) OR EXISTS (
            SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace s ON s.oid = p.pronamespace
            WHERE t.tgrelid = c.oid AND s.nspname = 'sync' AND p.proname = 'check_revs'))";
    sqlx::query_scalar(sql).bind(entities).persistent(false).fetch_all(conn).await
}

/// The grants among these that their roles really lack: a built-in function that everybody may execute needs no grant.
pub(super) async fn without(conn: &mut PgConnection, mut grants: Vec<Grant>) -> Result<Vec<Grant>, sqlx::Error> {
    let sql =
        "SELECT to_regprocedure($1) IS NOT NULL AND has_function_privilege('public', to_regprocedure($1), 'EXECUTE')";
    let mut has = Vec::new();
    for grant in grants.iter().filter(|grant| grant.object.starts_with("pg_catalog.")) {
        let open: bool = sqlx::query_scalar(sql).bind(&grant.object).persistent(false).fetch_one(&mut *conn).await?;
        if open {
            has.push(grant.clone());
        }
    }
    grants.retain(|grant| !has.contains(grant));
    Ok(grants)
}

/// Whether the context has the form `hmac`.
pub(super) async fn sealed(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    Ok(super::super::context_form(conn).await?.as_deref() == Some("hmac"))
}
