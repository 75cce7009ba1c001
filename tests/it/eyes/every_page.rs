//! Every page that links lead to, in the sample businesses: nothing hangs over the edge, nobody is kept out.

use std::collections::{BTreeMap, VecDeque};
use std::process::Command;

use url::Url;

use crate::support::chromium::{Chromium, Width};
use crate::support::serving::Serving;

/// What kind of page an address leads to: ids, dates, names and values left out.
fn kind(url: &Url) -> String {
    let parts: Vec<_> = url.path_segments().into_iter().flatten().collect();
    let is_id = |part: &str| part.len() > 20 || part.contains(|c: char| c.is_ascii_digit());
    let path: Vec<_> = match parts.as_slice() {
        // One form for all rules, one for all texts of a channel.
        ["rules", "edit", _rule] => vec!["rules", "edit", "*"],
        ["texts", _template, channel] => vec!["texts", "*", channel],
        parts => parts.iter().map(|part| if is_id(part) { "*" } else { part }).collect(),
    };
    if let ["customers", "*", "consent"] = path.as_slice() {
        // What is chosen in a form makes no other page.
        return "/customers/*/consent".to_owned();
    }
    // What a page begins after, or says of the last act, makes no other page either.
    let mut names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    names.retain(|name| {
        name != "business"
            && name != "said"
            && !["after", "before", "list_before"]
                .iter()
                .any(|begins| name.starts_with(begins))
    });
    names.sort();
    format!("/{}?{}", path.join("/"), names.join("&"))
}

/// The addresses that a page links to, read without drawing it.
const LINKS: &str = "
    const parsed = html => new DOMParser().parseFromString(html, 'text/html');
    const hrefs = page => Array.from(page.links).filter(a => !a.hasAttribute('download')).map(a => a.getAttribute('href'));
    return fetch(PAGE).then(answer => answer.text()).then(html => hrefs(parsed(html)));";

/// Pages that no link of the desk leads to.
const UNLINKED: [&str; 5] = ["/sign-in", "/nowhere", "/r/nobody", "/u/nobody", "/set-up/nobody"];

/// One page of each kind that links lead to, beginning at `start`.
async fn kinds_of_pages(browser: &Chromium, start: &Url) -> BTreeMap<String, Url> {
    browser.open(start.as_str()).await;
    let mut found = BTreeMap::from([(kind(start), start.clone())]);
    let mut open = VecDeque::from([start.clone()]);
    while let Some(url) = open.pop_front() {
        let script = LINKS.replace("PAGE", &serde_json::json!(url.as_str()).to_string());
        for link in browser.value(&script).await.as_array().expect("links") {
            let link = url.join(link.as_str().expect("text")).expect("an address");
            let is_page = link.origin() == start.origin() && !link.path().contains('.');
            if is_page && !found.contains_key(&kind(&link)) {
                found.insert(kind(&link), link.clone());
                open.push_back(link);
            }
        }
    }
    for path in UNLINKED {
        found.insert(path.to_owned(), start.join(path).expect("an address"));
    }
    found
}

#[tokio::test]
async fn every_page_fits_its_window_and_keeps_nobody_out() {
    let Some(browser) = Chromium::start().await else { return };
    let mut demo = Command::new(env!("CARGO_BIN_EXE_daybefore"));
    demo.args(["demo", "--listen", "127.0.0.1:0"]);
    let demo = Serving::start(demo, "Desk: ");
    let start = Url::parse(&demo.url).expect("an address");
    let pages = kinds_of_pages(&browser, &start).await;
    let mut bad = Vec::new();
    for (kind, url) in &pages {
        browser.open(url.as_str()).await;
        for (width, dark) in [
            (Width::Telephone, true),
            (Width::Telephone, false),
            (Width::Desk, true),
            (Width::Desk, false),
        ] {
            browser.is_seen_at(width, dark).await;
            let seen = format!("{kind} at {width:?}, {}", if dark { "dark" } else { "light" });
            match browser.overhang().await {
                0 => {}
                pixels => bad.push(format!("{seen}: {pixels} pixels wider than the window")),
            }
            // The two that have nothing in common.
            if dark == (width == Width::Telephone) {
                let Some(barriers) = browser.barriers().await else {
                    return;
                };
                bad.extend(barriers.into_iter().map(|barrier| format!("{seen}: {barrier}")));
            }
        }
    }
    assert!(pages.len() > 50, "too few pages are linked: {:?}", pages.keys());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[tokio::test]
async fn a_page_that_is_wide_and_pale_is_seen_to_be() {
    let Some(browser) = Chromium::start().await else { return };
    browser.is_seen_at(Width::Telephone, false).await;
    let page = "<meta name=viewport content='width=device-width'><title>t</title><main><h1>t</h1><p style='width:500px;color:#ccc;background:#fff'>pale</p><input></main>";
    browser
        .open(&format!("data:text/html,<!doctype html><html lang=en>{page}").replace('#', "%23"))
        .await;
    let overhang = browser.overhang().await;
    assert!(overhang > 100, "{overhang}");
    let Some(barriers) = browser.barriers().await else {
        return;
    };
    for rule in ["\"color-contrast\"", "\"label\""] {
        assert!(barriers.iter().any(|barrier| barrier.starts_with(rule)), "{barriers:?}");
    }
}
