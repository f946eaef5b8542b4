//! What is wrong with a set of declarations, found while it is compiled.

use super::{Entity, Form, Kind};

/// Checks a set of entities, parents first. Called in a `const`, so a mistake stops the build:
///
/// ```compile_fail
/// use pems_model::entity::{Entity, check, link};
/// use pems_model::Role;
/// const CHILD: Entity = Entity {
///     name: "child", label: "Child", writers: &[Role::Registrar],
///     fields: &[link("parent", "Parent", "parent")], ..Entity::SYNCED
/// };
/// const PARENT: Entity = Entity {
///     name: "parent", label: "Parent", writers: &[Role::Registrar],
///     fields: &[link("self_link", "Itself", "parent")], ..Entity::SYNCED
/// };
/// const _: () = check(&[&CHILD, &PARENT]); // links to a later entity
/// ```
///
/// ```
/// use pems_model::entity::{Entity, check, link, text};
/// use pems_model::Role;
/// const PARENT: Entity = Entity {
///     name: "parent", label: "Parent", writers: &[Role::Registrar],
///     fields: &[text("name", "Name", 20)], ..Entity::SYNCED
/// };
/// const CHILD: Entity = Entity {
///     name: "child", label: "Child", writers: &[Role::Registrar],
///     fields: &[link("parent", "Parent", "parent")], ..Entity::SYNCED
/// };
/// const _: () = check(&[&PARENT, &CHILD]);
/// ```
pub const fn check(entities: &[&Entity]) {
    let mut at = 0;
    while at < entities.len() {
        let entity = entities[at];
        assert!(is_identifier(entity.name), "an entity's name is lower case letters, digits and underscores");
        assert!(!entity.label.is_empty(), "an entity has a label");
        assert!(!entity.writers.is_empty(), "somebody must be able to write an entity");
        assert!(!entity.fields.is_empty(), "an entity has fields");
        assert!(!entity.singleton || entity.natural_key.is_empty(), "a singleton needs no natural key");
        assert!(position(entities, entity.name) == at, "two entities have the same name");
        let mut i = 0;
        while i < entity.fields.len() {
            check_field(entities, at, i);
            i += 1;
        }
        let mut o = 0;
        while o < entity.self_editable.len() {
            assert!(
                field_position(entity, entity.self_editable[o]) < entity.fields.len(),
                "self_editable names fields of its entity"
            );
            o += 1;
        }
        check_natural_key(entity);
        at += 1;
    }
}

const fn check_natural_key(entity: &Entity) {
    let (mut k, mut open, mut bounded) = (0, false, false);
    while k < entity.natural_key.len() {
        let i = field_position(entity, entity.natural_key[k]);
        assert!(i < entity.fields.len(), "a natural key names fields of its entity");
        let field = &entity.fields[i];
        assert!(field.required, "the fields of a natural key are required");
        open |= !field.immutable;
        bounded |= field.immutable && matches!(field.kind, Kind::Link(_));
        k += 1;
    }
    assert!(
        !open || bounded,
        "a natural key that may change has a fixed link, among whose rows the others are looked for"
    );
}

const fn check_field(entities: &[&Entity], at: usize, i: usize) {
    let entity = entities[at];
    let field = &entity.fields[i];
    assert!(is_identifier(field.name), "a field's name is lower case letters, digits and underscores");
    assert!(!is_reserved(field.name), "id, rev, tenant_id, deleted_at and search_key belong to the machinery");
    assert!(!field.label.is_empty(), "a field has a label");
    assert!(field_position(entity, field.name) == i, "two fields of an entity have the same name");
    match field.kind {
        Kind::Link(to) => assert!(position(entities, to) < at, "a link goes to an entity declared earlier"),
        Kind::Claim { .. } => assert!(!field.required, "a claim can be lost, so it cannot be required"),
        Kind::Choice(choices) => assert!(!choices.is_empty(), "a choice offers something"),
        Kind::Int { min, max } => assert!(min <= max, "an empty range"),
        _ => {}
    }
    let is_text = matches!(field.kind, Kind::Text { .. } | Kind::Digits { .. } | Kind::Claim { .. });
    assert!(is_text || !field.names_one, "what names one thing is a text");
    assert!(
        matches!(field.kind, Kind::Text { .. } | Kind::Claim { .. }) || matches!(field.form, Form::AsTyped),
        "an e-mail is a text"
    );
}

const fn is_reserved(name: &str) -> bool {
    same(name, "id")
        || same(name, "rev")
        || same(name, "tenant_id")
        || same(name, "deleted_at")
        || same(name, "search_key")
}

const fn position(entities: &[&Entity], name: &str) -> usize {
    let mut at = 0;
    while at < entities.len() && !same(entities[at].name, name) {
        at += 1;
    }
    at
}

const fn field_position(entity: &Entity, name: &str) -> usize {
    let mut i = 0;
    while i < entity.fields.len() && !same(entity.fields[i].name, name) {
        i += 1;
    }
    i
}

const fn is_identifier(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !(bytes[i].is_ascii_lowercase() || bytes[i] == b'_' || (i > 0 && bytes[i].is_ascii_digit())) {
            return false;
        }
        i += 1;
    }
    i > 0 && i <= 40
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
