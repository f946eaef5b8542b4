-- What looks the same is the same (model/src/text.rs, model/src/fold.rs): what cannot be seen neither hides a learner from a search
-- nor makes a second account.

-- The characters that are taken out first: Default_Ignorable_Code_Point, and the blank of Braille.
--
-- As in 0008, by the rules of pems_model::fold of 2026-11: compatible letters are one, dashes are spaces, no apostrophe counts.
CREATE FUNCTION sync.fold_2(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN btrim(replace(replace(replace(replace(
    replace(' ' || translate(upper(normalize(
        translate(
            regexp_replace(name, '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]', '', 'g'), U&'\0131\00B4\2018\2019\201A\201B\2032\02BB\02BC\02BD''.`', 'i'), NFKD)),
        U&'-/,\00A0\2010\2011\2012\2013\2014\2015\2212\2043.''`\2019\0300\0301\0302\0303\0304\0306\0307\0308\0309\030A\030B\030C\031B\0323\0324\0326\0327\0328',
        '            ') || ' ',
        ' ', '  '), ' MA ', ' MARIA '), ' ', U&' \0001'), U&'\0001 ', ''), U&'\0001', ''));
REVOKE ALL ON FUNCTION sync.fold_2(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sync.fold_2(text) TO hub_app;

-- A computed column is not computed again when its function changes, so it is made anew.
ALTER TABLE student DROP COLUMN search_key;
ALTER TABLE student ADD COLUMN search_key text COLLATE "C"
    GENERATED ALWAYS AS (sync.fold_2(last_name || ' ' || first_name || coalesce(' ' || middle_name, ''))) STORED;
ALTER TABLE student ALTER COLUMN search_key SET STATISTICS 0;
CREATE INDEX student_name ON student (tenant_id, search_key, id);
DROP FUNCTION sync.fold(text);
ALTER FUNCTION sync.fold_2(text) RENAME TO fold;

-- Addresses as they are looked for from now on. Where somebody has that address already, the twin stays as it is and opens
-- nothing: an administrator disables it.
CREATE FUNCTION sync.address(typed text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN normalize(lower(normalize(
    regexp_replace(typed, '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]', '', 'g'), NFKC)), NFKC);
UPDATE account a SET email = sync.address(a.email)
    WHERE a.email <> sync.address(a.email) AND sync.address(a.email) ~ '^[^@[:space:]]+@[^@[:space:]]+$'
        AND a.id = (SELECT b.id FROM account b WHERE b.tenant_id = a.tenant_id AND sync.address(b.email) = sync.address(a.email)
            ORDER BY b.email <> sync.address(b.email), b.created_at, b.id LIMIT 1);
UPDATE sec.operator o SET email = sync.address(o.email)
    WHERE o.email <> sync.address(o.email) AND sync.address(o.email) ~ '^[^@[:space:]]+@[^@[:space:]]+$'
        AND o.id = (SELECT p.id FROM sec.operator p WHERE sync.address(p.email) = sync.address(o.email)
            ORDER BY p.email <> sync.address(p.email), p.created_at, p.id LIMIT 1);
UPDATE school_user u SET email = sync.address(u.email)
    WHERE u.email <> sync.address(u.email) AND sync.address(u.email) <> '' AND NOT EXISTS (
        SELECT FROM school_user v WHERE v.tenant_id = u.tenant_id AND v.id <> u.id AND sync.address(v.email) = sync.address(u.email));
DROP FUNCTION sync.address(text);
