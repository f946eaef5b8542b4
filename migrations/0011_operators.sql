-- Those who run the hub: how they sign in, and who they are. docs/people.md has the rules.

-- The people who run the hub. They belong to no school, and no request of a school can see that they exist.
CREATE TABLE sec.operator (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(email) AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    password_hash text NOT NULL CHECK (password_hash ^@ '$argon2id$'),
    -- The second factor's secret, sealed with a key that is not in the database.
    totp_sealed bytea NOT NULL,
    -- No code serves twice.
    totp_last_step bigint NOT NULL DEFAULT 0,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_sign_in_at timestamptz
);

CREATE FUNCTION sec.attempt_of_operator(email text) RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(convert_to(concat_ws('|', 'operator', email), 'UTF8'))
$$;

CREATE FUNCTION sec.begin_operator_sign_in(new_email text,
    OUT wait_s integer, OUT operator uuid, OUT password_hash text, OUT totp_sealed bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    wait_s := sec.begin_attempt(sec.attempt_of_operator(new_email));
    IF wait_s IS NULL THEN
        SELECT o.id, o.password_hash, o.totp_sealed INTO operator, password_hash, totp_sealed
            FROM sec.operator o WHERE o.email = new_email AND o.disabled_at IS NULL;
    END IF;
END $$;

CREATE FUNCTION sec.refuse_operator(new_email text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.tell_lock(sec.attempt_of_operator(new_email)) THEN
        PERFORM sec.append_audit('00000000-0000-0000-0000-000000000000', 'hub', NULL, 'operator.locked', o.id, '{}')
            FROM sec.operator o WHERE o.email = new_email;
    END IF;
END $$;

-- Password and code were right: operator mode begins. Null: the operator changed meanwhile, or the code has served already.
CREATE FUNCTION sec.begin_operator(of_operator uuid, verified text, rehashed text, step bigint, new_mode uuid, new_reason text,
    OUT ends timestamptz, OUT name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE found text;
BEGIN
    UPDATE sec.operator o SET totp_last_step = step, last_sign_in_at = clock_timestamp(), password_hash = coalesce(rehashed, o.password_hash)
        WHERE o.id = of_operator AND o.disabled_at IS NULL AND o.password_hash = verified AND o.totp_last_step < step
        RETURNING o.email, o.name INTO found, name;
    IF found IS NULL THEN RETURN; END IF;
    DELETE FROM sec.attempt a WHERE a.who = sec.attempt_of_operator(found);
    INSERT INTO sec.operator_mode (id, operator_id, reason, ends_at)
        VALUES (new_mode, of_operator, new_reason, clock_timestamp() + interval '15 minutes' - interval '1 second')
        RETURNING ends_at INTO ends;
    PERFORM sec.append_audit('00000000-0000-0000-0000-000000000000', 'operator', of_operator, 'operator.signed_in', new_mode,
        jsonb_build_object('reason', new_reason));
END $$;

CREATE FUNCTION sec.end_operator(of_mode uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE who uuid;
BEGIN
    UPDATE sec.operator_mode m SET ended_at = clock_timestamp()
        WHERE m.id = of_mode AND m.operator_id IS NOT NULL AND m.ended_at IS NULL RETURNING m.operator_id INTO who;
    IF who IS NOT NULL THEN
        PERFORM sec.append_audit('00000000-0000-0000-0000-000000000000', 'operator', who, 'operator.signed_out', of_mode, '{}');
    END IF;
END $$;

-- Who runs the hub is decided at its own command line, never by somebody who signed in over the network.
CREATE FUNCTION sec.must_be_console() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user <> 'hub_operator' OR NOT sec.is_operator()
        OR NOT EXISTS (SELECT FROM sec.operator_mode m WHERE m.id = sec.actor() AND m.operator_id IS NULL) THEN
        RAISE EXCEPTION 'only the command line of the hub does this' USING ERRCODE = '28000';
    END IF;
END $$;

CREATE FUNCTION sec.add_operator(new_id uuid, new_email text, new_name text, new_hash text, new_sealed bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.must_be_console();
    INSERT INTO sec.operator (id, email, name, password_hash, totp_sealed) VALUES (new_id, new_email, new_name, new_hash, new_sealed);
    PERFORM sec.audit_of('00000000-0000-0000-0000-000000000000', 'operator.added', new_id, '{}');
END $$;

CREATE FUNCTION sec.operators() RETURNS TABLE (id uuid, email text, name text, created_at timestamptz, last_sign_in_at timestamptz,
    disabled_at timestamptz) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.must_be_console();
    RETURN QUERY SELECT o.id, o.email, o.name, o.created_at, o.last_sign_in_at, o.disabled_at FROM sec.operator o ORDER BY o.email;
END $$;

-- Null: there is no such operator. What the operator is doing ends at once.
CREATE FUNCTION sec.disable_operator(of_email text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE found uuid;
BEGIN
    PERFORM sec.must_be_console();
    UPDATE sec.operator o SET disabled_at = coalesce(o.disabled_at, clock_timestamp()) WHERE o.email = of_email RETURNING o.id INTO found;
    UPDATE sec.operator_mode m SET ended_at = clock_timestamp() WHERE m.operator_id = found AND m.ended_at IS NULL;
    IF found IS NOT NULL THEN
        PERFORM sec.audit_of('00000000-0000-0000-0000-000000000000', 'operator.disabled', found, '{}');
    END IF;
    RETURN found;
END $$;

-- Which id the second factor of this operator is sealed for.
CREATE FUNCTION sec.operator_id(of_email text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.must_be_console();
    RETURN (SELECT o.id FROM sec.operator o WHERE o.email = of_email);
END $$;

-- Another password and another second factor; lets in again who was disabled.
CREATE FUNCTION sec.reset_operator(of_operator uuid, new_hash text, new_sealed bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.must_be_console();
    UPDATE sec.operator o SET password_hash = new_hash, totp_sealed = new_sealed, totp_last_step = 0, disabled_at = NULL
        WHERE o.id = of_operator;
    DELETE FROM sec.attempt a USING sec.operator o WHERE o.id = of_operator AND a.who = sec.attempt_of_operator(o.email);
    UPDATE sec.operator_mode m SET ended_at = clock_timestamp() WHERE m.operator_id = of_operator AND m.ended_at IS NULL;
    PERFORM sec.audit_of('00000000-0000-0000-0000-000000000000', 'operator.reset', of_operator, '{}');
END $$;

DO $$
DECLARE thing text;
BEGIN
    FOREACH thing IN ARRAY ARRAY[
        'TABLE sec.operator', 'FUNCTION sec.attempt_of_operator(text)', 'FUNCTION sec.begin_operator_sign_in(text)',
        'FUNCTION sec.refuse_operator(text)', 'FUNCTION sec.begin_operator(uuid, text, text, bigint, uuid, text)',
        'FUNCTION sec.end_operator(uuid)', 'FUNCTION sec.must_be_console()',
        'FUNCTION sec.add_operator(uuid, text, text, text, bytea)', 'FUNCTION sec.operators()',
        'FUNCTION sec.disable_operator(text)', 'FUNCTION sec.operator_id(text)',
        'FUNCTION sec.reset_operator(uuid, text, bytea)'] LOOP
        EXECUTE format('ALTER %s OWNER TO hub_sec', thing);
    END LOOP;
END $$;
REVOKE ALL ON ALL ROUTINES IN SCHEMA sec FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.begin_operator_sign_in(text), sec.refuse_operator(text),
    sec.begin_operator(uuid, text, text, bigint, uuid, text), sec.end_operator(uuid) TO hub_auth;
GRANT EXECUTE ON FUNCTION sec.add_operator(uuid, text, text, text, bytea), sec.operators(), sec.disable_operator(text),
    sec.operator_id(text), sec.reset_operator(uuid, text, bytea) TO hub_operator;
