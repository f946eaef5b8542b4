//! The mistakes, as data: what is wrong, the SQL that makes it so (as a migration or a tired administrator would), and the rules
//! that must find it. Each is planted alone.

/// (mistake, SQL, rules)
pub(crate) type Mutant = (&'static str, &'static str, &'static [&'static str]);

pub(crate) const MUTANTS: &[Mutant] = &[
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
        &["rls_disabled"],
    ),
    (
        "a school that is a text",
        "CREATE TABLE public.bare (tenant_id text PRIMARY KEY)",
        &["rls_disabled", "tenant_column"],
    ),
    (
        "a school that may be missing",
        "CREATE TABLE public.bare (tenant_id uuid, id uuid PRIMARY KEY)",
        &["key_without_tenant", "rls_disabled", "tenant_column"],
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
        &["rls_disabled", "table_inherits"],
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
    ("a unique expression", "CREATE UNIQUE INDEX one ON student (lower(email))", &["unique_without_tenant", "record_statistics"]),
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
    ("an index on an expression", "CREATE INDEX n ON student (lower(last_name))", &["index_without_tenant", "record_statistics"]),
    ("the school second", "CREATE INDEX n ON student ((last_name || ''), tenant_id)", &["index_without_tenant", "record_statistics"]),
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
        &["foreign_key_without_tenant"],
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
        &["not_leakproof_indexable", "own_type"],
    ),
    (
        "an index on a numeric",
        "ALTER TABLE staff ADD COLUMN pay numeric; CREATE INDEX p ON staff (tenant_id, pay)",
        &["not_leakproof_indexable"],
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
        &["not_as_declared", "sequence_shared"],
    ),
    (
        "numbers of a sequence",
        "CREATE SEQUENCE public.numbers; ALTER TABLE replica ADD COLUMN number bigint DEFAULT nextval('numbers')",
        &["sequence_shared"],
    ),
    // Statistics.
    ("statistics on the school", "ALTER TABLE student ALTER tenant_id SET STATISTICS 100", &["tenant_statistics"]),
    ("statistics by default", "ALTER TABLE student ALTER tenant_id SET STATISTICS -1", &["tenant_statistics"]),
    (
        "statistics over two columns",
        "CREATE STATISTICS public.both (ndistinct) ON tenant_id, last_name FROM student",
        &["tenant_statistics"],
    ),
    (
        "statistics of an older ANALYZE",
        "INSERT INTO tenant (id, name, slug, school_id, timezone)
             SELECT gen_random_uuid(), 'x', 'x' || n, lpad(n::text, 6, '0'), 'Asia/Manila' FROM generate_series(1, 9) n;
         ALTER TABLE tenant_clock ALTER tenant_id SET STATISTICS 10; ANALYZE tenant_clock;
         ALTER TABLE tenant_clock ALTER tenant_id SET STATISTICS 0",
        &["tenant_statistics"],
    ),
    ("statistics on names", "ALTER TABLE student ALTER last_name SET STATISTICS 50", &["record_statistics"]),
    (
        "statistics on names in disguise",
        "CREATE INDEX disguise ON student (tenant_id, upper(last_name))",
        &["record_statistics"],
    ),
    // Functions and other code.
    (
        "SECURITY DEFINER without a search_path",
        "CREATE FUNCTION sec.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
         ALTER FUNCTION sec.f() OWNER TO hub_sec; REVOKE ALL ON FUNCTION sec.f() FROM PUBLIC",
        &["definer_search_path"],
    ),
    (
        "SECURITY DEFINER with pg_temp first",
        "CREATE FUNCTION sec.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_temp, pg_catalog AS 'SELECT 1';
         ALTER FUNCTION sec.f() OWNER TO hub_sec; REVOKE ALL ON FUNCTION sec.f() FROM PUBLIC",
        &["definer_search_path"],
    ),
    (
        "SECURITY DEFINER that leaves pg_temp out",
        "CREATE FUNCTION sec.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';
         ALTER FUNCTION sec.f() OWNER TO hub_sec; REVOKE ALL ON FUNCTION sec.f() FROM PUBLIC",
        &["definer_search_path"],
    ),
    ("a door's search_path reset", "ALTER FUNCTION sec.enter(text) RESET search_path", &["definer_search_path"]),
    (
        "SECURITY DEFINER with a superuser's rights",
        "CREATE FUNCTION sec.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1';
         REVOKE ALL ON FUNCTION sec.f() FROM PUBLIC",
        &["definer_owner"],
    ),
    ("a guard without its search_path", "ALTER FUNCTION sync.renew() RESET search_path", &["function_search_path"]),
    ("a leakproof function", "ALTER FUNCTION sec.same(uuid, uuid) LEAKPROOF", &["leakproof_function"]),
    (
        "a function left to everybody",
        "CREATE FUNCTION sec.f() RETURNS int LANGUAGE sql RETURN 1",
        &["granted_to_public"],
    ),
    ("a trigger off", "ALTER TABLE student DISABLE TRIGGER renew", &["trigger_off"]),
    ("links off", "ALTER TABLE section DISABLE TRIGGER ALL", &["trigger_off"]),
    ("a trigger for replicas only", "ALTER TABLE student ENABLE REPLICA TRIGGER keep_deleted", &["trigger_off"]),
    ("no trigger", "DROP TRIGGER renew ON student", &["not_as_declared"]),
    (
        "a trigger of somebody else",
        "CREATE FUNCTION public.spy() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
             AS 'BEGIN RETURN NEW; END'; REVOKE ALL ON FUNCTION public.spy() FROM PUBLIC;
         CREATE TRIGGER spy AFTER INSERT ON device FOR EACH ROW EXECUTE FUNCTION public.spy()",
        &["trigger_function"],
    ),
    (
        "an event trigger more",
        "CREATE EVENT TRIGGER spy ON ddl_command_end EXECUTE FUNCTION sec.no_definitions()",
        &["event_trigger"],
    ),
    ("definitions open", "ALTER EVENT TRIGGER no_definitions DISABLE", &["definitions_open"]),
    (
        "definitions open but for one",
        "DROP EVENT TRIGGER no_definitions; CREATE EVENT TRIGGER no_definitions ON ddl_command_start
             WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION sec.no_definitions()",
        &["definitions_open"],
    ),
    ("a language", "CREATE LANGUAGE other HANDLER plpgsql_call_handler", &["language_installed"]),
    (
        "an operator",
        "CREATE OPERATOR public.=== (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = uuid_eq)",
        &["own_machinery"],
    ),
    ("a cast", "CREATE CAST (uuid AS bytea) WITH FUNCTION uuid_send(uuid) AS IMPLICIT", &["own_machinery"]),
    (
        "a function among PostgreSQL's",
        "CREATE FUNCTION pg_catalog.length(a uuid) RETURNS int LANGUAGE sql RETURN 1;
         REVOKE ALL ON FUNCTION pg_catalog.length(uuid) FROM PUBLIC",
        &["own_machinery"],
    ),
    ("a schema", "CREATE SCHEMA scratch", &["schema_unknown"]),
    // No extension is sure to lie ready on every machine, so the one that does gets another name.
    ("an extension", "UPDATE pg_catalog.pg_extension SET extname = 'other'", &["extension_installed"]),
    // Roles.
    ("one of them can become the operator", "GRANT hub_operator TO hub_app", &["role_is_member"]),
    ("one of them reads everything", "GRANT pg_read_all_data TO hub_app", &["role_is_member"]),
    ("one of them sees all sessions", "GRANT pg_monitor TO hub_app", &["role_is_member"]),
    (
        "somebody else can become hub_sec",
        "CREATE ROLE stranger LOGIN; GRANT hub_sec TO stranger;
         DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO stranger', current_database()); END $$",
        &["role_is_member", "role_may"],
    ),
    ("BYPASSRLS", "ALTER ROLE hub_app BYPASSRLS", &["role_attribute"]),
    ("a superuser", "ALTER ROLE hub_operator SUPERUSER", &["role_attribute"]),
    ("CREATEROLE", "ALTER ROLE hub_auth CREATEROLE", &["role_attribute"]),
    ("somebody logs in as hub_sec", "ALTER ROLE hub_sec LOGIN", &["role_attribute"]),
    ("a setting of a role", "ALTER ROLE hub_app SET plan_cache_mode = force_generic_plan", &["role_has_setting"]),
    (
        "a setting of a role in this database",
        "DO $$ BEGIN EXECUTE format('ALTER ROLE hub_app IN DATABASE %I SET search_path = sec', current_database()); END $$",
        &["role_has_setting"],
    ),
    (
        "a search_path for everybody",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = sec, public', current_database()); END $$",
        &["role_has_setting"],
    ),
    (
        "something of its own",
        "CREATE SEQUENCE public.numbers; ALTER SEQUENCE public.numbers OWNER TO hub_app",
        &["role_owns"],
    ),
    // Privileges.
    ("SELECT for everybody", "GRANT SELECT ON student TO PUBLIC", &["granted_to_public"]),
    ("a column for everybody", "GRANT SELECT (public_key) ON device TO PUBLIC", &["granted_to_public"]),
    ("DELETE", "GRANT DELETE ON student TO hub_app", &["role_may"]),
    ("TRUNCATE", "GRANT TRUNCATE ON student TO hub_app", &["role_may"]),
    ("REFERENCES", "GRANT REFERENCES ON student TO hub_app", &["role_may"]),
    ("TRIGGER", "GRANT TRIGGER ON student TO hub_app", &["role_may"]),
    ("everything of a schema", "GRANT ALL ON ALL TABLES IN SCHEMA public TO hub_operator", &["role_may"]),
    ("the right to grant", "GRANT SELECT ON student TO hub_app WITH GRANT OPTION", &["role_may"]),
    ("a column with a secret", "GRANT SELECT (ipad) ON sec.ctx_key TO hub_app", &["role_may"]),
    ("an UPDATE of all columns", "GRANT UPDATE ON device TO hub_operator", &["role_may"]),
    ("a table of PostgreSQL's", "GRANT SELECT ON pg_catalog.pg_statistic TO hub_app", &["role_may"]),
    ("a sequence", "CREATE SEQUENCE public.numbers; GRANT USAGE ON SEQUENCE public.numbers TO hub_app", &["role_may"]),
    ("CREATE in public", "GRANT CREATE ON SCHEMA public TO hub_app", &["role_may"]),
    ("CREATE in public for everybody", "GRANT CREATE ON SCHEMA public TO PUBLIC", &["granted_to_public"]),
    (
        "temporary tables",
        "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO hub_app', current_database()); END $$",
        &["role_may"],
    ),
    (
        "the database for everybody",
        "DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO PUBLIC', current_database()); END $$",
        &["granted_to_public"],
    ),
    ("a language for one", "GRANT USAGE ON LANGUAGE plpgsql TO hub_app", &["role_may"]),
    ("a language for everybody", "GRANT USAGE ON LANGUAGE sql TO PUBLIC", &["granted_to_public"]),
    ("set_config", "GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO hub_app", &["role_may"]),
    (
        "SQL from a text",
        "GRANT EXECUTE ON FUNCTION query_to_xml(text, boolean, boolean, text) TO PUBLIC",
        &["function_open"],
    ),
    ("advisory locks", "GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint) TO PUBLIC", &["function_open"]),
    ("other sessions", "GRANT EXECUTE ON FUNCTION pg_stat_get_activity(int) TO PUBLIC", &["function_open"]),
    ("sizes", "GRANT EXECUTE ON FUNCTION pg_total_relation_size(regclass) TO PUBLIC", &["function_open"]),
    ("a door for the wrong role", "GRANT EXECUTE ON FUNCTION sec.audit_of(uuid, text, uuid, jsonb) TO hub_app", &["role_may"]),
    ("a parameter", "GRANT SET ON PARAMETER session_replication_role TO hub_app", &["role_may"]),
    ("the context's own parameter", "GRANT SET ON PARAMETER backtrace_functions TO hub_app", &["role_may"]),
    ("a type", "GRANT USAGE ON TYPE pg_catalog.text TO hub_auth", &["role_may"]),
    ("a tablespace", "GRANT CREATE ON TABLESPACE pg_default TO hub_app", &["role_may"]),
    ("a large object", "SELECT lo_create(4242)", &["large_objects"]),
    (
        "a large object for one",
        "SELECT lo_create(4242); GRANT SELECT ON LARGE OBJECT 4242 TO hub_app",
        &["large_objects", "role_may"],
    ),
    ("a grant to a stranger", "CREATE ROLE stranger; GRANT SELECT ON student TO stranger", &["role_may"]),
    (
        "default privileges",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC",
        &["default_privileges"],
    ),
    ("a publication", "CREATE PUBLICATION away FOR TABLE student", &["publication"]),
    ("a grant taken away", "REVOKE UPDATE ON student FROM hub_app", &["role_may_not"]),
    // Records that are not what they are declared to be.
    ("a column renamed", "ALTER TABLE student RENAME COLUMN email TO mail", &["not_as_declared"]),
    ("a field that may be missing", "ALTER TABLE student ALTER first_name DROP NOT NULL", &["not_as_declared"]),
    ("a link not made", "ALTER TABLE term DROP CONSTRAINT term_tenant_id_school_year_fkey", &["not_as_declared"]),
    ("an index not made", "DROP INDEX student_rev", &["not_as_declared"]),
    ("an operator who cannot see", "DROP POLICY see ON student", &["not_as_declared"]),
];
