//! One sitting: from the opened window to its end, whichever way that comes.

use super::acts::Act;
use super::records::{Office, Records};
use crate::strangers::Stay;
use crate::window::{Keys, Opening, Window};
use anyhow::Context;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// Put into every page.
const PAGE: &str = include_str!("page.js");
const SIZE: (u32, u32) = (1280, 800);
/// Steps told with a finding: enough to do it again by hand.
const TRAIL: usize = 14;
/// The records are read by the other program once in so many steps.
const COMPARE_EVERY: u64 = 10;
/// Only a fault of ours says so.
const OURS: [&str; 2] = ["Something went wrong", "May hindi gumana"];
const ACTIVE: &str = "[...document.querySelectorAll('article li button')]";

pub(super) struct Sitting<'a> {
    office: &'a Office,
    window: Window,
    /// The records when this user sat down; `None` while nobody did.
    start: Option<Records>,
    /// Records that another program made meanwhile: they stay.
    beside: BTreeSet<(String, String)>,
    trail: Vec<String>,
}

impl<'a> Sitting<'a> {
    pub(super) async fn begin(office: &'a Office, stay: &Stay) -> anyhow::Result<Sitting<'a>> {
        let opening =
            Opening { data: &office.data, keys: Keys::File(&office.key_file), dark: stay.seed() % 2 == 1, size: SIZE };
        let window = Window::open(&opening).await;
        window.until("document.querySelector('h1')").await;
        let trail = vec!["the window is opened".to_owned()];
        Ok(Sitting { office, window, start: None, beside: BTreeSet::new(), trail })
    }

    /// Does one thing and looks at what came of it; whether the window is still there.
    pub(super) async fn step(&mut self, stay: &mut Stay) -> anyhow::Result<bool> {
        self.window.run(PAGE).await;
        if !self.come_in(stay).await? {
            return Ok(true);
        }
        let number = stay.tries();
        let act = Act::draw(&mut stay.rng);
        let before = self.window.run("return stranger.state()").await;
        let broken = match &act {
            Act::Kill => {
                self.tell("the plug is pulled".to_owned());
                return Ok(false);
            }
            Act::Click => self.click(stay).await?,
            Act::Type(text) => self.type_into(text, stay).await?,
            Act::Keys { name, keys } => {
                self.tell(format!("presses {name} at {}", before["focus"]));
                self.window.keys(keys).await;
                None
            }
            Act::Paste(text) => {
                self.tell(format!("pastes {text:?} at {}", before["focus"]));
                self.window.run(&format!("stranger.paste({}); return null", json!(text))).await;
                None
            }
            Act::Beside => {
                self.tell("another program saves a learner".to_owned());
                self.beside.insert(self.office.save_beside(number)?);
                None
            }
            Act::Language(language) => {
                self.tell(format!("chooses the language {language}"));
                self.window.speaks(language).await;
                self.window.until("document.querySelector('h1')").await;
                self.window.run(PAGE).await;
                None
            }
            Act::Size(width, height) => {
                self.tell(format!("makes the window {width} x {height}"));
                self.window.page.set_window_rect(0, 0, *width, *height).await?;
                None
            }
            Act::Lock => self.call("session.lock").await,
            Act::Leave => {
                self.undo_all(stay).await?;
                self.call("session.sign_out").await
            }
        };
        self.settle().await;
        self.look(stay, &act, &before, broken).await?;
        if number.is_multiple_of(COMPARE_EVERY) {
            self.compare_names(stay).await?;
        }
        Ok(true)
    }

    /// The evening: everything is taken back, and the records must be those of the morning.
    pub(super) async fn end(mut self, stay: &mut Stay) -> anyhow::Result<()> {
        self.window.run(PAGE).await;
        self.undo_all(stay).await
    }

    /// Whoever is not in yet comes in: opens the sample school, chooses who they are. Whether somebody was in already.
    async fn come_in(&mut self, stay: &mut Stay) -> anyhow::Result<bool> {
        let state = self.window.ask("__TAURI_INTERNALS__.invoke('call', { request: { do: 'session.state' } }).then(done, (why) => done({ stage: 'failed', why }))").await;
        let script = match state["stage"].as_str().unwrap_or_default() {
            "open" => {
                if self.start.is_none() {
                    self.start = Some(self.office.records()?);
                }
                return Ok(true);
            }
            "first_run" => "document.querySelector('section[aria-labelledby=sample] button')".to_owned(),
            "sign_in" => {
                self.start = None;
                format!("{ACTIVE}[{} % Math.max(1, {ACTIVE}.length)]", stay.rng.below(4))
            }
            "locked" => format!("{ACTIVE}[0]"),
            other => anyhow::bail!("the office is {other}: {state}"),
        };
        self.window.until(&script).await;
        self.window.run(&format!("{script}.click(); return null")).await;
        self.tell(format!("comes in ({})", state["stage"]));
        self.settle().await;
        Ok(false)
    }

    /// Clicks something; what is wrong with it afterwards.
    async fn click(&mut self, stay: &mut Stay) -> anyhow::Result<Option<String>> {
        let number = stay.rng.below(1_000_000);
        let chosen = self.window.run(&format!("return stranger.choose('click', {number})")).await;
        if chosen.is_null() {
            return Ok(None);
        }
        self.tell(format!("clicks {}", chosen["name"]));
        self.press(&chosen).await?;
        self.settle().await;
        let after = self.window.run("return stranger.after()").await;
        // A tick box is on where it was off, for as long as it is there.
        let ticks = chosen["tag"] == "input" && chosen["type"] == "checkbox" && !after.is_null();
        Ok((ticks && after["value"] == chosen["value"]).then(|| format!("{} stays {}", chosen["name"], after["value"])))
    }

    /// Types into a field; what it has instead, if it did not keep it.
    async fn type_into(&mut self, text: &str, stay: &mut Stay) -> anyhow::Result<Option<String>> {
        let number = stay.rng.below(1_000_000);
        let chosen = self.window.run(&format!("return stranger.choose('type', {number})")).await;
        if chosen.is_null() {
            return Ok(None);
        }
        self.tell(format!("types {text:?} into {}", chosen["name"]));
        if chosen["tag"] == "select" {
            let option = stay.rng.below(usize::try_from(chosen["options"].as_u64().unwrap_or(0))?);
            let script = format!(
                "const one = stranger.chosen; one.selectedIndex = {option}; one.dispatchEvent(new Event('input', {{ bubbles: true }}));
                 one.dispatchEvent(new Event('change', {{ bubbles: true }})); return one.value"
            );
            let given = self.window.run(&script).await;
            self.settle().await;
            let after = self.window.run("return stranger.after()").await;
            let lost = !after.is_null() && after["value"] != given;
            return Ok(lost.then(|| format!("{} was given {given} and has {}", chosen["name"], after["value"])));
        }
        self.press(&chosen).await?;
        let focused = self.window.run("return document.activeElement === stranger.chosen").await == json!(true);
        if !focused || chosen["type"] == "date" || chosen["type"] == "number" {
            return Ok(None);
        }
        self.window.keys(text).await;
        self.settle().await;
        let after = self.window.run("return stranger.after()").await;
        // A field that takes no more letters drops them while they are typed; one that had room has them.
        let (had, has) = (chosen["value"].as_str().unwrap_or_default(), after["value"].as_str());
        let holds = has.is_none_or(|has| has.contains(text.trim()) || has.chars().count() >= limit(&chosen));
        Ok((!holds).then(|| format!("{} had {had:?}, was given {text:?} and has {has:?}", chosen["name"])))
    }

    async fn press(&self, chosen: &Json) -> anyhow::Result<()> {
        let (x, y) = (chosen["x"].as_f64().context("x")?, chosen["y"].as_f64().context("y")?);
        let mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        Ok(self.window.page.perform_actions(mouse).await?)
    }

    async fn call(&mut self, request: &str) -> Option<String> {
        self.tell(request.to_owned());
        let asked = format!("__TAURI_INTERNALS__.invoke('call', {{ request: {{ do: '{request}' }} }})");
        // Refused or not: what the window makes of it is looked at.
        let _ = self.window.refusal(&asked).await;
        self.window.run("dispatchEvent(new Event('focus')); return null").await;
        None
    }

    async fn settle(&self) {
        self.window.run(PAGE).await;
        self.window.ask("stranger.settled(done)").await;
    }

    fn tell(&mut self, what: String) {
        self.trail.push(what);
        let more = self.trail.len().saturating_sub(TRAIL);
        self.trail.drain(..more);
    }

    fn report(&self, stay: &mut Stay, what: &str) {
        stay.found(format!("{what}\n    after: {}", self.trail.join("\n           ")));
    }

    async fn look(&mut self, stay: &mut Stay, act: &Act, before: &Json, broken: Option<String>) -> anyhow::Result<()> {
        let state = self.window.run("return stranger.state()").await;
        for said in ["errors", "refused"].iter().flat_map(|kind| state[*kind].as_array().into_iter().flatten()) {
            self.report(stay, &format!("a fault of ours: {said}"));
        }
        let text = state["text"].as_str().unwrap_or_default();
        if let Some(ours) = OURS.iter().find(|ours| text.contains(**ours)) {
            self.report(stay, &format!("the window says: {ours}"));
        }
        if text.trim().is_empty() {
            self.report(stay, "the window is empty");
        }
        if let Some(broken) = broken {
            self.report(stay, &format!("a control did not keep what it was given: {broken}"));
        }
        let lost = matches!(act, Act::Keys { .. }) && before["focus"] != "nothing" && state["focus"] == "nothing";
        if lost && before["hash"] == state["hash"] {
            self.report(stay, &format!("the keys are nowhere; they were at {}", before["focus"]));
        }
        Ok(())
    }

    async fn compare_names(&mut self, stay: &mut Stay) -> anyhow::Result<()> {
        // What was saved a moment ago by the other program is shown at the next look; what is shown is never more than what is there.
        let shown = self.window.run("return location.hash.startsWith('#/learners') && !document.querySelector('.work[hidden]') ? stranger.names() : []").await;
        let stored = self.office.names()?;
        for name in shown.as_array().into_iter().flatten().filter_map(Json::as_str).filter(|name| name.contains(", ")) {
            if !stored.iter().any(|one| name.starts_with(one.as_str())) {
                self.report(stay, &format!("{name:?} is shown and not stored"));
                break;
            }
        }
        Ok(())
    }

    /// Takes back whatever can be, and compares with the records of the start.
    async fn undo_all(&mut self, stay: &mut Stay) -> anyhow::Result<()> {
        let Some(start) = self.start.take() else { return Ok(()) };
        let script = "const all = []; const next = () => __TAURI_INTERNALS__.invoke('call', { request: { do: 'session.undo' } }).then(
            (said) => { all.push(JSON.stringify(said)); next() }, (why) => why.code === 'not_found' || all.length > 600 ? done(all) : (all.push(JSON.stringify(why)), next())); next()";
        let undone = self.window.ask(script).await;
        let refused =
            undone.as_array().into_iter().flatten().filter_map(Json::as_str).any(|said| said.contains("\"code\""));
        let mut after = self.office.records()?;
        after.retain(|key, _| !self.beside.contains(key));
        let mut start = start;
        start.retain(|key, _| !self.beside.contains(key));
        let differences = Office::differences(&start, &after);
        // An act that is refused to be taken back says why, and stays.
        if !refused && !differences.is_empty() {
            self.tell(format!("takes back: {undone}"));
            self.report(stay, &format!("Ctrl+Z to the start left: {}", differences.join(" | ")));
        }
        Ok(())
    }
}

/// How many letters a field takes.
fn limit(chosen: &Json) -> usize {
    chosen["limit"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

impl std::fmt::Debug for Sitting<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sitting").field("trail", &self.trail).finish_non_exhaustive()
    }
}
