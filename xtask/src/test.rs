//! Every test there is. One workspace-wide build feeds all of them: another selection of crates would build the
//! dependencies again. What the screens want from Node runs beside that build, which leaves a core idle while it links.

use crate::setup::npm;
use crate::steps::{Beside, Steps, cargo, must};
use crate::{check, forward, session, setup};
use anyhow::Result;

/// Worlds that every run looks through. Each planted bug shows within a few hundred; `soak` looks through many more.
const WORLDS: &str = "5000";
/// How long each stranger stays in every run, and what it does: the same each time, so that a change is judged and not the dice. Visits
/// of one's own, and `soak`, throw them anew.
const STRANGERS_STAY: [&str; 6] = ["--seconds", "20", "--steps", "2000", "--seed", "1"];

/// The long parts at their full size.
const SOAK_WORLDS: &str = "20000";
const SOAK_SIZES: [(&str, &str); 2] = [("PEMS_FUZZ_STATEMENTS", "100000"), ("PEMS_CROWD_REQUESTS", "100000")];

/// # Errors
/// Names the parts that failed; all of them are run.
pub(crate) fn run() -> Result<()> {
    setup::run()?;
    let types = Beside::start(npm(&["run", "--silent", "check"]))?;
    let lints = Beside::start(npm(&["run", "--silent", "lint"]))?;
    let unused = Beside::start(npm(&["run", "--silent", "unused"]))?;
    let screens = Beside::start(npm(&["test"]))?;
    let mut steps = Steps::new();
    check::texts(&mut steps);
    // The whole-system tests start the programs that people start.
    if steps.run("build", || must(&mut cargo(&["build", "--workspace", "--all-targets"]))) {
        steps.run("tests", || must(&mut session::inside(&cargo(&["test", "--workspace", "--no-fail-fast"]))));
        steps.run("simulated worlds", || forward::simulate(&["--seeds".to_owned(), WORLDS.to_owned()]));
        steps.run("strangers", || forward::stranger(&STRANGERS_STAY.map(str::to_owned)));
    }
    steps.run("user interface: types", || types.finish());
    steps.run("user interface: lints", || lints.finish());
    steps.run("user interface: nothing unused", || unused.finish());
    steps.run("user interface: tests", || screens.finish());
    steps.finish()
}

/// What takes too long for every run: the same tests at their full size, and `minutes` with each stranger.
///
/// # Errors
/// Names the parts that failed; all of them are run.
pub(crate) fn soak(args: &[String]) -> Result<()> {
    setup::run()?;
    let mut steps = Steps::new();
    if steps.run("build", || must(&mut cargo(&["build", "--workspace", "--all-targets"]))) {
        steps.run("the wall at full size", || {
            must(cargo(&["test", "--workspace", "--test", "wall"]).envs(SOAK_SIZES).args(["--", "--nocapture"]))
        });
        steps.run("simulated worlds", || forward::simulate(&["--seeds".to_owned(), SOAK_WORLDS.to_owned()]));
        steps.run("strangers", || forward::stranger(args));
    }
    steps.finish()
}
