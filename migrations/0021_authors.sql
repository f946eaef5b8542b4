-- Who made a change is proved with the key of their password (docs/adr/0013-authors.md), and an address that an office changes is
-- the one to sign in with.

-- Of a verifier the change log keeps the last part: the public key, by which what was signed before a password changed is still
-- known to be signed. Without the salt no password can be tried against it.
CREATE OR REPLACE FUNCTION sync.leave_out_verifiers() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keys jsonb := '[]';
    kept text;
BEGIN
    FOR i IN 0..1 LOOP
        kept := CASE jsonb_typeof(NEW.fields -> 'verifier') WHEN 'array' THEN NEW.fields -> 'verifier' ->> i END;
        -- What comes out of an archive has lost the rest already.
        keys := keys || jsonb_build_array(nullif(CASE WHEN kept ^@ '$' THEN split_part(kept, '$', 6) ELSE kept END, ''));
    END LOOP;
    NEW.fields := jsonb_set(NEW.fields, '{verifier}', keys);
    RETURN NEW;
END $$;

-- An enrolment's events, when its status is to change.
CREATE INDEX enrolment_event_enrolment ON enrolment_event (tenant_id, enrolment);

GRANT UPDATE (email) ON account TO hub_sec;

CREATE OR REPLACE FUNCTION sec.account_follows_user() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone boolean := coalesce(NEW.disabled, false) OR NEW.deleted_at IS NOT NULL;
    address text := lower(NEW.email);
    before public.account;
BEGIN
    -- A user without an address or a password works at the school's PCs alone.
    IF NEW.verifier IS NULL THEN RETURN NULL; END IF;
    SELECT * INTO before FROM public.account a WHERE a.tenant_id = NEW.tenant_id AND a.id = NEW.id;
    IF before.id IS NULL THEN
        IF NEW.email IS NULL THEN RETURN NULL; END IF;
        BEGIN
            INSERT INTO public.account (tenant_id, id, email, name, role, password_hash, must_change_password, disabled_at)
                VALUES (NEW.tenant_id, NEW.id, address, NEW.name, NEW.role, NEW.verifier,
                    coalesce(NEW.must_change, false), CASE WHEN gone THEN clock_timestamp() END);
        EXCEPTION WHEN unique_violation OR check_violation THEN
            -- The address is somebody else's, or none: the user stays one of the school's PCs.
            NULL;
        END;
        RETURN NULL;
    END IF;
    -- A push refuses what is no address, or somebody else's; what comes here by another way leaves the account its old one.
    IF address IS NULL OR address !~ '^[^@[:space:]]+@[^@[:space:]]+$' OR length(address) NOT BETWEEN 3 AND 254
            OR EXISTS (SELECT FROM public.account a WHERE a.tenant_id = NEW.tenant_id AND a.email = address AND a.id <> NEW.id) THEN
        address := before.email;
    END IF;
    IF (before.name, before.email, before.role, before.password_hash, before.must_change_password, before.disabled_at IS NOT NULL)
            IS NOT DISTINCT FROM (NEW.name, address, NEW.role, NEW.verifier, coalesce(NEW.must_change, false), gone) THEN
        RETURN NULL;
    END IF;
    UPDATE public.account a SET name = NEW.name, email = address, role = NEW.role, password_hash = NEW.verifier,
            must_change_password = coalesce(NEW.must_change, false), updated_at = clock_timestamp(),
            disabled_at = CASE WHEN gone THEN coalesce(a.disabled_at, clock_timestamp()) END
        WHERE a.tenant_id = NEW.tenant_id AND a.id = NEW.id;
    IF gone OR before.password_hash <> NEW.verifier THEN
        UPDATE public.session s SET ended_at = clock_timestamp(), ended_why = CASE WHEN gone THEN 'disabled' ELSE 'password' END
            WHERE s.tenant_id = NEW.tenant_id AND s.account_id = NEW.id AND s.ended_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
