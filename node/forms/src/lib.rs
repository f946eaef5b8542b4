//! DepEd's school forms, and the papers a school gives out, as pages to look at, to print and to file.
//!
//! Pure: records in, pages or bytes out. No store, no clock, no file; `node` gathers the records, the window draws the pages. So
//! a form looks the same on screen, on paper and in a test.
//!
//! | form | input | check first | on paper | workbook |
//! |---|---|---|---|---|
//! | School Form 1, the register of a section | [`sf1::Sf1`] | [`sf1::missing`] | [`sf1::pages`] | [`sf1::xlsx`] |
//! | School Form 2, attendance of a month | [`sf2::Sf2`] | [`sf2::missing`] | [`sf2::pages`] | [`sf2::xlsx`] |
//! | class list | [`class_list::ClassList`] | [`class_list::missing`] | [`class_list::pages`] | |
//! | a list as it was found on the screen | [`list::List`] | | [`list::pages`] | [`list::xlsx`] |
//! | certificate of enrolment | [`certificate::Certificate`] | [`certificate::missing`] | [`certificate::pages`] | |
//!
//! `pages` gives `Vec<Page>`; a batch is the pages of several forms one after the other. [`pdf`] makes one PDF of them. A form may
//! be printed when no [`Missing`] is a [`Severity::Must`]; before that only [`as_draft`]. [`sf2::figures`] gives every number of School Form 2 without the form.
//! The window draws [`page::Page`] in the same typeface, whose files are [`font::REGULAR`] and [`font::BOLD`].
//!
//! Dates are days since 1970-01-01. Texts that are not known are empty.

pub mod certificate;
pub mod class_list;
mod dates;
mod draft;
mod error;
pub mod font;
pub mod list;
mod missing;
pub mod page;
mod pdf;
mod school;
pub mod sf1;
pub mod sf2;
mod sheet;
mod workbook;

pub use draft::as_draft;
pub use error::FormError;
pub use missing::{Missing, Severity};
pub use page::Page;
pub use pdf::pdf;
pub use school::{Name, School, Sex, names_its_grade};
