//! `pems-hub school import`: the same school again, or a copy of it beside the living one.

use super::file::Reader;
use super::{End, FORMAT, Header, Line, Passphrase};
use crate::archive::remap_ids::Renumber;
use crate::refusal::Refusal;
use crate::schools::NewSchool;
use crate::server::admin::Admin;
use crate::sync::clock::State;
use crate::sync::pull;
use crate::sync::push::write;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pems_db::{Tx, sys};
use pems_model::pgcopy::Reader as Rows;
use pems_model::verifier::is_verifier;
use pems_model::{Code, Entity, Kind, Row, Value};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::Path;
use uuid::Uuid;

/// Entries of the change log in one statement, and their bytes: what an import holds in memory.
const LOG_BATCH: usize = 1_000;
const LOG_BYTES: usize = 4 << 20;

/// What came out of a file.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    pub id: Uuid,
    pub slug: String,
    pub rev: i64,
    /// The same as in the file where the school keeps its id; else that of the renumbered rows.
    pub digest: String,
    pub rows: BTreeMap<String, i64>,
    pub log: i64,
    /// Users who came without a password, because what the file had for theirs was none of ours.
    pub without_password: Vec<Uuid>,
}

/// What the rows came to so far.
#[derive(Debug, Default)]
struct Sums {
    /// As the file promises them.
    promised: State,
    /// As they were written.
    written: State,
    without_password: Vec<Uuid>,
}

impl Sums {
    fn add(&mut self, entity: &Entity, row: &mut Row) {
        add(&mut self.promised, entity, row);
        for (field, value) in entity.fields.iter().zip(&mut row.values) {
            // Costs that somebody else chose come in by no way, this one neither.
            if field.kind == Kind::Verifier && value.as_text().is_some_and(|text| !is_verifier(text)) {
                *value = Value::Null;
                self.without_password.push(row.id);
            }
        }
        add(&mut self.written, entity, row);
    }
}

fn add(state: &mut State, entity: &Entity, row: &Row) {
    state.digests.entry(entity.name.to_owned()).or_default().add(entity, row);
    let rev = state.revs.entry(entity.name.to_owned()).or_default();
    *rev = (*rev).max(row.rev);
}

impl Admin {
    /// Makes a school of a file: with its own id and slug, or (`beside`: new slug, new DepEd School ID) as another school.
    ///
    /// # Errors
    /// `conflict` if the school, slug or School ID is there; `bad_file`, `bad_usage` (wrong passphrase). Nothing stays then.
    pub async fn import_school(
        &self,
        path: &Path,
        passphrase: &Passphrase,
        beside: Option<(&str, &str)>,
    ) -> Result<Imported, Refusal> {
        let mut file = Reader::open(path, passphrase)?;
        let Line::School(header) = file.line()? else {
            return Err(Refusal::new(Code::BadFile, format!("{} does not begin with a school", path.display())));
        };
        if header.format != FORMAT {
            let message = format!("{} has format {}; this program reads {FORMAT}", path.display(), header.format);
            return Err(Refusal::new(Code::UpgradeRequired, message));
        }
        let id = if beside.is_some() { sys::new_ordered_id(sys::now())? } else { header.id };
        let (slug, school_id) = beside.unwrap_or((&header.slug, &header.school_id));
        let Header { name, timezone, metadata, .. } = &header;
        self.insert_school(id, &NewSchool { name, slug, school_id, timezone, metadata }).await?;
        let filled = self.fill(id, &header, &mut file).await;
        match filled {
            Ok(imported) => {
                let details = json!({ "from": header.id, "rev": header.rev, "digest": imported.digest });
                self.open_school(id, details).await?;
                Ok(Imported { slug: slug.to_owned(), ..imported })
            }
            Err(refusal) => {
                // Nobody has a code for it yet, and it has no rows: only its name has to go.
                self.forget_school(id).await?;
                Err(refusal)
            }
        }
    }

    async fn fill(&self, id: Uuid, header: &Header, file: &mut Reader) -> Result<Imported, Refusal> {
        self.inside(id, async |tx| self.fill_in(tx, id, header, file).await).await
    }

    async fn fill_in(&self, tx: &mut Tx, id: Uuid, header: &Header, file: &mut Reader) -> Result<Imported, Refusal> {
        // All revisions up to the file's may be written now, by this transaction alone.
        sqlx::query_scalar!("SELECT sync.take($1, $2)", id, header.rev).fetch_one(tx.conn()).await?;
        let mut renumber = Renumber::new(header.id, id);
        let (mut sums, mut rows, mut log) = (Sums::default(), BTreeMap::new(), 0);
        let (mut waiting, mut bytes) = (Vec::new(), 0);
        let end: End = loop {
            match file.line()? {
                Line::School(_) => return Err(Refusal::new(Code::BadFile, "the file has two schools")),
                Line::Rows { entity, columns, data } => {
                    let count = self.rows(tx, id, (&entity, &columns, &data), &mut renumber, &mut sums).await?;
                    *rows.entry(entity).or_insert(0) += count;
                }
                Line::Log { mut entry } => {
                    log += 1;
                    if entry["rev"].as_i64().is_some_and(|rev| rev > header.rev) {
                        return Err(Refusal::new(
                            Code::BadFile,
                            "the file's history goes beyond its revision; nothing was imported",
                        ));
                    }
                    bytes += entry.to_string().len();
                    renumber.entry(&mut entry);
                    waiting.push(entry);
                    if waiting.len() >= LOG_BATCH || bytes >= LOG_BYTES {
                        bytes = 0;
                        entries(tx, id, std::mem::take(&mut waiting)).await?;
                    }
                }
                Line::Audit { .. } => {}
                Line::End(end) => break end,
            }
        };
        entries(tx, id, waiting).await?;
        let clock = sqlx::query!(
            "UPDATE tenant_clock SET entity_rev = $2::text::jsonb, digest = $3::text::jsonb WHERE tenant_id = $1",
            id,
            sums.written.revs_json(),
            sums.written.digests_json()
        );
        clock.execute(tx.conn()).await?;
        let digest = sums.written.combined();
        let found = pull::scan(tx.conn(), self.schema(), id).await?.combined();
        let same_school = id == header.id;
        if end.rows != rows
            || end.log != log
            || found != digest
            || (same_school && sums.promised.combined() != end.digest)
        {
            let message = "what was written is not what the file promised; nothing was imported";
            return Err(Refusal::new(Code::BadFile, message).with(json!({ "expected": end, "digest": found })));
        }
        Ok(Imported {
            id,
            slug: String::new(),
            rev: header.rev,
            digest,
            rows,
            log,
            without_password: sums.without_password,
        })
    }

    async fn rows(
        &self,
        tx: &mut Tx,
        tenant: Uuid,
        (name, columns, data): (&str, &[String], &str),
        renumber: &mut Renumber,
        sums: &mut Sums,
    ) -> Result<i64, Refusal> {
        let bad = |why: String| Refusal::new(Code::BadFile, format!("rows of {name}: {why}; nothing was imported"));
        let entity =
            self.schema().entity(name).ok_or_else(|| bad("this program does not know them; update it".into()))?;
        if let Some(column) = columns.iter().find(|column| entity.field_index(column).is_none()) {
            return Err(bad(format!("this program does not know the field {column}; update it")));
        }
        let bytes = STANDARD.decode(data).map_err(|error| bad(error.to_string()))?;
        let rows: Result<Vec<Row>, _> = Rows::new(&bytes, entity, columns).collect();
        let mut rows = rows.map_err(|error| bad(error.to_string()))?;
        for row in &mut rows {
            renumber.row(entity, row);
            sums.add(entity, row);
        }
        write::upsert_rows(tx, entity, tenant, &rows.iter().collect::<Vec<_>>()).await?;
        Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
    }
}

async fn entries(tx: &mut Tx, tenant: Uuid, entries: Vec<Json>) -> Result<(), Refusal> {
    if entries.is_empty() {
        return Ok(());
    }
    let insert = sqlx::query!(
        "INSERT INTO change_log (tenant_id, replica_id, incarnation, op_no, change_id, rev, entity, row_id, kind, outcome,
             problem, base_rev, fields, grp, user_id, device_id, at, edited_at, received_at)
         SELECT $1, l.replica_id, l.incarnation, l.op_no, l.change_id, l.rev, l.entity, l.row_id, l.kind, l.outcome,
             l.problem, l.base_rev, l.fields, l.grp, l.user_id, l.device_id, l.at, l.edited_at, l.received_at
         FROM jsonb_populate_recordset(NULL::change_log, $2) AS l",
        tenant,
        Json::Array(entries)
    );
    insert.execute(tx.conn()).await?;
    Ok(())
}
