//! Roles, their settings, and the ways by which rows leave or enter the database beside the hub.

use super::{Rule, rule};

/// A migrator that is not superuser has to be a member of hub_sec to give it its functions. Roles belong to the whole server, so
/// the migrator of another hub's database may be one too: it cannot connect to this one.
const ROLE_IS_MEMBER: &str = "
SELECT m.rolname::text, format('it is a member of %s and can act as it', g.rolname)
FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid
WHERE m.rolname IN ('hub_app', 'hub_auth', 'hub_operator', 'hub_console', 'hub_sec')
    OR (g.rolname IN ('hub_app', 'hub_auth', 'hub_operator', 'hub_console', 'hub_sec') AND m.rolname <> current_user
        AND has_database_privilege(m.oid, current_database(), 'CONNECT'))";

/// For everybody, only what touches isolation: the rest (memory, time zone) is the business of whoever runs the server.
const ROLE_HAS_SETTING: &str = "
SELECT coalesce(r.rolname::text, 'every role'), format('%s is set for its sessions%s', option, CASE WHEN s.setdatabase <> 0 THEN ' in this database' ELSE '' END)
FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) option
WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
    AND (r.rolname IN ('hub_app', 'hub_auth', 'hub_operator', 'hub_console', 'hub_sec') OR (s.setrole = 0 AND split_part(option, '=', 1) IN
        ('row_security', 'search_path', 'role', 'session_authorization', 'backtrace_functions', 'session_preload_libraries',
         'local_preload_libraries', 'session_replication_role', 'check_function_bodies')))";

pub(super) const RULES: &[Rule] = &[
    rule(
        "role_attribute",
        "SELECT rolname::text, 'superuser, createdb, createrole, replication or bypassrls' FROM pg_roles
         WHERE rolname IN ('hub_app', 'hub_auth', 'hub_operator', 'hub_console', 'hub_sec')
             AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)
         UNION ALL SELECT 'hub_sec', 'somebody can log in as it' FROM pg_roles WHERE rolname = 'hub_sec' AND rolcanlogin
         UNION ALL SELECT name, 'the role is missing' FROM unnest(ARRAY['hub_app', 'hub_auth', 'hub_operator', 'hub_console', 'hub_sec']) name
             WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)",
        "ALTER ROLE ... NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS; hub_sec NOLOGIN (migrations/roles.sql)",
    ),
    rule("role_is_member", ROLE_IS_MEMBER, "REVOKE ... FROM ...: the hub's roles are members of nothing, so none can become another"),
    rule("role_has_setting", ROLE_HAS_SETTING, "ALTER ROLE ... RESET ALL (ALTER DATABASE ... RESET ...), and ask who set it: a request's SQL can"),
    rule(
        "role_owns",
        "SELECT r.rolname::text, format('it owns %s', pg_describe_object(d.classid, d.objid, d.objsubid))
         FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid AND d.refclassid = 'pg_authid'::regclass
         WHERE d.deptype = 'o' AND r.rolname IN ('hub_app', 'hub_auth', 'hub_operator', 'hub_console')
             AND d.dbid IN (0, (SELECT b.oid FROM pg_database b WHERE b.datname = current_database()))",
        "ALTER ... OWNER TO the migrating role: an owner can change its table's policies",
    ),
    rule(
        "default_privileges",
        "SELECT pg_get_userbyid(d.defaclrole)::text, format('what it makes later is granted by itself: %s', d.defaclacl) FROM pg_default_acl d",
        "ALTER DEFAULT PRIVILEGES ... REVOKE ...: each grant is written in a migration and in lint/grants.sql",
    ),
    rule(
        "publication",
        "SELECT pubname::text, 'it sends rows of all schools to whoever subscribes' FROM pg_publication
         UNION ALL SELECT s.subname::text, 'it writes rows past every trigger' FROM pg_subscription s
             JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()",
        "DROP PUBLICATION / DROP SUBSCRIPTION; a standby does not need one",
    ),
    rule(
        "foreign_server",
        "SELECT srvname::text, 'a way out to another server' FROM pg_foreign_server
         UNION ALL SELECT fdwname::text, 'a foreign-data wrapper' FROM pg_foreign_data_wrapper
         UNION ALL SELECT name, 'a foreign table' FROM rel WHERE relkind = 'f'",
        "DROP SERVER, DROP FOREIGN DATA WRAPPER",
    ),
    rule(
        "large_objects",
        "SELECT 'large objects', format('there are %s, and they have no row-level security', count(*)) FROM pg_largeobject_metadata HAVING count(*) > 0",
        "SELECT lo_unlink(oid) FROM pg_largeobject_metadata, once you know whose they are",
    ),
];
