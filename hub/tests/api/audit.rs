//! The audit log over the API, and what tells whether somebody has been at it.

use crate::caller::Api;
use pems_hub::Config;
use pems_hub::audit::{AuditReport, verify};
use pems_model::Role;
use serde_json::json;
use uuid::Uuid;

/// A school with some entries, of which the last verification knew `known`.
async fn school_with_log() -> (Api, Uuid) {
    let api = Api::new().await;
    let school = api.world.school("a").await.id;
    for _ in 0..3 {
        api.world.hub.admin().suspend("a").await.expect("suspended");
        api.world.hub.admin().resume("a").await.expect("resumed");
    }
    (api, school)
}

async fn look(api: &Api) -> AuditReport {
    verify(&mut api.world.owner().await, api.world.data_dir.path()).await.expect("a report")
}

/// As somebody who owns the whole database.
async fn tamper(api: &Api, sql: &str) {
    let sql = format!("BEGIN; SET LOCAL session_replication_role = replica; {sql}; COMMIT");
    api.world.sql(&sql).await.expect("tampered with");
}

/// Writes a chain anew from an entry on, hashes, head and all.
fn rewrite(school: Uuid) -> String {
    format!(
        "DO $$
        DECLARE entry audit_log; before bytea := decode(repeat('00', 32), 'hex'); number bigint := 0;
        BEGIN
            FOR entry IN SELECT * FROM audit_log WHERE tenant_id = '{school}' ORDER BY seq LOOP
                number := number + 1;
                DELETE FROM audit_log WHERE tenant_id = '{school}' AND seq = entry.seq;
                entry.seq := number; entry.previous := before;
                entry.hash := sha256(before || convert_to(sec.audit_text(entry), 'UTF8'));
                before := entry.hash;
                INSERT INTO audit_log SELECT entry.*;
            END LOOP;
            UPDATE sec.audit_head SET seq = number, hash = before WHERE tenant_id = '{school}';
        END $$"
    )
}

#[tokio::test]
async fn whatever_is_done_to_the_log_shows() {
    let (api, school) = school_with_log().await;
    let whole = look(&api).await;
    assert_eq!(whole.broken, []);
    assert!(whole.chains >= 2 && whole.entries > 7, "{whole:?}");
    let one = format!("tenant_id = '{school}' AND seq = 3");
    let cut = format!("DELETE FROM audit_log WHERE tenant_id = '{school}' AND seq > 4");
    let cut_with_head = format!(
        "{cut}; UPDATE sec.audit_head h SET seq = 4, hash = a.hash FROM audit_log a WHERE a.tenant_id = h.tenant_id AND a.seq = 4 AND h.tenant_id = '{school}'"
    );
    for (how, sql, seq, told) in [
        ("changed", format!("UPDATE audit_log SET details = '{{\"x\": 1}}' WHERE {one}"), 3, "something else"),
        (
            "changed time",
            format!("UPDATE audit_log SET at = at + interval '1 microsecond' WHERE {one}"),
            3,
            "something else",
        ),
        ("changed actor", format!("UPDATE audit_log SET actor_kind = 'hub' WHERE {one}"), 3, "something else"),
        ("removed", format!("DELETE FROM audit_log WHERE {one}"), 3, "missing"),
        (
            "inserted",
            format!(
                "INSERT INTO audit_log SELECT tenant_id, 8, at, actor_kind, actor_id, action, subject, details, hash, hash FROM audit_log WHERE tenant_id = '{school}' AND seq = 7"
            ),
            8,
            "something else",
        ),
        (
            "reordered",
            format!(
                "ALTER TABLE audit_log DROP CONSTRAINT audit_log_seq_check; UPDATE audit_log SET seq = -seq WHERE tenant_id = '{school}' AND seq IN (3, 4); UPDATE audit_log SET seq = 7 + seq WHERE seq < 0"
            ),
            3,
            "does not follow",
        ),
        ("cut off", cut, 5, "ends before"),
        ("cut off, head too", cut_with_head, 5, "gone"),
        (
            "written anew",
            format!("UPDATE audit_log SET details = '{{\"x\": 1}}' WHERE {one}; {}", rewrite(school)),
            7,
            "written anew",
        ),
        (
            "one removed, the rest written anew",
            format!("DELETE FROM audit_log WHERE {one}; {}", rewrite(school)),
            7,
            "gone",
        ),
        (
            "all gone",
            format!(
                "DELETE FROM audit_log WHERE tenant_id = '{school}'; DELETE FROM sec.audit_head WHERE tenant_id = '{school}'"
            ),
            1,
            "gone",
        ),
    ] {
        let save = "DROP TABLE IF EXISTS kept, kept_head; CREATE TABLE kept AS TABLE audit_log; CREATE TABLE kept_head AS TABLE sec.audit_head";
        api.world.sql(save).await.expect("kept");
        tamper(&api, &sql).await;
        let report = look(&api).await;
        assert_eq!(report.broken.len(), 1, "{how}: {report:?}");
        let broken = &report.broken[0];
        assert_eq!((broken.tenant, broken.seq), (school, seq), "{how}: {broken}");
        assert!(broken.problem.contains(told), "{how}: {broken}");
        assert_eq!(look(&api).await.broken, report.broken, "{how}: looking once does not make it good");
        tamper(&api, "DELETE FROM audit_log; DELETE FROM sec.audit_head; INSERT INTO audit_log TABLE kept; INSERT INTO sec.audit_head TABLE kept_head").await;
        assert_eq!(look(&api).await.broken, [], "{how}: put back");
    }
    // The hub goes on writing where the chain ends.
    api.world.hub.admin().suspend("a").await.expect("suspended");
    assert_eq!(look(&api).await.broken, []);
}

#[tokio::test]
async fn the_hubs_texts_are_hashed_as_the_database_does() {
    let (api, school) = school_with_log().await;
    let odd = json!({ "text": "a|b \"ñ\" \\ \u{1F600}", "number": 1.50, "none": null });
    let sql = format!("SELECT sec.append_audit('{school}', 'hub', NULL, 'x.y', NULL, '{odd}')");
    api.world.sql(&sql).await.expect("written");
    assert_eq!(look(&api).await.broken, []);
}

#[tokio::test]
async fn administrators_read_their_own_log_page_by_page() {
    let (api, school) = school_with_log().await;
    let other = api.world.school("b").await.id;
    let (ours, theirs) = (api.user(school, Role::SchoolAdmin).await, api.user(other, Role::SchoolAdmin).await);
    let (mut seqs, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("/audit?limit=3{cursor}"), &ours).await;
        seqs.extend(page.data()["items"].as_array().expect("a list").iter().filter_map(|entry| entry["seq"].as_i64()));
        match page.data()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seqs, (1..=7).rev().collect::<Vec<_>>());
    let log = api.get("/audit", &theirs).await;
    let actions: Vec<_> =
        log.data()["items"].as_array().expect("a list").iter().map(|entry| entry["action"].clone()).collect();
    assert_eq!(actions, ["tenant.created"]);
    for bad in ["limit=0", "cursor=0", "cursor=x", "cursor=99999999999999999999"] {
        assert_eq!(api.get(&format!("/audit?{bad}"), &ours).await.refused(), (400, "bad_request"), "{bad}");
    }
}

#[tokio::test]
async fn the_command_says_whole_or_where_not() {
    let (api, school) = school_with_log().await;
    let run = |json: bool| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pems-hub"));
        command.args(["--data-dir", api.world.data_dir.path().to_str().expect("a path")]);
        command.args(["--database-url", api.world.hub.database_url(), "verify", "--audit"]);
        if json {
            command.arg("--json");
        }
        let out = command.output().expect("it runs");
        (out.status.code(), String::from_utf8(out.stdout).expect("text"))
    };
    let (code, said) = run(false);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("are whole"), "{said}");
    tamper(&api, &format!("UPDATE audit_log SET action = 'a.b' WHERE tenant_id = '{school}' AND seq = 2")).await;
    let (code, said) = run(true);
    assert_eq!(code, Some(1), "{said}");
    let report: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&report["broken"][0]["tenant"], &report["broken"][0]["seq"]), (&json!(school), &json!(2)));
    assert!(Config::new(api.world.data_dir.path()).data_dir.join("audit.anchor").exists());
}
