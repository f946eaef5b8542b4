//! The first sync of a large school over a line that breaks all the time: what came is kept, whether the app lives on or is
//! killed, and is never fetched again.

use pems_model::engine::Mode;
use pems_model::frame::RowsHead;
use pems_node::sync::{Driver, Happening};
use pems_tests::proxy::{Cut, Passed, Proxy};
use pems_tests::rig::{Rig, TestOffice};
use pems_tests::seed;
use pems_tests::sim::Rng;
use std::sync::Arc;
use tokio::sync::Notify;

const ROWS: u32 = 40_000;
const CUTS: u64 = 5;
/// Bodies of frames that wait in memory; with the one that exceeds it all are put on disk.
const IN_MEMORY: usize = 1 << 20;

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

/// Syncs `office`, cutting the line after each of `pieces` bytes of answer; gives the rows that came with each piece, in whole
/// frames, and the size of those frames.
async fn sync_in_pieces(
    proxy: &Proxy,
    office: &TestOffice,
    pieces: &[u64],
    killed: bool,
) -> Vec<Vec<(RowsHead, usize)>> {
    let failed = Arc::new(Notify::new());
    let mut driver = through(proxy, office, &failed);
    let came = || {
        let rows = |frame| if let Passed::Rows(head, bytes) = frame { Some((head, bytes)) } else { None };
        proxy.passed().into_iter().filter_map(rows).collect()
    };
    let mut all: Vec<Vec<_>> = Vec::new();
    for piece in pieces {
        proxy.mend(Cut::Down(*piece));
        tokio::select! {
            done = driver.run(Mode::Once) => panic!("the line was to be cut after {piece} bytes: {done:?}"),
            () = failed.notified() => {}
        }
        all.push(came());
        if killed {
            driver = through(proxy, office, &failed);
        }
    }
    proxy.mend(Cut::Never);
    driver.run(Mode::Once).await.expect("the rest comes");
    all.push(came());
    all
}

fn below(rng: &mut Rng, n: u64) -> u64 {
    rng.below(usize::try_from(n).expect("64 bits")) as u64
}

/// Learners, and revisions of the frames that they came in.
fn learners(came: &[Vec<(RowsHead, usize)>]) -> (u32, Vec<i64>) {
    let heads = || came.iter().flatten().map(|(head, _)| head).filter(|head| head.entity == "student");
    (heads().map(|head| head.count).sum(), heads().map(|head| head.through).collect())
}

#[tokio::test]
async fn what_came_is_never_fetched_again() {
    let rig = Rig::product().await;
    let school = rig.school("mabini").await;
    fill(&rig, school.id).await;
    let proxy = Proxy::start(rig.hub().address()).await;
    let office = rig.office("mabini").await;
    let whole = learners(&sync_in_pieces(&proxy, &office, &[], false).await);
    rig.assert_level(&office).await;
    let (bytes, frames) = (proxy.counted().1, whole.1.len());
    assert!(whole.0 == ROWS && frames > 8, "{whole:?}");
    let mut rng = seed::dice("first sync");

    // An app that lives on loses nothing but the frame that was cut: not one row comes in two whole frames.
    let cuts: Vec<u64> = (0..CUTS).map(|_| bytes / 8 + below(&mut rng, bytes / 16)).collect();
    let office = rig.office("mabini").await;
    let came = sync_in_pieces(&proxy, &office, &cuts, false).await;
    rig.assert_level(&office).await;
    println!("{bytes} bytes, {frames} frames; cut after {cuts:?}");
    assert!(came.iter().all(|piece| !piece.is_empty()), "something came each time");
    let (rows, through) = learners(&came);
    assert!(rows == ROWS && through.is_sorted_by(|a, b| a < b), "{rows} rows, through {through:?}");

    // One that is killed loses what was not on disk yet as well, and nothing else.
    let cut = [bytes / 2 + below(&mut rng, bytes / 3)];
    let office = rig.office("mabini").await;
    let came = sync_in_pieces(&proxy, &office, &cut, true).await;
    rig.assert_level(&office).await;
    let (mut waiting, mut lost, mut kept) = (0, 0, 0);
    for (head, body) in &came[0] {
        (waiting, lost) = (waiting + body, lost + head.count);
        if waiting > IN_MEMORY {
            (waiting, lost, kept) = (0, 0, kept + lost);
        }
    }
    println!("killed after {cut:?}: {kept} rows were on disk, {lost} were not");
    assert!(kept > 0, "nothing was put on disk in {cut:?} bytes");
    assert_eq!(learners(&came).0, ROWS + lost);
}
