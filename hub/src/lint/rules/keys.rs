//! Keys, links, indexes and column types: what answers "does this exist elsewhere?", and what an index is good for.
//!
//! An index is named with its first column, so that an exception holds for an expression that no leakproof condition can use
//! (`lower(slug)`) and not for the bare column, which would find other schools' rows before a policy turns them away.

use super::{Rule, rule};

/// Either side may be without a school only if both are.
const FOREIGN_KEY_WITHOUT_TENANT: &str = "
SELECT format('%s constraint %I', r.name, c.conname), format('the link to %s does not go through the school''s column on both sides', f.name)
FROM pg_constraint c JOIN rel r ON r.oid = c.conrelid JOIN rel f ON f.oid = c.confrelid
WHERE c.contype = 'f' AND (r.key IS NOT NULL OR f.key IS NOT NULL)
    AND (c.conkey[1] IS DISTINCT FROM r.key OR c.confkey[1] IS DISTINCT FROM f.key)";

/// Row-level security is checked before any operator that might tell what it saw, so only leakproof ones can use an index.
const NOT_LEAKPROOF_INDEXABLE: &str = "
SELECT format('%I.%I', n.nspname, x.relname), format('no operator of %I is leakproof, so under row-level security nothing uses this index', o.opcname)
FROM pg_index i JOIN tbl t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace,
    unnest(i.indclass) class (id) JOIN pg_opclass o ON o.oid = class.id
WHERE t.relrowsecurity AND NOT EXISTS (
    SELECT FROM pg_amop a JOIN pg_operator p ON p.oid = a.amopopr JOIN pg_proc f ON f.oid = p.oprcode
    WHERE a.amopfamily = o.opcfamily AND a.amoplefttype = o.opcintype AND f.proleakproof)
UNION ALL
SELECT format('%s.%I', t.name, c.attname), format('the enum %s cannot be compared leakproof', y.typname)
FROM tbl t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
JOIN pg_type y ON y.oid = c.atttypid WHERE y.typtype = 'e'";

pub(super) const RULES: &[Rule] = &[
    rule(
        "key_without_tenant",
        "SELECT t.name, CASE WHEN i.indexrelid IS NULL THEN 'there is no primary key' ELSE 'the primary key does not begin with the school' END
         FROM tbl t LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
         WHERE t.key IS NOT NULL AND i.indkey[0] IS DISTINCT FROM t.key",
        "PRIMARY KEY (tenant_id, ...)",
    ),
    rule(
        "unique_without_tenant",
        "SELECT format('%I.%I (%s)', n.nspname, x.relname, pg_get_indexdef(x.oid, 1, true)), format('it tells whether a value exists in another school (on %s)', t.name)
         FROM pg_index i JOIN tbl t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace
         WHERE t.key IS NOT NULL AND NOT i.indisprimary AND (i.indisunique OR i.indisexclusion) AND i.indkey[0] <> t.key",
        "UNIQUE (tenant_id, ...)",
    ),
    rule(
        "index_without_tenant",
        "SELECT format('%I.%I (%s)', n.nspname, x.relname, pg_get_indexdef(x.oid, 1, true)), format('the index on %s does not begin with the school', t.name)
         FROM pg_index i JOIN tbl t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace
         WHERE t.key IS NOT NULL AND NOT i.indisunique AND NOT i.indisexclusion AND i.indkey[0] <> t.key",
        "CREATE INDEX ... (tenant_id, ...)",
    ),
    rule(
        "index_before_wall",
        "SELECT format('%I.%I (%s)', n.nspname, x.relname, pg_get_indexdef(x.oid, 1, true)),
             'hub_app can look its first column up in all schools: EXPLAIN ANALYZE tells that a policy turned a row away'
         FROM pg_index i JOIN tbl t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace
         JOIN pg_roles u ON u.rolname = 'hub_app'
         WHERE t.relrowsecurity AND i.indkey[0] NOT IN (0, t.key) AND has_column_privilege(u.oid, t.oid, i.indkey[0], 'SELECT')",
        "index an expression that no leakproof condition can use (lower(slug)), or keep the column from hub_app",
    ),
    rule("foreign_key_without_tenant", FOREIGN_KEY_WITHOUT_TENANT, "FOREIGN KEY (tenant_id, x) REFERENCES x (tenant_id, id)"),
    rule(
        "foreign_key_cascades",
        "SELECT format('%s constraint %I', r.name, c.conname), 'it deletes or changes rows by itself, past policies and the change log'
         FROM pg_constraint c JOIN rel r ON r.oid = c.conrelid
         WHERE c.contype = 'f' AND (c.confdeltype NOT IN ('a', 'r') OR c.confupdtype NOT IN ('a', 'r'))",
        "leave out ON DELETE and ON UPDATE: records are deleted by setting deleted_at",
    ),
    rule(
        "sequence_shared",
        "SELECT format('%s.%I', t.name, c.attname), 'its numbers are drawn for all schools together, so gaps tell how much the others write'
         FROM tbl t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
         WHERE t.key IS NOT NULL AND (c.attidentity <> '' OR EXISTS (
             SELECT FROM pg_attrdef v JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = v.oid
                 AND d.refclassid = 'pg_class'::regclass JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
             WHERE v.adrelid = t.oid AND v.adnum = c.attnum))",
        "a uuid, or a number counted within the school (as sec.audit_head does)",
    ),
    rule(
        "not_leakproof_indexable",
        NOT_LEAKPROOF_INDEXABLE,
        "text with a CHECK instead of an enum; bigint instead of numeric; no index on jsonb or arrays",
    ),
];
