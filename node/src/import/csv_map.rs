//! One CSV of records of one kind: which column fills which field, and what each row proposes.

use super::known::Existing;
use super::proposal::{Given, Mapped, Proposal, refusal, row_refusal};
use super::table::{Rec, Table};
use super::{Options, bad_file, headers};
use crate::{NodeError, Result};
use pems_model::{Code, Entity, Kind, Problem, Schema};
use uuid::Uuid;

/// What a column is for.
enum Column {
    Field(usize),
    Id,
    /// Not ours; reported.
    Extra,
}

pub(super) fn map<'a>(
    table: &'a Table,
    entity: &str,
    mapping: &[(String, String)],
    options: &Options,
    known: &mut Existing<'_>,
) -> Result<Mapped<'a>> {
    let schema = known.store().schema();
    let entity = schema.entity(entity).ok_or_else(|| {
        let names: Vec<_> = schema.entities().iter().map(|entity| entity.name).collect();
        let message = format!("there are no records of the kind '{entity}'; known kinds: {}", names.join(", "));
        NodeError::new(Code::UnknownEntity, message)
    })?;
    let columns = columns(table, entity, mapping)?;
    let mut mapped = Mapped::new(options.date_order);
    mapped.warnings.extend(table.warnings.iter().cloned());
    let extra: Vec<&str> = table
        .headers
        .iter()
        .zip(&columns)
        .filter(|(_, c)| matches!(c, Column::Extra))
        .map(|(h, _)| h.as_str())
        .collect();
    if !extra.is_empty() {
        mapped.warnings.push(format!("columns that were not imported: {}", extra.join(", ")));
    }
    for rec in table.rows() {
        let proposal = propose(rec, entity, &columns, &mapped, known)?;
        mapped.add(proposal);
    }
    Ok(mapped)
}

/// Whether a (normal) header names a column of a list of these records.
pub(super) fn is_known(schema: &Schema, entity: &str, mapping: &[(String, String)], key: &str) -> bool {
    let mapped = || mapping.iter().any(|(column, _)| headers::normal(column) == key);
    key == "id" || schema.entity(entity).is_some_and(|entity| headers::field(entity, key).is_some()) || mapped()
}

fn propose<'a>(
    rec: Rec<'a>,
    entity: &'static Entity,
    columns: &[Column],
    mapped: &Mapped<'a>,
    known: &mut Existing<'_>,
) -> Result<Proposal<'a>> {
    let mut proposal = Proposal::new(entity, rec);
    if rec.surplus() > 0 {
        let message = "the row has more cells than the header; a comma in a text needs quotation marks around the text";
        proposal.problems.push(row_refusal(rec, Problem::new(Code::BadFormat, message)));
        return Ok(proposal);
    }
    for (i, column) in columns.iter().enumerate() {
        let Some(cell) = rec.at(i) else { continue };
        match column {
            Column::Extra => {}
            Column::Id => match Uuid::parse_str(cell.text) {
                Ok(id) => proposal.id = Some(id),
                Err(_) => {
                    let message = "an id is a UUID; leave the cell empty for a new record";
                    proposal.problems.push(refusal(cell, Problem::new(Code::BadFormat, message)));
                }
            },
            Column::Field(field) => match (entity.fields[*field].kind, known.store().schema()) {
                (Kind::Link(to), schema) => {
                    let Some(to) = schema.entity(to) else { continue };
                    match known.reference(to, cell.text)? {
                        Ok(id) => proposal.given.push((*field, Given::Value(pems_model::Value::Id(id)), Some(cell))),
                        Err(problem) => proposal.problems.push(refusal(cell, problem)),
                    }
                }
                _ => proposal.read(entity.fields[*field].name, Some(cell), mapped.date_order),
            },
        }
    }
    Ok(proposal)
}

fn columns(table: &Table, entity: &'static Entity, mapping: &[(String, String)]) -> Result<Vec<Column>> {
    let mut columns: Vec<Column> = table.keys().iter().map(|_| Column::Extra).collect();
    let mut taken = vec![false; entity.fields.len()];
    for (column, name) in mapping {
        let Some(at) = table.column(&[&headers::normal(column)]) else {
            let message = format!("{} has no column '{column}'; its columns: {}", table.file, table.headers.join(", "));
            return Err(NodeError::new(Code::BadUsage, message));
        };
        let Some(field) = entity.field_index(name).filter(|field| !entity.fields[*field].secret) else {
            let message = format!("{} has no field '{name}'; its fields: {}", entity.label, field_names(entity));
            return Err(NodeError::new(Code::BadUsage, message));
        };
        if std::mem::replace(&mut taken[field], true) {
            return Err(NodeError::new(Code::BadUsage, format!("two columns are mapped to '{name}'; choose one")));
        }
        columns[at] = Column::Field(field);
    }
    for (column, key) in columns.iter_mut().zip(table.keys()) {
        if !matches!(column, Column::Extra) {
            continue;
        }
        match headers::field(entity, key) {
            _ if key == "id" => *column = Column::Id,
            // Nobody's password comes out of a file.
            Some(field) if entity.fields[field].secret => {}
            Some(field) if !std::mem::replace(&mut taken[field], true) => *column = Column::Field(field),
            _ => {}
        }
    }
    if columns.iter().any(|column| matches!(column, Column::Field(_))) {
        return Ok(columns);
    }
    let message = format!(
        "none of its columns ({}) is a field of {}; name them after the fields or map them: {}",
        table.headers.join(", ").chars().take(200).collect::<String>(),
        entity.label,
        field_names(entity)
    );
    Err(bad_file(&table.file, message))
}

fn field_names(entity: &Entity) -> String {
    entity.fields.iter().filter(|field| !field.secret).map(|field| field.name).collect::<Vec<_>>().join(", ")
}
