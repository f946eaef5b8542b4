//! Code in the database: functions, triggers, languages, types. All of it runs where rows of all schools lie.

use super::{Rule, rule};

pub(super) const RULES: &[Rule] = &[
    rule(
        "definer_search_path",
        "SELECT name, 'a SECURITY DEFINER function whose search_path is not exactly pg_catalog, pg_temp' FROM fn
         WHERE prosecdef AND NOT coalesce(proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)",
        "CREATE FUNCTION ... SET search_path = pg_catalog, pg_temp: else the caller's objects stand in for ours",
    ),
    rule(
        "definer_owner",
        "SELECT name, format('a SECURITY DEFINER function with the rights of %s', pg_get_userbyid(proowner)) FROM fn
         WHERE prosecdef AND pg_get_userbyid(proowner) <> 'hub_sec'",
        "ALTER FUNCTION ... OWNER TO hub_sec, and grant hub_sec the little that it needs",
    ),
    rule(
        "function_search_path",
        "SELECT f.name, 'its names are looked up in the caller''s search_path' FROM fn f JOIN pg_language l ON l.oid = f.prolang
         WHERE NOT f.prosecdef AND f.prosqlbody IS NULL AND l.lanname NOT IN ('c', 'internal')
         AND NOT coalesce(f.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)",
        "CREATE FUNCTION ... SET search_path = pg_catalog, pg_temp, or a body that is parsed once (RETURN ...)",
    ),
    rule(
        "leakproof_function",
        "SELECT name, 'LEAKPROOF functions see rows before the policies do' FROM fn WHERE proleakproof",
        "ALTER FUNCTION ... NOT LEAKPROOF",
    ),
    rule(
        "language_installed",
        "SELECT lanname::text, 'a language besides SQL and PL/pgSQL' FROM pg_language
         WHERE lanname NOT IN ('internal', 'c', 'sql', 'plpgsql')",
        "DROP LANGUAGE (or its extension)",
    ),
    rule(
        "trigger_off",
        "SELECT format('%s trigger %I', r.name, t.tgname), 'the trigger does not fire' FROM pg_trigger t JOIN rel r ON r.oid = t.tgrelid
         WHERE t.tgenabled NOT IN ('O', 'A')",
        "ALTER TABLE ... ENABLE TRIGGER ...",
    ),
    rule(
        "trigger_function",
        "SELECT format('%s trigger %I', r.name, t.tgname), format('it runs %s, which is not one of ours', t.tgfoid::regproc)
         FROM pg_trigger t JOIN rel r ON r.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE NOT t.tgisinternal AND n.nspname NOT IN ('sec', 'sync')",
        "trigger functions live in the schema sec or sync",
    ),
    rule(
        "event_trigger",
        "SELECT evtname::text, 'it runs with whatever is done to the schema' FROM pg_event_trigger",
        "DROP EVENT TRIGGER",
    ),
    rule(
        "definitions_open",
        "SELECT 'no_definitions', 'the event trigger is missing or off, so stolen SQL could DROP OWNED BY hub_app' WHERE NOT EXISTS (
             SELECT FROM pg_event_trigger e JOIN fn f ON f.oid = e.evtfoid WHERE e.evtname = 'no_definitions'
                 AND e.evtevent = 'ddl_command_start' AND e.evtenabled IN ('O', 'A') AND e.evttags IS NULL AND f.name = 'sec.no_definitions()')",
        "as a superuser: CREATE EVENT TRIGGER no_definitions ON ddl_command_start EXECUTE FUNCTION sec.no_definitions()",
    ),
    rule(
        "wall_undercut",
        "SELECT oid::regprocedure::text, 'it is as cheap as the wall''s condition' FROM pg_proc
         WHERE procost <= 0 AND oid NOT IN ('uuid_eq(uuid, uuid)'::regprocedure, coalesce(to_regprocedure('sec.same(uuid, uuid)'), 0))
         UNION ALL SELECT 'wall', 'its condition costs more than nothing, so a condition of the request that costs less is tried on '
             || 'every school''s rows before it' FROM fn same
         WHERE same.name = 'sec.same(uuid, uuid)' AND NOT EXISTS (
             SELECT FROM pg_language l JOIN pg_proc p ON p.oid = 'uuid_eq(uuid, uuid)'::regprocedure
             WHERE l.oid = same.prolang AND l.lanname = 'sql' AND p.procost = 0)",
        "start the hub (or run `pems-hub migrate`) as a superuser, which sets the price of uuid_eq to 0; give functions an honest COST",
    ),
    rule(
        "own_type",
        "SELECT format('%I.%I', n.nspname, t.typname), CASE t.typtype WHEN 'd' THEN 'a domain' WHEN 'e' THEN 'an enum' ELSE 'a type' END
             || ' of our own: its casts and checks are code that runs inside queries'
         FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
         WHERE t.oid >= 16384 AND n.nspname !~ '^pg_(toast|temp)' AND (t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c'
             OR (t.typtype = 'b' AND t.typcategory <> 'A'))",
        "use text, bigint, date with a CHECK",
    ),
    rule(
        "own_machinery",
        "SELECT oprname::text, 'an operator of our own' FROM pg_operator WHERE oid >= 16384
         UNION ALL SELECT format('%s as %s', castsource::regtype, casttarget::regtype), 'a cast of our own' FROM pg_cast WHERE oid >= 16384
         UNION ALL SELECT opcname::text, 'an operator class of our own' FROM pg_opclass WHERE oid >= 16384
         UNION ALL SELECT conname::text, 'a conversion of our own' FROM pg_conversion WHERE oid >= 16384
         UNION ALL SELECT amname::text, 'an access method of our own' FROM pg_am WHERE oid >= 16384
         UNION ALL SELECT f.name, 'a function of our own among PostgreSQL''s, which every search finds first'
             FROM fn f JOIN pg_namespace n ON n.oid = f.pronamespace WHERE n.nspname IN ('pg_catalog', 'information_schema')
         UNION ALL SELECT r.name, 'a relation of our own among PostgreSQL''s'
             FROM rel r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname IN ('pg_catalog', 'information_schema')",
        "drop it: it changes what every query means",
    ),
    rule(
        "schema_unknown",
        "SELECT nspname::text, 'a schema besides public, sec, sync and fleet' FROM pg_namespace
         WHERE nspname NOT IN ('public', 'sec', 'sync', 'fleet', 'pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)'",
        "DROP SCHEMA, or move what is in it",
    ),
    rule(
        "extension_installed",
        "SELECT extname::text, 'an extension brings functions that nobody here looked at' FROM pg_extension WHERE extname <> 'plpgsql'",
        "DROP EXTENSION: the hub needs none",
    ),
];
