//! `cargo xtask stranger NAME... [--minutes N | --seconds N] [--steps N] [--seed S]`: lets strangers in, one after the other, and prints what
//! each found. Ends with 0 only if every one of them could work and found nothing.

use clap::Parser;
use pems_tests::strangers::{STRANGERS, Stay, Stranger, named};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(Parser)]
struct Args {
    /// Which; all of them where none is named.
    names: Vec<String>,
    /// How long each stays.
    #[arg(long, conflicts_with = "seconds")]
    minutes: Option<u64>,
    #[arg(long)]
    seconds: Option<u64>,
    /// How many things each tries at most.
    #[arg(long, default_value_t = u64::MAX)]
    steps: u64,
    /// Repeats a visit; without it every visit is a new one.
    #[arg(long)]
    seed: Option<u64>,
}

/// Where nobody says how long.
const USUAL: Duration = Duration::from_secs(60);

fn chosen(names: &[String]) -> anyhow::Result<Vec<&'static Stranger>> {
    if names.is_empty() {
        return Ok(STRANGERS.iter().collect());
    }
    let known = || STRANGERS.iter().map(|stranger| stranger.name).collect::<Vec<_>>().join(", ");
    names
        .iter()
        .map(|name| named(name).ok_or_else(|| anyhow::anyhow!("there is no stranger {name}; there are: {}", known())))
        .collect()
}

/// Whether the stranger could work and found nothing.
fn let_in(stranger: &Stranger, seed: u64, length: Duration, steps: u64) -> bool {
    println!("stranger {}, seed {seed}, {} s: {}", stranger.name, length.as_secs(), stranger.does);
    let mut stay = Stay::new(seed, length).at_most(steps);
    let worked = (stranger.visit)(&mut stay);
    for finding in stay.findings() {
        println!("FOUND by {}: {finding}", stranger.name);
    }
    if let Err(error) = &worked {
        println!("stranger {} could not work: {error:#}", stranger.name);
    } else if stay.tried() == 0 {
        println!("stranger {} tried nothing", stranger.name);
    }
    println!("stranger {}, seed {seed}: {} tried, {} found", stranger.name, stay.tried(), stay.findings().len());
    worked.is_ok() && stay.tried() > 0 && stay.findings().is_empty()
}

fn main() -> anyhow::Result<ExitCode> {
    // One provider of TLS, chosen before anything connects: each stranger may be the only one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let args = Args::parse();
    let strangers = chosen(&args.names)?;
    let length = match (args.minutes, args.seconds) {
        (Some(minutes), _) => Duration::from_secs(minutes * 60),
        (None, Some(seconds)) => Duration::from_secs(seconds),
        (None, None) => USUAL,
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "a seed that nobody named differs from visit to visit, and is printed"
    )]
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let seed = args.seed.unwrap_or(now);
    let well = strangers.iter().filter(|stranger| let_in(stranger, seed, length, args.steps)).count();
    let ill = strangers.len() - well;
    println!("{well} passed, {ill} failed");
    Ok(if ill == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
