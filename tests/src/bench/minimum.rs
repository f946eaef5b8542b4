//! The hand-written minimum: what this hardware can do with the same databases, the same tables and indexes, and nothing else.

use super::parties::Hub;
use super::school::{School, schema};
use anyhow::{Context, Result};
use futures_util::TryStreamExt;
use pems_model::ddl::sqlite;
use pems_model::{Entity, pgcopy};
use rusqlite::Connection;
use sqlx::postgres::PgPoolCopyExt;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

const KEY: &str = "PRAGMA key = \"x'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'\";";

/// PostgreSQL binary COPY in key order -> zstd -1 -> SQLCipher without journal -> indexes -> fsync.
pub async fn first_sync(hub: &Hub, school: &School, path: &Path) -> Result<Duration> {
    let pool = PgPool::connect(hub.admin.database_url()).await?;
    let conn = Connection::open(path)?;
    conn.execute_batch(&format!(
        "{KEY} PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000;"
    ))?;
    schema().entities().iter().try_for_each(|entity| conn.execute_batch(&sqlite::table(entity)))?;
    let started = Instant::now();
    conn.execute_batch("BEGIN")?;
    for entity in schema().entities() {
        let columns: Vec<&str> = entity.fields.iter().map(|field| field.name).collect();
        let sql = format!(
            "COPY (SELECT rev, id, deleted_at, {} FROM {} WHERE tenant_id = '{}' ORDER BY id) TO STDOUT (FORMAT binary)",
            columns.join(", "),
            entity.name,
            school.id
        );
        let mut raw = Vec::new();
        let mut stream = pool.copy_out_raw(&sql).await?;
        while let Some(bytes) = stream.try_next().await? {
            raw.extend_from_slice(&bytes);
        }
        let packed = zstd::bulk::compress(&raw, 1)?;
        let plain = zstd::bulk::decompress(&packed, raw.len())?;
        insert(&conn, entity, plain.get(pgcopy::HEADER.len()..plain.len() - 2).context("no rows")?)?;
    }
    conn.execute_batch("COMMIT")?;
    for entity in schema().entities() {
        sqlite::indexes(entity).iter().try_for_each(|index| conn.execute_batch(index))?;
    }
    drop(conn);
    std::fs::File::open(path)?.sync_all()?;
    let took = started.elapsed();
    pool.close().await;
    Ok(took)
}

/// Binds the bytes of PostgreSQL straight to SQLite: texts and ids as they are, numbers turned around.
fn insert(conn: &Connection, entity: &Entity, mut bytes: &[u8]) -> Result<()> {
    let columns = sqlite::columns(entity);
    let marks = vec!["?"; columns.len()].join(", ");
    let mut statement =
        conn.prepare(&format!("INSERT INTO {} ({}) VALUES ({marks})", entity.name, columns.join(", ")))?;
    let field = |bytes: &mut &[u8]| -> Option<Vec<u8>> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(i32::from_be_bytes(*length)).ok();
        let (value, rest) = rest.split_at(length.unwrap_or(0));
        *bytes = rest;
        length.map(|_| value.to_vec())
    };
    let number = |bytes: Option<Vec<u8>>| -> Option<i64> {
        let bytes = bytes?;
        Some(bytes.iter().fold(if bytes[0] & 0x80 == 0 { 0 } else { -1 }, |n: i64, byte| n << 8 | i64::from(*byte)))
    };
    while !bytes.is_empty() {
        bytes = &bytes[2..];
        statement.raw_bind_parameter(2, number(field(&mut bytes)))?;
        statement.raw_bind_parameter(1, field(&mut bytes))?;
        statement.raw_bind_parameter(3, number(field(&mut bytes)))?;
        let mut key = String::new();
        for (i, declared) in entity.fields.iter().enumerate() {
            let value = field(&mut bytes);
            match sqlite::column_type(declared.kind) {
                "INTEGER" => statement.raw_bind_parameter(i + 4, number(value))?,
                "BLOB" => statement.raw_bind_parameter(i + 4, value)?,
                _ => {
                    let text = value.map(String::from_utf8).transpose()?;
                    if let (true, Some(text)) = (declared.searched, &text) {
                        key.push_str(&text.to_uppercase());
                    }
                    statement.raw_bind_parameter(i + 4, text)?;
                }
            }
        }
        if entity.is_searched() {
            statement.raw_bind_parameter(entity.fields.len() + 4, key)?;
        }
        statement.raw_execute()?;
    }
    Ok(())
}

/// 10,000 rows out of an encrypted outbox, into PostgreSQL in one durable transaction, marked as sent in another.
pub async fn push(hub: &Hub, school: &School, path: &Path, rows: i32) -> Result<Duration> {
    let conn = Connection::open(path)?;
    conn.execute_batch(&format!("{KEY} PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE outbox (id BLOB PRIMARY KEY, day INTEGER, sent INTEGER) WITHOUT ROWID; BEGIN;"))?;
    {
        let mut insert = conn.prepare("INSERT INTO outbox VALUES (?1, ?2, 0)")?;
        for n in 0..rows {
            insert.execute((
                Uuid::new_v5(&school.id, format!("least-{}-{n}", path.display()).as_bytes()).as_bytes(),
                n % 200,
            ))?;
        }
    }
    conn.execute_batch("COMMIT")?;
    let mut pg = PgConnection::connect(hub.admin.database_url()).await?;
    let student: Uuid = sqlx::query_scalar("SELECT id FROM student WHERE tenant_id = $1 LIMIT 1")
        .bind(school.id)
        .fetch_one(&mut pg)
        .await?;
    let started = Instant::now();
    let mut ids: Vec<Uuid> = Vec::new();
    let mut days: Vec<i32> = Vec::new();
    {
        let mut select = conn.prepare("SELECT id, day FROM outbox WHERE sent = 0")?;
        let mut found = select.query([])?;
        while let Some(row) = found.next()? {
            ids.push(Uuid::from_bytes(row.get(0)?));
            days.push(row.get(1)?);
        }
    }
    let mut tx = pg.begin().await?;
    let last: i64 = sqlx::query_scalar("SELECT sync.take($1, $2)")
        .bind(school.id)
        .bind(i64::from(rows))
        .fetch_one(&mut *tx)
        .await?;
    sqlx::query(AssertSqlSafe(
        "INSERT INTO bench_mark (tenant_id, id, rev, student, day, session, code)
         SELECT $1, l.id, $2 + l.n, $3, date '2028-01-01' + l.day, 'am', 'A' FROM unnest($4::uuid[], $5::int[]) WITH ORDINALITY AS l (id, day, n)"
            .to_owned(),
    ))
    .bind(school.id)
    .bind(last - i64::from(rows))
    .bind(student)
    .bind(ids)
    .bind(days)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    conn.execute("UPDATE outbox SET sent = 1", [])?;
    let took = started.elapsed();
    // The school's memory at the hub does not know of these rows: let it look.
    sqlx::raw_sql(AssertSqlSafe(format!(
        "UPDATE tenant_clock SET entity_rev = NULL, digest = NULL WHERE tenant_id = '{}'; SELECT pg_notify('hub', '')",
        school.id
    )))
    .execute(&mut pg)
    .await?;
    Ok(took)
}

/// One row: saved in one encrypted file, durable in PostgreSQL, written to another encrypted file. No HTTP in between.
pub async fn one_row(hub: &Hub, dir: &Path, times: usize) -> Result<Vec<Duration>> {
    let open = |name: &str| -> Result<Connection> {
        let conn = Connection::open(dir.join(name))?;
        conn.execute_batch(&format!("{KEY} PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE row (n INTEGER PRIMARY KEY, text TEXT);"))?;
        Ok(conn)
    };
    let (here, there) = (open("least-here.db")?, open("least-there.db")?);
    let mut pg = PgConnection::connect(hub.admin.database_url()).await?;
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS bench_least (n bigint, text text)").execute(&mut pg).await?;
    let mut took = Vec::new();
    for n in 0..times {
        let n = i64::try_from(n)?;
        let started = Instant::now();
        here.execute("INSERT INTO row VALUES (?1, 'x')", [n])?;
        sqlx::query("INSERT INTO bench_least VALUES ($1, 'x')").bind(n).execute(&mut pg).await?;
        there.execute("INSERT INTO row VALUES (?1, 'x')", [n])?;
        took.push(started.elapsed());
    }
    sqlx::raw_sql("DROP TABLE bench_least").execute(&mut pg).await?;
    Ok(took)
}
