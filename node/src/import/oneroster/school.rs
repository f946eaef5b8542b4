//! Which of the bundle's organisations is this school. A store holds one school, so rows of others must stay out.

use super::{ID, is_gone};
use crate::import::bundle::Tables;
use crate::import::headers::normal;
use crate::import::known::Existing;
use crate::import::table::Rec;
use crate::{NodeError, Result};
use pems_model::Code;
use pems_model::entities::SCHOOL_PROFILE;
use std::collections::BTreeSet;

/// Columns in which rows name the organisations they belong to.
const ORGS: &[&str] =
    &["orgsourcedids", "orgsourcedid", "primaryorgsourcedid", "schoolsourcedid", "schoolsourcedids", "schoolsisid"];

/// Columns in which a school may have the School ID that DepEd gave it.
const NUMBERS: &[&str] = &["identifier", "schoolnumber", "sourcedid", "sisid"];

#[derive(Debug)]
pub(super) struct School<'a> {
    /// The organisations whose rows are imported: the school and its departments. `None`: the bundle has but one.
    ids: Option<BTreeSet<&'a str>>,
    /// What the bundle says about the school.
    rec: Option<Rec<'a>>,
}

impl<'a> School<'a> {
    pub(super) fn choose(tables: &'a Tables, wanted: Option<&str>) -> Result<School<'a>> {
        let all = ["orgs", "school"].iter().filter_map(|name| tables.get(name)).flat_map(|table| table.rows());
        let orgs: Vec<Rec<'a>> = all.filter(|org| !is_gone(*org)).collect();
        if orgs.is_empty() {
            return School::without_orgs(tables, wanted);
        }
        let fixed = tables.get("orgs").is_none();
        let mut schools: Vec<Rec<'a>> =
            orgs.iter().copied().filter(|org| fixed || org.text(&["type"]).eq_ignore_ascii_case("school")).collect();
        if let Some(wanted) = wanted {
            let names = |org: &Rec<'a>| {
                [ID, &["identifier", "schoolnumber"], &["name"]]
                    .iter()
                    .any(|column| normal(org.text(column)) == normal(wanted))
            };
            schools = orgs.iter().copied().filter(names).collect();
        } else if schools.is_empty() {
            schools = orgs.clone();
        }
        let [school] = schools.as_slice() else {
            let choices = if schools.is_empty() { &orgs } else { &schools };
            return Err(ask(wanted, choices.iter().map(|org| format!("{} ({})", org.text(ID), org.text(&["name"])))));
        };
        let mut ids = BTreeSet::from([school.text(ID)]);
        // Departments may be listed before what they belong to, so look until nothing is added.
        let mut before = 0;
        while ids.len() > before {
            before = ids.len();
            let below = orgs.iter().filter(|org| ids.contains(org.text(&["parentsourcedid"])));
            let below: Vec<&str> = below.map(|org| org.text(ID)).collect();
            ids.extend(below);
        }
        Ok(School { ids: Some(ids), rec: Some(*school) })
    }

    /// Without a list of organisations, the rows themselves say how many there are.
    fn without_orgs(tables: &'a Tables, wanted: Option<&str>) -> Result<School<'a>> {
        let named: BTreeSet<&str> = tables.all().flat_map(|table| table.rows()).flat_map(named_orgs).collect();
        match wanted {
            None if named.len() <= 1 => Ok(School { ids: None, rec: None }),
            Some(wanted) if named.contains(wanted) => {
                Ok(School { ids: named.get(wanted).map(|id| BTreeSet::from([*id])), rec: None })
            }
            _ => Err(ask(wanted, named.iter().map(|id| (*id).to_owned()))),
        }
    }

    /// Refuses the bundle of another school, as its register (SF1) is refused. What cannot be told is said.
    pub(super) fn check(&self, known: &mut Existing<'_>) -> Result<Option<String>> {
        let Some(rec) = self.rec else { return Ok(None) };
        let is_number = |text: &&str| text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        let Some(theirs) = NUMBERS.iter().map(|name| rec.text(&[name])).find(is_number) else { return Ok(None) };
        let (file, name) = (&rec.table.file, rec.text(&["name"]));
        let profile = known.kept(&SCHOOL_PROFILE)?.rows.values().find(|row| row.is_live());
        match profile.and_then(|row| row.get(&SCHOOL_PROFILE, "deped_school_id").as_text()) {
            Some(ours) if ours == theirs => Ok(None),
            Some(ours) => {
                let message = format!(
                    "{file}, line {}: this is the bundle of another school: its School ID is {theirs} ({name}), this school's is {ours}; choose this school's file",
                    rec.line
                );
                Err(NodeError::new(Code::WrongTenant, message))
            }
            None => Ok(Some(format!(
                "this office does not know its own School ID yet, so it cannot tell whether the bundle of {theirs} ({name}) is this school's; look before you import it"
            ))),
        }
    }

    /// Whether a row that names these organisations is of this school; one that names none is.
    pub(super) fn has(&self, mut named: impl Iterator<Item = &'a str>) -> bool {
        let Some(ids) = &self.ids else { return true };
        let Some(first) = named.next() else { return true };
        ids.contains(first) || named.any(|id| ids.contains(id))
    }
}

/// The organisations that a row names.
pub(super) fn named_orgs<'a>(rec: Rec<'a>) -> impl Iterator<Item = &'a str> {
    ORGS.iter().filter_map(move |name| rec.cell(&[name])).flat_map(|cell| cell.parts())
}

fn ask(wanted: Option<&str>, choices: impl Iterator<Item = String>) -> NodeError {
    let choices: Vec<String> = choices.collect();
    let message = match wanted {
        Some(wanted) => format!("the bundle has no school '{wanted}'; it has: {}", choices.join(", ")),
        None => format!("the bundle has several schools; say which one is to be imported: {}", choices.join(", ")),
    };
    NodeError::new(Code::BadUsage, message).with_details(serde_json::json!({ "schools": choices }))
}
