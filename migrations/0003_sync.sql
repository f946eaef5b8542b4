-- Revisions, replicas and the change log; and what guards every synced table. docs/sync.md has the promises.

-- One row for each school. Whoever writes locks it, takes a block of numbers, and keeps the lock until commit: so within a
-- school the order of revisions is the order of commits.
CREATE TABLE tenant_clock (
    tenant_id uuid PRIMARY KEY REFERENCES tenant (id),
    rev bigint NOT NULL DEFAULT 0 CHECK (rev >= 0),
    -- Numbers in (floor, rev] were taken by transaction xid: only that transaction may write them into rows.
    floor bigint NOT NULL DEFAULT 0,
    xid xid8 NOT NULL DEFAULT '0',
    -- {entity: highest revision in use} and {entity: digest}; null = unknown, found out at the next pull.
    entity_rev jsonb DEFAULT '{}',
    digest jsonb DEFAULT '{}'
);

-- How far each device's copy has come. Its id is the device's.
CREATE TABLE replica (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    incarnation bigint NOT NULL,
    last_op_no bigint NOT NULL,
    -- When its outbox was last seen empty: no edit that it sends later was made before.
    drained_at timestamptz,
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    -- Hub time minus office time, microseconds.
    clock_offset bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, id) REFERENCES device (tenant_id, id)
);

-- Who changed what, when, from which value to which: the audit trail, the answer to a repeated push, the memory for merging.
-- Entries that the hub itself makes have the nil replica and their revision as op_no.
CREATE TABLE change_log (
    tenant_id uuid NOT NULL,
    replica_id uuid NOT NULL,
    incarnation bigint NOT NULL,
    op_no bigint NOT NULL,
    change_id uuid NOT NULL,
    -- Null where nothing changed or the change was refused.
    rev bigint,
    entity text NOT NULL,
    row_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('upsert', 'delete')),
    outcome text NOT NULL CHECK (outcome IN ('applied', 'merged', 'conflict', 'refused')),
    problem jsonb,
    base_rev bigint NOT NULL,
    -- {field: [before, after]}; what was asked for, where it was refused.
    fields jsonb NOT NULL,
    grp uuid,
    user_id uuid,
    device_id uuid,
    -- Office time as sent, microseconds since 1970: a wrong clock may say anything.
    at bigint NOT NULL,
    -- The same, corrected.
    edited_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, replica_id, incarnation, op_no)
);
CREATE INDEX change_log_row ON change_log (tenant_id, row_id, rev) WHERE rev IS NOT NULL;

CALL sec.wall('tenant_clock');
CALL sec.wall('replica');
CALL sec.wall('change_log');
GRANT SELECT, UPDATE ON tenant_clock TO hub_app;
GRANT SELECT, INSERT, UPDATE ON replica TO hub_app;
GRANT SELECT, INSERT ON change_log TO hub_app;
GRANT INSERT (tenant_id) ON tenant_clock TO hub_operator;
CREATE POLICY add ON tenant_clock FOR INSERT TO hub_operator WITH CHECK ((SELECT sec.is_operator()));

CREATE FUNCTION sync.start_clock() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.tenant_clock (tenant_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER start_clock AFTER INSERT ON tenant FOR EACH ROW EXECUTE FUNCTION sync.start_clock();

-- Takes n revisions of a school for this transaction and gives the last of them.
CREATE FUNCTION sync.take(tenant uuid, n bigint) RETURNS bigint LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.tenant_clock SET
        floor = CASE WHEN xid = pg_current_xact_id() THEN floor ELSE rev END,
        rev = rev + n,
        xid = pg_current_xact_id()
    WHERE tenant_id = tenant RETURNING rev
$$;

-- Gives a row that is changed without a fresh revision (an administrator's UPDATE) what a change of an office has: a revision
-- and an entry in the change log.
CREATE FUNCTION sync.renew() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
        WHERE n.value <> o.value AND key NOT IN ('tenant_id', 'rev', 'deleted_at');
    INSERT INTO public.change_log (tenant_id, replica_id, incarnation, op_no, change_id, rev, entity, row_id, kind, outcome,
            base_rev, fields, at, edited_at)
        VALUES (NEW.tenant_id, '00000000-0000-0000-0000-000000000000', 0, NEW.rev, gen_random_uuid(), NEW.rev, TG_TABLE_NAME,
            NEW.id, CASE WHEN deletes THEN 'delete' ELSE 'upsert' END, 'applied', OLD.rev, changed,
            (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, clock_timestamp());
    UPDATE public.tenant_clock SET entity_rev = NULL, digest = NULL WHERE tenant_id = NEW.tenant_id;
    PERFORM pg_notify('hub', '');
    RETURN NEW;
END $$;

-- Refuses rows whose revision was not taken from the school's clock in this very transaction.
CREATE FUNCTION sync.check_revs() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n LEFT JOIN public.tenant_clock c ON c.tenant_id = n.tenant_id AND c.xid = pg_current_xact_id()
        WHERE c.tenant_id IS NULL OR n.rev <= c.floor OR n.rev > c.rev) THEN
        RAISE EXCEPTION 'a row of % has a revision that was not taken from tenant_clock in this transaction', TG_TABLE_NAME
            USING ERRCODE = 'PM011', HINT = 'Take one with sync.take(tenant, 1) and write it into rev.';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sync.keep_rows() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never destroyed', TG_TABLE_NAME USING ERRCODE = 'PM012',
        HINT = 'UPDATE it and set deleted_at = now(): offices then learn of the deletion and nothing is lost.';
END $$;

-- Everything that a synced table needs beyond its columns. Migrations call it right after CREATE TABLE.
CREATE PROCEDURE sync.guard(name text) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE full_name text := format('public.%I', name);
BEGIN
    CALL sec.wall(full_name::regclass);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %s TO hub_app', full_name);
    EXECUTE format('CREATE TRIGGER renew BEFORE UPDATE ON %s FOR EACH ROW
        WHEN (NEW.rev <= OLD.rev OR NEW.id <> OLD.id OR NEW.tenant_id <> OLD.tenant_id) EXECUTE FUNCTION sync.renew()', full_name);
    EXECUTE format('CREATE TRIGGER check_inserted AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION sync.check_revs()', full_name);
    EXECUTE format('CREATE TRIGGER check_updated AFTER UPDATE ON %s REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION sync.check_revs()', full_name);
    EXECUTE format('CREATE TRIGGER keep_deleted BEFORE DELETE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION sync.keep_rows()', full_name);
    EXECUTE format('CREATE TRIGGER keep_truncated BEFORE TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION sync.keep_rows()', full_name);
END $$;

REVOKE ALL ON ALL ROUTINES IN SCHEMA sync FROM PUBLIC;
GRANT USAGE ON SCHEMA sync TO hub_app;
GRANT EXECUTE ON FUNCTION sync.take(uuid, bigint) TO hub_app;
