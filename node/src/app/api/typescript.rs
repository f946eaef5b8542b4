//! The requests and answers as TypeScript, for `ui/src/generated/api.ts`: the window's code is checked against them.

use super::{Found, Request, SavedRow, Side, SyncSummary};
use crate::store::Trouble;
use pems_model::Code;
use std::fmt::Write;
use ts_rs::{Config, TS};

/// Which request is answered by what; TypeScript only, Rust has `app/records.rs`.
const ANSWERS: &str = "export interface RecordsAnswers {
  status: SyncSummary;
  search: Found;
  list: Found;
  get: Record<string, unknown>;
  save: SavedRow;
  delete: SavedRow;
}
";

/// The content of `ui/src/generated/api.ts`.
pub fn typescript() -> String {
    let areas = ["Session", "Home", "Learners", "Enrolment", "Attendance", "Forms", "Imports", "Review", "Admin"];
    // Counts and revisions stay far below 2^53, and JSON makes them numbers.
    let config = Config::new().with_large_int("number");
    let mut out = String::from("// Made by `cargo xtask gen` from node/src/app/api. Do not edit.\n\n");
    for area in areas {
        let file = area.to_lowercase();
        let _ = writeln!(out, "import type {{ {area}Answers, {area}Request }} from \"./{file}\";");
    }
    out.push('\n');
    let declarations = [
        Request::decl(&config).replace("type Request", "type RecordsRequest"),
        Side::decl(&config),
        SyncSummary::decl(&config),
        Trouble::decl(&config),
        Found::decl(&config),
        SavedRow::decl(&config),
    ];
    for declaration in declarations {
        let _ = writeln!(out, "export {declaration}\n");
    }
    out.push_str(ANSWERS);
    let all = |what: &str, between: &str| areas.map(|area| format!("{area}{what}")).join(between);
    let _ = write!(out, "\nexport type Request = RecordsRequest | {};\n", all("Request", " | "));
    let _ = write!(out, "\nexport interface Answers extends RecordsAnswers, {} {{}}\n", all("Answers", ", "));
    out.push_str("\nexport type Code =");
    for code in Code::ALL {
        let _ = write!(out, "\n  | \"{code}\"");
    }
    out.push_str(";\n\nexport interface Failure {\n  code: Code;\n  message: string;\n  details?: unknown;\n}\n");
    out
}
