//! What PostgreSQL keeps about tables, besides the rows.

use crate::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack(
        "common values",
        "SELECT * FROM pg_stats WHERE tablename IN ('student', 'staff', 'tenant');",
        "names, as statistics",
    ),
    attack(
        "statistics themselves",
        "SELECT * FROM pg_statistic;\nSELECT * FROM pg_statistic_ext_data;\nSELECT * FROM pg_stats_ext;\nSELECT * FROM pg_stats_ext_exprs;",
        "names, as statistics",
    ),
    attack(
        "rows by their place",
        "SELECT * FROM student WHERE ctid = '(0,1)';\nSELECT * FROM student WHERE ctid IN (SELECT format('(0,%s)', i)::tid FROM generate_series(1, 60) i) AND tenant_id <> '{a}';",
        "rows of any school",
    ),
    attack(
        "rows by ranges of places",
        "SELECT count(*) FROM student WHERE ctid > '(0,0)' AND ctid < '(99,0)' AND tenant_id <> '{a}';",
        "rows of any school",
    ),
    attack(
        "a place as a cursor",
        "DECLARE c CURSOR FOR SELECT * FROM student WHERE tenant_id = '{b}';\nFETCH ALL FROM c;\nUPDATE student SET remarks = 'x' WHERE CURRENT OF c;",
        "a row of B",
    ),
    attack(
        "system columns",
        "SELECT xmin, xmax, cmin, ctid, tableoid::regclass FROM student WHERE tenant_id = '{b}';\nSELECT tableoid::regclass, count(*) FROM student WHERE tenant_id <> '{a}' GROUP BY 1;",
        "rows of any school",
    ),
    attack(
        "samples",
        "SELECT count(*) FROM student TABLESAMPLE BERNOULLI (100) WHERE tenant_id <> '{a}';\nSELECT * FROM student TABLESAMPLE SYSTEM (100) REPEATABLE (1) WHERE tenant_id = '{b}';",
        "rows of any school",
    ),
    attack(
        "unions with the catalog",
        "SELECT id::text FROM student WHERE tenant_id = '{b}' UNION SELECT relname FROM pg_class WHERE relname = 'x';",
        "rows of B",
    ),
    attack(
        "functions' texts",
        "SELECT prosrc FROM pg_proc WHERE prosrc LIKE '%{b_hex}%';\nSELECT description FROM pg_description WHERE description LIKE '%{b}%';",
        "secrets in code",
    ),
    attack(
        "constants in policies",
        "SELECT count(*) FROM pg_policies WHERE qual LIKE '%{b}%';\nSELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'decide' LIMIT 1;",
        "secrets in code",
    ),
    attack(
        "settings of other roles",
        "SELECT * FROM pg_db_role_setting;\nSELECT rolname, rolconfig FROM pg_roles WHERE rolconfig IS NOT NULL;",
        "secrets in settings",
    ),
    attack(
        "the whole row as a text",
        "SELECT s::text FROM student s WHERE s::text LIKE '%{b_last_name}%';\nSELECT row_to_json(s) FROM student s WHERE tenant_id = '{b}';",
        "rows of B",
    ),
    attack(
        "the tables without a school",
        "TABLE hub;\nTABLE _sqlx_migrations;\nSELECT extra FROM hub;",
        "the hub's own state",
    ),
    attack(
        "the wall's tables",
        "TABLE sec.audit_head;\nTABLE sec.operator_mode;\nTABLE sec.operator_entry;",
        "who looks at whom",
    ),
    attack(
        "hidden columns and hidden tables by EXPLAIN",
        "EXPLAIN SELECT * FROM device_code WHERE code_hash = '{b_code_hash}';\nEXPLAIN TABLE sec.operator_mode;",
        "sizes of hidden tables",
    ),
    attack(
        "codes",
        "SELECT * FROM device_code;\nSELECT count(*) FROM device_code WHERE tenant_id = '{b}';",
        "codes of B",
    ),
    attack(
        "devices of others",
        "SELECT * FROM device WHERE id = '{b_device}' OR public_key = '{b_key}';\nSELECT count(*) FROM device WHERE tenant_id <> '{a}';",
        "devices of B",
    ),
    attack(
        "schools by name",
        "SELECT * FROM tenant WHERE slug = '{b_slug}' OR school_id = '{b_school_id}';\nSELECT count(*) FROM tenant;",
        "whether B exists",
    ),
    attack(
        "other schools' log",
        "SELECT * FROM audit_log WHERE tenant_id = '{b}';\nSELECT count(*) FROM audit_log WHERE tenant_id = '00000000-0000-0000-0000-000000000000';",
        "B's and the hub's log",
    ),
    attack(
        "other schools' changes",
        "SELECT fields FROM change_log WHERE tenant_id = '{b}';\nSELECT max(rev) FROM tenant_clock WHERE tenant_id = '{b}';",
        "B's records and how busy it is",
    ),
    attack(
        "what a view would show",
        "SELECT * FROM information_schema.tables WHERE table_name = '{b}';\nSELECT * FROM information_schema.triggers;\nSELECT count(*) FROM information_schema.column_privileges WHERE grantee = 'hub_operator';",
        "rights of others",
    ),
    attack(
        "a join that multiplies",
        "SELECT count(*) FROM student s JOIN guardian g ON g.tenant_id = '{b}' OR s.tenant_id = '{b}';\nSELECT count(*) FROM student s CROSS JOIN LATERAL (SELECT * FROM staff t WHERE t.tenant_id = '{b}') x;",
        "how many records B has",
    ),
    attack(
        "recursion",
        "WITH RECURSIVE r AS (SELECT id FROM student WHERE id = '{b_student}' UNION ALL SELECT s.id FROM student s JOIN r ON false) SELECT count(*) FROM r;",
        "a record of B",
    ),
    attack(
        "windows and sets",
        "SELECT count(*) OVER (), dense_rank() OVER (ORDER BY tenant_id) FROM student ORDER BY 2 DESC LIMIT 1;\nSELECT tenant_id FROM student EXCEPT SELECT '{a}';\nSELECT count(*) FROM (SELECT FROM student GROUP BY GROUPING SETS ((tenant_id), ())) g;",
        "how many schools there are",
    ),
    attack(
        "sync.take as a counter",
        "SELECT count(sync.take('{a}', 0)), count(sync.take('{b}', 0));",
        "whether B exists",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_about_the_tables_tells() {
    super::all_fail(ATTACKS).await;
}
