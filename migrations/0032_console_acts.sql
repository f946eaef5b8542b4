-- What the console shows and does. 0031 says who is asking, and has the list of states.

CREATE SCHEMA fleet;

-- Schools, without their people -----------------------------------------------------------------------------------------------

-- Those of the operator's scope, in the order of their ids.
CREATE FUNCTION fleet.schools(after uuid, most integer) RETURNS TABLE (id uuid, slug text, name text, school_id text, region text,
    division text, area text, municipality text, suspended_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me sec.operator := sec.at_console('{owner,support,viewer}', false);
BEGIN
    RETURN QUERY SELECT t.id, t.slug, t.name, t.school_id, t.region, t.division, t.area, t.municipality, t.suspended_at
        FROM public.tenant t WHERE (after IS NULL OR t.id > after) AND sec.covers(me, t.region, t.division)
        ORDER BY t.id LIMIT least(most, 1000);
END $$;

-- The one that was announced, and so is told in its own log that it was looked at.
CREATE FUNCTION fleet.school(of_school uuid) RETURNS TABLE (id uuid, slug text, name text, school_id text, region text,
    division text, area text, municipality text, suspended_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me sec.operator := sec.at_console('{owner,support,viewer}', false);
BEGIN
    RETURN QUERY SELECT t.id, t.slug, t.name, t.school_id, t.region, t.division, t.area, t.municipality, t.suspended_at
        FROM public.tenant t WHERE t.id = of_school AND t.id = sec.tenant() AND sec.covers(me, t.region, t.division);
END $$;

-- Acts ------------------------------------------------------------------------------------------------------------------------

-- One's own sessions.
CREATE FUNCTION sec.console_sessions() RETURNS TABLE (id uuid, begun_at timestamptz, seen_at timestamptz, ends_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me sec.operator := sec.at_console('{owner,support,viewer}', false);
BEGIN
    RETURN QUERY SELECT s.id, s.begun_at, s.seen_at, s.ends_at FROM sec.console_session o, sec.live_session(o.id) s
        WHERE o.operator_id = me.id AND s.id IS NOT NULL ORDER BY s.begun_at DESC;
END $$;
CREATE FUNCTION sec.end_console(of_session uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me sec.operator := sec.at_console('{owner,support,viewer}', false);
BEGIN
    UPDATE sec.console_session s SET ended_at = clock_timestamp()
        WHERE s.id = of_session AND s.operator_id = me.id AND (sec.live_session(s.id)).id IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such session' USING ERRCODE = 'PM007';
    END IF;
    PERFORM sec.append_audit('00000000-0000-0000-0000-000000000000', 'operator', me.id, 'console.signed_out', of_session, '{}');
END $$;

-- Shuts a school out, or lets it in again. False: it was so already.
CREATE FUNCTION sec.suspend_school(school uuid, suspend boolean, reason jsonb, event_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me sec.operator := sec.at_console('{owner,support}', true);
    why jsonb := sec.checked_reason(reason);
    found public.tenant;
BEGIN
    SELECT * INTO found FROM public.tenant t WHERE t.id = school FOR UPDATE;
    IF found.id IS NULL OR NOT sec.covers(me, found.region, found.division) THEN
        RAISE EXCEPTION 'there is no such school' USING ERRCODE = 'PM007';
    END IF;
    IF (found.suspended_at IS NOT NULL) = suspend THEN RETURN false; END IF;
    UPDATE public.tenant t SET suspended_at = CASE WHEN suspend THEN clock_timestamp() END,
        updated_at = greatest(clock_timestamp(), t.updated_at + interval '1 microsecond') WHERE t.id = school;
    PERFORM sec.append_audit(school, 'operator', me.id, CASE WHEN suspend THEN 'tenant.suspended' ELSE 'tenant.resumed' END, school,
        jsonb_build_object('reason', why));
    PERFORM sec.append_event(school, event_id, CASE WHEN suspend THEN 'TENANT_SUSPENDED' ELSE 'TENANT_RESUMED' END, '{}');
    RETURN true;
END $$;

-- Operators of the owner's scope, and what waits for them.
CREATE FUNCTION sec.console_operators() RETURNS TABLE (id uuid, email text, name text, role text, region text, division text,
    created_at timestamptz, last_sign_in_at timestamptz, disabled_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me sec.operator := sec.at_console('{owner}', false);
BEGIN
    RETURN QUERY SELECT o.id, o.email, o.name, o.role, o.region, o.division, o.created_at, o.last_sign_in_at, o.disabled_at
        FROM sec.operator o WHERE sec.covers(me, o.region, o.division) ORDER BY o.email;
END $$;
CREATE FUNCTION sec.console_invitations() RETURNS TABLE (operator uuid, email text, name text, role text, region text, division text,
    invited_by uuid, expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me sec.operator := sec.at_console('{owner}', false);
BEGIN
    RETURN QUERY SELECT i.operator_id, i.email, i.name, i.role, i.region, i.division, i.invited_by, i.expires_at
        FROM sec.invitation i WHERE i.expires_at > clock_timestamp() AND sec.covers(me, i.region, i.division) ORDER BY i.email;
END $$;
CREATE FUNCTION sec.withdraw_invitation(of_operator uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me sec.operator := sec.at_console('{owner}', false);
BEGIN
    DELETE FROM sec.invitation i WHERE i.operator_id = of_operator AND sec.covers(me, i.region, i.division);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such invitation' USING ERRCODE = 'PM007';
    END IF;
    PERFORM sec.append_audit('00000000-0000-0000-0000-000000000000', 'operator', me.id, 'operator.uninvited', of_operator, '{}');
END $$;
CREATE FUNCTION sec.console_requests() RETURNS TABLE (id uuid, act text, operator uuid, email text, role text, region text, division text,
    disabled boolean, reason jsonb, asked_by uuid, asked_at timestamptz, state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me sec.operator := sec.at_console('{owner}', false);
BEGIN
    RETURN QUERY SELECT r.id, r.act, (r.args ->> 'operator')::uuid, r.args ->> 'email', r.args ->> 'role', r.args ->> 'region',
            r.args ->> 'division', (r.args ->> 'disabled')::boolean, r.reason, r.asked_by, r.asked_at,
            CASE WHEN r.approved THEN 'approved' WHEN NOT r.approved THEN 'refused'
                WHEN r.asked_at <= clock_timestamp() - interval '24 hours' THEN 'lapsed' ELSE 'waiting' END
        FROM sec.console_request r WHERE r.asked_at > clock_timestamp() - interval '30 days' AND sec.reaches(me, r.args)
        ORDER BY r.asked_at DESC, r.id LIMIT 200;
END $$;

-- Carries out what may be done: `args` are operator, email, name, role, region, division, disabled, code_hash, as far as it needs.
CREATE FUNCTION sec.carry_out(act text, args jsonb, asked_by uuid, reason jsonb, second uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE target uuid := (args ->> 'operator')::uuid;
BEGIN
    IF act = 'invite' AND EXISTS (SELECT FROM sec.operator o WHERE o.email = args ->> 'email') THEN
        RAISE EXCEPTION 'there is such an operator' USING ERRCODE = 'PM008', CONSTRAINT = 'operator_email_key';
    ELSIF act = 'change' THEN
        UPDATE sec.operator o SET role = args ->> 'role', region = args ->> 'region', division = args ->> 'division',
            disabled_at = CASE WHEN (args ->> 'disabled')::boolean THEN coalesce(o.disabled_at, clock_timestamp()) END WHERE o.id = target;
        -- What was begun as what one was before does not go on.
        PERFORM sec.end_all_of(target);
        IF NOT EXISTS (SELECT FROM sec.operator o WHERE o.role = 'owner' AND o.region IS NULL AND o.disabled_at IS NULL) THEN
            RAISE EXCEPTION 'the hub keeps an owner' USING ERRCODE = 'PM009';
        END IF;
    ELSIF act = 'reset' THEN
        -- A text that is nobody's password; the old second factor is worth nothing without one.
        UPDATE sec.operator o SET password_hash = '$argon2id$reset' WHERE o.id = target;
        PERFORM sec.keep_recovery_codes(target, '{}');
        PERFORM sec.end_all_of(target);
    END IF;
    IF act IN ('invite', 'reset') THEN
        DELETE FROM sec.invitation i WHERE i.email = args ->> 'email' OR i.operator_id = target;
        INSERT INTO sec.invitation (operator_id, code_hash, email, name, role, region, division, invited_by, expires_at)
            VALUES (target, decode(args ->> 'code_hash', 'hex'), args ->> 'email', args ->> 'name', args ->> 'role', args ->> 'region',
                args ->> 'division', asked_by, clock_timestamp() + interval '3 days');
    END IF;
    PERFORM sec.append_audit('00000000-0000-0000-0000-000000000000', 'operator', asked_by,
        CASE act WHEN 'invite' THEN 'operator.invited' WHEN 'change' THEN 'operator.changed' ELSE 'operator.reset' END, target,
        args - 'operator' - 'email' - 'name' - 'code_hash' || jsonb_build_object('reason', reason, 'second_owner', second));
END $$;

-- Owners act upon each other one after the other, so that the last two cannot send each other away: who is asking is looked up
-- again when it is their turn.
CREATE FUNCTION sec.one_by_one() RETURNS sec.operator
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM sec.operator o ORDER BY o.id FOR UPDATE;
    RETURN sec.at_console('{owner}', true);
END $$;

-- What an owner wants done with operators. True: it is done. False: it is about an owner, and waits as `new_request` for another
-- one, because there is another one.
CREATE FUNCTION sec.operator_act(new_request uuid, act text, args jsonb, reason jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me sec.operator := sec.at_console('{owner}', true);
    why jsonb := sec.checked_reason(reason);
    target sec.operator;
BEGIN
    me := sec.one_by_one();
    SELECT * INTO target FROM sec.operator o WHERE o.id = (args ->> 'operator')::uuid;
    IF act <> 'invite' THEN
        IF target.id IS NULL OR NOT sec.covers(me, target.region, target.division) THEN
            RAISE EXCEPTION 'there is no such operator' USING ERRCODE = 'PM007';
        END IF;
        args := jsonb_build_object('role', target.role, 'region', target.region, 'division', target.division,
            'disabled', target.disabled_at IS NOT NULL) || args || jsonb_build_object('email', target.email, 'name', target.name);
    END IF;
    -- Whom it is about is not for the request to say twice.
    IF act = 'reset' THEN
        args := args || jsonb_build_object('role', target.role, 'region', target.region, 'division', target.division);
    END IF;
    IF act = 'invite' AND target.id IS NOT NULL OR NOT sec.reaches(me, args) THEN
        RAISE EXCEPTION 'this is not within the scope of who asks' USING ERRCODE = '42501';
    END IF;
    IF 'owner' IN (args ->> 'role', coalesce(target.role, '')) AND EXISTS (SELECT FROM sec.operator o
        WHERE o.role = 'owner' AND o.disabled_at IS NULL AND o.id <> me.id AND sec.reaches(o, args)) THEN
        INSERT INTO sec.console_request (id, act, args, reason, asked_by) VALUES (new_request, act, args, why, me.id);
        PERFORM sec.append_audit('00000000-0000-0000-0000-000000000000', 'operator', me.id, 'console.asked', new_request,
            jsonb_build_object('act', act, 'operator', args -> 'operator', 'reason', why));
        RETURN false;
    END IF;
    PERFORM sec.carry_out(act, args, me.id, why, NULL);
    RETURN true;
END $$;

-- The second owner says yes or no; whoever asked may take it back.
CREATE FUNCTION sec.decide_request(of_request uuid, approve boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me sec.operator := sec.at_console('{owner}', true);
    asked sec.console_request;
BEGIN
    me := sec.one_by_one();
    SELECT * INTO asked FROM sec.console_request r WHERE r.id = of_request FOR UPDATE;
    IF asked.id IS NULL OR NOT sec.reaches(me, asked.args) THEN
        RAISE EXCEPTION 'there is no such request' USING ERRCODE = 'PM007';
    END IF;
    IF approve AND asked.asked_by = me.id THEN
        RAISE EXCEPTION 'the second owner is another person' USING ERRCODE = 'PM008', CONSTRAINT = 'console_request_second';
    END IF;
    IF asked.decided_at IS NOT NULL OR asked.asked_at <= clock_timestamp() - interval '24 hours' OR NOT EXISTS (
        SELECT FROM sec.operator o WHERE o.id = asked.asked_by AND o.role = 'owner' AND o.disabled_at IS NULL AND sec.reaches(o, asked.args)) THEN
        RAISE EXCEPTION 'the request is over' USING ERRCODE = 'PM008', CONSTRAINT = 'console_request_decided';
    END IF;
    UPDATE sec.console_request r SET decided_by = me.id, decided_at = clock_timestamp(), approved = approve WHERE r.id = asked.id;
    PERFORM sec.append_audit('00000000-0000-0000-0000-000000000000', 'operator', me.id,
        CASE WHEN approve THEN 'console.approved' ELSE 'console.refused' END, asked.id, '{}');
    IF approve THEN
        PERFORM sec.carry_out(asked.act, asked.args, asked.asked_by, asked.reason, me.id);
    END IF;
END $$;

-- Operators at the command line, and operator mode ----------------------------------------------------------------------------

DROP FUNCTION sec.add_operator(uuid, text, text, text, bytea);
CREATE FUNCTION sec.add_operator(new_id uuid, new_email text, new_name text, new_role text, new_region text, new_division text,
    new_hash text, new_sealed bytea, recovery bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.must_be_console();
    INSERT INTO sec.operator (id, email, name, role, region, division, password_hash, totp_sealed)
        VALUES (new_id, new_email, new_name, new_role, new_region, new_division, new_hash, new_sealed);
    PERFORM sec.keep_recovery_codes(new_id, recovery);
    DELETE FROM sec.invitation i WHERE i.email = new_email;
    PERFORM sec.audit_of('00000000-0000-0000-0000-000000000000', 'operator.added', new_id,
        jsonb_build_object('role', new_role, 'region', new_region, 'division', new_division));
END $$;

DROP FUNCTION sec.operators();
CREATE FUNCTION sec.operators() RETURNS TABLE (id uuid, email text, name text, role text, region text, division text,
    created_at timestamptz, last_sign_in_at timestamptz, disabled_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.must_be_console();
    RETURN QUERY SELECT o.id, o.email, o.name, o.role, o.region, o.division, o.created_at, o.last_sign_in_at, o.disabled_at
        FROM sec.operator o ORDER BY o.email;
END $$;

-- Another role and scope. Null: there is no such operator.
CREATE FUNCTION sec.set_operator_role(of_email text, new_role text, new_region text, new_division text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE found uuid;
BEGIN
    PERFORM sec.must_be_console();
    UPDATE sec.operator o SET role = new_role, region = new_region, division = new_division WHERE o.email = of_email RETURNING o.id INTO found;
    IF found IS NOT NULL THEN
        PERFORM sec.end_all_of(found);
        PERFORM sec.audit_of('00000000-0000-0000-0000-000000000000', 'operator.changed', found,
            jsonb_build_object('role', new_role, 'region', new_region, 'division', new_division));
    END IF;
    RETURN found;
END $$;

-- As in 0011, and at the console.
CREATE OR REPLACE FUNCTION sec.disable_operator(of_email text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE found uuid;
BEGIN
    PERFORM sec.must_be_console();
    UPDATE sec.operator o SET disabled_at = coalesce(o.disabled_at, clock_timestamp()) WHERE o.email = of_email RETURNING o.id INTO found;
    IF found IS NOT NULL THEN
        PERFORM sec.end_all_of(found);
        PERFORM sec.audit_of('00000000-0000-0000-0000-000000000000', 'operator.disabled', found, '{}');
    END IF;
    RETURN found;
END $$;

DROP FUNCTION sec.reset_operator(uuid, text, bytea);
CREATE FUNCTION sec.reset_operator(of_operator uuid, new_hash text, new_sealed bytea, recovery bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.must_be_console();
    UPDATE sec.operator o SET password_hash = new_hash, totp_sealed = new_sealed, totp_last_step = 0, disabled_at = NULL
        WHERE o.id = of_operator;
    PERFORM sec.keep_recovery_codes(of_operator, recovery);
    DELETE FROM sec.invitation i WHERE i.operator_id = of_operator;
    DELETE FROM sec.attempt a USING sec.operator o WHERE o.id = of_operator AND a.who = sec.attempt_of_operator(o.email);
    PERFORM sec.end_all_of(of_operator);
    PERFORM sec.audit_of('00000000-0000-0000-0000-000000000000', 'operator.reset', of_operator, '{}');
END $$;

-- As in 0011; but records of all schools are for those who are of the whole hub, and never for viewers.
CREATE OR REPLACE FUNCTION sec.begin_operator(of_operator uuid, verified text, rehashed text, step bigint, new_mode uuid, new_reason text,
    OUT ends timestamptz, OUT name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE found text;
BEGIN
    IF EXISTS (SELECT FROM sec.operator o WHERE o.id = of_operator AND o.disabled_at IS NULL AND o.password_hash = verified
        AND o.totp_last_step < step AND (o.role = 'viewer' OR o.region IS NOT NULL)) THEN
        RAISE EXCEPTION 'operator mode is for owners and support of the whole hub' USING ERRCODE = 'PM014';
    END IF;
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

-- As in 0006, and for the console's role.
CREATE OR REPLACE FUNCTION sec.no_definitions() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user IN ('hub_app', 'hub_auth', 'hub_operator', 'hub_console') THEN
        RAISE EXCEPTION '% is not for %', tg_tag, session_user USING ERRCODE = '42501';
    END IF;
END $$;

-- Whose it is, and who may -----------------------------------------------------------------------------------------------------

ALTER SCHEMA fleet OWNER TO hub_sec;
DO $$
DECLARE thing text;
BEGIN
    FOREACH thing IN ARRAY ARRAY[
        'fleet.schools(uuid, integer)', 'fleet.school(uuid)', 'sec.console_sessions()', 'sec.end_console(uuid)',
        'sec.suspend_school(uuid, boolean, jsonb, uuid)', 'sec.console_operators()', 'sec.console_invitations()',
        'sec.withdraw_invitation(uuid)', 'sec.console_requests()', 'sec.carry_out(text, jsonb, uuid, jsonb, uuid)',
        'sec.one_by_one()', 'sec.operator_act(uuid, text, jsonb, jsonb)', 'sec.decide_request(uuid, boolean)',
        'sec.add_operator(uuid, text, text, text, text, text, text, bytea, bytea[])', 'sec.operators()',
        'sec.set_operator_role(text, text, text, text)', 'sec.reset_operator(uuid, text, bytea, bytea[])'] LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO hub_sec', thing);
    END LOOP;
END $$;
REVOKE ALL ON ALL ROUTINES IN SCHEMA sec, fleet FROM PUBLIC;
GRANT USAGE ON SCHEMA fleet TO hub_console;
GRANT EXECUTE ON FUNCTION fleet.schools(uuid, integer), fleet.school(uuid), sec.console_sessions(), sec.end_console(uuid),
    sec.suspend_school(uuid, boolean, jsonb, uuid), sec.console_operators(), sec.console_invitations(), sec.withdraw_invitation(uuid),
    sec.console_requests(), sec.operator_act(uuid, text, jsonb, jsonb), sec.decide_request(uuid, boolean) TO hub_console;
GRANT EXECUTE ON FUNCTION sec.add_operator(uuid, text, text, text, text, text, text, bytea, bytea[]), sec.operators(),
    sec.set_operator_role(text, text, text, text), sec.reset_operator(uuid, text, bytea, bytea[]) TO hub_operator;
