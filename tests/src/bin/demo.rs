//! `cargo xtask demo [--headless]`.

use clap::Parser;

#[derive(Parser)]
struct Args {
    /// No window: tell the story, prove it, and end.
    #[arg(long)]
    headless: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if Args::parse().headless { pems_tests::demo::tell().await } else { pems_tests::demo::open().await }
}
