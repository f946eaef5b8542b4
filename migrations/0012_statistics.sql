-- No statistics on words and dates of records: names, numbers, birthdays. The planner's estimates come from all schools together,
-- and EXPLAIN shows them to any SQL; from the bounds of a histogram a patient intruder finds real names, if not whose. What is
-- left are estimates on flags, revisions and ids.
--
-- The plans do not need them: every query begins with the school, and its index decides.

CREATE PROCEDURE sec.no_statistics(name regclass) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE target record;
BEGIN
    FOR target IN
        SELECT a.attname FROM pg_attribute a
        WHERE a.attrelid = name AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN ('text'::regtype, 'date'::regtype)
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', name, target.attname);
    END LOOP;
    -- An index over an expression has statistics of its own.
    FOR target IN
        SELECT i.indexrelid::regclass AS index, a.attnum FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indexrelid
        WHERE i.indrelid = name AND i.indkey[a.attnum - 1] = 0 AND a.atttypid = 'text'::regtype
    LOOP
        EXECUTE format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS 0', target.index, target.attnum);
    END LOOP;
END $$;
REVOKE ALL ON PROCEDURE sec.no_statistics(regclass) FROM PUBLIC;

-- As in 0006, and this.
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
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', name);
    EXECUTE format('GRANT SELECT ON %s TO hub_operator', name);
END $$;

DO $$
DECLARE walled regclass;
BEGIN
    FOR walled IN SELECT p.polrelid::regclass FROM pg_policy p WHERE p.polname = 'wall' LOOP
        CALL sec.no_statistics(walled);
    END LOOP;
END $$;
DO $$
BEGIN
    -- What an ANALYZE has collected so far stays otherwise, for no later one looks at these columns again.
    DELETE FROM pg_statistic s USING pg_policy p, pg_attribute a
        WHERE p.polname = 'wall' AND s.starelid = p.polrelid AND a.attrelid = s.starelid AND a.attnum = s.staattnum
            AND a.atttypid IN ('text'::regtype, 'date'::regtype);
    DELETE FROM pg_statistic s USING pg_policy p, pg_index i
        WHERE p.polname = 'wall' AND i.indrelid = p.polrelid AND s.starelid = i.indexrelid;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'only a superuser takes away statistics that were collected already';
END $$;
