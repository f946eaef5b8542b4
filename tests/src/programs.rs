//! The programs as they ship, each in a process of its own that can be killed without warning.

use serde_json::Value as Json;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A program of this workspace, built with the same profile as the running test.
///
/// # Panics
/// If it was not built.
pub fn program(name: &str) -> PathBuf {
    let here = std::env::current_exe().expect("this program's own path");
    let folder = here.parent().expect("a folder");
    // Programs lie in target/<profile>, tests in its deps/.
    let programs = if folder.ends_with("deps") { folder.parent().expect("target/<profile>") } else { folder };
    let path = programs.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.is_file(), "{} is not built; run `cargo build --workspace` first", path.display());
    path
}

/// `pems-node` on one office, ready for its command.
pub fn node(data: &Path, key_file: &Path) -> Command {
    let mut command = bare(&program("pems-node"), "PEMS_NODE_");
    command.arg("--json").arg("--data").arg(data).arg("--key-file").arg(key_file);
    command
}

/// A program without the settings of whoever runs the tests.
pub fn bare(program: &Path, prefix: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(prefix)) {
        command.env_remove(name);
    }
    command
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Done {
    pub exit: Option<i32>,
    /// Lines of stdout, each JSON.
    pub printed: Vec<Json>,
    /// `error` of each line of stderr.
    pub errors: Vec<Json>,
}

impl Done {
    /// The code of the only error.
    ///
    /// # Panics
    /// If there is none or more than one, or it does not say what to do.
    pub fn code(&self) -> &str {
        assert_eq!(self.errors.len(), 1, "one error: {self:?}");
        let message = self.errors[0]["message"].as_str().expect("a message");
        assert!(message.len() > 20, "an error says what to do: {message}");
        self.errors[0]["code"].as_str().expect("a code")
    }
}

impl From<Output> for Done {
    /// # Panics
    /// If what was printed is not JSON, line by line.
    fn from(output: Output) -> Done {
        let lines = |bytes: &[u8], what: &str| -> Vec<Json> {
            let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
            let parse =
                |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("{what} is not JSON: {text}"));
            text.lines().map(parse).collect()
        };
        let errors = lines(&output.stderr, "stderr").into_iter().map(|mut line| line["error"].take()).collect();
        Done { exit: output.status.code(), printed: lines(&output.stdout, "stdout"), errors }
    }
}

/// Runs a command to its end, with `input` on its stdin.
///
/// # Panics
/// If it cannot be started.
pub fn run(command: &mut Command, args: impl IntoIterator<Item = impl AsRef<OsStr>>, input: &[u8]) -> Done {
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // A program that has heard enough closes its end; that is its right.
    let feeding = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the program ends");
    feeding.join().expect("fed");
    Done::from(output)
}

/// `pems-hub serve` with a private PostgreSQL in a folder of its own.
#[derive(Debug)]
pub struct HubProcess {
    child: Child,
    data: PathBuf,
    pub address: SocketAddr,
}

impl HubProcess {
    /// Starts it and waits until it listens. `address`: where it listened before, or port 0.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(data: &Path, address: SocketAddr) -> HubProcess {
        let mut child = hub(data)
            .args(["serve", "--listen", &address.to_string(), "--enrol-per-minute", "10000", "--log", "error"])
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the hub starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("readable");
        let ready: Json = serde_json::from_str(&line).expect("the hub says where it listens");
        let address = ready["address"].as_str().and_then(|text| text.parse().ok()).expect("an address");
        HubProcess { child, data: data.to_owned(), address }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Resident memory of the hub's process, in KiB; 0 where the system does not tell it.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    /// SIGKILL for the hub; its PostgreSQL stays behind.
    ///
    /// # Panics
    /// If the kernel does not want to.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// SIGKILL for the hub's PostgreSQL, as a power cut: all its processes at once, no checkpoint, no goodbye.
    ///
    /// # Panics
    /// If it does not run.
    pub fn kill_postgres(&self) {
        let file = self.data.join("pg/postmaster.pid");
        let text = std::fs::read_to_string(&file).expect("a running PostgreSQL");
        let leader: u32 = text.lines().next().and_then(|line| line.parse().ok()).expect("a process id");
        let leader = leader.to_string();
        let mut children = Vec::new();
        for entry in std::fs::read_dir("/proc").expect("/proc").flatten() {
            let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            // `pid (name) state parent ...`; names have no parentheses here.
            let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)).map(str::to_owned);
            if parent.as_deref() == Some(leader.as_str()) {
                children.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        let kill = |ids: &[String]| Command::new("kill").arg("-KILL").args(ids).stderr(Stdio::null()).status();
        assert!(
            kill(std::slice::from_ref(&leader)).expect("kill runs").success(),
            "the server was not there to be killed"
        );
        // Children may have ended by themselves in between.
        kill(&children).expect("kill runs");
        // Dying takes a moment, in which PostgreSQL's own programs still take it for alive.
        let gone = Command::new("tail").args(["-s", "0.01", "--pid", &leader, "-f", "/dev/null"]).status();
        assert!(gone.expect("tail runs").success());
    }

    /// Runs an operator's command beside the hub.
    ///
    /// # Panics
    /// If it fails.
    pub fn operator(&self, args: &[&str]) -> Json {
        let mut done = run(&mut hub(&self.data), args, b"");
        assert_eq!(done.exit, Some(0), "{args:?}: {done:?}");
        done.printed.swap_remove(0)
    }
}

impl Drop for HubProcess {
    /// Politely, so that the PostgreSQL goes as well.
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn hub(data: &Path) -> Command {
    let mut command = bare(&program("pems-hub"), "PEMS_HUB_");
    command.arg("--json").arg("--data-dir").arg(data);
    command
}
