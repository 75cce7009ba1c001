//! The desk's door: it shows customers' names and messages, so that without a password it stays shut.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::app::{App, DeskAccess};

const CLOSED: &str = "Daybefore is running. Its desk is closed: set server.desk_password in daybefore.toml, or \
    DAYBEFORE_SERVER__DESK_PASSWORD, and start it again.\n";

/// Lets a request through to the desk when it knows the password (RFC 7617), or when the desk is open to all.
pub(super) async fn only_staff(State(app): State<App>, request: Request, next: Next) -> Response {
    match &app.desk {
        DeskAccess::Open => next.run(request).await,
        DeskAccess::Closed => (StatusCode::FORBIDDEN, CLOSED).into_response(),
        DeskAccess::Password(password) if knows(request.headers(), password.expose_secret()) => next.run(request).await,
        DeskAccess::Password(_) => {
            let challenge = [(header::WWW_AUTHENTICATE, "Basic realm=\"Daybefore\", charset=\"UTF-8\"")];
            (
                StatusCode::UNAUTHORIZED,
                challenge,
                "the desk asks for its password; any user name will do\n",
            )
                .into_response()
        }
    }
}

/// Compares digests, so that how long it takes tells nothing of how much was right.
fn knows(headers: &HeaderMap, password: &str) -> bool {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|encoded| STANDARD.decode(encoded.trim()).ok())
        .and_then(|decoded| String::from_utf8(decoded).ok());
    given
        .as_deref()
        .and_then(|given| given.split_once(':'))
        .is_some_and(|(_, given)| Sha256::digest(given) == Sha256::digest(password))
}
