//! What a text is, whichever keyboard or file it came from: whether it says anything, what it may hold, when two are the same.
//!
//! Two forms, at hub and offices alike. *Identity* ([`identity`], [`caseless`], [`email`]): what looks the same is the same, so
//! nobody has a second account by a letter that cannot be seen. *Search* ([`crate::fold`]): the same, and spelling is forgiven.
//! Names and remarks are kept as they were typed; numbers and addresses that are unique are kept in their identity form.

use icu_properties::CodePointSetData;
use icu_properties::props::{DefaultIgnorableCodePoint, NoncharacterCodePoint};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::RestrictionLevel;
use unicode_security::confusable_detection::skeleton;
use unicode_security::restriction_level::RestrictionLevelDetection;

/// The longest e-mail address, in characters (RFC 5321).
pub const EMAIL_MAX: usize = 254;

/// Whether a character shows nothing and is no space either: soft hyphens, joiners, marks of direction, fillers, variation
/// selectors, and the blank of Braille.
pub fn is_invisible(c: char) -> bool {
    !c.is_ascii() && (c == '\u{2800}' || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c))
}

fn is_nothing(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// Whether a text says nothing that can be seen.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_nothing)
}

/// The text without what cannot be seen at its ends.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(is_nothing)
}

/// The first character that no record keeps: control characters, separators of lines and paragraphs, and code points that
/// Unicode will never make characters (which no XML, and so no workbook, may hold).
pub fn bad_character(text: &str) -> Option<char> {
    let bad = |c: &char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}')
            || (!c.is_ascii() && CodePointSetData::new::<NoncharacterCodePoint>().contains(*c))
    };
    text.chars().find(bad)
}

/// A character that nobody sees, as people can look it up: `U+200B`.
pub fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// The form in which texts are compared that name one thing: compatible characters are one (NFKC, so full-width letters are
/// letters), what cannot be seen is not there, a run of spaces is one space.
pub fn identity(text: &str) -> String {
    if text.is_ascii() && !text.contains("  ") {
        return text.trim().to_owned();
    }
    // What was between two characters may keep them from being composed, so it goes first.
    let seen: String = text.chars().filter(|c| !is_invisible(*c)).nfkc().filter(|c| !is_invisible(*c)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// [`identity`] where capitals do not count.
pub fn caseless(text: &str) -> String {
    identity(text).to_lowercase().nfkc().collect()
}

/// The form in which an e-mail address is kept and looked for; `None` for what is no address.
pub fn email_form(typed: &str) -> Option<String> {
    let email = caseless(typed);
    let fits = email.chars().count() <= EMAIL_MAX
        && bad_character(&email).is_none()
        && !email.chars().any(char::is_whitespace)
        && email.split_once('@').is_some_and(|(who, at)| !who.is_empty() && !at.is_empty() && !at.contains('@'));
    fits.then_some(email)
}

/// A new e-mail address: [`email_form`], unless it could be taken for another one.
///
/// # Errors
/// What is wrong with it, to be read after the name of the field.
pub fn email(typed: &str) -> Result<String, String> {
    let Some(email) = email_form(typed) else {
        return Err(format!("must be an e-mail address of {EMAIL_MAX} characters at most, as in ana@school.edu.ph"));
    };
    match look_alike(&email) {
        None => Ok(email),
        Some(c) => {
            let point = code_point(c);
            Err(format!(
                "has a letter that looks like another one ('{c}', {point}); type the address with plain letters"
            ))
        }
    }
}

/// An address that somebody enters now, at an office or through the API: [`email`], at a place that mail can be sent to. Asked where
/// it is typed and never of a record that travels: what was kept before this rule stays as it is.
///
/// # Errors
/// What is wrong with it, to be read after the name of the field.
pub fn entered_email(typed: &str) -> Result<String, String> {
    let email = email(typed)?;
    match email.split_once('@') {
        Some((_, at)) if is_domain(at) => Ok(email),
        _ => Err("must have its whole domain after the @, as in ana@school.edu.ph".to_owned()),
    }
}

/// Two labels at least, none of them empty, the last one no number (RFC 1034, RFC 5321).
fn is_domain(at: &str) -> bool {
    let label = |text: &str| (1..=63).contains(&text.chars().count()) && !text.starts_with('-') && !text.ends_with('-');
    let last = at.rsplit_once('.').map(|(_, last)| last);
    let named = last.is_some_and(|last| last.chars().count() >= 2 && last.chars().any(|c| !c.is_ascii_digit()));
    let plain = at.chars().all(|c| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '.' | '-'));
    named && plain && at.split('.').all(label)
}

/// The first letter by which an address could pass for another one: one that looks like a plain letter, or one of a script that
/// is not mixed with the others (UTS 39, moderately restrictive).
fn look_alike(email: &str) -> Option<char> {
    if email.is_ascii() {
        return None;
    }
    let plain_twin = |c: &char| {
        let mut letter = [0; 4];
        !c.is_ascii() && skeleton(c.encode_utf8(&mut letter)).all(|twin| twin.is_ascii())
    };
    if let Some(c) = email.chars().find(plain_twin) {
        return Some(c);
    }
    let letters: String = email.chars().filter(|c| c.is_alphanumeric() || is_combining_mark(*c)).collect();
    let mixed = letters.detect_restriction_level() > RestrictionLevel::ModeratelyRestrictive;
    if mixed { letters.chars().find(|c| !c.is_ascii()) } else { None }
}

/// The first line of a file with a secret, without the byte order mark and line ending that an editor puts there.
pub fn first_line(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text).lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVISIBLE: [char; 14] = [
        '\u{200B}',
        '\u{AD}',
        '\u{2060}',
        '\u{FEFF}',
        '\u{3164}',
        '\u{FE0F}',
        '\u{202E}',
        '\u{2066}',
        '\u{200D}',
        '\u{34F}',
        '\u{E0061}',
        '\u{FFA0}',
        '\u{180E}',
        '\u{2800}',
    ];

    #[test]
    fn what_cannot_be_seen_says_nothing_and_makes_nobody_else() {
        for c in INVISIBLE {
            assert!(is_invisible(c) && is_blank(&format!(" {c}\u{a0}{c} ")), "{}", code_point(c));
            assert_eq!(trimmed(&format!("{c} Ana {c}")), "Ana");
            assert_eq!(identity(&format!("San{c}tos")), "Santos");
            assert_eq!(email(&format!("a{c}na@x.ph")).as_deref(), Ok("ana@x.ph"), "{}", code_point(c));
        }
        assert!(is_blank("") && is_blank(" \u{3000}") && !is_blank(".") && !is_blank("\u{301}"));
        for seen in ['a', 'ñ', ' ', '\u{a0}', '-', '😀', '\u{301}'] {
            assert!(!is_invisible(seen), "{seen:?}");
        }
        // A mark and its letter are one letter, also where something lay between them.
        assert_eq!(identity("n\u{200B}\u{303}"), "ñ");
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (typed, kept) in [
            ("  2026-001 ", "2026-001"),
            ("２０２６-００１", "2026-001"),
            ("ﬁ", "fi"),
            ("a  b", "a b"),
            ("a\u{3000}b", "a b"),
            ("PEN\u{303}A", "PEÑA"),
        ] {
            assert_eq!(identity(typed), kept, "{typed:?}");
            assert_eq!(identity(kept), kept, "once is enough");
        }
        assert_eq!(email("  ＡＮＡ.Reyes@Rizal.EDU.ph ").as_deref(), Ok("ana.reyes@rizal.edu.ph"));
        assert_eq!(email("PEN\u{303}A@x.ph").as_deref(), Ok("peña@x.ph"));
    }

    #[test]
    fn an_address_that_passes_for_another_is_refused() {
        for typed in [
            "adm\u{131}n@x.ph",           // dotless i
            "\u{430}na@x.ph",             // Cyrillic a
            "\u{430}\u{440}\u{440}@x.ph", // all Cyrillic before the @
            "ana@\u{445}.ph",
            "\u{3b1}na@x.ph", // Greek alpha
            "ana\u{2019}s@x.ph",
            "a\u{441}\u{436}@x.ph", // a Cyrillic letter with no Latin twin
            "\u{251}na@x.ph",       // Latin alpha
        ] {
            assert!(email(typed).is_err_and(|why| why.contains("looks like")), "{typed}");
            assert!(email_form(typed).is_some(), "who has it already signs in with it: {typed}");
        }
        for typed in ["peña@x.ph", "josé.ñ@escuela.edu.ph", "o+tag_1@x.ph", "ana-ñ'x@x.ph", "用户@例え.jp"] {
            assert!(email(typed).is_ok(), "{typed}: {:?}", email(typed));
        }
        for typed in
            ["", "ana", "@x", "a@", "a@b@c", "a b@c", "a@b\0", "a\n@b", "\u{200B}@x", &format!("{}@x", "a".repeat(253))]
        {
            assert!(email_form(typed).is_none(), "{typed:?}");
        }
    }

    #[test]
    fn an_address_that_is_entered_now_has_a_whole_domain() {
        for typed in ["ana@school.edu.ph", "o+tag@x.ph", "ana@PEÑA.ph", "用户@例え.jp", "a@x-y.co"] {
            assert!(entered_email(typed).is_ok(), "{typed}: {:?}", entered_email(typed));
        }
        let long = format!("a@{}.ph", "x".repeat(64));
        for typed in [
            "aida@x",
            "a@localhost",
            "a@x.",
            "a@.ph",
            "a@x..ph",
            "a@-x.ph",
            "a@x-.ph",
            "a@x.p",
            "a@10.0.0.1",
            "a@x_y.ph",
            &long,
        ] {
            assert!(entered_email(typed).is_err_and(|why| why.contains("domain")), "{typed}");
            assert!(email(typed).is_ok(), "a record that has it stays valid: {typed}");
        }
        assert!(entered_email("ana").is_err() && entered_email("adm\u{131}n@x.ph").is_err());
    }

    #[test]
    fn what_no_record_keeps_is_named() {
        for c in [
            '\0',
            '\t',
            '\u{7f}',
            '\u{85}',
            '\u{FFFE}',
            '\u{FFFF}',
            '\u{FDD0}',
            '\u{FDEF}',
            '\u{1FFFE}',
            '\u{10FFFF}',
            '\u{2028}',
        ] {
            assert_eq!(bad_character(&format!("Ana{c}")), Some(c), "{}", code_point(c));
        }
        assert_eq!(bad_character("Ma. Peñaflor-Delos Reyes 😀 \u{200B}"), None);
    }

    #[test]
    fn a_file_with_a_secret_is_read_as_editors_write_it() {
        for text in ["four words do well", "\u{feff}four words do well\r\n", "four words do well\n\nnote"] {
            assert_eq!(first_line(text), "four words do well");
        }
    }
}
