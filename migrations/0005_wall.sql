-- The wall, complete: two forms of the context, operators who leave a trace, and an audit log that cannot be rewritten quietly.
--
-- Where PostgreSQL lets hub_sec set a parameter that hub_app may not, the context is checked once for each transaction
-- (form 'parameter', see 0001). Where it does not (a managed PostgreSQL), the context is a sealed text that anybody may set and
-- only hub_sec can make, checked for each statement (form 'hmac'). sec.use_form chooses; everything else is the same.

ALTER TABLE tenant ADD CONSTRAINT tenant_id_check CHECK (id <> '00000000-0000-0000-0000-000000000000');

-- What contexts are sealed with in the form 'hmac'. Made here, never leaves the database.
CREATE TABLE sec.seal_key (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    inner_key bytea NOT NULL CHECK (length(inner_key) = 64),
    outer_key bytea NOT NULL CHECK (length(outer_key) = 64)
);
DO $$
DECLARE part bytea[];
BEGIN
    SELECT array_agg(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')))
        INTO part FROM generate_series(1, 4);
    INSERT INTO sec.seal_key (inner_key, outer_key) VALUES (part[1] || part[2], part[3] || part[4]);
END $$;

ALTER TABLE sec.ctx_key ADD COLUMN created_at timestamptz NOT NULL DEFAULT clock_timestamp();

-- Who changed or saw what beyond a school's own records (those are in change_log). Each entry carries the hash of the one
-- before, so a changed, removed or inserted entry breaks the chain. One chain for each school, so that schools never wait for
-- each other; the nil id is the chain of the hub itself.
CREATE TABLE audit_log (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    at timestamptz NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('device', 'user', 'operator', 'console', 'hub')),
    actor_id uuid,
    action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    subject uuid,
    details jsonb NOT NULL,
    previous bytea NOT NULL CHECK (length(previous) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (tenant_id, seq)
);
CALL sec.wall('audit_log');
GRANT SELECT ON audit_log TO hub_app, hub_sec;
GRANT INSERT ON audit_log TO hub_sec;
CREATE POLICY append ON audit_log FOR INSERT TO hub_sec WITH CHECK (true);

CREATE FUNCTION sec.keep_audit() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'PM013';
END $$;
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION sec.keep_audit();

-- The last entry of each chain; locking it puts writers in order.
CREATE TABLE sec.audit_head (
    tenant_id uuid PRIMARY KEY,
    seq bigint NOT NULL,
    hash bytea NOT NULL
);

-- The text that is hashed. hub/src/audit.rs computes the same. Only details is free text, and it is last.
CREATE FUNCTION sec.audit_text(entry audit_log) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws('|', entry.tenant_id, entry.seq, (extract(epoch FROM entry.at) * 1000000)::bigint, entry.actor_kind,
        coalesce(entry.actor_id::text, '-'), entry.action, coalesce(entry.subject::text, '-'), entry.details::text)
$$;

CREATE FUNCTION sec.append_audit(school uuid, kind text, actor uuid, action text, subject uuid, details jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head sec.audit_head;
    entry public.audit_log;
BEGIN
    INSERT INTO sec.audit_head VALUES (school, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM sec.audit_head h WHERE h.tenant_id = school FOR UPDATE;
    entry := ROW(school, head.seq + 1, clock_timestamp(), kind, actor, action, subject, coalesce(details, '{}'), head.hash, head.hash);
    entry.hash := sha256(head.hash || convert_to(sec.audit_text(entry), 'UTF8'));
    INSERT INTO public.audit_log SELECT entry.*;
    UPDATE sec.audit_head h SET seq = entry.seq, hash = entry.hash WHERE h.tenant_id = school;
END $$;

-- Operator mode: what lets a person who runs the hub look over all schools, for a reason and for 15 minutes at most.
-- operator_id is null for the hub's own command line.
CREATE TABLE sec.operator_mode (
    id uuid PRIMARY KEY,
    operator_id uuid,
    reason text NOT NULL CHECK (length(btrim(reason)) BETWEEN 1 AND 500),
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK (ends_at > begun_at AND ends_at <= begun_at + interval '15 minutes')
);

-- Announced transactions of operators. A crash may forget them: they are good for seconds.
CREATE UNLOGGED TABLE sec.operator_entry (
    nonce text PRIMARY KEY,
    mode_id uuid NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A keyed hash with the database's own key.
CREATE FUNCTION sec.seal(what text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(k.outer_key || sha256(k.inner_key || convert_to(what, 'UTF8'))), 'hex') FROM sec.seal_key k
$$;

-- The context of this transaction, proved: mode(3) _ tenant(32) _ actor(32), or null. Only the form 'hmac' asks it.
CREATE FUNCTION sec.proved() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held text := current_setting('pems.context', true);
    said text := left(held, 69);
BEGIN
    -- Sealed with this session and this transaction's start: of no use in any other.
    IF length(held) = 134 AND substr(held, 71) = sec.seal(concat_ws('.', 'context', pg_backend_pid(), extract(epoch FROM now()), said)) THEN
        RETURN said;
    END IF;
    RETURN NULL;
END $$;

-- Replaces the few functions in which the two forms differ.
CREATE PROCEDURE sec.use_form(form text) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $procedure$
BEGIN
    IF form = 'parameter' THEN
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.form() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 'parameter' $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
            RETURN nullif(substr(current_setting('backtrace_functions'), 38, 32), '')::uuid $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.actor() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
            RETURN nullif(substr(current_setting('backtrace_functions'), 71, 32), '')::uuid $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.mode() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
            RETURN nullif(substr(current_setting('backtrace_functions'), 34, 3), '') $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.is_operator() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
            RETURN substr(current_setting('backtrace_functions'), 34, 3) = 'opr' $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.nonce() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
            RETURN nullif(left(current_setting('backtrace_functions'), 32), '') $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.hello() RETURNS text LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = pg_catalog, pg_temp AS $body$
            DECLARE nonce text := replace(gen_random_uuid()::text, '-', '');
            BEGIN
                PERFORM set_config('backtrace_functions', nonce, false);
                RETURN nonce;
            END $body$ $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.hold(mode text, tenant uuid, actor uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = pg_catalog, pg_temp AS $body$
            BEGIN
                PERFORM set_config('backtrace_functions', concat_ws('_', sec.nonce(), mode, replace(tenant::text, '-', ''),
                    replace(actor::text, '-', '')), true);
            END $body$ $f$;
    ELSIF form = 'hmac' THEN
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.form() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 'hmac' $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL RESTRICTED
            RETURN substr(sec.proved(), 5, 32)::uuid $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.actor() RETURNS uuid LANGUAGE sql STABLE PARALLEL RESTRICTED
            RETURN substr(sec.proved(), 38, 32)::uuid $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.mode() RETURNS text LANGUAGE sql STABLE PARALLEL RESTRICTED
            RETURN left(sec.proved(), 3) $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.is_operator() RETURNS boolean LANGUAGE sql STABLE PARALLEL RESTRICTED
            RETURN coalesce(left(sec.proved(), 3) = 'opr', false) $f$;
        -- A nonce proves which session it was made for, because anybody may set the parameter that holds it.
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.nonce() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
            SET search_path = pg_catalog, pg_temp AS $body$
            DECLARE held text := current_setting('pems.nonce', true);
            BEGIN
                RETURN CASE WHEN substr(held, 17) = left(sec.seal(concat_ws('.', 'nonce', pg_backend_pid(), left(held, 16))), 16) THEN held END;
            END $body$ $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.hello() RETURNS text LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = pg_catalog, pg_temp AS $body$
            DECLARE
                start text := left(replace(gen_random_uuid()::text, '-', ''), 16);
                nonce text := start || left(sec.seal(concat_ws('.', 'nonce', pg_backend_pid(), start)), 16);
            BEGIN
                PERFORM set_config('pems.nonce', nonce, false);
                RETURN nonce;
            END $body$ $f$;
        EXECUTE $f$CREATE OR REPLACE FUNCTION sec.hold(mode text, tenant uuid, actor uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = pg_catalog, pg_temp AS $body$
            DECLARE said text := concat_ws('_', mode, replace(tenant::text, '-', ''), replace(actor::text, '-', ''));
            BEGIN
                PERFORM set_config('pems.context',
                    said || '_' || sec.seal(concat_ws('.', 'context', pg_backend_pid(), extract(epoch FROM now()), said)), true);
            END $body$ $f$;
    ELSE
        RAISE EXCEPTION 'the context has the forms parameter and hmac, not %', form;
    END IF;
END $procedure$;
DROP FUNCTION sec.enter(text, text);
CALL sec.use_form('parameter');

-- What a token says, once it is known to be genuine and in time.
-- token: v1.kid.tenant.actor.mode.exp.nonce.hmac, ids as 32 hex digits, exp in seconds since 1970.
CREATE FUNCTION sec.open_token(token text, OUT tenant uuid, OUT actor uuid, OUT mode text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
        RAISE EXCEPTION 'the context token is not genuine' USING ERRCODE = '28000', DETAIL = 'kid';
    END IF;
    IF now_s >= part[6]::numeric OR part[6]::numeric > now_s + 30 THEN
        RAISE EXCEPTION 'the context token has expired' USING ERRCODE = '28000',
            HINT = 'If this happens always, the clocks of the hub and the database differ.';
    END IF;
    IF part[7] IS DISTINCT FROM sec.nonce() THEN
        RAISE EXCEPTION 'the context token is for another connection or transaction' USING ERRCODE = '28000';
    END IF;
    tenant := part[3]::uuid; actor := part[4]::uuid; mode := part[5];
END $$;

-- An operator says what comes next. Committed on its own, before the transaction that it announces: what was looked at
-- stays in the log even if that transaction is rolled back.
CREATE FUNCTION sec.announce(token text, doing text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who record;
    live sec.operator_mode;
BEGIN
    SELECT * INTO who FROM sec.open_token(token);
    SELECT * INTO live FROM sec.operator_mode m WHERE m.id = who.actor AND m.ended_at IS NULL AND m.ends_at > clock_timestamp();
    IF who.mode <> 'opr' OR session_user <> 'hub_operator' OR live.id IS NULL THEN
        RAISE EXCEPTION 'this is not an operator with a reason and time left' USING ERRCODE = '28000';
    END IF;
    DELETE FROM sec.operator_entry e WHERE e.at < clock_timestamp() - interval '1 minute';
    INSERT INTO sec.operator_entry (nonce, mode_id) VALUES (sec.nonce(), live.id);
    PERFORM sec.append_audit(who.tenant, CASE WHEN live.operator_id IS NULL THEN 'console' ELSE 'operator' END, live.operator_id,
        'operator.entered', live.id, jsonb_build_object('doing', doing, 'reason', live.reason));
END $$;

-- Once for each transaction.
CREATE FUNCTION sec.enter(token text) RETURNS void
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
    ELSE
        RAISE EXCEPTION 'the context token is for another role' USING ERRCODE = '28000';
    END IF;
    PERFORM sec.hold(who.mode, who.tenant, who.actor);
END $$;

-- Entries by requests: a school's about itself, an operator's about any school.
CREATE FUNCTION sec.audit(action text, subject uuid, details jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user <> 'hub_app' OR sec.tenant() IS NULL THEN
        RAISE EXCEPTION 'there is no school to write about' USING ERRCODE = '28000';
    END IF;
    PERFORM sec.append_audit(sec.tenant(), CASE sec.mode() WHEN 'usr' THEN 'user' ELSE 'device' END, sec.actor(), action, subject, details);
END $$;
CREATE FUNCTION sec.audit_of(school uuid, action text, subject uuid, details jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE live sec.operator_mode;
BEGIN
    SELECT * INTO live FROM sec.operator_mode m WHERE m.id = sec.actor();
    IF session_user <> 'hub_operator' OR NOT sec.is_operator() OR live.id IS NULL THEN
        RAISE EXCEPTION 'only an operator writes about any school' USING ERRCODE = '28000';
    END IF;
    PERFORM sec.append_audit(school, CASE WHEN live.operator_id IS NULL THEN 'console' ELSE 'operator' END, live.operator_id, action, subject, details);
END $$;

-- Operator mode begins for the hub's own command line here; for people after they have signed in.
CREATE FUNCTION sec.begin_console(new_id uuid, reason text, OUT ends timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM sec.operator_mode m WHERE m.ends_at < clock_timestamp() - interval '1 day';
    INSERT INTO sec.operator_mode (id, reason, ends_at) VALUES (new_id, reason, clock_timestamp() + interval '14 minutes')
        RETURNING ends_at INTO ends;
END $$;

DO $$
DECLARE thing text;
BEGIN
    FOREACH thing IN ARRAY ARRAY['TABLE sec.seal_key', 'TABLE sec.audit_head', 'TABLE sec.operator_mode', 'TABLE sec.operator_entry',
        'FUNCTION sec.keep_audit()', 'FUNCTION sec.audit_text(audit_log)', 'FUNCTION sec.append_audit(uuid, text, uuid, text, uuid, jsonb)',
        'FUNCTION sec.seal(text)', 'FUNCTION sec.proved()', 'FUNCTION sec.form()', 'FUNCTION sec.actor()', 'FUNCTION sec.mode()',
        'FUNCTION sec.nonce()', 'FUNCTION sec.hold(text, uuid, uuid)', 'FUNCTION sec.open_token(text)', 'FUNCTION sec.announce(text, text)',
        'FUNCTION sec.enter(text)', 'FUNCTION sec.audit(text, uuid, jsonb)', 'FUNCTION sec.audit_of(uuid, text, uuid, jsonb)',
        'FUNCTION sec.begin_console(uuid, text)'] LOOP
        EXECUTE format('ALTER %s OWNER TO hub_sec', thing);
    END LOOP;
END $$;

-- What operators did before there was a chain goes into it.
SELECT sec.append_audit('00000000-0000-0000-0000-000000000000', 'console', NULL, 'operator.entered', NULL,
    jsonb_build_object('doing', l.reason, 'reason', 'command line', 'at', l.at)) FROM sec.operator_log l ORDER BY l.id;
DROP TABLE sec.operator_log;

REVOKE ALL ON ALL ROUTINES IN SCHEMA sec FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.form(), sec.tenant(), sec.actor(), sec.mode(), sec.is_operator(), sec.nonce(), sec.proved(),
    sec.hello(), sec.enter(text) TO hub_app, hub_operator;
GRANT EXECUTE ON FUNCTION sec.audit(text, uuid, jsonb) TO hub_app;
GRANT EXECUTE ON FUNCTION sec.announce(text, text), sec.audit_of(uuid, text, uuid, jsonb) TO hub_operator;
GRANT EXECUTE ON FUNCTION sec.begin_console(uuid, text) TO hub_auth;
