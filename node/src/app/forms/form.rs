//! What a form is: how it is asked for, for whom it is, and, once it is gathered, how it becomes paper and files.
//!
//! A new form is one file with both ([`Form`], [`Paper`]) and its line in `mod.rs`; how DepEd wants it drawn is in `pems_forms`.

use super::named::Said;
use crate::Result;
use crate::app::Desk;
use crate::app::access::Access;
use crate::domain::attendance::section::Section;
use pems_forms::list::List;
use pems_forms::{FormError, Missing, Page};
use serde::de::DeserializeOwned;
use std::any::Any;
use ts_rs::TS;

/// Most rows that are made into sheets: some 70 of them. A longer list is read in Excel.
pub(super) const PAPER: usize = 3_000;

/// A form as it is asked for: of which section, which learner, which day.
pub(super) trait Form: DeserializeOwned + TS {
    /// What says which one on a command line.
    const WORDS: &'static [&'static str];

    /// # Errors
    /// `bad_usage` for a word that is lacking, or what the names do not find.
    fn named(said: &Said<'_>) -> Result<Self>;

    /// Reads what it says. Who may not see it is refused here.
    ///
    /// # Errors
    /// `role_forbidden`; `not_found` for what is not there any more.
    fn gather(&self, desk: &mut Desk) -> Result<Gathered>;

    /// Whether it is a form of a section that who is here may look at: [`Form::gather`] does not refuse it then.
    fn is_offered(_desk: &Desk, _section: &Section, _sight: &Access) -> bool {
        false
    }
}

/// A form with everything that it says.
pub(super) trait Paper: Any {
    fn missing(&self) -> Vec<Missing> {
        Vec::new()
    }

    fn pages(&self) -> Vec<Page>;

    /// Rows of a list that is too long for paper.
    fn too_long(&self) -> Option<usize> {
        None
    }

    /// The form as a workbook; `None` for one that DepEd wants on paper alone.
    fn workbook(&self) -> Option<std::result::Result<Vec<u8>, FormError>> {
        None
    }

    /// The rows of a list.
    fn table(&self) -> Option<List> {
        None
    }

    /// As what it is filed.
    fn formats(&self) -> Vec<&'static str>;
}

/// A form and what its file is called.
pub(super) struct Gathered {
    pub(super) title: String,
    pub(super) form: Box<dyn Paper>,
}

/// The list of forms: each with its name in `{"form": NAME, ...}`.
macro_rules! forms {
    ($($(#[$doc:meta])* $name:literal => $variant:ident($form:ty),)+) => {
        /// One form of one section or learner.
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
        #[serde(tag = "form")]
        #[ts(rename = "FormAsked")]
        pub enum Asked {
            $($(#[$doc])* #[serde(rename = $name)] $variant($form),)+
        }

        impl Asked {
            fn gather(&self, desk: &mut Desk) -> Result<Gathered> {
                match self { $(Asked::$variant(form) => form.gather(desk),)+ }
            }

            /// The forms of a section that [`Asked::gather`] does not refuse.
            fn of_section(desk: &Desk, section: &Section, sight: &Access) -> Vec<&'static str> {
                let offered = [$(($name, <$form as Form>::is_offered(desk, section, sight))),+];
                offered.into_iter().filter(|(_, may)| *may).map(|(form, _)| form).collect()
            }

            /// The form of this name, of what was said of it.
            fn named(name: &str, said: &Said<'_>) -> Result<Option<Asked>> {
                Ok(match name { $($name => Some(Asked::$variant(<$form as Form>::named(said)?)),)+ _ => None })
            }
        }

        /// The forms by name, each with what says which one.
        const FORMS: &[(&str, &[&str])] = &[$(($name, <$form as Form>::WORDS)),+];
    };
}
pub(super) use forms;
