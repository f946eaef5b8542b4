//! Whether each entity's table is what its declaration says: columns, keys, links, indexes, triggers. What holds for every
//! table (row security, policies, statistics, privileges) is not repeated here.

use super::Finding;
use pems_model::ddl::postgres::{catalog_type, column_type};
use pems_model::{Entity, Kind, Schema};
use sqlx::{PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: &str = "not_as_declared";
const REMEDY: &str = "write a migration that makes it so (cargo xtask gen migration ENTITY prints the whole table)";

pub(super) async fn check(conn: &mut PgConnection, schema: &Schema) -> Result<Vec<Finding>, sqlx::Error> {
    let found = catalog(conn).await?;
    let mut findings = Vec::new();
    for entity in schema.entities() {
        let object = format!("public.{}", entity.name);
        let mut report =
            |problem: String| findings.push(Finding { rule: RULE, object: object.clone(), problem, remedy: REMEDY });
        let Some(actual) = found.get(entity.name) else {
            report("the table is missing".into());
            continue;
        };
        let expected = expected(entity);
        expected.difference(actual).for_each(|missing| report(format!("missing: {missing}")));
        let extra = actual.difference(&expected).filter(|fact| is_strict(fact));
        extra.for_each(|extra| report(format!("unexpected: {extra}")));
    }
    Ok(findings)
}

/// What may not be there beyond what is declared. A column of an older version may stay (expand, then contract), if it can be
/// left empty; an index more does no harm.
fn is_strict(fact: &str) -> bool {
    fact.starts_with("column ") && fact.ends_with(" NOT NULL")
}

/// Facts of a table, as lines that compare.
type Facts = BTreeSet<String>;

fn expected(entity: &Entity) -> Facts {
    let mut facts: Facts = [
        "column tenant_id uuid NOT NULL",
        "column id uuid NOT NULL",
        "column rev bigint NOT NULL",
        "column deleted_at timestamp with time zone",
        "constraint PRIMARY KEY (tenant_id, id)",
        "constraint FOREIGN KEY (tenant_id) REFERENCES public.tenant(id)",
        "index (tenant_id, rev)",
        "policy own",
        "policy see",
        "trigger renew BEFORE UPDATE ROW sync.renew()",
        "trigger check_inserted AFTER INSERT STATEMENT sync.check_revs()",
        "trigger check_updated AFTER UPDATE STATEMENT sync.check_revs()",
        "trigger keep_deleted BEFORE DELETE STATEMENT sync.keep_rows()",
        "trigger keep_truncated BEFORE TRUNCATE STATEMENT sync.keep_rows()",
    ]
    .map(String::from)
    .into();
    for field in entity.fields {
        let (name, null) = (field.name, if field.required { " NOT NULL" } else { "" });
        facts.insert(format!("column {name} {}{null}", catalog_type(field.kind)));
        match field.kind {
            Kind::Link(to) => {
                facts.insert(format!(
                    "constraint FOREIGN KEY (tenant_id, {name}) REFERENCES public.{to}(tenant_id, id)"
                ));
            }
            Kind::Claim { .. } => {
                facts.insert(format!("index (tenant_id, {name}) WHERE ({name} IS NOT NULL)"));
            }
            Kind::Choice(choices) if column_type(field.kind) == "text" => {
                let list = choices.iter().map(|choice| format!("'{choice}'::text")).collect::<Vec<_>>().join(", ");
                facts.insert(match choices {
                    [only] => format!("constraint CHECK (({name} = '{only}'::text))"),
                    _ => format!("constraint CHECK (({name} = ANY (ARRAY[{list}])))"),
                });
            }
            _ => {}
        }
    }
    facts
}

/// Facts of all tables in `public`, one query for each kind of fact.
async fn catalog(conn: &mut PgConnection) -> Result<BTreeMap<String, Facts>, sqlx::Error> {
    let mut tables: BTreeMap<String, Facts> = BTreeMap::new();
    for sql in [
        "SELECT c.relname::text, format('column %s %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
             CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END)
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped",
        "SELECT c.relname::text, 'constraint ' || pg_get_constraintdef(k.oid)
         FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND k.convalidated",
        "SELECT c.relname::text, 'index ' || substring(pg_get_indexdef(i.indexrelid) FROM ' USING btree (.*)$')
         FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND i.indisvalid AND pg_get_indexdef(i.indexrelid) LIKE '% USING btree %'",
        "SELECT c.relname::text, format('policy %s', p.polname)
         FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public'",
        "SELECT c.relname::text, format('trigger %s %s %s %s %s()', t.tgname,
             CASE WHEN t.tgtype & 2 <> 0 THEN 'BEFORE' ELSE 'AFTER' END,
             CASE WHEN t.tgtype & 4 <> 0 THEN 'INSERT' WHEN t.tgtype & 8 <> 0 THEN 'DELETE'
                  WHEN t.tgtype & 16 <> 0 THEN 'UPDATE' ELSE 'TRUNCATE' END,
             CASE WHEN t.tgtype & 1 <> 0 THEN 'ROW' ELSE 'STATEMENT' END, t.tgfoid::regproc)
         FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND NOT t.tgisinternal",
    ] {
        for row in sqlx::query(sql).persistent(false).fetch_all(&mut *conn).await? {
            if let (table, Some(fact)) = (row.try_get(0)?, row.try_get::<Option<String>, _>(1)?) {
                tables.entry(table).or_default().insert(fact);
            }
        }
    }
    Ok(tables)
}
