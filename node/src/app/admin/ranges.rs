//! Which student numbers each PC may give out alone, so that two PCs without a network never give the same one.

use super::devices::{self, Device};
use super::{at_field, check_there, typed, why_not};
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::domain::numbering;
use crate::store::called;
use crate::{NodeError, Result, Store};
use pems_model::{Act, Code};
use serde::{Deserialize, Serialize};
use serde_json::json;
use ts_rs::TS;
use uuid::Uuid;

/// Numbers of a range unless somebody says otherwise: more than a large school enrols in a year.
const USUAL: i64 = 1_000;

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Ranges {
    pub ranges: Vec<Range>,
    /// PCs that a range can be for.
    pub devices: Vec<Device>,
    /// The number that the next new learner gets at this PC, if it has one.
    pub next: Option<String>,
    /// What a new range would begin with.
    pub proposed: RangeDraft,
    /// Why nothing can be changed here: `device` or `role`.
    pub locked: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Range {
    #[ts(type = "string")]
    pub id: Uuid,
    #[ts(type = "string")]
    pub device: Uuid,
    /// What the PC is called, or the figures of one that the hub has not told of.
    pub called: String,
    pub here: bool,
    pub prefix: Option<String>,
    pub from_no: i64,
    pub to_no: i64,
    pub digits: Option<i64>,
    /// The first and the last number as they are printed.
    pub first: String,
    pub last: String,
    /// Numbers up to the highest that a learner has.
    pub used: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RangeDraft {
    pub device: String,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub prefix: Option<String>,
    pub from_no: i64,
    pub to_no: i64,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub digits: Option<i64>,
}

fn ranges(store: &Store) -> Result<Vec<Range>> {
    let sql = "SELECT id, device, prefix, from_no, to_no, digits FROM number_range
        WHERE deleted_at IS NULL AND purpose = 'student_no' ORDER BY coalesce(prefix, ''), from_no";
    let mut statement = store.conn().prepare_cached(sql)?;
    let names = store.device_names()?;
    let mut found = statement.query([])?;
    let mut ranges = Vec::new();
    while let Some(row) = found.next()? {
        let device = Uuid::from_bytes(row.get(1)?);
        let (prefix, from_no, to_no): (Option<String>, i64, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let digits: Option<i64> = row.get(5)?;
        let begin = prefix.clone().unwrap_or_default();
        let width = digits.and_then(|digits| usize::try_from(digits).ok()).unwrap_or(0);
        let print = |number: i64| format!("{begin}{number:0width$}");
        let used = numbering::highest(store, &begin, from_no, to_no)?.map_or(0, |highest| highest - from_no + 1);
        ranges.push(Range {
            id: Uuid::from_bytes(row.get(0)?),
            device,
            called: called(&names, device),
            here: device == store.replica(),
            first: print(from_no),
            last: print(to_no),
            prefix,
            from_no,
            to_no,
            digits,
            used,
        });
    }
    Ok(ranges)
}

fn list(desk: &Desk) -> Result<Ranges> {
    let ranges = ranges(&desk.store)?;
    let year = pems_model::value::format_date(desk.today())[..4].to_owned();
    let prefix = ranges.last().map_or(Some(format!("{year}-")), |range| range.prefix.clone());
    let after = ranges.iter().filter(|range| range.prefix == prefix).map(|range| range.to_no).max().unwrap_or(0);
    let proposed = RangeDraft {
        device: desk.store.replica().to_string(),
        prefix,
        from_no: after + 1,
        to_no: after + USUAL,
        digits: Some(ranges.last().and_then(|range| range.digits).unwrap_or(4)),
    };
    let next = numbering::next(&desk.store)?.map(|next| next.text);
    let devices = devices::known(desk)?;
    Ok(Ranges { ranges, devices, next, proposed, locked: why_not(desk, "number_range") })
}

fn save(desk: &mut Desk, id: Option<Uuid>, draft: &RangeDraft) -> Result<Ranges> {
    let device = Uuid::parse_str(draft.device.trim()).map_err(|_| {
        let message = "this is not the id of a PC; copy it from the Devices page of that PC";
        at_field(Code::BadFormat, "device", message)
    })?;
    let prefix = typed(draft.prefix.as_deref());
    if draft.from_no > draft.to_no {
        return Err(at_field(Code::Rule, "to_no", "the last number must not be below the first"));
    }
    let mut fields =
        json!({ "prefix": prefix, "from_no": draft.from_no, "to_no": draft.to_no, "digits": draft.digits });
    match id {
        Some(id) => drop(check_there(&desk.store, "number_range", id)?),
        None => {
            fields["purpose"] = json!("student_no");
            fields["device"] = json!(device);
        }
    }
    let saved = desk.store.act(|work| numbering::put(work, id, fields));
    let (act, saved) = saved.map_err(|error| whose(&desk.store, error))?;
    if saved.changed {
        desk.did(act, if saved.created { "New number range" } else { "Change of a number range" });
    }
    list(desk)
}

/// Says of which PC the numbers are that a new range would have too.
fn whose(store: &Store, error: NodeError) -> NodeError {
    let of = |name: &str| error.details.as_ref().map(|details| details[name].clone()).unwrap_or_default();
    let Ok(ranges) = ranges(store) else { return error };
    let Some(other) = ranges.iter().find(|range| of("range") == json!(range.id)) else { return error };
    let whose = match &other.called {
        _ if other.here => "this PC".to_owned(),
        called if called.to_uppercase().contains("PC") => called.clone(),
        called => format!("PC {called}"),
    };
    let way = match of("free") {
        serde_json::Value::Null => "begin with other letters".to_owned(),
        free => format!("begin at {free}, or begin with other letters"),
    };
    let message = format!("{whose} has {} to {} already; {way}", other.first, other.last);
    at_field(Code::Conflict, "from_no", message)
}

fn remove(desk: &mut Desk, id: Uuid) -> Result<Ranges> {
    let (act, gone) = desk.store.act(|work| numbering::remove(work, id))?;
    if !gone.changed {
        return Err(NodeError::new(Code::NotFound, "this range was taken away already"));
    }
    desk.did(act, "Removal of a number range");
    list(desk)
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ListRanges {}

impl Request<Desk> for ListRanges {
    const NAME: &'static str = "admin.ranges";
    const ACCESS: May = May::Do(Act::SeeSetup);
    type Answer = Ranges;

    fn run(self, desk: &mut Desk) -> Result<Ranges> {
        list(desk)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SaveRange {
    #[serde(default)]
    #[ts(optional, type = "string")]
    id: Option<Uuid>,
    draft: RangeDraft,
}

impl Request<Desk> for SaveRange {
    const NAME: &'static str = "admin.save_range";
    const ACCESS: May = May::Do(Act::ManageNumbers);
    type Answer = Ranges;

    fn run(self, desk: &mut Desk) -> Result<Ranges> {
        let SaveRange { id, draft } = self;
        save(desk, id, &draft)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct RemoveRange {
    #[ts(type = "string")]
    id: Uuid,
}

impl Request<Desk> for RemoveRange {
    const NAME: &'static str = "admin.remove_range";
    const ACCESS: May = May::Do(Act::ManageNumbers);
    type Answer = Ranges;

    fn run(self, desk: &mut Desk) -> Result<Ranges> {
        let RemoveRange { id } = self;
        remove(desk, id)
    }
}
