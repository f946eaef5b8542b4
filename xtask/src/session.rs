//! A screen and an unlocked keyring of one's own, so that tests of windows and keys run where nobody is signed in (and never
//! touch the keyring of somebody who is).

use crate::steps;
use std::process::Command;

/// Runs `"$@"` with a private D-Bus session, an empty unlocked keyring and a virtual screen; what it made goes with it.
const SCRIPT: &str = r#"
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
export XDG_DATA_HOME="$d/data" XDG_RUNTIME_DIR="$d/run" XDG_CONFIG_HOME="$d/config" XDG_CACHE_HOME="$d/cache"
mkdir -m 700 "$d/run" "$d/data"
dbus-run-session -- sh -c '
    printf "\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
    exec xvfb-run -a -s "-screen 0 1280x800x24" "$@"' sh "$@"
"#;

/// The same command inside such a session.
pub(crate) fn inside(command: &Command) -> Command {
    let mut session = Command::new("sh");
    session.args(["-c", SCRIPT, "sh"]);
    steps::inside(session, command)
}
