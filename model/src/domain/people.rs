//! The people of a school: passwords, roles and users are changed by somebody who is there, a school keeps an administrator, and
//! an address belongs to one person.

use super::author::{Author, is_gone};
use crate::entities::SCHOOL_USER;
use crate::{Code, Problem, Role, Row};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What the rules have to know of a school's people.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// Who may administer now, and can sign in.
    pub admins: BTreeSet<Uuid>,
    /// By address in lower case: whose it is, also of accounts at the hub whose user is gone.
    pub addresses: BTreeMap<String, Uuid>,
    /// Who has an account at the hub.
    pub accounts: BTreeSet<Uuid>,
}

/// Whether somebody of this row may administer the school, and can sign in to do it.
pub fn administers(row: &Row) -> bool {
    !is_gone(&SCHOOL_USER, row)
        && row.get(&SCHOOL_USER, "role").as_text() == Some(Role::SchoolAdmin.name())
        && !row.get(&SCHOOL_USER, "verifier").is_null()
}

/// What is wrong with a change of a user.
pub fn user(before: Option<&Row>, after: &Row, author: &Author, people: &People) -> Option<Problem> {
    needs_somebody(author, people)
        .or_else(|| last_administrator(before, after, people))
        .or_else(|| address(before, after, people))
}

/// As long as nobody can administer the school, a device that may write users makes the first; afterwards a person has to sign.
fn needs_somebody(author: &Author, people: &People) -> Option<Problem> {
    if people.admins.is_empty() || author.person.is_some_and(|by| by.signed) {
        return None;
    }
    let message = "passwords, roles and users are changed by somebody who is signed in, and nothing shows that; type your password \
        at this PC again, then do it once more";
    Some(Problem::new(Code::RoleForbidden, message))
}

fn last_administrator(before: Option<&Row>, after: &Row, people: &People) -> Option<Problem> {
    let left = before.is_some_and(administers) && !administers(after);
    if !left || people.admins.iter().any(|id| *id != after.id) {
        return None;
    }
    let message = "this is the school's last administrator and stays one; make another administrator first";
    Some(Problem::at(Code::LastAdmin, "role", message))
}

fn address(before: Option<&Row>, after: &Row, people: &People) -> Option<Problem> {
    let of = |row: &Row| row.get(&SCHOOL_USER, "email").as_text().map(str::to_lowercase);
    let (was, is) = (before.and_then(of), of(after));
    if was == is || !after.is_live() {
        return None;
    }
    let Some(email) = is else {
        let message = "this person signs in at the hub with this e-mail; type another one, or disable the user";
        return people.accounts.contains(&after.id).then(|| Problem::at(Code::Required, "email", message));
    };
    if !looks_like_one(&email) {
        let message = "an e-mail looks like ana@school.example; type it again";
        return Some(Problem::at(Code::BadFormat, "email", message));
    }
    // Of two users made apart with one address the later keeps everything but the address, as with any claimed number.
    let taken = before.is_some() && people.addresses.get(&email).is_some_and(|id| *id != after.id);
    taken.then(|| Problem::at(Code::Conflict, "email", "somebody of this school has this e-mail already; type another"))
}

/// As the hub's own accounts have it: one @, with something before and after, and nothing that cannot be seen.
pub fn looks_like_one(email: &str) -> bool {
    let parts: Vec<&str> = email.split('@').collect();
    parts.len() == 2
        && parts.iter().all(|part| !part.is_empty())
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && (3..=254).contains(&email.chars().count())
}
