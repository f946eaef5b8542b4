//! Every statement of the office is prepared, before anybody runs it, against the tables of an office that was just made: a column
//! that there is not, a table that was renamed or an index that a query insists on is named here with its place. Found in the sources,
//! so that nothing has to be listed; what is made at run time is listed with its reason, and prepared by the test beside this one.
//!
//! Only the store writes: anywhere else SQLite itself must say of a statement that it only reads.

mod sources;
mod texts;

use super::office;
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection};
use sources::Sources;
use std::collections::BTreeSet;
use std::path::Path;

/// What is made of declarations, tables or keys while the office runs, and so prepared by [`super::declared`] instead.
const MADE: &[(&str, &str, &str)] = &[
    ("store/apply.rs", "replace", "writes a kind of record"),
    ("store/apply.rs", "fill", "fills the table of a kind of record"),
    ("store/apply.rs", "is_empty", "asks the table of a kind of record"),
    ("store/inbox.rs", "questions", "reads a kind of record whole"),
    ("store/layout.rs", "upgrade", "adds what a declaration has and the file has not"),
    ("store/layout.rs", "fold_again", "reads and writes each kind that is searched"),
    ("store/layout.rs", "add_entity", "makes the table of a kind of record"),
    ("store/mod.rs", "set_key", "the key itself"),
    ("store/review.rs", "close_those_about", "reads a kind of record whole"),
    ("store/rows.rs", "load", "reads a kind of record whole"),
    ("store/rows.rs", "is_live", "asks the table of a kind of record"),
    ("store/rows.rs", "all", "reads a kind of record whole"),
    ("store/rows.rs", "write", "writes a kind of record"),
    ("store/rows.rs", "remove", "writes a kind of record"),
    ("store/rows.rs", "count", "counts a kind of record"),
    ("store/rows.rs", "count_links", "counts a kind of record by one of its links"),
    ("store/standing.rs", "check_free", "asks for a number of a kind of record"),
    ("store/status.rs", "count_at_hub", "counts a kind of record"),
    ("store/status.rs", "digest_of", "reads a kind of record whole"),
];

/// Makes the tables themselves, which an office that was made has already.
const MAKES: (&str, &str) = ("store/layout.rs", "create");

/// What became of the statements of the sources.
#[derive(Default)]
struct Looked {
    prepared: usize,
    /// With their place and what SQLite says.
    refused: Vec<String>,
    /// Where one is made at run time: the file and the function.
    made: BTreeSet<(String, String)>,
}

impl Looked {
    fn at(sources: &Sources, conn: &Connection) -> Looked {
        let mut looked = Looked::default();
        for asked in &sources.asked {
            let (file, function) = sources.place(asked.at);
            if (file, function) == MAKES {
                continue;
            }
            let all = sources.texts(&[asked.sql], asked.at).filter(|all| !all.is_empty());
            let Some(all) = all else {
                looked.made.insert((file.to_owned(), function.to_owned()));
                continue;
            };
            for sql in all.concat() {
                looked.prepared += 1;
                if let Err(why) = prepare(conn, &sql, file.starts_with("store/")) {
                    looked.refused.push(format!("{file}, fn {function}: {why}\n{sql}"));
                }
            }
        }
        looked
    }
}

/// Why a text is no SQL for these tables, if so.
fn prepare(conn: &Connection, sql: &str, may_write: bool) -> Result<(), String> {
    let mut statements = Batch::new(conn, sql);
    while let Some(statement) = statements.next().map_err(|error| error.to_string())? {
        if !(may_write || statement.readonly()) {
            return Err("this writes, and only node/src/store may".to_owned());
        }
    }
    Ok(())
}

fn sources() -> Sources {
    Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

#[test]
fn every_statement_of_the_office_is_one_that_its_tables_answer() {
    let (office, sources) = (office(), sources());
    let looked = Looked::at(&sources, office.conn());
    assert!(looked.refused.is_empty(), "{}", looked.refused.join("\n\n"));
    assert!(looked.prepared > 150, "only {} statements were found", looked.prepared);
    let listed = MADE.iter().map(|(file, function, _)| ((*file).to_owned(), (*function).to_owned())).collect();
    let (unlisted, gone) = (&looked.made - &listed, &listed - &looked.made);
    assert!(
        unlisted.is_empty(),
        "SQL that is put together at run time, so that nothing can prepare it before: {unlisted:#?}; use constants and `format!` of \
         constants, or list the place with its reason and prepare it in node/src/store/tests/declared.rs"
    );
    assert!(gone.is_empty(), "nothing is made at run time there any more, take it off the list: {gone:#?}");
    assert!(sources.unreadable.is_empty(), "SQL inside a macro that this cannot read: {:?}", sources.unreadable);
}

/// `Store::linked` is told which rows of which kind and in which order.
#[test]
fn every_order_of_linked_rows_is_one_that_their_tables_know() {
    let (office, sources) = (office(), sources());
    let mut prepared = 0;
    for call in sources.calls.get("linked").into_iter().flatten().filter(|call| call.args.len() == 4) {
        let (file, function) = sources.place(call.at);
        let all = sources.texts(&[call.args[0], call.args[1], call.args[3]], call.at);
        for asked in all.unwrap_or_else(|| panic!("{file}, fn {function}: say kind, link and order as constants")) {
            let [entity, link, order] = &asked[..] else { panic!("three texts") };
            let sql = format!("SELECT id FROM {entity} WHERE {link} = ?1 ORDER BY {order}");
            prepare(office.conn(), &sql, false).unwrap_or_else(|why| panic!("{file}, fn {function}: {why}\n{sql}"));
            prepared += 1;
        }
    }
    assert!(prepared >= 7, "only {prepared} calls were found");
}

/// A file with one function; `SQL` stands for what is planted.
fn planted(text: &str) -> Looked {
    let mut sources = Sources::default();
    sources.add("app/planted.rs", text);
    Looked::at(&sources, office().conn())
}

#[test]
fn a_column_that_there_is_not_is_named_however_the_text_is_put_together() {
    for text in [
        "fn f(c: &C) { c.prepare(\"SELECT lastname FROM student\"); }",
        "fn f(c: &C) { c.query_row(\"SELECT lastname FROM student\", [], |row| row.get(0)); }",
        "const A: &str = \"SELECT id, lastname FROM student\"; fn f(c: &C) { c.prepare_cached(A); }",
        "const A: &str = \"lastname\"; fn f(c: &C) { c.prepare_cached(&format!(\"SELECT {A} FROM student\")); }",
        "fn f(c: &C) { let a = \"lastname\"; let sql = format!(\"SELECT {} FROM {1}\", a, \"student\"); c.prepare(&sql); }",
        "const A: &str = \"SELECT WHAT FROM student\"; fn f(c: &C) { c.prepare(&A.replace(\"WHAT\", \"lastname\")); }",
        "fn f(c: &C, last: bool) { let sql = if last { \"SELECT lastname FROM student\" } else { \"SELECT 1\" }; c.prepare(sql); }",
        "fn which(n: u8) -> &'static str { match n { 1 => \"id\", _ => \"lastname\" } }
         fn f(c: &C, n: u8) { c.prepare(&format!(\"SELECT {} FROM student\", which(n))); }",
        "fn all(c: &C, condition: &str) { c.prepare(&format!(\"SELECT id FROM student WHERE {condition}\")); }
         fn f(c: &C) { all(c, \"1\"); all(c, \"lastname = 'Cruz'\"); }",
        "fn f(c: &C) { let count = |sql: &str| c.prepare_cached(sql)?.query_row([], read); count(\"SELECT lastname FROM student\"); }",
        "const ALL: [(u8, &str); 2] = [(1, \"SELECT 1\"), (2, \"SELECT lastname FROM student\")];
         fn f(c: &C) { for (n, sql) in ALL { c.prepare_cached(sql); } }",
        "fn f(c: &C) { vec![c.prepare(\"SELECT lastname FROM student\")]; }",
        "fn f(c: &C) { c.act(|work| work.conn().prepare(\"SELECT lastname FROM student\")); }",
    ] {
        let looked = planted(text);
        assert!(looked.made.is_empty(), "{text}: not read");
        assert_eq!(looked.refused.len(), 1, "{text}: {:?}", looked.refused);
        let refused = &looked.refused[0];
        assert!(
            refused.starts_with("app/planted.rs, fn ") && refused.contains("no such column: lastname"),
            "{refused}"
        );
        let right = planted(&text.replace("lastname", "last_name"));
        assert!(right.refused.is_empty() && right.prepared > 0, "{text}: {:?}", right.refused);
    }
}

#[test]
fn what_is_made_at_run_time_and_what_writes_is_told() {
    for text in [
        "fn f(c: &C, entity: &Entity) { c.prepare(&format!(\"SELECT id FROM {}\", entity.name)); }",
        "fn f(c: &C) { let sql = ask(); c.prepare(&sql); }",
        "fn f(c: &C, sql: &str) { c.prepare(sql); }",
        "fn f(c: &C) { let mut sql = String::new(); sql.push_str(\"SELECT 1\"); c.prepare(&sql); }",
    ] {
        let looked = planted(text);
        assert_eq!(
            looked.made.into_iter().collect::<Vec<_>>(),
            [("app/planted.rs".to_owned(), "f".to_owned())],
            "{text}"
        );
    }
    let looked = planted("fn f(c: &C) { c.execute(\"UPDATE student SET last_name = 'Cruz'\", []); }");
    assert!(looked.refused.len() == 1 && looked.refused[0].contains("this writes"), "{:?}", looked.refused);
    let looked = planted("fn f(c: &C) { c.execute_batch(\"BEGIN\"); c.execute_batch(\"COMMIT\"); }");
    assert!(looked.refused.is_empty(), "{:?}", looked.refused);
    let looked = planted("#[cfg(test)] mod tests { fn f(c: &C) { c.prepare(\"SELECT lastname FROM student\"); } }");
    assert_eq!((looked.prepared, looked.refused.len()), (0, 0), "tests are left out");
}
