//! Every privilege that anybody but an owner has, compared with the declaration in `grants.sql`: on tables, columns, sequences,
//! functions, schemas, the database, languages, types, parameters, large objects, tablespaces and servers.
//!
//! Not compared: what `initdb` granted on PostgreSQL's own catalog (`pg_init_privs`), and PUBLIC on built-in functions, which
//! [`super::builtins`] looks at.

mod catalog;
mod declared;

use super::Finding;
use pems_model::Schema;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

const PUBLIC: &str = "granted_to_public";
const MAY: &str = "role_may";
const MAY_NOT: &str = "role_may_not";
pub(super) const RULES: [&str; 3] = [PUBLIC, MAY, MAY_NOT];

/// One privilege of one role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Grant {
    role: String,
    /// `table`, `sequence`, `function`, `schema`, ...
    kind: String,
    /// With its schema, as in `public.student` or `sec.enter(text)`.
    object: String,
    /// As in `SELECT`, or `UPDATE (name)` for one column.
    privilege: String,
}

pub(super) async fn check(conn: &mut PgConnection, schema: &Schema) -> Result<Vec<Finding>, sqlx::Error> {
    let found = catalog::read(conn).await?;
    let mut expected = declared::grants();
    for table in catalog::records(conn, schema).await? {
        expected.extend(declared::record(&table));
    }
    if catalog::sealed(conn).await? {
        // In this form of the context nobody needs the parameter; whether hub_sec has it makes no difference.
        expected.retain(|grant| grant.kind != "parameter" || found.contains(grant));
    }
    let missing = catalog::without(conn, expected.difference(&found).cloned().collect()).await?;
    let mut findings = differences(found.difference(&expected), |role, what| match role {
        "PUBLIC" => (PUBLIC, format!("everybody may {what}"), "REVOKE it: the hub's roles get what they need by name"),
        _ => (
            MAY,
            format!("{role} may {what}, which is not declared"),
            "REVOKE it; or, if it is meant, declare it in hub/src/lint/grants.sql",
        ),
    });
    findings.extend(differences(missing.iter(), |role, what| {
        (
            MAY_NOT,
            format!("{role} may not {what}"),
            "GRANT it in a migration, or take it out of hub/src/lint/grants.sql",
        )
    }));
    Ok(findings)
}

/// One finding for each role and object, however many privileges it is about.
fn differences<'a>(
    grants: impl Iterator<Item = &'a Grant>,
    tell: impl Fn(&str, &str) -> (&'static str, String, &'static str),
) -> Vec<Finding> {
    let mut grouped: BTreeMap<(&str, &str, &str), BTreeSet<&str>> = BTreeMap::new();
    for grant in grants {
        grouped.entry((&grant.kind, &grant.object, &grant.role)).or_default().insert(&grant.privilege);
    }
    let finding = |((kind, object, role), privileges): ((&str, &str, &str), BTreeSet<&str>)| {
        let what = privileges.into_iter().collect::<Vec<_>>().join(", ");
        let (rule, problem, remedy) = tell(role, &what);
        Finding { rule, object: format!("{kind} {object}"), problem, remedy }
    };
    grouped.into_iter().map(finding).collect()
}
