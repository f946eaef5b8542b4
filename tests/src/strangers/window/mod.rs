//! Somebody in front of the real window who knows nothing of it: clicks what is there, types what comes to mind, presses keys,
//! pastes, locks the desk, changes language and size, and pulls the plug, while another program of this PC writes beside.
//!
//! What must hold after every step: no script error and no "Something went wrong"; nothing answered that only a fault of ours
//! answers; a control keeps what it was given; the keys are never nowhere; what is shown is what `pems-node` says is stored; and
//! Ctrl+Z to the start of a sitting leaves the records of its start.

mod acts;
mod records;
mod sitting;

use super::Stay;
use records::Office;
use sitting::Sitting;

/// Steps of one sitting at most: then the window is closed, as in the evening, and opened anew.
const SITTING: u64 = 120;

pub(super) fn visit(stay: &mut Stay) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let office = Office::empty()?;
        while stay.goes_on() {
            let mut sitting = Sitting::begin(&office, stay).await?;
            for _ in 0..SITTING {
                if !stay.goes_on() || !sitting.step(stay).await? {
                    break;
                }
            }
            sitting.end(stay).await?;
        }
        Ok(())
    })
}
