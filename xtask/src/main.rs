//! The project's own chores: `cargo xtask test` and its like work on a fresh machine, with nothing to install by hand.
//!
//! Invariant: every command prints what it does and how long it took, and ends with 0 only if all of it went well.

mod beside;
mod check;
mod forward;
mod fuzz_api;
mod generate;
mod icons;
#[cfg(unix)]
mod package;
mod session;
mod setup;
mod steps;
mod suites;
mod test;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  test                     set up what is missing, then everything that `check` looks at and every test
  check                    format, lints, licences, generated files, house rules
  licences                 of `check`: licences, sources and known vulnerabilities of dependencies
  gen [--check]            write the files that follow from declarations and from the hub's queries (or say which are stale)
  gen migration ENTITY     print the table of an entity, as the start of a migration
  simulate --seeds N [--from S]
                           run N simulated worlds of offices; a world that breaks a promise is printed
  stranger [NAME...] [--minutes N] [--seed S]
                           users who do not know how it is meant to be used, made up from a seed: sql, device, files, window, greedy
  soak [--minutes N]       the long parts of `test` at their full size, and N minutes with each stranger
  demo [--headless]        set up what is missing, then a hub with schools and an office window (or the story in text)
  bench [...]              measure, in a release build; --office: the app in its window with the largest school
  package                  the office app as a .deb
  icons                    the app's icons, from the one drawing
  fuzz-api [--cases N] [--seed S]
                           schemathesis against a running hub: every answer as the served OpenAPI says, none the hub's fault
  setup                    only set up what is missing";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let done = match (args.first().map(String::as_str), rest) {
        (Some("test"), []) => test::run(),
        // What `test` is, once there is a screen.
        (Some("test-in-session"), []) => test::in_session(),
        (Some("check"), []) => check::run(),
        (Some("licences"), []) => check::dependencies(),
        (Some("setup"), []) => setup::run(),
        (Some("gen"), _) => generate::run(rest),
        (Some("simulate"), _) => forward::simulate(rest),
        (Some("stranger"), _) => forward::stranger(rest),
        (Some("soak"), _) => test::soak(rest),
        (Some("demo"), _) => forward::demo(rest),
        (Some("bench"), _) => forward::bench(rest),
        #[cfg(unix)]
        (Some("package"), []) => package::run(),
        (Some("icons"), []) => icons::run(),
        (Some("fuzz-api"), _) => fuzz_api::run(rest),
        (Some("help" | "--help" | "-h"), _) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where cargo puts the programs of a profile (`debug`, `release`): xtask itself lies in one of them.
fn programs(profile: &str) -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let target =
        here.ancestors().nth(2).ok_or_else(|| anyhow::anyhow!("{} lies in no target folder", here.display()))?;
    Ok(target.join(profile))
}
