//! Whether the database is what the entity declarations say. Migrations are written and reviewed by people; this is what
//! catches them when a column, a key, a policy or a trigger was forgotten.

use pems_model::ddl::postgres::{catalog_type, column_type};
use pems_model::{Entity, Kind, Schema};
use serde::Serialize;
use sqlx::{PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub table: String,
    pub problem: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.table, self.problem)
    }
}

/// Compares every entity's table with its declaration, and sees that each table with schools' data has its wall.
///
/// # Errors
/// If the catalog cannot be read.
pub async fn schema_check(conn: &mut PgConnection, schema: &Schema) -> Result<Vec<Finding>, sqlx::Error> {
    let found = Catalog::read(conn).await?;
    let mut findings = Vec::new();
    for entity in schema.entities() {
        let expected = expected(entity);
        let actual = found.get(entity.name).cloned().unwrap_or_default();
        let mut report = |problem: String| findings.push(Finding { table: entity.name.to_owned(), problem });
        if actual.is_empty() {
            report("the table is missing; write a migration (cargo xtask gen migration)".into());
            continue;
        }
        expected.difference(&actual).for_each(|missing| report(format!("missing: {missing}")));
        actual
            .difference(&expected)
            .filter(|fact| is_strict(fact))
            .for_each(|extra| report(format!("unexpected: {extra}")));
    }
    findings.extend(walls(conn).await?);
    Ok(findings)
}

/// What may not be there beyond what is declared. A column of an older version may stay (expand, then contract), if it can be
/// left empty; an index more does no harm.
fn is_strict(fact: &str) -> bool {
    fact.starts_with("policy ") || (fact.starts_with("column ") && fact.ends_with(" NOT NULL"))
}

/// Facts of a table, as lines that compare.
type Facts = BTreeSet<String>;

fn expected(entity: &Entity) -> Facts {
    let mut facts = Facts::new();
    let mut add = |fact: String| facts.insert(fact);
    for (name, kind, null) in [
        ("tenant_id", "uuid", " NOT NULL"),
        ("id", "uuid", " NOT NULL"),
        ("rev", "bigint", " NOT NULL"),
        ("deleted_at", "timestamp with time zone", ""),
    ] {
        add(format!("column {name} {kind}{null}"));
    }
    add("constraint PRIMARY KEY (tenant_id, id)".into());
    add("constraint FOREIGN KEY (tenant_id) REFERENCES tenant(id)".into());
    add("index (tenant_id, rev)".into());
    for field in entity.fields {
        let null = if field.required { " NOT NULL" } else { "" };
        add(format!("column {} {}{null}", field.name, catalog_type(field.kind)));
        match field.kind {
            Kind::Link(to) => {
                add(format!("constraint FOREIGN KEY (tenant_id, {}) REFERENCES {to}(tenant_id, id)", field.name));
            }
            Kind::Claim { .. } => {
                add(format!("index (tenant_id, {0}) WHERE ({0} IS NOT NULL)", field.name));
            }
            Kind::Choice(choices) if column_type(field.kind) == "text" => {
                let list = choices.iter().map(|choice| format!("'{choice}'::text")).collect::<Vec<_>>().join(", ");
                add(match choices {
                    [only] => format!("constraint CHECK (({} = '{only}'::text))", field.name),
                    _ => format!("constraint CHECK (({} = ANY (ARRAY[{list}])))", field.name),
                });
            }
            _ => {}
        }
    }
    for fact in [
        "row security enabled and forced",
        "policy wall RESTRICTIVE * hub_app sec.same(tenant_id, ( SELECT sec.tenant() AS tenant))",
        "policy own PERMISSIVE * hub_app (tenant_id = ( SELECT sec.tenant() AS tenant))",
        "policy see PERMISSIVE r hub_operator ( SELECT sec.is_operator() AS is_operator)",
        "tenant_id without statistics",
        "trigger renew BEFORE UPDATE ROW sync.renew()",
        "trigger check_inserted AFTER INSERT STATEMENT sync.check_revs()",
        "trigger check_updated AFTER UPDATE STATEMENT sync.check_revs()",
        "trigger keep_deleted BEFORE DELETE STATEMENT sync.keep_rows()",
        "trigger keep_truncated BEFORE TRUNCATE STATEMENT sync.keep_rows()",
    ] {
        add(fact.into());
    }
    facts
}

struct Catalog;

impl Catalog {
    /// Facts of all tables in `public`, one query for each kind of fact.
    async fn read(conn: &mut PgConnection) -> Result<BTreeMap<String, Facts>, sqlx::Error> {
        let mut tables: BTreeMap<String, Facts> = BTreeMap::new();
        for sql in [
            "SELECT table_name::text, format('column %s %s%s', column_name, data_type,
                 CASE WHEN is_nullable = 'NO' THEN ' NOT NULL' ELSE '' END)
             FROM information_schema.columns WHERE table_schema = 'public'",
            "SELECT c.relname::text, 'constraint ' || pg_get_constraintdef(k.oid)
             FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relnamespace = 'public'::regnamespace AND k.convalidated",
            "SELECT c.relname::text, 'index ' || substring(pg_get_indexdef(i.indexrelid) FROM ' USING btree (.*)$')
             FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
             WHERE c.relnamespace = 'public'::regnamespace AND i.indisvalid AND pg_get_indexdef(i.indexrelid) LIKE '% USING btree %'",
            "SELECT relname::text, 'row security enabled and forced' FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity",
            "SELECT tablename::text, format('policy %s %s %s %s %s%s', policyname, permissive,
                 CASE cmd WHEN 'ALL' THEN '*' WHEN 'SELECT' THEN 'r' ELSE cmd END, array_to_string(roles, ','), qual,
                 ' WITH CHECK ' || with_check)
             FROM pg_policies WHERE schemaname = 'public'",
            "SELECT c.relname::text, 'tenant_id without statistics' FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
             WHERE c.relnamespace = 'public'::regnamespace AND a.attname = 'tenant_id' AND a.attstattarget = 0",
            "SELECT c.relname::text, format('trigger %s %s %s %s %s()', t.tgname,
                 CASE WHEN t.tgtype & 2 <> 0 THEN 'BEFORE' ELSE 'AFTER' END,
                 CASE WHEN t.tgtype & 4 <> 0 THEN 'INSERT' WHEN t.tgtype & 8 <> 0 THEN 'DELETE'
                      WHEN t.tgtype & 16 <> 0 THEN 'UPDATE' ELSE 'TRUNCATE' END,
                 CASE WHEN t.tgtype & 1 <> 0 THEN 'ROW' ELSE 'STATEMENT' END, t.tgfoid::regproc)
             FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
             WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND t.tgenabled = 'O'",
        ] {
            for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
                if let (table, Some(fact)) = (row.try_get(0)?, row.try_get::<Option<String>, _>(1)?) {
                    tables.entry(table).or_default().insert(fact);
                }
            }
        }
        Ok(tables)
    }
}

/// Tables that may be without a school: one row about the hub, and the migrations' own list.
const WITHOUT_TENANT: &[&str] = &["hub", "_sqlx_migrations"];

/// Every other table, an entity or not, has row security, forced, and the wall.
async fn walls(conn: &mut PgConnection) -> Result<Vec<Finding>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT c.relname::text, c.relrowsecurity, c.relforcerowsecurity,
             EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'wall' AND NOT p.polpermissive)
         FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL($1)
         ORDER BY 1",
    )
    .bind(WITHOUT_TENANT)
    .fetch_all(conn)
    .await?;
    let mut findings = Vec::new();
    for row in rows {
        let table: String = row.try_get(0)?;
        for (at, problem) in [
            (1, "row-level security is off"),
            (2, "row-level security is not forced"),
            (3, "the restrictive policy 'wall' is missing"),
        ] {
            if !row.try_get::<bool, _>(at)? {
                findings.push(Finding { table: table.clone(), problem: problem.into() });
            }
        }
    }
    Ok(findings)
}
