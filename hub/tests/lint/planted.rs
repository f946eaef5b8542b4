//! Plants each mistake alone, asks the linter, takes the mistake back.

use crate::Migrated;
use crate::mutants::mutants;
use pems_hub::{Admin, ContextForm, lint};
use pems_model::Schema;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::collections::BTreeSet;

/// What the linter says while `sql` is in force.
async fn rules_with(conn: &mut PgConnection, sql: &str) -> Result<BTreeSet<&'static str>, sqlx::Error> {
    let mut tx = conn.begin().await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await?;
    let findings = lint::lint(&mut tx, Schema::product()).await?;
    tx.rollback().await?;
    Ok(findings.into_iter().map(|finding| finding.rule).collect())
}

#[tokio::test]
async fn every_planted_mistake_is_found_by_its_rule_and_by_no_other() {
    let migrated = Migrated::new().await;
    let mut owner = migrated.owner().await;
    let mut wrong = Vec::new();
    for (mistake, sql, expected) in mutants() {
        let expected: BTreeSet<_> = expected.iter().copied().collect();
        match rules_with(&mut owner, sql).await {
            Ok(found) if found == expected => {}
            Ok(found) => wrong.push(format!("{mistake}: expected {expected:?}, found {found:?}")),
            // A mistake that cannot be made is none: the list is out of date. The transaction is beyond repair.
            Err(error) => {
                wrong.push(format!("{mistake}: {error}"));
                owner = migrated.owner().await;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), mutants().len(), wrong.join("\n"));
    let left = lint::lint(&mut owner, Schema::product()).await.expect("a catalog");
    assert_eq!(left, [], "nothing of the mistakes is left");
}

#[test]
fn every_rule_has_a_mistake_that_it_alone_or_together_with_another_finds() {
    let planted: BTreeSet<_> = mutants().iter().flat_map(|(_, _, rules)| rules.iter().copied()).collect();
    let rules: BTreeSet<_> = lint::rule_names().into_iter().collect();
    assert_eq!(rules, planted);
    let mistakes: BTreeSet<_> = mutants().iter().map(|(mistake, _, _)| *mistake).collect();
    assert_eq!(mistakes.len(), mutants().len(), "two mistakes have the same name");
}

#[tokio::test]
async fn the_product_has_no_finding_and_no_exception_without_use() {
    let migrated = Migrated::new().await;
    let mut owner = migrated.owner().await;
    assert_eq!(lint::lint(&mut owner, Schema::product()).await.expect("a catalog"), []);
    let all = lint::everything(&mut owner, Schema::product()).await.expect("a catalog");
    let unused: Vec<_> = lint::excused()
        .filter(|(rule, object)| !all.iter().any(|finding| finding.rule == *rule && finding.object == *object))
        .collect();
    assert_eq!(unused, [], "take them out of hub/src/lint/exceptions.rs");
}

#[tokio::test]
async fn the_other_form_of_the_context_has_no_finding_either() {
    let mut migrated = Migrated::empty().await;
    migrated.config.context = Some(ContextForm::Hmac);
    Admin::open(&migrated.config).await.expect("a migrated database").close().await;
    let report = Admin::verify(&migrated.config).await.expect("a report");
    assert_eq!((report.context.as_deref(), report.findings), (Some("hmac"), vec![]));
}

#[tokio::test]
async fn a_database_without_migrations_is_full_of_findings_and_no_error() {
    let empty = Migrated::empty().await;
    let report = Admin::verify(&empty.config).await.expect("a report");
    let rules: BTreeSet<_> = report.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(report.context, None);
    for rule in ["not_as_declared", "role_may_not", "granted_to_public", "function_open", "definitions_open"] {
        assert!(rules.contains(rule), "{rule} in {rules:?}");
    }
}

#[tokio::test]
async fn looking_changes_nothing_and_needs_no_search_path() {
    let migrated = Migrated::new().await;
    let mut owner = migrated.owner().await;
    sqlx::raw_sql("SET search_path = sec, public").execute(&mut owner).await.expect("a setting");
    assert_eq!(lint::lint(&mut owner, Schema::product()).await.expect("a catalog"), []);
    let path: String = sqlx::query_scalar("SHOW search_path").fetch_one(&mut owner).await.expect("a setting");
    assert_eq!(path, "sec, public");
}

/// A hub as it was before its migration 17: PostgreSQL had looked at every column.
#[tokio::test]
async fn what_was_collected_before_goes_with_the_migration() {
    let migrated = Migrated::new().await;
    let mut owner = migrated.owner().await;
    let as_it_was = "DO $$ DECLARE old record; BEGIN
            FOR old IN SELECT a.attrelid::regclass AS name, a.attname, a.attnum, c.relkind FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relnamespace IN ('public'::regnamespace, 'sec'::regnamespace)
                AND (c.relkind = 'r' OR a.attrelid IN (SELECT i.indexrelid FROM pg_index i WHERE i.indkey[a.attnum - 1] = 0)) LOOP
                IF old.relkind = 'r' THEN EXECUTE format('ALTER TABLE %s ALTER %I SET STATISTICS -1', old.name, old.attname);
                ELSE EXECUTE format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS -1', old.name, old.attnum); END IF;
            END LOOP;
        END $$;
        INSERT INTO tenant (id, name, slug, school_id, timezone)
            SELECT gen_random_uuid(), 'x', 'x' || n, lpad(n::text, 6, '0'), 'Asia/Manila' FROM generate_series(1, 9) n;
        ANALYZE";
    sqlx::raw_sql(as_it_was).execute(&mut owner).await.expect("statistics");
    let rules = |findings: Vec<lint::Finding>| findings.iter().map(|finding| finding.rule).collect::<BTreeSet<_>>();
    let before = rules(lint::lint(&mut owner, Schema::product()).await.expect("a catalog"));
    assert_eq!(before, BTreeSet::from(["statistics_collected", "statistics_kept"]));
    sqlx::raw_sql(include_str!("../../../migrations/0017_no_statistics.sql"))
        .execute(&mut owner)
        .await
        .expect("migrated");
    assert_eq!(lint::lint(&mut owner, Schema::product()).await.expect("a catalog"), []);
}
