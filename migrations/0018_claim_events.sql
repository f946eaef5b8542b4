-- As in 0008, said so that PostgreSQL needs no statistics (0017) to do it well: the first waiting event of each school by one walk
-- over the index of those that wait, and not by asking of each whether there is one before it. With 20,000 waiting (a receiver that
-- is away) it takes a seventh of the time that it took with statistics.
CREATE OR REPLACE FUNCTION sec.claim_events(most integer, lease interval)
RETURNS TABLE (tenant uuid, seq bigint, id uuid, type text, payload jsonb, occurred_at timestamptz, attempts integer)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.event e SET due_at = clock_timestamp() + lease, attempts = e.attempts + 1
    FROM (
        SELECT w.tenant_id, w.seq FROM (
            SELECT DISTINCT ON (f.tenant_id) f.tenant_id, f.seq FROM public.event f
            WHERE f.delivered_at IS NULL AND f.parked_at IS NULL ORDER BY f.tenant_id, f.seq) first
        JOIN public.event w ON w.tenant_id = first.tenant_id AND w.seq = first.seq
        -- Once more, for a row that another hub has changed meanwhile.
        WHERE w.delivered_at IS NULL AND w.parked_at IS NULL AND w.due_at <= clock_timestamp()
        ORDER BY w.due_at LIMIT most FOR UPDATE OF w SKIP LOCKED) ready
    WHERE e.tenant_id = ready.tenant_id AND e.seq = ready.seq
    RETURNING e.tenant_id, e.seq, e.id, e.type, e.payload, e.occurred_at, e.attempts
$$;
