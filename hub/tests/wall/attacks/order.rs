//! What the planner and EXPLAIN give away: conditions that run before the policy, indexes that answer before it, counters.
//!
//! PostgreSQL runs conditions by price, and a leakproof one that is cheaper than the policy before it; an uncorrelated sub-query
//! then shows (by failing, or by "never executed") whether it was reached. `migrations/0006_first.sql` closes that.

use crate::attack::{Attack, attack};

const EXISTS: &str = "whether B has such a record";

pub(super) const ATTACKS: &[Attack] = &[
    attack("a cheap condition before the policy",
        "SET enable_indexscan = off;\nSET enable_bitmapscan = off;
         SELECT count(*) FROM student WHERE CASE WHEN last_name = ANY ('{\"{b_last_name}\"}') THEN (SELECT 1 / (random() * 0)::int = 1) ELSE true END;", EXISTS),
    attack("the same, by EXPLAIN",
        "SET enable_indexscan = off;\nSET enable_bitmapscan = off;
         EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT FROM student
         WHERE CASE WHEN last_name = ANY ('{\"{b_last_name}\"}') THEN (SELECT random() > 2) ELSE true END;", EXISTS),
    attack("the school itself as the cheap condition",
        "SET enable_indexscan = off;\nSET enable_bitmapscan = off;
         SELECT count(*) FROM student WHERE CASE WHEN tenant_id = ANY ('{\"{b}\"}') THEN (SELECT 1 / (random() * 0)::int = 1) ELSE true END;", "whether B has records"),
    attack("a range as the cheap condition",
        "SET enable_indexscan = off;\nSET enable_bitmapscan = off;
         SELECT count(*) FROM student WHERE CASE WHEN tenant_id >= ANY ('{\"{b}\"}') AND tenant_id <= ANY ('{\"{b}\"}') THEN (SELECT 1 / (random() * 0)::int = 1)
             ELSE true END;", "whether B has records"),
    attack("a condition that costs nothing",
        "SET enable_indexscan = off;\nSET enable_bitmapscan = off;
         SELECT count(*) FROM student WHERE CASE WHEN four_ps IS NULL THEN (SELECT 1 / (random() * 0)::int = 1) ELSE true END AND id = '{b_student}';", EXISTS),
    attack("cheap, by join",
        "SET enable_indexscan = off;\nSET enable_bitmapscan = off;\nSET enable_hashjoin = off;\nSET enable_mergejoin = off;
         SELECT count(*) FROM (VALUES ('{b_last_name}')) v (x) LEFT JOIN student s
         ON CASE WHEN s.last_name = ANY ('{\"{b_last_name}\"}') THEN (SELECT 1 / (random() * 0)::int = 1) ELSE false END;", EXISTS),
    attack("cheap, in an UPDATE",
        "SET enable_indexscan = off;\nSET enable_bitmapscan = off;
         UPDATE student SET remarks = 'x' WHERE CASE WHEN last_name = ANY ('{\"{b_last_name}\"}') THEN (SELECT 1 / (random() * 0)::int = 1) ELSE false END;", EXISTS),
    attack("cheap, in a MERGE",
        "SET enable_indexscan = off;\nSET enable_bitmapscan = off;
         MERGE INTO student s USING (VALUES (1)) v (x)
         ON CASE WHEN s.last_name = ANY ('{\"{b_last_name}\"}') THEN (SELECT 1 / (random() * 0)::int = 1) ELSE false END WHEN MATCHED THEN DO NOTHING;", EXISTS),
    attack("cheap, for a row lock",
        "SET enable_indexscan = off;\nSET enable_bitmapscan = off;
         SELECT 1 FROM student WHERE CASE WHEN last_name = ANY ('{\"{b_last_name}\"}') THEN (SELECT 1 / (random() * 0)::int = 1) ELSE false END FOR UPDATE;", EXISTS),
    attack("cheap, with prices turned upside down",
        "SET cpu_operator_cost = 1000;\nSET enable_indexscan = off;\nSET enable_bitmapscan = off;
         SELECT count(*) FROM student WHERE CASE WHEN last_name = ANY ('{\"{b_last_name}\"}') THEN (SELECT 1 / (random() * 0)::int = 1) ELSE true END;", EXISTS),
    attack("cheap, with prices of nothing",
        "SET cpu_operator_cost = 0;\nSET enable_indexscan = off;\nSET enable_bitmapscan = off;
         SELECT count(*) FROM student WHERE CASE WHEN last_name = ANY ('{\"{b_last_name}\"}') THEN (SELECT 1 / (random() * 0)::int = 1) ELSE true END;", EXISTS),
    attack("cheap, physical row by physical row",
        "SELECT count(*) FROM student WHERE ctid IN ('(0,1)', '(0,14)', '(0,15)') AND
         CASE WHEN tenant_id = ANY ('{\"{b}\"}') THEN (SELECT 1 / (random() * 0)::int = 1) ELSE true END;", "which rows are B's"),
    attack("cheap, on a sample",
        "SELECT count(*) FROM student TABLESAMPLE SYSTEM (100) WHERE CASE WHEN last_name = ANY ('{\"{b_last_name}\"}') THEN (SELECT 1 / (random() * 0)::int = 1)
             ELSE true END;", EXISTS),
    attack("cheap, among the schools",
        "SET enable_indexscan = off;\nSET enable_bitmapscan = off;
         SELECT count(*) FROM tenant WHERE CASE WHEN slug = ANY ('{\"{b_slug}\"}') THEN (SELECT 1 / (random() * 0)::int = 1) ELSE true END;", "whether B exists"),
    attack("the index of devices",
        "SET enable_seqscan = off;\nEXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT name FROM device WHERE id = '{b_device}';", "whether the device exists"),
    attack("the index of devices, by text",
        "SET enable_seqscan = off;\nEXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT name FROM device WHERE id::text = '{b_device}';", "whether the device exists"),
    attack("the index of slugs",
        "SET enable_seqscan = off;\nEXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT name FROM tenant WHERE slug = '{b_slug}';", "whether B exists"),
    attack("the index of slugs, as it is made",
        "SET enable_seqscan = off;\nEXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT name FROM tenant WHERE lower(slug) = '{b_slug}';", "whether B exists"),
    attack("the index of School IDs",
        "SET enable_seqscan = off;\nEXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT name FROM tenant WHERE school_id = '{b_school_id}';", "whether B exists"),
    attack("the index of revisions", "SET enable_seqscan = off;
         EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT FROM student WHERE tenant_id >= '{b}' AND tenant_id <= '{b}' AND rev > 0;", "how many records B has"),
    attack("estimates for a school", "EXPLAIN SELECT * FROM student WHERE tenant_id = '{b}';", "how many records B has"),
    attack("estimates for a range of schools", "EXPLAIN SELECT * FROM student WHERE tenant_id BETWEEN '{b}' AND '{b}';", "how many records B has"),
    attack("estimates for a school in a list", "EXPLAIN SELECT * FROM student WHERE tenant_id IN ('{b}', '{a}');", "how many records B has"),
    attack("estimates for a school by join", "EXPLAIN SELECT * FROM student s JOIN staff t USING (tenant_id) WHERE s.tenant_id = '{b}';", "how many records B has"),
    attack("estimates for a school in the change log", "EXPLAIN SELECT * FROM change_log WHERE tenant_id = '{b}' AND rev > 5;", "how busy B is"),
    attack("estimates among the schools", "EXPLAIN SELECT * FROM tenant WHERE id = '{b}';\nEXPLAIN SELECT * FROM tenant WHERE id > '{b}';", "whether B exists").but_numbers(),
    attack("estimates for an id", "EXPLAIN (FORMAT JSON) SELECT 1 FROM enrolment c, generate_series(1, 1000000000) g (i) WHERE (c.school_year < '{b_year}' OR g.i IS NULL);
         EXPLAIN (FORMAT JSON) SELECT 1 FROM section c, generate_series(1, 1000000000) g (i) WHERE (c.school_year = '{b_year}' OR g.i IS NULL);", "B's ids, by halves, and how many records it has"),
    attack("estimates for an id, before any door", "ROLLBACK;\nEXPLAIN (FORMAT JSON) SELECT 1 FROM enrolment c, generate_series(1, 1000000000) g (i) WHERE (c.school_year < '{b_year}' OR g.i IS NULL);
         EXPLAIN (FORMAT JSON) SELECT 1 FROM change_log c, generate_series(1, 1000000000) g (i) WHERE (c.device_id < '{b_device}' OR g.i IS NULL);", "B's ids, by halves"),
    attack("estimates for what an index computes", "EXPLAIN SELECT 1 FROM device c, generate_series(1, 1000000000) g (i) WHERE (c.id::text < '{b_device}' OR g.i IS NULL);
         EXPLAIN SELECT 1 FROM tenant c, generate_series(1, 1000000000) g (i) WHERE (lower(c.slug) < '{b_slug}' OR g.i IS NULL);", "B's devices and its name, by halves"),
    attack("estimates for people", "EXPLAIN SELECT 1 FROM account c, generate_series(1, 1000000000) g (i) WHERE (c.email <= '{b_email}' OR c.id >= '{b_account}' OR g.i IS NULL);
         EXPLAIN SELECT 1 FROM session c, generate_series(1, 1000000000) g (i) WHERE (c.id <= '{b_session}' OR g.i IS NULL);", "B's people"),
    attack("estimates for groups", "EXPLAIN SELECT school_year, count(*) FROM enrolment, generate_series(1, 1000000000) WHERE school_year <> '{b_year}' GROUP BY school_year;", "how many years and records there are"),
    attack("a record by EXPLAIN ANALYZE", "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT * FROM student WHERE id = '{b_student}';", EXISTS),
    attack("buffers", "SET enable_seqscan = off;
         EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT FROM student WHERE tenant_id = '{b}' AND id = '{b_student}';", EXISTS).but_numbers(),
    attack("a plan made for anybody", "PREPARE p (uuid) AS SELECT count(*) FROM student WHERE tenant_id = $1;\nSET plan_cache_mode = force_generic_plan;
         EXECUTE p ('{b}');\nEXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE p ('{b}');", "how many records B has"),
    attack("EXPLAIN of an INSERT with a link", "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) INSERT INTO replica (tenant_id, id, incarnation, last_op_no, clock_offset)
         VALUES ('{a}', '{b_device}', 1, 1, 0);", "whether the device exists"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_runs_before_the_policy() {
    super::all_fail(ATTACKS).await;
}
