//! The office that the stranger sits at, as another program of the same PC sees it: through `pems-node`, never through the window.

use crate::programs;
use anyhow::{Context, ensure};
use pems_model::Schema;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

/// What a save says of itself, and not of the record.
const ABOUT: [&str; 4] = ["rev", "updated_at", "created_at", "pending"];

/// Records by kind and id, without what changes with every save.
pub(super) type Records = BTreeMap<(String, String), Json>;

#[derive(Debug)]
pub(super) struct Office {
    _dir: tempfile::TempDir,
    pub(super) data: PathBuf,
    pub(super) key_file: PathBuf,
}

impl Office {
    pub(super) fn empty() -> anyhow::Result<Office> {
        let dir = tempfile::tempdir()?;
        let data = dir.path().join("office");
        std::fs::create_dir(&data)?;
        Ok(Office { data, key_file: dir.path().join("key"), _dir: dir })
    }

    fn node(&self) -> Command {
        programs::node(&self.data, &self.key_file)
    }

    fn lines(&self, args: &[&str]) -> anyhow::Result<Vec<Json>> {
        let done = self.node().args(args).output()?;
        ensure!(done.status.success(), "pems-node {args:?}: {}", String::from_utf8_lossy(&done.stderr));
        let text = String::from_utf8(done.stdout)?;
        text.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
    }

    /// All live records.
    pub(super) fn records(&self) -> anyhow::Result<Records> {
        let mut all = Records::new();
        for entity in Schema::product().entities() {
            for mut record in self.lines(&["list", entity.name, "--limit", "1000000"])? {
                let id = record["id"].as_str().context("a record has an id")?.to_owned();
                if let Some(fields) = record.as_object_mut() {
                    fields.retain(|name, value| !ABOUT.contains(&name.as_str()) && !value.is_null());
                }
                all.insert((entity.name.to_owned(), id), record);
            }
        }
        Ok(all)
    }

    /// "Last, First" of every learner.
    pub(super) fn names(&self) -> anyhow::Result<BTreeSet<String>> {
        let said = |record: &Json, field: &str| record[field].as_str().unwrap_or_default().to_owned();
        let all = self.lines(&["list", "student", "--limit", "1000000"])?;
        Ok(all.iter().map(|one| format!("{}, {}", said(one, "last_name"), said(one, "first_name"))).collect())
    }

    /// Saves a learner as a colleague at the same PC would; the key of the new record.
    pub(super) fn save_beside(&self, number: u64) -> anyhow::Result<(String, String)> {
        let fields = json!({ "last_name": format!("Zzbeside {number}"), "first_name": "Ana" }).to_string();
        let saved = self.lines(&["save", "student", &fields])?;
        let id = saved.first().and_then(|one| one["id"].as_str()).context("what was saved")?;
        Ok(("student".to_owned(), id.to_owned()))
    }

    /// Records that came, went or changed between two looks; at most a few, in words.
    pub(super) fn differences(before: &Records, after: &Records) -> Vec<String> {
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let differs = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
        differs
            .map(|key| match (before.get(key), after.get(key)) {
                (Some(was), Some(is)) => format!("{} {}: {}", key.0, key.1, fields_that_differ(was, is)),
                (Some(was), None) => format!("{} is gone: {was}", key.0),
                (None, is) => format!("{} is new: {}", key.0, is.cloned().unwrap_or_default()),
            })
            .take(5)
            .collect()
    }
}

fn fields_that_differ(was: &Json, is: &Json) -> String {
    let (empty, none) = (Map::new(), Json::Null);
    let (was, is) = (was.as_object().unwrap_or(&empty), is.as_object().unwrap_or(&empty));
    let names: BTreeSet<_> = was.keys().chain(is.keys()).collect();
    let differs = names.into_iter().filter(|name| was.get(*name) != is.get(*name));
    let said = differs
        .map(|name| format!("{name} was {}, is {}", was.get(name).unwrap_or(&none), is.get(name).unwrap_or(&none)));
    said.collect::<Vec<_>>().join("; ")
}
