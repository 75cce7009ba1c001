//! A form with a file, as a page of ours has given it to this very session: what `Acted` is to forms without one.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

use super::acted::{CSRF, STALE};
use super::error::WebError;
use super::site::is_from_here;
use super::staff::Staff;
use crate::app::App;
use crate::domain::session::same;

/// Longest value of a field that is no file.
const LONGEST: usize = 1_000;

/// A form of the desk whose fields are still to be read, and who has sent it. Its first field was the hidden one: nothing
/// else of what strangers send is read. Takes the body, so it is the last argument of a handler.
pub(super) struct Uploaded {
    pub staff: Staff,
    fields: Multipart,
}

/// A field of it.
pub(super) enum Part {
    /// Its name and what was typed.
    Text(String, String),
    /// What the file was called, where it lies now, and its size; no name and no size where nobody has chosen one.
    File {
        name: String,
        file: NamedTempFile,
        size: u64,
    },
}

impl FromRequest<App> for Uploaded {
    type Rejection = WebError;

    async fn from_request(request: Request, app: &App) -> Result<Self, WebError> {
        let (mut parts, body) = request.into_parts();
        let staff = Staff::from_request_parts(&mut parts, app).await?;
        if !is_from_here(app, &parts.headers) {
            return Err(WebError::NotAllowed(STALE));
        }
        let fields = Multipart::from_request(Request::from_parts(parts, body), app).await;
        let mut fields = fields.map_err(|_| WebError::BadRequest("error_form_encoding"))?;
        let first = fields.next_field().await.map_err(|error| of_multipart(&error))?;
        let first = first.filter(|field| field.name() == Some(CSRF) && field.file_name().is_none());
        let given = match first {
            Some(field) => text(field).await?,
            None => String::new(),
        };
        if !same(&given, &staff.csrf) {
            return Err(WebError::NotAllowed(STALE));
        }
        Ok(Self { staff, fields })
    }
}

impl Uploaded {
    /// The next field. A file is written to `file()` as it comes in.
    pub(super) async fn next(
        &mut self,
        largest: u64,
        file: impl Fn() -> std::io::Result<NamedTempFile>,
    ) -> Result<Option<Part>, WebError> {
        let Some(field) = self.fields.next_field().await.map_err(|error| of_multipart(&error))? else {
            return Ok(None);
        };
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            None => Ok(Some(Part::Text(name, text(field).await?))),
            Some(file_name) => {
                let file = file()?;
                let size = write(field, &file, largest).await?;
                Ok(Some(Part::File {
                    name: file_name,
                    file,
                    size,
                }))
            }
        }
    }
}

async fn text(mut field: Field<'_>) -> Result<String, WebError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| of_multipart(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST {
            return Err(WebError::TooLarge);
        }
    }
    String::from_utf8(bytes).map_err(|_| WebError::BadRequest("error_form_letters"))
}

async fn write(mut field: Field<'_>, file: &NamedTempFile, largest: u64) -> Result<u64, WebError> {
    let mut target = tokio::fs::File::from_std(file.reopen()?);
    let mut size = 0;
    while let Some(chunk) = field.chunk().await.map_err(|error| of_multipart(&error))? {
        size += chunk.len() as u64;
        if size > largest {
            return Err(WebError::TooLarge);
        }
        target.write_all(&chunk).await?;
    }
    target.flush().await?;
    Ok(size)
}

/// What is wrong with a body, for whoever sent it.
fn of_multipart(error: &MultipartError) -> WebError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => WebError::TooLarge,
        _ => WebError::BadRequest("error_form_cut"),
    }
}
