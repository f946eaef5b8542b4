-- No statistics on anything of any school. The planner's estimates come from all schools together and EXPLAIN shows them to any
-- SQL, with a context or without: `EXPLAIN SELECT FROM enrolment c, generate_series(1, 1000000000) g (i) WHERE (c.school_year <
-- '...' OR g.i IS NULL)`, asked again and again, finds another school's ids letter by letter, its moments to the millisecond, and how
-- many records it has. 0012 had left out words and dates only.
--
-- So PostgreSQL is to know nothing of a table but how many rows and pages it has. The plans do not need more: every query begins
-- with the school, and its index decides (hub/tests/api/plans.rs, hub/tests/wall/estimates.rs).

-- As in 0012, for every column of any type and every expression of an index; and what was collected so far goes, which no later
-- ANALYZE would look at again. Whoever adds a column or an index to a table calls it once more: the linter reminds.
CREATE OR REPLACE PROCEDURE sec.no_statistics(name regclass) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE target record;
BEGIN
    FOR target IN
        SELECT a.attname FROM pg_attribute a
        WHERE a.attrelid = name AND a.attnum > 0 AND NOT a.attisdropped AND a.attstattarget IS DISTINCT FROM 0
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', name, target.attname);
    END LOOP;
    FOR target IN
        SELECT i.indexrelid::regclass AS index, a.attnum FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indexrelid
        WHERE i.indrelid = name AND i.indkey[a.attnum - 1] = 0 AND a.attstattarget IS DISTINCT FROM 0
    LOOP
        EXECUTE format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS 0', target.index, target.attnum);
    END LOOP;
    BEGIN
        DELETE FROM pg_statistic s WHERE s.starelid = name
            OR s.starelid IN (SELECT i.indexrelid FROM pg_index i WHERE i.indrelid = name);
    EXCEPTION WHEN insufficient_privilege THEN
        -- A table that has never been analyzed has none. Of another one only a superuser takes them away.
        IF (SELECT c.reltuples > 0 FROM pg_class c WHERE c.oid = name) THEN
            RAISE WARNING 'statistics that were collected on % before stay: let a superuser CALL sec.no_statistics(''%'')', name, name;
        END IF;
    END;
END $$;

-- As in 0013, without a word about the school's own column: no column has statistics.
CREATE OR REPLACE PROCEDURE sec.wall(name regclass, key text DEFAULT 'tenant_id') LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY wall ON %s AS RESTRICTIVE TO hub_app USING (sec.same(%I, (SELECT sec.tenant())))', name, key);
    EXECUTE format('CREATE POLICY own ON %s TO hub_app USING (%I = (SELECT sec.tenant()))', name, key);
    EXECUTE format('CREATE POLICY see ON %s FOR SELECT TO hub_operator USING ((SELECT sec.is_operator()))', name);
    CALL sec.no_statistics(name);
    CALL sec.no_merge(name);
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', name);
    EXECUTE format('GRANT SELECT ON %s TO hub_operator', name);
END $$;

-- All tables of ours, those that no request can read as well: nobody has to think about which.
DO $$
DECLARE ours regclass;
BEGIN
    FOR ours IN
        SELECT c.oid::regclass FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN ('public'::regnamespace, 'sec'::regnamespace)
    LOOP
        CALL sec.no_statistics(ours);
    END LOOP;
END $$;
