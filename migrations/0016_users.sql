-- A school's people at the hub (account) and at its PCs (school_user) are the same people: whichever is changed, the other
-- follows in the same transaction. So an office can check a password without a network, and a user that a school made offline can
-- sign in at the hub afterwards. docs/adr/0012-users-at-the-office.md
--
-- The functions run as hub_sec: what a school may change of its accounts otherwise is decided in 0009 and hub/src/people.

GRANT SELECT, INSERT, UPDATE ON school_user TO hub_sec;
CREATE POLICY decide ON school_user TO hub_sec USING (true) WITH CHECK (true);
GRANT UPDATE ON tenant_clock TO hub_sec;
CREATE POLICY take ON tenant_clock FOR UPDATE TO hub_sec USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON change_log TO hub_sec;
CREATE POLICY log ON change_log TO hub_sec USING (true) WITH CHECK (true);
GRANT USAGE ON SCHEMA sync TO hub_sec;
GRANT EXECUTE ON FUNCTION sync.take(uuid, bigint) TO hub_sec;
GRANT UPDATE (name, role, disabled_at) ON account TO hub_sec;

-- The change log does not keep what a password is checked against: that it changed is enough for merging and for the audit.
CREATE FUNCTION sync.leave_out_verifiers() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.fields := jsonb_set(NEW.fields, '{verifier}', '[null, null]');
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION sync.leave_out_verifiers() FROM PUBLIC;
CREATE TRIGGER leave_out_verifiers BEFORE INSERT ON change_log
    FOR EACH ROW WHEN (NEW.entity = 'school_user' AND NEW.fields ? 'verifier') EXECUTE FUNCTION sync.leave_out_verifiers();

CREATE FUNCTION sec.user_follows_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE revision bigint;
BEGIN
    IF EXISTS (SELECT FROM public.school_user u WHERE u.tenant_id = NEW.tenant_id AND u.id = NEW.id) THEN
        UPDATE public.school_user u SET name = NEW.name, role = NEW.role, verifier = NEW.password_hash,
                must_change = NEW.must_change_password, disabled = NEW.disabled_at IS NOT NULL
            WHERE u.tenant_id = NEW.tenant_id AND u.id = NEW.id
                AND (u.name, u.role, u.verifier, coalesce(u.must_change, false), coalesce(u.disabled, false)) IS DISTINCT FROM
                    (NEW.name, NEW.role, NEW.password_hash, NEW.must_change_password, NEW.disabled_at IS NOT NULL);
        RETURN NULL;
    END IF;
    revision := sync.take(NEW.tenant_id, 1);
    INSERT INTO public.school_user (tenant_id, id, rev, name, email, role, verifier, must_change, disabled)
        VALUES (NEW.tenant_id, NEW.id, revision, NEW.name, NEW.email, NEW.role, NEW.password_hash, NEW.must_change_password,
            NEW.disabled_at IS NOT NULL);
    UPDATE public.tenant_clock SET entity_rev = NULL, digest = NULL WHERE tenant_id = NEW.tenant_id;
    PERFORM pg_notify('hub', '');
    RETURN NULL;
END $$;
ALTER FUNCTION sec.user_follows_account() OWNER TO hub_sec;
REVOKE ALL ON FUNCTION sec.user_follows_account() FROM PUBLIC;
-- Of the columns that offices know; signing in alone changes nothing for them.
CREATE TRIGGER user_follows AFTER INSERT OR UPDATE OF name, role, password_hash, must_change_password, disabled_at ON account
    FOR EACH ROW EXECUTE FUNCTION sec.user_follows_account();

CREATE FUNCTION sec.account_follows_user() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone boolean := coalesce(NEW.disabled, false) OR NEW.deleted_at IS NOT NULL;
    before public.account;
BEGIN
    -- A user without an address or a password works at the school's PCs alone.
    IF NEW.verifier IS NULL THEN RETURN NULL; END IF;
    SELECT * INTO before FROM public.account a WHERE a.tenant_id = NEW.tenant_id AND a.id = NEW.id;
    IF before.id IS NULL THEN
        IF NEW.email IS NULL THEN RETURN NULL; END IF;
        BEGIN
            INSERT INTO public.account (tenant_id, id, email, name, role, password_hash, must_change_password, disabled_at)
                VALUES (NEW.tenant_id, NEW.id, lower(NEW.email), NEW.name, NEW.role, NEW.verifier,
                    coalesce(NEW.must_change, false), CASE WHEN gone THEN clock_timestamp() END);
        EXCEPTION WHEN unique_violation OR check_violation THEN
            -- The address is somebody else's, or none: the user stays one of the school's PCs.
            NULL;
        END;
        RETURN NULL;
    END IF;
    IF (before.name, before.role, before.password_hash, before.must_change_password, before.disabled_at IS NOT NULL)
            IS NOT DISTINCT FROM (NEW.name, NEW.role, NEW.verifier, coalesce(NEW.must_change, false), gone) THEN
        RETURN NULL;
    END IF;
    UPDATE public.account a SET name = NEW.name, role = NEW.role, password_hash = NEW.verifier,
            must_change_password = coalesce(NEW.must_change, false), updated_at = clock_timestamp(),
            disabled_at = CASE WHEN gone THEN coalesce(a.disabled_at, clock_timestamp()) END
        WHERE a.tenant_id = NEW.tenant_id AND a.id = NEW.id;
    IF gone OR before.password_hash <> NEW.verifier THEN
        UPDATE public.session s SET ended_at = clock_timestamp(), ended_why = CASE WHEN gone THEN 'disabled' ELSE 'password' END
            WHERE s.tenant_id = NEW.tenant_id AND s.account_id = NEW.id AND s.ended_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION sec.account_follows_user() OWNER TO hub_sec;
REVOKE ALL ON FUNCTION sec.account_follows_user() FROM PUBLIC;
CREATE TRIGGER account_follows AFTER INSERT OR UPDATE ON school_user
    FOR EACH ROW EXECUTE FUNCTION sec.account_follows_user();

-- Those who are there already.
UPDATE account SET name = name;
