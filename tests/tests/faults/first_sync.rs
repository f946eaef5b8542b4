//! The first sync of a large school over a line that breaks all the time: what came is kept, whether the app lives on or is
//! killed, and is never fetched again.

use pems_model::engine::Mode;
use pems_node::sync::{Driver, Happening};
use pems_tests::proxy::{Cut, Proxy};
use pems_tests::rig::{Rig, TestOffice};
use pems_tests::seed;
use pems_tests::sim::Rng;
use std::sync::Arc;
use tokio::sync::Notify;

const ROWS: u32 = 40_000;
const CUTS: u64 = 3;
/// How much more than one whole answer may come down the line for [`CUTS`] cuts, in percent.
const EXTRA_PERCENT: u64 = 20;
/// So many bytes are put on disk at the latest.
const ON_DISK: u64 = 1 << 20;

/// As an administrator moves a school in: rows with revisions from the school's clock, in one statement.
async fn fill(rig: &Rig, school: uuid::Uuid) {
    let sql = format!(
        "WITH last AS MATERIALIZED (SELECT sync.take('{school}', {ROWS}) AS rev)
         INSERT INTO student (tenant_id, id, rev, last_name, first_name, remarks)
         SELECT '{school}', gen_random_uuid(), last.rev - {ROWS} + i, 'Learner ' || i, 'Juan',
             md5(i::text) || md5('a' || i) || md5('b' || i) || md5('c' || i)
         FROM last, generate_series(1, {ROWS}) AS i;
         UPDATE tenant_clock SET entity_rev = NULL, digest = NULL WHERE tenant_id = '{school}';
         SELECT pg_notify('hub', '')"
    );
    rig.sql(&sql).await.expect("a filled school");
}

fn through(proxy: &Proxy, office: &TestOffice, failed: &Arc<Notify>) -> Driver {
    let failed = failed.clone();
    office.driver(office.store(), &proxy.url()).on_happening(move |happening| {
        if matches!(happening, Happening::Failed(_)) {
            failed.notify_one();
        }
    })
}

/// Syncs `office`, cutting the line after each of `pieces` bytes of answer; gives all bytes that came down.
async fn sync_in_pieces(proxy: &Proxy, office: &TestOffice, pieces: &[u64], killed: bool) -> u64 {
    let failed = Arc::new(Notify::new());
    let mut driver = through(proxy, office, &failed);
    let mut total = 0;
    for piece in pieces {
        proxy.mend(Cut::Down(*piece));
        tokio::select! {
            done = driver.run(Mode::Once) => panic!("the line was to be cut after {piece} bytes: {done:?}"),
            () = failed.notified() => {}
        }
        total += proxy.counted().1;
        if killed {
            driver = through(proxy, office, &failed);
        }
    }
    proxy.mend(Cut::Never);
    driver.run(Mode::Once).await.expect("the rest comes");
    total + proxy.counted().1
}

fn below(rng: &mut Rng, n: u64) -> u64 {
    rng.below(usize::try_from(n).expect("64 bits")) as u64
}

#[tokio::test]
async fn what_came_is_never_fetched_again() {
    let rig = Rig::product().await;
    let school = rig.school("mabini").await;
    fill(&rig, school.id).await;
    let proxy = Proxy::start(rig.hub().address()).await;
    let whole_office = rig.office("mabini").await;
    let whole = sync_in_pieces(&proxy, &whole_office, &[], false).await;
    rig.assert_level(&whole_office).await;

    let frames = u64::from(proxy.counted().2);
    let mut rng = seed::dice("first sync");

    // An app that lives on loses nothing but the frame that was cut.
    let cuts: Vec<u64> = (0..CUTS).map(|_| whole / 8 + below(&mut rng, whole / 8)).collect();
    let office = rig.office("mabini").await;
    let total = sync_in_pieces(&proxy, &office, &cuts, false).await;
    rig.assert_level(&office).await;
    println!("whole: {whole} bytes, {frames} frames; cut after {cuts:?}: {total}");
    // Beside the frame: what lay in the buffers of both ends, more of it the slower the office is just then.
    assert!(
        total <= whole + CUTS * (whole / frames + whole / 25),
        "more than a frame and the buffers was lost in a cut"
    );
    assert!(total * 100 <= whole * (100 + EXTRA_PERCENT), "{total} bytes instead of {whole}");

    // One that is killed loses what was not on disk yet.
    let cut = [whole / 2 + below(&mut rng, whole / 3)];
    let office = rig.office("mabini").await;
    let total = sync_in_pieces(&proxy, &office, &cut, true).await;
    rig.assert_level(&office).await;
    println!("killed after {cut:?}: {total}");
    assert!(total <= whole + cut[0] - ON_DISK, "{total} bytes instead of {whole}: what was on disk came again");
}
