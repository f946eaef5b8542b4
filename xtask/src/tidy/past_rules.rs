//! Records that are more than their fields are written by the rules of schools alone: nobody else makes the token that the store asks
//! for, and what tests use to write past the rules is not used by anything that ships.

/// What opens the store, and where it may stand beside the file that declares it.
const TOKEN: (&str, &[&str]) = ("rules_were_asked", &["node/src/domain/", "node/src/store/by_domain.rs"]);
/// What tests write with.
const PAST: (&str, &[&str]) = ("made_up", &["node/src/domain/mod.rs", "node/src/domain/made_up.rs", "tests/"]);

/// Every place of a file that goes past the rules.
pub(super) fn findings(path: &str, text: &str) -> Vec<String> {
    if !path.ends_with(".rs") || path.starts_with("xtask/") {
        return Vec::new();
    }
    let is_test = path.ends_with("tests.rs") || path.split('/').any(|part| part == "tests");
    // What stands behind the mark is compiled for tests alone.
    let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut found = Vec::new();
    for ((word, places), tests_too) in [(TOKEN, false), (PAST, true)] {
        let looked_at = if tests_too { shipped } else { text };
        if places.iter().any(|place| path.starts_with(place)) || (tests_too && is_test) {
            continue;
        }
        for (number, _) in (1..).zip(looked_at.lines()).filter(|(_, line)| line.contains(word)) {
            found.push(format!("{path}:{number}: {word}: write it by a function of node/src/domain"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::findings;

    #[test]
    fn a_way_past_the_rules_is_found_wherever_it_is_planted() {
        let token = "work.save_ruled(&save, ByDomain::rules_were_asked())?;";
        let past = "use crate::domain::made_up::MadeUp;";
        for (path, line, many) in [
            ("node/src/import/mod.rs", token, 1),
            ("node/src/app/attendance/tests.rs", token, 1),
            ("node/src/domain/numbering.rs", token, 0),
            ("node/src/store/by_domain.rs", token, 0),
            ("node/src/cli/records.rs", past, 1),
            ("node/src/sample/years.rs", past, 1),
            ("node/shell/src/call.rs", past, 1),
            ("node/src/app/forms/tests/sf1.rs", past, 0),
            ("tests/src/rig.rs", past, 0),
            ("docs/adding-an-entity.md", past, 0),
        ] {
            assert_eq!(findings(path, &format!("//! Why.\n{line}\n")).len(), many, "{path}: {line}");
        }
        let in_tests = format!("//! Why.\n#[cfg(test)]\nmod tests {{\n{past}\n}}\n");
        assert_eq!(findings("node/src/store/undo.rs", &in_tests).len(), 0);
    }
}
