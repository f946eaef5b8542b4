//! The hub's command: serving, and the jobs of the people who run it. `docs/commands.md` lists what scripts rely on.

use std::process::ExitCode;

/// Gives back what a busy minute took: with the system's allocator the hub's memory stayed at several times what it holds, after
/// requests with large bodies on many threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // TLS to a database elsewhere: one provider, chosen before anything connects.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(pems_hub::cli::run(std::env::args_os().collect())),
        Err(error) => {
            eprintln!("pems-hub cannot start its threads: {error}");
            ExitCode::FAILURE
        }
    }
}
