//! Names and numbers as LIS writes them into one cell, so that what reads LIS's register reads ours.

use crate::school::{Name, filled, joined};

/// Stands for a middle name that a learner does not have.
const NONE: &str = "-";

/// `DELGADO,RAMON, JR. SALAZAR`: the extension rides with the middle name, `-` is none.
pub(super) fn learner(name: &Name) -> String {
    let middle = plain(&name.middle);
    let middle = joined(&[&extension(&name.ext), if middle.is_empty() { NONE } else { &middle }], " ");
    format!("{},{}, {middle}", plain(&name.last), plain(&name.first)).to_uppercase()
}

/// `DELGADO, RAMON SALAZAR JR`: parents and guardians have one comma.
pub(super) fn parent(name: &Name) -> String {
    let rest = joined(&[&plain(&name.first), &plain(&name.middle), &plain(&name.ext)], " ");
    joined(&[&plain(&name.last), &rest], ", ").to_uppercase()
}

/// `09171234567` for `+639171234567`.
pub(super) fn phone(number: &str) -> String {
    number.strip_prefix("+63").map_or_else(|| number.to_owned(), |rest| format!("0{rest}"))
}

/// A comma stands between the parts of a name and in none of them.
fn plain(part: &str) -> String {
    part.split([',', ' ']).filter(|word| filled(word)).collect::<Vec<_>>().join(" ")
}

/// A numeral takes no dot, with which it would be an initial.
fn extension(ext: &str) -> String {
    let ext = plain(ext);
    let is_numeral = ext.trim_end_matches('.').chars().all(|c| "IVXivx".contains(c));
    if is_numeral { ext.trim_end_matches('.').to_owned() } else { ext }
}
