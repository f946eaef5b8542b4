//! PostgreSQL's binary COPY rows: `field count (i16)`, then for each field `length (i32, -1 for null)` and its bytes, big endian.
//!
//! Source: PostgreSQL 15 manual, "COPY", binary format. Dates and timestamps count from 2000-01-01.

use crate::{Entity, Kind, Row, Value};
use uuid::Uuid;

/// The file header of a binary COPY without extensions, and its trailer.
pub const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What ends a binary COPY: a row of -1 columns.
pub const TRAILER: [u8; 2] = [0xff, 0xff];

const DAYS_1970_TO_2000: i32 = 10_957;
const MICROS_1970_TO_2000: i64 = 946_684_800_000_000;

/// Where the bytes are not what the columns promise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rows are damaged: {0}")]
pub struct BadRows(pub &'static str);

/// Reads rows one after the other; `columns[i]` is the position in the entity of the i-th column after `rev, id, deleted_at`
/// (`None` for one that this program does not know).
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    entity: &'a Entity,
    columns: Vec<Option<usize>>,
}

impl<'a> Reader<'a> {
    /// Begins at the first row; `columns` names what follows `rev, id, deleted_at` in each.
    pub fn new(bytes: &'a [u8], entity: &'a Entity, columns: &[String]) -> Reader<'a> {
        Reader { bytes, entity, columns: columns.iter().map(|name| entity.field_index(name)).collect() }
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], BadRows> {
        let (head, rest) = self.bytes.split_at_checked(n).ok_or(BadRows("they end in the middle of a row"))?;
        self.bytes = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], BadRows> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    fn field(&mut self) -> Result<Option<&'a [u8]>, BadRows> {
        match i32::from_be_bytes(self.array()?) {
            -1 => Ok(None),
            n => self.take(usize::try_from(n).map_err(|_| BadRows("a negative length"))?).map(Some),
        }
    }

    fn row(&mut self) -> Result<Row, BadRows> {
        let count = i16::from_be_bytes(self.array()?);
        if usize::try_from(count) != Ok(self.columns.len() + 3) {
            return Err(BadRows("a row has another number of columns than announced"));
        }
        let rev = self.field()?.and_then(int8).ok_or(BadRows("a row without a revision"))?;
        let id = self.field()?.and_then(uuid).ok_or(BadRows("a row without an id"))?;
        let deleted_at = match self.field()? {
            None => None,
            Some(bytes) => Some(int8(bytes).ok_or(BadRows("a bad time"))?.saturating_add(MICROS_1970_TO_2000)),
        };
        let mut row = Row { id, rev, deleted_at, values: vec![Value::Null; self.entity.fields.len()] };
        for at in 0..self.columns.len() {
            let bytes = self.field()?;
            if let (Some(i), Some(bytes)) = (self.columns[at], bytes) {
                row.values[i] = value(self.entity.fields[i].kind, bytes).ok_or(BadRows("a value of another type"))?;
            }
        }
        Ok(row)
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Row, BadRows>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_empty() {
            return None;
        }
        let row = self.row();
        if row.is_err() {
            self.bytes = &[];
        }
        Some(row)
    }
}

/// The revision of the row whose bytes these are (the first column), without reading the rest.
pub fn peek_rev(row: &[u8]) -> Option<i64> {
    row.get(6..14).and_then(int8)
}

/// Writes a row as PostgreSQL would, for the columns `rev, id, deleted_at` and all fields of the entity in order.
pub fn write(row: &Row, out: &mut Vec<u8>) {
    let count = i16::try_from(row.values.len() + 3).unwrap_or(i16::MAX);
    out.extend_from_slice(&count.to_be_bytes());
    put(out, &row.rev.to_be_bytes());
    put(out, row.id.as_bytes());
    match row.deleted_at {
        None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
        Some(micros) => put(out, &(micros - MICROS_1970_TO_2000).to_be_bytes()),
    }
    for value in &row.values {
        match value {
            Value::Null => out.extend_from_slice(&(-1_i32).to_be_bytes()),
            Value::Text(text) => put(out, text.as_bytes()),
            Value::Int(int) => put(out, &int.to_be_bytes()),
            Value::Bool(flag) => put(out, &[u8::from(*flag)]),
            Value::Date(days) => put(out, &(days - DAYS_1970_TO_2000).to_be_bytes()),
            Value::Time(micros) => put(out, &(micros - MICROS_1970_TO_2000).to_be_bytes()),
            Value::Id(id) => put(out, id.as_bytes()),
        }
    }
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
    out.extend_from_slice(bytes);
}

fn int8(bytes: &[u8]) -> Option<i64> {
    Some(i64::from_be_bytes(bytes.try_into().ok()?))
}

fn uuid(bytes: &[u8]) -> Option<Uuid> {
    Uuid::from_slice(bytes).ok()
}

/// One field as PostgreSQL sends it in binary; `None` for bytes that are not of this kind.
pub fn value(kind: Kind, bytes: &[u8]) -> Option<Value> {
    Some(match kind {
        Kind::Int { .. } => Value::Int(int8(bytes)?),
        Kind::Bool => Value::Bool(*bytes.first()? != 0),
        Kind::Date => Value::Date(i32::from_be_bytes(bytes.try_into().ok()?).saturating_add(DAYS_1970_TO_2000)),
        Kind::Time => Value::Time(int8(bytes)?.saturating_add(MICROS_1970_TO_2000)),
        Kind::Link(_) | Kind::Id => Value::Id(uuid(bytes)?),
        Kind::Text { .. }
        | Kind::Digits { .. }
        | Kind::Claim { .. }
        | Kind::Choice(_)
        | Kind::Phone
        | Kind::Verifier => Value::Text(std::str::from_utf8(bytes).ok()?.to_owned()),
    })
}
