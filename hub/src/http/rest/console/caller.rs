//! Who calls from the console: the cookie, and that a request which writes comes from the console's own page. A browser sends the
//! cookie with whatever asks for it; `Origin` it writes itself, and a header of our own no form of another site can add.

use crate::console::secret::Cookie;
use crate::console::{Console, sessions};
use crate::http::rest::ApiError;
use crate::refusal::Refusal;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::{self, HeaderName};
use axum::http::request::Parts as Head;
use axum::http::{HeaderMap, Method, Uri};
use pems_db::ConsoleContext;
use pems_model::Code;
use serde_json::json;
use std::sync::Arc;

/// `__Host-`: browsers keep it only over TLS, for this host alone, for all of its addresses.
const COOKIE: &str = "__Host-pems_console";
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";
/// Eight hours, as the database counts them.
const MAX_AGE_S: u32 = 8 * 3_600;
/// What every request that writes carries besides `Origin`.
const OWN_HEADER: &str = "x-pems-console";

/// Somebody who is signed in at the console.
#[derive(Debug, Clone)]
pub(super) struct AtConsole(pub(super) ConsoleContext);

impl<S> FromRequestParts<S> for AtConsole
where
    S: Send + Sync,
    Arc<Console>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Head, state: &S) -> Result<AtConsole, ApiError> {
        check_page(head)?;
        let cookie = read(&head.headers).ok_or_else(Refusal::session_over)?;
        Ok(AtConsole(sessions::caller(&Arc::<Console>::from_ref(state), &cookie).await?))
    }
}

/// A request of the console's page, whoever sends it: for what comes before signing in.
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnPage;

impl<S: Send + Sync> FromRequestParts<S> for OwnPage {
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Head, _: &S) -> Result<OwnPage, ApiError> {
        check_page(head)?;
        Ok(OwnPage)
    }
}

/// # Errors
/// `bad_request` for a request that writes and does not say that it comes from here.
fn check_page(head: &Head) -> Result<(), Refusal> {
    if matches!(head.method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let refuse = |field: &str, message: &str| {
        Err(Refusal::new(Code::BadRequest, format!("{field}: {message}")).with(json!({ "field": field })))
    };
    if !is_own_origin(&head.headers, &head.uri) {
        return refuse(
            "origin",
            "a request that writes comes from the console's own page; a proxy in front passes Host on",
        );
    }
    if head.headers.get(OWN_HEADER).is_none_or(|value| value != "1") {
        return refuse(OWN_HEADER, "send 1 with every request that writes");
    }
    Ok(())
}

/// Whether the one `Origin` is of the host that was asked.
fn is_own_origin(headers: &HeaderMap, uri: &Uri) -> bool {
    let one = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok())
    };
    let Some(origin) = one(header::ORIGIN) else { return false };
    let host = one(header::HOST).or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    let said = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    matches!((said, host), (Some(said), Some(host)) if !host.is_empty() && said.eq_ignore_ascii_case(host))
}

/// The session's cookie. Two of them are none: one was put there by somebody else.
fn read(headers: &HeaderMap) -> Option<Cookie> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut ours = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter_map(|(name, value)| (name == COOKIE).then_some(value));
    let value = ours.next()?;
    if ours.next().is_some() { None } else { Cookie::parse(value) }
}

/// Gives the browser its cookie.
pub(super) fn set(cookie: &Cookie) -> [(HeaderName, String); 1] {
    [(header::SET_COOKIE, format!("{COOKIE}={}; {ATTRIBUTES}; Max-Age={MAX_AGE_S}", cookie.text()))]
}

/// Takes it away.
pub(super) fn clear() -> [(HeaderName, String); 1] {
    [(header::SET_COOKIE, format!("{COOKIE}=; {ATTRIBUTES}; Max-Age=0"))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn headers(said: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = said.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("a value")));
        let mut headers = HeaderMap::new();
        pairs.for_each(|(name, value)| {
            headers.append(name, value);
        });
        headers
    }

    #[test]
    fn only_the_own_origin_is_one() {
        let own =
            |said: &[(&'static str, &str)]| is_own_origin(&headers(said), &Uri::from_static("/api/v1/console/me"));
        assert!(own(&[("host", "hub.example.ph"), ("origin", "https://hub.example.ph")]));
        assert!(own(&[("host", "Hub.Example.ph:8443"), ("origin", "https://hub.example.ph:8443")]));
        assert!(own(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")]));
        for said in [
            &[("host", "hub.example.ph")][..],
            &[("origin", "https://hub.example.ph")],
            &[("host", "hub.example.ph"), ("origin", "null")],
            &[("host", "hub.example.ph"), ("origin", "")],
            &[("host", ""), ("origin", "https://")],
            &[("host", "hub.example.ph"), ("origin", "https://evil.example")],
            &[("host", "hub.example.ph"), ("origin", "https://hub.example.ph.evil.example")],
            &[("host", "hub.example.ph"), ("origin", "https://hub.example.ph:8443")],
            &[("host", "hub.example.ph"), ("origin", "ftp://hub.example.ph")],
            &[("host", "hub.example.ph"), ("origin", "https://user@hub.example.ph")],
            &[("host", "hub.example.ph"), ("origin", "https://hub.example.ph"), ("origin", "https://evil.example")],
        ] {
            assert!(!own(said), "{said:?}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others_and_two_of_them_are_none() {
        let cookie = Cookie::new(Uuid::from_u128(7), [3; 32]);
        let ours = format!("{COOKIE}={}", cookie.text());
        assert_eq!(read(&headers(&[("cookie", &format!("a=b; {ours}; c=d"))])), Some(cookie.clone()));
        assert_eq!(read(&headers(&[("cookie", "a=b"), ("cookie", &ours)])), Some(cookie));
        for line in
            [String::new(), COOKIE.to_owned(), format!("{ours}; {ours}"), format!("x{ours}"), format!("{ours}x")]
        {
            assert_eq!(read(&headers(&[("cookie", &line)])), None, "{line}");
        }
    }
}
