//! Secrets reach a command from a file, the environment or a prompt, never as an argument: arguments are seen by everybody on
//! the machine and stay in the shell's history.

use super::Failed;
use std::io::IsTerminal;
use std::path::Path;

/// Reads a secret; `what` names it in the prompt, `variable` in the environment.
///
/// # Errors
/// `bad_usage` if it is empty or there is nobody to ask; a file that cannot be read.
pub(super) fn read(what: &str, file: Option<&Path>, variable: &str) -> Result<String, Failed> {
    let secret = match (file, std::env::var(variable)) {
        (Some(path), _) => std::fs::read_to_string(path)
            .map_err(|error| Failed::usage(format!("{}: {error}", path.display())))?
            .trim_end_matches(['\r', '\n'])
            .to_owned(),
        (None, Ok(secret)) => secret,
        (None, Err(_)) if std::io::stdin().is_terminal() => rpassword::prompt_password(format!("{what}: "))
            .map_err(|error| Failed::usage(format!("{what}: {error}")))?,
        (None, Err(_)) => {
            return Err(Failed::usage(format!("{what}: give it with --password-file FILE or in {variable}")));
        }
    };
    if secret.is_empty() { Err(Failed::usage(format!("{what}: it is empty"))) } else { Ok(secret) }
}
