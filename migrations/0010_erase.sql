-- The one way in which rows may be destroyed: `pems-hub school erase`, for a school that is suspended, as the database's owner.
-- It says so within its transaction; a DELETE by hand is refused as before.

CREATE OR REPLACE FUNCTION sync.keep_rows() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND coalesce(current_setting('pems.erasing', true), '') <> '' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'rows of % are never destroyed', TG_TABLE_NAME USING ERRCODE = 'PM012',
        HINT = 'UPDATE it and set deleted_at = now(): offices then learn of the deletion and nothing is lost.';
END $$;
