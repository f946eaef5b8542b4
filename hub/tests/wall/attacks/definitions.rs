//! Making, changing and taking away what the wall is made of.

use crate::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("a temporary table", "CREATE TEMP TABLE t (x uuid);", "pg_temp tricks"),
    attack(
        "a temporary copy",
        "CREATE TEMP TABLE t AS SELECT * FROM student;\nSELECT * INTO TEMP u FROM student;",
        "A's records for the next request",
    ),
    attack("a temporary view", "CREATE TEMP VIEW student AS SELECT 1;", "another table in the place of ours"),
    attack(
        "a domain that runs code",
        "CREATE DOMAIN pg_temp.uuid AS text CHECK (true);",
        "code as the owner of a function",
    ),
    attack(
        "a temporary function",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
        "code of one's own",
    ),
    attack(
        "a table",
        "CREATE TABLE t (x int);\nCREATE TABLE public.t (x int);\nCREATE TABLE sec.t (x int);",
        "a place for copies",
    ),
    attack(
        "a table with a link to B",
        "CREATE TABLE t (t uuid, s uuid, FOREIGN KEY (t, s) REFERENCES student (tenant_id, id));",
        "whether records exist",
    ),
    attack(
        "a copy of the shape",
        "CREATE TABLE t (LIKE student INCLUDING ALL);\nCREATE TABLE t () INHERITS (student);",
        "a place for copies",
    ),
    attack(
        "a view",
        "CREATE VIEW v AS SELECT * FROM student;\nCREATE MATERIALIZED VIEW m AS SELECT * FROM student;",
        "a view without the wall",
    ),
    attack(
        "a function",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
        "code of one's own",
    ),
    attack(
        "a function in its place",
        "CREATE OR REPLACE FUNCTION sec.tenant() RETURNS uuid LANGUAGE sql AS $$ SELECT '{b}'::uuid $$;",
        "all of B",
    ),
    attack(
        "a leaky function declared safe",
        "CREATE FUNCTION f(text) RETURNS bool LANGUAGE sql LEAKPROOF COST 0.0001 AS 'SELECT true';",
        "all of B",
    ),
    attack(
        "an operator",
        "CREATE OPERATOR public.= (LEFTARG = uuid, RIGHTARG = uuid, PROCEDURE = uuid_ne);",
        "the wall's own comparison",
    ),
    attack("a cast", "CREATE CAST (text AS uuid) WITH INOUT AS IMPLICIT;", "code of one's own"),
    attack("an aggregate", "CREATE AGGREGATE agg (text) (sfunc = textcat, stype = text);", "code of one's own"),
    attack("a type", "CREATE TYPE uuid AS (x text);\nCREATE TYPE mood AS ENUM ('x');", "names in the way"),
    attack("a schema", "CREATE SCHEMA evil;\nCREATE SCHEMA AUTHORIZATION hub_app;", "a place of one's own"),
    attack(
        "an extension",
        "CREATE EXTENSION dblink;\nCREATE EXTENSION file_fdw;\nCREATE EXTENSION pg_stat_statements;",
        "a way out",
    ),
    attack("a language", "CREATE LANGUAGE plperl;\nCREATE TRUSTED LANGUAGE plpython3u;", "code of one's own"),
    attack(
        "a trigger",
        "CREATE TRIGGER t AFTER INSERT ON student FOR EACH ROW EXECUTE FUNCTION sync.hint();",
        "what others write",
    ),
    attack(
        "an event trigger",
        "CREATE EVENT TRIGGER t ON sql_drop EXECUTE FUNCTION sec.no_definitions();",
        "what others do",
    ),
    attack("a rule", "CREATE RULE r AS ON SELECT TO student DO INSTEAD SELECT * FROM staff;", "what others read"),
    attack(
        "an index",
        "CREATE INDEX i ON student (last_name);\nCREATE UNIQUE INDEX u ON student (last_name);",
        "whether values are unique",
    ),
    attack("statistics", "CREATE STATISTICS s ON tenant_id, last_name FROM student;\nANALYZE student;", "values of B"),
    attack(
        "a policy",
        "CREATE POLICY mine ON student TO hub_app USING (true);\nALTER POLICY wall ON student USING (true);\nDROP POLICY wall ON student;",
        "all of B",
    ),
    attack(
        "no row-level security",
        "ALTER TABLE student DISABLE ROW LEVEL SECURITY;\nALTER TABLE student NO FORCE ROW LEVEL SECURITY;",
        "all of B",
    ),
    attack(
        "another owner",
        "ALTER TABLE student OWNER TO hub_app;\nALTER FUNCTION sec.tenant() OWNER TO hub_app;",
        "everything",
    ),
    attack("a column more", "ALTER TABLE student ADD COLUMN x text DEFAULT sec.tenant()::text;", "what others write"),
    attack("no triggers", "ALTER TABLE student DISABLE TRIGGER ALL;", "rules broken"),
    attack(
        "DROP",
        "DROP TABLE student;\nDROP SCHEMA sec CASCADE;\nDROP FUNCTION sec.tenant() CASCADE;\nDROP INDEX student_rev;",
        "everything gone",
    ),
    attack("DROP OWNED", "DROP OWNED BY hub_app;\nCOMMIT;", "every school shut out"),
    attack("DROP OWNED of others", "DROP OWNED BY hub_sec;\nDROP OWNED BY CURRENT_ROLE CASCADE;\nCOMMIT;", "no wall"),
    attack("REASSIGN OWNED", "REASSIGN OWNED BY hub_sec TO hub_app;", "the wall's functions"),
    attack(
        "default privileges",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;\nCOMMIT;",
        "tables to come",
    ),
    attack(
        "GRANT",
        "GRANT SELECT ON student TO PUBLIC;\nGRANT ALL ON ALL TABLES IN SCHEMA sec TO hub_app;\nCOMMIT;",
        "everything",
    ),
    attack(
        "GRANT of a role",
        "GRANT hub_operator TO hub_app;\nGRANT hub_sec TO hub_app WITH ADMIN OPTION;\nCOMMIT;",
        "everything",
    ),
    attack(
        "GRANT of a parameter",
        "GRANT SET ON PARAMETER backtrace_functions TO hub_app;\nCOMMIT;",
        "a context of one's own",
    ),
    attack(
        "REVOKE",
        "REVOKE SELECT ON student FROM hub_app;\nREVOKE EXECUTE ON FUNCTION sec.tenant() FROM hub_app;\nCOMMIT;",
        "every school shut out",
    ),
    attack(
        "a role",
        "CREATE ROLE mine;\nALTER ROLE hub_app BYPASSRLS;\nALTER ROLE hub_app SUPERUSER;\nALTER ROLE hub_operator PASSWORD 'x';\nDROP ROLE hub_sec;",
        "everything",
    ),
    attack(
        "the database",
        "ALTER DATABASE postgres SET search_path = x;\nCREATE DATABASE mine;\nALTER DATABASE postgres RENAME TO mine;",
        "another place",
    ),
    attack(
        "ALTER SYSTEM",
        "ALTER SYSTEM SET backtrace_functions = 'x';\nCOMMIT;\nALTER SYSTEM SET session_preload_libraries = 'x';",
        "everything",
    ),
    attack(
        "comments and labels",
        "COMMENT ON TABLE student IS '{b}';\nSECURITY LABEL ON TABLE student IS 'x';\nCOMMIT;",
        "a message to another request",
    ),
    attack(
        "foreign data",
        "CREATE SERVER s FOREIGN DATA WRAPPER f;\nCREATE FOREIGN TABLE t (x int) SERVER s;\nCREATE USER MAPPING FOR hub_app SERVER s;",
        "a way out",
    ),
    attack(
        "replication",
        "CREATE PUBLICATION p FOR TABLE student;\nCREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p;",
        "all that is written",
    ),
    attack("a sequence", "CREATE SEQUENCE s;\nCREATE TEMP SEQUENCE t;", "a message to another request"),
    attack("a tablespace", "CREATE TABLESPACE t LOCATION '/tmp';", "a way out"),
    attack("an access method", "CREATE ACCESS METHOD m TYPE TABLE HANDLER heap_tableam_handler;", "code of one's own"),
    attack(
        "a text search dictionary",
        "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, STOPWORDS = 'x');",
        "files",
    ),
    attack(
        "a collation",
        "CREATE COLLATION c FROM \"C\";\nCREATE CONVERSION v FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;",
        "names in the way",
    ),
    attack(
        "writing into the catalog",
        "UPDATE pg_class SET relrowsecurity = false WHERE relname = 'student';\nDELETE FROM pg_policy;\nINSERT INTO pg_auth_members VALUES (1, 2, 3, true);",
        "everything",
    ),
    attack("TRUNCATE", "TRUNCATE student;\nTRUNCATE student CASCADE;\nTRUNCATE change_log;", "every school's records"),
    attack("a block of code", "DO $$ BEGIN PERFORM 1; END $$;\nDO LANGUAGE sql 'SELECT 1';", "code of one's own"),
    attack("a library", "LOAD 'dblink';\nLOAD '$libdir/plugins/x';", "code of one's own"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_the_wall_can_be_changed() {
    super::all_fail(ATTACKS).await;
}
