//! `cargo xtask fuzz-api`: a hub with two schools, people and an operator, and schemathesis against what it serves. Every
//! answer must be as the served OpenAPI document says, and none may be the hub's fault.

use anyhow::{Context, Result, bail};
use clap::Parser;
use pems_hub::schools::NewSchool;
use pems_hub::{Config, Running, start};
use pems_model::Role;
use reqwest::Client;
use serde_json::{Map, Value as Json, json};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use totp_rs::Totp;

/// What no schema can say, so that a request may fit the schema and still be refused: which time zones there are, which password
/// is the present one, what an opaque cursor looks like.
const NOT_CHECKED: &str = "positive_data_acceptance";
const PASSWORD: &str = "tatlong isda sa ilog";

#[derive(Parser)]
struct Args {
    /// The program `schemathesis`.
    #[arg(long)]
    schemathesis: PathBuf,
    /// Cases for each operation and phase.
    #[arg(long, default_value_t = 8)]
    cases: u32,
    /// Repeats a run.
    #[arg(long)]
    seed: Option<u64>,
}

/// One run of schemathesis.
struct Round<'a> {
    name: &'a str,
    token: &'a str,
    /// Paths, as a regular expression.
    of: &'a str,
    but: &'a str,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    // One provider of TLS, chosen before anything connects.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::tempdir()?;
    let hub = start(config(&dir)?).await?;
    let done = rounds(&args, &hub).await;
    hub.stop().await;
    done
}

fn config(dir: &tempfile::TempDir) -> Result<Config> {
    let plenty = NonZeroU32::new(100_000_000).context("a number")?;
    let mut config = Config::new(dir.path());
    config.fsync = false;
    config.token_ttl = Duration::from_secs(3_600);
    let rates = &mut config.rates;
    for rate in
        [&mut rates.sign_in, &mut rates.sign_in_account, &mut rates.api, &mut rates.api_address, &mut rates.api_tenant]
    {
        *rate = plenty;
    }
    Ok(config)
}

async fn rounds(args: &Args, hub: &Running) -> Result<()> {
    let (user, operator) = people(hub).await?;
    let mut failed = Vec::new();
    for round in [
        Round {
            name: "a school's administrator",
            token: &user,
            of: "^/api/v1/",
            but: "sign-out|/tenants|/operators|/console",
        },
        Round { name: "an operator", token: &operator, of: "^/api/v1/(tenants|operators)", but: "sign-out" },
        // Last, for then the tokens are worth nothing.
        Round { name: "the operator goes", token: &operator, of: "^/api/v1/operators/sign-out", but: "^$" },
        Round { name: "the administrator goes", token: &user, of: "^/api/v1/auth/sign-out", but: "^$" },
    ] {
        println!("== {}", round.name);
        if !run(args, hub, &round).await? {
            failed.push(round.name);
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("failed as: {}", failed.join("; ")) }
}

/// The access tokens of a school's administrator and of an operator.
async fn people(hub: &Running) -> Result<(String, String)> {
    let none = Map::new();
    let mut first = None;
    for (slug, school_id) in [("mabini", "123456"), ("rizal", "123457")] {
        let new = NewSchool { name: "A school", slug, school_id, timezone: "Asia/Manila", metadata: &none };
        let (_, admin) = hub.admin().add_school_with_admin(&new, "admin@school.ph", None).await?;
        hub.admin().add_user(slug, "teacher@school.ph", None, Role::Teacher).await?;
        first.get_or_insert(admin.one_time_password);
    }
    let sign_in = json!({ "school": "mabini", "email": "admin@school.ph", "password": first });
    let token = token(hub, "/auth/sign-in", &sign_in).await?;
    let choose = json!({ "current": first, "new": PASSWORD });
    let chosen = Client::new().post(format!("{}/api/v1/auth/password", hub.url())).bearer_auth(&token).json(&choose);
    chosen.send().await?.error_for_status()?;
    let operator = hub.admin().add_operator("ana@division.ph", None, PASSWORD).await?;
    let totp = Totp::from_url(&operator.otpauth).map_err(|error| anyhow::anyhow!("otpauth: {error:?}"))?;
    let seconds = u64::try_from(pems_hub::db::sys::now() / 1_000_000)?;
    let code = totp.generate(seconds).to_string();
    let sign_in =
        json!({ "email": "ana@division.ph", "password": PASSWORD, "code": code, "reason": "the API is tested" });
    Ok((token, self::token(hub, "/operators/sign-in", &sign_in).await?))
}

async fn token(hub: &Running, path: &str, body: &Json) -> Result<String> {
    let response = Client::new().post(format!("{}/api/v1{path}", hub.url())).json(body).send().await?;
    let answer: Json = response.json().await?;
    let token = answer["data"]["access_token"].as_str();
    Ok(token.with_context(|| format!("{path}: {answer}"))?.to_owned())
}

/// Whether nothing was found.
async fn run(args: &Args, hub: &Running, round: &Round<'_>) -> Result<bool> {
    let mut command = Command::new(&args.schemathesis);
    command.args(["run", &format!("{}/api/v1/openapi.json", hub.url())]);
    command.args(["--header", &format!("Authorization: Bearer {}", round.token)]);
    command.args(["--include-path-regex", round.of, "--exclude-path-regex", round.but]);
    command.args([
        "--checks",
        "all",
        "--exclude-checks",
        NOT_CHECKED,
        "--max-examples",
        &args.cases.to_string(),
        "--continue-on-failure",
    ]);
    // One worker: with two, schemathesis 4.32 now and then stumbles over its own caches.
    command.args(["--workers", "1", "--no-color", "--warnings", "off"]);
    if let Some(seed) = args.seed {
        command.args(["--seed", &seed.to_string()]);
    }
    let folder = tempfile::tempdir()?;
    command.current_dir(folder.path());
    let status = tokio::task::spawn_blocking(move || command.status()).await?;
    Ok(status.with_context(|| format!("cannot start {}", args.schemathesis.display()))?.success())
}
