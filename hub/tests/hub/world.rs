//! A hub with schools and devices, for one test.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use pems_hub::server::admin::School;
use pems_hub::{Config, PrivatePg, Running, start};
use pems_model::frame::{Frame, Rows};
use pems_model::pgcopy::Reader;
use pems_model::wire::{
    ASSERTION_AUDIENCE, AssertionClaims, Change, ChangeKind, ChangeResult, Cursors, End, EnrolAnswer, ErrorBody,
    JWT_BEARER, PROTOCOL, Replica, SyncRequest, TokenAnswer,
};
use pems_model::{Role, Row, Schema};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::sync::OnceCell;
use uuid::Uuid;

static SERVER: OnceCell<PrivatePg> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A new, empty database in the run's server.
pub(crate) async fn database() -> String {
    let server = SERVER.get_or_init(|| async { PrivatePg::throw_away().await.expect("a private PostgreSQL") }).await;
    let name = format!("hub_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    server.database(&name).await.expect("a database")
}

pub(crate) struct World {
    pub(crate) hub: Running,
    pub(crate) client: Client,
    pub(crate) data_dir: TempDir,
}

impl World {
    pub(crate) async fn new() -> World {
        World::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> World {
        let data_dir = tempfile::tempdir().expect("a directory");
        let mut config = Config::new(data_dir.path());
        config.database_url = Some(database().await);
        change(&mut config);
        let hub = start(config).await.expect("a hub");
        let _ = rustls::crypto::ring::default_provider().install_default();
        World { hub, client: Client::new(), data_dir }
    }

    pub(crate) async fn school(&self, slug: &str) -> School {
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let id = format!("{:06}", 100_000 + number);
        self.hub.admin().add_school(&format!("School {slug}"), slug, &id, "Asia/Manila").await.expect("a school")
    }

    pub(crate) async fn device(&self, slug: &str) -> Device {
        self.device_as(slug, Role::Registrar).await
    }

    pub(crate) async fn device_as(&self, slug: &str, role: Role) -> Device {
        let code = self.hub.admin().device_code(slug, 30, role).await.expect("a code");
        let key = new_key();
        let response = self.enrol(&code, &key).await;
        assert_eq!(response.status(), StatusCode::OK);
        let identity: EnrolAnswer = response.json().await.expect("an answer");
        let mut device = Device { identity, key, token: String::new() };
        let token: TokenAnswer = self.ask_token(&device.assertion(|_| {})).await.json().await.expect("a token");
        device.token = token.access_token;
        device
    }

    pub(crate) async fn enrol(&self, code: &str, key: &SigningKey) -> Response {
        let public_key = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        self.post("/v1/enrol", &json!({ "code": code, "device_name": "Registrar PC", "public_key": public_key })).await
    }

    /// Transactions that the hub has begun for schools so far.
    pub(crate) async fn transactions(&self) -> f64 {
        let token = pems_hub::metrics_token(&Config::new(self.data_dir.path())).expect("a token");
        let text = self.client.get(self.url("/metrics")).bearer_auth(token).send().await.expect("an answer");
        let text = text.text().await.expect("text");
        let line = text.lines().find_map(|line| line.strip_prefix("pems_transactions_total ")).expect("a number");
        line.parse().expect("a number")
    }

    pub(crate) async fn ask_token(&self, assertion: &str) -> Response {
        let form = [("grant_type", JWT_BEARER), ("assertion", assertion)];
        self.client.post(self.url("/v1/token")).form(&form).send().await.expect("an answer")
    }

    pub(crate) async fn post(&self, path: &str, body: &Json) -> Response {
        self.client.post(self.url(path)).json(body).send().await.expect("an answer")
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.hub.url())
    }

    pub(crate) async fn raw_sync(&self, device: &Device, body: impl Into<reqwest::Body>) -> Response {
        let request = self.client.post(self.url("/v1/sync")).bearer_auth(&device.token).body(body);
        request.send().await.expect("an answer")
    }

    pub(crate) async fn sync(&self, device: &Device, request: &SyncRequest) -> Result<Answer, ErrorBody> {
        let response = self.raw_sync(device, serde_json::to_vec(request).expect("json")).await;
        if response.status() != StatusCode::OK {
            return Err(response.json().await.expect("an error body"));
        }
        let mut bytes = response.bytes().await.expect("a whole answer").to_vec();
        let mut answer = Answer::default();
        while let Some(frame) = Frame::take(&mut bytes).expect("whole frames") {
            match frame {
                Frame::Results(results) => answer.results = results,
                Frame::Rows(rows) => answer.frames.push(rows),
                Frame::End(end) => answer.end = Some(end),
                Frame::Error(error) => return Err(error),
                Frame::Alive => {}
            }
        }
        Ok(answer)
    }

    /// Runs SQL as the database's superuser.
    pub(crate) async fn sql(&self, sql: &str) -> Result<(), sqlx::Error> {
        let mut conn = self.owner().await;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.map(drop)
    }

    pub(crate) async fn owner(&self) -> PgConnection {
        PgConnection::connect(self.hub.database_url()).await.expect("a connection")
    }

    /// A connection as one of the hub's roles.
    pub(crate) async fn role(&self, role: &str) -> PgConnection {
        let url = self.hub.database_url().replace("user=postgres", &format!("user={role}"));
        PgConnection::connect(&url).await.expect("a connection")
    }

    pub(crate) async fn scalar<T>(&self, sql: &str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + 'static,
    {
        let mut conn = self.owner().await;
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut conn).await.expect("one value")
    }
}

pub(crate) struct Device {
    pub(crate) identity: EnrolAnswer,
    pub(crate) key: SigningKey,
    pub(crate) token: String,
}

impl Device {
    pub(crate) fn assertion(&self, change: impl FnOnce(&mut AssertionClaims)) -> String {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let mut claims = AssertionClaims {
            iss: self.identity.device_id,
            aud: ASSERTION_AUDIENCE.into(),
            exp: now + 120,
            iat: now,
            jti: new_id(),
        };
        change(&mut claims);
        sign(&self.key, &claims)
    }

    /// A request with nothing to say, from a replica that has everything up to `rev`.
    pub(crate) fn request(&self, rev: i64) -> SyncRequest {
        SyncRequest {
            protocol: PROTOCOL,
            schema: Schema::product().fingerprint().into(),
            shapes: None,
            replica: Replica { id: self.identity.device_id, incarnation: 0 },
            epoch: Some(self.identity.epoch),
            cursors: Cursors::Level(rev),
            acked: 0,
            changes: vec![],
            people: vec![],
            proofs: std::collections::BTreeMap::new(),
            more: false,
            wait_ms: 0,
            sent_at: now(),
            devices: None,
        }
    }

    pub(crate) fn push(&self, rev: i64, changes: Vec<Change>) -> SyncRequest {
        SyncRequest { changes, ..self.request(rev) }
    }
}

pub(crate) fn sign(key: &SigningKey, claims: &AssertionClaims) -> String {
    let part = |json: Vec<u8>| URL_SAFE_NO_PAD.encode(json);
    let head = part(br#"{"alg":"EdDSA","typ":"JWT"}"#.to_vec());
    let text = format!("{head}.{}", part(serde_json::to_vec(claims).expect("json")));
    format!("{text}.{}", part(key.sign(text.as_bytes()).to_bytes().to_vec()))
}

#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) results: Vec<ChangeResult>,
    pub(crate) frames: Vec<Rows>,
    pub(crate) end: Option<End>,
}

impl Answer {
    pub(crate) fn end(&self) -> &End {
        self.end.as_ref().expect("an end")
    }

    pub(crate) fn rows(&self, entity: &str) -> Vec<Row> {
        let declared = Schema::product().entity(entity).expect("an entity");
        let mut rows = Vec::new();
        for frame in self.frames.iter().filter(|frame| frame.head.entity == entity) {
            let raw = zstd::decode_all(&frame.body[..]).expect("whole zstd");
            assert_eq!(raw.len(), frame.head.raw_len as usize);
            let read: Result<Vec<Row>, _> = Reader::new(&raw, declared, &frame.head.columns).collect();
            let read = read.expect("whole rows");
            assert_eq!(read.len(), frame.head.count as usize);
            rows.extend(read);
        }
        rows
    }
}

/// A change that makes a learner.
pub(crate) fn learner(op_no: i64, last_name: &str) -> Change {
    edit(op_no, new_id(), 0, json!({ "last_name": last_name, "first_name": "Maria" }))
}

pub(crate) fn edit(op_no: i64, row_id: Uuid, base_rev: i64, fields: Json) -> Change {
    let Json::Object(fields) = fields else { panic!("fields are an object") };
    Change {
        id: new_id(),
        op_no,
        entity: "student".into(),
        row_id,
        kind: ChangeKind::Upsert,
        base_rev,
        fields: fields.into_iter().collect(),
        group: None,
        user_id: None,
        at: now(),
    }
}

pub(crate) fn now() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000).expect("a sane clock")
}

pub(crate) fn new_id() -> Uuid {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("randomness");
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

pub(crate) fn new_key() -> SigningKey {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).expect("randomness");
    SigningKey::from_bytes(&secret)
}
