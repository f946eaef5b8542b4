//! The entities as a page for people, `docs/entities.md`. Written by `cargo xtask gen`; a test fails when the file is stale.

use crate::written_by::WrittenBy;
use crate::{Entity, Kind, Schema};
use std::fmt::Write;

/// The content of `docs/entities.md`.
pub fn entities(schema: &Schema) -> String {
    let mut out = String::from(
        "<!-- Made by `cargo xtask gen` from model/src/entities. Do not edit. -->\n\n# The records that PEMS keeps\n\n\
         Parents first. *Fixed* fields are set when a record is made and never change; *searched* fields are found by typing;\n\
         *secret* ones are never shown.\n",
    );
    for entity in schema.entities() {
        let _ = write!(out, "\n## {} (`{}`)\n\n{}", entity.label, entity.name, facts(entity));
        out.push_str("\n| field | on the screen | what it holds | rules |\n|---|---|---|---|\n");
        for field in entity.fields {
            let marks = [
                (field.required, "required"),
                (field.immutable, "fixed"),
                (field.searched, "searched"),
                (field.secret, "secret"),
            ];
            let rules: Vec<_> = marks.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
            let _ =
                writeln!(out, "| `{}` | {} | {} | {} |", field.name, field.label, holds(field.kind), rules.join(", "));
        }
    }
    out
}

fn facts(entity: &Entity) -> String {
    let writers: Vec<_> = entity.writers.iter().map(|role| role.name()).collect();
    let mut facts = format!("Written by: {}.\n", writers.join(", "));
    if entity.singleton {
        facts.push_str("One in a school.\n");
    }
    if !entity.natural_key.is_empty() {
        let _ =
            writeln!(facts, "The same {} means the same record, wherever it is made.", entity.natural_key.join(" + "));
    }
    if let WrittenBy::Domain { instead } = entity.written_by {
        let _ = writeln!(facts, "Not written one by one: {instead}.");
    }
    if entity.hub_made {
        facts.push_str("Made by the hub; offices only change what is not fixed.\n");
    }
    facts
}

fn holds(kind: Kind) -> String {
    match kind {
        Kind::Text { max } => format!("text, at most {max} characters"),
        Kind::Digits { len } => format!("exactly {len} digits"),
        Kind::Claim { max } => {
            format!("a number or code that one record of the school holds, at most {max} characters")
        }
        Kind::Int { min, max } => format!("a whole number, {min} to {max}"),
        Kind::Bool => "yes or no".into(),
        Kind::Date => "a day".into(),
        Kind::Time => "a moment".into(),
        Kind::Choice(choices) => format!("one of: {}", choices.join(", ")),
        Kind::Verifier => "what a password is checked against, Argon2id with the costs of this system".into(),
        Kind::Phone => "a Philippine mobile number".into(),
        Kind::Link(to) => format!("a record of `{to}`"),
        Kind::Id => "the id of any record".into(),
    }
}
