//! The folded form of a name: what two spellings of one person have in common.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Upper case, no diacritics (ñ becomes N), no dots, hyphens or apostrophes, single spaces, `Ma.`/`Ma` as a word becomes
/// `MARIA`. `fold("Ma. Peñaflor-Delos  Reyes")` is `"MARIA PENAFLOR DELOS REYES"`.
pub fn fold(name: &str) -> String {
    let plain: String = name
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_uppercase)
        .map(|c| if c == '-' || c == '/' || c == ',' { ' ' } else { c })
        .filter(|c| !matches!(c, '.' | '\'' | '’' | '`'))
        .collect();
    let mut folded = String::with_capacity(plain.len());
    for word in plain.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(if word == "MA" { "MARIA" } else { word });
    }
    folded
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
}
