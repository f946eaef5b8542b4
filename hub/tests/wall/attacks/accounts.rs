//! People: accounts, passwords, sign-ins, operators; and the events that tell of them.

use crate::attack::{Attack, attack};

const HAS: &str = "whether B has such an account";

pub(super) const ATTACKS: &[Attack] = &[
    attack("password hashes", "SELECT password_hash FROM account;\nSELECT a::text FROM account a;\nTABLE account;\nCOPY account TO STDOUT;", "hashes to try passwords on"),
    attack("password hashes, returned", "UPDATE account SET password_hash = password_hash RETURNING password_hash;\nUPDATE account SET name = password_hash RETURNING name;", "hashes to try passwords on"),
    attack("password hashes, by a condition", "SELECT count(*) FROM account WHERE password_hash > '$argon2id$b';\nEXPLAIN SELECT id FROM account WHERE password_hash = 'x';", "hashes, bit by bit"),
    attack("accounts of B", "SELECT id, email, name FROM account WHERE tenant_id = '{b}' OR email = '{b_email}' OR id = '{b_account}';", HAS),
    attack("an account of B by its key", "SET enable_seqscan = off;\nEXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT id FROM account WHERE email = '{b_email}' OR id = '{b_account}';", HAS),
    attack("B's e-mail address here", "INSERT INTO account (tenant_id, id, email, name, role, password_hash, must_change_password)
         VALUES ('{a}', '{b_account}', '{b_email}', 'x', 'viewer', '$argon2id$x', true) RETURNING name;", HAS),
    attack("an account in B", "INSERT INTO account (tenant_id, id, email, name, role, password_hash, must_change_password)
         VALUES ('{b}', '{b_account}', '{b_email}', 'x', 'school_admin', '$argon2id$x', true);", "an administrator of B"),
    attack("an account in B, if it is free", "INSERT INTO account (tenant_id, id, email, name, role, password_hash, must_change_password)
         VALUES ('{b}', '{b_account}', '{b_email}', 'x', 'school_admin', '$argon2id$x', true) ON CONFLICT DO NOTHING;", HAS),
    attack("a password in B", "UPDATE account SET password_hash = '$argon2id$x' WHERE id = '{b_account}' RETURNING id;\nUPDATE account SET role = 'school_admin' WHERE tenant_id = '{b}';", "B's account"),
    attack("a cheap condition on accounts", "SET enable_indexscan = off;\nSET enable_bitmapscan = off;
         SELECT count(*) FROM account WHERE CASE WHEN email = ANY (ARRAY['{b_email}']) AND tenant_id <> ALL (ARRAY['{a}'::uuid]) THEN (SELECT 1 / (random() * 0)::int = 1) ELSE true END;", HAS),
    attack("sign-ins of B", "SELECT * FROM session WHERE id = '{b_session}' OR tenant_id = '{b}';\nUPDATE session SET ended_at = now(), ended_why = 'signed_out' WHERE id = '{b_session}' RETURNING id;", "B's people, signed out"),
    attack("tokens", "SELECT * FROM refresh_token;\nSELECT count(*) FROM refresh_token WHERE token_hash = '{b_token_hash}';", "whether B's token is good"),
    attack("the functions of the auth_db", "SELECT * FROM sec.begin_sign_in('{b_slug}', '{b_email}');\nSELECT sec.refuse_sign_in('{b_slug}', '{b_email}');\nSELECT * FROM sec.session('{b}', '{b_session}');
         SELECT sec.sign_out('{b}', '{b_session}');\nSELECT * FROM sec.refresh('{b}', '{b_session}', '{b_token_hash}', '{b_token_hash}');\nSELECT * FROM sec.begin_password_change('{b}', '{b_account}');", "B's people"),
    attack("the functions of operators", "SELECT * FROM sec.operators();\nSELECT sec.operator_id('x');\nSELECT sec.add_account_of('{b}', '{b_account}', '{b_email}', 'x', 'school_admin', '$argon2id$x');
         SELECT sec.reset_account_of('{b_account}', 'x', 'x');\nSELECT sec.must_be_console();", "an administrator of B"),
    attack("forgiving failed sign-ins of B", "SELECT sec.forgive('{b_account}');", "guesses without end"),
    attack("failed sign-ins and operators", "TABLE sec.attempt;\nTABLE sec.operator;\nSELECT email FROM sec.operator WHERE email = 'x';", "who runs the hub"),
    attack("events of B", "SELECT * FROM event WHERE tenant_id = '{b}';\nSELECT count(*) FROM event;\nDELETE FROM event;", "what happened in B"),
    attack("an event that names B", "SELECT sec.emit('{b_student}', 'WALL_TESTED', '{\"school\": \"{b}\"}');\nSELECT sec.emit_of('{b}', '{b_student}', 'WALL_TESTED', '{}');", "an event of B"),
    attack("delivering events", "SELECT * FROM sec.claim_events(100, '1 s');\nSELECT sec.event_delivered('{b}', 1);\nSELECT sec.event_failed('{b}', 1, NULL);\nSELECT sec.tidy_events('0');", "B's events, lost"),
    attack("numbers of all schools", "SELECT * FROM sec.levels();\nSELECT * FROM sec.event_counts();", "B's size"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_people_of_others() {
    super::all_fail(ATTACKS).await;
}
