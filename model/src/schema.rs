//! A set of entities as the programs use it: by name, by position, and with a fingerprint that travels.

use crate::{Entity, Kind, Role, Row, entities};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The entities of a hub or an office, parents first. The product uses [`Schema::product`]; tests and the bench add to it.
#[derive(Debug)]
pub struct Schema {
    entities: Vec<&'static Entity>,
    by_name: BTreeMap<&'static str, usize>,
    fingerprint: String,
}

/// The columns of each entity as an app knows them: what it sends to a hub that has not met its fingerprint.
pub type Shapes = BTreeMap<String, Vec<String>>;

impl Schema {
    /// The entities that ship.
    pub fn product() -> &'static Schema {
        static PRODUCT: OnceLock<Schema> = OnceLock::new();
        PRODUCT.get_or_init(|| Schema::new(entities::ALL))
    }

    /// # Panics
    /// If the declarations contradict themselves; [`crate::entity::check`] says the same at compile time.
    pub fn new(entities: &[&'static Entity]) -> Schema {
        crate::entity::check(entities);
        let by_name = entities.iter().enumerate().map(|(i, entity)| (entity.name, i)).collect();
        let mut hash = blake3::Hasher::new();
        for entity in entities {
            hash.update(format!("{}\n", entity.name).as_bytes());
            for field in entity.fields {
                hash.update(format!(" {} {:?}\n", field.name, field.kind).as_bytes());
            }
        }
        let fingerprint = hash.finalize().to_hex()[..16].to_owned();
        Schema { entities: entities.to_vec(), by_name, fingerprint }
    }

    /// All entities, parents first.
    pub fn entities(&self) -> &[&'static Entity] {
        &self.entities
    }

    /// The entity of a name; `None` for one that this program does not know.
    pub fn entity(&self, name: &str) -> Option<&'static Entity> {
        self.index(name).map(|i| self.entities[i])
    }

    /// Whether a PC enrolled for one role may write everything that a user of another role may. What users may change of
    /// themselves, their password, they may change at such a PC: at a lesser one it could be taken over with the PC.
    pub fn covers(&self, device: Role, user: Role) -> bool {
        self.entities.iter().all(|entity| !entity.may_write(user) || entity.may_write(device))
    }

    /// Position of an entity, parents before children.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// 16 hex digits that are equal for two programs that know the same shapes.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Names of the fields of each entity, in the order of declaration.
    pub fn shapes(&self) -> Shapes {
        let columns = |e: &&Entity| e.fields.iter().map(|f| f.name.to_owned()).collect();
        self.entities.iter().map(|e| (e.name.to_owned(), columns(e))).collect()
    }

    /// The links of a row: (field position, position of the entity it goes to, id).
    pub fn links<'a>(
        &'a self,
        entity: &'a Entity,
        row: &'a Row,
    ) -> impl Iterator<Item = (usize, usize, uuid::Uuid)> + 'a {
        entity.fields.iter().zip(&row.values).enumerate().filter_map(|(i, (field, value))| match field.kind {
            Kind::Link(to) => Some((i, self.index(to)?, value.as_id()?)),
            _ => None,
        })
    }
}
