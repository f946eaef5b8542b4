-- The wall comes first: before anything that a query brings along, and without an index that answers before it.
--
-- PostgreSQL runs a scan's conditions by price, and one that it calls leakproof may run before a policy if it is cheaper. Then
-- `CASE WHEN last_name = ANY('{Cruz}') THEN (SELECT 1 / 0 = 1) ELSE true END` fails exactly if some school has a Cruz. A
-- condition that costs nothing cannot be undercut, and of equal ones the policies go first. So the restrictive policy asks a
-- function (an operator would join an equivalence class and lose its place) whose price is 0: the built-in uuid_eq, which
-- sec.same becomes when a query is planned. (A function of our own over the same code costs 3 us more in each statement,
-- because PostgreSQL searches internal functions by name.)
DO $$
BEGIN
    -- There is no DDL for a price of 0. pg_dump leaves it out: the hub sets it again at every start.
    UPDATE pg_catalog.pg_proc SET procost = 0 WHERE oid = 'pg_catalog.uuid_eq(uuid, uuid)'::regprocedure;
    CREATE FUNCTION sec.same(a uuid, b uuid) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN uuid_eq(a, b);
EXCEPTION WHEN insufficient_privilege THEN
    -- Without a superuser: only conditions that cost nothing at all (is it null? is it true?) are cheaper than this one.
    CREATE OR REPLACE FUNCTION sec.same(a uuid, b uuid) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1e-30
        SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN a = b; END';
END $$;
ALTER FUNCTION sec.same(uuid, uuid) OWNER TO hub_sec;
REVOKE ALL ON FUNCTION sec.same(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.same(uuid, uuid) TO hub_app;

-- As in 0001, with the price. `own` is the condition that an index serves.
CREATE OR REPLACE PROCEDURE sec.wall(name regclass, key text DEFAULT 'tenant_id') LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY wall ON %s AS RESTRICTIVE TO hub_app USING (sec.same(%I, (SELECT sec.tenant())))', name, key);
    EXECUTE format('CREATE POLICY own ON %s TO hub_app USING (%I = (SELECT sec.tenant()))', name, key);
    EXECUTE format('CREATE POLICY see ON %s FOR SELECT TO hub_operator USING ((SELECT sec.is_operator()))', name);
    -- No statistics: the planner's estimates in EXPLAIN would tell which schools exist and how large they are.
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', name, key);
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', name);
    EXECUTE format('GRANT SELECT ON %s TO hub_operator', name);
END $$;

DO $$
DECLARE walled record;
BEGIN
    FOR walled IN
        SELECT p.polrelid::regclass AS name, CASE WHEN p.polrelid = 'public.tenant'::regclass THEN 'id' ELSE 'tenant_id' END AS key
        FROM pg_policy p WHERE p.polname = 'wall'
    LOOP
        EXECUTE format('ALTER POLICY wall ON %s USING (sec.same(%I, (SELECT sec.tenant())))', walled.name, walled.key);
    END LOOP;
END $$;

-- An index that does not begin with the school finds another school's row before the policy turns it away, and EXPLAIN ANALYZE
-- says "Rows Removed by Filter: 1". Under row-level security an index serves only leakproof conditions, and neither a cast to
-- text nor lower() is one: so these serve the owner of the functions below, and never the application.
DROP INDEX device_id;
CREATE INDEX device_id ON device ((id::text));
ALTER TABLE tenant DROP CONSTRAINT tenant_slug_key, DROP CONSTRAINT tenant_school_id_key;
CREATE UNIQUE INDEX tenant_slug_key ON tenant (lower(slug));
CREATE UNIQUE INDEX tenant_school_id_key ON tenant (lower(school_id));

CREATE OR REPLACE FUNCTION sec.device(device_id uuid,
    OUT tenant uuid, OUT public_key bytea, OUT role text, OUT revoked boolean, OUT suspended boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.device d SET last_seen_at = clock_timestamp()
        WHERE d.id::text = device_id::text AND (d.last_seen_at IS NULL OR d.last_seen_at < clock_timestamp() - interval '1 minute');
    SELECT d.tenant_id, d.public_key, d.role, d.revoked_at IS NOT NULL, t.suspended_at IS NOT NULL
        INTO tenant, public_key, role, revoked, suspended
        FROM public.device d JOIN public.tenant t ON t.id = d.tenant_id WHERE d.id::text = device_id::text;
END $$;

-- What a role may do to itself: DROP OWNED BY hub_app takes away its policies (and so every school's records, from everybody)
-- and PostgreSQL asks nobody; ALTER DEFAULT PRIVILEGES leaves a mark in the catalog. None of the hub's roles has any business
-- with definitions at all.
CREATE FUNCTION sec.no_definitions() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user IN ('hub_app', 'hub_auth', 'hub_operator') THEN
        RAISE EXCEPTION '% is not for %', tg_tag, session_user USING ERRCODE = '42501';
    END IF;
END $$;
ALTER FUNCTION sec.no_definitions() OWNER TO hub_sec;
REVOKE ALL ON FUNCTION sec.no_definitions() FROM PUBLIC;
DO $$
BEGIN
    CREATE EVENT TRIGGER no_definitions ON ddl_command_start EXECUTE FUNCTION sec.no_definitions();
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'only a superuser makes event triggers: stolen SQL could shut all schools out with DROP OWNED BY hub_app';
END $$;
