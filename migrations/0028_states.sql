-- What the hub acts on has an SQLSTATE of its own: texts are for people, and may be said otherwise.
--   PM002  a context token that no key of this database made: a key was retired meanwhile, or somebody made the token up
--   PM003  the operator mode is over: its time is up, or it was ended

-- As in 0005, but for that.
CREATE OR REPLACE FUNCTION sec.open_token(token text, OUT tenant uuid, OUT actor uuid, OUT mode text)
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
        RAISE EXCEPTION 'the context token is not genuine' USING ERRCODE = 'PM002', DETAIL = 'kid';
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

-- As in 0008, but for that: who is no operator at all is told from one whose time is up.
CREATE OR REPLACE FUNCTION sec.announce(token text, doing text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who record;
    live sec.operator_mode;
    about uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
    SELECT * INTO who FROM sec.open_token(token);
    IF who.mode <> 'opr' OR session_user <> 'hub_operator' THEN
        RAISE EXCEPTION 'the context token is for another role' USING ERRCODE = '28000';
    END IF;
    SELECT * INTO live FROM sec.operator_mode m WHERE m.id = who.actor AND m.ended_at IS NULL AND m.ends_at > clock_timestamp();
    IF live.id IS NULL THEN
        RAISE EXCEPTION 'this is not an operator with a reason and time left' USING ERRCODE = 'PM003';
    END IF;
    IF EXISTS (SELECT FROM public.tenant t WHERE t.id = who.tenant) THEN about := who.tenant; END IF;
    DELETE FROM sec.operator_entry e WHERE e.at < clock_timestamp() - interval '1 minute';
    INSERT INTO sec.operator_entry (nonce, mode_id) VALUES (sec.nonce(), live.id);
    PERFORM sec.append_audit(about, CASE WHEN live.operator_id IS NULL THEN 'console' ELSE 'operator' END, live.operator_id,
        'operator.entered', live.id, jsonb_build_object('doing', doing, 'reason', live.reason));
END $$;
