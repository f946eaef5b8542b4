-- People of a school: accounts and sessions. docs/adr/0010-sessions.md and 0011-tries.md tell why they are so.
--
-- Nobody but sec.* functions ever reads a password's hash. What happens before a school is known (signing in, refreshing) goes
-- through functions for hub_auth; what a school does with its own people goes through the wall as everything else does.

CREATE TABLE account (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    -- Lower case, as the hub folds it.
    email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(email) AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    role text NOT NULL CHECK (role IN ('school_admin', 'school_head', 'registrar', 'teacher', 'cashier', 'viewer')),
    -- PHC string.
    password_hash text NOT NULL CHECK (password_hash ^@ '$argon2id$'),
    must_change_password boolean NOT NULL DEFAULT false,
    -- An account is never deleted: what it did stays its own.
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    last_sign_in_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email)
);

CREATE TABLE session (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    -- Random: who can name it was given it.
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_why text CHECK (ended_why IN ('signed_out', 'reuse', 'password', 'reset', 'disabled', 'replaced')),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);
CREATE INDEX session_account ON session (tenant_id, account_id, created_at);

-- The refresh tokens with which a session may go on: the present generation, and the one before it for as long as an answer
-- may have been lost. Anything older, and anything else that names a living session, is a token that somebody has copied.
CREATE TABLE refresh_token (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    session_id uuid NOT NULL,
    -- SHA-256 of the token.
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
    generation integer NOT NULL CHECK (generation > 0),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (tenant_id, session_id, token_hash),
    FOREIGN KEY (tenant_id, session_id) REFERENCES session (tenant_id, id)
);

CALL sec.wall('account');
CALL sec.wall('session');
CALL sec.wall('refresh_token');
-- No statistics on whom there is, either: the planner's would be over the people of all schools.
ALTER TABLE account ALTER email SET STATISTICS 0, ALTER name SET STATISTICS 0;
-- sec.wall lets operators read whole tables; of these, never the secrets.
REVOKE SELECT ON account, refresh_token FROM hub_operator;
GRANT SELECT (tenant_id, id, email, name, role, must_change_password, disabled_at, created_at, updated_at, last_sign_in_at)
    ON account TO hub_app, hub_operator;
GRANT INSERT (tenant_id, id, email, name, role, password_hash, must_change_password) ON account TO hub_app;
GRANT UPDATE (name, role, password_hash, must_change_password, disabled_at, updated_at) ON account TO hub_app;
GRANT SELECT, UPDATE (ended_at, ended_why) ON session TO hub_app;
CREATE POLICY decide ON account TO hub_sec USING (true);
CREATE POLICY decide ON session TO hub_sec USING (true);
CREATE POLICY decide ON refresh_token TO hub_sec USING (true);
GRANT SELECT, INSERT, UPDATE (password_hash, must_change_password, updated_at, last_sign_in_at) ON account TO hub_sec;
GRANT SELECT, INSERT, DELETE, UPDATE (ended_at, ended_why) ON session TO hub_sec;
GRANT SELECT, INSERT, DELETE, UPDATE (used_at) ON refresh_token TO hub_sec;

-- Tries to sign in, by SHA-256 of who it is about, whether such a person exists or not: a lock tells nothing about that.
CREATE TABLE sec.attempt (
    who bytea PRIMARY KEY CHECK (length(who) = 32),
    tries integer NOT NULL DEFAULT 0,
    -- When the next one is forgotten, less 15 minutes.
    since timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    -- Locks so far; each is longer than the one before.
    level integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    -- Whether the present lock is in the audit log.
    told boolean NOT NULL DEFAULT true
);
CREATE INDEX attempt_last ON sec.attempt (last_at);

-- What one more try at the time `at` makes of what is remembered. One try is forgotten in each 15 minutes; whoever has five
-- waits for a minute, and from then on each further one locks for longer (2, 4, 8, 15 minutes), until somebody gets it right or a
-- day has passed without a try. So nobody gets more than about a hundred guesses a day. hub/tests/people/lockout.rs holds it to
-- that.
CREATE FUNCTION sec.count_attempt(held sec.attempt, at timestamptz, OUT allowed boolean, OUT kept sec.attempt)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE forgotten integer := least(5, greatest(0, floor(extract(epoch FROM at - held.since) / 900)));
BEGIN
    kept := held;
    allowed := held.locked_until IS NULL OR held.locked_until <= at;
    IF NOT allowed THEN RETURN; END IF;
    kept.tries := greatest(0, held.tries - forgotten);
    kept.since := CASE WHEN kept.tries = 0 THEN at ELSE held.since + forgotten * interval '15 minutes' END;
    IF held.last_at < at - interval '24 hours' THEN
        kept.level := 0;
    END IF;
    kept.last_at := at;
    kept.tries := kept.tries + 1;
    IF kept.tries >= 5 OR kept.level > 0 THEN
        kept.level := least(kept.level + 1, 5);
        kept.locked_until := at + make_interval(mins => least(15, (2 ^ (kept.level - 1))::integer));
        kept.tries := 0; kept.since := at; kept.told := false;
    END IF;
END $$;

-- Counts a try before it is made, so that tries at the same time cannot be more than were left. A right one takes it back
-- (sec.forget_attempts). wait_s: null if it may be made, else the seconds until one may.
CREATE FUNCTION sec.begin_attempt(new_who bytea, OUT wait_s integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at timestamptz := clock_timestamp();
    held sec.attempt;
    outcome record;
BEGIN
    INSERT INTO sec.attempt (who, since, last_at) VALUES (new_who, at, at) ON CONFLICT DO NOTHING;
    SELECT * INTO held FROM sec.attempt a WHERE a.who = new_who FOR UPDATE;
    SELECT * INTO outcome FROM sec.count_attempt(held, at);
    IF outcome.allowed THEN
        held := outcome.kept;
        UPDATE sec.attempt a SET (tries, since, last_at, level, locked_until, told)
            = (held.tries, held.since, held.last_at, held.level, held.locked_until, held.told) WHERE a.who = new_who;
    ELSE
        wait_s := greatest(1, ceil(extract(epoch FROM held.locked_until - at)));
    END IF;
    -- Old ones go a few at a time; after our own is locked and without waiting, so that nobody waits in a circle.
    DELETE FROM sec.attempt a WHERE a.who IN (SELECT o.who FROM sec.attempt o
        WHERE o.last_at < at - interval '25 hours' AND o.who <> new_who LIMIT 100 FOR UPDATE SKIP LOCKED);
END $$;

CREATE FUNCTION sec.attempt_of(slug text, email text) RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(convert_to(concat_ws('|', 'account', slug, email), 'UTF8'))
$$;
-- Whether the wrong try that was just made locked, and nobody has said so yet.
CREATE FUNCTION sec.tell_lock(of_whom bytea) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE sec.attempt a SET told = true WHERE a.who = of_whom AND NOT a.told AND a.locked_until > clock_timestamp();
    RETURN FOUND;
END $$;

-- Whom a sign-in is about: the account's ids and what its password is checked against, or nothing of the kind. An account that
-- is disabled counts as none.
CREATE FUNCTION sec.begin_sign_in(slug text, new_email text,
    OUT wait_s integer, OUT tenant uuid, OUT account uuid, OUT password_hash text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    wait_s := sec.begin_attempt(sec.attempt_of(slug, new_email));
    IF wait_s IS NULL THEN
        SELECT a.tenant_id, a.id, a.password_hash INTO tenant, account, password_hash
            FROM public.tenant t JOIN public.account a ON a.tenant_id = t.id
            WHERE lower(t.slug) = begin_sign_in.slug AND a.email = new_email AND a.disabled_at IS NULL;
    END IF;
END $$;

-- A wrong try. A lock is audited where there is an account.
CREATE FUNCTION sec.refuse_sign_in(slug text, new_email text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.tell_lock(sec.attempt_of(slug, new_email)) THEN
        PERFORM sec.append_audit(a.tenant_id, 'hub', NULL, 'account.locked', a.id, '{}')
            FROM public.tenant t JOIN public.account a ON a.tenant_id = t.id
            WHERE lower(t.slug) = refuse_sign_in.slug AND a.email = new_email;
    END IF;
END $$;

-- The password was right. `verified` is the hash it was checked against, `rehashed` its successor if that is out of date.
-- verdict: ok, wrong (the account changed meanwhile) or tenant_suspended.
CREATE FUNCTION sec.open_session(of_tenant uuid, of_account uuid, verified text, rehashed text, new_session uuid, new_token bytea,
    OUT verdict text, OUT name text, OUT email text, OUT role text, OUT must_change boolean,
    OUT school_name text, OUT slug text, OUT timezone text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who public.account;
    school public.tenant;
    ends timestamptz := clock_timestamp() + interval '90 days';
BEGIN
    SELECT * INTO who FROM public.account a WHERE a.tenant_id = of_tenant AND a.id = of_account FOR UPDATE;
    IF who.id IS NULL OR who.disabled_at IS NOT NULL OR who.password_hash <> verified THEN verdict := 'wrong'; RETURN; END IF;
    SELECT * INTO school FROM public.tenant t WHERE t.id = of_tenant;
    DELETE FROM sec.attempt a WHERE a.who = sec.attempt_of(school.slug, who.email);
    IF school.suspended_at IS NOT NULL THEN verdict := 'tenant_suspended'; RETURN; END IF;
    UPDATE public.account a SET last_sign_in_at = clock_timestamp(), password_hash = coalesce(rehashed, a.password_hash)
        WHERE a.tenant_id = of_tenant AND a.id = of_account;
    PERFORM sec.tidy_sessions(of_tenant, of_account);
    INSERT INTO public.session (tenant_id, id, account_id, expires_at) VALUES (of_tenant, new_session, of_account, ends);
    INSERT INTO public.refresh_token (tenant_id, session_id, token_hash, generation, expires_at)
        VALUES (of_tenant, new_session, new_token, 1, clock_timestamp() + interval '30 days');
    PERFORM sec.append_audit(of_tenant, 'user', of_account, 'session.started', new_session, '{}');
    verdict := 'ok'; name := who.name; email := who.email; role := who.role; must_change := who.must_change_password;
    school_name := school.name; slug := school.slug; timezone := school.timezone;
END $$;

-- Makes room for a new session: those over for a month go, and of the living ones the oldest beyond 20 end.
CREATE FUNCTION sec.tidy_sessions(of_tenant uuid, of_account uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone uuid[];
    surplus uuid[];
BEGIN
    SELECT array_agg(s.id) INTO gone FROM public.session s WHERE s.tenant_id = of_tenant AND s.account_id = of_account
        AND least(s.ended_at, s.expires_at) < clock_timestamp() - interval '30 days';
    IF gone IS NOT NULL THEN
        DELETE FROM public.refresh_token r WHERE r.tenant_id = of_tenant AND r.session_id = ANY (gone);
        DELETE FROM public.session s WHERE s.tenant_id = of_tenant AND s.id = ANY (gone);
    END IF;
    SELECT array_agg(o.id) INTO surplus FROM (
        SELECT s.id FROM public.session s WHERE s.tenant_id = of_tenant AND s.account_id = of_account
        AND s.ended_at IS NULL AND s.expires_at > clock_timestamp() ORDER BY s.created_at DESC, s.id OFFSET 19) o;
    IF surplus IS NOT NULL THEN
        UPDATE public.session s SET ended_at = clock_timestamp(), ended_why = 'replaced'
            WHERE s.tenant_id = of_tenant AND s.id = ANY (surplus);
    END IF;
END $$;

-- What the hub must know of a session before it believes an access token.
CREATE FUNCTION sec.session(of_tenant uuid, of_session uuid,
    OUT account uuid, OUT role text, OUT must_change boolean, OUT live boolean, OUT suspended boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.id, a.role, a.must_change_password,
        s.ended_at IS NULL AND s.expires_at > clock_timestamp() AND a.disabled_at IS NULL, t.suspended_at IS NOT NULL
    FROM public.session s JOIN public.account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
    JOIN public.tenant t ON t.id = s.tenant_id
    WHERE s.tenant_id = of_tenant AND s.id = of_session
$$;

-- A refresh token against its successor. verdict: ok, tenant_suspended, ended (sign in again), or reuse (this very call ended
-- the session, because the token was copied: it was used before, or it is not of this session at all).
--
-- Tokens of one generation are used as one. Within ten seconds of the first use the same generation may be used again and gets
-- another successor: an answer was lost on a bad line. Whoever comes later with it is not who came first.
CREATE FUNCTION sec.refresh(of_tenant uuid, of_session uuid, old_token bytea, new_token bytea,
    OUT verdict text, OUT account uuid, OUT role text, OUT must_change boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at timestamptz := clock_timestamp();
    held public.session;
    token public.refresh_token;
    who public.account;
BEGIN
    verdict := 'ended';
    SELECT * INTO held FROM public.session s WHERE s.tenant_id = of_tenant AND s.id = of_session FOR UPDATE;
    IF held.id IS NULL OR held.ended_at IS NOT NULL OR held.expires_at <= at THEN RETURN; END IF;
    SELECT * INTO who FROM public.account a WHERE a.tenant_id = of_tenant AND a.id = held.account_id;
    IF who.disabled_at IS NOT NULL THEN RETURN; END IF;
    IF EXISTS (SELECT FROM public.tenant t WHERE t.id = of_tenant AND t.suspended_at IS NOT NULL) THEN
        verdict := 'tenant_suspended'; RETURN;
    END IF;
    SELECT * INTO token FROM public.refresh_token r
        WHERE r.tenant_id = of_tenant AND r.session_id = of_session AND r.token_hash = old_token;
    IF token.session_id IS NULL OR token.used_at < at - interval '10 seconds' THEN
        UPDATE public.session s SET ended_at = at, ended_why = 'reuse' WHERE s.tenant_id = of_tenant AND s.id = of_session;
        DELETE FROM public.refresh_token r WHERE r.tenant_id = of_tenant AND r.session_id = of_session;
        PERFORM sec.append_audit(of_tenant, 'hub', NULL, 'session.reuse_detected', of_session, jsonb_build_object('account', who.id));
        verdict := 'reuse'; RETURN;
    END IF;
    IF token.expires_at <= at THEN RETURN; END IF;
    UPDATE public.refresh_token r SET used_at = at WHERE r.tenant_id = of_tenant AND r.session_id = of_session
        AND r.generation = token.generation AND r.used_at IS NULL;
    DELETE FROM public.refresh_token r WHERE r.tenant_id = of_tenant AND r.session_id = of_session AND r.generation < token.generation;
    INSERT INTO public.refresh_token (tenant_id, session_id, token_hash, generation, expires_at)
        VALUES (of_tenant, of_session, new_token, token.generation + 1, least(at + interval '30 days', held.expires_at));
    verdict := 'ok'; account := who.id; role := who.role; must_change := who.must_change_password;
END $$;

CREATE FUNCTION sec.sign_out(of_tenant uuid, of_session uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE who uuid;
BEGIN
    UPDATE public.session s SET ended_at = clock_timestamp(), ended_why = 'signed_out'
        WHERE s.tenant_id = of_tenant AND s.id = of_session AND s.ended_at IS NULL RETURNING s.account_id INTO who;
    IF who IS NOT NULL THEN
        DELETE FROM public.refresh_token r WHERE r.tenant_id = of_tenant AND r.session_id = of_session;
        PERFORM sec.append_audit(of_tenant, 'user', who, 'session.ended', of_session, '{}');
    END IF;
END $$;

-- As sec.begin_sign_in, for somebody who is signed in and says the password again. The same counter: whoever has found an open
-- screen does not get more guesses.
CREATE FUNCTION sec.begin_password_change(of_tenant uuid, of_session uuid,
    OUT wait_s integer, OUT account uuid, OUT password_hash text, OUT email text, OUT name text, OUT slug text, OUT school_name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT a.id, a.password_hash, a.email, a.name, t.slug, t.name INTO account, password_hash, email, name, slug, school_name
        FROM public.session s JOIN public.account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
        JOIN public.tenant t ON t.id = s.tenant_id
        WHERE s.tenant_id = of_tenant AND s.id = of_session AND s.ended_at IS NULL AND a.disabled_at IS NULL;
    IF account IS NOT NULL THEN
        wait_s := sec.begin_attempt(sec.attempt_of(slug, email));
    END IF;
END $$;

-- Gives the account another password and ends its sessions but `kept`. False: it changed meanwhile.
CREATE FUNCTION sec.change_password(of_tenant uuid, of_account uuid, kept uuid, verified text, new_hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE changed text;
BEGIN
    UPDATE public.account a SET password_hash = new_hash, must_change_password = false, updated_at = clock_timestamp()
        WHERE a.tenant_id = of_tenant AND a.id = of_account AND a.password_hash = verified AND a.disabled_at IS NULL
        RETURNING a.email INTO changed;
    IF changed IS NULL THEN RETURN false; END IF;
    DELETE FROM sec.attempt a USING public.tenant t WHERE t.id = of_tenant AND a.who = sec.attempt_of(t.slug, changed);
    UPDATE public.session s SET ended_at = clock_timestamp(), ended_why = 'password'
        WHERE s.tenant_id = of_tenant AND s.account_id = of_account AND s.id <> kept AND s.ended_at IS NULL;
    PERFORM sec.append_audit(of_tenant, 'user', of_account, 'user.password_changed', of_account, '{}');
    RETURN true;
END $$;

-- A school forgets the wrong tries of one of its people, who has a new password now.
CREATE FUNCTION sec.forgive(of_account uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM sec.attempt a USING public.tenant t JOIN public.account p ON p.tenant_id = t.id
        WHERE t.id = sec.tenant() AND p.id = of_account AND a.who = sec.attempt_of(t.slug, p.email);
END $$;

-- Operators do this for a school: its first administrator, and a password for one who is locked out.
CREATE FUNCTION sec.add_account_of(school uuid, new_id uuid, new_email text, new_name text, new_role text, new_hash text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.audit_of(school, 'user.created', new_id, jsonb_build_object('role', new_role));
    INSERT INTO public.account (tenant_id, id, email, name, role, password_hash, must_change_password)
        VALUES (school, new_id, new_email, new_name, new_role, new_hash, true);
END $$;
CREATE FUNCTION sec.reset_account_of(school uuid, of_email text, new_hash text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE found uuid;
BEGIN
    UPDATE public.account a SET password_hash = new_hash, must_change_password = true, updated_at = clock_timestamp()
        WHERE a.tenant_id = school AND a.email = of_email AND a.disabled_at IS NULL RETURNING a.id INTO found;
    IF found IS NULL THEN RETURN NULL; END IF;
    PERFORM sec.audit_of(school, 'user.password_reset', found, '{}');
    UPDATE public.session s SET ended_at = clock_timestamp(), ended_why = 'reset'
        WHERE s.tenant_id = school AND s.account_id = found AND s.ended_at IS NULL;
    DELETE FROM sec.attempt a USING public.tenant t WHERE t.id = school AND a.who = sec.attempt_of(t.slug, of_email);
    RETURN found;
END $$;

-- Hubs remember who is signed in; an empty hint of its own tells them to look again, without waking every held sync.
CREATE FUNCTION sync.hint_people() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('people', '');
    RETURN NULL;
END $$;
CREATE TRIGGER hint AFTER UPDATE OF role, disabled_at, must_change_password ON account
    FOR EACH STATEMENT EXECUTE FUNCTION sync.hint_people();
CREATE TRIGGER hint AFTER UPDATE OF ended_at ON session FOR EACH STATEMENT EXECUTE FUNCTION sync.hint_people();

DO $$
DECLARE thing text;
BEGIN
    FOREACH thing IN ARRAY ARRAY[
        'TABLE sec.attempt', 'FUNCTION sec.count_attempt(sec.attempt, timestamptz)', 'FUNCTION sec.begin_attempt(bytea)',
        'FUNCTION sec.attempt_of(text, text)', 'FUNCTION sec.tell_lock(bytea)', 'FUNCTION sec.begin_sign_in(text, text)',
        'FUNCTION sec.refuse_sign_in(text, text)', 'FUNCTION sec.open_session(uuid, uuid, text, text, uuid, bytea)',
        'FUNCTION sec.tidy_sessions(uuid, uuid)', 'FUNCTION sec.session(uuid, uuid)',
        'FUNCTION sec.refresh(uuid, uuid, bytea, bytea)', 'FUNCTION sec.sign_out(uuid, uuid)',
        'FUNCTION sec.begin_password_change(uuid, uuid)', 'FUNCTION sec.change_password(uuid, uuid, uuid, text, text)',
        'FUNCTION sec.forgive(uuid)', 'FUNCTION sec.add_account_of(uuid, uuid, text, text, text, text)',
        'FUNCTION sec.reset_account_of(uuid, text, text)'] LOOP
        EXECUTE format('ALTER %s OWNER TO hub_sec', thing);
    END LOOP;
END $$;
REVOKE ALL ON ALL ROUTINES IN SCHEMA sec, sync FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.begin_sign_in(text, text), sec.refuse_sign_in(text, text),
    sec.open_session(uuid, uuid, text, text, uuid, bytea), sec.session(uuid, uuid), sec.refresh(uuid, uuid, bytea, bytea),
    sec.sign_out(uuid, uuid), sec.begin_password_change(uuid, uuid), sec.change_password(uuid, uuid, uuid, text, text)
    TO hub_auth;
GRANT EXECUTE ON FUNCTION sec.forgive(uuid) TO hub_app;
GRANT EXECUTE ON FUNCTION sec.add_account_of(uuid, uuid, text, text, text, text), sec.reset_account_of(uuid, text, text)
    TO hub_operator;
