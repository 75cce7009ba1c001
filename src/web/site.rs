//! What is this site and who asks it: its cookie, where a request comes from, where a path leads, what every page of the
//! desk says to browsers.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

use super::error::WebError;
use crate::app::App;
use crate::domain::link::Token;

/// As long as browsers keep a cookie at all: when a session ends is decided here, not there.
const COOKIE_SECONDS: u32 = 400 * 86_400;

/// Longest path that a sign-in leads back to.
const LONGEST_NEXT: usize = 2_000;

/// What every answer of the desk says to browsers and caches: nothing of it is kept, no script or style runs that is not
/// a file of ours, nobody may frame it, and other sites do not learn its addresses.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
];

/// Adds what every answer of the desk says; what a page says itself stays.
pub(super) async fn careful(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .entry(name)
            .or_insert_with(|| HeaderValue::from_static(value));
    }
    response
}

/// Tells whoever looks at the desk that something may have changed: a form was sent, or a webhook.
pub(super) async fn tells(State(app): State<App>, request: Request, next: Next) -> Response {
    let may_change = request.method() == Method::POST;
    let response = next.run(request).await;
    if may_change && !response.status().is_client_error() {
        app.dispatcher.changed.tell();
    }
    response
}

/// Whether browsers reach this site by https.
fn is_secure(app: &App) -> bool {
    let url = app.config.server.public_url.as_deref();
    url.is_some_and(|url| url.starts_with("https:"))
}

/// A browser takes a cookie named `__Host-` only from this very host, by https.
fn cookie_name(app: &App) -> &'static str {
    if is_secure(app) {
        "__Host-daybefore"
    } else {
        "daybefore"
    }
}

/// The session's token that a browser has brought.
pub(super) fn session_token<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = cookie_name(app);
    let all = headers.get_all(header::COOKIE).iter();
    all.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, token)| token)
}

/// Gives a browser its session's token, or takes it away.
pub(super) fn session_cookie(app: &App, token: Option<&Token>) -> Result<HeaderValue, WebError> {
    let name = cookie_name(app);
    let secure = if is_secure(app) { "; Secure" } else { "" };
    let (token, seconds) = token.map_or(("", 0), |token| (token.as_str(), COOKIE_SECONDS));
    let cookie = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    Ok(HeaderValue::try_from(cookie)?)
}

/// Whether a form was sent by a page of this site, as far as the browser says: by `Sec-Fetch-Site`, which it sends by
/// https and to this machine, else by `Origin`. Browsers that say neither are no protection and no danger.
pub(super) fn is_from_here(app: &App, headers: &HeaderMap) -> bool {
    let said = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (said(HeaderName::from_static("sec-fetch-site")), said(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => is_ours(app, origin, said(header::HOST)),
        (None, None) => true,
    }
}

/// A proxy may have put another host into the request; then the public address counts.
fn is_ours(app: &App, origin: &str, host: Option<&str>) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    let public_url = app.config.server.public_url.as_deref();
    let public = public_url.and_then(|url| Url::parse(url).ok());
    if public.is_some_and(|public| public.origin() == origin.origin()) {
        return true;
    }
    // The same host with or without the scheme's own port.
    let asked = host.and_then(|host| Url::parse(&format!("{}://{host}", origin.scheme())).ok());
    asked.is_some_and(|asked| asked.origin() == origin.origin())
}

/// Who asks. A proxy on this machine or its network says for whom it does; anybody else's word is not taken for it.
pub(super) fn client_address(peer: Option<&ConnectInfo<SocketAddr>>, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer.map(|ConnectInfo(peer)| peer.ip().to_canonical())?;
    let is_near = match peer {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    };
    // What stands last is what the nearest proxy has seen itself.
    let told = headers.get_all("x-forwarded-for").iter().next_back();
    let told = told.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    if is_near { told.or(Some(peer)) } else { Some(peer) }
}

/// The page of this site that a request came from.
pub(super) fn page_before(app: &App, headers: &HeaderMap) -> Option<String> {
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let before = said(header::REFERER)?;
    let is_ours = is_ours(app, before, said(header::HOST));
    let url = Url::parse(before).ok().filter(|_| is_ours)?;
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    let page = format!("{}{query}", url.path());
    (path_here(&page) == page).then_some(page)
}

/// A path on this site, as it was asked for; else the first page. Browsers read `//host`, `/\host` and what becomes that
/// without its tabs and dots as another site.
pub(super) fn path_here(next: &str) -> &str {
    let is_plain = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= LONGEST_NEXT
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let base = Url::parse("http://this.site.invalid/").ok();
    let leads = base.as_ref().and_then(|base| base.join(next).ok());
    let is_here = leads.is_some_and(|leads| {
        base.is_some_and(|base| base.origin() == leads.origin()) && !leads.path().starts_with("//")
    });
    if is_plain && is_here { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_leads_only_to_paths_of_this_site() {
        for next in ["/", "/days/2026-12-01?business=shop", "/messages/a%2Fb?x=//y", "/x#y"] {
            assert_eq!(path_here(next), next);
        }
        for next in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example/",
            "https:evil.example",
            "javascript:alert(1)",
            "/.//evil.example",
            "/x/..//evil.example",
            "/%2e//evil.example",
            " /x",
            "/\u{e9}",
            "/x\r\nSet-Cookie: a=b",
        ] {
            assert_eq!(path_here(next), "/", "{next:?}");
        }
        assert_eq!(path_here(&format!("/{}", "x".repeat(LONGEST_NEXT))), "/");
    }

    #[test]
    fn only_a_proxy_nearby_is_believed_for_whom_it_asks() {
        let told = |peer: &str, forwarded: &str| {
            let mut headers = HeaderMap::new();
            if !forwarded.is_empty() {
                headers.insert("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap());
            }
            let peer: SocketAddr = peer.parse().unwrap();
            client_address(Some(&ConnectInfo(peer)), &headers).map(|address| address.to_string())
        };
        for (peer, forwarded, address) in [
            ("127.0.0.1:1", "", "127.0.0.1"),
            ("127.0.0.1:1", "198.51.100.7", "198.51.100.7"),
            ("127.0.0.1:1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
            ("172.17.0.2:1", "2001:db8::1", "2001:db8::1"),
            ("[::1]:1", "unknown", "::1"),
            ("203.0.113.9:1", "198.51.100.7", "203.0.113.9"),
        ] {
            assert_eq!(told(peer, forwarded).as_deref(), Some(address), "{peer} {forwarded}");
        }
        assert_eq!(client_address(None, &HeaderMap::new()), None);
    }
}
