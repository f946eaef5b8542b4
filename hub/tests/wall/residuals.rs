//! What is left, by name: the few things that PostgreSQL tells or lets a role do whatever its rights. Each is shown to be real, to
//! tell nothing of one school by itself, and to be in docs/security.md with the alarm that goes off.

use crate::attack::{secrets, spell, words};
use crate::caller::{FORMS, Session};
use crate::fingerprint::Fingerprints;
use crate::plant::World;

struct Residual {
    /// As docs/security.md has it.
    name: &'static str,
    /// Run in a request of A.
    sql: &'static str,
    /// What the answer holds if it is real.
    shows: &'static str,
}

/// No more than these.
const RESIDUALS: [Residual; 4] = [
    Residual {
        name: "Totals over all schools",
        sql: "SET enable_indexscan = off;\nSET enable_bitmapscan = off;\nSELECT 'pages and rows', reltuples FROM pg_class WHERE relname = 'student';
              EXPLAIN SELECT FROM student, generate_series(1, 1000000000);
              EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT FROM student;",
        shows: "Rows Removed by Filter: 24",
    },
    Residual { name: "Notification channels", sql: "LISTEN hub;\nNOTIFY hub, 'forget';\nCOMMIT;\nSELECT 1;", shows: "Asynchronous notification" },
    Residual {
        name: "LOCK TABLE",
        sql: "LOCK TABLE student IN ACCESS EXCLUSIVE MODE;\nSELECT 'locked ' || sec.tenant()::text;",
        shows: "locked",
    },
    Residual {
        name: "ALTER ROLE on oneself",
        sql: "ALTER ROLE hub_app SET work_mem = '65MB';\nALTER ROLE hub_app PASSWORD 'mine';\nSELECT 'set ' || sec.tenant()::text;",
        shows: "set",
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_is_real_and_written_down() {
    let written = include_str!("../../../docs/security.md");
    for form in FORMS {
        let world = World::new(form).await;
        let mut prints = Fingerprints::new(&world).await;
        let (b, catalog) = (prints.school(world.b).await, prints.catalog().await);
        let words = words(&world, true).await;
        for Residual { name, sql, shows } in &RESIDUALS {
            assert!(written.contains(&format!("**{name}.**")), "docs/security.md does not say: {name}");
            let mut session = Session::open(&world, "hub_app").await;
            let entry = session.entry(&world, world.a);
            let answer = session.psql.ask(&format!("{entry}{}", spell(sql, &words))).await;
            session.psql.ask("ROLLBACK;").await;
            assert!(answer.contains(shows), "{name} is no longer there; take it out of docs/security.md: {answer}");
            assert_eq!(secrets(&answer), Vec::<&str>::new(), "{name}");
            assert_eq!(prints.school(world.b).await, b, "{name}");
            assert_eq!(prints.catalog().await, catalog, "{name}");
        }
    }
}
