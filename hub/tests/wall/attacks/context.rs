//! Becoming another school, another role, or nobody in particular.

use crate::attack::{Attack, attack};

pub(super) const ATTACKS: &[Attack] = &[
    attack("set_config on the context",
        "SELECT set_config('backtrace_functions', left(current_setting('backtrace_functions'), 32) || '_dev_{b_hex}_{b_hex}', true);
         SELECT * FROM student;", "all of B"),
    attack("set_config in the same statement", "SELECT s.* FROM student s, (SELECT set_config('backtrace_functions', 'x_dev_{b_hex}_', true)) c;", "all of B"),
    attack("SET LOCAL of the context", "SET LOCAL backtrace_functions = '00000000000000000000000000000000_dev_{b_hex}_{b_hex}';", "all of B"),
    attack("SET of the context for the session", "SET backtrace_functions = '{b_hex}';", "all of B, later"),
    attack("RESET of the context", "RESET backtrace_functions;\nSELECT count(*) FROM student;", "no context, no wall"),
    attack("RESET ALL", "RESET ALL;\nSELECT sec.tenant(), count(*) FROM student;", "no context, no wall"),
    attack("DEFAULT of the context", "SET LOCAL backtrace_functions TO DEFAULT;\nSELECT count(*) FROM student;", "no context, no wall"),

    attack("UPDATE pg_settings", "UPDATE pg_settings SET setting = '_dev_{b_hex}_' WHERE name = 'backtrace_functions';", "all of B"),
    attack("the sealed context, sealed by guess", "SET LOCAL pems.context = 'dev_{b_hex}_{b_hex}_0000';\nSELECT * FROM student;", "all of B"),
    attack("the sealed context, edited",
        "SELECT replace(current_setting('pems.context', true), '{a_hex}', '{b_hex}') AS forged \\gset
         SET LOCAL pems.context = :'forged';\nSELECT * FROM student;", "all of B"),
    attack("the sealed context, kept beyond its transaction",
        "SELECT current_setting('pems.context', true) AS held \\gset
         COMMIT;\nSET pems.context = :'held';\nSELECT count(*) FROM student;", "A without a request"),
    attack("an operator's sealed context", "SET LOCAL pems.context = 'opr_{b_hex}_{b_hex}_0';\nSELECT * FROM student;", "all schools"),
    attack("the old plain setting", "SET app.current_tenant_id = '{b}';\nSET app.is_system_admin = true;\nSELECT count(*) FROM student;", "all of B"),
    attack("no token", "SELECT sec.enter(NULL);", "a context of one's own"),
    attack("an empty token", "SELECT sec.enter('');", "a context of one's own"),
    attack("seven dots", "SELECT sec.enter('.......');", "a context of one's own"),
    attack("a made-up token", "SELECT sec.enter('v1.x.{b_hex}.{b_hex}.dev.9999999999.' || left(current_setting('backtrace_functions'), 32) || '.00');", "all of B"),
    attack("entering a second time", "SELECT length(sec.hello());\nSELECT sec.enter('v1.x.{b_hex}.{b_hex}.dev.9999999999.x.00');", "all of B").but_numbers(),
    attack("greeting in the middle", "SELECT length(sec.hello());\nSELECT count(*) FROM student;", "no context, no wall"),
    attack("setting the context by the function that does", "SELECT sec.hold('dev', '{b}', '{b}');\nSELECT * FROM student;", "all of B"),
    attack("asking for a seal", "SELECT sec.seal('context.1.1.dev_{b_hex}_{b_hex}');", "a context of B"),
    attack("opening a token", "SELECT * FROM sec.open_token('v1.x.{b_hex}.{b_hex}.dev.9999999999.x.00');", "whether a key is known"),
    attack("reading the keys", "SELECT * FROM sec.ctx_key;\nSELECT * FROM sec.seal_key;", "tokens for every school"),
    attack("the keys by another door", "TABLE sec.ctx_key;\nCOPY sec.ctx_key TO STDOUT;\nSELECT k.* FROM (SELECT * FROM sec.ctx_key) k;", "tokens"),
    attack("announcing oneself as an operator", "SELECT sec.announce('v1.x.{b_hex}.{b_hex}.opr.9999999999.x.00', 'look');", "all schools"),
    attack("operator mode", "SELECT sec.begin_console(gen_random_uuid(), 'curious');", "all schools"),
    attack("being an operator", "SELECT sec.is_operator();\nSET ROLE hub_operator;\nSELECT * FROM student;", "all schools"),
    attack("SET ROLE of the owner of the wall", "SET ROLE hub_sec;", "everything"),
    attack("SET ROLE of the superuser", "SET LOCAL ROLE postgres;", "everything"),
    attack("SET ROLE as a setting", "SET role = 'postgres';", "everything"),
    attack("SET SESSION AUTHORIZATION", "SET SESSION AUTHORIZATION postgres;\nSET SESSION AUTHORIZATION DEFAULT;", "everything"),
    attack("another form of the wall", "CALL sec.use_form('hmac');", "a weaker wall"),
    attack("another wall", "CALL sec.wall('student');\nCALL sync.guard('student');", "a weaker wall"),
    attack("row_security off", "SET LOCAL row_security = off;\nSELECT * FROM student;", "all of B"),
    attack("triggers off", "SET session_replication_role = replica;", "rules broken"),
    attack("other people's audit log", "SELECT sec.audit_of('{b}', 'wall.test', NULL, '{}');", "entries in B's log"),
    attack("any audit log", "SELECT sec.append_audit('{b}', 'user', NULL, 'wall.test', NULL, '{}');", "entries in B's log"),
    attack("an audit entry that names B", "SELECT sec.audit('wall.test', '{b_student}', '{\"school\": \"{b}\"}');", "entries in B's log"),
    attack("a device by its id", "SELECT * FROM sec.device('{b_device}');", "B's device, its school"),
    attack("a code by its hash", "SELECT * FROM sec.redeem_code('{b_code_hash}', gen_random_uuid(), '{b_key}', 'x');", "a device of B"),
    attack("B's clock", "SELECT sync.take('{b}', 1);\nSELECT sync.take('{b}', -100);", "B's revision, changed"),
    attack("the triggers' own functions", "SELECT sync.renew();\nSELECT sync.hint();\nSELECT sync.start_clock();\nSELECT sec.keep_audit();", "B's log"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_other_context() {
    super::all_fail(ATTACKS).await;
}
