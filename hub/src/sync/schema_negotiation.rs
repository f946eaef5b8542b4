//! Which columns a device gets: those that its app and this hub both know. An app of the same version is recognised by its
//! fingerprint; another one sends its shapes once and is remembered.
//!
//! Invariant: what is remembered is bounded for each school, in number and in bytes: names of columns are our own declarations',
//! never the request's, and no school can push out what another one's app has sent.

use crate::refusal::Refusal;
use parking_lot::Mutex;
use pems_model::schema::Shapes;
use pems_model::wire::SyncRequest;
use pems_model::{Code, Entity, Schema};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use uuid::Uuid;

/// Versions of the app that are remembered of one school: nobody runs more at a time. The oldest goes, and its app sends its
/// shapes once more.
const VERSIONS: usize = 8;
/// Bytes of a fingerprint; ours has 16. It is a name that the hub keeps, so it is not as long as a request pleases.
const NAME_MAX: usize = 64;

/// One entity as a device gets it. Names are our own declarations', never the request's.
#[derive(Debug, Clone)]
pub(crate) struct ServedEntity {
    pub(crate) index: usize,
    pub(crate) entity: &'static Entity,
    pub(crate) columns: Vec<&'static str>,
}

/// Everything that a device gets.
#[derive(Debug)]
pub(crate) struct NegotiatedSchema {
    pub(crate) served: Vec<ServedEntity>,
    /// Whether the app knows exactly what the hub knows: only then do digests compare.
    pub(crate) same: bool,
}

/// Fingerprints with what their apps get, the latest at the back.
type Recent = VecDeque<(String, Arc<NegotiatedSchema>)>;

#[derive(Debug)]
pub(crate) struct NegotiatedSchemas {
    own: Arc<NegotiatedSchema>,
    fingerprint: String,
    /// By school as well: what one school's device says about a fingerprint must not reach another school.
    others: Mutex<HashMap<Uuid, Recent>>,
}

impl NegotiatedSchemas {
    pub(crate) fn new(schema: &'static Schema) -> NegotiatedSchemas {
        let own = Arc::new(NegotiatedSchema { served: common(schema, &schema.shapes()), same: true });
        NegotiatedSchemas { own, fingerprint: schema.fingerprint().to_owned(), others: Mutex::default() }
    }

    /// # Errors
    /// `schema_unknown`: the app is to send its shapes once.
    pub(crate) fn menu(
        &self,
        schema: &'static Schema,
        tenant: Uuid,
        request: &SyncRequest,
    ) -> Result<Arc<NegotiatedSchema>, Refusal> {
        if request.schema == self.fingerprint {
            return Ok(self.own.clone());
        }
        if request.schema.len() > NAME_MAX {
            let message = format!("schema: a fingerprint of {NAME_MAX} bytes at most");
            return Err(Refusal::new(Code::BadRequest, message));
        }
        let mut schools = self.others.lock();
        if let Some(shapes) = &request.shapes {
            let menu = Arc::new(NegotiatedSchema { served: common(schema, shapes), same: false });
            let known = schools.entry(tenant).or_default();
            known.retain(|(name, _)| *name != request.schema);
            if known.len() >= VERSIONS {
                known.pop_front();
            }
            known.push_back((request.schema.clone(), menu.clone()));
            return Ok(menu);
        }
        let known = schools.get(&tenant).into_iter().flatten().find(|(name, _)| *name == request.schema);
        known.map(|(_, menu)| menu.clone()).ok_or_else(|| {
            Refusal::new(Code::SchemaUnknown, "the hub does not know this app's version; send its shapes along once")
        })
    }
}

fn common(schema: &'static Schema, shapes: &Shapes) -> Vec<ServedEntity> {
    let entities = schema.entities().iter().enumerate();
    let known = entities.filter_map(|(index, entity)| {
        let theirs = shapes.get(entity.name)?;
        let columns = entity.fields.iter().map(|field| field.name).filter(|name| theirs.iter().any(|t| t == name));
        Some(ServedEntity { index, entity, columns: columns.collect() })
    });
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pems_model::wire::{Cursors, PROTOCOL, Replica};

    fn ask(
        memory: &NegotiatedSchemas,
        school: u128,
        name: &str,
        with_shapes: bool,
    ) -> Result<Arc<NegotiatedSchema>, Refusal> {
        let shapes = with_shapes.then(|| Schema::product().shapes());
        let request = SyncRequest {
            protocol: PROTOCOL,
            schema: name.into(),
            shapes,
            replica: Replica { id: Uuid::nil(), incarnation: 0 },
            epoch: None,
            cursors: Cursors::Level(0),
            acked: 0,
            changes: Vec::new(),
            more: false,
            wait_ms: 0,
            sent_at: 0,
            people: Vec::new(),
            proofs: std::collections::BTreeMap::new(),
            devices: None,
        };
        memory.menu(Schema::product(), Uuid::from_u128(school), &request)
    }

    #[test]
    fn a_school_that_invents_versions_costs_a_few_entries_and_no_other_school_notices() {
        let memory = NegotiatedSchemas::new(Schema::product());
        ask(&memory, 1, "the quiet school's", true).expect("remembered");
        for n in 0..10_000 {
            ask(&memory, 2, &format!("invented {n}"), true).expect("served");
        }
        assert_eq!(memory.others.lock()[&Uuid::from_u128(2)].len(), VERSIONS);
        ask(&memory, 2, "invented 9999", false).expect("the newest are known");
        assert_eq!(ask(&memory, 2, "invented 1", false).expect_err("gone").code(), Code::SchemaUnknown);
        ask(&memory, 1, "the quiet school's", false).expect("still known");
    }

    #[test]
    fn a_fingerprint_is_no_place_to_keep_things() {
        let memory = NegotiatedSchemas::new(Schema::product());
        let long = "x".repeat(900_000);
        for with_shapes in [true, false] {
            assert_eq!(ask(&memory, 1, &long, with_shapes).expect_err("too long").code(), Code::BadRequest);
        }
        assert!(memory.others.lock().is_empty());
    }
}
