-- The built-in functions that PUBLIC, and so the hub's roles, may execute although nothing here needs them. The hub runs this
-- query at every start and revokes what it finds (a newer PostgreSQL brings new functions); the linter runs it too and reports
-- what could not be revoked. So this is the one list: what is not on it is closed.
--
-- Open without being named: functions that are immutable (they see their arguments and nothing else), aggregates, and what
-- types, operators, casts and indexes are made of. Everything else needs a line below, and a look at whether it
--   sets a parameter, runs SQL from a text, takes a lock, touches a file, a large object, a sequence or a slot,
--   or tells anything of other sessions, other transactions, sizes or statistics:
-- then it stays closed, or is granted by name to the one role that needs it (hub/src/lint/grants.sql).
WITH open_by_name (name) AS (SELECT unnest(ARRAY[
    -- Time. age(xid) is not here: it tells how many transactions others made.
    'now', 'transaction_timestamp', 'statement_timestamp', 'clock_timestamp', 'timeofday', 'age(timestamp with time zone)',
    'age(timestamp without time zone)', 'date_part', 'date_trunc', 'extract', 'make_timestamptz', 'timezone', 'timestamptz',
    'overlaps', 'generate_series', 'date_add', 'date_subtract', 'to_char', 'to_date', 'to_timestamp', 'to_number',
    'pg_timezone_names', 'pg_timezone_abbrevs', 'pg_timezone_abbrevs_zone', 'pg_timezone_abbrevs_abbrevs',
    -- Texts, arrays, JSON, full-text search: the session's locale or time zone is all they see beyond their arguments.
    'array_to_json', 'array_to_string', 'concat', 'concat_ws', 'convert', 'convert_from', 'convert_to', 'format', 'length',
    'quote_literal', 'quote_nullable', 'row_to_json', 'to_json', 'to_jsonb', 'json_build_array', 'json_build_object',
    'jsonb_build_array', 'jsonb_build_object', 'json_populate_record', 'json_populate_recordset', 'json_to_record',
    'json_to_recordset', 'jsonb_populate_record', 'jsonb_populate_recordset', 'jsonb_populate_record_valid', 'jsonb_to_record',
    'jsonb_to_recordset', 'jsonb_path_exists_tz', 'jsonb_path_match_tz', 'jsonb_path_query_tz', 'jsonb_path_query_array_tz',
    'jsonb_path_query_first_tz', 'json_to_tsvector', 'jsonb_to_tsvector', 'to_tsvector', 'to_tsquery', 'plainto_tsquery',
    'phraseto_tsquery', 'websearch_to_tsquery', 'get_current_ts_config', 'enum_first', 'enum_last', 'enum_range', 'enum_in',
    'enum_out', 'enum_send', 'xml_is_well_formed',
    -- Randomness.
    'random', 'random_normal', 'setseed', 'gen_random_uuid', 'uuidv4', 'uuidv7', 'array_sample', 'array_shuffle',
    -- One's own session, transaction and rights.
    'current_database', 'current_schema', 'current_schemas', 'current_user', 'session_user', 'getpgusername', 'current_setting',
    'current_query', 'version', 'getdatabaseencoding', 'pg_client_encoding', 'pg_char_to_encoding', 'pg_encoding_to_char',
    'pg_backend_pid', 'pg_cursor', 'pg_prepared_statement', 'pg_listening_channels', 'pg_my_temp_schema',
    'pg_is_other_temp_schema', 'pg_trigger_depth', 'pg_current_xact_id', 'pg_current_xact_id_if_assigned', 'pg_notify',
    'pg_typeof', 'pg_column_size', 'pg_column_compression', 'pg_collation_for', 'pg_has_role', 'row_security_active',
    'has_any_column_privilege', 'has_column_privilege', 'has_database_privilege', 'has_foreign_data_wrapper_privilege',
    'has_function_privilege', 'has_language_privilege', 'has_largeobject_privilege', 'has_parameter_privilege',
    'has_schema_privilege', 'has_sequence_privilege', 'has_server_privilege', 'has_table_privilege',
    'has_tablespace_privilege', 'has_type_privilege',
    -- Names of types and objects: what the driver asks about a type that it does not know.
    'format_type', 'oidvectortypes', 'to_regclass', 'to_regcollation', 'to_regnamespace', 'to_regoper', 'to_regoperator',
    'to_regproc', 'to_regprocedure', 'to_regrole', 'to_regtype', 'to_regtypemod'
])),
machinery (oid) AS (
    SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze]::oid[]) FROM pg_type
    UNION SELECT oprcode FROM pg_operator
    UNION SELECT castfunc FROM pg_cast
    UNION SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn,
        aggmfinalfn]::oid[]) FROM pg_aggregate
    UNION SELECT amproc FROM pg_amproc
    UNION SELECT unnest(ARRAY[rngcanonical, rngsubdiff]::oid[]) FROM pg_range
)
SELECT format('pg_catalog.%I(%s)', p.proname, oidvectortypes(p.proargtypes)) AS routine,
    pg_has_role(current_user, p.proowner, 'USAGE') AS may_revoke
FROM pg_proc p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.oid < 16384 AND p.prokind IN ('f', 'p') AND p.provolatile <> 'i'
    AND has_function_privilege('public', p.oid, 'EXECUTE')
    -- With an argument of type internal, or as a trigger, nobody can call it from SQL.
    AND NOT 'internal'::regtype = ANY (p.proargtypes) AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
    AND p.oid NOT IN (SELECT m.oid FROM machinery m WHERE m.oid IS NOT NULL)
    AND p.proname NOT IN (SELECT o.name FROM open_by_name o)
    AND format('%s(%s)', p.proname, oidvectortypes(p.proargtypes)) NOT IN (SELECT o.name FROM open_by_name o)
ORDER BY 1
