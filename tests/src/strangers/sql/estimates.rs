//! Questions to the planner: what it expects, without a row being read. A thousand million rows beside the table's, so that the
//! smallest difference shows.

use super::chance::Chance;
use super::expressions::{Source, condition, constant};
use super::vocabulary::{TYPES, Table, Vocabulary};

/// A comparison of one column with something, as one who looks for its values by halves would make.
fn comparison(table: &Table, v: &Vocabulary, chance: &mut Chance) -> String {
    let known: Vec<_> = table.columns.iter().filter(|(_, kind)| TYPES.contains(&kind.as_str())).collect();
    let (name, kind) = known[chance.below(known.len())];
    match chance.below(8) {
        0 => format!("t0.{name} IS NULL"),
        1 => format!("t0.{name} = ANY (ARRAY[{}, {}])", constant(kind, v, chance), constant(kind, v, chance)),
        2 => format!("(t0.{name})::text < {}", constant("text", v, chance)),
        3 if kind == "boolean" => format!("t0.{name}"),
        _ => format!("t0.{name} {} {}", chance.of(&["=", "<", "<=", ">", "<>"]), constant(kind, v, chance)),
    }
}

pub(super) fn statement(v: &Vocabulary, chance: &mut Chance) -> String {
    let tables: Vec<&Table> = v.tables.iter().filter(|table| table.key.is_some()).collect();
    let table = tables[chance.below(tables.len())];
    let holds = if chance.is(70) {
        comparison(table, v, chance)
    } else {
        condition(v, &[Source { alias: "t0".into(), table }], chance, 1)
    };
    let how = chance.of(&["(FORMAT JSON) ", "", "(VERBOSE) "]);
    let name = &table.name;
    let column = &table.columns[chance.below(table.columns.len())].0;
    let other = tables[chance.below(tables.len())];
    match chance.below(6) {
        0 => format!("EXPLAIN {how}SELECT {column} FROM {name} t0, generate_series(1, 1000000000) GROUP BY 1;"),
        1 => format!(
            "EXPLAIN {how}SELECT 1 FROM {name} t0 JOIN {} t1 ON t0.{column}::text = t1.{}::text, generate_series(1, 1000000000) WHERE {holds};",
            other.name,
            other.columns[chance.below(other.columns.len())].0
        ),
        2 => format!("EXPLAIN {how}SELECT * FROM {name} t0 WHERE {holds} ORDER BY {column} LIMIT 3;"),
        _ => format!(
            "EXPLAIN {how}SELECT 1 FROM {name} t0, generate_series(1, 1000000000) g (i) WHERE ({holds} OR g.i IS NULL);"
        ),
    }
}
