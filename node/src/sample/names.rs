//! Names of people who do not exist. Sources and licences of the lists: `node/data/names/SOURCES.md`.

use super::dice::Dice;
use crate::{NodeError, Result};
use pems_model::Code;
use serde_json::Value as Json;

const FIRST: &str = include_str!("../../data/names/first_names.json");
const LAST: &str = include_str!("../../data/names/last_names.json");
/// What the lists lack and every school has: names that are typed in more than one way.
const TYPED_VARIOUSLY: [&str; 8] =
    ["Peñaflor", "Dela Peña", "De los Santos", "Ibañez", "Sta. Maria", "Abdul-Rahman", "Nuñez", "Macaraeg"];

#[derive(Debug)]
pub(super) struct Names {
    men: Vec<String>,
    women: Vec<String>,
    last: Vec<String>,
}

impl Names {
    pub(super) fn read() -> Result<Names> {
        let list = |text: &str, name: &str| -> Result<Vec<String>> {
            let read = serde_json::from_str::<Json>(text).and_then(|mut all| serde_json::from_value(all[name].take()));
            read.map_err(|error| NodeError::new(Code::Internal, format!("the program's list of names: {error}")))
        };
        Ok(Names { men: list(FIRST, "male")?, women: list(FIRST, "female")?, last: list(LAST, "last_names")? })
    }

    pub(super) fn last(&self, dice: &mut Dice) -> String {
        if dice.chance(40) {
            return dice.pick(&TYPED_VARIOUSLY).to_owned();
        }
        self.last.get(dice.below(self.last.len())).cloned().unwrap_or_default()
    }

    /// One name or two; one girl in twelve is a Maria, as her papers shorten it.
    pub(super) fn first(&self, dice: &mut Dice, man: bool) -> String {
        let list = if man { &self.men } else { &self.women };
        let one = list.get(dice.below(list.len())).map_or("", String::as_str);
        let two = list.get(dice.below(list.len())).map_or("", String::as_str);
        match dice.below(12) {
            0 if !man => format!("Ma. {one}"),
            0..6 if one != two => format!("{one} {two}"),
            _ => one.to_owned(),
        }
    }
}
