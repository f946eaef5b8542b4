//! Writing into B, or learning from what a write is told: keys, links, conflicts, rules.

use crate::attack::{Attack, attack};

const EXISTS: &str = "whether B has such a record";

pub(super) const ATTACKS: &[Attack] = &[
    attack("a record for B", "INSERT INTO student (tenant_id, id, rev, last_name, first_name) VALUES ('{b}', gen_random_uuid(), 1, 'x', 'y');", "a record of B"),
    attack("a record for B, with a revision taken", "SELECT sync.take('{a}', 1) AS rev \\gset\nINSERT INTO student (tenant_id, id, rev, last_name, first_name) VALUES ('{b}', gen_random_uuid(), :rev, 'x', 'y');", "a record of B").but_numbers(),
    attack("B's id as one's own", "SELECT sync.take('{a}', 1) AS rev \\gset\nINSERT INTO student (tenant_id, id, rev, last_name, first_name) VALUES ('{a}', '{b_student}', :rev, 'x', 'y') RETURNING tenant_id = '{a}';", EXISTS),
    attack("B's id, if it is free", "INSERT INTO student (tenant_id, id, rev, last_name, first_name) VALUES ('{b}', '{b_student}', 1, 'x', 'y') ON CONFLICT DO NOTHING;", EXISTS),
    attack("B's id, taken over", "INSERT INTO student (tenant_id, id, rev, last_name, first_name) VALUES ('{b}', '{b_student}', 1, 'x', 'y')
         ON CONFLICT (tenant_id, id) DO UPDATE SET last_name = excluded.last_name, tenant_id = '{a}' RETURNING *;", "a record of B"),
    attack("B's id under A, taken over", "SELECT sync.take('{a}', 1) AS rev \\gset
         INSERT INTO student (tenant_id, id, rev, last_name, first_name) VALUES ('{a}', '{b_student}', :rev, 'x', 'y')
         ON CONFLICT (tenant_id, id) DO UPDATE SET last_name = 'was there' RETURNING last_name;", EXISTS),
    attack("moving a record to B", "UPDATE student SET tenant_id = '{b}' WHERE id = '{a_student}';", "a record of B"),
    attack("moving B's record here", "UPDATE student SET tenant_id = '{a}' WHERE tenant_id = '{b}';\nUPDATE student SET tenant_id = '{a}' WHERE id = '{b_student}' RETURNING *;", "B's records"),
    attack("changing B's records", "UPDATE student SET last_name = 'x' WHERE tenant_id = '{b}' RETURNING *;\nUPDATE student SET remarks = 'x' WHERE id = '{b_student}' RETURNING *;", "B's records"),
    attack("changing all records", "UPDATE staff SET position = 'x' WHERE tenant_id <> '{a}' RETURNING *;", "B's records"),
    attack("changing with a join", "UPDATE staff s SET position = g.last_name FROM guardian g WHERE g.tenant_id = '{b}' RETURNING s.*;", "B's records"),
    attack("deleting", "DELETE FROM student WHERE tenant_id = '{b}';\nDELETE FROM student USING staff WHERE student.id = '{b_student}';", "B's records"),
    attack("MERGE on B", "MERGE INTO student s USING (VALUES ('{b}'::uuid, '{b_student}'::uuid)) v (t, i) ON s.tenant_id = v.t AND s.id = v.i
         WHEN MATCHED THEN UPDATE SET last_name = 'x' WHEN NOT MATCHED THEN INSERT (tenant_id, id, rev, last_name, first_name) VALUES (v.t, v.i, 1, 'x', 'y');", EXISTS),
    attack("MERGE from B", "MERGE INTO staff s USING (SELECT * FROM guardian WHERE tenant_id = '{b}') g ON true WHEN MATCHED THEN UPDATE SET position = g.last_name;", "B's names, in A's records"),
    attack("a link to B's year", "SELECT sync.take('{a}', 1) AS rev \\gset
         INSERT INTO term (tenant_id, id, rev, school_year, ordinal, kind, start_date, end_date) VALUES ('{a}', gen_random_uuid(), :rev, '{b_year}', 1, 'quarter', now(), now());", EXISTS),
    attack("a link to B's section", "SELECT sync.take('{a}', 1) AS rev \\gset
         INSERT INTO section_membership (tenant_id, id, rev, enrolment, section, valid_from) VALUES ('{a}', gen_random_uuid(), :rev, '{b_enrolment}', '{b_section}', now());", EXISTS),
    attack("linking one's section to B's adviser", "UPDATE section SET adviser = '{b_staff}';", EXISTS),
    attack("a link to B's guardian", "SELECT sync.take('{a}', 1) AS rev \\gset
         INSERT INTO student_guardian (tenant_id, id, rev, student, guardian, relation) VALUES ('{a}', gen_random_uuid(), :rev, '{a_student}', '{b_guardian}', 'father');", EXISTS),
    attack("a link across", "INSERT INTO student_guardian (tenant_id, id, rev, student, guardian, relation) VALUES ('{b}', gen_random_uuid(), 1, '{a_student}', '{b_guardian}', 'father');", EXISTS),
    attack("a link that waits", "SET CONSTRAINTS ALL DEFERRED;\nUPDATE section SET school_year = '{b_year}';", EXISTS),
    attack("a replica of B's device", "INSERT INTO replica (tenant_id, id, incarnation, last_op_no, clock_offset) VALUES ('{a}', '{b_device}', 1, 1, 0);", "whether the device exists"),
    attack("a replica for B", "INSERT INTO replica (tenant_id, id, incarnation, last_op_no, clock_offset) VALUES ('{b}', '{b_device}', 1, 1, 0) ON CONFLICT (tenant_id, id) DO UPDATE SET last_op_no = 0;", "B's answers, lost"),
    attack("B's replicas", "UPDATE replica SET last_op_no = 0 WHERE tenant_id = '{b}' RETURNING *;", "B's answers, lost"),
    attack("B's clock", "UPDATE tenant_clock SET rev = 0 WHERE tenant_id = '{b}' RETURNING *;\nUPDATE tenant_clock SET tenant_id = '{b}';\nINSERT INTO tenant_clock (tenant_id) VALUES ('{b}');", "B's revisions"),
    attack("B's change log", "INSERT INTO change_log (tenant_id, replica_id, incarnation, op_no, change_id, entity, row_id, kind, outcome, base_rev, fields, at, edited_at)
         VALUES ('{b}', '{b_device}', 0, 1, gen_random_uuid(), 'student', '{b_student}', 'upsert', 'applied', 0, '{}', 0, now());", "an entry of B"),
    attack("a number that B may have", "SELECT sync.take('{a}', 1) AS rev \\gset
         INSERT INTO student (tenant_id, id, rev, last_name, first_name, student_no) VALUES ('{a}', gen_random_uuid(), :rev, 'x', 'y', '{b_student_no}') RETURNING student_no;", "whether B gave this number"),
    attack("schools", "INSERT INTO tenant (id, name, slug, school_id, timezone) VALUES (gen_random_uuid(), 'x', '{b_slug}', '{b_school_id}', 'Asia/Manila');\nUPDATE tenant SET slug = '{b_slug}';", "whether B exists"),
    attack("a school for a slug, if it is free", "INSERT INTO tenant (id, name, slug, school_id, timezone) VALUES (gen_random_uuid(), 'x', '{b_slug}', '100009', 'Asia/Manila') ON CONFLICT DO NOTHING;", "whether B exists"),
    attack("resuming a suspended school", "UPDATE tenant SET suspended_at = NULL;\nDELETE FROM tenant;", "a suspended school at work"),
    attack("devices", "INSERT INTO device (tenant_id, id, name, public_key, role) VALUES ('{b}', '{b_device}', 'x', '{b_key}', 'school_admin');\nUPDATE device SET role = 'school_admin';\nUPDATE device SET revoked_at = NULL WHERE id = '{b_device}';", "a device of B"),
    attack("codes", "INSERT INTO device_code (tenant_id, code_hash, role, expires_at) VALUES ('{b}', '{b_code_hash}', 'viewer', now());\nUPDATE device_code SET used_at = NULL;", "a device of B"),
    attack("the audit log", "INSERT INTO audit_log SELECT * FROM audit_log;\nUPDATE audit_log SET action = 'x.y';\nDELETE FROM audit_log WHERE tenant_id = '{b}';", "a log without traces"),
    attack("COPY into B", "COPY student (tenant_id, id, rev, last_name, first_name) FROM STDIN;\n{b}\t{b_student}\t1\tx\ty\n\\.\n", "a record of B"),
    attack("COPY out of B", "COPY student TO STDOUT;\nCOPY (SELECT * FROM student WHERE tenant_id = '{b}') TO STDOUT;\nCOPY (UPDATE student SET remarks = 'x' WHERE tenant_id = '{b}' RETURNING *) TO STDOUT;", "all of B").but_numbers(),
    attack("a write inside a read", "WITH w AS (INSERT INTO student (tenant_id, id, rev, last_name, first_name) VALUES ('{b}', '{b_student}', 1, 'x', 'y') RETURNING *) SELECT count(*) FROM w;", EXISTS),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_written_elsewhere() {
    super::all_fail(ATTACKS).await;
}
