//! Mistakes by which the planner comes to know what is in the rows of schools, or how large one school is.

use crate::mutants::Mutant;

/// Makes rows to collect something about, and looks at them.
macro_rules! analyzed {
    ($target:literal, $analyze:literal) => {
        concat!(
            "INSERT INTO tenant (id, name, slug, school_id, timezone)
                 SELECT gen_random_uuid(), 'x', 'x' || n, lpad(n::text, 6, '0'), 'Asia/Manila' FROM generate_series(1, 9) n; ",
            $target,
            "; ANALYZE ",
            $analyze,
            "; "
        )
    };
}

pub(crate) const OF_STATISTICS: &[Mutant] = &[
    // One of every type of column, and of every kind of table.
    ("statistics on the school", "ALTER TABLE student ALTER tenant_id SET STATISTICS 100", &["statistics_collected"]),
    ("statistics by default", "ALTER TABLE student ALTER tenant_id SET STATISTICS -1", &["statistics_collected"]),
    ("statistics on names", "ALTER TABLE student ALTER last_name SET STATISTICS 50", &["statistics_collected"]),
    ("statistics on ids", "ALTER TABLE enrolment ALTER school_year SET STATISTICS 1", &["statistics_collected"]),
    ("statistics on revisions", "ALTER TABLE change_log ALTER rev SET STATISTICS 1", &["statistics_collected"]),
    ("statistics on moments", "ALTER TABLE account ALTER created_at SET STATISTICS 1", &["statistics_collected"]),
    ("statistics on days", "ALTER TABLE student ALTER birth_date SET STATISTICS 1", &["statistics_collected"]),
    ("statistics on flags", "ALTER TABLE student ALTER four_ps SET STATISTICS 1", &["statistics_collected"]),
    ("statistics on JSON", "ALTER TABLE change_log ALTER fields SET STATISTICS 1", &["statistics_collected"]),
    ("statistics on keys", "ALTER TABLE device ALTER public_key SET STATISTICS 1", &["statistics_collected"]),
    ("statistics on transactions", "ALTER TABLE tenant_clock ALTER xid SET STATISTICS 1", &["statistics_collected"]),
    (
        "statistics on what is computed",
        "ALTER TABLE student ALTER search_key SET STATISTICS 1",
        &["statistics_collected"],
    ),
    ("statistics on the schools", "ALTER TABLE tenant ALTER metadata SET STATISTICS 1", &["statistics_collected"]),
    (
        "statistics on what only hub_sec reads",
        "ALTER TABLE sec.audit_head ALTER seq SET STATISTICS 1",
        &["statistics_collected"],
    ),
    ("statistics on tries", "ALTER TABLE sec.attempt ALTER who SET STATISTICS 1", &["statistics_collected"]),
    ("a column added later", "ALTER TABLE replica ADD COLUMN name text", &["statistics_collected"]),
    (
        "a partition that was forgotten",
        "CREATE TABLE public.parted (tenant_id uuid PRIMARY KEY) PARTITION BY HASH (tenant_id);
         CREATE TABLE public.part PARTITION OF public.parted FOR VALUES WITH (MODULUS 1, REMAINDER 0);
         CALL sec.wall('parted'); CALL sec.wall('part'); REVOKE ALL ON public.parted, public.part FROM hub_operator;
         ALTER TABLE public.part ALTER tenant_id SET STATISTICS 100",
        &["statistics_collected"],
    ),
    (
        "statistics on names in disguise",
        "CREATE INDEX disguise ON student (tenant_id, upper(last_name))",
        &["statistics_collected"],
    ),
    (
        "statistics on numbers in disguise",
        "CREATE INDEX disguise ON change_log (tenant_id, (rev + 1))",
        &["statistics_collected"],
    ),
    // What is there already.
    (
        "statistics of an older ANALYZE",
        analyzed!(
            "ALTER TABLE tenant_clock ALTER tenant_id SET STATISTICS 10",
            "tenant_clock; ALTER TABLE tenant_clock ALTER tenant_id SET STATISTICS 0"
        ),
        &["statistics_kept"],
    ),
    (
        "statistics of an older ANALYZE on a computed text",
        analyzed!(
            "DROP INDEX tenant_slug_key; CREATE UNIQUE INDEX tenant_slug_key ON tenant (lower(slug))",
            "tenant; ALTER INDEX tenant_slug_key ALTER COLUMN 1 SET STATISTICS 0"
        ),
        &["statistics_kept"],
    ),
    (
        "statistics and what they were collected with",
        analyzed!("ALTER TABLE tenant ALTER created_at SET STATISTICS 10", "tenant"),
        &["statistics_collected", "statistics_kept"],
    ),
    // Over several columns, or over what is computed from them.
    (
        "statistics over two columns",
        "CREATE STATISTICS public.both (ndistinct) ON tenant_id, last_name FROM student",
        &["statistics_extended"],
    ),
    (
        "statistics over other columns",
        "CREATE STATISTICS public.both (mcv, dependencies) ON school_year, status FROM enrolment",
        &["statistics_extended"],
    ),
    (
        "statistics over an expression",
        "CREATE STATISTICS public.folded ON (lower(last_name)) FROM student",
        &["statistics_extended"],
    ),
    // Sizes that are one school's.
    (
        "an index for one large school",
        "CREATE INDEX large ON student (tenant_id, last_name) WHERE tenant_id = '5f0c3f0e-0000-4000-8000-000000000000'",
        &["size_of_one_school"],
    ),
    (
        "a partition for each school",
        "CREATE TABLE public.parted (tenant_id uuid PRIMARY KEY) PARTITION BY LIST (tenant_id);
         CALL sec.wall('parted'); REVOKE ALL ON public.parted FROM hub_operator",
        &["size_of_one_school"],
    ),
    (
        "a partition for some schools",
        "CREATE TABLE public.parted (tenant_id uuid PRIMARY KEY) PARTITION BY RANGE (tenant_id);
         CALL sec.wall('parted'); REVOKE ALL ON public.parted FROM hub_operator",
        &["size_of_one_school"],
    ),
];
