//! SIGKILL at random points: the office while it saves or syncs, the hub while it answers, its PostgreSQL with it. What a
//! command printed is acknowledged; every bit of that is there in the end, once.

use pems_hub::PrivatePg;
use pems_hub::server::DATABASE;
use pems_tests::programs::{Done, HubProcess, node, run};
use pems_tests::proxy::{Cut, Proxy};
use pems_tests::seed;
use pems_tests::sim::Rng;
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// Syncs, of two offices in turn.
const SYNCS: u32 = 200;
/// Bytes of an exchange with its token request, roughly: cuts fall somewhere into that.
const EXCHANGE_BYTES: usize = 5_000;
/// Microseconds that a save takes, roughly.
const SAVE_MICROS: usize = 60_000;

struct Office {
    data: PathBuf,
    key_file: PathBuf,
    name: &'static str,
    /// What was acknowledged: the last known `remarks` of each of this office's own learners.
    known: BTreeMap<String, u32>,
    /// The last number given out, acknowledged or not.
    given: u32,
}

impl Office {
    fn enrol(dir: &Path, name: &'static str, hub: &str, code: &str) -> Office {
        let (data, key_file) = (dir.join(name), dir.join(format!("{name}.key")));
        let done = run(&mut node(&data, &key_file), ["enrol", "--hub", hub, "--code", code], b"");
        assert_eq!(done.exit, Some(0), "{done:?}");
        Office { data, key_file, name, known: BTreeMap::new(), given: 0 }
    }

    fn command(&self, args: &[&str]) -> Done {
        run(&mut node(&self.data, &self.key_file), args, b"")
    }

    fn spawn(&self, args: &[&str]) -> tokio::process::Child {
        let mut command = tokio::process::Command::from(node(&self.data, &self.key_file));
        let pipes = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        pipes.spawn().expect("the program starts")
    }

    /// New learners and edits of own ones, as JSON lines.
    fn lines(&mut self, rng: &mut Rng) -> String {
        let mut lines = String::new();
        for _ in 0..3 + rng.below(6) {
            self.given += 1;
            let ids: Vec<&String> = self.known.keys().collect();
            let remarks = format!("{} {}", self.name, self.given);
            let line = match rng.pick(&ids) {
                Some(id) if rng.chance(50) => json!({ "id": id, "remarks": remarks }),
                _ => json!({ "last_name": "Cruz", "first_name": "Ana", "remarks": remarks }),
            };
            lines.push_str(&format!("{line}\n"));
        }
        lines
    }

    /// Saves, perhaps killed on the way. Every row that was printed counts.
    async fn save(&mut self, rng: &mut Rng) {
        let lines = self.lines(rng);
        let mut child = self.spawn(&["save", "student"]);
        let mut stdin = child.stdin.take().expect("a pipe");
        if rng.chance(25) {
            let patience = Duration::from_micros(rng.below(SAVE_MICROS) as u64);
            let feeding = async {
                // It may be killed while we speak.
                let _ = stdin.write_all(lines.as_bytes()).await;
                drop(stdin);
                child.wait().await
            };
            if tokio::time::timeout(patience, feeding).await.is_err() {
                child.start_kill().expect("killed");
            }
        } else {
            stdin.write_all(lines.as_bytes()).await.expect("it reads");
            drop(stdin);
        }
        let output = child.wait_with_output().await.expect("it ended");
        let printed = String::from_utf8(output.stdout).expect("UTF-8");
        for line in printed.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            let row: Json = serde_json::from_str(line).expect("a row");
            let number = self.number(&row).expect("own remarks");
            self.known.insert(row["id"].as_str().expect("an id").to_owned(), number);
        }
    }

    fn number(&self, row: &Json) -> Option<u32> {
        row["remarks"].as_str()?.strip_prefix(self.name)?.trim().parse().ok()
    }
}

struct Scene {
    hub: Option<HubProcess>,
    dir: PathBuf,
    proxy: Proxy,
    kills: BTreeMap<&'static str, u32>,
}

impl Scene {
    /// One sync with, mostly, somebody dying in the middle of it.
    async fn sync(&mut self, office: &Office, rng: &mut Rng) {
        let bytes = rng.below(EXCHANGE_BYTES) as u64;
        let cut = if rng.chance(50) { Cut::Up(bytes) } else { Cut::Down(bytes) };
        let victim = match rng.below(100) {
            0..60 => "office",
            60..70 => "hub",
            70..74 => "hub and PostgreSQL",
            74..77 => "PostgreSQL",
            _ => "nobody",
        };
        self.proxy.mend(if victim == "nobody" { Cut::Never } else { cut });
        let mut child = office.spawn(&["sync"]);
        let ended = tokio::select! {
            ended = child.wait() => Some(ended.expect("it ended")),
            () = self.proxy.is_cut() => None,
        };
        if ended.is_some() && !self.proxy.was_cut() {
            let output = child.wait_with_output().await.expect("it ended");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            return;
        }
        *self.kills.entry(victim).or_default() += 1;
        if victim == "office" {
            child.start_kill().expect("killed");
        } else {
            self.kill_hub(victim);
        }
        self.proxy.mend(Cut::Never);
        // An office that lives on tries again and finds the hub, or says that there is none.
        let output = child.wait_with_output().await.expect("it ended");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let fine =
            output.status.success() || victim == "office" || said.contains("hub_unreachable") || said.contains("busy");
        assert!(fine, "{victim}: {said}");
    }

    fn kill_hub(&mut self, victim: &str) {
        let mut hub = self.hub.take().expect("a running hub");
        let address = hub.address;
        if victim.contains("hub") {
            hub.kill();
        }
        if victim.contains("PostgreSQL") {
            hub.kill_postgres();
        }
        // Where only PostgreSQL died, the hub is told to stop, and starts again with a new one.
        drop(hub);
        self.hub = Some(HubProcess::start(&self.dir, address));
    }

    fn hub(&self) -> &HubProcess {
        self.hub.as_ref().expect("a running hub")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_whoever_is_killed() {
    let mut rng = seed::dice("killed");
    let dir = tempfile::tempdir().expect("a folder");
    let hub_dir = dir.path().join("hub");
    let hub = HubProcess::start(&hub_dir, SocketAddr::from(([127, 0, 0, 1], 0)));
    hub.operator(&["school", "add", "--name", "Mabini NHS", "--slug", "mabini", "--school-id", "300123"]);
    let proxy = Proxy::start(hub.address).await;
    let mut offices = ["first", "second"].map(|name| {
        let code = hub.operator(&["device", "code", "--school", "mabini"]);
        Office::enrol(dir.path(), name, &proxy.url(), code["code"].as_str().expect("a code"))
    });
    let mut scene = Scene { hub: Some(hub), dir: hub_dir, proxy, kills: BTreeMap::new() };
    for i in 0..SYNCS {
        let office = &mut offices[i as usize % 2];
        office.save(&mut rng).await;
        scene.sync(office, &mut rng).await;
    }
    println!("killed: {:?}", scene.kills);
    assert!(scene.kills.values().sum::<u32>() > SYNCS / 4, "hardly anybody was killed: {:?}", scene.kills);
    level(&scene, &offices).await;
    nothing_twice(&scene.dir).await;
}

/// Two calm rounds, then: the same digest everywhere, and everything that was acknowledged.
async fn level(scene: &Scene, offices: &[Office; 2]) {
    scene.proxy.mend(Cut::Never);
    for office in offices.iter().chain(offices) {
        let done = office.command(&["sync"]);
        assert_eq!(done.exit, Some(0), "{done:?}");
    }
    let shown = scene.hub().operator(&["school", "show", "mabini"]);
    for office in offices {
        let status = office.command(&["status"]).printed.swap_remove(0);
        for (name, expected) in [("digest", &shown["digest"]), ("rev", &shown["rev"])] {
            assert_eq!(&status[name], expected, "{}: {name}", office.name);
        }
        assert_eq!((&status["pending"], &status["parked"], &status["diverged"]), (&json!(0), &json!(0), &json!(false)));
        let rows = office.command(&["list", "student", "--limit", "1000000"]).printed;
        assert_eq!(json!(rows.len()), shown["rows"]["student"]);
        for owner in offices {
            let mine: Vec<&Json> = rows.iter().filter(|row| owner.number(row).is_some()).collect();
            let mut numbers: Vec<u32> = mine.iter().filter_map(|row| owner.number(row)).collect();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), mine.len(), "a save of {} is there twice", owner.name);
            let there: BTreeMap<&str, u32> =
                mine.iter().map(|row| (row["id"].as_str().expect("an id"), owner.number(row).expect("own"))).collect();
            for (id, number) in &owner.known {
                let stands = there.get(id.as_str());
                // A later edit may have been saved by a command that was killed before it could print.
                assert!(
                    stands.is_some_and(|stands| stands >= number),
                    "{id}: {number} was acknowledged, {stands:?} stands"
                );
            }
        }
    }
}

async fn nothing_twice(dir: &Path) {
    let pg = PrivatePg::start(dir, true).await.expect("the hub's PostgreSQL");
    let mut conn =
        PgConnection::connect(&pg.database(DATABASE).await.expect("a database")).await.expect("a connection");
    for (sql, what) in [
        ("SELECT count(*) - count(DISTINCT change_id) FROM change_log", "a change was logged twice"),
        ("SELECT count(*) FROM (SELECT op_no - lag(op_no, 1, 0::bigint) OVER (PARTITION BY replica_id ORDER BY op_no) AS step
             FROM change_log WHERE replica_id <> '00000000-0000-0000-0000-000000000000') s WHERE step <> 1", "a change is missing"),
        ("SELECT count(*) FROM change_log WHERE outcome <> 'applied'", "a change was not simply applied"),
    ] {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut conn).await.expect("a count");
        assert_eq!(count, 0, "{what}");
    }
    conn.close().await.expect("closed");
    pg.stop().await.expect("left");
}
