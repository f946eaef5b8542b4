//! What a planted row of any table holds: from the catalog's types, checks and links, never from a list of tables.

use sqlx::{PgConnection, Row};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    A,
    B,
    C,
}

#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) required: bool,
    /// The CHECKs that speak of it.
    checks: String,
    /// The table that it links to, as `(tenant_id, column)` or, for the school itself, alone.
    parent: Option<String>,
}

/// Columns whose value no type and no simple CHECK tells. `{mark}`: lower-case and part of a secret; `{word}`: any text of a row.
const TOLD: &[(&str, &str, &str)] = &[
    ("number_range", "purpose", "'student_no'"),
    ("account", "email", "'{mark}{n}@example.ph'"),
    ("account", "password_hash", "'$argon2id${word}'"),
    ("audit_log", "action", "'wall.planted'"),
    // Delivered: nobody but an attacker changes it from now on.
    ("event", "delivered_at", "now()"),
    ("event", "type", "'WALL_PLANTED'"),
    ("session", "ended_at", "NULL"),
    ("session", "ended_why", "NULL"),
    ("tenant_clock", "floor", "0"),
];

/// Where planted numbers of A begin: what the hub itself counts (revisions, entries, events) must find its own numbers free.
const FREE: i64 = 5_000;

/// All tables in `public` with a `tenant_id`, with those columns that a row can be given.
pub(crate) async fn tables(owner: &mut PgConnection) -> BTreeMap<String, Vec<Column>> {
    let rows = sqlx::query(
        "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
             coalesce((SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint k
                 WHERE k.conrelid = c.oid AND k.contype = 'c' AND a.attnum = ANY (k.conkey)), ''),
             (SELECT k.confrelid::regclass::text FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
                 AND k.conkey[cardinality(k.conkey)] = a.attnum AND a.attname <> 'tenant_id' LIMIT 1)
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attidentity <> 'a' AND a.attgenerated = ''
         AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id')
         ORDER BY c.relname, a.attnum",
    )
    .fetch_all(owner)
    .await
    .expect("the catalog");
    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for row in rows {
        let column =
            Column { name: row.get(1), kind: row.get(2), required: row.get(3), checks: row.get(4), parent: row.get(5) };
        tables.entry(row.get(0)).or_default().push(column);
    }
    tables
}

/// A table that allows fewer rows (one for each school, say) keeps what it has.
pub(crate) fn insert(table: &str, columns: &[Column], whose: Whose, tenant: Uuid, n: i64) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let values: Vec<String> = columns.iter().map(|column| value(table, column, whose, tenant, n)).collect();
    format!("INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT DO NOTHING", names.join(", "), values.join(", "))
}

/// The value of a column as an SQL expression.
pub(crate) fn value(table: &str, column: &Column, whose: Whose, tenant: Uuid, n: i64) -> String {
    let name = column.name.as_str();
    if let Some((_, _, told)) = TOLD.iter().find(|(t, c, _)| *t == table && *c == name) {
        let mark = match whose {
            Whose::B if n > 0 => "5ec2e7b0",
            Whose::B => "kx9q",
            _ => "planted",
        };
        return told
            .replace("{mark}", mark)
            .replace("{n}", &n.to_string())
            .replace("{word}", &word(table, name, whose, n));
    }
    if name == "tenant_id" {
        return format!("'{tenant}'");
    }
    let secret = whose == Whose::B && n > 0;
    match column.kind.as_str() {
        "uuid" => {
            let what = column.parent.as_deref().unwrap_or(if name == "id" { table } else { name });
            format!("'{}'", id(what, whose, tenant, n))
        }
        "text" | "character varying" | "name" => text(table, column, whose, n),
        "bigint" | "integer" | "smallint" | "numeric" | "xid8" if !secret || column.kind != "bigint" => {
            format!("'{}'", FREE + n)
        }
        "bigint" => format!("{}", 918_273_645_000 + n),
        "boolean" => format!("{}", n % 2 == 0),
        "date" => format!("'{}-06-1{}'", year(whose, n), n % 10),
        "timestamp with time zone" | "timestamp without time zone" => {
            // A moment that may be missing says that something ended (revoked, used, deleted): most rows have not.
            if column.required || n % 3 == 1 {
                format!("'{}-06-1{} 12:00:00+00'", year(whose, n), n % 10)
            } else {
                "NULL".into()
            }
        }
        "bytea" => bytes(column, whose, tenant, n),
        "jsonb" | "json" => format!("'{{\"note\": \"{}\"}}'", word(table, name, whose, n)),
        "text[]" => format!("ARRAY['{}']", word(table, name, whose, n)),
        "inet" => "'10.1.2.3'".into(),
        "interval" => "'1 day'".into(),
        _ if !column.required => "NULL".into(),
        other => panic!("hub/tests/wall/values.rs must learn what {table}.{name} of type {other} holds"),
    }
}

fn year(whose: Whose, n: i64) -> &'static str {
    match whose {
        Whose::B if n > 0 => "1801",
        Whose::B => "1701",
        _ => "2010",
    }
}

/// The id of row `n` of `what`: the same wherever another row links to it.
pub(crate) fn id(what: &str, whose: Whose, tenant: Uuid, n: i64) -> Uuid {
    let mut bytes = *Uuid::new_v5(&tenant, format!("{what}/{n}").as_bytes()).as_bytes();
    if whose == Whose::B && n > 0 {
        bytes[..4].copy_from_slice(&[0x5e, 0xc2, 0xe7, 0xb0]);
    }
    Uuid::from_bytes(bytes)
}

fn word(table: &str, column: &str, whose: Whose, n: i64) -> String {
    match whose {
        Whose::B if n > 0 => format!("Zx9Q {table} {column} {n}"),
        Whose::B => format!("Kx9Q {table} {column} {n}"),
        Whose::A => format!("Anna {table} {column} {n}"),
        Whose::C => format!("Carl {table} {column} {n}"),
    }
}

/// One of the texts that a CHECK lists, or a text of a length that it demands, or any.
fn text(table: &str, column: &Column, whose: Whose, n: i64) -> String {
    if let Some((_, list)) = column.checks.split_once("ARRAY['") {
        let choices: Vec<&str> =
            list.split(']').next().unwrap_or("").split("'::text").map(|part| part.trim_start_matches(", '")).collect();
        let choices: Vec<&str> = choices.into_iter().filter(|choice| !choice.is_empty()).collect();
        let at = usize::try_from(n).expect("not negative") % choices.len().max(1);
        return format!("'{}'", choices[at].trim_start_matches('\''));
    }
    let word = word(table, &column.name, whose, n);
    match length(&column.checks) {
        Some(length) => {
            format!("'{}'", format!("{word}{}", "x".repeat(length)).chars().take(length).collect::<String>())
        }
        None => format!("'{word}'"),
    }
}

/// The number in `length(..) = N`.
fn length(checks: &str) -> Option<usize> {
    let (_, rest) = checks.split_once(") = ")?;
    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

fn bytes(column: &Column, whose: Whose, tenant: Uuid, n: i64) -> String {
    let seed = id(&column.name, whose, tenant, n).simple().to_string();
    let digits: String = seed.chars().cycle().take(2 * length(&column.checks).unwrap_or(32)).collect();
    format!("'\\x{digits}'")
}
