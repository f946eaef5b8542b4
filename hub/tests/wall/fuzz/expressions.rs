//! Expressions of a wanted type, out of columns, constants, functions, casts and sub-queries.

use super::Chance;
use super::vocabulary::{TYPES, Table, Vocabulary};

/// How deep expressions nest.
const DEEP: usize = 3;

/// A table in FROM, by its alias.
pub(crate) struct Source<'a> {
    pub(crate) alias: String,
    pub(crate) table: &'a Table,
}

pub(crate) fn constant(kind: &str, v: &Vocabulary, chance: &mut Chance) -> String {
    if chance.is(5) {
        return format!("NULL::{kind}");
    }
    match kind {
        "uuid" => format!("'{}'::uuid", v.ids[chance.below(v.ids.len())]),
        "text" => format!("'{}'::text", v.texts[chance.below(v.texts.len())].replace('\'', "''")),
        "bigint" => format!("{}::bigint", chance.of(&["0", "1", "(-1)", "7", "42", "1000"])),
        "integer" => chance.of(&["0", "1", "(-1)", "2", "7", "100"]).to_owned(),
        "boolean" => chance.of(&["true", "false"]).to_owned(),
        "date" => chance.of(&["'2010-06-11'::date", "current_date", "'infinity'::date"]).to_owned(),
        "timestamp with time zone" => chance.of(&["now()", "'2010-06-11 12:00+00'::timestamptz"]).to_owned(),
        "jsonb" => chance.of(&["'{\"a\": [1, \"x\"]}'::jsonb", "'[]'::jsonb", "'{}'::jsonb"]).to_owned(),
        _ => chance.of(&["'\\x00ff'::bytea", "''::bytea"]).to_owned(),
    }
}

fn column(kind: &str, scope: &[Source<'_>], chance: &mut Chance) -> Option<String> {
    let fitting = |source: &Source<'_>| {
        let names = source.table.columns.iter().filter(|(_, of)| of == kind || (kind == "text" && of == "name"));
        names
            .map(|(name, of)| format!("{}.{name}{}", source.alias, if of == "name" { "::text" } else { "" }))
            .collect::<Vec<_>>()
    };
    let names: Vec<String> = scope.iter().flat_map(fitting).collect();
    (!names.is_empty()).then(|| names[chance.below(names.len())].clone())
}

fn call(kind: &str, v: &Vocabulary, scope: &[Source<'_>], chance: &mut Chance, depth: usize) -> Option<String> {
    let functions = v.functions.get(kind)?;
    // Our own few would hardly ever come up among the many.
    let ours: Vec<_> = functions.iter().filter(|function| function.ours).collect();
    let function = if !ours.is_empty() && chance.is(20) {
        ours[chance.below(ours.len())]
    } else {
        &functions[chance.below(functions.len())]
    };
    let arguments: Vec<String> =
        function.arguments.iter().map(|kind| expression(kind, v, scope, chance, depth + 1)).collect();
    let call = format!("{}({})", function.name, arguments.join(", "));
    Some(if function.ours { format!("({call})::text::{kind}") } else { call })
}

/// A call of one of the hub's own functions: what a definer function would do for a stranger is worth more than one look.
pub(crate) fn own_call(v: &Vocabulary, chance: &mut Chance) -> String {
    let ours: Vec<_> = v.functions.values().flatten().filter(|function| function.ours).collect();
    let function = ours[chance.below(ours.len())];
    let argument = |kind: &String, chance: &mut Chance| match chance.is(80) {
        true => constant(kind, v, chance),
        false => expression(kind, v, &[], chance, 1),
    };
    let arguments: Vec<String> = function.arguments.iter().map(|kind| argument(kind, chance)).collect();
    format!("{}({})", function.name, arguments.join(", "))
}

/// A truth about rows: comparisons above all, as WHERE has them.
pub(crate) fn condition(v: &Vocabulary, scope: &[Source<'_>], chance: &mut Chance, depth: usize) -> String {
    let kind = chance.of(&TYPES);
    let (left, right) = (expression(kind, v, scope, chance, depth + 1), expression(kind, v, scope, chance, depth + 1));
    match chance.below(10) {
        0 => format!("{left} IS NOT NULL"),
        1 => format!("({left}) = ANY (ARRAY[{right}])"),
        2 => format!(
            "({}) LIKE '%{}%'",
            expression("text", v, scope, chance, depth + 1),
            chance.of(&["a", "K", "x", "1"])
        ),
        3 => format!(
            "CASE WHEN {left} = {right} THEN (SELECT random() < 2) ELSE {} END",
            expression("boolean", v, scope, chance, depth + 1)
        ),
        4 if depth < DEEP => format!("NOT ({})", condition(v, scope, chance, depth + 1)),
        5 if depth < DEEP => {
            format!(
                "({} {} {})",
                condition(v, scope, chance, depth + 1),
                chance.of(&["AND", "OR"]),
                condition(v, scope, chance, depth + 1)
            )
        }
        6 => format!("({left}) IS DISTINCT FROM ({right})"),
        7 => "true".to_owned(),
        _ => format!("({left}) {} ({right})", chance.of(&["=", "<>", "<", ">="])),
    }
}

/// One value of a table, by itself or by what is outside.
fn sub_query(kind: &str, v: &Vocabulary, scope: &[Source<'_>], chance: &mut Chance, depth: usize) -> String {
    let table = &v.tables[chance.below(v.tables.len())];
    let inner = [Source { alias: format!("q{depth}"), table }];
    let value = column(kind, &inner, chance).unwrap_or_else(|| format!("max(q{depth}::text)::{kind}"));
    let value = if value.starts_with("max(") { value } else { format!("max(({value})::text)::{kind}") };
    let theirs = condition(v, if chance.is(50) { &inner } else { scope }, chance, DEEP);
    format!("(SELECT {value} FROM {} q{depth} WHERE {theirs})", table.name)
}

pub(crate) fn expression(
    kind: &str,
    v: &Vocabulary,
    scope: &[Source<'_>],
    chance: &mut Chance,
    depth: usize,
) -> String {
    if depth >= DEEP || chance.is(25) {
        let known = if chance.is(70) { column(kind, scope, chance) } else { None };
        return known.unwrap_or_else(|| constant(kind, v, chance));
    }
    match chance.below(12) {
        0..4 => column(kind, scope, chance).unwrap_or_else(|| constant(kind, v, chance)),
        4..8 => call(kind, v, scope, chance, depth).unwrap_or_else(|| constant(kind, v, chance)),
        8 => format!(
            "coalesce({}, {})",
            expression(kind, v, scope, chance, depth + 1),
            expression(kind, v, scope, chance, depth + 1)
        ),
        9 => {
            let (then, otherwise) =
                (expression(kind, v, scope, chance, depth + 1), expression(kind, v, scope, chance, depth + 1));
            format!("CASE WHEN {} THEN {then} ELSE {otherwise} END", condition(v, scope, chance, depth + 1))
        }
        10 if kind == "text" => {
            let other = chance.of(&TYPES);
            format!("({})::text", expression(other, v, scope, chance, depth + 1))
        }
        10 => format!("(({})::text)::{kind}", expression(kind, v, scope, chance, depth + 1)),
        _ => sub_query(kind, v, scope, chance, depth),
    }
}
