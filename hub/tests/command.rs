//! The command as scripts use it, with a private PostgreSQL of its own.

use serde_json::Value as Json;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

fn command(data_dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pems-hub"));
    command.args(args).args(["--json", "--fsync", "false", "--data-dir"]).arg(data_dir);
    command
}

fn run(data_dir: &Path, args: &[&str]) -> Output {
    command(data_dir, args).output().expect("it runs")
}

fn done(data_dir: &Path, args: &[&str]) -> Json {
    let output = run(data_dir, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

fn refused(output: &Output) -> (Option<i32>, String) {
    let error: Json = serde_json::from_slice(&output.stderr).expect("a JSON error");
    (output.status.code(), error["error"]["code"].as_str().unwrap_or_default().to_owned())
}

/// A serving hub; killed when dropped.
struct Serving(Child);

impl Serving {
    fn start(data_dir: &Path) -> (Serving, String) {
        let mut command = command(data_dir, &["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let ready: Json = serde_json::from_str(&line).expect("one JSON line when ready");
        (Serving(child), ready["address"].as_str().expect("an address").to_owned())
    }

    fn stop(mut self) {
        let killed = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().expect("kill");
        assert!(killed.success());
        assert!(self.0.wait().expect("it ends").success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn pg_runs(data_dir: &Path) -> bool {
    data_dir.join("pg/postmaster.pid").exists()
}

#[test]
fn schools_and_devices_with_and_without_a_serving_hub() {
    let dir = TempDir::new().expect("a directory");
    let data = dir.path();
    let empty = run(data, &["verify"]);
    assert_eq!(empty.status.code(), Some(1), "nothing is there yet, and verify makes nothing");
    let school = ["school", "add", "--name", "Rizal NHS", "--slug", "rizal", "--school-id", "300123"];
    assert_eq!(done(data, &school)["slug"], "rizal");
    assert!(!pg_runs(data), "a command leaves no server behind");
    let (hub, address) = Serving::start(data);
    std::net::TcpStream::connect(&address).expect("it listens");
    assert_eq!(refused(&run(data, &school)), (Some(1), "conflict".into()));
    assert_eq!(refused(&run(data, &["serve"])), (Some(1), "conflict".into()), "one hub for one data directory");
    let code = done(data, &["device", "code", "--school", "rizal", "--minutes", "5"]);
    assert_eq!(code["code"].as_str().map(str::len), Some(14));
    let shown = done(data, &["school", "show", "rizal"]);
    assert_eq!((shown["rev"].as_i64(), shown["rows"]["student"].as_i64()), (Some(0), Some(0)));
    assert!(pg_runs(data), "a command does not stop the hub's server");
    hub.stop();
    assert!(!pg_runs(data), "the hub stops what it started");
    assert_eq!(done(data, &["school", "list"])["name"], "Rizal NHS");
    assert_eq!(done(data, &["verify"])["findings"].as_array().map(Vec::len), Some(0));
    assert_eq!(done(data, &["school", "suspend", "rizal"])["suspended"], true);
    assert!(run(data, &["device", "list", "--school", "rizal"]).stdout.is_empty());
    assert_eq!(refused(&run(data, &["school", "show", "nowhere"])), (Some(1), "not_found".into()));
}

#[test]
fn a_killed_hub_starts_again() {
    let dir = TempDir::new().expect("a directory");
    let (hub, _) = Serving::start(dir.path());
    drop(hub);
    assert!(pg_runs(dir.path()), "killed, it could not stop its server");
    let (hub, _) = Serving::start(dir.path());
    hub.stop();
    assert!(!pg_runs(dir.path()), "adopted and stopped");
    // As after a power cut: the file is there, the server is not.
    std::fs::write(dir.path().join("pg/postmaster.pid"), "999999\n").expect("a stale file");
    let (hub, _) = Serving::start(dir.path());
    hub.stop();
}

#[test]
fn a_database_and_a_data_directory_that_do_not_belong_together_are_refused() {
    let dir = TempDir::new().expect("a directory");
    done(dir.path(), &["migrate"]);
    std::fs::write(dir.path().join("epoch"), "5f0c3f0e-0000-4000-8000-000000000000\n").expect("another epoch");
    assert_eq!(refused(&run(dir.path(), &["school", "list"])), (Some(1), "epoch_changed".into()));
    assert!(!pg_runs(dir.path()), "a refusal leaves no server behind");
}

#[test]
fn bad_usage_exits_2_and_settings_have_an_order() {
    let dir = TempDir::new().expect("a directory");
    assert_eq!(refused(&run(dir.path(), &["dance"])), (Some(2), "bad_usage".into()));
    assert_eq!(refused(&run(dir.path(), &["school", "add"])), (Some(2), "bad_usage".into()));
    let file = dir.path().join("hub.toml");
    let file_name = file.to_str().expect("a path");
    std::fs::write(
        &file,
        "listen = \"127.0.0.1:1\"\ndatabase_url = \"postgres://u:secret@h/d\"\nenrol_per_minute = 7\n",
    )
    .expect("a file");
    let args = ["--print-config", "--config", file_name, "--enrol-per-minute", "9"];
    let output = command(dir.path(), &args).env("PEMS_HUB_LISTEN", "127.0.0.1:2").output().expect("it runs");
    let shown: Json = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!((&shown["listen"], shown["enrol_per_minute"].as_i64()), (&Json::from("127.0.0.1:2"), Some(9)));
    assert_eq!(shown["database_url"], "postgres://u:***@h/d");
    std::fs::write(&file, "lisen = 1\n").expect("a file");
    assert_eq!(refused(&run(dir.path(), &args)), (Some(2), "bad_usage".into()));
    let output = command(dir.path(), &["school", "list"]).env("PEMS_HUB_LISEN", "x").output().expect("it runs");
    assert_eq!(refused(&output), (Some(2), "bad_usage".into()));
}

#[test]
fn whoever_closed_the_pipe_has_read_enough() {
    for (args, code) in
        [(vec!["--help"], 0), (vec!["serve", "--help"], 0), (vec!["--no-such"], 2), (vec!["--no-such", "--json"], 2)]
    {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_pems-hub"));
        let other = writer.try_clone().expect("a second end");
        let status = command.args(&args).stdout(writer).stderr(other).status().expect("it runs");
        assert_eq!(status.code(), Some(code), "{args:?}");
    }
}
