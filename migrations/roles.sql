-- The hub's database roles. Roles belong to the whole cluster, not to one database, so several hubs (a test run) may arrive
-- here at once: each statement stands alone, and whoever comes second finds the work done.
--
-- hub_sec       owns the functions that decide who is who; nobody logs in as it.
-- hub_app       the requests of devices, inside one school.
-- hub_auth      before a school is known: enrolment codes and device keys, through functions only.
-- hub_operator  the people who run the hub: their own role, their own connections, a reason for every transaction.
-- hub_console   the same people at the console: all schools without their people, through functions only.
-- None is a member of another, so none can become another.

DO $$
DECLARE role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['hub_sec', 'hub_app', 'hub_auth', 'hub_operator', 'hub_console'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS',
                    role, CASE WHEN role = 'hub_sec' THEN 'NOLOGIN' ELSE 'LOGIN' END);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
    -- The one superuser-only text parameter that harms nothing. The context lives in it: hub_sec may set it, SQL of the app may not.
    -- Where that is refused (a managed PostgreSQL) the context takes its other form: migrations/0005_wall.sql.
    IF NOT has_parameter_privilege('hub_sec', 'backtrace_functions', 'SET') THEN
        BEGIN
            GRANT SET ON PARAMETER backtrace_functions TO hub_sec;
        EXCEPTION WHEN insufficient_privilege THEN NULL;
        END;
    END IF;
    -- A migrator that is not superuser gives things to hub_sec, so it must be a member.
    IF NOT pg_has_role(current_user, 'hub_sec', 'USAGE') THEN
        EXECUTE format('GRANT hub_sec TO %I', current_user);
    END IF;
END $$;
