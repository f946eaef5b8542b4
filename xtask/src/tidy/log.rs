//! The log of an office says what `node/src/log/events.rs` can say and nothing else, and that takes no text that may be a value of a record.

/// Where the library that writes is used at an office.
const WRITES: &str = "node/src/log/";
const EVENTS: &str = "node/src/log/events.rs";
const LIBRARY: &str = "tracing::";
/// What a text, or something that becomes one, comes in as.
const TEXTS: &[&str] = &[": &str", ": String", ": &String", ": impl ", ": &dyn ", ": &NodeError", ": &Json", ": &Path"];
/// What comes in as such and is none: a place in our sources, codes.
const NONE: &[&str] = &["fn panicked(", "fn by_code(", "const "];

pub(super) fn findings(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("node/") || !path.ends_with(".rs") {
        return Vec::new();
    }
    let is_writing = path.starts_with(WRITES);
    let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let is_wrong = |line: &str| {
        let takes_text = path == EVENTS && TEXTS.iter().any(|one| line.contains(one));
        (!is_writing && line.contains(LIBRARY)) || (takes_text && !NONE.iter().any(|one| line.contains(one)))
    };
    (1..)
        .zip(shipped.lines())
        .filter(|(_, line)| is_wrong(line))
        .map(|(number, _)| format!("{path}:{number}: an office logs by a function of {EVENTS}, which takes no text"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::findings;

    #[test]
    fn a_value_that_could_reach_the_log_is_found_wherever_it_is_planted() {
        for (path, line, many) in [
            ("node/src/store/save.rs", "tracing::info!(name, \"saved\");", 1),
            ("node/shell/src/call.rs", "use tracing::warn;", 1),
            ("node/src/log/mod.rs", "tracing::subscriber::set_global_default(one)", 0),
            ("hub/src/sync/mod.rs", "tracing::info!(school, \"pushed\");", 0),
            ("node/src/log/events.rs", "pub(crate) fn saved(what: &str) {", 1),
            ("node/src/log/events.rs", "pub(crate) fn failed(error: &NodeError) {", 1),
            ("node/src/log/events.rs", "pub(crate) fn failed(code: impl std::fmt::Display) {", 1),
            ("node/src/log/events.rs", "pub(crate) fn grew(entity: &'static str, fields: usize) {", 0),
            ("node/src/log/events.rs", "pub(super) fn panicked(file: &str, line: u32, column: u32) {", 0),
        ] {
            assert_eq!(findings(path, &format!("//! Why.\n{line}\n")).len(), many, "{path}: {line}");
        }
    }
}
