-- What happened to schools, as events that are delivered at least once; and what reading learners over the API needs.

-- Written in the transaction that makes it happen, so there is no event without its cause and no cause without its event. The
-- number within the school is taken under the lock of its audit chain's head: its order is the order of commits.
CREATE TABLE event (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    seq bigint NOT NULL CHECK (seq > 0),
    id uuid NOT NULL,
    type text NOT NULL CHECK (type ~ '^[A-Z]+(_[A-Z]+)+$'),
    payload jsonb NOT NULL CHECK (octet_length(payload::text) <= 16384),
    occurred_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    -- Nobody delivers it before: a hub at work on it has a lease, one that failed waits.
    due_at timestamptz NOT NULL,
    delivered_at timestamptz,
    -- Given up after too many attempts; the next start of a hub tries it once more.
    parked_at timestamptz,
    PRIMARY KEY (tenant_id, seq),
    UNIQUE (tenant_id, id)
);
CREATE INDEX event_waiting ON event (tenant_id, seq) WHERE delivered_at IS NULL AND parked_at IS NULL;
CALL sec.wall('event');
GRANT SELECT, INSERT, UPDATE, DELETE ON event TO hub_sec;
CREATE POLICY decide ON event TO hub_sec USING (true) WITH CHECK (true);

ALTER TABLE sec.audit_head ADD COLUMN event_seq bigint NOT NULL DEFAULT 0;

CREATE FUNCTION sec.append_event(school uuid, event_id uuid, event_type text, event_payload jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE next bigint;
BEGIN
    INSERT INTO sec.audit_head (tenant_id, seq, hash) VALUES (school, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
    UPDATE sec.audit_head h SET event_seq = h.event_seq + 1 WHERE h.tenant_id = school RETURNING h.event_seq INTO next;
    INSERT INTO public.event (tenant_id, seq, id, type, payload, occurred_at, due_at)
        VALUES (school, next, event_id, event_type, event_payload, clock_timestamp(), clock_timestamp());
    -- No payload: anyone may listen.
    PERFORM pg_notify('hub_events', '');
END $$;

-- By a request of a school, about itself. What becomes of schools is not theirs to say.
CREATE FUNCTION sec.emit(event_id uuid, event_type text, event_payload jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user <> 'hub_app' OR sec.tenant() IS NULL OR event_type LIKE 'TENANT\_%' THEN
        RAISE EXCEPTION 'there is no school to speak for' USING ERRCODE = '28000';
    END IF;
    PERFORM sec.append_event(sec.tenant(), event_id, event_type, event_payload);
END $$;

CREATE FUNCTION sec.emit_of(school uuid, event_id uuid, event_type text, event_payload jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user <> 'hub_operator' OR NOT sec.is_operator() THEN
        RAISE EXCEPTION 'only an operator speaks for any school' USING ERRCODE = '28000';
    END IF;
    PERFORM sec.append_event(school, event_id, event_type, event_payload);
END $$;

-- Takes the first waiting event of each of some schools. It is nobody else's for the time of the lease; a hub that dies with it
-- leaves it to another one.
CREATE FUNCTION sec.claim_events(most integer, lease interval)
RETURNS TABLE (tenant uuid, seq bigint, id uuid, type text, payload jsonb, occurred_at timestamptz, attempts integer)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.event e SET due_at = clock_timestamp() + lease, attempts = e.attempts + 1
    FROM (
        SELECT w.tenant_id, w.seq FROM public.event w
        WHERE w.delivered_at IS NULL AND w.parked_at IS NULL AND w.due_at <= clock_timestamp()
            AND NOT EXISTS (SELECT FROM public.event before WHERE before.tenant_id = w.tenant_id AND before.seq < w.seq
                AND before.delivered_at IS NULL AND before.parked_at IS NULL)
        ORDER BY w.due_at LIMIT most FOR UPDATE SKIP LOCKED) ready
    WHERE e.tenant_id = ready.tenant_id AND e.seq = ready.seq
    RETURNING e.tenant_id, e.seq, e.id, e.type, e.payload, e.occurred_at, e.attempts
$$;

CREATE FUNCTION sec.event_delivered(school uuid, event_seq bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.event e SET delivered_at = clock_timestamp() WHERE e.tenant_id = school AND e.seq = event_seq
$$;

-- wait is null where it is given up.
CREATE FUNCTION sec.event_failed(school uuid, event_seq bigint, wait interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.event e SET due_at = clock_timestamp() + coalesce(wait, interval '0'),
        parked_at = CASE WHEN wait IS NULL THEN clock_timestamp() END
    WHERE e.tenant_id = school AND e.seq = event_seq AND e.delivered_at IS NULL
$$;

-- At the start of a hub: what was given up gets another chance, what was delivered long ago goes.
CREATE FUNCTION sec.tidy_events(keep interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.event e SET parked_at = NULL, attempts = 0, due_at = clock_timestamp() WHERE e.parked_at IS NOT NULL;
    DELETE FROM public.event e WHERE e.delivered_at < clock_timestamp() - keep;
$$;

-- For the hub's metrics: numbers about schools, nothing of their records.
CREATE POLICY decide ON tenant_clock FOR SELECT TO hub_sec USING (true);
GRANT SELECT ON tenant_clock TO hub_sec;
CREATE FUNCTION sec.levels(OUT tenant uuid, OUT rev bigint, OUT suspended boolean, OUT devices_seen bigint, OUT storage_quota bigint)
RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.id, c.rev, t.suspended_at IS NOT NULL,
        (SELECT count(*) FROM public.device d WHERE d.tenant_id = t.id AND d.last_seen_at > clock_timestamp() - interval '1 day'),
        CASE WHEN jsonb_typeof(t.metadata #> '{limits,storageQuota}') = 'number' THEN (t.metadata #>> '{limits,storageQuota}')::numeric::bigint END
    FROM public.tenant t JOIN public.tenant_clock c ON c.tenant_id = t.id
$$;
CREATE FUNCTION sec.event_counts(OUT waiting bigint, OUT parked bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) FILTER (WHERE e.parked_at IS NULL), count(*) FILTER (WHERE e.parked_at IS NOT NULL)
    FROM public.event e WHERE e.delivered_at IS NULL
$$;

-- For `pems-hub verify --audit`, which reads every chain as the database's owner.
CREATE POLICY decide ON audit_log FOR SELECT TO hub_sec USING (true);

DO $$
DECLARE thing text;
BEGIN
    FOREACH thing IN ARRAY ARRAY['sec.append_event(uuid, uuid, text, jsonb)', 'sec.emit(uuid, text, jsonb)',
        'sec.emit_of(uuid, uuid, text, jsonb)', 'sec.claim_events(integer, interval)', 'sec.event_delivered(uuid, bigint)',
        'sec.event_failed(uuid, bigint, interval)', 'sec.tidy_events(interval)', 'sec.levels()', 'sec.event_counts()'] LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO hub_sec', thing);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', thing);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION sec.emit(uuid, text, jsonb) TO hub_app;
GRANT EXECUTE ON FUNCTION sec.emit_of(uuid, uuid, text, jsonb) TO hub_operator;
GRANT EXECUTE ON FUNCTION sec.claim_events(integer, interval), sec.event_delivered(uuid, bigint),
    sec.event_failed(uuid, bigint, interval), sec.tidy_events(interval), sec.levels(), sec.event_counts() TO hub_auth;

-- As in 0005, but an operator who asks for a school that does not exist begins no chain for it.
CREATE OR REPLACE FUNCTION sec.announce(token text, doing text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who record;
    live sec.operator_mode;
    about uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
    SELECT * INTO who FROM sec.open_token(token);
    SELECT * INTO live FROM sec.operator_mode m WHERE m.id = who.actor AND m.ended_at IS NULL AND m.ends_at > clock_timestamp();
    IF who.mode <> 'opr' OR session_user <> 'hub_operator' OR live.id IS NULL THEN
        RAISE EXCEPTION 'this is not an operator with a reason and time left' USING ERRCODE = '28000';
    END IF;
    IF EXISTS (SELECT FROM public.tenant t WHERE t.id = who.tenant) THEN about := who.tenant; END IF;
    DELETE FROM sec.operator_entry e WHERE e.at < clock_timestamp() - interval '1 minute';
    INSERT INTO sec.operator_entry (nonce, mode_id) VALUES (sec.nonce(), live.id);
    PERFORM sec.append_audit(about, CASE WHEN live.operator_id IS NULL THEN 'console' ELSE 'operator' END, live.operator_id,
        'operator.entered', live.id, jsonb_build_object('doing', doing, 'reason', live.reason));
END $$;

-- What the hub remembers of a school's settings.
CREATE TRIGGER hint_settings AFTER UPDATE OF name, timezone, metadata ON tenant FOR EACH STATEMENT EXECUTE FUNCTION sync.hint();

-- Names without what spellings differ in: the same as pems_model::fold, for the letters of Latin names. Kept as a column,
-- because under row-level security no function of ours could use an index.
CREATE FUNCTION sync.fold(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN btrim(replace(replace(replace(replace(
    -- Every word between spaces of its own, so that `Ma. Ma.` is two of them; then runs of spaces become one.
    replace(' ' || translate(upper(normalize(name, NFD)),
        U&'-/,\00A0.''\2019`\0300\0301\0302\0303\0304\0306\0307\0308\0309\030A\030B\030C\031B\0323\0324\0326\0327\0328', '    ') || ' ',
        ' ', '  '), ' MA ', ' MARIA '), ' ', U&' \0001'), U&'\0001 ', ''), U&'\0001', ''));
REVOKE ALL ON FUNCTION sync.fold(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sync.fold(text) TO hub_app;

-- "C": compared byte by byte, so that a prefix is a range of the index.
ALTER TABLE student ADD COLUMN search_key text COLLATE "C"
    GENERATED ALWAYS AS (sync.fold(last_name || ' ' || first_name || coalesce(' ' || middle_name, ''))) STORED;
CREATE INDEX student_name ON student (tenant_id, search_key, id);
CREATE INDEX student_lrn ON student (tenant_id, lrn) WHERE lrn IS NOT NULL;
CREATE INDEX enrolment_student ON enrolment (tenant_id, student);
CREATE INDEX section_membership_section ON section_membership (tenant_id, section);

-- As in 0003, without what is computed (a BEFORE trigger sees it empty).
CREATE OR REPLACE FUNCTION sync.renew() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed jsonb;
    deletes boolean := NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL;
BEGIN
    IF NEW.id <> OLD.id OR NEW.tenant_id <> OLD.tenant_id THEN
        RAISE EXCEPTION 'a record keeps its id and its school' USING ERRCODE = 'PM010',
            HINT = 'Set deleted_at on this row and make another one.';
    END IF;
    NEW.rev := sync.take(NEW.tenant_id, 1);
    SELECT coalesce(jsonb_object_agg(key, jsonb_build_array(o.value, n.value)), '{}') INTO changed
        FROM jsonb_each(to_jsonb(NEW)) n JOIN jsonb_each(to_jsonb(OLD)) o USING (key)
        WHERE n.value <> o.value AND key NOT IN ('tenant_id', 'rev', 'deleted_at', 'search_key');
    INSERT INTO public.change_log (tenant_id, replica_id, incarnation, op_no, change_id, rev, entity, row_id, kind, outcome,
            base_rev, fields, at, edited_at)
        VALUES (NEW.tenant_id, '00000000-0000-0000-0000-000000000000', 0, NEW.rev, gen_random_uuid(), NEW.rev, TG_TABLE_NAME,
            NEW.id, CASE WHEN deletes THEN 'delete' ELSE 'upsert' END, 'applied', OLD.rev, changed,
            (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, clock_timestamp());
    UPDATE public.tenant_clock SET entity_rev = NULL, digest = NULL WHERE tenant_id = NEW.tenant_id;
    PERFORM pg_notify('hub', '');
    RETURN NEW;
END $$;
