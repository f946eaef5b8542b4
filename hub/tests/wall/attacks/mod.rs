//! The attacks, as data: the whole list of docs/isolation.md and what else we could think of. Where time is what tells (how long a
//! query takes), nothing here looks: docs/security.md says so.

mod accounts;
mod catalog;
mod context;
mod definitions;
mod errors;
mod machine;
mod order;
mod session;
mod writes;

use crate::attack::{Attack, try_all};
use crate::fingerprint::Fingerprints;
use crate::plant::World;

/// Tries a family of attacks on both forms of the context.
async fn all_fail(attacks: &[Attack]) {
    for world in World::each().await {
        let problems = try_all(&world, attacks).await;
        assert!(problems.is_empty(), "{} of {} attacks:\n{}", problems.len(), attacks.len(), problems.join("\n"));
    }
}

/// Mistakes that a migration could bring, and the family of attacks that must notice. A test that cannot fail proves nothing.
const MISTAKES: &[(&str, &[Attack])] = &[
    ("ALTER POLICY wall ON student USING (tenant_id = (SELECT sec.tenant()))", order::ATTACKS),
    ("UPDATE pg_proc SET procost = 1 WHERE oid = 'pg_catalog.uuid_eq'::regproc", order::ATTACKS),
    ("CREATE INDEX by_id ON device (id)", order::ATTACKS),
    (
        "ALTER TABLE student ALTER tenant_id SET STATISTICS -1; UPDATE student SET rev = rev; ANALYZE student",
        order::ATTACKS,
    ),
    ("ALTER TABLE enrolment ALTER school_year SET STATISTICS 100; ANALYZE enrolment", order::ATTACKS),
    ("DROP INDEX device_id; CREATE INDEX device_id ON device ((id::text)); ANALYZE device", order::ATTACKS),
    ("GRANT EXECUTE ON FUNCTION sec.hold(text, uuid, uuid) TO hub_app", context::ATTACKS),
    ("CREATE UNIQUE INDEX single ON student (id)", writes::ATTACKS),
    ("ALTER POLICY wall ON guardian USING (true); ALTER POLICY own ON guardian USING (true)", writes::ATTACKS),
    ("ALTER POLICY wall ON student USING (true); ALTER POLICY own ON student USING (true)", errors::ATTACKS),
    (
        "GRANT SELECT ON device_code TO hub_app; ALTER TABLE device_code NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY",
        catalog::ATTACKS,
    ),
    ("DROP EVENT TRIGGER no_definitions", definitions::ATTACKS),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_mistake_is_noticed() {
    for (mistake, family) in MISTAKES {
        let world = World::new(crate::caller::FORMS[0]).await;
        Fingerprints::new(&world).await.run(mistake).await;
        assert!(!try_all(&world, family).await.is_empty(), "nobody noticed: {mistake}");
    }
}
