//! How an entity is declared: const tables from which the databases, the validation, the wire and the screens are derived.
//!
//! Invariant: [`check`] runs at compile time over every set of entities, so a declaration that could not work does not build.

mod check;

pub use check::check;

use crate::written_by::WrittenBy;
use crate::{Problem, Role, Row};
use uuid::Uuid;

/// What a field holds, in the field's standard terms. Limits are part of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Unicode text of at most `max` characters, kept as typed (outer white space removed).
    Text {
        /// Most characters.
        max: usize,
    },
    /// Exactly `len` ASCII digits, kept as text so that leading zeros survive.
    Digits {
        /// How many digits.
        len: usize,
    },
    /// A number or code that is unique in the school. The hub settles who holds it; a replica never refuses it.
    Claim {
        /// Most characters.
        max: usize,
    },
    /// A whole number within `min..=max`. Money is an `Int` of centavos.
    Int {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// Yes or no; never asked for a third answer.
    Bool,
    /// A calendar day at the school (no zone), `YYYY-MM-DD`.
    Date,
    /// A moment, RFC 3339, kept as microseconds since 1970 UTC.
    Time,
    /// One of the listed texts. Stored as text: under row-level security an enum type would not use an index.
    Choice(&'static [&'static str]),
    /// What a password is checked against, as this system makes it ([`crate::verifier`]).
    Verifier,
    /// A Philippine mobile number, accepted as `09…` or `+639…` and kept as `+639…`.
    Phone,
    /// The id of a row of the named entity, which must be declared earlier.
    Link(&'static str),
    /// The id of a row of any entity (for records about records).
    Id,
}

/// One field of an entity.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Column and wire name: lower case, digits, underscores.
    pub name: &'static str,
    /// What the screen calls it.
    pub label: &'static str,
    /// What it holds, with its limits.
    pub kind: Kind,
    /// May not stay empty in a live row.
    pub required: bool,
    /// Set when the row is made, never changed afterwards.
    pub immutable: bool,
    /// Part of the folded search key of the row.
    pub searched: bool,
    /// Not for anybody's eyes: no screen, list, journal or review item has its value, so of two values the later one counts
    /// and nobody is asked.
    pub secret: bool,
    /// In which form its texts are kept.
    pub form: Form,
    /// Names a thing in the real world, as an LRN does a child: two live rows with one value are not refused (offices find out
    /// about each other late), but somebody is asked.
    pub names_one: bool,
}

/// In which form texts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As typed; claims in their identity form.
    AsTyped,
    /// An e-mail address by which somebody signs in: in lower case, and no twin of another one.
    Email,
}

/// A kind of record that is kept at every office of a school and at the hub.
#[derive(Debug, Clone, Copy)]
pub struct Entity {
    /// Table and wire name.
    pub name: &'static str,
    /// What screens and messages call one of them.
    pub label: &'static str,
    /// Roles that may create, change and delete rows.
    pub writers: &'static [Role],
    /// What of an office's program writes rows.
    pub written_by: WrittenBy,
    /// Fields that a user may change in the row that is that user, whatever the role: one's own password.
    pub self_editable: &'static [&'static str],
    /// Fields that name the thing in the real world. Rows made apart with equal values get one and the same id.
    pub natural_key: &'static [&'static str],
    /// At most one row in a school.
    pub singleton: bool,
    /// Rows are made by the hub; offices only edit the fields that are not `fixed`.
    pub hub_made: bool,
    /// In the order of columns in both databases and on the wire.
    pub fields: &'static [Field],
    /// A rule over the whole row; it names the field to look at.
    pub rule: Option<fn(&Entity, &Row) -> Option<Problem>>,
}

impl Entity {
    /// The usual synced entity, to be completed with `..Entity::SYNCED`.
    pub const SYNCED: Entity = Entity {
        name: "",
        label: "",
        writers: &[],
        written_by: WrittenBy::Anyone,
        self_editable: &[],
        natural_key: &[],
        singleton: false,
        hub_made: false,
        fields: &[],
        rule: None,
    };

    /// Position of a field, or `None` for a name the entity does not have.
    pub fn field_index(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// Whether this names a field that nobody is shown.
    pub fn is_secret(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.secret && field.name == name)
    }

    /// Whether a device or user of this role may create, change and delete rows.
    pub fn may_write(&self, role: Role) -> bool {
        self.writers.contains(&role)
    }

    /// Whether a user with this role may change these fields of this row.
    pub fn may_change<'a>(&self, role: Role, user: Uuid, row: Uuid, fields: impl Iterator<Item = &'a str>) -> bool {
        self.may_write(role) || (user == row && self.are_own(fields))
    }

    /// Whether these are fields that users change in their own row, whatever their role. No fields, as in a deletion, are not.
    pub fn are_own<'a>(&self, fields: impl Iterator<Item = &'a str>) -> bool {
        let mut fields = fields.peekable();
        fields.peek().is_some() && fields.all(|name| self.self_editable.contains(&name))
    }

    /// Whether rows of this entity are found by a folded search key.
    pub fn is_searched(&self) -> bool {
        self.fields.iter().any(|field| field.searched)
    }

    /// Whether the id of a row follows from its content (see [`crate::natural`]).
    pub fn has_derived_id(&self) -> bool {
        self.singleton || !self.natural_key.is_empty()
    }

    /// Whether the natural key of a row may change: then ids alone do not tell whether another row has it.
    pub fn has_open_key(&self) -> bool {
        self.natural_key.iter().filter_map(|name| self.field_index(name)).any(|i| !self.fields[i].immutable)
    }

    /// Of an open natural key the link that never changes: rows with the same key are among those with the same link.
    pub fn kin_field(&self) -> Option<usize> {
        let immutable = |i: &usize| self.fields[*i].immutable && matches!(self.fields[*i].kind, Kind::Link(_));
        self.natural_key
            .iter()
            .filter_map(|name| self.field_index(name))
            .find(immutable)
            .filter(|_| self.has_open_key())
    }
}

const fn field(name: &'static str, label: &'static str, kind: Kind) -> Field {
    Field {
        name,
        label,
        kind,
        required: false,
        immutable: false,
        searched: false,
        secret: false,
        form: Form::AsTyped,
        names_one: false,
    }
}

/// A text of at most `max` characters.
pub const fn text(name: &'static str, label: &'static str, max: usize) -> Field {
    field(name, label, Kind::Text { max })
}
/// Exactly `len` digits.
pub const fn digits(name: &'static str, label: &'static str, len: usize) -> Field {
    field(name, label, Kind::Digits { len })
}
/// A number or code of at most `max` characters that is unique in the school.
pub const fn claim(name: &'static str, label: &'static str, max: usize) -> Field {
    field(name, label, Kind::Claim { max })
}
/// A whole number within `min..=max`.
pub const fn int(name: &'static str, label: &'static str, min: i64, max: i64) -> Field {
    field(name, label, Kind::Int { min, max })
}
/// Yes or no.
pub const fn flag(name: &'static str, label: &'static str) -> Field {
    field(name, label, Kind::Bool)
}
/// A calendar day at the school.
pub const fn date(name: &'static str, label: &'static str) -> Field {
    field(name, label, Kind::Date)
}
/// A moment.
pub const fn moment(name: &'static str, label: &'static str) -> Field {
    field(name, label, Kind::Time)
}
/// One of these texts.
pub const fn choice(name: &'static str, label: &'static str, choices: &'static [&'static str]) -> Field {
    field(name, label, Kind::Choice(choices))
}
/// What a password is checked against; nobody is shown it.
pub const fn verifier(name: &'static str, label: &'static str) -> Field {
    field(name, label, Kind::Verifier).secret()
}
/// A Philippine mobile number.
pub const fn phone(name: &'static str, label: &'static str) -> Field {
    field(name, label, Kind::Phone)
}
/// A row of the entity `to`, which is declared earlier.
pub const fn link(name: &'static str, label: &'static str, to: &'static str) -> Field {
    field(name, label, Kind::Link(to))
}
/// A row of any entity.
pub const fn any_id(name: &'static str, label: &'static str) -> Field {
    field(name, label, Kind::Id)
}

impl Field {
    /// It may not stay empty.
    pub const fn required(mut self) -> Field {
        self.required = true;
        self
    }
    /// It is set when the row is made and never changed.
    pub const fn immutable(mut self) -> Field {
        self.immutable = true;
        self
    }
    /// It is part of the row's search key.
    pub const fn searched(mut self) -> Field {
        self.searched = true;
        self
    }
    /// Nobody is shown it.
    pub const fn secret(mut self) -> Field {
        self.secret = true;
        self
    }
    /// It is kept as an e-mail by which somebody signs in.
    pub const fn email(mut self) -> Field {
        self.form = Form::Email;
        self
    }
    /// Two live rows with one value are asked about.
    pub const fn names_one(mut self) -> Field {
        self.names_one = true;
        self
    }
}
