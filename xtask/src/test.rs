//! Every test there is. One workspace-wide build feeds all of them: another selection of crates would build the
//! dependencies again.

use crate::setup::npm;
use crate::steps::{Steps, cargo, must};
use crate::{forward, session, setup};
use anyhow::Result;

/// Worlds that every run looks through: found enough to break each planted bug a hundred times over.
const WORLDS: &str = "20000";

/// # Errors
/// Names the parts that failed; all of them are run.
pub(crate) fn run() -> Result<()> {
    setup::run()?;
    let mut steps = Steps::new();
    // The whole-system tests start the programs that people start.
    if steps.run("build", || must(&mut cargo(&["build", "--workspace", "--all-targets"]))) {
        steps.run("tests", || must(&mut session::inside(&cargo(&["test", "--workspace", "--no-fail-fast"]))));
        steps.run("simulated worlds", || forward::simulate(&["--seeds".to_owned(), WORLDS.to_owned()]));
        // After the worlds: it builds the programs of the tests crate once more, with the bugs in them.
        steps.run("planted bugs are found", || {
            let features = ["--features", "pems-tests/planted-bugs", "--test", "planted"];
            must(cargo(&["test", "--workspace"]).args(features).args(["--", "--nocapture"]))
        });
    }
    steps.run("user interface: types", || must(&mut npm(&["run", "--silent", "check"])));
    steps.run("user interface: tests", || must(&mut npm(&["test"])));
    steps.finish()
}
