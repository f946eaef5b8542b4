//! The schema `fleet`, which those at the console see: schools, never their people. A person's name is a text, and so is an LRN,
//! an address or a remark about somebody: so a column of any type that could hold one stands in `exceptions.rs`, with whose words
//! they are, or it is a finding. Numbers, moments, ids and yes or no need no thought.

use super::{Rule, rule};

/// Columns of tables and views, and what functions give.
const TEXT: &str = "
, given AS (
    SELECT format('%s.%I', r.name, a.attname) AS what, a.atttypid AS type FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid
    WHERE r.relnamespace = to_regnamespace('fleet') AND r.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT format('%s %s', f.name, coalesce(nullif(arg.name, ''), 'gives')), arg.type FROM fn f, unnest(
        coalesce(f.proallargtypes, ARRAY[f.prorettype]), coalesce(f.proargmodes::text[], '{t}'),
        CASE WHEN f.proallargtypes IS NOT NULL THEN f.proargnames END) arg (type, mode, name)
    WHERE f.pronamespace = to_regnamespace('fleet') AND arg.mode IN ('o', 'b', 't')
)
SELECT what, format('%s can hold the name of a person', format_type(type, NULL)) FROM given
WHERE type NOT IN ('bool'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'float8'::regtype, 'uuid'::regtype,
    'date'::regtype, 'timestamptz'::regtype, 'interval'::regtype, 'void'::regtype)";

pub(super) const RULES: &[Rule] = &[rule(
    "fleet_text",
    TEXT,
    "leave it out of fleet; or, if no person can be in it, an entry in lint/exceptions.rs that says whose words it holds",
)];
