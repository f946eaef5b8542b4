//! Imports into a real, encrypted store: the published samples, rosters of real size, spreadsheets of clerks, broken files; and
//! what is written out again for others to read.

mod bad_files;
mod cases;
mod cases_register;
mod cases_roster;
mod command;
mod equal;
mod lis;
mod oneroster;
mod report;
mod samples;
mod side_doors;
mod size;
mod spreadsheets;
mod twice;
mod workbook;

use pems_model::{Role, Schema};
use pems_node::import::{Counts, Format, Options, Report, run};
use pems_node::store::{Enrolled, ListQuery};
use pems_node::{NodeError, Store, SystemEnv};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use uuid::Uuid;

/// A newly enrolled office on an encrypted disk file.
struct Office {
    store: Store,
    dir: TempDir,
}

impl Office {
    fn new() -> Office {
        Office::of(Role::Registrar)
    }

    fn of(role: Role) -> Office {
        let dir = tempfile::tempdir().expect("a folder");
        let enrolled = Enrolled {
            tenant_id: Uuid::from_u128(0x5c),
            device_id: Uuid::from_u128(0xd0),
            device_name: "Registrar".into(),
            role,
            school_name: "School".into(),
            school_slug: "school".into(),
            hub_url: String::new(),
            epoch: Uuid::from_u128(0xe),
        };
        let path = dir.path().join("records.db");
        let store = Store::create(&path, &[7; 32], &enrolled, Schema::product(), Box::new(SystemEnv)).expect("a store");
        Office { store, dir }
    }

    /// A file beside the store.
    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, bytes).expect("written");
        path
    }

    fn import(&mut self, source: &Path, options: &Options) -> Report {
        run(&mut self.store, source, options).expect("an import")
    }

    fn csv(&mut self, entity: &str, text: impl AsRef<[u8]>) -> Report {
        let path = self.file("list.csv", text);
        self.import(&path, &csv(entity))
    }

    fn refused(&mut self, source: &Path, options: &Options) -> NodeError {
        let before = self.visible();
        let error = run(&mut self.store, source, options).expect_err("a refusal");
        assert_eq!(self.visible(), before, "a refused import leaves nothing behind");
        error
    }

    fn count(&self, entity: &str) -> i64 {
        self.store.count(entity).expect("a count")
    }

    /// Every live row, as text.
    fn visible(&self) -> BTreeSet<String> {
        let all = ListQuery { limit: Some(1_000_000), ..ListQuery::default() };
        let mut visible = BTreeSet::new();
        for entity in Schema::product().entities() {
            let rows = self.store.list(entity.name, &all).expect("a list");
            visible.extend(rows.iter().map(|row| format!("{} {}", entity.name, row.to_json(entity))));
        }
        visible
    }

    /// The value of a field of the one live row that has `value` in `by`.
    fn field(&self, entity: &str, by: (&str, &str), field: &str) -> String {
        let query = ListQuery { filters: vec![(by.0.into(), by.1.into())], ..ListQuery::default() };
        let rows = self.store.list(entity, &query).expect("a list");
        let [row] = rows.as_slice() else { panic!("{} {entity} rows have {by:?}", rows.len()) };
        let value = row.get(Schema::product().entity(entity).expect("an entity"), field).to_json();
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }
}

fn csv(entity: &str) -> Options {
    Options::new(Format::Csv { entity: entity.into(), mapping: Vec::new() })
}

fn oneroster() -> Options {
    Options::new(Format::OneRoster)
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/oneroster").join(name)
}

/// How many rows of each kind are new; fails if any other number is not zero.
fn only_new(report: &Report) -> Vec<(&'static str, u64)> {
    let new = |(name, counts): (&&'static str, &Counts)| {
        assert_eq!((counts.changed, counts.unchanged), (0, 0), "{name}");
        (*name, counts.new)
    };
    assert!(report.refused.is_empty(), "{:#?}", report.refused);
    assert!(report.duplicates.is_empty(), "{:#?}", report.duplicates);
    report.by_entity.iter().map(new).collect()
}
