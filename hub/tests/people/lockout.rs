//! The arithmetic of lock-out, on many made-up histories: `sec.count_attempt` itself, without waiting for a clock.

use crate::town::Town;
use sqlx::PgConnection;

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// One try: when (seconds), whether it was allowed, and for how long it locked.
#[derive(Debug, Clone, Copy)]
struct Tried {
    at: i64,
    allowed: bool,
    locked_until: Option<i64>,
}

/// Runs a history of tries, all of them wrong, against a new memory.
async fn history(owner: &mut PgConnection, at: &[i64]) -> Vec<Tried> {
    let sql = "
        WITH RECURSIVE tries (n, at, allowed, state) AS (
            SELECT 0, 0::bigint, true, ROW('\\x00'::bytea, 0, to_timestamp(($1::bigint[])[1]), to_timestamp(($1::bigint[])[1]),
                0, NULL, true)::sec.attempt
            UNION ALL
            SELECT t.n + 1, ($1::bigint[])[t.n + 1], c.allowed, c.kept FROM tries t,
                LATERAL sec.count_attempt(t.state, to_timestamp(($1::bigint[])[t.n + 1])) c WHERE t.n < cardinality($1::bigint[])
        )
        SELECT at, allowed, extract(epoch FROM (state).locked_until)::bigint FROM tries WHERE n > 0 ORDER BY n";
    let rows: Vec<(i64, bool, Option<i64>)> = sqlx::query_as(sql).bind(at).fetch_all(owner).await.expect("a history");
    rows.into_iter().map(|(at, allowed, locked_until)| Tried { at, allowed, locked_until }).collect()
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % end.unsigned_abs()).expect("small")
    }
}

#[tokio::test]
async fn locks_grow_and_a_quiet_day_forgives() {
    let town = Town::new().await;
    let mut owner = town.world.owner().await;
    // Somebody who tries again the very second that a lock is over.
    let mut at: Vec<i64> = vec![1, 2, 3, 4, 5];
    for minutes in [1, 2, 4, 8, 15, 15, 15] {
        at.push(at.last().expect("a time") + minutes * MINUTE);
    }
    let found = history(&mut owner, &at).await;
    assert!(found.iter().all(|tried| tried.allowed), "{found:?}");
    let locks: Vec<Option<i64>> =
        found.iter().map(|tried| tried.locked_until.map(|until| (until - tried.at) / MINUTE)).collect();
    assert_eq!(locks[..4], [None; 4]);
    assert_eq!(locks[4..], [1, 2, 4, 8, 15, 15, 15, 15].map(Some)[..locks.len() - 4]);
    // Just before the end of a lock is too early, and does not make it longer.
    let early = history(&mut owner, &[1, 2, 3, 4, 5, 64, 65]).await;
    assert_eq!(
        early.iter().map(|tried| tried.allowed).collect::<Vec<_>>(),
        [true, true, true, true, true, false, true]
    );
    // After a day without a try it starts anew.
    let later = 5 + DAY + MINUTE;
    let forgiven = history(&mut owner, &[1, 2, 3, 4, 5, later, later + 1]).await;
    assert!(forgiven[5].allowed && forgiven[6].allowed, "{forgiven:?}");
}

#[tokio::test]
async fn whoever_makes_a_mistake_now_and_then_is_never_locked() {
    let town = Town::new().await;
    let mut owner = town.world.owner().await;
    let daily: Vec<i64> = (0..40).flat_map(|day| (0..4).map(move |n| day * DAY + n)).collect();
    let slow: Vec<i64> = (0..200).map(|n| n * 15 * MINUTE).collect();
    for at in [daily, slow] {
        let found = history(&mut owner, &at).await;
        assert!(found.iter().all(|tried| tried.allowed && tried.locked_until.is_none()), "{found:?}");
    }
}

#[tokio::test]
async fn no_history_gets_more_than_its_share() {
    let town = Town::new().await;
    let mut owner = town.world.owner().await;
    let mut dice = Dice(2026);
    for round in 0..60 {
        // Bursts, patient ones, and everything between; some wait exactly as long as the locks do.
        let longest = [2, 30, 10 * MINUTE, 16 * MINUTE, HOUR, DAY][round % 6];
        let mut now = 0;
        let mut at = Vec::new();
        for _ in 0..400 {
            now += match dice.below(4) {
                0 => [1, 2, 4, 8, 15][usize::try_from(dice.below(5)).expect("small")] * MINUTE,
                _ => dice.below(longest) + 1,
            };
            at.push(now);
        }
        let found = history(&mut owner, &at).await;
        let allowed: Vec<i64> = found.iter().filter(|tried| tried.allowed).map(|tried| tried.at).collect();
        for (i, start) in allowed.iter().enumerate() {
            let within = |span: i64| allowed[i..].iter().take_while(|at| **at < start + span).count();
            assert!(within(MINUTE) <= 6, "round {round}: {} in a minute from {start}", within(MINUTE));
            assert!(within(15 * MINUTE) <= 10, "round {round}: {} in 15 minutes from {start}", within(15 * MINUTE));
            assert!(within(DAY) <= 115, "round {round}: {} in a day from {start}", within(DAY));
        }
        let mut until = None;
        for tried in &found {
            assert_eq!(tried.allowed, until.is_none_or(|until| until <= tried.at), "round {round}: {tried:?}");
            if let Some(lock) = tried.locked_until.filter(|lock| Some(*lock) != until) {
                assert!(
                    tried.allowed && (MINUTE..=15 * MINUTE).contains(&(lock - tried.at)),
                    "round {round}: {tried:?}"
                );
            }
            until = tried.locked_until;
        }
    }
}
