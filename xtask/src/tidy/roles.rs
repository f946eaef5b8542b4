//! One table says who may do what (`model/src/access.rs`): a second list of roles contradicts it one day. Read from the text, so that
//! the screens are looked at too.

/// Where the roles are declared: `SchoolAdmin = "school_admin",`.
pub(super) const DECLARED: &str = "model/src/role.rs";
/// The table.
const TABLE: &str = "model/src/access.rs";
/// What ships; the tests name roles as they like.
const LOOKED_AT: &[&str] = &["model/src/", "hub/src/", "hub/db/src/", "node/", "ui/src/"];

/// A role as the Rust and as the screens write it.
pub(super) type Role = (String, String);

/// The declared roles.
pub(super) fn names(declared: &str) -> Vec<Role> {
    let role = |line: &str| {
        let (name, text) = line.trim().split_once(" = \"")?;
        let text = text.strip_suffix("\",")?;
        name.chars().all(char::is_alphanumeric).then(|| (name.to_owned(), text.to_owned()))
    };
    declared.lines().filter_map(role).collect()
}

/// Every list of roles in a file, with its line.
pub(super) fn findings(path: &str, text: &str, roles: &[Role]) -> Vec<String> {
    let rust = path.ends_with(".rs");
    let looked_at = LOOKED_AT.iter().any(|folder| path.starts_with(folder)) && !is_test(path);
    if !looked_at || path == TABLE || path == DECLARED || !(rust || path.ends_with(".ts") || path.ends_with(".svelte"))
    {
        return Vec::new();
    }
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code: String = code.lines().map(|line| if is_comment(line) { "" } else { line }).collect::<Vec<_>>().join("\n");
    let is_role = |word: &str| {
        let word = word.trim();
        if rust {
            let name = word.rsplit("::").next().unwrap_or_default();
            roles.iter().any(|(role, _)| role == name)
        } else {
            let text = word.strip_prefix(['"', '\'']).and_then(|word| word.strip_suffix(['"', '\'']));
            text.is_some_and(|text| roles.iter().any(|(_, role)| role == text))
        }
    };
    let lists = code.match_indices('[').filter_map(|(at, _)| Some((at, code[at + 1..].split(']').next()?, ',')));
    let alternatives = code.match_indices("matches!(").filter_map(|(at, _)| {
        let inside = code[at..].split(')').take(2).max_by_key(|part| part.matches('|').count())?;
        Some((at, inside.rsplit_once(", ").map_or(inside, |(_, pattern)| pattern), '|'))
    });
    let is_list = |inside: &str, between: char| {
        let mut words = inside.split(between).filter(|word| !word.trim().is_empty()).peekable();
        words.peek().is_some() && words.all(is_role)
    };
    let found = lists.chain(alternatives).filter(|(_, inside, between)| is_list(inside, *between));
    found
        .map(|(at, ..)| {
            let line = code[..at].matches('\n').count() + 1;
            format!("{path}:{line}: a list of roles; ask an act of {TABLE} (Act::allows; on the screens `may`)")
        })
        .collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn is_test(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "tests" | "generated"))
        || ["tests.rs", "_tests.rs", ".test.ts"].iter().any(|end| path.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles() -> Vec<Role> {
        names("roles! {\n    SchoolAdmin = \"school_admin\",\n    Teacher = \"teacher\",\n}\n")
    }

    #[test]
    fn the_roles_are_those_of_the_declaration() {
        let text = std::fs::read_to_string(crate::root().join(DECLARED)).expect("the declaration");
        assert_eq!(names(&text).len(), 6, "a new role is counted here");
        assert_eq!(roles().len(), 2);
    }

    #[test]
    fn a_second_list_of_roles_is_found_wherever_it_is_planted() {
        for (path, planted) in [
            ("node/src/app/a.rs", "const OFFICE: &[Role] = &[Role::SchoolAdmin, Role::Teacher];"),
            ("node/src/app/a.rs", "desk.check(&[Role::SchoolAdmin])?;"),
            ("node/src/app/a.rs", "desk.check(&[\n    SchoolAdmin,\n    Teacher,\n])?;"),
            ("hub/src/http/a.rs", "who.must_be(&[pems_model::Role::Teacher])?;"),
            ("model/src/entities/a.rs", "    writers: &[Teacher, SchoolAdmin],"),
            ("node/src/app/a.rs", "let may = matches!(role, Role::SchoolAdmin | Role::Teacher);"),
            ("node/src/app/a.rs", "let may = matches!(desk.role(), Role::Teacher);"),
            ("ui/src/office/a.ts", "const office: readonly Role[] = [\"school_admin\", \"teacher\"];"),
            ("ui/src/office/a.svelte", "  const may = $derived(isAny(['teacher']));"),
        ] {
            let found = findings(path, &format!("//! Why.\n{planted}\n"), &roles());
            assert_eq!(found.len(), 1, "{planted}: {found:?}");
            assert!(found[0].starts_with(&format!("{path}:2: ")), "{found:?}");
        }
    }

    #[test]
    fn what_is_no_list_of_roles_is_left_alone() {
        for (path, fine) in [
            ("model/src/access.rs", "&[SchoolAdmin, Teacher]"),
            ("model/src/entity/check.rs", "///     writers: &[Role::Teacher],"),
            ("node/src/app/tests.rs", "for role in [Role::Teacher] {}"),
            ("node/src/app/home.rs", "match role {\n Role::SchoolAdmin | Role::Teacher => 1 }"),
            ("node/src/app/a.rs", "let role = roles[0]; let all: [Role; 6] = Role::ALL;"),
            ("node/src/app/a.rs", "#[derive(Debug)]\nlet none: [u8; 0] = [];"),
            ("ui/src/office/a.ts", "text.roles[\"teacher_of\"]"),
            ("ui/src/generated/access.ts", "[\"teacher\"]"),
        ] {
            assert_eq!(findings(path, fine, &roles()), Vec::<String>::new(), "{fine}");
        }
    }
}
