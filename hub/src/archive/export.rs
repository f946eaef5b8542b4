//! `pems-hub school export`.

use super::file::Writer;
use super::{CHUNK, End, FORMAT, Header, Line, Passphrase};
use crate::refusal::Refusal;
use crate::server::admin::Admin;
use crate::sync::clock::State;
use crate::sync::pull::Cutter;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{Stream, TryStreamExt};
use pems_db::Tx;
use pems_model::digest::Digest;
use pems_model::pgcopy::Reader as Rows;
use pems_model::{Code, Entity};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::path::Path;
use uuid::Uuid;

/// What an export holds.
#[derive(Debug, Clone, Serialize)]
pub struct Exported {
    pub slug: String,
    pub rev: i64,
    pub digest: String,
    /// Rows of each entity, deleted ones included.
    pub rows: BTreeMap<String, i64>,
    /// Entries of the change log.
    pub log: i64,
    /// Size of the file, bytes.
    pub bytes: u64,
}

impl Admin {
    /// Writes a school, as it is at this moment, into an encrypted file.
    ///
    /// # Errors
    /// `not_found`; `conflict` if the file exists; a file that cannot be written (nothing is left of it then).
    pub async fn export_school(&self, slug: &str, path: &Path, passphrase: &Passphrase) -> Result<Exported, Refusal> {
        let about = self.school_named(slug).await?.id;
        let mut out = Writer::create(path, passphrase)?;
        let written = self.look_at("school export", about, async |tx| self.write_school(tx, about, &mut out).await);
        let (header, end) = written.await?;
        let bytes = out.finish()?;
        let Header { slug, rev, .. } = header;
        Ok(Exported { slug, rev, digest: end.digest, rows: end.rows, log: end.log, bytes })
    }

    async fn write_school(&self, tx: &mut Tx, id: Uuid, out: &mut Writer) -> Result<(Header, End), Refusal> {
        let header = header(tx, id).await?;
        out.line(&Line::School(header.clone()))?;
        let (mut state, mut rows) = (State::default(), BTreeMap::new());
        for entity in self.schema().entities() {
            let (count, rev, digest) = entity_rows(tx, entity, id, out).await?;
            if count > 0 {
                rows.insert(entity.name.to_owned(), count);
                state.revs.insert(entity.name.to_owned(), rev);
                state.digests.insert(entity.name.to_owned(), digest);
            }
        }
        let log = sqlx::query_scalar!(
            r#"SELECT to_jsonb(l) - 'tenant_id' AS "entry!" FROM change_log l WHERE tenant_id = $1
               ORDER BY rev, replica_id, incarnation, op_no"#,
            id
        );
        let log = entries(log.fetch(tx.conn()), |entry| out.line(&Line::Log { entry })).await?;
        let audit = sqlx::query_scalar!(
            r#"SELECT to_jsonb(a) - 'tenant_id' AS "entry!" FROM audit_log a WHERE tenant_id = $1 ORDER BY seq"#,
            id
        );
        let audit = entries(audit.fetch(tx.conn()), |entry| out.line(&Line::Audit { entry })).await?;
        let end = End { rows, log, audit, digest: state.combined() };
        out.line(&Line::End(end.clone()))?;
        Ok((header, end))
    }
}

async fn header(tx: &mut Tx, id: Uuid) -> Result<Header, Refusal> {
    let school = sqlx::query!(
        r#"SELECT t.name, t.slug, t.school_id, t.timezone,
               t.metadata AS "metadata: sqlx::types::Json<Map<String, Json>>", c.rev
           FROM tenant t JOIN tenant_clock c ON c.tenant_id = t.id WHERE t.id = $1"#,
        id
    );
    let gone = || Refusal::new(Code::NotFound, "the school went away meanwhile");
    let school = school.fetch_optional(tx.conn()).await?.ok_or_else(gone)?;
    Ok(Header {
        format: FORMAT,
        id,
        name: school.name,
        slug: school.slug,
        school_id: school.school_id,
        timezone: school.timezone,
        metadata: school.metadata.0,
        rev: school.rev,
    })
}

/// Writes all rows of an entity; gives their number, highest revision and digest.
async fn entity_rows(
    tx: &mut Tx,
    entity: &Entity,
    tenant: Uuid,
    out: &mut Writer,
) -> Result<(i64, i64, Digest), Refusal> {
    let columns: Vec<String> = entity.fields.iter().map(|field| field.name.to_owned()).collect();
    let sql = format!(
        "COPY (SELECT rev, id, deleted_at, {} FROM {} WHERE tenant_id = '{tenant}' ORDER BY rev) TO STDOUT (FORMAT binary)",
        columns.join(", "),
        entity.name
    );
    let (mut count, mut rev, mut digest, mut cutter) = (0, 0, Digest::default(), Cutter::default());
    let mut stream = tx.conn().copy_out_raw(&sql).await?;
    loop {
        let bytes = stream.try_next().await?;
        if let Some(bytes) = &bytes {
            cutter.feed(bytes)?;
        }
        if bytes.is_none() || cutter.ready() >= CHUNK {
            let piece = cutter.take();
            for row in Rows::new(&piece.raw, entity, &columns) {
                let row = row?;
                count += 1;
                rev = rev.max(row.rev);
                digest.add(entity, &row);
            }
            if piece.rows > 0 {
                let (entity, columns) = (entity.name.to_owned(), columns.clone());
                out.line(&Line::Rows { entity, columns, data: STANDARD.encode(&piece.raw) })?;
            }
        }
        if bytes.is_none() {
            return Ok((count, rev, digest));
        }
    }
}

async fn entries(
    mut rows: impl Stream<Item = Result<Json, sqlx::Error>> + Unpin,
    mut each: impl FnMut(Json) -> Result<(), Refusal>,
) -> Result<i64, Refusal> {
    let mut count = 0;
    while let Some(entry) = rows.try_next().await? {
        each(entry)?;
        count += 1;
    }
    Ok(count)
}
