//! The files that pages load. Their addresses name what is in them, so that browsers may keep them for good, and a page of
//! a new version never meets the style of an old one.

use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};

use crate::domain::link;

/// How much of a file's hash its address has.
const OF_HASH: usize = 16;

/// A style or a script.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    pub path: &'static str,
    pub kind: &'static str,
    pub text: &'static str,
}

impl Kept {
    pub(super) const fn style(path: &'static str, text: &'static str) -> Self {
        let kind = "text/css; charset=utf-8";
        Self { path, kind, text }
    }

    pub(super) const fn script(path: &'static str, text: &'static str) -> Self {
        let kind = "text/javascript; charset=utf-8";
        Self { path, kind, text }
    }

    fn version(&self) -> String {
        link::hash(self.text).chars().take(OF_HASH).collect()
    }

    /// How pages name it.
    pub(super) fn address(&self) -> String {
        format!("{}?v={}", self.path, self.version())
    }

    /// The file; kept only by the address that names what is in it: a page of another version may ask for it, too.
    pub(super) fn answer(&self, asked: &Uri) -> Response {
        let named = asked.query().and_then(|query| query.strip_prefix("v="));
        let is_this = named == Some(self.version().as_str());
        let keep = if is_this {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        (
            [(header::CONTENT_TYPE, self.kind), (header::CACHE_CONTROL, keep)],
            self.text,
        )
            .into_response()
    }
}
