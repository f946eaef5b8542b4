//! One school of 164,000 rows: 2,000 learners, 2,000 enrolments, and stand-ins shaped like 100,000 attendance marks and 60,000
//! scores (the real ones belong to later work; their shapes are what matters here).

use super::parties::Hub;
use anyhow::Result;
use pems_model::entity::{choice, date, int, link, text};
use pems_model::{Entity, Role, Schema, ddl, entities};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::sync::OnceLock;
use uuid::Uuid;

pub const ROWS: i64 = 164_001;

const MARK: Entity = Entity {
    name: "bench_mark",
    label: "Attendance mark (stand-in)",
    writers: &[Role::SchoolAdmin],
    natural_key: &["student", "day", "session"],
    fields: &[
        link("student", "Learner", "student").required().immutable(),
        date("day", "Day").required().immutable(),
        choice("session", "Session", &["am", "pm", "day"]).required().immutable(),
        choice("code", "Code", &["A", "L", "C", "E"]).required(),
        text("note", "Note", 80),
    ],
    ..Entity::SYNCED
};
const SCORE: Entity = Entity {
    name: "bench_score",
    label: "Score (stand-in)",
    writers: &[Role::SchoolAdmin],
    natural_key: &["student", "item"],
    fields: &[
        link("student", "Learner", "student").required().immutable(),
        int("item", "Item", 1, 1_000).required().immutable(),
        int("value", "Value in hundredths", 0, 100_000).required(),
        choice("state", "State", &["scored", "zero_missing", "excused", "not_yet"]).required(),
    ],
    ..Entity::SYNCED
};

/// The product's entities and the two stand-ins.
pub fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let mut all = entities::ALL.to_vec();
        all.extend([&MARK, &SCORE]);
        Schema::new(&all)
    })
}

pub fn extra_sql() -> String {
    format!("{}{}", ddl::postgres::table(&MARK), ddl::postgres::table(&SCORE))
}

/// A filled school.
#[derive(Debug)]
pub struct School {
    pub slug: String,
    pub id: Uuid,
}

/// Fills a school as an administrator would with SQL: fresh revisions, one transaction.
pub async fn fill(hub: &Hub, slug: &str) -> Result<School> {
    let school = hub.admin.add_school("Bench National High School", slug, "300001", "Asia/Manila").await?;
    let mut conn = PgConnection::connect(hub.admin.database_url()).await?;
    sqlx::raw_sql(AssertSqlSafe(FILL.replace(":tenant", &format!("'{}'::uuid", school.id)))).execute(&mut conn).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut conn).await?;
    Ok(School { slug: slug.into(), id: school.id })
}

const FILL: &str = "
BEGIN;
CREATE TEMP TABLE base ON COMMIT DROP AS SELECT rev AS r FROM tenant_clock WHERE tenant_id = :tenant;
SELECT sync.take(:tenant, 164001);
INSERT INTO school_year (tenant_id, id, rev, label, start_date, end_date, status)
  SELECT :tenant, md5('year')::uuid, r + 1, '2026-2027', '2026-06-08', '2027-04-02', 'open' FROM base;
INSERT INTO student (tenant_id, id, rev, last_name, first_name, middle_name, lrn, sex, birth_date, barangay, municipality, province)
  SELECT :tenant, md5('student' || n)::uuid, r + 1 + n, 'Dela Cruz ' || n, 'Maria Clara ' || n % 97, 'Santos', lpad(n::text, 12, '1'),
    CASE WHEN n % 2 = 0 THEN 'F' ELSE 'M' END, date '2010-01-01' + n % 1500, 'San Isidro', 'Bacarra', 'Ilocos Norte'
  FROM generate_series(1, 2000) n, base;
INSERT INTO enrolment (tenant_id, id, rev, student, school_year, grade_level, kind, status, first_attendance_date)
  SELECT :tenant, md5('enrolment' || n)::uuid, r + 2001 + n, md5('student' || n)::uuid, md5('year')::uuid, (7 + n % 4)::text,
    'continuing', 'enrolled', '2026-06-08' FROM generate_series(1, 2000) n, base;
INSERT INTO bench_mark (tenant_id, id, rev, student, day, session, code)
  SELECT :tenant, md5('mark' || n)::uuid, r + 4001 + n, md5('student' || (1 + n % 2000))::uuid, date '2026-06-08' + n / 2000,
    'day', CASE n % 3 WHEN 0 THEN 'A' WHEN 1 THEN 'L' ELSE 'E' END FROM generate_series(1, 100000) n, base;
INSERT INTO bench_score (tenant_id, id, rev, student, item, value, state)
  SELECT :tenant, md5('score' || n)::uuid, r + 104001 + n, md5('student' || (1 + n % 2000))::uuid, 1 + n / 2000, n % 5000, 'scored'
  FROM generate_series(1, 60000) n, base;
UPDATE tenant_clock SET entity_rev = NULL, digest = NULL WHERE tenant_id = :tenant;
COMMIT;
SELECT pg_notify('hub', '');
";
