//! `cargo xtask bench [--rounds N] [--only PART | --office]`. Also plays the hub and the offices, when it starts itself again.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

#[derive(Parser)]
struct Args {
    /// How often each thing is measured.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// One part alone: transfer, push, latency, idle or wall.
    #[arg(long, value_parser = pems_tests::bench::PARTS)]
    only: Option<String>,
    /// The office app in its window, with the largest school of the country.
    #[arg(long)]
    office: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Subcommand)]
enum Part {
    #[command(hide = true)]
    Hub { dir: PathBuf },
    #[command(hide = true)]
    Office { dir: PathBuf },
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    // As `pems-hub serve` has it; an office has one thread.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match args.part {
        #[cfg(target_os = "linux")]
        None if args.office => runtime.block_on(pems_tests::bench::office::run(args.rounds)),
        None => runtime.block_on(pems_tests::bench::run(args.rounds, args.only.as_deref())),
        Some(Part::Hub { dir }) => runtime.block_on(pems_tests::bench::hub_process(&dir)),
        Some(Part::Office { dir }) => runtime.block_on(pems_tests::bench::office_process(&dir)),
    }
}
