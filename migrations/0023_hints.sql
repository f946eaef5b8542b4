-- Hints name the school that they are about, in a form that only the hub can read: so that what one school does wakes nobody
-- else, and whoever listens (LISTEN cannot be forbidden) learns nothing but that something happened somewhere.
--
-- A payload is a nonce (32 hex digits, another one in each transaction and for each school) and the school's id, covered with
-- a keyed hash of the nonce. Of one transaction and school all payloads are equal, so PostgreSQL sends one. A payload that
-- somebody makes up opens to a school that does not exist.

-- Two texts of 32 hex digits, exclusive-or.
CREATE FUNCTION sec.cover(plain text, pad text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(int8send(('x' || left(plain, 16))::bit(64)::bigint # ('x' || left(pad, 16))::bit(64)::bigint)
        || int8send(('x' || right(plain, 16))::bit(64)::bigint # ('x' || right(pad, 16))::bit(64)::bigint), 'hex')
$$;

-- Tells the hub to look at a school again: at its records and devices (channel hub), or at its people (channel people).
CREATE FUNCTION sec.tell(channel text, school uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    plain text := replace(school::text, '-', '');
    nonce text := left(sec.seal(concat_ws('.', 'hint', pg_current_xact_id(), plain)), 32);
BEGIN
    PERFORM pg_notify(channel, nonce || sec.cover(plain, left(sec.seal(concat_ws('.', 'cover', nonce)), 32)));
END $$;

-- The same from a trigger: its arguments are the channel and the column that names the school.
CREATE FUNCTION sec.hint() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.tell(TG_ARGV[0], (to_jsonb(NEW) ->> TG_ARGV[1])::uuid);
    RETURN NULL;
END $$;

-- Which schools hints were about; nothing for what is none of ours.
CREATE FUNCTION sec.open_hints(payloads text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT sec.cover(right(p, 32), left(sec.seal(concat_ws('.', 'cover', left(p, 32))), 32))::uuid
    FROM unnest(payloads) p WHERE p ~ '^[0-9a-f]{64}$'
$$;

DO $$
DECLARE thing text;
BEGIN
    FOREACH thing IN ARRAY ARRAY['sec.cover(text, text)', 'sec.tell(text, uuid)', 'sec.hint()', 'sec.open_hints(text[])'] LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO hub_sec', thing);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', thing);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION sec.open_hints(text[]) TO hub_auth;

DROP TRIGGER hint ON tenant;
DROP TRIGGER hint_settings ON tenant;
DROP TRIGGER hint ON device;
DROP TRIGGER hint ON account;
DROP TRIGGER hint ON session;
DROP FUNCTION sync.hint();
DROP FUNCTION sync.hint_people();
CREATE TRIGGER hint AFTER UPDATE OF suspended_at, name, timezone, metadata ON tenant
    FOR EACH ROW EXECUTE FUNCTION sec.hint('hub', 'id');
CREATE TRIGGER hint AFTER UPDATE OF revoked_at, role, public_key ON device
    FOR EACH ROW EXECUTE FUNCTION sec.hint('hub', 'tenant_id');
CREATE TRIGGER hint AFTER UPDATE OF role, disabled_at, must_change_password ON account
    FOR EACH ROW EXECUTE FUNCTION sec.hint('people', 'tenant_id');
CREATE TRIGGER hint AFTER UPDATE OF ended_at ON session
    FOR EACH ROW EXECUTE FUNCTION sec.hint('people', 'tenant_id');
-- Whoever changes rows without being the hub (an administrator, the triggers of 0016) makes the digest unknown: that is the hint.
CREATE TRIGGER hint AFTER UPDATE OF digest ON tenant_clock
    FOR EACH ROW WHEN (NEW.digest IS NULL) EXECUTE FUNCTION sec.hint('hub', 'tenant_id');

-- These gave a hint about everything. Taken out of them as they are now, whatever later migrations made of them.
DO $$
DECLARE routine text;
BEGIN
    FOREACH routine IN ARRAY ARRAY['sync.renew()', 'sec.user_follows_account()'] LOOP
        EXECUTE replace(pg_get_functiondef(routine::regprocedure), $hint$PERFORM pg_notify('hub', '');$hint$, '');
    END LOOP;
END $$;
