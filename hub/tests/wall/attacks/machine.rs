//! Functions that run SQL from a text, look at other sessions, take locks, touch files or the server itself.

use crate::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("a query as XML", "SELECT query_to_xml('SELECT * FROM student', true, true, '');\nSELECT table_to_xml('student', true, true, '');", "rows, as somebody else"),
    attack("everything as XML", "SELECT database_to_xml(true, true, '');\nSELECT schema_to_xml('public', true, true, '');\nSELECT query_to_xml_and_xmlschema('TABLE student', true, true, '');", "rows"),
    attack("a cursor as XML", "DECLARE c CURSOR FOR TABLE student;\nSELECT cursor_to_xml('c', 10, true, true, '');", "rows"),
    attack("a query for text search", "SELECT * FROM ts_stat('SELECT to_tsvector(last_name) FROM student');\nSELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, ''b''::tsquery');", "rows"),
    attack("an XML document from a file", "SELECT xmlparse(DOCUMENT '<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>');", "files"),
    attack("a way of one's own to the database", "SELECT dblink('host=/tmp', 'SELECT 1');\nSELECT * FROM dblink_connect('x');", "a session without a wall"),
    attack("other sessions", "SELECT * FROM pg_stat_activity;\nSELECT pg_stat_get_activity(NULL);", "what others ask, tokens included"),
    attack("other sessions, one by one", "SELECT pg_stat_get_backend_activity(i), pg_stat_get_backend_userid(i) FROM generate_series(1, 20) i;\nSELECT * FROM pg_stat_get_backend_idset();", "what others ask"),
    attack("other sessions' times", "SELECT pg_stat_get_backend_start(i), pg_stat_get_backend_xact_start(i), pg_stat_get_backend_wait_event(i) FROM generate_series(1, 20) i;", "when others ask"),
    attack("ending other sessions", "SELECT pg_terminate_backend(1);\nSELECT pg_cancel_backend(1);", "others' work"),
    attack("locks of others", "SELECT * FROM pg_locks;\nSELECT pg_lock_status();\nSELECT pg_blocking_pids(1);\nSELECT pg_safe_snapshot_blocking_pids(1);", "which tables others use"),
    attack("advisory locks", "SELECT pg_advisory_lock(hashtext('{b}'));\nSELECT pg_try_advisory_xact_lock(1, 2);\nSELECT pg_advisory_unlock_all();", "signals between schools"),
    attack("statistics of tables", "SELECT * FROM pg_stat_user_tables;\nSELECT pg_stat_get_live_tuples('student'::regclass);\nSELECT pg_stat_get_tuples_inserted('student'::regclass);", "how busy others are"),
    attack("statistics of my transaction", "SELECT * FROM pg_stat_xact_user_tables;\nSELECT pg_stat_get_xact_tuples_fetched('student'::regclass);", "rows that were looked at"),
    attack("statistics of functions and indexes", "SELECT * FROM pg_stat_user_functions;\nSELECT * FROM pg_stat_user_indexes;\nSELECT * FROM pg_statio_user_tables;", "how busy others are"),
    attack("statistics of the server", "SELECT * FROM pg_stat_database;\nSELECT * FROM pg_stat_bgwriter;\nSELECT * FROM pg_stat_wal;\nSELECT * FROM pg_stat_slru;", "how busy others are"),
    attack("resetting statistics", "SELECT pg_stat_reset();\nSELECT pg_stat_reset_single_table_counters('student'::regclass);", "the operators' view"),
    attack("sizes", "SELECT pg_relation_size('student');\nSELECT pg_total_relation_size('student');\nSELECT pg_table_size('student');\nSELECT pg_database_size(current_database());\nSELECT pg_tablespace_size('pg_default');", "how much others have"),
    attack("files of tables", "SELECT pg_relation_filepath('student');\nSELECT pg_relation_filenode('student');\nSELECT * FROM pg_ls_dir('.');\nSELECT * FROM pg_ls_waldir();", "files"),
    attack("reading files", "SELECT pg_read_file('/etc/passwd');\nSELECT pg_read_binary_file('base/1/1249');\nSELECT pg_stat_file('/etc/passwd');", "files"),
    attack("COPY with files and programs", "COPY student TO '/tmp/x';\nCOPY (SELECT 1) TO PROGRAM 'cat';\nCOPY student FROM PROGRAM 'echo';\nCOPY student FROM '/etc/passwd';", "files, the machine"),
    attack("large objects", "SELECT lo_create(7);\nSELECT lo_from_bytea(0, '\\x00');\nSELECT loread(0, 10);\nSELECT lowrite(0, '\\x00');\nSELECT lo_import('/etc/passwd');\nTABLE pg_largeobject;", "messages between schools, files"),
    attack("snapshots", "SELECT pg_export_snapshot();\nSET TRANSACTION SNAPSHOT '00000003-0000001B-1';", "another transaction's view"),
    attack("the log of writes", "SELECT pg_current_wal_lsn();\nSELECT pg_logical_emit_message(true, 'x', '{b}');\nSELECT pg_switch_wal();\nSELECT pg_walfile_name('0/0');", "how busy others are"),
    attack("replication slots", "SELECT pg_create_logical_replication_slot('x', 'test_decoding');\nSELECT * FROM pg_logical_slot_get_changes('x', NULL, NULL);\nSELECT pg_create_physical_replication_slot('y');", "all that is written"),
    attack("configuration", "SELECT pg_reload_conf();\nSELECT pg_rotate_logfile();\nSELECT * FROM pg_file_settings;\nSELECT * FROM pg_hba_file_rules;\nSELECT pg_current_logfile();", "the server"),
    attack("backup and recovery", "SELECT pg_backup_start('x');\nSELECT pg_promote();\nSELECT pg_create_restore_point('x');", "the server"),
    attack("memory of others", "SELECT pg_log_backend_memory_contexts(1);\nSELECT count(*) FROM pg_backend_memory_contexts;\nSELECT count(*) FROM pg_shmem_allocations;", "the server"),
    attack("prepared transactions", "PREPARE TRANSACTION 'mine';\nSELECT * FROM pg_prepared_xacts;\nSELECT pg_prepared_xact();\nCOMMIT PREPARED 'x';", "a context kept for later"),
    attack("transactions of others", "SELECT pg_current_snapshot();\nSELECT txid_current_snapshot();\nSELECT pg_xact_status('100');\nSELECT pg_last_committed_xact();\nSELECT pg_xact_commit_timestamp('100');", "how busy others are"),
    attack("sequences", "SELECT nextval('sec.operator_log_id_seq');\nSELECT last_value FROM pg_sequences;\nSELECT lastval();\nSELECT setval('x', 1);", "counters of others"),
    attack("passwords", "SELECT * FROM pg_authid;\nSELECT * FROM pg_shadow;\nSELECT rolpassword FROM pg_roles WHERE rolname LIKE 'hub%';\nSELECT * FROM pg_user_mapping;", "passwords"),
    attack("where the server is", "SHOW data_directory;\nSHOW hba_file;\nSELECT setting FROM pg_settings WHERE name IN ('data_directory', 'config_file', 'hba_file');", "the machine"),
    attack("upkeep", "COMMIT;\nVACUUM student;\nANALYZE student;\nREINDEX TABLE student;\nCLUSTER student USING student_pkey;\nCHECKPOINT;", "the server's time"),
    attack("indexes by hand", "SELECT brin_summarize_new_values('student_pkey'::regclass);\nSELECT gin_clean_pending_list('student_pkey'::regclass);", "the server's time"),
    // Refused, so it takes no time: the test fails where it is not.
    attack("sleeping", "SELECT pg_sleep(0);\nSELECT pg_sleep_for('0 s');\nSELECT pg_sleep_until(now());", "a connection for as long as one likes"),
    attack("more of the log", "SET log_statement = 'all';\nSET log_min_messages = debug5;\nSET log_lock_waits = on;\nSET log_min_duration_statement = 0;", "the server's log"),
    attack("more messages", "SET client_min_messages = debug5;\nSELECT * FROM student WHERE id = '{b_student}';\nSET client_min_messages = notice;", "what the server does for others").but_numbers(),
    attack("plans in messages", "SET debug_print_plan = on;\nSET debug_print_parse = on;\nSET client_min_messages = log;\nSELECT 1 FROM student;\nSET client_min_messages = notice;", "the server's log"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_function_looks_further_than_the_school() {
    super::all_fail(ATTACKS).await;
}
