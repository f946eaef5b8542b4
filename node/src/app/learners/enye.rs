//! Names whose ñ was lost on the way: a file in the wrong encoding makes `Pea`, `Pe?a` or `PeÃ±a` of Peña; one clerk types what the
//! file says, another one what the child is called. Here the two spellings meet.
//!
//! Invariant: they meet only where one of them has an ñ, or what wrong encodings leave of one: Lea is not Lena.

use pems_model::fold::fold;

/// Stands for the letter while a text is folded; no name has it.
const MARK: char = '~';
/// The letter, and what is left of it: UTF-8 read as Windows-1252, DOS and Windows read as each other, a letter that could not be
/// written at all.
const LEFT: [&str; 13] = ["ñ", "Ñ", "n\u{303}", "N\u{303}", "Ã±", "Ã‘", "Ã\u{91}", "±", "¤", "¥", "Ð", "?", "\u{fffd}"];
/// Less of a word is too little to know it by.
const SHORTEST: usize = 3;

/// A folded text with N where the letter was, and with nothing there.
pub(super) type Readings = [String; 2];

fn marked(text: &str) -> Option<String> {
    if text.is_ascii() && !text.contains('?') {
        return None;
    }
    let marked = LEFT.iter().fold(text.to_owned(), |text, left| text.replace(left, &MARK.to_string()));
    marked.contains(MARK).then(|| fold(&marked))
}

fn read(marked: &str) -> Readings {
    ["N", ""].map(|letter| marked.replace(MARK, letter))
}

/// A name without its spaces; none where nothing of it was lost.
pub(super) fn name(text: &str) -> Option<Readings> {
    marked(text).map(|marked| read(&marked.replace(' ', "")))
}

/// The words of a text, in their order, those too that lost nothing; none where no word did.
pub(super) fn words(text: &str) -> Vec<Readings> {
    marked(text).iter().flat_map(|marked| marked.split(' ')).map(read).collect()
}

/// The other spellings of a name's words, to be found by them; empty where nothing was lost.
pub(super) fn spellings(text: &str) -> String {
    let lost = marked(text).unwrap_or_default();
    let lost = lost.split(' ').filter(|word| word.contains(MARK));
    lost.flat_map(read).filter(|word| word.len() >= SHORTEST).collect::<Vec<_>>().join(" ")
}

/// Whether one of `words` begins with `word`.
pub(super) fn begins<'a>(mut words: impl Iterator<Item = &'a str>, word: &str) -> bool {
    word.len() >= SHORTEST && words.any(|other| other.starts_with(word))
}

/// Whether two names (folded, without spaces, with their readings) are one with its letter lost.
pub(super) fn meet(one: (&str, Option<&Readings>), other: (&str, Option<&Readings>)) -> bool {
    let spelled = |(text, readings): (&str, Option<&Readings>), wanted: &str| {
        text == wanted || readings.is_some_and(|all| all.iter().any(|reading| reading == wanted))
    };
    (one.1.is_some() || other.1.is_some())
        && (spelled(other, one.0) || one.1.is_some_and(|all| all.iter().any(|reading| spelled(other, reading))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pems_model::fold::fold_tight;

    #[test]
    fn a_name_meets_itself_without_its_letter_and_no_other_name() {
        let met = |one: &str, other: &str| {
            let (a, b) = (name(one), name(other));
            meet((&fold_tight(one), a.as_ref()), (&fold_tight(other), b.as_ref()))
        };
        for (one, other) in [
            ("Peña", "Pea"),
            ("Dela Peña", "Dela Pe?a"),
            ("Peña", "PeÃ±a"),
            ("PEÑA", "PEÃ‘A"),
            ("Peña", "Pe\u{fffd}a"),
            ("Pen\u{303}a", "Pea"),
            ("Pena", "Pe?a"),
            ("Pea", "Pe¤a"),
            ("Niño", "Nio"),
            ("Ñame", "Ame"),
        ] {
            assert!(met(one, other) && met(other, one), "{one} {other}");
        }
        for (one, other) in [("Lea", "Lena"), ("Peña", "Paa"), ("Peña", "Pe"), ("Pea", "Pea"), ("Mia", "Mina")] {
            assert!(!met(one, other) && !met(other, one), "{one} {other}");
        }
    }

    #[test]
    fn words_stand_in_their_places_and_short_ones_say_nothing() {
        assert_eq!(words("dela peña"), [read("DELA"), ["PENA".to_owned(), "PEA".to_owned()]]);
        assert!(words("dela pena").is_empty() && spellings("Dela Cruz").is_empty());
        assert_eq!(spellings("Dela Peña Ñu"), "PENA PEA");
        assert!(begins(["PEA"].into_iter(), "PEA") && !begins(["PEA"].into_iter(), "PE"));
    }
}
