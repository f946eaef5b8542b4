//! What a hub and `pems-hub verify` do about a finding.

use crate::Migrated;
use pems_hub::{Admin, start};
use serde_json::Value as Json;
use std::io;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

const MISTAKE: &str = "ALTER TABLE student NO FORCE ROW LEVEL SECURITY";

async fn with_a_mistake() -> Migrated {
    let migrated = Migrated::new().await;
    sqlx::raw_sql(MISTAKE).execute(&mut migrated.owner().await).await.expect("a mistake");
    migrated
}

/// Where the log goes.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;

    fn make_writer(&'a self) -> Lines {
        self.clone()
    }
}

#[tokio::test]
async fn a_finding_stops_the_start() {
    let migrated = with_a_mistake().await;
    let refused = start(migrated.config.clone()).await.expect_err("a finding").to_string();
    for part in ["rls_not_forced", "public.student", "FORCE ROW LEVEL SECURITY", "--allow-findings"] {
        assert!(refused.contains(part), "{part} in {refused}");
    }
}

#[tokio::test]
async fn a_hub_that_may_starts_in_spite_of_a_finding_and_says_so() {
    let migrated = with_a_mistake().await;
    let lines = Lines::default();
    let log =
        tracing_subscriber::fmt().with_writer(lines.clone()).with_ansi(false).with_max_level(tracing::Level::WARN);
    let _guard = tracing::subscriber::set_default(log.finish());
    let mut config = migrated.config.clone();
    config.allow_findings = true;
    start(config).await.expect("a hub").stop().await;
    let said = String::from_utf8(lines.0.lock().expect("the lines").clone()).expect("text");
    let warned =
        |line: &str| line.contains("WARN") && line.contains("rls_not_forced") && line.contains("public.student");
    assert_eq!(said.lines().filter(|line| warned(line)).count(), 1, "{said}");
}

#[tokio::test]
async fn verify_reports_the_form_of_the_context_and_every_finding() {
    let migrated = Migrated::new().await;
    let report = Admin::verify(&migrated.config).await.expect("a report");
    assert_eq!((report.context.as_deref(), report.findings.len()), (Some("parameter"), 0));
    sqlx::raw_sql(MISTAKE).execute(&mut migrated.owner().await).await.expect("a mistake");
    let report = Admin::verify(&migrated.config).await.expect("a report");
    assert_eq!(report.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["rls_not_forced"]);
}

fn verify(migrated: &Migrated, json: bool) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pems-hub"));
    command.args(["verify", "--database-url", migrated.url(), "--data-dir"]).arg(&migrated.config.data_dir);
    if json {
        command.arg("--json");
    }
    command.output().expect("it runs")
}

#[tokio::test]
async fn the_command_lists_findings_and_exits_1() {
    let migrated = Migrated::new().await;
    let clean = verify(&migrated, false);
    assert!(clean.status.success(), "{}", String::from_utf8_lossy(&clean.stderr));
    assert_eq!(String::from_utf8_lossy(&clean.stdout), "context: parameter\nnothing is off\n");
    sqlx::raw_sql(MISTAKE).execute(&mut migrated.owner().await).await.expect("a mistake");
    let found = verify(&migrated, true);
    assert_eq!(found.status.code(), Some(1));
    let report: Json = serde_json::from_slice(&found.stdout).expect("one JSON object");
    let finding = &report["findings"][0];
    assert_eq!((&finding["rule"], &finding["object"]), (&"rls_not_forced".into(), &"public.student".into()));
    assert!(finding["problem"].is_string() && finding["remedy"].is_string());
    let told = verify(&migrated, false);
    assert!(String::from_utf8_lossy(&told.stdout).contains("rls_not_forced: public.student: "));
}

#[tokio::test]
async fn a_command_works_in_spite_of_a_finding_if_told_so() {
    let migrated = with_a_mistake().await;
    let list = |allow: &[(&str, &str)], flags: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pems-hub"));
        command.args(["school", "list", "--database-url", migrated.url(), "--data-dir"]).arg(&migrated.config.data_dir);
        command.args(flags).envs(allow.iter().copied()).output().expect("it runs")
    };
    assert_eq!(list(&[], &[]).status.code(), Some(1));
    for allowed in [list(&[], &["--allow-findings"]), list(&[("PEMS_HUB_ALLOW_FINDINGS", "true")], &[])] {
        assert!(allowed.status.success());
        assert!(String::from_utf8_lossy(&allowed.stderr).contains("rls_not_forced"));
    }
}
