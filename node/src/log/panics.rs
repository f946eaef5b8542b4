//! A panic is a mistake of ours: the log says where. What it says is left out, because it may quote a value.

use super::events;
use std::panic::PanicHookInfo;

/// Writes every panic of this process into the log, and goes on as before.
pub(super) fn log() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
        if let Some(at) = panic.location() {
            events::panicked(&place(at.file()), at.line(), at.column());
        }
        before(panic);
    }));
}

/// From the crate on; a file that is in no `src` by its name alone.
fn place(file: &str) -> String {
    let parts: Vec<&str> = file.split(['/', '\\']).collect();
    let from = parts.iter().rposition(|part| *part == "src").map_or(parts.len() - 1, |src| src.saturating_sub(1));
    parts[from..].join("/")
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_place_is_told_without_the_folders_of_whoever_built_the_program() {
        assert_eq!(place("node/src/app/mod.rs"), "node/src/app/mod.rs");
        assert_eq!(place("/build/someone/registry/src/index/zip-9.8.1/src/read/mod.rs"), "zip-9.8.1/src/read/mod.rs");
        assert_eq!(place("C:\\Builds\\ana\\zip-9.8.1\\src\\read.rs"), "zip-9.8.1/src/read.rs");
        assert_eq!(place("/build/someone/made.rs"), "made.rs");
    }
}
