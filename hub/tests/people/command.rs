//! The commands about people, as scripts use them.

use crate::town::{PASSWORD, Town};
use crate::world::database;
use serde_json::Value as Json;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

struct Hub {
    data: TempDir,
    url: String,
}

impl Hub {
    async fn new() -> Hub {
        Hub { data: TempDir::new().expect("a directory"), url: database().await }
    }

    fn run(&self, args: &[&str]) -> Output {
        run(self.data.path(), &self.url, args)
    }

    fn done(&self, args: &[&str]) -> Json {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }

    fn refused(&self, args: &[&str]) -> (Option<i32>, String) {
        let output = self.run(args);
        let error: Json = serde_json::from_slice(&output.stderr).expect("a JSON error");
        (output.status.code(), error["error"]["code"].as_str().unwrap_or_default().to_owned())
    }
}

fn run(data: &Path, url: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pems-hub"));
    command.args(args).args(["--json", "--database-url", url, "--data-dir"]).arg(data);
    command.stdin(std::process::Stdio::null()).output().expect("it runs")
}

#[tokio::test]
async fn operators_come_and_go_at_the_command_line() {
    let hub = Hub::new().await;
    let file = hub.data.path().join("password");
    std::fs::write(&file, format!("{PASSWORD}\n")).expect("written");
    let file = file.to_str().expect("a path");
    let add = ["operator", "add", "Ana@Division.ph", "--name", "Ana Reyes", "--password-file", file];
    let made = hub.done(&add);
    assert_eq!(made["email"], "ana@division.ph");
    assert!(made["otpauth"].as_str().expect("an address").starts_with("otpauth://totp/"));
    assert_eq!(made["secret"].as_str().map(str::len), Some(32));
    assert_eq!(made["recovery_codes"].as_array().map(Vec::len), Some(10));
    assert_eq!(hub.refused(&add), (Some(1), "conflict".into()));
    assert_eq!(hub.refused(&["operator", "add", "ben@division.ph"]), (Some(2), "bad_usage".into()), "nobody to ask");
    std::fs::write(hub.data.path().join("weak"), "password1").expect("written");
    let weak = hub.data.path().join("weak");
    let weak = ["operator", "add", "ben@division.ph", "--password-file", weak.to_str().expect("a path")];
    assert_eq!(hub.refused(&weak), (Some(1), "password_weak".into()));

    let again = hub.done(&["operator", "reset", "ana@division.ph", "--password-file", file]);
    assert_ne!(again["secret"], made["secret"]);
    assert_eq!(hub.done(&["operator", "disable", "ana@division.ph"])["disabled"], true);
    assert_eq!(hub.refused(&["operator", "disable", "eve@x.ph"]), (Some(1), "not_found".into()));
    let listed = hub.done(&["operator", "list"]);
    assert_eq!(
        (&listed["role"], &listed["region"]),
        (&Json::from("owner"), &Json::Null),
        "who is added without a word is an owner"
    );
    let role = ["operator", "role", "ana@division.ph", "support", "--region", " Region  VII", "--division", "Bohol"];
    assert_eq!(hub.done(&role)["role"], "support");
    let listed = hub.done(&["operator", "list"]);
    assert_eq!(
        (&listed["role"], &listed["region"], &listed["division"]),
        (&"support".into(), &"Region VII".into(), &"Bohol".into())
    );
    assert_eq!(hub.refused(&["operator", "role", "ana@division.ph", "boss"]), (Some(2), "bad_usage".into()));
    assert_eq!(hub.refused(&["operator", "role", "eve@x.ph", "viewer"]), (Some(1), "not_found".into()));
    let alone = ["operator", "role", "ana@division.ph", "viewer", "--division", "Bohol"];
    assert_eq!(hub.refused(&alone), (Some(2), "bad_usage".into()), "a division is said with its region");
    assert_eq!(listed["name"], "Ana Reyes");
    assert!(listed["disabled_at"].is_string() && listed.get("password_hash").is_none());
}

#[tokio::test]
async fn a_school_gets_its_first_administrator_and_a_way_back_in() {
    let hub = Hub::new().await;
    let add = |slug, id, email| {
        ["school", "add", "--name", "Rizal NHS", "--slug", slug, "--school-id", id, "--admin-email", email]
    };
    let made = hub.done(&add("rizal", "300123", "Head@Rizal.ph"));
    assert_eq!((made["slug"].as_str(), made["admin"]["email"].as_str()), (Some("rizal"), Some("head@rizal.ph")));
    assert_eq!(made["admin"]["one_time_password"].as_str().map(str::len), Some(14));
    assert_eq!(hub.refused(&add("mabini", "300124", "no address")), (Some(1), "bad_request".into()));
    assert_eq!(hub.refused(&["school", "show", "mabini"]), (Some(1), "not_found".into()), "both or neither");
    let placed = hub.done(&[
        "school",
        "place",
        "rizal",
        "--region",
        "Region VII",
        "--division",
        "Bohol",
        "--municipality",
        "Loon",
    ]);
    assert_eq!(
        (&placed["division"], &placed["area"], &placed["municipality"]),
        (&"Bohol".into(), &Json::Null, &"Loon".into())
    );
    let area = hub.done(&["school", "place", "rizal", "--area", "First District"]);
    assert_eq!(
        (&area["region"], &area["municipality"]),
        (&"Region VII".into(), &"Loon".into()),
        "what is left out stays"
    );
    let moved = hub.done(&["school", "place", "rizal", "--region", "Region VI"]);
    assert_eq!(
        (&moved["division"], &moved["area"]),
        (&Json::Null, &"First District".into()),
        "it was the other region's"
    );
    assert_eq!(hub.refused(&["school", "place", "mabini", "--region", "Region VII"]), (Some(1), "not_found".into()));
    assert_eq!(hub.refused(&["school", "place", "rizal"]).0, Some(2), "nothing is said of it");
    let reset = ["user", "reset-password", "--school", "rizal", "--email", "head@rizal.ph"];
    assert_ne!(hub.done(&reset)["one_time_password"], made["admin"]["one_time_password"]);
    assert_eq!(
        hub.refused(&["user", "reset-password", "--school", "rizal", "--email", "x@y.ph"]),
        (Some(1), "not_found".into())
    );
    assert_eq!(
        hub.refused(&["user", "reset-password", "--school", "nowhere", "--email", "x@y.ph"]),
        (Some(1), "not_found".into())
    );
    let user = hub.done(&["user", "add", "--school", "rizal", "--email", "t@rizal.ph", "--role", "teacher"]);
    assert_eq!(user["email"], "t@rizal.ph");
    let twice = ["user", "add", "--school", "rizal", "--email", "t@rizal.ph"];
    assert_eq!(hub.refused(&twice), (Some(1), "conflict".into()));
}

#[tokio::test]
async fn a_reset_at_the_command_line_ends_sessions_and_locks() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let session = town.sign_in(&admin).await;
    for _ in 0..6 {
        town.try_sign_in("rizal", &admin.email, "a guess").await;
    }
    let reset = town.world.hub.admin().reset_user("rizal", &admin.email).await.expect("an account");
    assert_eq!(town.refresh(&session.refresh).await.refused(), (401, "unauthorized"));
    town.before_long("/auth/me", &session.access, |reply| reply.status == 401).await;
    let fresh = town.try_sign_in("rizal", &admin.email, &reset.one_time_password).await;
    assert_eq!(fresh.data()["user"]["must_change_password"], true);
    assert_eq!(town.try_sign_in("rizal", &admin.email, PASSWORD).await.refused(), (401, "wrong_credentials"));
}
