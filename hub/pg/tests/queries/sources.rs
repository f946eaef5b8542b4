//! The queries in the text of a crate, read by the lexer that the macros themselves are given their text by.

use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use std::fs;
use std::path::Path;

/// The macros whose SQL is written where they stand, and those whose SQL has a file of its own.
const WRITTEN: [&str; 3] = ["query", "query_as", "query_scalar"];
const FILED: [&str; 3] = ["query_file", "query_file_as", "query_file_scalar"];

/// A query, and the file that asks it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) place: String,
    pub(crate) sql: String,
}

/// Every query of the crate in `dir`, without its tests.
pub(crate) fn queries(root: &Path, dir: &str) -> Vec<Query> {
    let mut found = Vec::new();
    let mut folders = vec![root.join(dir).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let place = path.strip_prefix(root).expect("a source of the project").display().to_string();
                let text = fs::read_to_string(&path).expect("a source");
                let tokens = text.parse().unwrap_or_else(|error| panic!("{place}: {error}"));
                let sql = in_tokens(tokens, &|file| {
                    fs::read_to_string(root.join(dir).join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
                });
                found.extend(sql.into_iter().map(|sql| Query { place: place.clone(), sql }));
            }
        }
    }
    found
}

/// The SQL of every macro in a text. `read` gives a file of the crate.
fn in_tokens(tokens: TokenStream, read: &dyn Fn(&str) -> String) -> Vec<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let name = match (at.checked_sub(2).map(|name| &tokens[name]), at.checked_sub(1).map(|mark| &tokens[mark])) {
            (Some(TokenTree::Ident(name)), Some(TokenTree::Punct(mark))) if mark.as_char() == '!' => name.to_string(),
            _ => String::new(),
        };
        if group.delimiter() == Delimiter::Parenthesis && WRITTEN.contains(&name.as_str()) {
            found.extend(text(group.stream()));
        } else if group.delimiter() == Delimiter::Parenthesis && FILED.contains(&name.as_str()) {
            found.extend(text(group.stream()).map(|file| read(&file)));
        } else {
            found.extend(in_tokens(group.stream(), read));
        }
    }
    found
}

/// The first text among the arguments of a macro; of several that are joined by `+`, all of it.
fn text(arguments: TokenStream) -> Option<String> {
    let mut sql: Option<String> = None;
    for token in arguments {
        match token {
            TokenTree::Literal(literal) => sql.get_or_insert_default().push_str(&value(&literal)?),
            TokenTree::Punct(mark) if mark.as_char() == ',' && sql.is_some() => break,
            _ => {}
        }
    }
    sql
}

fn value(literal: &Literal) -> Option<String> {
    syn::parse_str::<syn::LitStr>(&literal.to_string()).ok().map(|literal| literal.value())
}

#[test]
fn queries_are_found_wherever_they_stand_and_read_as_the_compiler_reads_them() {
    let text = r###"
        // sqlx::query!("SELECT 'a comment'")
        const NOT_ASKED: &str = "query!(\"SELECT 'a text'\")";
        async fn one() {
            sqlx::query!("SELECT 1, \
                'no break'");
            let answers = join(query_scalar!(r#"SELECT "quoted""#, id), async { query_as!(Row::Of, "SELECT " + "2", 3) });
            sqlx::query_file!("src/file.sql", id);
            sqlx::query("SELECT 'not checked'").bind("SELECT 'an argument'");
        }
    "###;
    let found = in_tokens(text.parse().expect("Rust"), &|file| format!("-- {file}"));
    assert_eq!(found, ["SELECT 1, 'no break'", "SELECT \"quoted\"", "SELECT 2", "-- src/file.sql"]);
}
