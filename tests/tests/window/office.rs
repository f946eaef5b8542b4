//! Data folders for the window: an office with learners, made as the hub would fill it.

use pems_model::frame::{Rows, RowsHead};
use pems_model::wire::End;
use pems_model::{Role, Row, Schema, pgcopy};
use pems_node::domain::made_up::MadeUp;
use pems_node::store::{Enrolled, ListQuery, Save};
use pems_node::{Env, Store, SystemEnv};
use serde_json::{Map, Value as Json, json};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// A median school of the country.
pub(crate) const LEARNERS: usize = 408;
const DAY: i64 = 24 * 3600 * 1_000_000;

/// The machine's clock, set back.
struct Earlier(i64);

impl Env for Earlier {
    fn now(&self) -> i64 {
        SystemEnv.now() - self.0
    }
    fn new_id(&self) -> Uuid {
        SystemEnv.new_id()
    }
}

/// A folder as an enrolled PC has it, and its key file beside it.
pub(crate) struct Folder {
    _dir: Option<tempfile::TempDir>,
    pub(crate) data: PathBuf,
    pub(crate) key_file: PathBuf,
}

impl Folder {
    /// Not enrolled.
    pub(crate) fn empty() -> Folder {
        let dir = tempfile::tempdir().expect("a folder");
        let data = dir.path().join("office");
        std::fs::create_dir(&data).expect("a data folder");
        Folder { data, key_file: dir.path().join("key"), _dir: Some(dir) }
    }

    /// That of an office which is enrolled at a real hub.
    pub(crate) fn of(data: &Path, key_file: &Path) -> Folder {
        Folder { data: data.to_owned(), key_file: key_file.to_owned(), _dir: None }
    }

    /// Enrolled a moment ago: the hub was not met yet.
    pub(crate) fn just_enrolled() -> Folder {
        let folder = Folder::empty();
        folder.enrol_with(&[]);
        folder
    }

    /// Enrolled, with [`LEARNERS`] and one conflict from the hub.
    pub(crate) fn enrolled() -> Folder {
        let folder = Folder::empty();
        folder.enrol();
        folder
    }

    pub(crate) fn enrol(&self) {
        self.enrol_with(&[("student", learners()), ("review_item", conflicts())]);
    }

    fn enrol_with(&self, rows: &[(&str, Vec<Row>)]) {
        let signing = [7_u8; 32];
        let hex: String = KEY.iter().chain(&signing).map(|byte| format!("{byte:02x}")).collect();
        write_private(&self.key_file, &hex);
        std::fs::write(self.data.join("office.json"), r#"{"account":"office-test"}"#).expect("a note");
        let fresh = self.data.join("records.new");
        let mut store =
            Store::create(&fresh, &KEY, &enrolled(), Schema::product(), Box::new(SystemEnv)).expect("a store");
        if !rows.is_empty() {
            pull(&mut store, rows);
        }
        drop(store);
        std::fs::rename(fresh, self.records()).expect("the records are there at once");
    }

    pub(crate) fn records(&self) -> PathBuf {
        self.data.join("records.db")
    }

    fn store(&self) -> Store {
        Store::open(&self.records(), &KEY, Schema::product(), Box::new(SystemEnv)).expect("the store")
    }

    /// How many learners the file has.
    pub(crate) fn learners(&self) -> usize {
        usize::try_from(self.store().count("student").expect("a count")).expect("a number")
    }

    /// The learner of a last name, as the file has it.
    pub(crate) fn learner(&self, last: &str) -> Json {
        let store = self.store();
        let entity = store.schema().entity("student").expect("learners");
        let all = ListQuery { limit: Some(1_000_000), ..ListQuery::default() };
        let rows = store.list("student", &all).expect("a list");
        let found = rows.iter().map(|row| row.to_json(entity)).find(|row| row["last_name"] == last);
        found.unwrap_or_else(|| panic!("no learner is called {last}"))
    }

    /// Saves as another program at this PC would.
    pub(crate) fn save_learner(&self, last: &str, first: &str) {
        let mut store = self.store();
        let fields = json!({ "last_name": last, "first_name": first, "sex": "F" });
        store.put(&save(fields)).expect("saved");
    }

    /// A user with a password, as an administrator makes one.
    pub(crate) fn save_user(&self, name: &str, role: &str, password: &str) {
        let mut admin = enrolled();
        admin.role = Role::SchoolAdmin;
        let mut scratch = Store::in_memory(&admin, Schema::product(), Box::new(SystemEnv)).expect("a store");
        let verifier = pems_node::domain::users::verifier::make(password).expect("a verifier");
        let fields = json!({ "name": name, "role": role, "verifier": verifier });
        let fields = fields.as_object().cloned().unwrap_or_default();
        let saved = scratch.put(&Save { entity: "school_user".into(), id: None, fields }).expect("saved");
        let mut store = self.store();
        pull(&mut store, &[("school_user", vec![Row { rev: 950, ..saved.row }])]);
    }

    /// As if the last contact with the hub were some days ago.
    pub(crate) fn age(&self, days: i64) {
        let env = Box::new(Earlier(days * DAY));
        let mut store = Store::open(&self.records(), &KEY, Schema::product(), env).expect("the store");
        pull(&mut store, &[]);
    }
}

const KEY: [u8; 32] = [42; 32];

fn enrolled() -> Enrolled {
    Enrolled {
        tenant_id: Uuid::from_u128(1),
        device_id: Uuid::from_u128(2),
        device_name: "Registrar’s office 1".into(),
        role: Role::Registrar,
        school_name: "Apolinario Mabini National High School".into(),
        school_slug: "mabini".into(),
        // Nobody listens there: the window has to be good without a network.
        hub_url: "http://127.0.0.1:9".into(),
        epoch: Uuid::from_u128(3),
    }
}

fn save(fields: Json) -> Save {
    Save { entity: "student".into(), id: None, fields: fields.as_object().cloned().unwrap_or_default() }
}

/// Rows as the hub sends them, through the store's own door.
fn pull(store: &mut Store, entities: &[(&str, Vec<Row>)]) {
    let schema = store.schema();
    let through = 1_000;
    for (name, rows) in entities {
        let entity = schema.entity(name).expect("an entity");
        let mut raw = Vec::new();
        rows.iter().for_each(|row| pgcopy::write(row, &mut raw));
        let head = RowsHead {
            entity: (*name).into(),
            columns: entity.fields.iter().map(|field| field.name.into()).collect(),
            count: u32::try_from(rows.len()).expect("a few rows"),
            through,
            raw_len: u32::try_from(raw.len()).expect("a few rows"),
        };
        let body = zstd::bulk::compress(&raw, 1).expect("compressed");
        store.stage(Rows { head, body }).expect("staged");
    }
    let epoch = Uuid::from_u128(3);
    let end =
        End { rev: through, epoch, durable_rev: None, digest: None, more: false, hub_time: store.now(), devices: None };
    store.apply(&end).expect("applied");
}

fn learners() -> Vec<Row> {
    const LAST: [&str; 17] = [
        "Dela Cruz",
        "Reyes",
        "Santos",
        "Bautista",
        "Ocampo",
        "Garcia",
        "Mendoza",
        "Villanueva",
        "Aquino",
        "Ramos",
        "Peñaflor",
        "De los Santos",
        "Macaraeg",
        "Lim",
        "Tolentino",
        "Abdul-Rahman",
        "Dimaculangan",
    ];
    const GIRLS: [&str; 6] = ["Ma. Clara", "Althea", "Princess Joy", "Andrea Nicole", "Niña", "Jasmine"];
    const BOYS: [&str; 6] = ["Juan Miguel", "John Mark", "Angelo", "Jose", "Rafael", "Kenneth"];
    const MIDDLE: [&str; 7] = ["Santiago", "Cruz", "Peralta", "Domingo", "Soriano", "Ibañez", "Uy"];
    let saves: Vec<Save> = (0..LEARNERS)
        .map(|i| {
            let girl = i % 2 == 0;
            let mut fields = json!({
                "last_name": LAST[i % LAST.len()],
                "first_name": if girl { GIRLS[i / 2 % 6] } else { BOYS[i / 2 % 6] },
                "middle_name": MIDDLE[i % MIDDLE.len()],
                "sex": if girl { "F" } else { "M" },
                "birth_date": format!("20{:02}-{:02}-{:02}", 8 + i % 7, 1 + i % 12, 1 + i * 7 % 28),
                "student_no": format!("2026-{:04}", i + 1),
            });
            if i % 9 != 0 {
                fields["lrn"] = json!(format!("1365{:08}", 15_000_000 + i * 137));
            }
            if i % 23 == 1 {
                fields["name_ext"] = json!("Jr.");
            }
            save(fields)
        })
        .chain([save(json!({ "last_name": "Dela Peña", "first_name": "Ma. Niña Corazon", "lrn": "136515999999", "sex": "F", "birth_date": "2012-02-29", "student_no": "2026-0999" }))])
        .skip(1)
        .collect();
    made(&saves)
}

fn conflicts() -> Vec<Row> {
    let entity = Schema::product().entity("review_item").expect("review items");
    let fields = json!({ "kind": "conflict", "entity": "student", "row_id": Uuid::from_u128(77), "field": "first_name",
        "kept_value": "\"Ana\"", "lost_value": "\"Anna\"", "state": "open" });
    let mut row = Row::empty(entity, Uuid::from_u128(70));
    row.rev = 900;
    for (name, json) in fields.as_object().unwrap_or(&Map::new()) {
        let i = entity.field_index(name).expect("a field");
        row.values[i] = pems_model::Value::parse(&entity.fields[i], json).expect("a value");
    }
    vec![row]
}

/// The rows that an office would make of these, at the hub's revisions.
fn made(saves: &[Save]) -> Vec<Row> {
    let mut scratch = Store::in_memory(&enrolled(), Schema::product(), Box::new(SystemEnv)).expect("a store");
    let (_, saved) = scratch.save_all(saves).expect("saved");
    saved.into_iter().zip(1..).map(|(saved, rev)| Row { rev, ..saved.row }).collect()
}

fn write_private(path: &Path, text: &str) {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path).expect("a key file");
    file.write_all(text.as_bytes()).expect("written");
}
