//! Reads `grants.sql`: `GRANT privileges ON [kind] objects TO roles;` and comments, nothing else.

use super::Grant;
use std::collections::BTreeSet;

const GRANTS: &str = include_str!("../grants.sql");

/// Words that name the kind of an object; without one it is a table.
const KINDS: [&str; 7] = ["FUNCTION", "SCHEMA", "DATABASE", "PARAMETER", "SEQUENCE", "LANGUAGE", "TABLE"];

/// Everything that is declared, but for records. A statement that is none of the above is left out: the privilege that it was
/// meant for then shows as one that is not declared.
pub(super) fn grants() -> BTreeSet<Grant> {
    let text: String =
        GRANTS.lines().filter(|line| !line.starts_with("--")).fold(String::new(), |text, line| text + " " + line);
    text.split(';').filter_map(|statement| parse(statement.trim())).flatten().collect()
}

/// What `sync.guard` grants.
pub(super) fn record(table: &str) -> Vec<Grant> {
    let grant = |role: &str, privilege: &str| Grant {
        role: role.into(),
        kind: "table".into(),
        object: table.into(),
        privilege: privilege.into(),
    };
    let mut grants: Vec<_> = ["SELECT", "INSERT", "UPDATE"].map(|privilege| grant("hub_app", privilege)).into();
    grants.push(grant("hub_operator", "SELECT"));
    grants
}

fn parse(statement: &str) -> Option<Vec<Grant>> {
    let (privileges, rest) = statement.strip_prefix("GRANT ")?.split_once(" ON ")?;
    let (objects, roles) = rest.rsplit_once(" TO ")?;
    let (kind, objects) = match objects.trim().split_once(' ') {
        Some((word, objects)) if KINDS.contains(&word) => (word, objects),
        _ => ("TABLE", objects),
    };
    let mut grants = Vec::new();
    for role in listed(roles) {
        for object in listed(objects) {
            let object = if kind == "TABLE" && !object.contains('.') { format!("public.{object}") } else { object };
            for privilege in listed(privileges).iter().flat_map(|privilege| by_column(privilege)) {
                grants.push(Grant { role: role.clone(), kind: kind.to_lowercase(), object: object.clone(), privilege });
            }
        }
    }
    Some(grants)
}

/// `UPDATE (a, b)` is two privileges.
fn by_column(privilege: &str) -> Vec<String> {
    match privilege.strip_suffix(')').and_then(|privilege| privilege.split_once(" (")) {
        Some((verb, columns)) => listed(columns).iter().map(|column| format!("{verb} ({column})")).collect(),
        None => vec![privilege.to_owned()],
    }
}

/// Parts between commas, but for those within parentheses; white space becomes one space.
fn listed(text: &str) -> Vec<String> {
    let mut depth = 0;
    let parts = text.split(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        c == ',' && depth == 0
    });
    parts.map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use super::{grants, parse};

    fn lines(statement: &str) -> Vec<String> {
        let grants = parse(statement).expect("a grant");
        grants.iter().map(|g| format!("{} {} {} {}", g.role, g.kind, g.object, g.privilege)).collect()
    }

    #[test]
    fn a_grant_is_taken_apart() {
        assert_eq!(
            lines("GRANT INSERT, UPDATE (a, b) ON tenant TO hub_app, hub_sec"),
            [
                "hub_app table public.tenant INSERT",
                "hub_app table public.tenant UPDATE (a)",
                "hub_app table public.tenant UPDATE (b)",
                "hub_sec table public.tenant INSERT",
                "hub_sec table public.tenant UPDATE (a)",
                "hub_sec table public.tenant UPDATE (b)",
            ]
        );
        assert_eq!(
            lines("GRANT EXECUTE ON FUNCTION sec.f(uuid,\n    text), sec.g() TO hub_auth"),
            ["hub_auth function sec.f(uuid, text) EXECUTE", "hub_auth function sec.g() EXECUTE"]
        );
        assert_eq!(lines("GRANT USAGE ON SCHEMA sec TO PUBLIC"), ["PUBLIC schema sec USAGE"]);
    }

    #[test]
    fn every_statement_of_the_file_is_understood() {
        let statements = super::GRANTS.lines().filter(|line| line.starts_with("GRANT ")).count();
        let text: String = super::GRANTS.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join(" ");
        let understood = text.split(';').filter_map(|statement| parse(statement.trim())).count();
        assert_eq!((statements, grants().is_empty()), (understood, false));
    }
}
