//! What imports what: no circle between the files of a crate nor between its folders, and folders point the way that the
//! architecture says. Read from the text, so that it holds for code that is not compiled here too.

use std::collections::{BTreeMap, BTreeSet};

/// A module's path in its crate; the root is empty.
type Module = Vec<String>;

/// Which folder of a crate must not know which others, with what is meant to be.
const ONE_WAY: &[(&str, &str, &[&str])] = &[
    ("node/src", "store", &["domain", "import", "app", "sample", "cli", "identity"]),
    ("node/src", "sync", &["domain", "import", "app", "sample", "cli"]),
    ("node/src", "domain", &["import", "app", "sample", "cli", "sync"]),
    ("node/src", "import", &["app", "cli"]),
    ("node/src", "app", &["cli"]),
    ("hub/src", "sync", &["http", "server", "cli"]),
    ("hub/src", "auth", &["http", "server", "cli"]),
    ("hub/src", "users", &["http", "server", "cli"]),
    ("hub/src", "schools", &["http", "server", "cli"]),
    ("hub/src", "reads", &["http", "server", "cli"]),
    ("hub/src", "http", &["server", "cli"]),
];

/// Every circle and every import against the grain in one crate: its folder (`hub/src`) and its files, by their paths in it.
pub(super) fn findings(crate_dir: &str, files: &[(String, String)]) -> Vec<String> {
    let modules: BTreeMap<Module, &str> =
        files.iter().filter(|(path, _)| !is_test(path)).map(|(path, text)| (module_of(path), text.as_str())).collect();
    let imports: BTreeMap<&Module, BTreeSet<&Module>> =
        modules.iter().map(|(module, text)| (module, imported(module, text, &modules))).collect();
    let name = |module: &Module| if module.is_empty() { "lib".to_owned() } else { module.join("::") };
    let mut found: Vec<String> = Vec::new();
    let by_file = imports.iter().map(|(from, to)| (name(from), to.iter().map(|to| name(to)).collect())).collect();
    let mut by_folder: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in &imports {
        let Some(folder) = from.first() else { continue };
        let others = to.iter().filter_map(|to| to.first()).filter(|other| *other != folder).cloned();
        by_folder.entry(folder.clone()).or_default().extend(others);
    }
    for (kind, graph) in [("files", &by_file), ("folders", &by_folder)] {
        for circle in circles(graph) {
            found.push(format!("{crate_dir}: a circle of {kind}: {}", circle.join(" -> ")));
        }
    }
    for (_, folder, never) in ONE_WAY.iter().filter(|(dir, ..)| *dir == crate_dir) {
        for other in by_folder.get(*folder).into_iter().flatten().filter(|other| never.contains(&other.as_str())) {
            found.push(format!("{crate_dir}: {folder} imports {other}, which stands above it"));
        }
    }
    found
}

fn is_test(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "tests" | "bin")) || path.ends_with("tests.rs")
}

fn module_of(path: &str) -> Module {
    let mut parts: Module = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

/// The modules that a file names; the tests at its end may name any.
fn imported<'a>(module: &Module, text: &str, modules: &'a BTreeMap<Module, &str>) -> BTreeSet<&'a Module> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for path in paths(&code) {
        let Some(absolute) = absolute(module, &path) else { continue };
        let longest = (0..=absolute.len()).rev().find_map(|n| modules.get_key_value(&absolute[..n]));
        // A parent names its children without `self`, which is no import here: a child may use the types of its parent.
        if let Some((target, _)) = longest
            && target != module
        {
            found.insert(target);
        }
    }
    found
}

/// The paths that begin with `crate`, `self` or `super`, groups taken apart.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let bytes = code.as_bytes();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            let fresh = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'_' | b':'));
            if fresh {
                path(&mut code[at..].chars().peekable(), &mut Vec::new(), &mut found);
            }
        }
    }
    found
}

fn path(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let depth = before.len();
    loop {
        let mut word = String::new();
        while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
            word.push(c);
        }
        if !word.is_empty() {
            before.push(word);
        }
        if rest.next_if_eq(&':').is_some() && rest.next_if_eq(&':').is_some() {
            if rest.next_if_eq(&'{').is_some() {
                group(rest, before, found);
                before.truncate(depth);
                return;
            }
            continue;
        }
        break;
    }
    found.push(before.clone());
    before.truncate(depth);
}

fn group(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    loop {
        while rest.next_if(|c| c.is_whitespace() || *c == ',').is_some() {}
        match rest.peek() {
            None => return,
            Some('}') => {
                rest.next();
                return;
            }
            Some(_) => path(rest, before, found),
        }
        // `as name`, a star, or what this reader does not know.
        while rest.next_if(|c| !matches!(c, ',' | '}')).is_some() {}
    }
}

fn absolute(module: &Module, path: &[String]) -> Option<Module> {
    let (mut base, mut rest) = (module.clone(), path);
    match rest.first().map(String::as_str) {
        Some("crate") => {
            base.clear();
            rest = &rest[1..];
        }
        Some("self") => rest = &rest[1..],
        _ => {
            while rest.first().is_some_and(|word| word == "super") {
                base.pop()?;
                rest = &rest[1..];
            }
        }
    }
    base.extend(rest.iter().filter(|word| *word != "self").cloned());
    Some(base)
}

/// Sets of nodes that reach each other (Tarjan), each in the order in which it was found.
fn circles(graph: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    struct Walk<'a> {
        graph: &'a BTreeMap<String, BTreeSet<String>>,
        index: BTreeMap<&'a str, usize>,
        low: BTreeMap<&'a str, usize>,
        stack: Vec<&'a str>,
        found: Vec<Vec<String>>,
    }
    fn visit<'a>(walk: &mut Walk<'a>, node: &'a str) {
        let number = walk.index.len();
        walk.index.insert(node, number);
        walk.low.insert(node, number);
        walk.stack.push(node);
        for next in walk.graph.get(node).into_iter().flatten() {
            let reached = if walk.index.contains_key(next.as_str()) {
                walk.stack.contains(&next.as_str()).then(|| walk.index[next.as_str()])
            } else {
                visit(walk, next);
                Some(walk.low[next.as_str()])
            };
            let low = walk.low[node].min(reached.unwrap_or(usize::MAX));
            walk.low.insert(node, low);
        }
        if walk.low[node] == number {
            let at = walk.stack.iter().position(|on| *on == node).unwrap_or_default();
            let circle: Vec<String> = walk.stack.split_off(at).into_iter().map(str::to_owned).collect();
            if circle.len() > 1 {
                walk.found.push(circle);
            }
        }
    }
    let mut walk = Walk { graph, index: BTreeMap::new(), low: BTreeMap::new(), stack: Vec::new(), found: Vec::new() };
    for node in graph.keys() {
        if !walk.index.contains_key(node.as_str()) {
            visit(&mut walk, node);
        }
    }
    walk.found
}

#[cfg(test)]
mod tests {
    use super::findings;

    fn look(crate_dir: &str, files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        findings(crate_dir, &files)
    }

    #[test]
    fn a_circle_of_files_is_found_through_groups_and_super() {
        let clean = [("lib.rs", "mod a; mod b;"), ("a.rs", "use crate::b::B;"), ("b.rs", "pub struct B;")];
        assert_eq!(look("x/src", &clean), Vec::<String>::new());
        let planted =
            [("lib.rs", ""), ("a/mod.rs", "use crate::{\n  b::{B as Other, C},\n};"), ("b.rs", "use super::a::A;")];
        let found = look("x/src", &planted);
        assert!(found.iter().any(|line| line.contains("circle of files: a -> b")), "{found:?}");
        assert!(found.iter().any(|line| line.contains("circle of folders: a -> b")), "{found:?}");
    }

    #[test]
    fn folders_may_form_a_circle_that_their_files_do_not() {
        let files = [
            ("a/one.rs", "use crate::b::two::X;"),
            ("b/two.rs", ""),
            ("b/three.rs", "use crate::a::four::Y;"),
            ("a/four.rs", ""),
        ];
        let found = look("x/src", &files);
        assert_eq!(found, ["x/src: a circle of folders: a -> b"]);
    }

    #[test]
    fn tests_comments_and_other_crates_are_no_imports() {
        let files = [
            ("a.rs", "// use crate::b::B;\nuse other_crate::b::B;\n#[cfg(test)]\nmod tests {\n use crate::b::B;\n}"),
            ("b.rs", "use crate::a::A;"),
            ("a/tests.rs", "use crate::b::B;"),
        ];
        assert_eq!(look("x/src", &files), Vec::<String>::new());
    }

    #[test]
    fn an_import_against_the_grain_is_named() {
        let files = [("store/mod.rs", "use crate::domain::Rule;"), ("domain/mod.rs", "")];
        assert_eq!(look("node/src", &files), ["node/src: store imports domain, which stands above it"]);
    }
}
