//! TypeScript types of the entities, for `ui/`. Written by `cargo xtask gen`; a test fails when the file is stale.

use crate::{Entity, Kind, Schema};
use std::fmt::Write;

/// The content of `ui/src/generated/entities.ts`.
pub fn entities(schema: &Schema) -> String {
    let mut out = String::from(
        "// Made by `cargo xtask gen` from model/src/entities. Do not edit.\n\nexport interface Synced {\n  id: string;\n  rev: number;\n  deleted?: true;\n}\n",
    );
    for entity in schema.entities() {
        let _ = write!(out, "\n/** {} */\nexport interface {} extends Synced {{\n", entity.label, type_name(entity));
        for field in entity.fields {
            let optional = if field.required { "" } else { "?" };
            let _ = writeln!(out, "  /** {} */\n  {}{optional}: {};", field.label, field.name, type_of(field.kind));
        }
        out.push_str("}\n");
    }
    out.push_str("\nexport interface Entities {\n");
    for entity in schema.entities() {
        let _ = writeln!(out, "  {}: {};", entity.name, type_name(entity));
    }
    out.push_str("}\n");
    out
}

/// What a record of this kind is called in TypeScript.
pub fn type_name(entity: &Entity) -> String {
    let capital =
        |part: &str| part.chars().take(1).flat_map(char::to_uppercase).chain(part.chars().skip(1)).collect::<String>();
    entity.name.split('_').map(capital).collect()
}

fn type_of(kind: Kind) -> String {
    match kind {
        Kind::Int { .. } => "number".into(),
        Kind::Bool => "boolean".into(),
        Kind::Choice(choices) => choices.iter().map(|choice| format!("\"{choice}\"")).collect::<Vec<_>>().join(" | "),
        _ => "string".into(),
    }
}
