//! Nothing is guessed on the path that must lose nothing: what cannot be decoded is a typed error, never a default, an empty object
//! or Null. Where something is left out on purpose a `match` says so, with its reason.
//!
//! A text cannot tell what a call gives, so this goes by statements: one that decodes and then falls back, with no `?` in between
//! (what passed one is whole), is found. What a closure in braces does inside counts as a statement of its own.

/// Where records, changes and their answers are read: the office's store and sync, the hub's, and what both decide by.
const FOLDERS: &[&str] = &["node/src/store/", "node/src/sync/", "hub/src/sync/", "model/src/push/", "model/src/wire"];

/// What reads one form out of another; and what writes one, which is kept just so.
const DECODES: &[&str] = &[
    "from_str(",
    "from_slice(",
    "from_value(",
    "from_utf8(",
    "from_hex(",
    "parse_str(",
    ".parse()",
    ".parse::<",
    "::parse(",
    "::stored(",
    "try_get",
    ".get::<",
    "get_ref(",
    "query_row(",
    "Stored(",
    "stored.",
    "as_text()",
    "as_id()",
    "as_object()",
    "serde_json::to_string(",
    "serde_json::to_value(",
];
const FALLS_BACK: &[&str] = &[
    ".ok()",
    ".unwrap_or_default()",
    ".unwrap_or(",
    ".unwrap_or_else(|_|",
    ".map_or(",
    ".map_or_else(|_|",
    ".or_default()",
];

/// Every guess in a file of those folders.
pub(super) fn findings(path: &str, text: &str) -> Vec<String> {
    if !FOLDERS.iter().any(|folder| path.starts_with(folder)) || is_test(path) {
        return Vec::new();
    }
    let shipped = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text);
    let guesses = statements(shipped).into_iter().filter(|(_, statement)| guesses(statement));
    guesses.map(|(line, _)| format!("{path}:{line}: guesses where it cannot decode; say what is damaged")).collect()
}

fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/")
}

fn guesses(statement: &str) -> bool {
    FALLS_BACK.iter().flat_map(|mark| statement.match_indices(mark)).any(|(back, _)| {
        let before = &statement[..back];
        DECODES.iter().filter_map(|mark| before.rfind(mark)).any(|at| !before[at..].contains(")?"))
    })
}

/// The statements of a source without comments, spaces and texts, each with the line on which it begins.
fn statements(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let (mut now, mut begun, mut line, mut depth) = (String::new(), 1, 1, 0_usize);
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let length = skipped(rest).unwrap_or(c.len_utf8());
        let (taken, after) = rest.split_at(length);
        if length > c.len_utf8() || taken == "\"" {
            // A comment is nothing, a text is a text.
            now.push_str(if taken.starts_with("//") { "" } else { "\"\"" });
        } else {
            depth = match c {
                '(' | '[' => depth + 1,
                ')' | ']' => depth.saturating_sub(1),
                _ => depth,
            };
            if matches!(c, ';' | '{' | '}') || (c == ',' && depth == 0 && !in_types(&now)) {
                found.push((begun, std::mem::take(&mut now)));
            } else if !c.is_whitespace() {
                if now.is_empty() {
                    begun = line;
                }
                now.push(c);
            }
        }
        line += taken.matches('\n').count();
        rest = after;
    }
    found.push((begun, now));
    found
}

/// Whether a list of types was begun and not ended: `try_get::<i64, _>`.
fn in_types(statement: &str) -> bool {
    statement.rfind("::<").is_some_and(|at| !statement[at..].contains('>'))
}

/// How long the comment, text or character is that begins here, if one does.
fn skipped(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if let Some(raw) = rest.strip_prefix("r#\"") {
        return Some(3 + raw.find("\"#").map_or(raw.len(), |end| end + 2));
    }
    if let Some(text) = rest.strip_prefix('"') {
        let mut escaped = false;
        let end = text.char_indices().find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        return Some(1 + end.map_or(text.len(), |(at, _)| at + 1));
    }
    // A character, and not a lifetime: it has a mark behind it.
    let inner = rest.strip_prefix('\'')?;
    let mut chars = inner.char_indices();
    let first = chars.next()?.1;
    let end = if first == '\\' { inner[2..].find('\'').map(|at| at + 2) } else { chars.next().map(|(at, _)| at) }?;
    inner[end..].starts_with('\'').then_some(1 + end + 1)
}

#[cfg(test)]
mod tests {
    use super::{FOLDERS, findings};
    use crate::root;

    fn found(line: &str) -> usize {
        let text = format!("//! Why.\n\nfn read(row: &Row) -> Result<Value> {{\n    {line}\n}}\n");
        let in_store = findings("node/src/store/planted.rs", &text);
        assert!(in_store.iter().all(|finding| finding.starts_with("node/src/store/planted.rs:4")), "{in_store:?}");
        assert_eq!(findings("hub/src/sync/push/planted.rs", &text).len(), in_store.len());
        for elsewhere in ["node/src/app/planted.rs", "node/src/store/damage_tests.rs", "model/src/push/court/tests.rs"]
        {
            assert_eq!(findings(elsewhere, &text), Vec::<String>::new(), "{elsewhere}");
        }
        in_store.len()
    }

    #[test]
    fn each_guess_is_found() {
        for planted in [
            "let fields = serde_json::from_str(&text).unwrap_or_default();",
            "let fields: Map = serde_json::from_str(text)\n        .unwrap_or(Json::Null);",
            "let id = Uuid::from_slice(bytes).ok()?;",
            "let id = Uuid::parse_str(&text[1..]).ok();",
            "let rev = row.try_get::<i64, _>(0).ok();",
            "let rev: i64 = row.get_ref(3).map(|value| value.as_i64()).unwrap_or(0);",
            "let n = text.parse::<i64>().unwrap_or_default();",
            "Entry { op_no: stored.int(0, \"op_no\").unwrap_or_default(), id }",
            "let name = item.get(inbox, \"field\").as_text().unwrap_or_default().to_owned();",
            "let text = serde_json::to_string(map).unwrap_or_else(|_| \"{}\".into());",
            "let at = text.parse().map_or(0, |at| at);",
            "values.push(Value::stored(kind, &json).unwrap_or(Value::Null));",
            "conn.query_row(\"SELECT ';'\", [], |row| row.get(0)).ok()",
        ] {
            assert_eq!(found(planted), 1, "{planted}");
        }
    }

    #[test]
    fn the_project_guesses_nowhere() {
        let (mut looked, mut all) = (0, Vec::new());
        let mut folders: Vec<_> =
            FOLDERS.iter().filter(|folder| folder.ends_with('/')).map(|f| root().join(f)).collect();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else {
                    let path = entry.strip_prefix(root()).expect("of the project").to_str().expect("a name");
                    all.extend(findings(path, &std::fs::read_to_string(&entry).expect("text")));
                    looked += 1;
                }
            }
        }
        assert!(looked > 50, "{looked} files");
        assert_eq!(all, Vec::<String>::new());
    }

    #[test]
    fn what_says_what_is_damaged_passes() {
        for fine in [
            "let fields = serde_json::from_str(&text).map_err(|_| damaged(key))?;",
            "let seen: i64 = row.try_get::<Option<i64>, _>(3)?.unwrap_or(0);",
            "let length = usize::try_from(length).unwrap_or(usize::MAX);",
            "let id = match stored.id(1, \"id\") { Ok(id) => id, Err(_) => stand_in };",
            "// from_str(&text).unwrap_or_default() is what this is not.",
            "let text = \"from_str(x).ok()\"; let first = 'a'; let none = map.get(&'\\'').copied().unwrap_or(0);",
            "let a = text.parse::<i64>()?; let b = map.get(&a).unwrap_or(&none);",
        ] {
            assert_eq!(found(fine), 0, "{fine}");
        }
    }
}
