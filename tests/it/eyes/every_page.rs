//! Every page that links lead to, in the sample businesses: nothing hangs over the edge, nobody is kept out.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use url::Url;

use crate::support::chromium::{Chromium, Width};

/// The demonstration, ended on drop.
struct Demo {
    program: Child,
    url: Url,
}

impl Demo {
    fn start() -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_daybefore"))
            .args(["demo", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let output = program.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines();
        let url = lines.find_map(|line| {
            let line = line.expect("text");
            let (_, url) = line.split_once("Desk: ")?;
            url.split_whitespace().next().map(|url| Url::parse(url).expect("a URL"))
        });
        Self {
            program,
            url: url.expect("it says where the desk is"),
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ended = self.program.kill();
        let _reaped = self.program.wait();
    }
}

/// What kind of page an address leads to: ids, dates and values left out.
fn shape(url: &Url) -> String {
    let is_id = |part: &str| part.len() > 20 || part.contains(|c: char| c.is_ascii_digit());
    let parts = url.path_segments().into_iter().flatten();
    let path: Vec<_> = parts.map(|part| if is_id(part) { "*" } else { part }).collect();
    // What a page begins after, or says of the last act, makes no other page.
    let mut names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    names.retain(|name| {
        name != "business" && name != "said" && !name.starts_with("after") && !name.starts_with("before")
    });
    names.sort();
    format!("/{}?{}", path.join("/"), names.join("&"))
}

/// One page of each kind that links lead to, beginning at `start`.
async fn kinds_of_pages(browser: &Chromium, start: &Url) -> BTreeMap<String, Url> {
    let mut found = BTreeMap::from([(shape(start), start.clone())]);
    let mut open = VecDeque::from([start.clone()]);
    while let Some(url) = open.pop_front() {
        browser.open(url.as_str()).await;
        let script = "return Array.from(document.links).filter(a => !a.download).map(a => a.href)";
        for link in browser.value(script).await.as_array().expect("links") {
            let link = Url::parse(link.as_str().expect("text")).expect("an address");
            let is_page = link.origin() == start.origin() && !link.path().contains('.');
            if is_page && !found.contains_key(&shape(&link)) {
                found.insert(shape(&link), link.clone());
                open.push_back(link);
            }
        }
    }
    found
}

#[tokio::test]
#[ignore = "takes minutes since there are so many pages: `cargo test --test it eyes -- --ignored`"]
async fn every_page_fits_its_window_and_keeps_nobody_out() {
    let Some(browser) = Chromium::start().await else { return };
    let demo = Demo::start();
    let pages = kinds_of_pages(&browser, &demo.url).await;
    let mut bad = Vec::new();
    for (width, dark) in [
        (Width::Telephone, true),
        (Width::Telephone, false),
        (Width::Desk, true),
        (Width::Desk, false),
    ] {
        browser.is_seen_at(width, dark).await;
        for url in pages.values() {
            browser.open(url.as_str()).await;
            let seen = format!("{} at {width:?}, {}", url.path(), if dark { "dark" } else { "light" });
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
    assert!(pages.len() > 15, "too few pages are linked: {:?}", pages.keys());
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
