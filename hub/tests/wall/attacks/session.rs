//! What a session keeps: cursors, prepared statements, savepoints, notifications; and other sessions' locks.

use crate::attack::{Attack, attack, spell, words};
use crate::caller::Session;
use crate::fingerprint::Fingerprints;
use crate::plant::World;

pub(super) const ATTACKS: &[Attack] = &[
    attack(
        "a cursor kept over the end",
        "DECLARE c CURSOR WITH HOLD FOR SELECT count(*), bool_and(tenant_id = '{a}') FROM student;\nCOMMIT;\nFETCH ALL FROM c;\nCLOSE c;",
        "rows without a context",
    ),
    attack(
        "a cursor kept over the end, for B",
        "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM student WHERE tenant_id = '{b}';\nCOMMIT;\nFETCH ALL FROM c;",
        "rows of B",
    ),
    attack(
        "a cursor that moves",
        "DECLARE c SCROLL CURSOR FOR SELECT * FROM student WHERE tenant_id = '{b}';\nMOVE LAST FROM c;\nFETCH ABSOLUTE 1 FROM c;",
        "rows of B",
    ),
    attack(
        "a statement kept over the end",
        "PREPARE p AS SELECT count(*) FROM student;\nCOMMIT;\nEXECUTE p;\nDEALLOCATE p;",
        "rows without a context",
    ),
    attack(
        "a statement made before the greeting",
        "PREPARE p AS SELECT count(*) FROM student WHERE tenant_id = '{b}';\nROLLBACK;\nSELECT length(sec.hello());\nEXECUTE p;",
        "rows without a context",
    ),
    attack(
        "a savepoint",
        "SAVEPOINT s;\nSELECT count(*) FROM student WHERE tenant_id = '{b}';\nROLLBACK TO s;\nSELECT sec.tenant() = '{a}';\nRELEASE s;\nSELECT sec.tenant() = '{a}';",
        "no context, no wall",
    ),
    attack(
        "going on in the next transaction",
        "COMMIT AND CHAIN;\nSELECT count(*) FROM student;\nROLLBACK AND CHAIN;\nSELECT count(*) FROM student;",
        "rows without a context",
    ),
    attack(
        "beginning anew",
        "COMMIT;\nBEGIN;\nSELECT count(*) FROM student;\nSELECT sec.tenant();",
        "rows without a context",
    ),
    attack(
        "autocommit",
        "COMMIT;\nSELECT count(*) FROM student;\nINSERT INTO student (tenant_id, id, rev, last_name, first_name) VALUES ('{b}', '{b_student}', 1, 'x', 'y');",
        "writes without a context",
    ),
    attack(
        "throwing the session away",
        "COMMIT;\nDISCARD ALL;\nSELECT count(*) FROM student;\nSELECT sec.tenant();",
        "no context, no wall",
    ),
    attack(
        "throwing parts away",
        "DISCARD PLANS;\nDISCARD SEQUENCES;\nDISCARD TEMP;\nDEALLOCATE ALL;\nSELECT count(*) FROM student WHERE tenant_id = '{b}';",
        "no context, no wall",
    ),
    attack(
        "a search path of one's own",
        "SET search_path = pg_temp, sec, pg_catalog, public;\nSELECT count(*) FROM student WHERE tenant_id = '{b}';\nSELECT tenant() = '{a}';",
        "other functions than ours",
    ),
    attack(
        "no search path",
        "SET search_path = '';\nSELECT count(*) FROM public.student WHERE tenant_id = '{b}';\nSELECT sec.tenant() = '{a}';",
        "other functions than ours",
    ),
    attack(
        "listening",
        "LISTEN hub;\nCOMMIT;\nSELECT 1;\nSELECT count(*) FROM pg_listening_channels();\nUNLISTEN *;",
        "messages of others",
    ),
    attack(
        "asking who listens",
        "SELECT pg_notification_queue_usage();\nSELECT * FROM pg_listening_channels();",
        "messages of others",
    ),
    attack(
        "statements of others",
        "SELECT statement FROM pg_prepared_statements;\nSELECT name FROM pg_cursors;",
        "questions of others",
    ),
    attack(
        "another isolation",
        "ROLLBACK;\nBEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT count(*) FROM student;\nCOMMIT;",
        "rows without a context",
    ),
    attack(
        "a longer life",
        "SET idle_in_transaction_session_timeout = 0;\nSET lock_timeout = 0;\nSELECT sec.tenant() = '{a}';",
        "a context for ever",
    ),
    attack(
        "parallel workers",
        "SET force_parallel_mode = on;\nSET parallel_setup_cost = 0;\nSET parallel_tuple_cost = 0;\nSET min_parallel_table_scan_size = 0;\nSELECT count(*) FROM student WHERE tenant_id = '{b}';\nSELECT bool_and(tenant_id = '{a}') FROM student;",
        "rows seen by a worker without a context",
    ),
    attack(
        "compiled code",
        "SET jit = on;\nSET jit_above_cost = 0;\nSELECT count(*) FROM student WHERE tenant_id = '{b}';",
        "rows of B",
    ),
    attack(
        "plans for everybody",
        "SET plan_cache_mode = force_generic_plan;\nPREPARE p AS SELECT count(*) FROM student WHERE tenant_id <> '{a}';\nEXECUTE p;\nEXECUTE p;",
        "rows of B",
    ),
    attack(
        "a constraint taken for granted",
        "SET constraint_exclusion = on;\nSELECT count(*) FROM student WHERE tenant_id = '{b}';",
        "rows of B",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_in_a_session() {
    super::all_fail(ATTACKS).await;
}

/// What waits for, or is refused because of, somebody else's lock on B's rows.
const WHILE_LOCKED: &[Attack] = &[
    attack(
        "FOR UPDATE",
        "SELECT * FROM student WHERE id = '{b_student}' FOR UPDATE;",
        "whether the record is being changed",
    ),
    attack(
        "NOWAIT",
        "SELECT * FROM student WHERE tenant_id = '{b}' FOR UPDATE NOWAIT;",
        "whether the record is being changed",
    ),
    attack(
        "SKIP LOCKED",
        "SELECT count(*) FROM (SELECT * FROM student WHERE tenant_id <> '{a}' FOR SHARE SKIP LOCKED) x;",
        "whether the record is being changed",
    ),
    attack(
        "UPDATE",
        "UPDATE student SET remarks = 'x' WHERE id = '{b_student}';",
        "whether the record is being changed",
    ),
    attack(
        "a link",
        "INSERT INTO replica (tenant_id, id, incarnation, last_op_no, clock_offset) VALUES ('{a}', '{b_device}', 1, 1, 0);",
        "whether the device is being changed",
    ),
    attack("a clock", "SELECT sync.take('{b}', 1);", "whether B is pushing"),
    attack("one's own clock", "SELECT count(sync.take('{a}', 1));", "whether B is pushing"),
    attack(
        "an insert",
        "INSERT INTO student (tenant_id, id, rev, last_name, first_name) VALUES ('{b}', '{b_student}', 1, 'x', 'y') ON CONFLICT DO NOTHING;",
        "whether the record is being changed",
    ),
    attack("an audit entry", "SELECT sec.audit('wall.test', NULL, '{}');", "whether B's log is being written"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locks_on_others_rows_are_never_met() {
    for world in World::each().await {
        let mut holder = Fingerprints::new(&world).await;
        let lock = format!(
            "BEGIN; UPDATE student SET rev = rev WHERE tenant_id = '{0}' AND false; SELECT 1 FROM student WHERE tenant_id = '{0}' FOR UPDATE;
             SELECT 1 FROM device WHERE tenant_id = '{0}' FOR UPDATE; SELECT 1 FROM tenant_clock WHERE tenant_id = '{0}' FOR UPDATE;
             SELECT 1 FROM sec.audit_head WHERE tenant_id = '{0}' FOR UPDATE",
            world.b
        );
        let (real, nobody) = (words(&world, true).await, words(&world, false).await);
        for attack in WHILE_LOCKED {
            let mut answers = Vec::new();
            for (locked, words) in [(true, &real), (false, &real), (true, &nobody)] {
                holder.run(if locked { &lock } else { "SELECT 1" }).await;
                let mut session = Session::open(&world, "hub_app").await;
                let script =
                    format!("SET lock_timeout = '1s';\n{}{}", session.entry(&world, world.a), spell(attack.sql, words));
                let answer = session.psql.ask(&script).await;
                session.psql.ask("ROLLBACK;").await;
                assert!(!answer.contains("55P03"), "{}: met a lock: {answer}", attack.name);
                answers.push(words.iter().fold(answer, |text, (name, word)| text.replace(word.as_str(), name)));
                holder.run(if locked { "ROLLBACK" } else { "SELECT 1" }).await;
            }
            assert_eq!(answers[0], answers[1], "{}: tells {}", attack.name, attack.would);
            assert_eq!(answers[0], answers[2], "{}: tells {}", attack.name, attack.would);
        }
    }
}
