//! An answer of the API, as tests look at it.

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value as Json;

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Json,
}

impl Reply {
    /// Sends a request as it is.
    pub(crate) async fn to(request: RequestBuilder) -> Reply {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("a whole answer");
        let body = if bytes.is_empty() { Json::Null } else { serde_json::from_slice(&bytes).expect("JSON") };
        Reply { status, headers, body }
    }

    /// What was asked for; panics if it was refused.
    pub(crate) fn data(&self) -> &Json {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        assert_eq!(self.body["success"], true);
        &self.body["data"]
    }

    /// The status and stable code of a refusal; panics if it was none.
    pub(crate) fn refused(&self) -> (u16, &str) {
        assert!(!self.status.is_success(), "{} {}", self.status, self.body);
        assert_eq!(self.body["success"], false, "{}", self.body);
        (self.status.as_u16(), self.body["error"]["code"].as_str().expect("a code"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
