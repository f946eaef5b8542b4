//! Mistakes in code, roles and privileges: the other half of [`crate::mutants`].

use crate::mutants::Mutant;

pub(crate) const OF_RIGHTS: &[Mutant] = &[
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
    // The fleet knows no person.
    (
        "a learner's name in the fleet",
        "CREATE TABLE fleet.newest (tenant_id uuid NOT NULL, id uuid NOT NULL, last_name text NOT NULL, PRIMARY KEY (tenant_id, id));
         CALL sec.wall('fleet.newest'); REVOKE ALL ON fleet.newest FROM hub_operator",
        &["fleet_text"],
    ),
    (
        "an LRN in what a function of the fleet gives",
        "CREATE FUNCTION fleet.twins() RETURNS TABLE (school uuid, lrn text) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
             AS 'SELECT NULL::uuid, NULL::text WHERE false';
         ALTER FUNCTION fleet.twins() OWNER TO hub_sec; REVOKE ALL ON FUNCTION fleet.twins() FROM PUBLIC",
        &["fleet_text"],
    ),
    (
        "anything at all in what a function of the fleet gives",
        "CREATE FUNCTION fleet.anything() RETURNS jsonb LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
             AS 'SELECT NULL::jsonb';
         ALTER FUNCTION fleet.anything() OWNER TO hub_sec; REVOKE ALL ON FUNCTION fleet.anything() FROM PUBLIC",
        &["fleet_text"],
    ),
    ("the fleet open to a school", "GRANT USAGE ON SCHEMA fleet TO hub_app", &["role_may"]),
    ("a table open to the console", "GRANT SELECT ON tenant TO hub_console", &["role_may"]),
    ("a name open to the console", "GRANT SELECT (name) ON account TO hub_console", &["role_may"]),
    ("the console can become the operator", "GRANT hub_operator TO hub_console", &["role_is_member"]),
    ("the console passes row-level security", "ALTER ROLE hub_console BYPASSRLS", &["role_attribute"]),
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
