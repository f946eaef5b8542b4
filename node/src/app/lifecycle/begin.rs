//! How an office begins at this PC, and what is kept of its window: what is asked before there is a desk.

use super::Front;
use super::window_settings::{self, Settings};
use crate::app::request::{May, Request};
use crate::app::session::State;
use crate::app::sync::wait_for;
use crate::keys::{KeySource, Passphrase};
use crate::{NodeError, Office, Result, sample};
use pems_model::{Code, Schema};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use ts_rs::TS;

/// An office that this PC has not yet: with a code from the hub.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Enrol {
    hub: String,
    code: String,
    name: String,
    /// Where the PC has no keyring: what seals the keys.
    #[serde(default)]
    #[ts(optional)]
    passphrase: Option<String>,
}

impl Request<Front> for Enrol {
    const NAME: &'static str = "session.enrol";
    const ACCESS: May = May::Always;
    type Answer = State;

    fn run(self, front: &mut Front) -> Result<State> {
        let enrolled = self.begin(front)?.ask();
        Enrol::end(front, enrolled)
    }
}

impl Enrol {
    /// # Errors
    /// `bad_request`, with what cannot be read.
    pub(super) fn read(fields: Map<String, Json>) -> Result<Enrol> {
        serde_json::from_value(Json::Object(fields))
            .map_err(|error| NodeError::new(Code::BadRequest, format!("{} cannot be read: {error}", Enrol::NAME)))
    }

    /// What is done before the hub is asked; nobody else begins an office here until [`Enrol::end`].
    pub(super) fn begin(self, front: &mut Front) -> Result<Enrolling> {
        let Enrol { hub, code, name, passphrase } = self;
        front.check_goes_on()?;
        front.check_not_enrolling()?;
        front.seal_with(passphrase.as_deref())?;
        let under_way = Arc::new(());
        front.enrolling = Arc::downgrade(&under_way);
        Ok(Enrolling { dir: front.place.data_dir.clone(), keys: front.keys(), hub, code, name, under_way })
    }

    pub(super) fn end(front: &mut Front, enrolled: Result<()>) -> Result<State> {
        begun(front, |_| enrolled)
    }
}

/// What the hub is to be asked, with everything that it takes: the one thing here that waits for the network.
pub(super) struct Enrolling {
    dir: PathBuf,
    keys: KeySource,
    hub: String,
    code: String,
    name: String,
    /// Gone with this, however it ends, so that a mistake of ours does not keep this PC from beginning for ever.
    under_way: Arc<()>,
}

impl Enrolling {
    /// # Errors
    /// What the hub refused, or that there is none.
    pub(super) fn ask(self) -> Result<()> {
        let Enrolling { dir, keys, hub, code, name, under_way } = self;
        let enrol = async move { Office::enrol(&dir, keys, &hub, &code, &name, Schema::product()).await };
        let enrolled = wait_for(enrol)?.map(drop);
        drop(under_way);
        enrolled
    }
}

/// A made-up school to try things with.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct OpenSample {
    #[serde(default)]
    #[ts(optional)]
    passphrase: Option<String>,
}

impl Request<Front> for OpenSample {
    const NAME: &'static str = "session.sample";
    const ACCESS: May = May::Always;
    type Answer = State;

    fn run(self, front: &mut Front) -> Result<State> {
        let OpenSample { passphrase } = self;
        begun(front, |front| {
            front.seal_with(passphrase.as_deref())?;
            sample::open(&front.place.data_dir, front.keys())?;
            Ok(())
        })
    }
}

/// A copy of an office's records (docs/backup.md), put back here.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Restore {
    file: String,
    /// What opens the copy.
    copy_passphrase: String,
    #[serde(default)]
    #[ts(optional)]
    passphrase: Option<String>,
}

impl Request<Front> for Restore {
    const NAME: &'static str = "session.restore";
    const ACCESS: May = May::Always;
    type Answer = State;

    fn run(self, front: &mut Front) -> Result<State> {
        let Restore { file, copy_passphrase, passphrase } = self;
        begun(front, |front| {
            front.seal_with(passphrase.as_deref())?;
            let opens = Passphrase::new(&copy_passphrase)?;
            drop(Office::restore(&front.place.data_dir, front.keys(), Path::new(file.trim()), &opens)?);
            Ok(())
        })
    }
}

/// Throws the sample school away, keys and all.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct DiscardSample {}

impl Request<Front> for DiscardSample {
    const NAME: &'static str = "session.discard_sample";
    const ACCESS: May = May::Always;
    type Answer = State;

    fn run(self, front: &mut Front) -> Result<State> {
        begun(front, |front| {
            let office = Office::open(&front.place.data_dir, front.keys())?;
            if !office.store()?.is_sample()? {
                let message = "this is not the sample school; its records are not thrown away";
                return Err(NodeError::new(Code::BadUsage, message));
            }
            front.desk = None;
            office.discard()
        })
    }
}

/// How this PC's window is set, by name. Answered before anybody signed in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadKept {}

impl Request<Front> for ReadKept {
    const NAME: &'static str = "session.kept";
    const ACCESS: May = May::Always;
    type Answer = Settings;

    fn run(self, front: &mut Front) -> Result<Settings> {
        Ok(window_settings::read(&front.place))
    }
}

/// Keeps settings of this PC's window beside those that were kept before.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Keep {
    #[ts(type = "Record<string, string>")]
    settings: Settings,
}

impl Request<Front> for Keep {
    const NAME: &'static str = "session.keep";
    const ACCESS: May = May::Always;
    type Answer = Settings;

    fn run(self, front: &mut Front) -> Result<Settings> {
        let Keep { settings } = self;
        window_settings::keep(&front.place, settings)
    }
}

/// Opens an office whose keys are sealed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Unseal {
    passphrase: String,
}

impl Request<Front> for Unseal {
    const NAME: &'static str = "session.unseal";
    const ACCESS: May = May::Always;
    type Answer = State;

    fn run(self, front: &mut Front) -> Result<State> {
        let Unseal { passphrase } = self;
        begun(front, |front| front.seal_with(Some(&passphrase)))
    }
}

/// How the office stands after it was begun.
fn begun(front: &mut Front, begin: impl FnOnce(&mut Front) -> Result<()>) -> Result<State> {
    front.check_not_enrolling()?;
    begin(front)?;
    let opened = front.stage();
    if opened.is_err() {
        // Another passphrase may be the right one.
        front.passphrase = None;
    }
    opened
}
