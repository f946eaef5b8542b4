//! Finding out what the clock row does not know: a full look at every row of a school. Needed after somebody changed rows by
//! hand, and when an operator wants the digest of such a school.

use super::cut::Cutter;
use crate::refusal::Refusal;
use crate::sync::Exchanges;
use crate::sync::clock::State;
use futures_util::TryStreamExt;
use pems_db::{Access, TenantContext};
use pems_model::digest::Digest;
use pems_model::pgcopy::Reader;
use pems_model::{Entity, Schema};
use sqlx::PgConnection;
use uuid::Uuid;

/// Bytes of rows that are decoded at a time.
const CHUNK: usize = 256 << 10;

/// Highest revision and digest of each entity that has rows, in the snapshot of the open transaction.
pub(crate) async fn scan(conn: &mut PgConnection, schema: &Schema, tenant: Uuid) -> Result<State, Refusal> {
    let mut state = State::default();
    for entity in schema.entities() {
        let (rev, digest) = scan_entity(conn, entity, tenant).await?;
        if rev > 0 {
            state.revs.insert(entity.name.to_owned(), rev);
            state.digests.insert(entity.name.to_owned(), digest);
        }
    }
    Ok(state)
}

async fn scan_entity(conn: &mut PgConnection, entity: &Entity, tenant: Uuid) -> Result<(i64, Digest), Refusal> {
    let columns: Vec<String> = entity.fields.iter().map(|field| field.name.to_owned()).collect();
    let sql = format!(
        "COPY (SELECT rev, id, deleted_at, {} FROM {} WHERE tenant_id = '{tenant}') TO STDOUT (FORMAT binary)",
        columns.join(", "),
        entity.name
    );
    let (mut rev, mut digest, mut cutter) = (0, Digest::default(), Cutter::default());
    let mut stream = conn.copy_out_raw(&sql).await?;
    loop {
        let bytes = stream.try_next().await?;
        if let Some(bytes) = &bytes {
            cutter.feed(bytes)?;
        }
        if bytes.is_none() || cutter.ready() >= CHUNK {
            for row in Reader::new(&cutter.take().raw, entity, &columns) {
                let row = row?;
                rev = rev.max(row.rev);
                digest.add(entity, &row);
            }
        }
        if bytes.is_none() {
            return Ok((rev, digest));
        }
    }
}

/// Keeps what a scan found, unless the school has moved on since.
pub(super) async fn store(sync: &Exchanges, who: &TenantContext, rev: i64, state: &State) -> Result<(), Refusal> {
    let stored = sync.tenant_db.in_tx(who, Access::Write, async |tx| {
        let keep = sqlx::query!(
            "UPDATE tenant_clock SET entity_rev = $3::text::jsonb, digest = $4::text::jsonb
             WHERE tenant_id = $1 AND rev = $2",
            who.tenant(),
            rev,
            state.revs_json(),
            state.digests_json()
        );
        keep.execute(tx.conn()).await?;
        Ok(())
    });
    stored.await
}
