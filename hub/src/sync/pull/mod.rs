//! Sending a device what it lacks: PostgreSQL's own COPY under the school's wall, cut at row boundaries, compressed, framed,
//! and gone. The hub decodes no row and holds no more than a few frames, however large the school.
//!
//! Invariants:
//! - everything in one answer comes from one snapshot, so `end.rev` is true for all of it;
//! - within an entity rows come in revision order, so a cut stream goes on where it stopped;
//! - a slow line keeps a place from nobody: it gives it up when another pull waits ([`Places`]), with what the device has by then.

mod cut;
mod places;
mod scan;

pub(crate) use cut::Cutter;
pub(crate) use places::Places;
pub(crate) use scan::scan;

use crate::refusal::Refusal;
use crate::sync::Exchanges;
use crate::sync::clock::{self, Clock};
use crate::sync::lines::Exchange;
use crate::sync::schema_negotiation::ServedEntity;
use crate::sync::tenant_state::{TenantHead, TenantState};
use axum::body::Bytes;
use cut::Piece;
use futures_util::TryStreamExt;
use pems_db::{Access, TenantContext, Tx};
use pems_model::Row;
use pems_model::frame::{Frame, Rows, RowsHead};
use pems_model::pgcopy::{self, BadRows};
use pems_model::wire::Cursors;
use sqlx::Row as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;
use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

/// Rows of a frame before compression: large enough to compress well, small enough that a broken line loses little.
pub(crate) const FRAME_BYTES: usize = 512 << 10;
/// Fastest zstd level: the line is slower than any, and the hub has many schools to serve.
const ZSTD_LEVEL: i32 = 1;
/// Bytes in which an answer goes to the device: progress shows with each of them.
const PIECE: usize = 16 << 10;
/// Pieces that wait for a slow line: bounds what one answer holds in memory (256 KiB). The system has buffers of its own for each line.
pub(crate) const PIECES_AHEAD: usize = 16;
/// How long an exchange whose answer is not read goes on when its device has begun another one.
const GIVE_WAY: Duration = Duration::from_secs(2);

/// Rows are to come in the order of the index, from the first byte on. The planner, which may not know how large a school is,
/// would rather collect and sort them.
pub(crate) const IN_ORDER: &str =
    "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off";

/// Why an answer stops.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The device went away, or reads too slowly.
    Gone,
    Refused(Refusal),
}

impl<E: Into<Refusal>> From<E> for Stop {
    fn from(error: E) -> Stop {
        Stop::Refused(error.into())
    }
}

impl From<BadRows> for Refusal {
    fn from(error: BadRows) -> Refusal {
        Refusal::internal("rows", &error)
    }
}

/// The way to the device.
#[derive(Debug)]
pub(crate) struct Outlet {
    pub(crate) pieces: mpsc::Sender<Bytes>,
    pub(crate) exchange: Arc<Exchange>,
    /// How long the device may leave a piece unread.
    pub(crate) unread: Duration,
    /// How often somebody who waits is told that the hub is alive.
    pub(crate) alive: Duration,
}

impl Outlet {
    pub(crate) async fn send(&self, frame: &Frame) -> Result<(), Stop> {
        self.send_all(&mut frame.encode().into()).await
    }

    /// What is not sent yet stays in `bytes` if this is given up.
    async fn send_all(&self, bytes: &mut Bytes) -> Result<(), Stop> {
        while !bytes.is_empty() {
            tokio::select! {
                biased;
                room = self.pieces.reserve() => {
                    let piece = bytes.split_to(bytes.len().min(PIECE));
                    room.map_err(|_| Stop::Gone)?.send(piece);
                }
                () = self.is_stuck() => return Err(Stop::Gone),
            }
        }
        Ok(())
    }

    /// Waits for `turn`, and says meanwhile that the hub is alive.
    async fn waiting<T>(&self, turn: impl Future<Output = Result<T, Refusal>>) -> Result<T, Stop> {
        // Beside the turn and not before it: a place that was given to who waits must not wait for a line that is full.
        let saying = async {
            loop {
                // The rhythm of what is said, as the protocol has it; nothing that happens is waited for in it.
                sleep(self.alive).await;
                if let Err(stop) = self.send(&Frame::Alive).await {
                    break stop;
                }
            }
        };
        tokio::select! {
            biased;
            turn = turn => Ok(turn?),
            () = self.pieces.closed() => Err(Stop::Gone),
            stop = saying => Err(stop),
        }
    }

    /// Comes back when a piece has waited for too long.
    async fn is_stuck(&self) {
        let given_up = async {
            self.exchange.is_old().await;
            sleep(GIVE_WAY).await;
        };
        tokio::select! {
            () = sleep(self.unread) => {}
            () = given_up => {}
        }
    }
}

/// Sends all rows after the cursors and gives the level that the device has reached then.
pub(crate) async fn pull(
    sync: &Exchanges,
    live: &TenantState,
    who: &TenantContext,
    cursors: &Cursors,
    served: &[ServedEntity],
    out: &Outlet,
) -> Result<TenantHead, Stop> {
    // Through the device's own door, its school's, and the hub's: who waits is in nobody else's way.
    let turn = async {
        let own = out.exchange.line.pulling.acquire().await.map_err(|_| Refusal::busy())?;
        let share = sync.pull_shares.take(who.tenant()).await?;
        Ok::<_, Refusal>((own, share, sync.pulls.take().await?))
    };
    let (_own, share, place) = out.waiting(turn).await?;
    let mut line = PullLine { out, places: &sync.pulls, slow: Instant::now() + sync.slow_pull, left: Bytes::new() };
    let sent = tokio::time::timeout(sync.longest_pull, pull_now(sync, live, who, cursors, served, &mut line)).await;
    drop((share, place));
    let sent = sent.unwrap_or(Err(Stop::Gone));
    if matches!(sent, Err(Stop::Refused(_))) {
        // Whoever gave way finishes the frame, so that the device has got on when it asks again.
        out.send_all(&mut line.left).await?;
    }
    sent
}

async fn pull_now(
    sync: &Exchanges,
    live: &TenantState,
    who: &TenantContext,
    cursors: &Cursors,
    served: &[ServedEntity],
    line: &mut PullLine<'_>,
) -> Result<TenantHead, Stop> {
    let generation = sync.live.generation();
    let tenant = who.tenant();
    // Memory, which let the device in, may not have heard yet that it was revoked.
    let sql = format!(
        "{IN_ORDER}; SELECT {}, (SELECT d.revoked_at IS NOT NULL FROM device d WHERE d.tenant_id = '{tenant}' AND d.id = '{}')
         FROM tenant_clock WHERE tenant_id = '{tenant}'",
        clock::COLUMNS,
        who.actor()
    );
    let sent = sync.tenant_db.in_tx_after(who, Access::ReadOnly, &sql, async |tx, rows| {
        let clock = Clock::of_school(&rows)?;
        if rows[0].try_get::<Option<bool>, _>(3)? == Some(true) {
            return Err(Stop::Refused(Refusal::revoked()));
        }
        clock.must_reach(cursors)?;
        for entity in served {
            let from = cursors.of(entity.entity.name);
            let known = clock.state.as_ref().map(|state| state.revs.get(entity.entity.name));
            let moved = known.is_none_or(|rev| rev.is_some_and(|rev| *rev > from));
            if moved && from < clock.rev {
                copy(tx, tenant, entity, from, clock.rev, line).await?;
            }
        }
        Ok(match clock.state {
            Some(state) => (clock.rev, state, false),
            None => (clock.rev, scan(tx.conn(), sync.schema, tenant).await?, true),
        })
    });
    let (rev, state, is_new) = sent.await?;
    if is_new {
        scan::store(sync, who, rev, &state).await?;
    }
    let level = TenantHead { rev, digest: Some(state.combined()), as_of: Instant::now() };
    sync.live.learn(generation, live, level.clone());
    Ok(level)
}

/// The way to the device of a pull that is in its place.
struct PullLine<'a> {
    out: &'a Outlet,
    places: &'a Places,
    /// From when on it gives up its place to whoever waits for one, rather than wait for the device.
    slow: Instant,
    /// What was not sent yet of a frame when it gave way.
    left: Bytes,
}

impl PullLine<'_> {
    async fn send(&mut self, frame: &Frame) -> Result<(), Stop> {
        let mut bytes = Bytes::from(frame.encode());
        let wanted = async {
            sleep_until(self.slow).await;
            self.places.wanted().await;
        };
        tokio::select! {
            biased;
            sent = self.out.send_all(&mut bytes) => return sent,
            () = wanted => {}
        }
        self.left = bytes;
        Err(Stop::Refused(Refusal::gave_way()))
    }
}

async fn copy(
    tx: &mut Tx,
    tenant: Uuid,
    served: &ServedEntity,
    from: i64,
    to: i64,
    line: &mut PullLine<'_>,
) -> Result<(), Stop> {
    let mut columns = String::from("rev, id, deleted_at");
    for name in &served.columns {
        columns.push_str(", ");
        columns.push_str(name);
    }
    let sql = format!(
        "COPY (SELECT {columns} FROM {} WHERE tenant_id = '{tenant}' AND rev > {from} ORDER BY rev) TO STDOUT (FORMAT binary)",
        served.entity.name
    );
    let mut framer = Framer::new(served)?;
    let mut cutter = Cutter::default();
    let (conn, mut turn) = tx.copy();
    let mut stream = conn.copy_out_raw(&sql).await?;
    while let Some(bytes) = stream.try_next().await? {
        cutter.feed(&bytes)?;
        if cutter.ready() >= FRAME_BYTES {
            let piece = cutter.take();
            let frame = framer.frame(&piece, piece.last_rev)?;
            // The line may be slow, which costs nobody anything, and then others may come first.
            if let Some(turn) = &mut turn {
                turn.pause();
            }
            line.send(&frame).await?;
            if let Some(turn) = &mut turn {
                turn.resume().await;
            }
        }
    }
    drop(stream);
    tx.copied();
    if !cutter.is_whole() {
        return Err(Stop::Refused(BadRows("the COPY ended before its trailer").into()));
    }
    let rest = cutter.take();
    if rest.rows > 0 {
        line.send(&framer.frame(&rest, to)?).await?;
    }
    Ok(())
}

/// Frames for rows that this very exchange wrote, when the device was level before it: nothing is asked of PostgreSQL again.
pub(crate) fn frames_of(served: &ServedEntity, rows: &[&Row], to: i64) -> Result<Vec<Frame>, Refusal> {
    let mut framer = Framer::new(served)?;
    let mut frames = Vec::new();
    let mut piece = Piece { raw: Vec::new(), rows: 0, last_rev: 0 };
    for (i, row) in rows.iter().enumerate() {
        pgcopy::write(row, &mut piece.raw);
        piece.rows += 1;
        piece.last_rev = row.rev;
        let last = i + 1 == rows.len();
        if last || piece.raw.len() >= FRAME_BYTES {
            frames.push(framer.frame(&piece, if last { to } else { piece.last_rev })?);
            piece.raw.clear();
            piece.rows = 0;
        }
    }
    Ok(frames)
}

struct Framer<'a> {
    served: &'a ServedEntity,
    zstd: Compressor<'static>,
}

impl<'a> Framer<'a> {
    fn new(served: &'a ServedEntity) -> Result<Framer<'a>, Refusal> {
        let mut zstd = Compressor::new(ZSTD_LEVEL)?;
        zstd.set_parameter(CParameter::ChecksumFlag(true))?;
        Ok(Framer { served, zstd })
    }

    fn frame(&mut self, piece: &Piece, through: i64) -> Result<Frame, Refusal> {
        let head = RowsHead {
            entity: self.served.entity.name.to_owned(),
            columns: self.served.columns.iter().map(|name| (*name).to_owned()).collect(),
            count: piece.rows,
            through,
            raw_len: u32::try_from(piece.raw.len()).unwrap_or(u32::MAX),
        };
        Ok(Frame::Rows(Rows { head, body: self.zstd.compress(&piece.raw)? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::lines::Line;
    use tokio::sync::oneshot;
    use tokio::task::yield_now;

    #[tokio::test]
    async fn a_turn_that_comes_does_not_wait_for_a_line_that_is_full() {
        let (pieces, _unread) = mpsc::channel(1);
        pieces.send(Bytes::from_static(b"results")).await.expect("room for one");
        let exchange = Arc::new(Arc::new(Line::default()).begin().await.expect("a place"));
        let patient = Duration::from_secs(3_600);
        let out = Outlet { pieces, exchange, unread: patient, alive: Duration::from_millis(1) };
        let (give, turn) = oneshot::channel();
        let turn = async { turn.await.map_err(|_| Refusal::busy()) };
        let waiting = tokio::spawn(async move { out.waiting(turn).await.is_ok() });
        // Until it is about to say that the hub is alive, which does not fit.
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(50) {
            yield_now().await;
        }
        give.send(()).expect("it waits");
        assert!(waiting.await.expect("no panic"), "it has its turn");
    }
}
