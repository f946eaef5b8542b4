//! Statements: everything that SQL has for reading, writing and keeping, around the expressions.

use super::expressions::{Source, condition, expression, own_call};
use super::vocabulary::{TYPES, Table, Vocabulary};
use super::{Chance, FOREIGN};

/// Each as often as it is here.
pub(crate) const KINDS: &[&str] = &[
    "select",
    "select",
    "select",
    "select",
    "foreign",
    "foreign",
    "foreign",
    "functions",
    "functions",
    "functions",
    "our functions",
    "our functions",
    "aggregate",
    "aggregate",
    "window",
    "set",
    "cte",
    "cte",
    "recursive",
    "lateral",
    "join",
    "join",
    "insert",
    "update",
    "update",
    "delete",
    "merge",
    "writing cte",
    "cursor",
    "prepare",
    "copy",
    "explain",
    "explain",
    "setting",
    "savepoint",
    "lock",
    "block",
    "values",
];

fn table<'a>(v: &'a Vocabulary, chance: &mut Chance) -> &'a Table {
    loop {
        let table = &v.tables[chance.below(v.tables.len())];
        // The catalog is wide, and tells the same to everybody.
        if !table.catalog || chance.is(25) {
            return table;
        }
    }
}

/// One to three tables, and FROM as it names them.
fn from<'a>(v: &'a Vocabulary, chance: &mut Chance) -> (Vec<Source<'a>>, String) {
    let mut scope: Vec<Source<'a>> = Vec::new();
    let mut text = String::new();
    for n in 0..=[0, 0, 0, 1, 1, 2][chance.below(6)] {
        let table = table(v, chance);
        let (alias, name) = (format!("t{n}"), &table.name);
        scope.push(Source { alias: alias.clone(), table });
        let sample = if chance.is(3) { " TABLESAMPLE SYSTEM (100)" } else { "" };
        let join = match (n, chance.below(5)) {
            (0, _) => format!("{name} {alias}{sample}"),
            (_, 0) => format!(", {name} {alias}"),
            (_, 1) => format!(" CROSS JOIN {name} {alias}"),
            (_, kind) => format!(
                " {} JOIN {name} {alias} ON {}",
                ["LEFT", "RIGHT", "INNER"][kind - 2],
                condition(v, &scope, chance, 2)
            ),
        };
        text.push_str(&join);
    }
    (scope, text)
}

fn list(v: &Vocabulary, scope: &[Source<'_>], chance: &mut Chance) -> String {
    if chance.is(25) {
        return format!("{}.*", scope[chance.below(scope.len())].alias);
    }
    let kinds: Vec<&str> = (0..=chance.below(3)).map(|_| chance.of(&TYPES)).collect();
    kinds
        .iter()
        .enumerate()
        .map(|(n, kind)| format!("{} AS c{n}", expression(kind, v, scope, chance, 0)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn select(v: &Vocabulary, chance: &mut Chance) -> String {
    let (scope, from) = from(v, chance);
    let distinct = if chance.is(10) { "DISTINCT " } else { "" };
    let order = if chance.is(20) { " ORDER BY 1" } else { "" };
    format!(
        "SELECT {distinct}{} FROM {from} WHERE {}{order} LIMIT 20",
        list(v, &scope, chance),
        condition(v, &scope, chance, 0)
    )
}

/// One text from a table, for places where the shape matters.
fn texts(v: &Vocabulary, chance: &mut Chance) -> String {
    let (scope, from) = from(v, chance);
    format!(
        "SELECT {} AS x FROM {from} WHERE {}",
        expression("text", v, &scope, chance, 0),
        condition(v, &scope, chance, 1)
    )
}

/// Counts, in some way, what is not A's.
fn foreign(v: &Vocabulary, chance: &mut Chance) -> String {
    let (scope, from) = from(v, chance);
    let keys = scope.iter().filter_map(|source| Some((&source.alias, source.table.key.as_ref()?)));
    let not_ours: Vec<String> = keys.map(|(alias, key)| format!("{alias}.{key} <> '{}'", v.a)).collect();
    let not_ours = if not_ours.is_empty() { "false".to_owned() } else { not_ours.join(" OR ") };
    let more = condition(v, &scope, chance, 1);
    let count = chance.of(&[
        "count(*)",
        "count(*) FILTER (WHERE true)",
        "sum(1)",
        "coalesce(max(1), 0)",
        "count(DISTINCT t0.ctid)",
    ]);
    format!("SELECT '{FOREIGN}' || {count} FROM {from} WHERE ({not_ours}) AND {more};")
}

/// A table that A may write, by its declared verbs; the others are tried as well.
fn written<'a>(v: &'a Vocabulary, chance: &mut Chance) -> &'a Table {
    let tables: Vec<&Table> = v.tables.iter().filter(|table| table.key.is_some()).collect();
    tables[chance.below(tables.len())]
}

fn assignment(v: &Vocabulary, table: &Table, scope: &[Source<'_>], chance: &mut Chance) -> String {
    let (name, kind) = &table.columns[chance.below(table.columns.len())];
    if chance.is(50) || !TYPES.contains(&kind.as_str()) {
        format!("{name} = {}.{name}", scope[0].alias)
    } else {
        format!("{name} = {}", expression(kind, v, scope, chance, 1))
    }
}

fn update(v: &Vocabulary, chance: &mut Chance) -> String {
    let table = written(v, chance);
    let scope = [Source { alias: "t0".into(), table }];
    format!(
        "UPDATE {} t0 SET {} WHERE {} RETURNING t0.*",
        table.name,
        assignment(v, table, &scope, chance),
        condition(v, &scope, chance, 1)
    )
}

fn insert(v: &Vocabulary, chance: &mut Chance) -> String {
    let table = written(v, chance);
    let scope = [Source { alias: "t0".into(), table }];
    // A copy of a row that can be seen, with another id and perhaps another school.
    let value = |(name, kind): &(String, String), chance: &mut Chance| match name.as_str() {
        "id" => "gen_random_uuid()".to_owned(),
        "tenant_id" if chance.is(30) => expression("uuid", v, &scope, chance, 2),
        "rev" | "op_no" | "seq" => format!("sync.take('{}', 1)", v.a),
        _ if chance.is(5) && TYPES.contains(&kind.as_str()) => expression(kind, v, &scope, chance, 1),
        _ => format!("t0.{name}"),
    };
    let values: Vec<String> = table.columns.iter().map(|column| value(column, chance)).collect();
    let conflict = chance.of(&["", " ON CONFLICT DO NOTHING"]);
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
    format!(
        "INSERT INTO {0} ({1}) SELECT {2} FROM {0} t0 LIMIT 1{conflict} RETURNING *",
        table.name,
        names.join(", "),
        values.join(", ")
    )
}

fn merge(v: &Vocabulary, chance: &mut Chance) -> String {
    let (table, other) = (written(v, chance), written(v, chance));
    let scope = [Source { alias: "t0".into(), table }, Source { alias: "t1".into(), table: other }];
    let does = if chance.is(50) {
        "DO NOTHING".to_owned()
    } else {
        format!("UPDATE SET {}", assignment(v, table, &scope, chance))
    };
    format!(
        "MERGE INTO {} t0 USING {} t1 ON {} WHEN MATCHED THEN {does};",
        table.name,
        other.name,
        condition(v, &scope, chance, 1)
    )
}

fn aggregate(v: &Vocabulary, chance: &mut Chance) -> String {
    let (scope, from) = from(v, chance);
    let kind = chance.of(&TYPES);
    let (value, by) = (expression(kind, v, &scope, chance, 1), expression("text", v, &scope, chance, 1));
    let total = chance.of(&["count", "array_agg", "jsonb_agg", "max", "min"]);
    let value = if total.starts_with('m') { format!("({value})::text") } else { value };
    let having = if chance.is(20) { " HAVING count(*) > 0" } else { "" };
    let grouped = chance.of(&["GROUP BY 1", "GROUP BY ROLLUP (1)", "GROUP BY 1"]);
    format!(
        "SELECT {by} AS g, left({total}({value})::text, 2000) FROM {from} WHERE {} {grouped}{having} LIMIT 20;",
        condition(v, &scope, chance, 1)
    )
}

/// Reads, of every shape.
fn reading(kind: &str, v: &Vocabulary, chance: &mut Chance) -> String {
    match kind {
        "foreign" => foreign(v, chance),
        "functions" => {
            let kinds = [chance.of(&TYPES), chance.of(&TYPES)];
            format!("SELECT {}, {};", expression(kinds[0], v, &[], chance, 0), expression(kinds[1], v, &[], chance, 0))
        }
        "our functions" => format!("SELECT * FROM {} x;", own_call(v, chance)),
        "aggregate" => aggregate(v, chance),
        "window" => {
            let (scope, from) = from(v, chance);
            let (value, by) = (expression("text", v, &scope, chance, 1), expression("uuid", v, &scope, chance, 1));
            let function = chance
                .of(&["lag(%)", "first_value(%)", "max(%)", "count(%)", "string_agg(%, ',')"])
                .replace('%', &value);
            format!("SELECT left(({function} OVER (PARTITION BY {by} ORDER BY 1))::text, 500) FROM {from} LIMIT 20;")
        }
        "set" => format!(
            "({}) {} ({}) LIMIT 20;",
            texts(v, chance),
            chance.of(&["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]),
            texts(v, chance)
        ),
        "cte" => format!(
            "WITH w AS {}({}) SELECT * FROM w LIMIT 20;",
            chance.of(&["", "MATERIALIZED ", "NOT MATERIALIZED "]),
            select(v, chance)
        ),
        "recursive" => format!(
            "WITH RECURSIVE r AS (({} LIMIT 3) UNION SELECT x || '.' FROM r WHERE length(x) < 40) SELECT * FROM r LIMIT 20;",
            texts(v, chance)
        ),
        "lateral" => {
            let (scope, from) = from(v, chance);
            format!(
                "SELECT l.* FROM {from} CROSS JOIN LATERAL (SELECT {} AS x) l LIMIT 20;",
                expression("text", v, &scope, chance, 0)
            )
        }
        "join" => format!("SELECT * FROM ({}) a JOIN ({}) b USING (x) LIMIT 20;", texts(v, chance), texts(v, chance)),
        _ => format!("{};", select(v, chance)),
    }
}

/// Writes, and reads that lock.
fn writing(kind: &str, v: &Vocabulary, chance: &mut Chance) -> String {
    match kind {
        "insert" => format!("{};", insert(v, chance)),
        "delete" => {
            let table = written(v, chance);
            let scope = [Source { alias: "t0".into(), table }];
            format!("DELETE FROM {} t0 WHERE {} RETURNING *;", table.name, condition(v, &scope, chance, 1))
        }
        "merge" => merge(v, chance),
        "writing cte" => format!(
            "WITH w AS ({}) SELECT * FROM w LIMIT 20;",
            if chance.is(50) { insert(v, chance) } else { update(v, chance) }
        ),
        "lock" => {
            let table = written(v, chance);
            let scope = [Source { alias: "t0".into(), table }];
            let how = chance.of(&["FOR UPDATE NOWAIT", "FOR SHARE SKIP LOCKED", "FOR KEY SHARE", "FOR NO KEY UPDATE"]);
            format!("SELECT t0.* FROM {} t0 WHERE {} {how};", table.name, condition(v, &scope, chance, 0))
        }
        _ => format!("{};", update(v, chance)),
    }
}

/// What changes how a statement is planned or shown, and nothing of what it may see.
const SETTINGS: &[&str] = &[
    "enable_seqscan = off",
    "enable_indexscan = off",
    "enable_bitmapscan = off",
    "enable_hashjoin = off",
    "enable_nestloop = off",
    "force_parallel_mode = on",
    "plan_cache_mode = force_generic_plan",
    "cpu_operator_cost = 0",
    "jit_above_cost = 0",
    "from_collapse_limit = 1",
    "search_path = sec, public",
    "row_security = off",
    "bytea_output = escape",
    "constraint_exclusion = on",
    "work_mem = '64kB'",
];

/// What lies around statements: cursors, plans, settings, savepoints.
fn keeping(kind: &str, v: &Vocabulary, chance: &mut Chance) -> String {
    match kind {
        "cursor" => format!(
            "DECLARE c {}CURSOR FOR {};\nMOVE 1 FROM c;\nFETCH 5 FROM c;",
            chance.of(&["", "SCROLL "]),
            select(v, chance)
        ),
        "prepare" => format!("DEALLOCATE ALL;\nPREPARE p AS {};\nEXECUTE p;", select(v, chance)),
        "copy" => format!("COPY ({}) TO STDOUT{};", select(v, chance), chance.of(&["", " (FORMAT csv)"])),
        "explain" => {
            let how = chance.of(&[
                "",
                "(VERBOSE, COSTS OFF) ",
                "(ANALYZE, TIMING OFF, SUMMARY OFF) ",
                "(ANALYZE, BUFFERS, VERBOSE, FORMAT json) ",
            ]);
            format!("EXPLAIN {how}{};", if chance.is(80) { select(v, chance) } else { update(v, chance) })
        }
        "setting" => {
            let setting = chance.of(SETTINGS);
            format!("SET LOCAL {setting};\n{};", select(v, chance))
        }
        "savepoint" => {
            format!("SAVEPOINT inner_one;\n{};\nROLLBACK TO inner_one;\n{};", update(v, chance), select(v, chance))
        }
        "block" => format!("DO $$ BEGIN PERFORM {}; END $$;", expression("text", v, &[], chance, 0)),
        _ => {
            format!("VALUES ({}), ({});", expression("text", v, &[], chance, 0), expression("text", v, &[], chance, 0))
        }
    }
}

/// SQL of one kind, ended by itself; each of its lines is psql's.
pub(crate) fn statement(kind: &str, v: &Vocabulary, chance: &mut Chance) -> String {
    match kind {
        "insert" | "update" | "delete" | "merge" | "writing cte" | "lock" => writing(kind, v, chance),
        "cursor" | "prepare" | "copy" | "explain" | "setting" | "savepoint" | "block" | "values" => {
            keeping(kind, v, chance)
        }
        _ => reading(kind, v, chance),
    }
}
