//! Secrets reach a command from a file, a pipe, the environment or a prompt, never as an argument: arguments are seen by
//! everybody on the machine and stay in the shell's history.

use super::Failed;
use pems_model::text::first_line;
use std::io::{BufRead, IsTerminal};
use std::path::Path;

/// The variables that a secret may stand in.
pub(super) const PASSPHRASE: &str = "PEMS_HUB_PASSPHRASE";
pub(super) const PASSWORD: &str = "PEMS_HUB_OPERATOR_PASSWORD";

/// A secret that is new: asked for twice, because a slip would be noticed too late.
///
/// # Errors
/// `bad_usage`: two different ones, an empty one, a file that cannot be read.
pub(super) fn chosen(what: &str, file: Option<&Path>, variable: Option<&str>) -> Result<String, Failed> {
    read(what, file, variable, || {
        let first = prompt(what)?;
        if first == prompt("Once more")? {
            Ok(first)
        } else {
            Err(Failed::usage("the two are not the same; try again"))
        }
    })
}

/// A secret that is known already.
///
/// # Errors
/// As [`chosen`].
pub(super) fn known(what: &str, file: Option<&Path>, variable: Option<&str>) -> Result<String, Failed> {
    read(what, file, variable, || prompt(what))
}

fn read(
    what: &str,
    file: Option<&Path>,
    variable: Option<&str>,
    ask: impl FnOnce() -> Result<String, Failed>,
) -> Result<String, Failed> {
    let secret = match (file, variable.and_then(|name| std::env::var(name).ok())) {
        (Some(path), _) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failed::usage(format!("{}: {error}; name a file with the secret", path.display())))?;
            first_line(&text).to_owned()
        }
        (None, Some(secret)) => secret,
        (None, None) if std::io::stdin().is_terminal() => ask()?,
        (None, None) => {
            let mut line = String::new();
            let read = std::io::stdin().lock().read_line(&mut line);
            read.map_err(|error| Failed::usage(format!("{what}: it cannot be read from the pipe: {error}")))?;
            first_line(&line).to_owned()
        }
    };
    if secret.is_empty() { Err(Failed::usage(format!("{what}: it is empty"))) } else { Ok(secret) }
}

fn prompt(what: &str) -> Result<String, Failed> {
    rpassword::prompt_password(format!("{what}: "))
        .map_err(|error| Failed::usage(format!("{what}: it cannot be asked for here ({error}); use --password-file")))
}
