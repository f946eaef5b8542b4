//! What PostgreSQL's planner knows of tables. Its estimates come from all schools together, and EXPLAIN shows them to any SQL: whoever
//! compares a column with one value after the other reads the values from them. So it may know nothing but how many rows and
//! pages a table has, and no table or index may be one school's alone, for then that says how large the school is.

use super::{Rule, rule};

/// What it collects from now on: on columns of any type, and on what indexes compute.
const COLLECTED: &str = "
SELECT t.name, format('statistics are collected on %s', string_agg(a.attname, ', ' ORDER BY a.attnum))
FROM spoken t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE a.attstattarget IS DISTINCT FROM 0 GROUP BY t.name
UNION ALL
SELECT format('%s index %s', t.name, i.indexrelid::regclass),
    format('statistics are collected on %s', pg_get_indexdef(i.indexrelid, a.attnum, true))
FROM spoken t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_attribute a ON a.attrelid = i.indexrelid
WHERE i.indkey[a.attnum - 1] = 0 AND a.attstattarget IS DISTINCT FROM 0";

/// What it has collected: a target of 0 does not take away what is there. (As an owner under row-level security, who is no
/// superuser, one is not shown it.)
const KEPT: &str = "
, kept AS MATERIALIZED (
    SELECT to_regclass(format('%I.%I', s.schemaname, s.tablename))::oid AS oid, s.attname FROM pg_stats s
    WHERE s.schemaname NOT IN ('pg_catalog', 'information_schema')
)
SELECT CASE WHEN k.oid = t.oid THEN t.name ELSE format('%s index %s', t.name, k.oid::regclass) END,
    format('an ANALYZE left statistics on %s', string_agg(DISTINCT k.attname, ', '))
FROM kept k LEFT JOIN pg_index i ON i.indexrelid = k.oid JOIN spoken t ON t.oid = coalesce(i.indrelid, k.oid)
GROUP BY t.name, t.oid, k.oid";

const OF_ONE_SCHOOL: &str = r"
SELECT format('%s index %s', t.name, i.indexrelid::regclass), 'what the index leaves out depends on the school: its size tells of single schools'
FROM spoken t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_attribute k ON k.attrelid = t.oid AND k.attnum = t.key
WHERE pg_get_expr(i.indpred, t.oid) ~ format('\m%s\M', k.attname)
UNION ALL
SELECT t.name, 'its partitions are made by school, and the size of each can be asked for'
FROM spoken t JOIN pg_partitioned_table p ON p.partrelid = t.oid WHERE p.partstrat <> 'h' AND t.key = ANY (p.partattrs)";

pub(super) const RULES: &[Rule] = &[
    rule(
        "statistics_collected",
        COLLECTED,
        "CALL sec.no_statistics('...') in the migration that adds the column or the index",
    ),
    rule("statistics_kept", KEPT, "CALL sec.no_statistics('...') as a superuser"),
    rule(
        "statistics_extended",
        "SELECT t.name, format('the statistics %I are collected on it', s.stxname) FROM pg_statistic_ext s JOIN spoken t ON t.oid = s.stxrelid",
        "DROP STATISTICS ...",
    ),
    rule(
        "size_of_one_school",
        OF_ONE_SCHOOL,
        "an index over all schools; partitions BY HASH (tenant_id), each for many schools",
    ),
];
