//! `cargo xtask simulate --seeds N [--from S]`: runs N worlds on all cores and prints the minimal trace of each that breaks a promise.

use clap::Parser;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Parser)]
struct Args {
    /// How many worlds.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from: u64,
}

fn main() -> std::process::ExitCode {
    let args = Args::parse();
    let next = AtomicU64::new(args.from);
    let failed = AtomicU64::new(0);
    let end = args.from.saturating_add(args.seeds);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    if let Err(failure) = pems_tests::sim::run(seed) {
                        failed.fetch_add(1, Ordering::Relaxed);
                        println!("{failure}");
                    }
                }
            });
        }
    });
    let failed = failed.into_inner();
    println!("simulate: {} passed, {failed} failed", args.seeds - failed);
    if failed == 0 { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}
