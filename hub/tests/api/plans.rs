//! Every question about learners is answered through an index, at 20,000 learners in each of two schools; so is what offices send
//! and get. PostgreSQL has no statistics to choose by (`migrations/0017_no_statistics.sql`).

use crate::caller::Api;
use crate::world::edit;
use pems_model::Role;
use serde_json::json;
use uuid::Uuid;

/// Learners with names that spread over the alphabet, all enrolled, 40 to a section.
fn crowd(tenant: Uuid) -> String {
    format!(
        "DO $$
        DECLARE top bigint := sync.take('{tenant}', 60102);
            year uuid := gen_random_uuid(); at bigint := top - 60102;
        BEGIN
            INSERT INTO school_year (tenant_id, id, rev, label, start_date, end_date, status)
                VALUES ('{tenant}', year, at + 1, '2026', '2026-06-01', '2027-03-31', 'open');
            INSERT INTO section (tenant_id, id, rev, school_year, grade_level, name)
                SELECT '{tenant}', md5('{tenant}s' || n)::uuid, at + 1 + n, year, '7', 'S' || n FROM generate_series(1, 500) n;
            INSERT INTO student (tenant_id, id, rev, last_name, first_name, lrn, student_no)
                SELECT '{tenant}', md5('{tenant}' || n)::uuid, at + 1000 + n, md5(n::text), 'A', lpad(n::text, 12, '0'), 'N' || n
                FROM generate_series(1, 19000) n;
            INSERT INTO enrolment (tenant_id, id, rev, student, school_year, grade_level, status)
                SELECT '{tenant}', md5('{tenant}e' || n)::uuid, at + 20000 + n, md5('{tenant}' || n)::uuid, year, '7', 'enrolled'
                FROM generate_series(1, 19000) n;
            INSERT INTO section_membership (tenant_id, id, rev, enrolment, section, valid_from)
                SELECT '{tenant}', gen_random_uuid(), at + 40000 + n, md5('{tenant}e' || n)::uuid,
                    md5('{tenant}s' || (n / 40 + 1))::uuid, '2026-06-01'
                FROM generate_series(1, 19000) n;
        END $$"
    )
}

#[tokio::test]
async fn no_question_reads_a_whole_table() {
    let api = Api::new().await;
    let (a, b) = (api.world.school("a").await.id, api.world.school("b").await.id);
    for tenant in [a, b] {
        api.world.sql(&crowd(tenant)).await.expect("a crowd");
    }
    api.world.sql("ANALYZE; NOTIFY hub").await.expect("analyzed");
    // Foreign keys and the like have looked, too.
    let scans = "SELECT coalesce(sum(seq_scan), 0)::bigint FROM pg_stat_user_tables
        WHERE relname IN ('student', 'enrolment', 'section_membership')";
    let uses = |index: &str| format!("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = '{index}'");
    let token = api.user(a, Role::Teacher).await;
    let section: Uuid =
        api.world.scalar(&format!("SELECT id FROM section WHERE tenant_id = '{a}' AND name = 'S7'")).await;
    let deep = {
        let page = api.get("/students?limit=199", &token).await;
        format!("limit=200&cursor={}", page.data()["next_cursor"].as_str().expect("more"))
    };
    for (query, rows, index) in [
        ("".to_owned(), 50, "student_name"),
        ("limit=200".into(), 200, "student_name"),
        ("q=ab&limit=200".into(), 88, "student_name"),
        (deep, 200, "student_name"),
        ("sort=rev".into(), 50, "student_rev"),
        ("lrn=000000000007".into(), 1, "student_lrn"),
        ("student_no=N7".into(), 1, "student_student_no"),
        ("sex=F".into(), 0, "student_name"),
        (format!("section={section}"), 40, "section_membership_section"),
        ("grade_level=7".into(), 50, "enrolment_student"),
    ] {
        let (scanned, used): (i64, i64) = (api.world.scalar(scans).await, api.world.scalar(&uses(index)).await);
        let reply = api.get(&format!("/students?{query}"), &token).await;
        let found = reply.data()["items"].as_array().expect("a list").len();
        assert_eq!(found, rows, "{query}");
        api.until(&format!("{query} uses {index}"), async || {
            (api.world.scalar::<i64>(&uses(index)).await > used).then_some(())
        })
        .await;
        assert_eq!(api.world.scalar::<i64>(scans).await, scanned, "{query} read a table from end to end");
    }
    offices_read_through_indexes(&api, a).await;
}

/// All of a school, the end of it, and changes to rows that have moved since (rows, links, claims, history).
async fn offices_read_through_indexes(api: &Api, school: Uuid) {
    let device = api.world.device("a").await;
    let written_past_the_hub = format!(
        "INSERT INTO change_log (tenant_id, replica_id, incarnation, op_no, change_id, rev, entity, row_id, kind, outcome, base_rev,
                 fields, at, edited_at)
             SELECT '{school}', '{school}', 1, n, gen_random_uuid(), n, 'student', md5('{school}' || n)::uuid, 'upsert', 'applied', 0,
                 '{{}}', 1, now() FROM generate_series(1, 19000) n;
         UPDATE tenant_clock SET entity_rev = NULL, digest = NULL WHERE tenant_id = '{school}'; ANALYZE"
    );
    api.world.sql(&written_past_the_hub).await.expect("a history");
    let rev = api.world.sync(&device, &device.request(0)).await.expect("everything").end().rev;
    let mut ids = Vec::new();
    for n in 1..=50 {
        ids.push(api.world.scalar::<Uuid>(&format!("SELECT md5('{school}{n}')::uuid")).await);
    }
    let edits = |first: i64, name: &str| {
        let numbers = (first..).zip(&ids);
        numbers.map(|(n, id)| edit(n, *id, 1, json!({ "last_name": name, "student_no": format!("X{n}") }))).collect()
    };
    let scans = "SELECT coalesce(sum(seq_scan), 0)::bigint FROM pg_stat_user_tables
        WHERE relname IN ('student', 'enrolment', 'section', 'section_membership', 'change_log')";
    let reads =
        "SELECT coalesce(sum(idx_scan), 0)::bigint FROM pg_stat_user_tables WHERE relname IN ('student', 'change_log')";
    let (scanned, read): (i64, i64) = (api.world.scalar(scans).await, api.world.scalar(reads).await);
    let all = api.world.sync(&device, &device.request(0)).await.expect("everything");
    assert_eq!(all.rows("student").len(), 19_000);
    api.world.sync(&device, &device.push(rev, edits(1, "One"))).await.expect("changes");
    let end = api.world.sync(&device, &device.push(rev, edits(51, "Two"))).await.expect("changes to what moved");
    assert_eq!((end.results.len(), end.rows("student").len()), (50, 50));
    api.until("the reads are counted", async || (api.world.scalar::<i64>(reads).await > read + 200).then_some(()))
        .await;
    assert_eq!(api.world.scalar::<i64>(scans).await, scanned, "an office made the hub read a table from end to end");
}
