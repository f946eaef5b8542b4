-- A refresh token has one successor, however often and however many at once ask for it within the ten seconds of 0009: the hub
-- makes it from the token and a key of its own, so whoever asks again gets the same one, and it is kept once.
CREATE OR REPLACE FUNCTION sec.refresh(of_tenant uuid, of_session uuid, old_token bytea, new_token bytea,
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
        VALUES (of_tenant, of_session, new_token, token.generation + 1, least(at + interval '30 days', held.expires_at))
        ON CONFLICT DO NOTHING;
    verdict := 'ok'; account := who.id; role := who.role; must_change := who.must_change_password;
END $$;
