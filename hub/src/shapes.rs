//! Which columns a device gets: those that its app and this hub both know. An app of the same version is recognised by its
//! fingerprint; another one sends its shapes once and is remembered.

use crate::live::locked;
use crate::refusal::Refusal;
use pems_model::schema::Shapes;
use pems_model::wire::SyncRequest;
use pems_model::{Code, Entity, Schema};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// Shapes remembered at most: some versions of the app in each of some thousand schools.
const REMEMBERED_MAX: usize = 10_000;

/// One entity as a device gets it. Names are our own declarations', never the request's.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    pub(crate) index: usize,
    pub(crate) entity: &'static Entity,
    pub(crate) columns: Vec<&'static str>,
}

/// Everything that a device gets.
#[derive(Debug)]
pub(crate) struct Menu {
    pub(crate) served: Vec<Served>,
    /// Whether the app knows exactly what the hub knows: only then do digests compare.
    pub(crate) same: bool,
}

#[derive(Debug)]
pub(crate) struct ShapeMemory {
    own: Arc<Menu>,
    fingerprint: String,
    /// By school as well: what one school's device says about a fingerprint must not reach another school.
    others: Mutex<HashMap<(Uuid, String), Arc<Menu>>>,
}

impl ShapeMemory {
    pub(crate) fn new(schema: &'static Schema) -> ShapeMemory {
        let own = Arc::new(Menu { served: common(schema, &schema.shapes()), same: true });
        ShapeMemory { own, fingerprint: schema.fingerprint().to_owned(), others: Mutex::default() }
    }

    /// # Errors
    /// `schema_unknown`: the app is to send its shapes once.
    pub(crate) fn menu(
        &self,
        schema: &'static Schema,
        tenant: Uuid,
        request: &SyncRequest,
    ) -> Result<Arc<Menu>, Refusal> {
        if request.schema == self.fingerprint {
            return Ok(self.own.clone());
        }
        let key = (tenant, request.schema.clone());
        let mut others = locked(&self.others);
        if let Some(shapes) = &request.shapes {
            let menu = Arc::new(Menu { served: common(schema, shapes), same: false });
            if others.len() >= REMEMBERED_MAX {
                others.clear();
            }
            others.insert(key, menu.clone());
            return Ok(menu);
        }
        others.get(&key).cloned().ok_or_else(|| {
            Refusal::new(Code::SchemaUnknown, "the hub does not know this app's version; send its shapes along once")
        })
    }
}

fn common(schema: &'static Schema, shapes: &Shapes) -> Vec<Served> {
    let entities = schema.entities().iter().enumerate();
    let known = entities.filter_map(|(index, entity)| {
        let theirs = shapes.get(entity.name)?;
        let columns = entity.fields.iter().map(|field| field.name).filter(|name| theirs.iter().any(|t| t == name));
        Some(Served { index, entity, columns: columns.collect() })
    });
    known.collect()
}
