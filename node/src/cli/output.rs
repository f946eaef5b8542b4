//! How results are printed: for people, or as JSON for scripts.

use crate::NodeError;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::io::Write;

#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    pub(super) json: bool,
}

impl Output {
    /// One thing.
    pub(super) fn object<T: Serialize>(self, value: &T) {
        let json = serde_json::to_value(value).unwrap_or(Json::Null);
        if self.json {
            print_line(&json.to_string());
        } else {
            for (name, value) in json.as_object().into_iter().flatten() {
                print_line(&format!("{:<16} {}", name.replace('_', " "), plain(value)));
            }
        }
    }

    /// A list, one line each.
    pub(super) fn lines<T: Serialize>(self, list: &[T]) {
        for item in list {
            let json = serde_json::to_value(item).unwrap_or(Json::Null);
            match json.as_object() {
                Some(object) if !self.json => {
                    let parts: Vec<String> = object
                        .iter()
                        .filter(|(_, value)| !value.is_null())
                        .map(|(name, value)| format!("{name}={}", plain(value)))
                        .collect();
                    print_line(&parts.join("  "));
                }
                _ => print_line(&json.to_string()),
            }
        }
    }

    pub(super) fn error(self, error: &NodeError) {
        if self.json {
            let _ = writeln!(std::io::stderr(), "{}", json!({ "error": error.to_body() }));
        } else {
            let _ = writeln!(std::io::stderr(), "error: {error} [{}]", error.code);
        }
    }
}

/// A closed pipe (`| head`) ends the printing, not the work.
fn print_line(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null => "-".into(),
        other => other.to_string(),
    }
}
