//! What a request's SQL may execute of PostgreSQL's own functions, asked without the list that decided it.

use crate::Migrated;

/// Each does, or shows, something that no school may: parameters, SQL from texts, locks, other sessions and transactions, sizes,
/// statistics, files, large objects, sequences, slots, snapshots, signals. (`pg_notify` stays: the hub needs it.)
const NEVER: &[&str] = &[
    "set_config",
    "query_to_xml",
    "query_to_xml_and_xmlschema",
    "query_to_xmlschema",
    "cursor_to_xml",
    "table_to_xml",
    "schema_to_xml",
    "database_to_xml",
    "ts_stat",
    "pg_advisory_lock",
    "pg_try_advisory_lock",
    "pg_advisory_xact_lock",
    "pg_advisory_unlock_all",
    "pg_stat_get_activity",
    "pg_stat_get_backend_activity",
    "pg_stat_get_backend_idset",
    "pg_stat_get_backend_pid",
    "pg_stat_get_live_tuples",
    "pg_stat_get_dead_tuples",
    "pg_stat_get_tuples_inserted",
    "pg_stat_get_tuples_returned",
    "pg_stat_get_numscans",
    "pg_stat_get_xact_tuples_inserted",
    "pg_stat_get_db_numbackends",
    "pg_stat_get_progress_info",
    "pg_stat_get_wal_senders",
    "pg_stat_get_replication_slot",
    "pg_stat_clear_snapshot",
    "pg_stat_reset",
    "pg_lock_status",
    "pg_blocking_pids",
    "pg_safe_snapshot_blocking_pids",
    "pg_isolation_test_session_is_blocked",
    "pg_prepared_xact",
    "pg_database_size",
    "pg_relation_size",
    "pg_table_size",
    "pg_total_relation_size",
    "pg_indexes_size",
    "pg_tablespace_size",
    "pg_relation_filepath",
    "pg_read_file",
    "pg_read_binary_file",
    "pg_ls_dir",
    "pg_stat_file",
    "pg_current_logfile",
    "lo_create",
    "lo_open",
    "lo_get",
    "lo_put",
    "lo_import",
    "lo_export",
    "loread",
    "lowrite",
    "nextval",
    "currval",
    "setval",
    "lastval",
    "pg_sequence_last_value",
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_switch_wal",
    "pg_create_restore_point",
    "pg_promote",
    "pg_export_snapshot",
    "pg_current_snapshot",
    "txid_current",
    "txid_current_snapshot",
    "txid_status",
    "pg_xact_status",
    "pg_xact_commit_timestamp",
    "pg_last_committed_xact",
    "pg_current_wal_lsn",
    "pg_current_wal_insert_lsn",
    "pg_logical_emit_message",
    "pg_create_logical_replication_slot",
    "pg_logical_slot_get_changes",
    "pg_logical_slot_peek_changes",
    "pg_drop_replication_slot",
    "pg_get_replication_slots",
    "pg_replication_origin_create",
    "pg_sleep",
    "pg_sleep_for",
    "pg_notification_queue_usage",
    "pg_conf_load_time",
    "pg_postmaster_start_time",
    "pg_show_all_settings",
    "pg_import_system_collations",
    "currtid2",
    "brin_summarize_new_values",
    "gin_clean_pending_list",
    "pg_nextoid",
    "binary_upgrade_set_next_pg_type_oid",
    "pg_hba_file_rules",
    "pg_show_all_file_settings",
    "pg_config",
    "pg_log_backend_memory_contexts",
];

/// What requests, the driver and the doors do use.
const NEEDED: &[&str] = &[
    "now",
    "clock_timestamp",
    "gen_random_uuid",
    "to_regtype",
    "format_type",
    "current_setting",
    "pg_current_xact_id",
    "pg_notify",
    "jsonb_build_array",
    "jsonb_object_keys",
    "to_jsonb",
    "concat_ws",
    "unnest",
    "sha256",
    "pg_prepared_statement",
    "pg_backend_pid",
];

#[tokio::test]
async fn requests_execute_only_what_sees_nothing_of_others() {
    let migrated = Migrated::new().await;
    let mut owner = migrated.owner().await;
    for (names, role, may) in [
        (NEVER, "hub_app", false),
        (NEVER, "hub_auth", false),
        (NEVER, "hub_operator", false),
        (NEVER, "hub_console", false),
        (NEEDED, "hub_app", true),
    ] {
        let known: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT proname::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY ($1)",
        )
        .bind(names)
        .fetch_all(&mut owner)
        .await
        .expect("a catalog");
        assert_eq!(
            known.len(),
            names.len(),
            "unknown: {:?}",
            names.iter().filter(|name| !known.contains(&(**name).into())).collect::<Vec<_>>()
        );
        let wrong: Vec<String> = sqlx::query_scalar(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY ($1)
             AND has_function_privilege($2, oid, 'EXECUTE') <> $3",
        )
        .bind(names)
        .bind(role)
        .bind(may)
        .fetch_all(&mut owner)
        .await
        .expect("a catalog");
        assert_eq!(wrong, Vec::<String>::new(), "{role}");
    }
}

#[tokio::test]
async fn a_function_that_opened_again_is_closed_at_the_next_start() {
    let migrated = Migrated::new().await;
    let mut owner = migrated.owner().await;
    let open = "SELECT has_function_privilege('hub_app', 'pg_lock_status()', 'EXECUTE')";
    sqlx::raw_sql("GRANT EXECUTE ON FUNCTION pg_lock_status() TO PUBLIC").execute(&mut owner).await.expect("a grant");
    assert!(sqlx::query_scalar::<_, bool>(open).fetch_one(&mut owner).await.expect("a catalog"));
    pems_hub::Admin::open(&migrated.config).await.expect("a start").close().await;
    assert!(!sqlx::query_scalar::<_, bool>(open).fetch_one(&mut owner).await.expect("a catalog"));
}
