//! What people type, brought into the form that is kept, or refused with the field's name.

use crate::refusal::Refusal;
use pems_db::Scope;
use pems_model::Code;
use pems_model::{password, text};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Characters of a person's name; the database checks the same.
pub(crate) const NAME_MAX: usize = 128;
pub(crate) const REASON_MAX: usize = 500;
/// Letters or digits of a reason for an act, and how many different ones: no key held down. The database asks for the same.
const REASON_MIN: usize = 15;
const LETTERS_MIN: usize = 5;
const TICKET_MAX: usize = 40;
/// Characters of a region, division, area or municipality; the database checks the same.
const PLACE_MAX: usize = 100;
const REASON_KINDS: [&str; 4] = ["help", "incident", "request", "upkeep"];
const SLUG_MAX: usize = 60;

fn bad(field: &str, message: &str) -> Refusal {
    Refusal::new(Code::BadRequest, format!("{field}: {message}")).with(json!({ "field": field }))
}

/// An e-mail address as it is kept and looked for: what looks the same is the same. What stands around the @ is the mail
/// server's business.
///
/// # Errors
/// `bad_request`.
pub(crate) fn email(typed: &str) -> Result<String, Refusal> {
    let known = || bad("email", "an e-mail address of 254 characters at most, as in ana@school.edu.ph");
    text::email_form(typed).ok_or_else(known)
}

/// An e-mail address for somebody new: [`email`] at a place that mail can be sent to, and none that could be taken for another one.
///
/// # Errors
/// `bad_request`.
pub(crate) fn new_email(typed: &str) -> Result<String, Refusal> {
    text::entered_email(typed).map_err(|why| bad("email", &why))
}

/// # Errors
/// `bad_request`.
pub(crate) fn name(typed: &str) -> Result<String, Refusal> {
    let name: String = text::trimmed(typed).nfc().collect();
    let fits = !name.is_empty() && name.chars().count() <= NAME_MAX && text::bad_character(&name).is_none();
    if fits { Ok(name) } else { Err(bad("name", "1 to 128 characters, as in Maria Clara Reyes")) }
}

/// # Errors
/// `bad_request`.
pub(crate) fn slug(typed: &str) -> Result<String, Refusal> {
    let slug = typed.trim().to_ascii_lowercase();
    let fits = (1..=SLUG_MAX).contains(&slug.len())
        && slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-');
    if fits { Ok(slug) } else { Err(bad("school", "the school's short name: lower case letters, digits and hyphens")) }
}

/// # Errors
/// `bad_request`.
pub(crate) fn reason(typed: &str) -> Result<String, Refusal> {
    let reason = text::trimmed(typed);
    let fits = says_something(reason) && reason.chars().count() <= REASON_MAX && text::bad_character(reason).is_none();
    if fits {
        Ok(reason.to_owned())
    } else {
        Err(bad("reason", "say in words, in 500 characters at most, what it is for"))
    }
}

/// Where an operator's schools are; nothing means all of them.
///
/// # Errors
/// `bad_request`.
pub(crate) fn scope(region: Option<&str>, division: Option<&str>) -> Result<Scope, Refusal> {
    let (region, division) = (place("region", region)?, place("division", division)?);
    if division.is_some() && region.is_none() {
        return Err(bad("region", "a division is said with its region"));
    }
    Ok(Scope { region, division })
}

/// A place as it is kept and compared: what looks the same is the same.
///
/// # Errors
/// `bad_request`.
pub(crate) fn place(field: &str, typed: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(typed) = typed else { return Ok(None) };
    let place = text::identity(typed);
    let fits = says_something(&place) && place.chars().count() <= PLACE_MAX && text::bad_character(&place).is_none();
    if fits { Ok(Some(place)) } else { Err(bad(field, "1 to 100 characters, as in Cebu Province")) }
}

/// What is done at the console is done for a reason: of a kind, with the ticket that it is about, in words.
///
/// # Errors
/// `bad_request`.
pub(crate) fn act_reason(kind: &str, ticket: &str, typed: &str) -> Result<Json, Refusal> {
    let (ticket, typed) = (text::trimmed(ticket), text::trimmed(typed));
    let seen: Vec<char> = typed.chars().filter(|c| is_seen(*c)).flat_map(char::to_lowercase).collect();
    let different: BTreeSet<&char> = seen.iter().collect();
    let fits = REASON_KINDS.contains(&kind)
        && says_something(ticket)
        && ticket.chars().count() <= TICKET_MAX
        && seen.len() >= REASON_MIN
        && different.len() >= LETTERS_MIN
        && typed.chars().count() <= REASON_MAX
        && [ticket, typed].iter().all(|text| text::bad_character(text).is_none());
    if fits { Ok(json!({ "kind": kind, "ticket": ticket, "text": typed })) } else { Err(Refusal::no_reason()) }
}

/// Whether a text has letters or digits that somebody can see.
fn says_something(typed: &str) -> bool {
    typed.chars().any(is_seen)
}

fn is_seen(c: char) -> bool {
    c.is_alphanumeric() && !text::is_invisible(c)
}

/// A password that is being tried. Whatever it is, it may be wrong; it may not be endless.
///
/// # Errors
/// `bad_request`.
pub(crate) fn tried(field: &str, typed: &str) -> Result<(), Refusal> {
    let fits = (1..=password::LONGEST).contains(&password::normal(typed).chars().count());
    if fits { Ok(()) } else { Err(bad(field, "1 to 128 characters")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_what_is_kept() {
        assert_eq!(email("  Ana.Reyes@Rizal.EDU.ph ").expect("an address"), "ana.reyes@rizal.edu.ph");
        assert_eq!(email("PEN\u{303}A@x.ph").expect("an address"), "pe\u{f1}a@x.ph");
        assert_eq!(new_email("\u{FEFF}a\u{200B}na@\u{AD}ｘ.ph").expect("an address"), "ana@x.ph");
        assert_eq!(name(" Ma. Peñaflor ").expect("a name"), "Ma. Peñaflor");
        assert_eq!(slug("Rizal-NHS").expect("a slug"), "rizal-nhs");
    }

    #[test]
    fn dots_and_what_nobody_sees_are_no_reason_to_act() {
        let good = "school rizal called, a PC was stolen";
        assert!(act_reason("incident", "HD-4711", good).is_ok());
        assert!(act_reason("help", "1", "nawala ang PC ng registrar").is_ok());
        for (kind, ticket, typed) in [
            ("incident", "HD-4711", "..............................".to_owned()),
            ("incident", "HD-4711", "\u{2026}".repeat(20)),
            ("incident", "HD-4711", "\u{200B}\u{3164}\u{AD}\u{2060}".repeat(10)),
            ("incident", "HD-4711", format!("stolen{}", "\u{200B}".repeat(20))),
            ("incident", "HD-4711", "                    ".to_owned()),
            ("incident", "HD-4711", "a".repeat(40)),
            ("incident", "HD-4711", "abab abab abab abab abab".to_owned()),
            ("incident", "HD-4711", "a PC was stol".to_owned()),
            ("incident", "HD-4711", "x".repeat(501)),
            ("incident", "HD-4711", format!("{good}\0")),
            ("incident", "", good.to_owned()),
            ("incident", "---", good.to_owned()),
            ("incident", &"4".repeat(41), good.to_owned()),
            ("because", "HD-4711", good.to_owned()),
            ("", "HD-4711", good.to_owned()),
        ] {
            let refused = act_reason(kind, ticket, &typed).expect_err(&typed);
            assert_eq!(refused.0.details.expect("details")["field"], "reason");
        }
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        for typed in ["", "ana", "@x", "a@", "a@b@c", "a b@c", "a@b\0", "a\n@b", &format!("{}@x", "a".repeat(253))] {
            let refused = email(typed).expect_err(typed);
            assert_eq!(refused.0.details.expect("details")["field"], "email");
        }
        for typed in ["", "  ", "a\0b", "a\nb", &"ñ".repeat(129)] {
            assert!(name(typed).is_err(), "{typed:?}");
        }
        for typed in ["", "-a", "a-", "a_b", "ñ", "a b", "'; --", &"a".repeat(61)] {
            assert!(slug(typed).is_err(), "{typed:?}");
        }
        for unseen in
            ["\u{200b}", "\u{ad}\u{2060}", "\u{feff}", "\u{3164}\u{ffa0}", "\u{2800}", "...", "\u{202e}\u{e0041}"]
        {
            assert!(reason(unseen).is_err(), "{unseen:?}");
        }
        assert!(reason("help desk 4711").is_ok() && reason("ค้นหา").is_ok());
        for nothing in ["\u{200B}", "\u{3164}\u{AD}", " \u{2060} ", "\u{2800}", "\u{FFFE}a"] {
            assert!(reason(nothing).is_err() && name(nothing).is_err(), "{nothing:?}");
        }
        assert!(new_email("aida@x").is_err() && email("aida@x").is_ok(), "who has it goes on signing in with it");
        assert!(new_email("adm\u{131}n@x.ph").is_err() && email("adm\u{131}n@x.ph").is_ok());
        assert!(reason(" ").is_err() && reason(&"x".repeat(501)).is_err() && reason("a\0").is_err());
        assert!(tried("password", "").is_err() && tried("password", &"x".repeat(129)).is_err());
    }
}
