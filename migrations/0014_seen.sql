-- A device was seen when it has proved who it is. sec.device is asked before that, about whoever a request names: it only looks.
CREATE OR REPLACE FUNCTION sec.device(device_id uuid,
    OUT tenant uuid, OUT public_key bytea, OUT role text, OUT revoked boolean, OUT suspended boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.tenant_id, d.public_key, d.role, d.revoked_at IS NOT NULL, t.suspended_at IS NOT NULL
    FROM public.device d JOIN public.tenant t ON t.id = d.tenant_id WHERE d.id::text = device_id::text
$$;

-- At most once a minute: an office that asks often must not cost writes.
CREATE FUNCTION sec.device_seen(device_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.device d SET last_seen_at = clock_timestamp()
    WHERE d.id::text = device_id::text AND (d.last_seen_at IS NULL OR d.last_seen_at < clock_timestamp() - interval '1 minute')
$$;
ALTER FUNCTION sec.device_seen(uuid) OWNER TO hub_sec;
REVOKE ALL ON FUNCTION sec.device_seen(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.device_seen(uuid) TO hub_auth;
