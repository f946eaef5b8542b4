//! Every check and every test there is. One workspace-wide build feeds all of them: another selection of crates would build the
//! dependencies again. What the screens want from Node runs beside that build, which leaves a core idle while it links; the lints,
//! which compile everything once more as far as types go, run beside the tests, behind them in turn.

use crate::setup::npm;
use crate::steps::{self, Steps, cargo, must, ourselves};
use crate::suites::{self, Job, Suite};
use crate::{beside::Beside, check, forward, session, setup};
use anyhow::Result;
use std::process::Command;

/// Worlds that every run looks through. Each planted bug shows within a few hundred; `soak` looks through many more.
const WORLDS: &str = "5000";
/// How long each stranger stays in every run, and what it does: the same each time, so that a change is judged and not the dice. Visits
/// of one's own, and `soak`, throw them anew.
const STRANGERS_STAY: [&str; 6] = ["--seconds", "20", "--steps", "2000", "--seed", "1"];

/// The long parts at their full size.
const SOAK_WORLDS: &str = "20000";
const SOAK_SIZES: [(&str, &str); 2] = [("PEMS_FUZZ_STATEMENTS", "100000"), ("PEMS_CROWD_REQUESTS", "100000")];

/// The suites that take longest, which begin: the window first, because it waits more than it computes. The order costs or saves
/// time and nothing else.
const LONGEST: [&str; 4] = ["tests window", "hub wall", "hub api", "tests faults"];

/// # Errors
/// Names the parts that failed; all of them are run.
pub(crate) fn run() -> Result<()> {
    setup::run()?;
    // One screen and one keyring for all: two that begin at once may take the same screen.
    must(&mut session::inside(&ourselves(&["test-in-session"])?))
}

/// [`run`], where a screen and a keyring are.
///
/// # Errors
/// Names the parts that failed; all of them are run.
pub(crate) fn in_session() -> Result<()> {
    let steps = Steps::new();
    let mut beside = vec![check::beside_dependencies()];
    beside.extend(check::SCREENS.map(|(what, script)| Beside::start(what, npm(&["run", "--silent", script]))));
    beside.push(Beside::start("user interface: tests", npm(&["test"])));
    check::texts(&steps);
    if let Some(suites) = steps.run("build", suites::build) {
        let lints = Beside::start("lints", steps::inside(behind(), &check::lints()));
        suites::two_at_once(&steps, jobs(&suites)?);
        steps.wait(lints);
        // Takes its time by the clock, so it has the machine to itself.
        steps.run("strangers", || forward::visit(&STRANGERS_STAY.map(str::to_owned)));
    }
    for one in beside {
        steps.wait(one);
    }
    steps.finish()
}

/// Gives way to whatever else wants to compute.
fn behind() -> Command {
    let mut command = Command::new("nice");
    command.args(["-n", "19"]);
    command
}

/// What runs two at once.
fn jobs(suites: &[Suite]) -> Result<Vec<Job>> {
    let mut jobs: Vec<Job> = suites.iter().map(|suite| (suite.name.clone(), suite.command())).collect();
    jobs.sort_by_key(|(name, _)| LONGEST.iter().position(|long| long == name).unwrap_or(LONGEST.len()));
    jobs.insert(LONGEST.len().min(jobs.len()), ("simulated worlds".to_owned(), forward::worlds(&["--seeds", WORLDS])?));
    // Cargo's own work: it waits until the lints are through with cargo.
    jobs.push(("examples in documentation".to_owned(), cargo(&["test", "--workspace", "--doc"])));
    Ok(jobs)
}

/// What takes too long for every run: the same tests at their full size, and `minutes` with each stranger.
///
/// # Errors
/// Names the parts that failed; all of them are run.
pub(crate) fn soak(args: &[String]) -> Result<()> {
    setup::run()?;
    let steps = Steps::new();
    if steps.run("build", suites::build).is_some() {
        steps.run("the wall at full size", || {
            must(cargo(&["test", "--workspace", "--test", "wall"]).envs(SOAK_SIZES).args(["--", "--nocapture"]))
        });
        steps.run("simulated worlds", || forward::simulate(&["--seeds".to_owned(), SOAK_WORLDS.to_owned()]));
        steps.run("strangers", || forward::stranger(args));
    }
    steps.finish()
}
