//! The requests and answers as TypeScript, for `ui/src/generated/api.ts`: the window's code is checked against them.

use super::{Found, Glance, Request, ReviewEntry, SavedRow, Side};
use pems_model::Code;
use std::fmt::Write;
use ts_rs::{Config, TS};

/// Which request is answered by what; TypeScript only, Rust has [`super::handle`].
const ANSWERS: &str = "export interface Answers {
  status: Glance;
  search: Found;
  list: Found;
  get: Record<string, unknown>;
  save: SavedRow;
  delete: SavedRow;
  reviews: ReviewEntry[];
  resolve: null;
}
";

/// The content of `ui/src/generated/api.ts`.
pub fn typescript() -> String {
    // Counts and revisions stay far below 2^53, and JSON makes them numbers.
    let config = Config::new().with_large_int("number");
    let mut out = String::from("// Made by `cargo xtask gen` from node/src/api. Do not edit.\n\n");
    let declarations = [
        Request::decl(&config),
        Side::decl(&config),
        Glance::decl(&config),
        Found::decl(&config),
        SavedRow::decl(&config),
        ReviewEntry::decl(&config),
    ];
    for declaration in declarations {
        let _ = writeln!(out, "export {declaration}\n");
    }
    out.push_str(ANSWERS);
    out.push_str("\nexport type Code =");
    for code in Code::ALL {
        let _ = write!(out, "\n  | \"{code}\"");
    }
    out.push_str(";\n\nexport interface Failure {\n  code: Code;\n  message: string;\n  details?: unknown;\n}\n");
    out
}
