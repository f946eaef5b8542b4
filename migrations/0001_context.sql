-- Whose data a transaction may see, in a form that the SQL of a request cannot forge. docs/isolation.md tells why.
--
-- The parameter holds, while a connection is open:   nonce(32)
-- and, within a transaction that came through a door: nonce(32) _ mode(3) _ tenant(32) _ actor(32)

CREATE SCHEMA sec;
CREATE SCHEMA sync;

CREATE TABLE sec.ctx_key (
    kid text PRIMARY KEY,
    ipad bytea NOT NULL CHECK (length(ipad) = 64),
    opad bytea NOT NULL CHECK (length(opad) = 64)
);

-- Every transaction of an operator, with the reason given.
CREATE TABLE sec.operator_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor uuid NOT NULL,
    reason text NOT NULL
);

CREATE FUNCTION sec.tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(substr(current_setting('backtrace_functions'), 38, 32), '')::uuid;

CREATE FUNCTION sec.is_operator() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN substr(current_setting('backtrace_functions'), 34, 3) = 'opr';

-- Once for each connection: what tokens for this connection must name, so that no token serves on another one.
CREATE FUNCTION sec.hello() RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE nonce text := replace(gen_random_uuid()::text, '-', '');
BEGIN
    PERFORM set_config('backtrace_functions', nonce, false);
    RETURN nonce;
END $$;

-- Once for each transaction. token: v1.kid.tenant.actor.mode.exp.nonce.hmac, ids as 32 hex digits, exp in seconds since 1970.
CREATE FUNCTION sec.enter(token text, reason text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part text[] := string_to_array(token, '.');
    key sec.ctx_key;
    now_s numeric := extract(epoch FROM clock_timestamp());
BEGIN
    IF cardinality(part) IS DISTINCT FROM 8 OR part[1] <> 'v1' THEN
        RAISE EXCEPTION 'no valid context token' USING ERRCODE = '28000';
    END IF;
    SELECT * INTO key FROM sec.ctx_key k WHERE k.kid = part[2];
    IF key.kid IS NULL OR part[8] IS DISTINCT FROM encode(
        sha256(key.opad || sha256(key.ipad || convert_to(array_to_string(part[1:7], '.'), 'UTF8'))), 'hex') THEN
        RAISE EXCEPTION 'the context token is not genuine' USING ERRCODE = '28000';
    END IF;
    IF now_s >= part[6]::numeric OR part[6]::numeric > now_s + 30 THEN
        RAISE EXCEPTION 'the context token has expired' USING ERRCODE = '28000',
            HINT = 'If this happens always, the clocks of the hub and the database differ.';
    END IF;
    -- Equal only on the connection it was made for, and only while no context is entered yet.
    IF part[7] IS DISTINCT FROM current_setting('backtrace_functions') THEN
        RAISE EXCEPTION 'the context token is for another connection or transaction' USING ERRCODE = '28000';
    END IF;
    IF part[5] = 'app' AND session_user = 'hub_app' THEN
        IF NOT EXISTS (SELECT FROM public.tenant t WHERE t.id = part[3]::uuid AND t.suspended_at IS NULL) THEN
            RAISE EXCEPTION 'the school is suspended or unknown' USING ERRCODE = 'PM001';
        END IF;
    ELSIF part[5] = 'opr' AND session_user = 'hub_operator' THEN
        IF coalesce(btrim(reason), '') = '' THEN
            RAISE EXCEPTION 'an operator gives a reason' USING ERRCODE = '28000';
        END IF;
        INSERT INTO sec.operator_log (actor, reason) VALUES (part[4]::uuid, reason);
    ELSE
        RAISE EXCEPTION 'the context token is for another role' USING ERRCODE = '28000';
    END IF;
    PERFORM set_config('backtrace_functions', concat_ws('_', part[7], part[5], part[3], part[4]), true);
END $$;

-- The wall of one table: see docs/isolation.md. `key` is the column that holds the tenant.
CREATE PROCEDURE sec.wall(name regclass, key text DEFAULT 'tenant_id') LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY wall ON %s AS RESTRICTIVE TO hub_app USING (%I = (SELECT sec.tenant()))', name, key);
    EXECUTE format('CREATE POLICY own ON %s TO hub_app USING (%I = (SELECT sec.tenant()))', name, key);
    EXECUTE format('CREATE POLICY see ON %s FOR SELECT TO hub_operator USING ((SELECT sec.is_operator()))', name);
    -- No statistics: the planner's estimates in EXPLAIN would tell which schools exist and how large they are.
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', name, key);
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', name);
    EXECUTE format('GRANT SELECT ON %s TO hub_operator', name);
END $$;

-- The schema first: a migrator that is not superuser may only give away what the new owner could have made.
ALTER SCHEMA sec OWNER TO hub_sec;
ALTER TABLE sec.ctx_key OWNER TO hub_sec;
ALTER TABLE sec.operator_log OWNER TO hub_sec;
ALTER FUNCTION sec.tenant() OWNER TO hub_sec;
ALTER FUNCTION sec.is_operator() OWNER TO hub_sec;
ALTER FUNCTION sec.hello() OWNER TO hub_sec;
ALTER FUNCTION sec.enter(text, text) OWNER TO hub_sec;
REVOKE ALL ON ALL ROUTINES IN SCHEMA sec FROM PUBLIC;
GRANT USAGE ON SCHEMA sec TO hub_app, hub_auth, hub_operator;
GRANT EXECUTE ON FUNCTION sec.tenant(), sec.is_operator(), sec.hello(), sec.enter(text, text) TO hub_app, hub_operator;

-- The roles get what they are given by name, nothing by being somebody: no temporary tables, no code of their own, and none of
-- the built-in functions that set parameters, run queries from texts, lock, look at other sessions or touch files.
DO $$
DECLARE routine regprocedure;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO hub_app, hub_auth, hub_operator', current_database());
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;
    FOR routine IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (
            p.proname IN ('set_config', 'pg_terminate_backend', 'pg_cancel_backend', 'pg_stat_get_activity',
                'pg_database_size', 'pg_relation_size', 'pg_total_relation_size', 'pg_table_size', 'pg_indexes_size')
            OR p.proname LIKE 'lo\_%' OR p.proname LIKE 'pg\_%advisory%' OR p.proname LIKE '%\_to\_xml%')
            -- What nobody has needs no taking, and a migrator that is not superuser would fail on it.
            AND has_function_privilege('public', p.oid, 'EXECUTE')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
    END LOOP;
    GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO hub_sec;
END $$;
