//! How answers look in the OpenAPI document. Only the document uses these types.

use super::answer::ErrorAnswer;
use utoipa::{IntoResponses, ToSchema};

/// `{"success": true, "data": ...}`.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes Answer")]
pub(crate) struct Success<T> {
    #[schema(example = true)]
    success: bool,
    data: T,
}

/// Every way in which a request can be refused; `error.code` says which one it was.
#[derive(Debug, IntoResponses)]
#[expect(dead_code, reason = "describes ApiError")]
pub(crate) enum Refusals {
    /// The request cannot be read, or a value in it cannot be.
    #[response(status = 400)]
    BadRequest(ErrorAnswer),
    /// No token, one that is over, or wrong credentials.
    #[response(status = 401)]
    Unauthorized(ErrorAnswer),
    /// Not for this role; the school is suspended; another password must be chosen first.
    #[response(status = 403)]
    Forbidden(ErrorAnswer),
    /// There is no such thing in this school.
    #[response(status = 404)]
    NotFound(ErrorAnswer),
    /// It is taken, or something else stands against it.
    #[response(status = 409)]
    Conflict(ErrorAnswer),
    #[response(status = 413)]
    TooLarge(ErrorAnswer),
    /// The request is understood, and what it asks for cannot be.
    #[response(status = 422)]
    Unprocessable(ErrorAnswer),
    /// Too often; `details.retry_after` has the seconds.
    #[response(status = 429)]
    TooMany(ErrorAnswer),
    /// The hub is at fault; its log has the reason.
    #[response(status = 500)]
    Internal(ErrorAnswer),
    /// The hub is busy; try again.
    #[response(status = 503)]
    Busy(ErrorAnswer),
}
