//! The hub's SQL is checked before it runs: a query is `sqlx::query!` or its kin, which the compiler compares with what the migrated
//! database says of it (`.sqlx`), and its columns have names and types. What cannot be, because it is made at run time or may not
//! be kept prepared, stays in the few places that are listed here.

/// Where a query may go unchecked, and why it must.
const UNCHECKED: &[(&str, &str)] = &[
    ("hub/pg/src/lib.rs", "asks the server before there is a database, and must compile before anything is checked"),
    ("hub/db/src/pool.rs", "greets a connection with a statement that is not kept prepared; the macros keep theirs"),
    ("hub/src/lint/", "reads the catalog of databases of any state, by tables of rules, and keeps nothing prepared"),
    ("hub/src/sync/push/lookup.rs", "reads rows of each declared kind"),
    ("hub/src/sync/push/write.rs", "writes rows of each declared kind"),
    ("hub/src/reads/students.rs", "reads declared columns, by whichever filters were asked for"),
    ("hub/src/metrics/sample.rs", "counts rows of each declared kind"),
    ("hub/src/server/admin/schools.rs", "counts rows of each declared kind"),
    ("hub/src/archive/erase.rs", "empties each table that the catalog names"),
];
/// What takes SQL as a text.
const FUNCTIONS: &[&str] =
    &["query", "query_as", "query_scalar", "query_with", "query_as_with", "query_scalar_with", "QueryBuilder"];

/// Every query of the hub that goes unchecked elsewhere, and every place of the list that has none any more.
pub(super) fn findings(files: &[(&str, String)]) -> Vec<String> {
    let (mut found, mut used) = (Vec::new(), vec![false; UNCHECKED.len()]);
    for (path, text) in files.iter().filter(|(path, _)| is_of_hub(path)) {
        let place = UNCHECKED.iter().position(|(place, _)| path.starts_with(place));
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim_start();
            if line.starts_with("//") || !(asks_unchecked(line) || reads_by_name(line)) {
                continue;
            }
            match place {
                Some(place) => used[place] = true,
                None => found.push(format!(
                    "{path}:{number}: a query that nobody checks; write sqlx::query! (or query_as!, query_scalar!) and run \
                     `cargo xtask gen`, or name the place in xtask/src/tidy/queries.rs with its reason"
                )),
            }
        }
    }
    for ((place, why), _) in UNCHECKED.iter().zip(used).filter(|(_, used)| !used) {
        found.push(format!(
            "xtask/src/tidy/queries.rs: nothing in {place} goes unchecked any more (\"{why}\"); take it off"
        ));
    }
    found
}

/// The crates that ask PostgreSQL, without their tests.
fn is_of_hub(path: &str) -> bool {
    path.starts_with("hub/") && path.ends_with(".rs") && path.contains("/src/") && !path.ends_with("/tests.rs")
}

fn asks_unchecked(line: &str) -> bool {
    let names = |rest: &str| {
        let word = rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
        FUNCTIONS.contains(&word) && !rest[word.len()..].starts_with('!')
    };
    let imports = line.starts_with("use sqlx::") && line.split(['{', ',', ' ', ':']).any(names);
    imports || line.match_indices("sqlx::").any(|(at, path)| names(&line[at + path.len()..]))
}

/// A column that is asked for by a text is found missing when it is read.
fn reads_by_name(line: &str) -> bool {
    line.match_indices("try_get")
        .any(|(at, _)| line[at..].split_once('(').is_some_and(|(_, rest)| rest.starts_with('"')))
}

#[cfg(test)]
mod tests {
    use super::{UNCHECKED, findings};

    /// The listed places as they are, so that only what is planted is found.
    fn listed() -> Vec<(&'static str, String)> {
        let unchecked = concat!("sqlx::que", "ry(AssertSqlSafe(sql))").to_owned();
        UNCHECKED.iter().map(|(place, _)| (*place, unchecked.clone())).map(in_a_file).collect()
    }

    fn in_a_file((place, text): (&'static str, String)) -> (&'static str, String) {
        (if place.ends_with('/') { "hub/src/lint/rules/mod.rs" } else { place }, text)
    }

    fn planted(path: &'static str, line: &str) -> Vec<String> {
        let mut files = listed();
        files.push((path, format!("//! Why.\n{line}\n")));
        findings(&files)
    }

    #[test]
    fn a_query_that_nobody_checks_is_found() {
        for line in [
            concat!("    sqlx::que", "ry(\"SELECT 1\").execute(tx.conn()).await?;"),
            concat!("let all: Vec<Uuid> = sqlx::que", "ry_scalar(\"SELECT id FROM tenant\")"),
            concat!("sqlx::que", "ry_as::<_, (Uuid,)>(sql)"),
            concat!("sqlx::que", "ry_with(AssertSqlSafe(sql), needs)"),
            concat!("use sqlx::{PgConnection, que", "ry_as};"),
            concat!("let mut sql = sqlx::Query", "Builder::new(\"SELECT\");"),
            concat!("name: row.try", "_get(\"name\")?,"),
            concat!("let role = row.try", "_get::<&str, _>(\"role\")?;"),
        ] {
            let found = planted("hub/src/users/accounts.rs", line);
            assert_eq!(found.len(), 1, "{line}: {found:?}");
            assert!(found[0].starts_with("hub/src/users/accounts.rs:2: "), "{found:?}");
            assert_eq!(planted("hub/db/src/outbox.rs", line).len(), 1, "{line}");
            assert_eq!(planted("hub/src/lint/context.rs", line), Vec::<String>::new(), "a listed place");
            assert_eq!(planted("hub/tests/api/face.rs", line), Vec::<String>::new(), "a test");
            assert_eq!(planted("node/src/store/mod.rs", line), Vec::<String>::new(), "another database");
        }
    }

    #[test]
    fn what_is_checked_passes() {
        for line in [
            "sqlx::query!(\"SELECT sec.emit($1, $2, $3)\", id, kind, payload).execute(tx.conn()).await?;",
            "let all = sqlx::query_scalar!(\"SELECT kid FROM sec.ctx_key\");",
            "sqlx::query_as!(Stored, \"SELECT id FROM tenant\")",
            "use sqlx::{Connection, PgConnection};",
            "sqlx::raw_sql(\"SAVEPOINT piece\")",
            "let rev: i64 = row.try_get(0)?;",
            "//! sqlx::query(\"SELECT 1\")",
        ] {
            assert_eq!(planted("hub/src/users/accounts.rs", line), Vec::<String>::new(), "{line}");
        }
    }

    #[test]
    fn a_listed_place_without_a_need_is_told() {
        let mut files = listed();
        let gone = files.pop().expect("a place").0;
        let found = findings(&files);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(gone), "{found:?}");
    }
}
