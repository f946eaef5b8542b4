//! Tables and what stands in for them: row-level security, policies, views.

use super::{Rule, rule};

/// A policy is canonical if it can only ever give a school its own rows, the operator everything, `hub_sec` what its functions
/// look up: nothing else has to be thought about.
const POLICY_NOT_CANONICAL: &str = "
, policy AS (
    SELECT r.name, p.polname, p.polpermissive, p.polcmd, r.relkind,
        ARRAY(SELECT coalesce(u.rolname, 'PUBLIC') FROM unnest(p.polroles) m (id) LEFT JOIN pg_roles u ON u.oid = m.id)::text[] AS who,
        pg_get_expr(p.polqual, p.polrelid) AS sees, pg_get_expr(p.polwithcheck, p.polrelid) AS writes,
        format('(%I = ( SELECT sec.tenant() AS tenant))', k.attname) AS own,
        format('sec.same(%I, ( SELECT sec.tenant() AS tenant))', k.attname) AS wall
    FROM pg_policy p JOIN rel r ON r.oid = p.polrelid LEFT JOIN pg_attribute k ON k.attrelid = r.oid AND k.attnum = r.key
)
SELECT format('%s policy %I', name, polname),
    format('%s TO %s USING %s WITH CHECK %s', CASE WHEN polpermissive THEN 'permissive' ELSE 'restrictive' END,
        array_to_string(who, ', '), coalesce(sees, '-'), coalesce(writes, '-'))
FROM policy
WHERE NOT coalesce(coalesce(sees, writes) IS NOT NULL AND CASE who
    WHEN '{hub_app}' THEN coalesce(sees, writes) = CASE WHEN polpermissive THEN own ELSE wall END
        AND coalesce(writes, sees) = coalesce(sees, writes)
    WHEN '{hub_operator}' THEN polpermissive AND coalesce(sees, writes) = '( SELECT sec.is_operator() AS is_operator)'
        AND coalesce(writes, sees) = coalesce(sees, writes)
    WHEN '{hub_sec}' THEN coalesce(sees, 'true') = 'true' AND coalesce(writes, 'true') = 'true'
    ELSE false END, false)";

const TENANTLESS_WRITABLE: &str = "
SELECT t.name, format('%s may %s, and the table belongs to no school', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,
    string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type))
FROM tbl t, LATERAL (
    SELECT grantee, privilege_type FROM aclexplode(t.relacl)
    UNION SELECT x.grantee, x.privilege_type FROM pg_attribute c, aclexplode(c.attacl) x WHERE c.attrelid = t.oid
) a
WHERE t.key IS NULL AND a.privilege_type <> 'SELECT'
    AND (a.grantee = 0 OR pg_get_userbyid(a.grantee) IN ('hub_app', 'hub_auth', 'hub_console'))
GROUP BY t.name, a.grantee";

pub(super) const RULES: &[Rule] = &[
    rule(
        "table_without_tenant",
        "SELECT name, 'there is no column tenant_id' FROM tbl WHERE key IS NULL",
        "add tenant_id uuid NOT NULL as the first column of its key, or an entry in lint/exceptions.rs with the reason",
    ),
    rule(
        "tenant_column",
        "SELECT t.name, 'the school''s column is not uuid NOT NULL' FROM tbl t
         JOIN pg_attribute k ON k.attrelid = t.oid AND k.attnum = t.key
         WHERE NOT k.attnotnull OR k.atttypid <> 'uuid'::regtype",
        "make it uuid NOT NULL: a row without a school is nobody's and everybody's",
    ),
    rule("tenantless_writable", TENANTLESS_WRITABLE, "revoke it: such tables are read-only to requests"),
    rule(
        "rls_disabled",
        "SELECT name, 'row-level security is off' FROM tbl WHERE key IS NOT NULL AND NOT relrowsecurity",
        "CALL sec.wall('...') in the migration that makes the table",
    ),
    rule(
        "rls_not_forced",
        "SELECT name, 'row-level security is not forced, so the owner passes it' FROM tbl WHERE relrowsecurity AND NOT relforcerowsecurity",
        "ALTER TABLE ... FORCE ROW LEVEL SECURITY",
    ),
    rule(
        "wall_missing",
        "SELECT t.name, 'there is no restrictive policy wall for hub_app' FROM tbl t
         WHERE t.relrowsecurity AND t.key IS NOT NULL AND NOT EXISTS (
             SELECT FROM pg_policy p JOIN pg_roles u ON p.polroles = ARRAY[u.oid] AND u.rolname = 'hub_app'
             WHERE p.polrelid = t.oid AND p.polname = 'wall' AND NOT p.polpermissive AND p.polcmd = '*')",
        "CALL sec.wall('...') makes it: whatever policy is added later can then only take away",
    ),
    rule(
        "policy_not_canonical",
        POLICY_NOT_CANONICAL,
        "hub_app: tenant_id = (SELECT sec.tenant()), and wall: sec.same(tenant_id, (SELECT sec.tenant())); hub_operator: (SELECT sec.is_operator()); hub_sec: true; nobody else",
    ),
    rule(
        "unlogged",
        "SELECT name, 'a crash empties it' FROM rel WHERE relpersistence = 'u' AND relkind IN ('r', 'p', 'm')",
        "ALTER TABLE ... SET LOGGED, or an entry in lint/exceptions.rs that says why nothing is lost",
    ),
    rule(
        "partition_reachable",
        "SELECT name, 'somebody may use the partition without going through its table' FROM tbl WHERE relispartition
         AND (EXISTS (SELECT FROM aclexplode(relacl) a WHERE a.grantee <> relowner)
            OR EXISTS (SELECT FROM pg_attribute c, aclexplode(c.attacl) a WHERE c.attrelid = tbl.oid AND a.grantee <> relowner))",
        "REVOKE ALL ON the partition FROM everybody: the table in front of it holds the grants",
    ),
    rule(
        "table_inherits",
        "SELECT t.name, format('rows of %s are shown as rows of %s, past its own policies', t.name, p.name)
         FROM pg_inherits i JOIN tbl t ON t.oid = i.inhrelid JOIN rel p ON p.oid = i.inhparent WHERE p.relkind = 'r'",
        "ALTER TABLE ... NO INHERIT ...",
    ),
    rule(
        "view_without_invoker",
        "SELECT name, 'the view reads with its owner''s rights' FROM rel WHERE relkind = 'v' AND NOT EXISTS (
             SELECT FROM pg_options_to_table(reloptions) WHERE option_name = 'security_invoker' AND option_value::boolean)",
        "CREATE VIEW ... WITH (security_invoker = true)",
    ),
    rule(
        "materialised_view",
        "SELECT name, 'a copy of rows has no row-level security' FROM rel WHERE relkind = 'm'",
        "make it a table with tenant_id and a wall, or a view with security_invoker",
    ),
    rule(
        "rewrite_rule",
        "SELECT format('%s rule %I', r.name, w.rulename), 'a rule runs with the rights of the table''s owner'
         FROM pg_rewrite w JOIN rel r ON r.oid = w.ev_class WHERE (w.rulename <> '_RETURN' OR r.relkind NOT IN ('v', 'm'))
             AND pg_get_ruledef(w.oid) NOT LIKE 'CREATE RULE no_merge AS%ON DELETE TO % DO NOTHING;'",
        "use a trigger",
    ),
    rule(
        "merge_open",
        "SELECT t.name, 'MERGE reads it without the policies for SELECT' FROM tbl t WHERE t.relrowsecurity AND NOT EXISTS (
             SELECT FROM pg_rewrite w WHERE w.ev_class = t.oid AND w.rulename = 'no_merge' AND w.ev_enabled IN ('O', 'A'))",
        "CALL sec.no_merge('...'): a table with a rule refuses every MERGE",
    ),
];
