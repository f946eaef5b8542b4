//! Texts name only files that exist: paths in documents, and where links of documents lead.

use std::path::Path;

/// What a path of this project begins with.
const ROOTS: &[&str] = &["hub/", "node/", "model/", "ui/", "tests/", "xtask/", "migrations/", "docs/"];

/// Every path named in a document that is not there. `is_there` knows the project's files and folders.
pub(super) fn findings(path: &str, text: &str, is_there: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let folder = Path::new(path).parent().and_then(Path::to_str).unwrap_or_default();
    for (number, line) in (1..).zip(text.lines()) {
        // Between the first and the second mark, the third and the fourth: what stands before a mark is not quoted.
        let quoted = line.split('`').skip(1).step_by(2).filter_map(named);
        // What stands before the first link is text.
        let linked = line
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', '#']).next())
            .filter_map(|link| led(folder, link));
        for place in quoted.chain(linked).filter(|place| !is_there(place)) {
            found.push(format!("{path}:{number}: {place} is not there"));
        }
    }
    found
}

/// The path in a quoted text, if it is one of ours: without the line, the item or the argument behind it.
fn named(quoted: &str) -> Option<String> {
    // A command or a sentence is no path, however it begins.
    let is_path = !quoted.contains(char::is_whitespace) && ROOTS.iter().any(|root| quoted.starts_with(root));
    // Of a pattern the part before it must be there.
    let plain = quoted.split(['*', '{', '<', '…', ':', ',']).next()?.trim_end_matches(['/', '.']);
    (is_path && plain.contains('/')).then(|| plain.to_owned())
}

fn led(folder: &str, link: &str) -> Option<String> {
    if link.is_empty() || link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match part {
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::findings;

    #[test]
    fn a_path_that_is_not_there_is_found_and_one_that_is_passes() {
        let is_there = |place: &str| ["hub/src/sync", "docs/sync.md", "migrations/0001"].contains(&place);
        let look = |text: &str| findings("docs/a.md", text, &is_there);
        assert_eq!(
            look("see `hub/src/sync` and [this](sync.md#one), `cargo xtask test`, `migrations/0001`"),
            Vec::<String>::new()
        );
        assert_eq!(look("see `hub/src/pull/mod.rs`"), ["docs/a.md:1: hub/src/pull/mod.rs is not there"]);
        assert_eq!(look("\nsee [it](../gone.md)"), ["docs/a.md:2: gone.md is not there"]);
        assert_eq!(look("[elsewhere](https://example.org/x.md)"), Vec::<String>::new());
    }
}
