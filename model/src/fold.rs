//! The folded form of a name: what two spellings of one person have in common.

use crate::text::is_invisible;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Which rules [`fold`] follows: what was folded by others is folded again. 2 (2026-11): nothing that cannot be seen, full-width
/// letters and ligatures, every dash and apostrophe.
pub const RULES: u32 = 2;

/// Upper case, no diacritics (ñ becomes N), nothing invisible, no dots, dashes or apostrophes, single spaces, `Ma.`/`Ma` as a
/// word becomes `MARIA`. `fold("Ma. Peñaflor-Delos  Reyes")` is `"MARIA PENAFLOR DELOS REYES"`.
pub fn fold(name: &str) -> String {
    let plain: String = if name.is_ascii() {
        name.chars().filter_map(spelled).map(|c| c.to_ascii_uppercase()).collect()
    } else {
        let seen = name.chars().filter(|c| !is_invisible(*c)).filter_map(spelled);
        let letters = seen.nfkd().filter(|c| !is_combining_mark(*c) && !is_invisible(*c));
        letters.flat_map(char::to_uppercase).filter_map(spelled).collect()
    };
    let mut folded = String::with_capacity(plain.len());
    for word in plain.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(if word == "MA" { "MARIA" } else { word });
    }
    folded
}

/// A character as spelling has it: dashes, strokes and commas are spaces, dots and apostrophes nothing.
fn spelled(c: char) -> Option<char> {
    match c {
        '-' | '/' | ',' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' => Some(' '),
        '.' | '\'' | '`' | '\u{b4}' | '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2bb}'..='\u{2bd}' => None,
        other => Some(other),
    }
}

/// [`fold`] without any space, so that `delacruz` finds `Dela Cruz`.
pub fn fold_tight(name: &str) -> String {
    fold(name).replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_meet() {
        assert_eq!(fold("Peña"), fold("PENA"));
        assert_eq!(fold("Ma. Clara"), fold("maria clara"));
        assert_eq!(fold("Garcia-Reyes"), fold("GARCIA REYES"));
        assert_eq!(fold("D'Souza"), "DSOUZA");
        assert_eq!(fold("  José   Rizal Jr. "), "JOSE RIZAL JR");
        assert_eq!(fold_tight("Dela Cruz"), fold_tight("delacruz"));
        assert_eq!(fold("Mamerto"), "MAMERTO");
    }

    #[test]
    fn what_cannot_be_seen_or_only_looks_different_hides_nobody() {
        for spelled in [
            "San\u{200B}tos",
            "San\u{AD}tos",
            "\u{FEFF}Santos",
            "Santos\u{3164}",
            "San\u{2060}tos",
            "San\u{202E}tos",
            "Ｓａｎｔｏｓ",
            "sanTOS\u{FE0F}",
            "S\u{34F}antos",
        ] {
            assert_eq!(fold(spelled), "SANTOS", "{spelled:?}");
        }
        assert_eq!(fold("Y\u{131}lmaz"), "YILMAZ");
        assert_eq!(fold("Ma\u{200B}. Clara"), "MARIA CLARA");
        assert_eq!(fold("Soﬁa"), "SOFIA");
        for dash in ["-", "\u{2010}", "\u{2011}", "\u{2013}", "\u{2014}", "\u{2212}", "－", "\u{fe63}", " "] {
            assert_eq!(fold(&format!("Garcia{dash}Peña")), "GARCIA PENA", "{dash:?}");
        }
        for apostrophe in ["'", "’", "‘", "ʼ", "´", "`", "＇", "′"] {
            assert_eq!(fold(&format!("D{apostrophe}Souza-ñ")), "DSOUZA N", "{apostrophe:?}");
        }
    }
}
