//! What the hub's migrations must have built for an entity. `cargo xtask gen migration ENTITY` prints it as the start of a
//! migration; a test compares it with what the reviewed migrations really made.

use crate::{Entity, Kind};
use std::fmt::Write;

/// The whole of an entity's table: columns, keys, indexes, wall, policies, triggers and grants. isolation.md, "Rules for
/// every table": the tenant is first in every key and index, and links are pairs with the tenant.
pub fn table(entity: &Entity) -> String {
    let name = entity.name;
    let mut sql = format!(
        "CREATE TABLE {name} (\n    tenant_id uuid NOT NULL REFERENCES tenant (id),\n    id uuid NOT NULL,\n    rev bigint NOT NULL,\n    deleted_at timestamptz"
    );
    for field in entity.fields {
        let null = if field.required { " NOT NULL" } else { "" };
        let _ = write!(sql, ",\n    {} {}{null}", field.name, column_type(field.kind));
        if let Kind::Choice(choices) = field.kind {
            let list = choices.iter().map(|choice| format!("'{choice}'")).collect::<Vec<_>>().join(", ");
            let _ = write!(sql, " CHECK ({} IN ({list}))", field.name);
        }
    }
    sql.push_str(",\n    PRIMARY KEY (tenant_id, id)");
    for field in entity.fields {
        if let Kind::Link(to) = field.kind {
            let _ = write!(sql, ",\n    FOREIGN KEY (tenant_id, {}) REFERENCES {to} (tenant_id, id)", field.name);
        }
    }
    sql.push_str("\n);\n");
    let _ = writeln!(sql, "CREATE INDEX {name}_rev ON {name} (tenant_id, rev);");
    for field in entity.fields {
        if field.names_one || matches!(field.kind, Kind::Claim { .. }) {
            let column = field.name;
            let _ = writeln!(
                sql,
                "CREATE INDEX {name}_{column} ON {name} (tenant_id, {column}) WHERE {column} IS NOT NULL;"
            );
        }
    }
    let _ = writeln!(sql, "CALL sync.guard('{name}');");
    sql
}

/// The PostgreSQL type in which values of a kind are kept.
pub const fn column_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Int { .. } => "bigint",
        Kind::Bool => "boolean",
        Kind::Date => "date",
        Kind::Time => "timestamptz",
        Kind::Link(_) | Kind::Id => "uuid",
        _ => "text",
    }
}

/// As [`column_type`], in the words of `information_schema`.
pub const fn catalog_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Time => "timestamp with time zone",
        other => column_type(other),
    }
}
