-- Schools, their devices and the one-time codes with which devices join.

-- Without a tenant: one row about this hub. epoch changes when the hub is restored from a backup; it is kept outside the
-- database too, which is how a restore is noticed.
CREATE TABLE hub (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    epoch uuid NOT NULL,
    -- Which extra tables (of a test or a measurement) were made here.
    extra text
);

CREATE TABLE tenant (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$'),
    -- DepEd's School ID.
    school_id text NOT NULL UNIQUE CHECK (school_id ~ '^[0-9]{6}$'),
    timezone text NOT NULL,
    metadata jsonb NOT NULL DEFAULT '{}',
    suspended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE device (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    role text NOT NULL CHECK (role IN ('school_admin', 'school_head', 'registrar', 'teacher', 'cashier', 'viewer')),
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
-- A device says who it is before its school is known. Only the functions below look here.
CREATE INDEX device_id ON device (id);

CREATE TABLE device_code (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    -- SHA-256 of the code: whoever reads this table cannot enrol.
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    role text NOT NULL CHECK (role IN ('school_admin', 'school_head', 'registrar', 'teacher', 'cashier', 'viewer')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    device_id uuid,
    PRIMARY KEY (tenant_id, code_hash),
    FOREIGN KEY (tenant_id, device_id) REFERENCES device (tenant_id, id)
);
CREATE INDEX device_code_hash ON device_code (code_hash);

CALL sec.wall('tenant', 'id');
CALL sec.wall('device');
CALL sec.wall('device_code');

-- What each role may do, in one place.
REVOKE ALL ON hub FROM PUBLIC;
GRANT SELECT ON tenant, device TO hub_app;
CREATE POLICY add ON tenant FOR INSERT TO hub_operator WITH CHECK ((SELECT sec.is_operator()));
CREATE POLICY change ON tenant FOR UPDATE TO hub_operator USING ((SELECT sec.is_operator()));
CREATE POLICY change ON device FOR UPDATE TO hub_operator USING ((SELECT sec.is_operator()));
CREATE POLICY add ON device_code FOR INSERT TO hub_operator WITH CHECK ((SELECT sec.is_operator()));
GRANT INSERT, UPDATE (name, timezone, metadata, suspended_at, updated_at) ON tenant TO hub_operator;
GRANT UPDATE (revoked_at) ON device TO hub_operator;
GRANT INSERT ON device_code TO hub_operator;
CREATE POLICY decide ON tenant FOR SELECT TO hub_sec USING (true);
CREATE POLICY decide ON device TO hub_sec USING (true);
CREATE POLICY decide ON device_code TO hub_sec USING (true);
GRANT USAGE ON SCHEMA public TO hub_sec;
GRANT SELECT ON tenant TO hub_sec;
GRANT SELECT, INSERT, UPDATE (last_seen_at) ON device TO hub_sec;
GRANT SELECT, UPDATE (used_at, device_id) ON device_code TO hub_sec;

-- Turns a code into a device, once. The same device may ask again with the same code: an answer can get lost on the way.
CREATE FUNCTION sec.redeem_code(hash bytea, new_device uuid, new_key bytea, device_name text,
    OUT verdict text, OUT tenant uuid, OUT device uuid, OUT role text, OUT school_name text, OUT slug text, OUT school_id text, OUT timezone text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    code public.device_code;
    school public.tenant;
BEGIN
    SELECT * INTO code FROM public.device_code c WHERE c.code_hash = hash FOR UPDATE;
    IF NOT FOUND THEN verdict := 'code_unknown'; RETURN; END IF;
    SELECT * INTO school FROM public.tenant t WHERE t.id = code.tenant_id;
    IF school.suspended_at IS NOT NULL THEN verdict := 'tenant_suspended'; RETURN; END IF;
    IF code.used_at IS NOT NULL THEN
        SELECT d.id INTO device FROM public.device d
            WHERE d.tenant_id = code.tenant_id AND d.id = code.device_id AND d.public_key = new_key AND d.revoked_at IS NULL;
        IF NOT FOUND THEN verdict := 'code_used'; RETURN; END IF;
    ELSIF code.expires_at <= clock_timestamp() THEN
        verdict := 'code_expired'; RETURN;
    ELSE
        INSERT INTO public.device (tenant_id, id, name, public_key, role)
            VALUES (code.tenant_id, new_device, device_name, new_key, code.role);
        UPDATE public.device_code c SET used_at = clock_timestamp(), device_id = new_device
            WHERE c.tenant_id = code.tenant_id AND c.code_hash = hash;
        device := new_device;
    END IF;
    verdict := 'ok'; tenant := code.tenant_id; role := code.role; school_name := school.name; slug := school.slug;
    school_id := school.school_id; timezone := school.timezone;
END $$;

-- What the hub must know of a device before it believes it. Notes that it was seen, at most once a minute.
CREATE FUNCTION sec.device(device_id uuid,
    OUT tenant uuid, OUT public_key bytea, OUT role text, OUT revoked boolean, OUT suspended boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.device d SET last_seen_at = clock_timestamp()
        WHERE d.id = device_id AND (d.last_seen_at IS NULL OR d.last_seen_at < clock_timestamp() - interval '1 minute');
    SELECT d.tenant_id, d.public_key, d.role, d.revoked_at IS NOT NULL, t.suspended_at IS NOT NULL
        INTO tenant, public_key, role, revoked, suspended
        FROM public.device d JOIN public.tenant t ON t.id = d.tenant_id WHERE d.id = device_id;
END $$;

ALTER FUNCTION sec.redeem_code(bytea, uuid, bytea, text) OWNER TO hub_sec;
ALTER FUNCTION sec.device(uuid) OWNER TO hub_sec;
REVOKE ALL ON FUNCTION sec.redeem_code(bytea, uuid, bytea, text), sec.device(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.redeem_code(bytea, uuid, bytea, text), sec.device(uuid) TO hub_auth;

-- The hub remembers who may speak; an empty hint tells it to forget and look again. Never a payload: anyone may listen.
CREATE FUNCTION sync.hint() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('hub', '');
    RETURN NULL;
END $$;
CREATE TRIGGER hint AFTER UPDATE OF suspended_at ON tenant FOR EACH STATEMENT EXECUTE FUNCTION sync.hint();
CREATE TRIGGER hint AFTER UPDATE OF revoked_at, role, public_key ON device FOR EACH STATEMENT EXECUTE FUNCTION sync.hint();
