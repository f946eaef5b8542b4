//! Which passwords will do: length and not being guessable, nothing about kinds of characters (NIST SP 800-63B).

use crate::fold::fold_tight;
use crate::{Code, Problem};
use unicode_normalization::UnicodeNormalization;

/// Fewest characters of a password; characters, not bytes.
pub const SHORTEST: usize = 10;
/// Most characters: what is longer costs time and guards no better.
pub const LONGEST: usize = 128;
/// A part of a name this long or shorter says nothing.
const TELLING: usize = 4;
/// Distinct characters below which a password is a pattern.
const DISTINCT: usize = 5;

/// What people choose first, here and elsewhere, folded; ten characters or more once a year is appended.
const COMMON: &[&str] = &[
    "PASSWORD",
    "PASSW0RD",
    "P@SSWORD",
    "P@SSW0RD",
    "QWERTYUIOP",
    "QWERTY",
    "ASDFGHJKL",
    "ZXCVBNM",
    "QAZWSXEDC",
    "1QAZ2WSX",
    "1Q2W3E4R5T",
    "LETMEIN",
    "WELCOME",
    "ADMINISTRATOR",
    "ADMIN",
    "CHANGEME",
    "ILOVEYOU",
    "IHATEYOU",
    "MAHALKITA",
    "MAHALNAMAHALKITA",
    "MAHAL",
    "SIKRETO",
    "PILIPINAS",
    "PHILIPPINES",
    "PINOY",
    "KAPAMILYA",
    "KAPUSO",
    "JESUSCHRIST",
    "JESUS",
    "DEPED",
    "DEPEDTAYO",
    "DEPARTMENTOFEDUCATION",
    "TEACHER",
    "REGISTRAR",
    "CASHIER",
    "PRINCIPAL",
    "ESKWELA",
    "PAARALAN",
    "ELEMENTARYSCHOOL",
    "HIGHSCHOOL",
    "SCHOOL",
    "STUDENT",
    "PEMS",
    "BASKETBALL",
    "FOOTBALL",
    "SUPERMAN",
    "BATMAN",
    "STARWARS",
    "MONKEY",
    "DRAGON",
    "SUNSHINE",
    "PRINCESS",
    "MICHAEL",
    "ABCDEFGHIJ",
    "ABCDEFG",
    "ABC",
    "TEST",
    "DEFAULT",
    "SECRET",
];

/// The form in which a password is hashed and compared: what looks the same is the same, however a keyboard composes it.
pub fn normal(password: &str) -> String {
    password.nfkc().collect()
}

/// Why a password will not do. Each has a code, so that it can be said in the language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] characters.
    Short,
    /// More than [`LONGEST`] characters.
    Long,
    /// The same few characters again and again, or a row of them: `1234567890`.
    Pattern,
    /// One that many people choose first.
    Common,
    /// What anybody knows of the person: a name, an e-mail, the school.
    Own,
    /// The password that is to be replaced, which somebody else may have been told.
    Same,
}

impl Weakness {
    /// All of them, for those who have words for each.
    pub const ALL: &[Weakness] =
        &[Weakness::Short, Weakness::Long, Weakness::Pattern, Weakness::Common, Weakness::Own, Weakness::Same];

    /// The stable text in `details.weak`, for example `short`.
    pub const fn code(self) -> &'static str {
        match self {
            Weakness::Short => "short",
            Weakness::Long => "long",
            Weakness::Pattern => "pattern",
            Weakness::Common => "common",
            Weakness::Own => "own",
            Weakness::Same => "same",
        }
    }

    /// What is wrong and what to do about it, in English.
    pub const fn message(self) -> &'static str {
        match self {
            Weakness::Short => "a password has ten characters or more; three or four words do well",
            Weakness::Long => "a password has 128 characters at most",
            Weakness::Pattern => "this is a pattern that is guessed first; three or four words do well",
            Weakness::Common => "this password is among the first that are guessed; three or four words do well",
            Weakness::Own => "a password is not one's own name, e-mail or school; three or four words do well",
            Weakness::Same => {
                "this is the password that is to be replaced; choose another, three or four words do well"
            }
        }
    }
}

/// About the field `new`, as the requests that change a password call it.
impl From<Weakness> for Problem {
    fn from(weak: Weakness) -> Problem {
        Problem::at(Code::PasswordWeak, "new", weak.message())
    }
}

/// Whether a password will do. `about`: what anybody knows of the person (e-mail, name, school, slug).
///
/// # Errors
/// The first [`Weakness`] that it has.
pub fn check(password: &str, about: &[&str]) -> Result<(), Weakness> {
    let password = normal(password);
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weakness::Short);
    }
    if length > LONGEST {
        return Err(Weakness::Long);
    }
    let mut characters: Vec<char> = password.to_lowercase().chars().collect();
    characters.sort_unstable();
    characters.dedup();
    if characters.len() < DISTINCT || is_row(&password) {
        return Err(Weakness::Pattern);
    }
    let folded = fold_tight(&password);
    let core = folded.trim_matches(|c: char| !c.is_alphabetic());
    if COMMON.contains(&core) || COMMON.contains(&folded.as_str()) {
        return Err(Weakness::Common);
    }
    for known in about {
        // An e-mail counts whole and without its domain.
        for known in [fold_tight(known), fold_tight(known.split('@').next().unwrap_or_default())] {
            if known.chars().count() > TELLING && (known == folded || known == core) {
                return Err(Weakness::Own);
            }
        }
    }
    Ok(())
}

/// 1234567890, abcdefghij and the like, up or down.
fn is_row(password: &str) -> bool {
    let codes: Vec<i64> = password.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps = || codes.windows(2).map(|pair| pair[1] - pair[0]);
    // One break is allowed for 9 -> 0.
    [1, -1].into_iter().any(|step| steps().filter(|found| *found != step).count() <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &[&str] =
        &["ma.reyes@rizal.edu.ph", "Maria Clara Reyes", "Rizal National High School", "rizal-nhs-batangas"];

    #[test]
    fn what_is_guessed_first_will_not_do() {
        for bad in [
            "short",
            "123456789",
            "1234567890",
            "0987654321",
            "abcdefghijkl",
            "aaaaaaaaaaaa",
            "ababababab",
            "Password2026",
            "P@ssw0rd123!",
            "mahalkita143",
            "Mahal Kita 2025",
            "ma.reyes@rizal.edu.ph",
            "MariaClaraReyes",
            "mariaclarareyes1",
            "Rizal National High School",
            "rizalnhsbatangas2026",
            "qwertyuiop",
            "Philippines!!",
        ] {
            let refused = check(bad, ABOUT).expect_err(bad);
            assert_eq!(Problem::from(refused).code, Code::PasswordWeak, "{bad}");
        }
        assert_eq!(check(&"x".repeat(129), ABOUT), Err(Weakness::Long));
    }

    #[test]
    fn each_weakness_has_its_code() {
        let found =
            [("short", "short"), ("1234567890", "pattern"), ("mahalkita143", "common"), ("MariaClaraReyes", "own")];
        for (password, code) in found {
            assert_eq!(check(password, ABOUT).expect_err(password).code(), code);
        }
        let codes: std::collections::BTreeSet<_> = Weakness::ALL.iter().map(|weak| weak.code()).collect();
        assert_eq!(codes.len(), Weakness::ALL.len());
    }

    #[test]
    fn words_will_do_in_any_language_and_length() {
        for good in [
            "tatlong isda sa ilog",
            "kalabaw bakal ulap",
            "Zq8!mmtw2x",
            "パスワードは長いほど良い",
            "ñandú y café con leche",
        ] {
            assert!(check(good, ABOUT).is_ok(), "{good}");
        }
        let longest: String = "isda ulap ".chars().cycle().take(128).collect();
        assert!(check(&longest, ABOUT).is_ok());
    }
}
