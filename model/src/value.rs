//! One value of a field: how it is read from JSON (and normalised), shown as JSON, and hashed.

use crate::entity::Form;
use crate::verifier::is_verifier;
use crate::{Code, Field, Kind, Problem, text};
use serde_json::Value as Json;
use time::{Date, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::format_description};
use uuid::Uuid;

/// A typed value. Dates are days since 1970-01-01, moments are microseconds since then (UTC).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nothing is recorded.
    Null,
    /// Of texts, digits, claims, choices, verifiers and phones.
    Text(String),
    /// Of numbers.
    Int(i64),
    /// Of yes and no.
    Bool(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970 UTC.
    Time(i64),
    /// Of links.
    Id(Uuid),
}

const UNIX_EPOCH_JULIAN_DAY: i32 = 2_440_588;

impl Value {
    /// Whether nothing is recorded.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    /// The id, if it is one.
    pub fn as_id(&self) -> Option<Uuid> {
        if let Value::Id(id) = self { Some(*id) } else { None }
    }

    /// Reads what a form, a file or another device sent for `field`. Outer white space goes, an empty text is `Null`,
    /// phone numbers get their `+639` form. Does not check `required`: a change may carry only some fields.
    ///
    /// # Errors
    /// A [`Problem`] that names the field and says what would be accepted.
    pub fn parse(field: &Field, json: &Json) -> Result<Value, Problem> {
        match json {
            Json::Null => Ok(Value::Null),
            Json::String(text) => parse_text(field, text),
            Json::Bool(flag) if field.kind == Kind::Bool => Ok(Value::Bool(*flag)),
            Json::Number(number) => match (field.kind, number.as_i64()) {
                (Kind::Int { .. }, Some(int)) => in_range(field, int),
                _ => Err(wrong_type(field)),
            },
            _ => Err(wrong_type(field)),
        }
    }

    /// The value that [`Value::to_json`] made this of, whatever would be accepted of it today: what was kept once must stay
    /// readable. `None` for JSON that no value of this kind has.
    pub fn stored(kind: Kind, json: &Json) -> Option<Value> {
        let known = |text: &str| match kind {
            Kind::Date => stored_date(text).map(Value::Date),
            Kind::Time => stored_time(text).map(Value::Time),
            Kind::Link(_) | Kind::Id => Uuid::parse_str(text).ok().map(Value::Id),
            Kind::Int { .. } | Kind::Bool => None,
            _ => Some(Value::Text(text.to_owned())),
        };
        match json {
            Json::Null => Some(Value::Null),
            Json::String(text) => known(text),
            Json::Bool(flag) => (kind == Kind::Bool).then_some(Value::Bool(*flag)),
            Json::Number(number) => number.as_i64().filter(|_| matches!(kind, Kind::Int { .. })).map(Value::Int),
            _ => None,
        }
    }

    /// The JSON form, such that [`Value::stored`] of it gives the value back, and [`Value::parse`] where it would be accepted.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Text(text) => Json::from(text.as_str()),
            Value::Int(int) => Json::from(*int),
            Value::Bool(flag) => Json::from(*flag),
            Value::Date(days) => Json::from(format_date(*days)),
            Value::Time(micros) => Json::from(format_time(*micros)),
            Value::Id(id) => Json::from(id.to_string()),
        }
    }

    /// Feeds the canonical bytes of the value to a hash: a kind tag, then a self-delimiting content.
    pub(crate) fn hash_into(&self, hash: &mut blake3::Hasher) {
        match self {
            Value::Null => hash.update(&[0]),
            Value::Text(text) => hash.update(&[1]).update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes()),
            Value::Int(int) => hash.update(&[2]).update(&int.to_le_bytes()),
            Value::Bool(flag) => hash.update(&[3, u8::from(*flag)]),
            Value::Date(days) => hash.update(&[4]).update(&days.to_le_bytes()),
            Value::Time(micros) => hash.update(&[5]).update(&micros.to_le_bytes()),
            Value::Id(id) => hash.update(&[6]).update(id.as_bytes()),
        };
    }
}

fn parse_text(field: &Field, text: &str) -> Result<Value, Problem> {
    let text = text::trimmed(text);
    if text.is_empty() {
        return Ok(Value::Null);
    }
    if let Some(c) = text::bad_character(text) {
        let what = if c.is_control() { "a control character" } else { "no character at all" };
        let point = text::code_point(c);
        let message = format!("{} has a character that cannot be kept ({what}, {point}); type it again", field.label);
        return Err(Problem::at(Code::BadCharacter, field.name, message));
    }
    let is_free = matches!(field.kind, Kind::Text { .. } | Kind::Claim { .. });
    if let Some(c) = text.chars().find(|c| !is_free && text::is_invisible(*c)) {
        let point = text::code_point(c);
        let message = format!("{} has a character that cannot be seen ({point}); type it again", field.label);
        return Err(Problem::at(Code::BadCharacter, field.name, message));
    }
    let kept;
    let text = match (field.kind, field.form) {
        (_, Form::Email) => {
            kept = text::email(text).map_err(|why| problem(field, Code::BadFormat, &why))?;
            &kept
        }
        (Kind::Claim { .. }, Form::AsTyped) => {
            kept = text::identity(text);
            &kept
        }
        _ => text,
    };
    match field.kind {
        Kind::Text { max } | Kind::Claim { max } => {
            if text.chars().count() > max {
                return Err(problem(field, Code::TooLong, &format!("has more than {max} characters; shorten it")));
            }
            Ok(Value::Text(text.to_owned()))
        }
        Kind::Digits { len } => {
            if text.len() != len || !text.bytes().all(|b| b.is_ascii_digit()) {
                return Err(problem(field, Code::BadFormat, &format!("must be exactly {len} digits")));
            }
            Ok(Value::Text(text.to_owned()))
        }
        Kind::Choice(choices) => match choices.iter().find(|choice| **choice == text) {
            Some(_) => Ok(Value::Text(text.to_owned())),
            None => Err(problem(field, Code::NotAChoice, &format!("must be one of: {}", choices.join(", ")))),
        },
        Kind::Verifier if is_verifier(text) => Ok(Value::Text(text.to_owned())),
        Kind::Verifier => Err(problem(field, Code::BadFormat, "is made by this program alone; set a password instead")),
        Kind::Phone => parse_phone(text).map(Value::Text).ok_or_else(|| {
            problem(field, Code::BadFormat, "must be a mobile number: 09 and nine digits, or +639 and nine digits")
        }),
        Kind::Date => parse_date(text)
            .map(Value::Date)
            .ok_or_else(|| problem(field, Code::BadFormat, "must be a date that exists, as YYYY-MM-DD")),
        Kind::Time => parse_time(text).map(Value::Time).ok_or_else(|| {
            problem(field, Code::BadFormat, "must be a moment as in RFC 3339, 2026-06-08T07:30:00+08:00")
        }),
        Kind::Link(_) | Kind::Id => Uuid::parse_str(text)
            .map(Value::Id)
            .map_err(|_| problem(field, Code::BadFormat, "must be the id (UUID) of a record")),
        Kind::Int { .. } | Kind::Bool => Err(wrong_type(field)),
    }
}

fn parse_phone(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let rest = plain.strip_prefix("+639").or_else(|| plain.strip_prefix("09"))?;
    (rest.len() == 9 && rest.bytes().all(|b| b.is_ascii_digit())).then(|| format!("+639{rest}"))
}

/// Days since 1970-01-01 of a `YYYY-MM-DD` date between the years 1800 and 9999.
pub fn parse_date(text: &str) -> Option<i32> {
    let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
    (text.len() == 10 && date.year() >= 1800).then(|| date.to_julian_day() - UNIX_EPOCH_JULIAN_DAY)
}

/// `2026-11-30`; days since 1970-01-01.
pub fn format_date(days: i32) -> String {
    Date::from_julian_day(days.saturating_add(UNIX_EPOCH_JULIAN_DAY))
        .ok()
        .and_then(|date| date.format(format_description!("[year]-[month]-[day]")).ok())
        .unwrap_or_else(|| format!("day {days}"))
}

/// Microseconds since 1970 UTC of an RFC 3339 moment; finer digits are cut off.
pub fn parse_time(text: &str) -> Option<i64> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    // What an offset moves out of these years, no database and no text can hold.
    if !(1..=9999).contains(&moment.year()) {
        return None;
    }
    i64::try_from(moment.unix_timestamp_nanos().div_euclid(1000)).ok()
}

/// RFC 3339 in UTC; microseconds since 1970.
pub fn format_time(micros: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| format!("{micros} us"))
}

/// A day as [`format_date`] wrote it, also one that no form would accept.
fn stored_date(text: &str) -> Option<i32> {
    match text.strip_prefix("day ") {
        Some(days) => days.parse().ok(),
        None => {
            let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
            Some(date.to_julian_day() - UNIX_EPOCH_JULIAN_DAY)
        }
    }
}

/// A moment as [`format_time`] wrote it.
fn stored_time(text: &str) -> Option<i64> {
    match text.strip_suffix(" us") {
        Some(micros) => micros.parse().ok(),
        None => parse_time(text),
    }
}

fn in_range(field: &Field, int: i64) -> Result<Value, Problem> {
    match field.kind {
        Kind::Int { min, max } if !(min..=max).contains(&int) => {
            Err(problem(field, Code::OutOfRange, &format!("must be between {min} and {max}")))
        }
        _ => Ok(Value::Int(int)),
    }
}

fn wrong_type(field: &Field) -> Problem {
    let wanted = match field.kind {
        Kind::Int { .. } => "must be a whole number",
        Kind::Bool => "must be true or false",
        _ => "must be a text",
    };
    problem(field, Code::WrongType, wanted)
}

fn problem(field: &Field, code: Code, rest: &str) -> Problem {
    Problem::at(code, field.name, format!("{} {rest}", field.label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::{claim, date, digits, int, phone, text};

    #[test]
    fn texts_are_normalised_and_limits_named() {
        let name = text("last_name", "Last name", 5);
        assert_eq!(Value::parse(&name, &"  Cruz ".into()), Ok(Value::Text("Cruz".into())));
        assert_eq!(Value::parse(&name, &"   ".into()), Ok(Value::Null));
        assert_eq!(Value::parse(&name, &"Santos".into()).unwrap_err().code, Code::TooLong);
        assert_eq!(Value::parse(&name, &"Peñas".into()), Ok(Value::Text("Peñas".into())));
        assert_eq!(Value::parse(&name, &"a\u{0}b".into()).unwrap_err().code, Code::BadCharacter);
        assert_eq!(Value::parse(&name, &7.into()).unwrap_err().code, Code::WrongType);
    }

    #[test]
    fn numbers_that_look_like_texts_stay_texts() {
        let lrn = digits("lrn", "LRN", 12);
        assert_eq!(Value::parse(&lrn, &"012345678901".into()), Ok(Value::Text("012345678901".into())));
        assert_eq!(Value::parse(&lrn, &"1.32797E+11".into()).unwrap_err().code, Code::BadFormat);
        assert_eq!(Value::parse(&int("n", "N", 1, 3), &4.into()).unwrap_err().code, Code::OutOfRange);
        assert_eq!(Value::parse(&int("n", "N", 1, 3), &2.5.into()).unwrap_err().code, Code::WrongType);
    }

    #[test]
    fn a_moment_is_one_that_can_be_kept() {
        assert_eq!(parse_time("1970-01-01T08:00:01+08:00"), Some(1_000_000));
        for edge in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"] {
            let micros = parse_time(edge).expect("a moment");
            assert_eq!(parse_time(&format_time(micros)), Some(micros), "{edge}");
        }
        for beyond in ["9999-12-31T23:59:59-08:00", "0001-01-01T00:00:00+08:00", "0000-06-01T00:00:00Z"] {
            assert_eq!(parse_time(beyond), None, "{beyond}");
        }
    }

    #[test]
    fn dates_and_phones() {
        let born = date("birth_date", "Birth date");
        assert_eq!(Value::parse(&born, &"1970-01-02".into()), Ok(Value::Date(1)));
        assert_eq!(Value::parse(&born, &"2023-02-29".into()).unwrap_err().code, Code::BadFormat);
        assert_eq!(format_date(parse_date("2012-02-29").expect("a leap day")), "2012-02-29");
        let mobile = phone("phone", "Phone");
        assert_eq!(Value::parse(&mobile, &"0917 123-4567".into()), Ok(Value::Text("+639171234567".into())));
        assert_eq!(Value::parse(&mobile, &"917123456".into()).unwrap_err().code, Code::BadFormat);
    }

    #[test]
    fn what_nobody_sees_is_refused_where_it_matters_and_is_nothing_by_itself() {
        let name = text("name", "Name", 20);
        assert_eq!(Value::parse(&name, &"\u{200B} \u{3164}".into()), Ok(Value::Null));
        assert_eq!(Value::parse(&name, &"\u{FEFF}Ana ".into()), Ok(Value::Text("Ana".into())));
        let kept = "San\u{AD}tos";
        assert_eq!(Value::parse(&name, &kept.into()), Ok(Value::Text(kept.into())), "kept as it was typed");
        for c in ['\u{FFFE}', '\u{FFFF}', '\u{FDD0}', '\u{8}', '\u{2028}'] {
            let refused = Value::parse(&name, &format!("A{c}na").into()).expect_err("refused");
            assert_eq!((refused.code, refused.field.as_deref()), (Code::BadCharacter, Some("name")));
            assert!(refused.message.contains(&crate::text::code_point(c)), "{}", refused.message);
        }
        let lrn = digits("lrn", "LRN", 12);
        let refused = Value::parse(&lrn, &"1367281\u{200B}40123".into()).expect_err("refused");
        assert_eq!(refused.code, Code::BadCharacter);
        assert!(refused.message.contains("LRN") && refused.message.contains("U+200B"), "{}", refused.message);
        assert_eq!(Value::parse(&lrn, &"\u{200B}136728140123\u{FEFF}".into()), Ok(Value::Text("136728140123".into())));
        let number = claim("student_no", "Student no.", 30);
        assert_eq!(Value::parse(&number, &"２０２６\u{200B}-1".into()), Ok(Value::Text("2026-1".into())));
        let email = claim("email", "E-mail", 254).email();
        assert_eq!(Value::parse(&email, &"ANA@x\u{AD}.ph".into()), Ok(Value::Text("ana@x.ph".into())));
        assert_eq!(Value::parse(&email, &"adm\u{131}n@x.ph".into()).expect_err("a twin").code, Code::BadFormat);
    }

    #[test]
    fn what_was_kept_once_stays_readable() {
        let values = [
            (Kind::Text { max: 3 }, Value::Text(" longer \u{FFFE}".into())),
            (Kind::Digits { len: 12 }, Value::Text("12".into())),
            (Kind::Choice(&["a"]), Value::Text("gone".into())),
            (Kind::Int { min: 1, max: 3 }, Value::Int(i64::MAX)),
            (Kind::Bool, Value::Bool(false)),
            (Kind::Date, Value::Date(-700_000)),
            (Kind::Date, Value::Date(i32::MAX)),
            (Kind::Time, Value::Time(i64::MIN)),
            (Kind::Time, Value::Time(1)),
            (Kind::Id, Value::Id(Uuid::from_u128(7))),
            (Kind::Phone, Value::Null),
        ];
        for (kind, value) in values {
            assert_eq!(Value::stored(kind, &value.to_json()), Some(value.clone()), "{kind:?}");
        }
        for (kind, json) in [(Kind::Date, Json::from("soon")), (Kind::Id, 3.into()), (Kind::Bool, "true".into())] {
            assert_eq!(Value::stored(kind, &json), None, "{kind:?}");
        }
    }
}
