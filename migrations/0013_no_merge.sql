-- MERGE is not for requests. PostgreSQL 15 shows a MERGE that reads no column of its target every school's rows (the policies
-- for SELECT are left out): `MERGE INTO student USING (VALUES (1)) v ON true WHEN MATCHED AND false ...` answers "is there any",
-- and a function in its condition counts. A table with a rule refuses every MERGE; this one is for DELETE and does nothing.
CREATE PROCEDURE sec.no_merge(name regclass) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE RULE no_merge AS ON DELETE TO %s DO ALSO NOTHING', name);
END $$;
REVOKE ALL ON PROCEDURE sec.no_merge(regclass) FROM PUBLIC;

-- As in 0012, and this.
CREATE OR REPLACE PROCEDURE sec.wall(name regclass, key text DEFAULT 'tenant_id') LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY wall ON %s AS RESTRICTIVE TO hub_app USING (sec.same(%I, (SELECT sec.tenant())))', name, key);
    EXECUTE format('CREATE POLICY own ON %s TO hub_app USING (%I = (SELECT sec.tenant()))', name, key);
    EXECUTE format('CREATE POLICY see ON %s FOR SELECT TO hub_operator USING ((SELECT sec.is_operator()))', name);
    -- No statistics: the planner's estimates in EXPLAIN would tell which schools exist and how large they are.
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', name, key);
    CALL sec.no_statistics(name);
    CALL sec.no_merge(name);
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', name);
    EXECUTE format('GRANT SELECT ON %s TO hub_operator', name);
END $$;

DO $$
DECLARE walled regclass;
BEGIN
    FOR walled IN SELECT p.polrelid::regclass FROM pg_policy p WHERE p.polname = 'wall' LOOP
        CALL sec.no_merge(walled);
    END LOOP;
END $$;

-- An entry says what was done, not everything about it: without a bound a school's own SQL could make its log, and so its
-- export, as large as it likes.
ALTER TABLE audit_log ADD CONSTRAINT audit_log_details_check CHECK (octet_length(details::text) <= 16384);
