//! What the grammar can speak of: the tables, functions and constants of a request of A, from the catalog and by A's own rights.

use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;

/// The types that expressions are made of.
pub(crate) const TYPES: [&str; 9] =
    ["uuid", "text", "bigint", "integer", "boolean", "date", "timestamp with time zone", "jsonb", "bytea"];

/// So large a text or so long a run tells nothing more, and takes the machine's memory or time.
const TOO_MUCH: [&str; 9] = [
    "repeat",
    "lpad",
    "rpad",
    "pg_sleep",
    "generate_series",
    "regexp_replace",
    "factorial",
    "setseed",
    "hash_array_extended",
];

pub(crate) struct Table {
    pub(crate) name: String,
    /// (name, type), of all types.
    pub(crate) columns: Vec<(String, String)>,
    /// It has a `tenant_id` (or is the table of schools).
    pub(crate) key: Option<String>,
    /// Of the catalog, or a view of it.
    pub(crate) catalog: bool,
}

pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) ours: bool,
}

pub(crate) struct Vocabulary {
    pub(crate) a: String,
    pub(crate) tables: Vec<Table>,
    /// By what they return.
    pub(crate) functions: BTreeMap<String, Vec<Function>>,
    pub(crate) ids: Vec<String>,
    pub(crate) texts: Vec<String>,
}

impl Vocabulary {
    /// `words` are what an attacker in A's place may know: ids, and any texts.
    pub(crate) async fn read(superuser_url: &str, a: &str, words: &[String]) -> Vocabulary {
        let mut owner = PgConnection::connect(superuser_url).await.expect("a connection");
        // What A cannot read is there as well: it must be refused.
        let columns: Vec<(String, bool, String, String)> = sqlx::query_as(
            "SELECT c.oid::regclass::text, c.relnamespace = 'pg_catalog'::regnamespace, a.attname::text, format_type(a.atttypid, NULL)
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace NOT IN ('information_schema'::regnamespace, 'pg_toast'::regnamespace)
             AND (c.relnamespace <> 'pg_catalog'::regnamespace OR c.relname IN ('pg_class', 'pg_attribute', 'pg_stats', 'pg_roles', 'pg_settings',
                 'pg_policies', 'pg_cursors', 'pg_prepared_statements', 'pg_namespace', 'pg_type', 'pg_index', 'pg_constraint', 'pg_tables'))
             ORDER BY c.oid, a.attnum",
        )
        .fetch_all(&mut owner)
        .await
        .expect("the tables");
        let mut tables: Vec<Table> = Vec::new();
        for (name, catalog, column, kind) in columns {
            if tables.last().is_none_or(|last| last.name != name) {
                tables.push(Table { name: name.clone(), columns: Vec::new(), key: None, catalog });
            }
            let table = tables.last_mut().expect("just pushed");
            if column == "tenant_id" || (name == "tenant" && column == "id") {
                table.key = Some(column.clone());
            }
            table.columns.push((column, kind));
        }
        let rows: Vec<(String, Vec<String>, String, bool)> = sqlx::query_as(
            "SELECT format('%I.%I', n.nspname, p.proname), ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) t), format_type(p.prorettype, NULL),
                 n.nspname <> 'pg_catalog'
             FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
             WHERE p.prokind = 'f' AND NOT p.proretset AND p.provariadic = 0 AND n.nspname <> 'information_schema'
             AND has_schema_privilege('hub_app', n.oid, 'USAGE') AND has_function_privilege('hub_app', p.oid, 'EXECUTE')
             AND p.proname <> ALL ($1) ORDER BY p.oid",
        )
        .bind(&TOO_MUCH[..])
        .fetch_all(&mut owner)
        .await
        .expect("the functions");
        let mut functions: BTreeMap<String, Vec<Function>> = BTreeMap::new();
        for (name, arguments, returns, ours) in rows {
            let known = |kind: &String| TYPES.contains(&kind.as_str());
            // Our own that return nothing or a record are called for what they do.
            let returns = if ours && !known(&returns) { "text".to_owned() } else { returns };
            if arguments.iter().all(known) && known(&returns) {
                functions.entry(returns).or_default().push(Function { name, arguments, ours });
            }
        }
        let ids = words.iter().filter(|word| word.len() == 36).cloned().collect();
        let mut texts: Vec<String> = words.iter().filter(|word| !word.starts_with('\\')).cloned().collect();
        texts.extend(
            [
                "",
                "x",
                "%",
                "student",
                "SELECT string_agg(s::text, ',') FROM student s",
                "SELECT max(last_name) FROM guardian",
                "{}",
                "[1]",
                "2010-06-11",
                "7",
            ]
            .map(str::to_owned),
        );
        Vocabulary { a: a.to_owned(), tables, functions, ids, texts }
    }
}
