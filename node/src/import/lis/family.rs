//! The parents and the guardian of a line: who is who, and whose the one contact number is.

use super::register::{Line, PersonName};
use pems_model::fold::fold;

/// A parent or guardian whom the register names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// `father`, `mother` or `guardian`: the relation, and the field of a difference.
    pub(super) relation: &'static str,
    pub(super) name: &'a PersonName,
    /// The register's one number: the guardian's if one is named, else the only parent's, else the mother's. It is the number
    /// to call, so whoever has it is the first to call.
    pub(super) phone: Option<&'a str>,
    pub(super) is_primary: bool,
}

/// Everybody whom a line names, each once: a guardian who is the father or the mother is that parent, first to call.
pub(super) fn of(line: &Line) -> Vec<Named<'_>> {
    let mut people: Vec<Named<'_>> = Vec::new();
    people.extend(line.father.as_ref().map(|name| named("father", name)));
    people.extend(line.mother.as_ref().map(|name| named("mother", name)));
    let mut first = people.len().checked_sub(1);
    if let Some(guardian) = &line.guardian {
        let text = fold(&guardian.text());
        let parent = people.iter().position(|parent| fold(&parent.name.text()) == text);
        first = Some(parent.unwrap_or(people.len()));
        if parent.is_none() {
            people.push(named("guardian", guardian));
        }
    }
    let contact = line.contact.as_deref();
    if let Some(person) = first.filter(|_| contact.is_some() || line.guardian.is_some()).and_then(|i| people.get_mut(i))
    {
        (person.phone, person.is_primary) = (contact, true);
    }
    people
}

fn named<'a>(relation: &'static str, name: &'a PersonName) -> Named<'a> {
    Named { relation, name, phone: None, is_primary: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(last: &str) -> Option<PersonName> {
        Some(PersonName { last: last.into(), first: Some("A".into()), ..PersonName::default() })
    }

    fn who(line: &Line) -> Vec<(&'static str, bool, bool)> {
        of(line).iter().map(|person| (person.relation, person.phone.is_some(), person.is_primary)).collect()
    }

    #[test]
    fn the_number_has_one_owner() {
        let line = |father, mother, guardian| Line {
            father,
            mother,
            guardian,
            contact: Some("+639".into()),
            ..Line::default()
        };
        let both = line(name("F"), name("M"), None);
        assert_eq!(who(&both), [("father", false, false), ("mother", true, true)]);
        assert_eq!(who(&line(name("F"), None, None)), [("father", true, true)]);
        let aunt = line(name("F"), name("M"), name("X"));
        assert_eq!(who(&aunt), [("father", false, false), ("mother", false, false), ("guardian", true, true)]);
        let father = line(name("Ñ"), name("M"), name("N"));
        assert_eq!(who(&father), [("father", true, true), ("mother", false, false)], "the guardian is the father");
        assert_eq!(who(&line(None, None, None)), []);
        assert_eq!(
            who(&Line { father: name("F"), ..Line::default() }),
            [("father", false, false)],
            "no number, nobody first"
        );
    }
}
