-- The operators' console: all schools are seen without seeing a child, and nothing is done without a reason. docs/isolation.md
-- tells why it holds, docs/people.md what operators may do.
--
-- hub_console reads no table. What it may know is given by functions of the schema fleet, which know no person; what it may do is
-- done by functions of sec. Each asks by itself who is signed in (sec.at_console), whether role, scope and a fresh code allow it,
-- and for a reason that says something: the hub's program could forget to, and so could SQL that somebody has smuggled in.
--
--   PM004  the console session is over: ended, eight hours old, not used for half an hour, or the operator was disabled
--   PM005  a code has to be typed first: the last one is older than five minutes
--   PM006  no reason: a kind, a ticket and fifteen letters or digits of text
--   PM007  there is nothing with this id within the operator's scope
--   PM008  it contradicts what is there: an e-mail that is taken, a request that is over or one's own (the constraint says which)
--   PM009  the hub would be left without an owner
--   PM014  operator mode is for owners and support of the whole hub

-- Operators: what they may do, and of which schools. Both null: all of them. Who is an operator before there were roles could do
-- everything, and is an owner; `pems-hub operator role` makes less of it.
ALTER TABLE sec.operator
    ADD COLUMN role text NOT NULL DEFAULT 'owner' CHECK (role IN ('owner', 'support', 'viewer')),
    ADD COLUMN region text CHECK (length(region) BETWEEN 1 AND 100),
    ADD COLUMN division text CHECK (length(division) BETWEEN 1 AND 100),
    ADD CONSTRAINT operator_scope CHECK (division IS NULL OR region IS NOT NULL);
ALTER TABLE sec.operator ALTER role DROP DEFAULT;

-- Where a school is: what an operator's scope is compared with, so operators of the whole hub alone say it.
ALTER TABLE tenant
    ADD COLUMN region text CHECK (length(region) BETWEEN 1 AND 100),
    ADD COLUMN division text CHECK (length(division) BETWEEN 1 AND 100),
    ADD COLUMN area text CHECK (length(area) BETWEEN 1 AND 100),
    ADD COLUMN municipality text CHECK (length(municipality) BETWEEN 1 AND 100);
GRANT UPDATE (region, division, area, municipality) ON tenant TO hub_operator;
GRANT UPDATE (suspended_at, updated_at) ON tenant TO hub_sec;
CREATE POLICY suspend ON tenant FOR UPDATE TO hub_sec USING (true);

-- Somebody who has lost the authenticator app. SHA-256 of each code; one serves once.
CREATE TABLE sec.recovery_code (
    operator_id uuid NOT NULL REFERENCES sec.operator (id),
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    used_at timestamptz,
    PRIMARY KEY (operator_id, code_hash)
);

CREATE TABLE sec.console_session (
    id uuid PRIMARY KEY,
    operator_id uuid NOT NULL REFERENCES sec.operator (id),
    -- SHA-256 of the cookie.
    cookie_hash bytea NOT NULL CHECK (length(cookie_hash) = 32),
    begun_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    -- When a code of the authenticator app was typed last; null after a recovery code.
    code_at timestamptz,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK (ends_at <= begun_at + interval '8 hours')
);
CREATE INDEX console_session_operator ON sec.console_session (operator_id, begun_at);

-- Who may choose a password and a second factor: somebody new, or an operator whose old ones are void. SHA-256 of the one-time code.
CREATE TABLE sec.invitation (
    operator_id uuid PRIMARY KEY,
    code_hash bytea NOT NULL UNIQUE CHECK (length(code_hash) = 32),
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    role text NOT NULL,
    region text,
    division text,
    invited_by uuid NOT NULL REFERENCES sec.operator (id),
    expires_at timestamptz NOT NULL
);

-- What a second owner has to agree to, within a day. Nobody agrees to what they asked for themselves.
CREATE TABLE sec.console_request (
    id uuid PRIMARY KEY,
    act text NOT NULL CHECK (act IN ('invite', 'change', 'reset')),
    args jsonb NOT NULL,
    reason jsonb NOT NULL,
    asked_by uuid NOT NULL REFERENCES sec.operator (id),
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_by uuid REFERENCES sec.operator (id),
    decided_at timestamptz,
    approved boolean,
    CONSTRAINT console_request_decided CHECK (num_nonnulls(decided_by, decided_at, approved) IN (0, 3)),
    CONSTRAINT console_request_second CHECK (NOT approved OR decided_by <> asked_by)
);

-- What was looked at when it was last written into the audit log: once in a quarter of an hour is enough.
CREATE TABLE sec.console_look (
    operator_id uuid NOT NULL REFERENCES sec.operator (id),
    about uuid NOT NULL,
    doing text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (operator_id, about, doing)
);

-- Who is asking ---------------------------------------------------------------------------------------------------------------

-- The session, if it is one; by the database's clock alone.
CREATE FUNCTION sec.live_session(of_session uuid) RETURNS sec.console_session
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.* FROM sec.console_session s JOIN sec.operator o ON o.id = s.operator_id
    WHERE s.id = of_session AND s.ended_at IS NULL AND s.ends_at > clock_timestamp()
        AND s.seen_at > clock_timestamp() - interval '30 minutes' AND o.disabled_at IS NULL
$$;

-- Who is signed in, in this transaction. Goes on only for one of the roles, and, where it must be fresh, only soon after a code.
CREATE FUNCTION sec.at_console(roles text[], fresh boolean) RETURNS sec.operator
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held sec.console_session;
    me sec.operator;
BEGIN
    IF session_user <> 'hub_console' OR sec.mode() IS DISTINCT FROM 'con' THEN
        RAISE EXCEPTION 'nobody is signed in at the console' USING ERRCODE = '28000';
    END IF;
    held := sec.live_session(sec.actor());
    IF held.id IS NULL THEN
        RAISE EXCEPTION 'the console session is over' USING ERRCODE = 'PM004';
    END IF;
    SELECT * INTO me FROM sec.operator o WHERE o.id = held.operator_id;
    IF me.role <> ALL (roles) THEN
        RAISE EXCEPTION 'this is not for the role %', me.role USING ERRCODE = '42501';
    END IF;
    IF fresh AND coalesce(held.code_at <= clock_timestamp() - interval '5 minutes', true) THEN
        RAISE EXCEPTION 'a code has to be typed first' USING ERRCODE = 'PM005';
    END IF;
    RETURN me;
END $$;

-- Whether a place is within an operator's scope. A null place is the whole hub, which only those have who are of the whole hub.
CREATE FUNCTION sec.covers(who sec.operator, of_region text, of_division text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((who.region IS NULL OR who.region = of_region) AND (who.division IS NULL OR who.division = of_division), false)
$$;

-- As above for what is to be done with operators: for the scope that one is to have, and for the one that it has.
CREATE FUNCTION sec.reaches(who sec.operator, args jsonb) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT sec.covers(who, args ->> 'region', args ->> 'division') AND NOT EXISTS (
        SELECT FROM sec.operator t WHERE t.id = (args ->> 'operator')::uuid AND NOT sec.covers(who, t.region, t.division))
$$;

-- A reason as it is kept. Dots, blanks and what nobody can see are none, nor is one key held down. (hub/src/auth/field.rs knows
-- more letters and is asked first.)
CREATE FUNCTION sec.checked_reason(said jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    nothing text := '[^0-9A-Za-z\u00C0-\u024F\u0370-\u061B\u0620-\u115E\u1161-\u17B3\u17B6-\u180A\u1810-\u1FFF\u3041-\u3163\u3165-\uD7FF]';
    told text := lower(regexp_replace(coalesce(said ->> 'text', ''), nothing, '', 'g'));
    ticket text := regexp_replace(coalesce(said ->> 'ticket', ''), nothing, '', 'g');
BEGIN
    IF NOT coalesce(said ->> 'kind' IN ('help', 'incident', 'request', 'upkeep') AND ticket <> '' AND length(said ->> 'ticket') <= 40
        AND length(told) >= 15 AND length(said ->> 'text') <= 500
        AND (SELECT count(DISTINCT letter) >= 5 FROM regexp_split_to_table(told, '') letter), false) THEN
        RAISE EXCEPTION 'this is no reason' USING ERRCODE = 'PM006';
    END IF;
    RETURN jsonb_build_object('kind', said ->> 'kind', 'ticket', said ->> 'ticket', 'text', said ->> 'text');
END $$;

-- Signing in, for hub_auth ----------------------------------------------------------------------------------------------------

-- Password and code were right. `step` is that of the code; null: `recovery` was typed instead. False: it has served, or the
-- operator changed meanwhile.
CREATE FUNCTION sec.open_console(of_operator uuid, verified text, rehashed text, step bigint, recovery bytea, new_session uuid,
    new_hash bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    me sec.operator;
BEGIN
    SELECT * INTO me FROM sec.operator o WHERE o.id = of_operator FOR UPDATE;
    IF me.id IS NULL OR me.disabled_at IS NOT NULL OR me.password_hash <> verified OR me.totp_last_step >= step THEN
        RETURN false;
    END IF;
    IF step IS NULL THEN
        UPDATE sec.recovery_code c SET used_at = moment WHERE c.operator_id = me.id AND c.code_hash = recovery AND c.used_at IS NULL;
        IF NOT FOUND THEN RETURN false; END IF;
    END IF;
    UPDATE sec.operator o SET totp_last_step = coalesce(step, o.totp_last_step), last_sign_in_at = moment,
        password_hash = coalesce(rehashed, o.password_hash) WHERE o.id = me.id;
    DELETE FROM sec.attempt a WHERE a.who = sec.attempt_of_operator(me.email);
    DELETE FROM sec.console_session s WHERE s.operator_id = me.id AND s.ends_at < moment - interval '30 days';
    UPDATE sec.console_session s SET ended_at = moment WHERE s.ended_at IS NULL AND s.id IN (SELECT o.id FROM sec.console_session o
        WHERE o.operator_id = me.id AND o.ended_at IS NULL AND o.ends_at > moment ORDER BY o.begun_at DESC, o.id OFFSET 9);
    DELETE FROM sec.console_look l WHERE (l.operator_id, l.about, l.doing) IN (SELECT o.operator_id, o.about, o.doing
        FROM sec.console_look o WHERE o.operator_id = me.id AND o.at < moment - interval '1 hour' FOR UPDATE SKIP LOCKED);
    INSERT INTO sec.console_session (id, operator_id, cookie_hash, begun_at, seen_at, code_at, ends_at)
        VALUES (new_session, me.id, new_hash, moment, moment, CASE WHEN step IS NOT NULL THEN moment END, moment + interval '8 hours');
    PERFORM sec.append_audit('00000000-0000-0000-0000-000000000000', 'operator', me.id, 'console.signed_in', new_session,
        jsonb_build_object('recovery_code', step IS NULL));
    RETURN true;
END $$;

-- Who has this cookie.
CREATE FUNCTION sec.console_caller(of_session uuid, hash bytea, OUT operator uuid, OUT email text, OUT name text, OUT role text,
    OUT region text, OUT division text, OUT ends timestamptz, OUT fresh_until timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT o.id, o.email, o.name, o.role, o.region, o.division, s.ends_at, s.code_at + interval '5 minutes'
    FROM sec.live_session(of_session) s JOIN sec.operator o ON o.id = s.operator_id WHERE s.cookie_hash = hash
$$;

-- Counts a try to type a code again: as many as there are to sign in, whichever it is.
CREATE FUNCTION sec.begin_step_up(of_session uuid, OUT wait_s integer, OUT operator uuid, OUT email text, OUT totp_sealed bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT o.id, o.email, o.totp_sealed INTO operator, email, totp_sealed
        FROM sec.live_session(of_session) s JOIN sec.operator o ON o.id = s.operator_id;
    IF operator IS NOT NULL THEN
        wait_s := sec.begin_attempt(sec.attempt_of_operator(email));
    END IF;
END $$;

-- The code was right. False: it has served before, or the session is over.
CREATE FUNCTION sec.step_up(of_session uuid, step bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held sec.console_session := sec.live_session(of_session);
    found text;
BEGIN
    UPDATE sec.operator o SET totp_last_step = step WHERE o.id = held.operator_id AND o.totp_last_step < step RETURNING o.email INTO found;
    IF found IS NULL THEN RETURN false; END IF;
    DELETE FROM sec.attempt a WHERE a.who = sec.attempt_of_operator(found);
    UPDATE sec.console_session s SET code_at = clock_timestamp() WHERE s.id = held.id;
    PERFORM sec.append_audit('00000000-0000-0000-0000-000000000000', 'operator', held.operator_id, 'console.code_typed', held.id, '{}');
    RETURN true;
END $$;

-- Who an invitation is for. Worth nothing once whoever gave it is no owner any more.
CREATE FUNCTION sec.open_invitation(hash bytea, OUT operator uuid, OUT email text, OUT name text, OUT role text, OUT region text,
    OUT division text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT i.operator_id, i.email, i.name, i.role, i.region, i.division
    FROM sec.invitation i JOIN sec.operator o ON o.id = i.invited_by AND o.role = 'owner' AND o.disabled_at IS NULL
    WHERE i.code_hash = hash AND i.expires_at > clock_timestamp()
$$;

-- Takes the invitation: once. False: there is none such any more.
CREATE FUNCTION sec.accept_invitation(hash bytea, new_hash text, new_sealed bytea, step bigint, recovery bytea[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE who record;
BEGIN
    SELECT * INTO who FROM sec.open_invitation(hash);
    DELETE FROM sec.invitation i WHERE i.code_hash = hash AND who.operator IS NOT NULL;
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO sec.operator AS o (id, email, name, role, region, division, password_hash, totp_sealed, totp_last_step)
        VALUES (who.operator, who.email, who.name, who.role, who.region, who.division, new_hash, new_sealed, step)
        ON CONFLICT (id) DO UPDATE SET password_hash = excluded.password_hash, totp_sealed = excluded.totp_sealed,
            totp_last_step = excluded.totp_last_step;
    PERFORM sec.keep_recovery_codes(who.operator, recovery);
    DELETE FROM sec.attempt a WHERE a.who = sec.attempt_of_operator(who.email);
    PERFORM sec.append_audit('00000000-0000-0000-0000-000000000000', 'operator', who.operator, 'operator.enrolled', who.operator, '{}');
    RETURN true;
END $$;

-- These instead of any that there were.
CREATE FUNCTION sec.keep_recovery_codes(of_operator uuid, hashes bytea[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM sec.recovery_code c WHERE c.operator_id = of_operator;
    INSERT INTO sec.recovery_code (operator_id, code_hash) SELECT of_operator, h FROM unnest(hashes) h;
$$;

-- What an operator is doing ends at once.
CREATE FUNCTION sec.end_all_of(of_operator uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE sec.operator_mode m SET ended_at = clock_timestamp() WHERE m.operator_id = of_operator AND m.ended_at IS NULL;
    UPDATE sec.console_session s SET ended_at = clock_timestamp() WHERE s.operator_id = of_operator AND s.ended_at IS NULL;
$$;

-- The door, for hub_console ---------------------------------------------------------------------------------------------------

-- What comes next, committed on its own as in sec.announce: what was looked at stays in the log. Once in a quarter of an hour for
-- each page and each school, in the school's own log where it is about one within the operator's scope.
CREATE FUNCTION sec.announce_console(token text, doing text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    who record;
    held sec.console_session;
    me sec.operator;
    about uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
    SELECT * INTO who FROM sec.open_token(token);
    IF who.mode <> 'con' OR session_user <> 'hub_console' THEN
        RAISE EXCEPTION 'the context token is for another role' USING ERRCODE = '28000';
    END IF;
    held := sec.live_session(who.actor);
    IF held.id IS NULL THEN
        RAISE EXCEPTION 'the console session is over' USING ERRCODE = 'PM004';
    END IF;
    SELECT * INTO me FROM sec.operator o WHERE o.id = held.operator_id;
    -- Once a minute: a page that asks often must not cost writes.
    UPDATE sec.console_session s SET seen_at = moment WHERE s.id = held.id AND s.seen_at < moment - interval '1 minute';
    IF EXISTS (SELECT FROM public.tenant t WHERE t.id = who.tenant AND sec.covers(me, t.region, t.division)) THEN about := who.tenant; END IF;
    DELETE FROM sec.operator_entry e WHERE e.at < moment - interval '1 minute';
    INSERT INTO sec.operator_entry (nonce, mode_id) VALUES (sec.nonce(), held.id);
    INSERT INTO sec.console_look AS l (operator_id, about, doing, at) VALUES (me.id, about, doing, moment)
        ON CONFLICT ON CONSTRAINT console_look_pkey DO UPDATE SET at = excluded.at WHERE l.at <= excluded.at - interval '15 minutes';
    IF FOUND THEN
        PERFORM sec.append_audit(about, 'operator', me.id, 'console.entered', held.id, jsonb_build_object('doing', doing));
    END IF;
END $$;

-- As in 0005, and for the console.
CREATE OR REPLACE FUNCTION sec.enter(token text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE who record;
BEGIN
    SELECT * INTO who FROM sec.open_token(token);
    IF sec.mode() IS NOT NULL THEN
        RAISE EXCEPTION 'this transaction has a context already' USING ERRCODE = '28000';
    END IF;
    IF who.mode IN ('dev', 'usr') AND session_user = 'hub_app' THEN
        IF NOT EXISTS (SELECT FROM public.tenant t WHERE t.id = who.tenant AND t.suspended_at IS NULL) THEN
            RAISE EXCEPTION 'the school is suspended or unknown' USING ERRCODE = 'PM001';
        END IF;
    ELSIF who.mode = 'opr' AND session_user = 'hub_operator' THEN
        IF NOT EXISTS (
            SELECT FROM sec.operator_entry e JOIN sec.operator_mode m ON m.id = e.mode_id
            WHERE e.nonce = sec.nonce() AND m.id = who.actor AND m.ended_at IS NULL AND m.ends_at > clock_timestamp()
            AND e.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()) THEN
            RAISE EXCEPTION 'an operator announces a transaction first, in one of its own' USING ERRCODE = '28000';
        END IF;
    ELSIF who.mode = 'con' AND session_user = 'hub_console' THEN
        IF (sec.live_session(who.actor)).id IS NULL OR NOT EXISTS (
            SELECT FROM sec.operator_entry e WHERE e.nonce = sec.nonce() AND e.mode_id = who.actor
            AND e.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()) THEN
            RAISE EXCEPTION 'the console announces a transaction first, in one of its own' USING ERRCODE = '28000';
        END IF;
    ELSE
        RAISE EXCEPTION 'the context token is for another role' USING ERRCODE = '28000';
    END IF;
    PERFORM sec.hold(who.mode, who.tenant, who.actor);
END $$;

-- Whose it is, and who may -----------------------------------------------------------------------------------------------------

DO $$
DECLARE thing text;
BEGIN
    FOREACH thing IN ARRAY ARRAY['sec.recovery_code', 'sec.console_session', 'sec.invitation', 'sec.console_request', 'sec.console_look'] LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO hub_sec', thing);
        CALL sec.no_statistics(thing::regclass);
    END LOOP;
    CALL sec.no_statistics('sec.operator');
    CALL sec.no_statistics('public.tenant');
    FOREACH thing IN ARRAY ARRAY[
        'sec.live_session(uuid)', 'sec.at_console(text[], boolean)', 'sec.covers(sec.operator, text, text)',
        'sec.reaches(sec.operator, jsonb)', 'sec.checked_reason(jsonb)',
        'sec.open_console(uuid, text, text, bigint, bytea, uuid, bytea)', 'sec.console_caller(uuid, bytea)', 'sec.begin_step_up(uuid)',
        'sec.step_up(uuid, bigint)', 'sec.open_invitation(bytea)', 'sec.accept_invitation(bytea, text, bytea, bigint, bytea[])',
        'sec.keep_recovery_codes(uuid, bytea[])', 'sec.end_all_of(uuid)', 'sec.announce_console(text, text)'] LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO hub_sec', thing);
    END LOOP;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO hub_console', current_database());
END $$;
REVOKE ALL ON ALL ROUTINES IN SCHEMA sec FROM PUBLIC;
GRANT USAGE ON SCHEMA sec TO hub_console;
GRANT EXECUTE ON FUNCTION sec.hello(), sec.enter(text), sec.announce_console(text, text) TO hub_console;
GRANT EXECUTE ON FUNCTION sec.open_console(uuid, text, text, bigint, bytea, uuid, bytea), sec.console_caller(uuid, bytea),
    sec.begin_step_up(uuid), sec.step_up(uuid, bigint), sec.open_invitation(bytea),
    sec.accept_invitation(bytea, text, bytea, bigint, bytea[]) TO hub_auth;
