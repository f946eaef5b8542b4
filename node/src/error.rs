//! What can go wrong at an office, as a stable code and a sentence that says what to do.

use pems_model::password::Weakness;
use pems_model::wire::ErrorBody;
use pems_model::{Code, Problem};
use rusqlite::ErrorCode;

pub type Result<T, E = NodeError> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct NodeError {
    pub code: Code,
    pub message: String,
    pub details: Option<serde_json::Value>,
}

impl NodeError {
    pub fn new(code: Code, message: impl Into<String>) -> NodeError {
        NodeError { code, message: message.into(), details: None }
    }

    pub fn with_details(mut self, details: serde_json::Value) -> NodeError {
        self.details = Some(details);
        self
    }

    pub fn to_body(&self) -> ErrorBody {
        ErrorBody { code: self.code, message: self.message.clone(), details: self.details.clone() }
    }

    /// A file or folder that could not be used.
    pub fn io(what: &str, path: &std::path::Path, error: &std::io::Error) -> NodeError {
        let remedy = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path",
            std::io::ErrorKind::PermissionDenied => "check who may read and write it",
            std::io::ErrorKind::StorageFull => "free some disk space",
            _ => "check the disk",
        };
        NodeError::new(Code::Io, format!("cannot {what} {}: {error}; {remedy}", path.display()))
    }
}

impl From<Problem> for NodeError {
    fn from(problem: Problem) -> NodeError {
        let details = problem.field.map(|field| serde_json::json!({ "field": field }));
        NodeError { code: problem.code, message: problem.message, details }
    }
}

impl From<Weakness> for NodeError {
    fn from(weak: Weakness) -> NodeError {
        let details = serde_json::json!({ "field": "new", "weak": weak.code() });
        NodeError::from(Problem::from(weak)).with_details(details)
    }
}

impl From<ErrorBody> for NodeError {
    fn from(body: ErrorBody) -> NodeError {
        NodeError { code: body.code, message: body.message, details: body.details }
    }
}

impl From<rusqlite::Error> for NodeError {
    fn from(error: rusqlite::Error) -> NodeError {
        use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
        if matches!(
            error,
            FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) | Utf8Error(..)
        ) {
            let message = format!(
                "a value in the records file is damaged ({error}); keep the file, save what was not sent with `pems-node rescue`, and put a copy back or enrol this PC again in a new folder"
            );
            return NodeError::new(Code::StoreCorrupt, message);
        }
        let (code, message) = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
                Code::StoreLocked,
                crate::store::IN_THE_WAY.to_owned(),
            ),
            Some(ErrorCode::ReadOnly) => (
                Code::StoreReadOnly,
                "this office's records cannot be written (read-only file or disk); allow writing to the data folder".to_owned(),
            ),
            Some(ErrorCode::DiskFull) => (
                Code::StoreFull,
                "the disk is full, nothing was saved; free some space and save again".to_owned(),
            ),
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => (
                Code::StoreCorrupt,
                "the records file cannot be read: it is damaged, or the key is another one; keep the file, check the key, then enrol this PC again in a new folder".to_owned(),
            ),
            // SQLCipher's answer to a page that is not as it was written, where SQLite asks for one in passing.
            Some(ErrorCode::OutOfMemory) => (
                Code::StoreCorrupt,
                "a page of the records file is damaged, or this PC has no memory left; close other programs and try again; if it stays, keep the file and put a copy back or enrol this PC again in a new folder".to_owned(),
            ),
            Some(ErrorCode::CannotOpen) => (
                Code::Io,
                "the records file cannot be opened; check that the data folder exists and may be written".to_owned(),
            ),
            Some(ErrorCode::SystemIoFailure) => {
                (Code::Io, "the disk reported an error, nothing was saved; check the disk and save again".to_owned())
            }
            _ => (Code::Internal, format!("the records file refused an operation: {error}")),
        };
        NodeError::new(code, message)
    }
}
