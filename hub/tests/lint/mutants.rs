//! The mistakes, as data: what is wrong, the SQL that makes it so (as a migration or a tired administrator would), and the rules
//! that must find it. Each is planted alone.

use crate::mutants_of_rights::OF_RIGHTS;
use crate::mutants_of_statistics::OF_STATISTICS;

/// (mistake, SQL, rules)
pub(crate) type Mutant = (&'static str, &'static str, &'static [&'static str]);

/// Every one of them.
pub(crate) fn mutants() -> Vec<Mutant> {
    [OF_TABLES, OF_STATISTICS, OF_RIGHTS].concat()
}

const OF_TABLES: &[Mutant] = &[
    // Row-level security and policies.
    ("no FORCE", "ALTER TABLE student NO FORCE ROW LEVEL SECURITY", &["rls_not_forced"]),
    ("row-level security off", "ALTER TABLE student DISABLE ROW LEVEL SECURITY", &["rls_disabled"]),
    ("USING (true)", "CREATE POLICY open ON student TO hub_app USING (true)", &["policy_not_canonical"]),
    ("own made WITH CHECK (true)", "ALTER POLICY own ON student WITH CHECK (true)", &["policy_not_canonical"]),
    (
        "a policy for PUBLIC",
        "CREATE POLICY open ON student USING (tenant_id = (SELECT sec.tenant()))",
        &["policy_not_canonical"],
    ),
    ("a policy for hub_auth", "CREATE POLICY open ON student TO hub_auth USING (true)", &["policy_not_canonical"]),
    ("the operator without a mode", "ALTER POLICY see ON student USING (true)", &["policy_not_canonical"]),
    (
        "tenant OR operator",
        "ALTER POLICY own ON student USING (tenant_id = (SELECT sec.tenant()) OR (SELECT sec.is_operator()))",
        &["policy_not_canonical"],
    ),
    (
        "a policy on a plain setting",
        "ALTER POLICY own ON student USING (tenant_id = current_setting('app.tenant')::uuid)",
        &["policy_not_canonical"],
    ),
    (
        "a policy that asks for each row",
        "ALTER POLICY own ON student USING (tenant_id = sec.tenant())",
        &["policy_not_canonical"],
    ),
    (
        "hub_sec sees by a condition of somebody else",
        "CREATE POLICY decide ON student TO hub_sec USING (last_name <> '')",
        &["policy_not_canonical"],
    ),
    ("no wall", "DROP POLICY wall ON student", &["wall_missing"]),
    (
        "a permissive wall",
        "DROP POLICY wall ON student; CREATE POLICY wall ON student TO hub_app USING (tenant_id = (SELECT sec.tenant()))",
        &["wall_missing"],
    ),
    (
        "a wall for reading only",
        "DROP POLICY wall ON student;
         CREATE POLICY wall ON student AS RESTRICTIVE FOR SELECT TO hub_app USING (sec.same(tenant_id, (SELECT sec.tenant())))",
        &["wall_missing"],
    ),
    (
        "a wall that others can undercut",
        "ALTER POLICY wall ON student USING (tenant_id = (SELECT sec.tenant()))",
        &["policy_not_canonical"],
    ),
    (
        "the wall's price lost in a restore",
        "UPDATE pg_catalog.pg_proc SET procost = 1 WHERE oid = 'pg_catalog.uuid_eq(uuid, uuid)'::regprocedure",
        &["wall_undercut"],
    ),
    (
        "a wall in a slower language",
        "CREATE OR REPLACE FUNCTION sec.same(a uuid, b uuid) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
             COST 1e-30 SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN a = b; END'",
        &["wall_undercut"],
    ),
    (
        "another function for nothing",
        "UPDATE pg_catalog.pg_proc SET procost = 0 WHERE oid = 'sec.form()'::regprocedure",
        &["wall_undercut"],
    ),
    (
        "every request is of one school",
        "CREATE OR REPLACE FUNCTION sec.tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
             RETURN '5f0c3f0e-0000-4000-8000-000000000000'::uuid",
        &["context_given"],
    ),
    (
        "everybody is the operator",
        "CREATE OR REPLACE FUNCTION sec.is_operator() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE RETURN true",
        &["context_given"],
    ),
    (
        "all schools are the same",
        "CREATE OR REPLACE FUNCTION sec.same(a uuid, b uuid) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
             RETURN a IS NOT NULL",
        &["context_given"],
    ),
    (
        "a built-in condition for nothing",
        "UPDATE pg_catalog.pg_proc SET procost = 0 WHERE oid = 'texteq(text, text)'::regprocedure",
        &["wall_undercut"],
    ),
    // Tables.
    ("a table without a school", "CREATE TABLE public.loose (id uuid PRIMARY KEY)", &["table_without_tenant"]),
    (
        "a table without any wall",
        "CREATE TABLE public.bare (tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id))",
        &["rls_disabled", "statistics_collected"],
    ),
    (
        "a school that is a text",
        "CREATE TABLE public.bare (tenant_id text PRIMARY KEY)",
        &["rls_disabled", "tenant_column", "statistics_collected"],
    ),
    (
        "a school that may be missing",
        "CREATE TABLE public.bare (tenant_id uuid, id uuid PRIMARY KEY)",
        &["key_without_tenant", "rls_disabled", "tenant_column", "statistics_collected"],
    ),
    ("a request writes what is nobody's", "GRANT INSERT ON hub TO hub_app", &["role_may", "tenantless_writable"]),
    ("an unlogged table", "ALTER TABLE replica SET UNLOGGED", &["unlogged"]),
    (
        "a partition with grants",
        "CREATE TABLE public.parted (tenant_id uuid PRIMARY KEY) PARTITION BY HASH (tenant_id);
         CREATE TABLE public.part PARTITION OF public.parted FOR VALUES WITH (MODULUS 1, REMAINDER 0);
         CALL sec.wall('parted'); CALL sec.wall('part'); REVOKE ALL ON public.parted FROM hub_operator",
        &["partition_reachable", "role_may"],
    ),
    (
        "a table that inherits",
        "CREATE TABLE public.child (PRIMARY KEY (tenant_id, id)) INHERITS (replica)",
        &["rls_disabled", "table_inherits", "statistics_collected"],
    ),
    ("a view", "CREATE VIEW public.everybody AS SELECT * FROM student", &["view_without_invoker"]),
    (
        "a view that asked not to",
        "CREATE VIEW public.everybody WITH (security_invoker = false) AS SELECT * FROM student",
        &["view_without_invoker"],
    ),
    ("a materialised view", "CREATE MATERIALIZED VIEW public.copy AS SELECT * FROM student", &["materialised_view"]),
    ("a table that can be merged into", "DROP RULE no_merge ON student", &["merge_open"]),
    ("a rule", "CREATE RULE also AS ON UPDATE TO staff DO ALSO NOTHING", &["rewrite_rule"]),
    ("a foreign-data wrapper", "CREATE FOREIGN DATA WRAPPER away", &["foreign_server"]),
    (
        "a server elsewhere",
        "CREATE FOREIGN DATA WRAPPER away; CREATE SERVER there FOREIGN DATA WRAPPER away",
        &["foreign_server"],
    ),
    // Keys, links, indexes, types.
    (
        "a single-column primary key",
        "ALTER TABLE replica DROP CONSTRAINT replica_pkey, ADD PRIMARY KEY (id)",
        &["index_before_wall", "key_without_tenant"],
    ),
    ("no primary key", "ALTER TABLE change_log DROP CONSTRAINT change_log_pkey", &["key_without_tenant"]),
    ("a single-column unique", "ALTER TABLE student ADD UNIQUE (lrn)", &["index_before_wall", "unique_without_tenant"]),
    ("a unique expression", "CREATE UNIQUE INDEX one ON student (lower(email))", &["unique_without_tenant", "statistics_collected"]),
    (
        "an exclusion over all schools",
        "ALTER TABLE device_code ADD EXCLUDE USING btree (device_id WITH =)",
        &["unique_without_tenant"],
    ),
    (
        "the slug's index on the bare column again",
        "CREATE UNIQUE INDEX slug ON tenant (slug)",
        &["index_before_wall", "unique_without_tenant"],
    ),
    ("an index on a name", "CREATE INDEX n ON student (last_name)", &["index_before_wall", "index_without_tenant"]),
    ("an index on an expression", "CREATE INDEX n ON student (lower(last_name))", &["index_without_tenant", "statistics_collected"]),
    ("the school second", "CREATE INDEX n ON student ((last_name || ''), tenant_id)", &["index_without_tenant", "statistics_collected"]),
    (
        "a column shown whose index is not the school's",
        "GRANT SELECT (code_hash) ON device_code TO hub_app",
        &["index_before_wall", "role_may"],
    ),
    (
        "a single-column link",
        "ALTER TABLE staff ADD UNIQUE (id); ALTER TABLE section ADD FOREIGN KEY (adviser) REFERENCES staff (id)",
        &["foreign_key_without_tenant", "index_before_wall", "unique_without_tenant"],
    ),
    (
        "a link with the school last",
        "ALTER TABLE section ADD FOREIGN KEY (adviser, tenant_id) REFERENCES staff (id, tenant_id)",
        &["foreign_key_without_tenant"],
    ),
    (
        "a link to what is nobody's",
        "ALTER TABLE staff ADD COLUMN hub boolean REFERENCES hub (only_one)",
        &["foreign_key_without_tenant", "statistics_collected"],
    ),
    (
        "ON DELETE CASCADE",
        "ALTER TABLE section ADD FOREIGN KEY (tenant_id, adviser) REFERENCES staff (tenant_id, id) ON DELETE CASCADE",
        &["foreign_key_cascades"],
    ),
    (
        "ON UPDATE SET NULL",
        "ALTER TABLE section ADD FOREIGN KEY (tenant_id, adviser) REFERENCES staff (tenant_id, id) ON UPDATE SET NULL",
        &["foreign_key_cascades"],
    ),
    ("an enum", "CREATE TYPE public.mood AS ENUM ('good', 'bad')", &["own_type"]),
    (
        "an enum column",
        "CREATE TYPE public.mood AS ENUM ('good', 'bad'); ALTER TABLE staff ADD COLUMN mood public.mood",
        &["not_leakproof_indexable", "own_type", "statistics_collected"],
    ),
    (
        "an index on a numeric",
        "ALTER TABLE staff ADD COLUMN pay numeric; CREATE INDEX p ON staff (tenant_id, pay)",
        &["not_leakproof_indexable", "statistics_collected"],
    ),
    ("an index on jsonb", "CREATE INDEX d ON tenant_clock (tenant_id, digest)", &["not_leakproof_indexable"]),
    ("a domain", "CREATE DOMAIN public.lrn AS text CHECK (length(VALUE) = 12)", &["own_type"]),
    ("a composite type", "CREATE TYPE public.pair AS (a uuid, b uuid)", &["own_type"]),
    (
        "a range type",
        "CREATE TYPE public.span AS RANGE (subtype = date)",
        // It brings functions for everybody and a cast.
        &["granted_to_public", "own_machinery", "own_type"],
    ),
    (
        "numbers drawn for all schools",
        "ALTER TABLE staff ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY",
        // An identity is NOT NULL, and no declaration of a record has it.
        &["not_as_declared", "sequence_shared", "statistics_collected"],
    ),
    (
        "numbers of a sequence",
        "CREATE SEQUENCE public.numbers; ALTER TABLE replica ADD COLUMN number bigint DEFAULT nextval('numbers')",
        &["sequence_shared", "statistics_collected"],
    ),
];
