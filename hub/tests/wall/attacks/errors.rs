//! Errors that tell: conversions, divisions, checks, time limits.

use crate::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("a name as a number", "SELECT last_name::int FROM student WHERE tenant_id = '{b}';", "a name, in the error"),
    attack(
        "a name as a number, without the school",
        "SELECT count(*) FROM student WHERE last_name LIKE 'Zx%' AND last_name::int > 0;",
        "a name, in the error",
    ),
    attack(
        "a conversion that the planner would like to do first",
        "SELECT count(*) FROM student WHERE tenant_id = '{b}' AND last_name::int = 1;",
        "a name, in the error",
    ),
    attack(
        "a conversion in a function",
        "SELECT count(*) FROM student WHERE to_number(last_name, '9') > 1 OR to_date(last_name, 'YYYY') > now();",
        "a name, in the error",
    )
    .but_numbers(),
    attack(
        "division by zero where B is",
        "SELECT 1 / (CASE WHEN tenant_id = '{b}' THEN 0 ELSE 1 END) FROM student WHERE 1 / (CASE WHEN tenant_id = '{b}' THEN 0 ELSE 1 END) = 1 LIMIT 1;",
        "whether B has records",
    ),
    attack(
        "division by zero where the record is",
        "SELECT count(*) FROM student WHERE 1 / (id <> '{b_student}')::int = 1;",
        "whether the record exists",
    ),
    attack(
        "division by zero in the order",
        "SELECT count(*) FROM (SELECT 1 FROM student ORDER BY 1 / (tenant_id <> '{b}')::int) x;",
        "whether B has records",
    ),
    attack(
        "division by zero in a join",
        "SELECT count(*) FROM student s JOIN staff t ON 1 / (s.tenant_id <> '{b}')::int = 1 AND t.id = s.id;",
        "whether B has records",
    ),
    attack(
        "division by zero in a sub-query",
        "SELECT (SELECT count(*) FROM staff t WHERE 1 / (t.tenant_id <> s.tenant_id)::int = 1) FROM student s WHERE s.tenant_id = '{b}';",
        "whether B has records",
    ),
    attack(
        "division by zero in a prepared query",
        "PREPARE p (uuid) AS SELECT count(*) FROM student WHERE 1 / (tenant_id <> $1)::int = 1;\nEXECUTE p ('{b}');",
        "whether B has records",
    ),
    attack(
        "a bad pattern",
        "SELECT count(*) FROM student WHERE last_name ~ (CASE WHEN tenant_id = '{b}' THEN '(' ELSE '.' END);",
        "whether B has records",
    ),
    attack(
        "bad JSON",
        "SELECT count(*) FROM student WHERE (CASE WHEN tenant_id = '{b}' THEN last_name ELSE '1' END)::jsonb IS NOT NULL;",
        "a name, in the error",
    ),
    attack(
        "bad XML",
        "SELECT count(*) FROM student WHERE xmlparse(DOCUMENT '<x>' || last_name || '</x>') IS NOT NULL AND tenant_id = '{b}';",
        "a name, in the error",
    ),
    attack(
        "XPath over others",
        "SELECT xpath('/x', xmlelement(name x, last_name)) FROM student WHERE tenant_id = '{b}';",
        "names",
    ),
    attack(
        "too long a value",
        "SELECT last_name::varchar(3)::int FROM student WHERE tenant_id = '{b}';\nSELECT repeat(last_name, 100000000) FROM student WHERE tenant_id = '{b}';",
        "a name, in the error",
    ),
    attack(
        "an array out of a name",
        "SELECT last_name::text[] FROM student WHERE tenant_id = '{b}';\nSELECT string_to_array(last_name, ' ')::int[] FROM student WHERE tenant_id = '{b}';",
        "a name, in the error",
    ),
    attack(
        "a check that fails",
        "INSERT INTO student (tenant_id, id, rev, last_name, first_name, sex) VALUES ('{b}', '{b_student}', 1, 'x', 'y', 'Q');",
        "whether the record exists",
    ),
    attack(
        "a check that fails in an update",
        "UPDATE student SET sex = 'Q' WHERE id = '{b_student}';\nUPDATE student SET sex = 'Q' WHERE tenant_id = '{b}';",
        "whether the record exists",
    ),
    attack(
        "a value that is missing",
        "INSERT INTO student (tenant_id, id, rev, last_name) VALUES ('{b}', '{b_student}', 1, 'x');",
        "whether the record exists",
    ),
    attack(
        "a time limit",
        "SET statement_timeout = '20s';\nSELECT count(*) FROM student a, student b, student c WHERE a.tenant_id = '{b}';",
        "how many records B has",
    ),
    attack(
        "memory",
        "SET work_mem = '64kB';\nSELECT count(*) FROM (SELECT DISTINCT a.*, b.* FROM student a, student b WHERE a.tenant_id = '{b}') x;",
        "how many records B has",
    ),
    attack(
        "depth",
        "SET max_stack_depth = '100kB';\nSELECT count(*) FROM student WHERE tenant_id = '{b}' AND last_name IN (SELECT last_name FROM student WHERE tenant_id = '{b}');",
        "whether B has records",
    ),
    attack(
        "an error with a hint",
        "SELECT last_nam FROM student WHERE tenant_id = '{b}';\nSELECT sec.tenants();\nSELECT * FROM students;",
        "names of things",
    ),
    attack(
        "an error in another function",
        "SELECT sec.enter('v1.a.b.c.d.e.f.{b}');\nSELECT sec.enter(last_name) FROM student WHERE tenant_id = '{b}';",
        "a name, in the error",
    ),
    attack(
        "an audit entry that fails",
        "SELECT sec.audit('not an action', '{b_student}', '{}');\nSELECT sec.audit(last_name, id, '{}') FROM student WHERE tenant_id = '{b}';",
        "a name, in the error",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_error_tells() {
    super::all_fail(ATTACKS).await;
}
