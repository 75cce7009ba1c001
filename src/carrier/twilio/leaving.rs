//! A request's body that tells when it leaves: the connection asks for it when everything before it is done, right
//! before the bytes go to the socket.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::Request;

use crate::carrier::Leaving;

/// The request must not leave.
#[derive(Debug, thiserror::Error)]
#[error("the request may not leave")]
pub(super) struct Kept;

/// Whether a request was kept back.
#[derive(Clone, Debug, Default)]
pub(super) struct IsKept(Arc<AtomicBool>);

impl IsKept {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Lets a request with a body say that it leaves.
pub(super) fn tell(request: &mut Request, leaving: Arc<dyn Leaving>) -> IsKept {
    let kept = IsKept::default();
    if let Some(bytes) = request.body().and_then(reqwest::Body::as_bytes) {
        let body = Told {
            bytes: Some(Bytes::copy_from_slice(bytes)),
            leaving,
            kept: kept.clone(),
        };
        *request.body_mut() = Some(reqwest::Body::wrap(body));
    }
    kept
}

struct Told {
    /// None: handed out.
    bytes: Option<Bytes>,
    leaving: Arc<dyn Leaving>,
    kept: IsKept,
}

impl Body for Told {
    type Data = Bytes;
    type Error = Kept;

    fn poll_frame(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Kept>>> {
        let Some(bytes) = self.bytes.take() else {
            return Poll::Ready(None);
        };
        Poll::Ready(Some(if self.leaving.now() {
            Ok(Frame::data(bytes))
        } else {
            self.kept.0.store(true, Ordering::SeqCst);
            Err(Kept)
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, Bytes::len) as u64)
    }
}
