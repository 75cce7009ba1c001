//! The pictures of the documents, made of the sample businesses. `just pictures` puts them into docs/images; without it they
//! are made all the same, and left in target/pictures.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::chromium::{Chromium, Width};
use crate::support::serving::Serving;

/// The folder into which they go, from where the manifest is.
const FOLDER: &str = "DAYBEFORE_PICTURES";

/// A page that loads slowly is no help to whoever wants to have a look.
const LARGEST: usize = 160_000;

struct Album(PathBuf);

impl Album {
    fn open() -> Self {
        let folder = std::env::var(FOLDER).unwrap_or_else(|_| "target/pictures".to_owned());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    async fn keeps(&self, name: &str, browser: &Chromium) {
        assert_eq!(browser.overhang().await, 0, "{name}");
        let picture = browser.picture().await;
        assert!(picture.starts_with(b"\x89PNG"), "{name}");
        assert!(picture.len() < LARGEST, "{name} has {} bytes", picture.len());
        fs::write(self.0.join(format!("{name}.png")), picture).expect("written");
    }
}

#[tokio::test]
async fn the_main_pages_are_shown_as_they_are() {
    let Some(browser) = Chromium::start().await else { return };
    let mut demo = Command::new(env!("CARGO_BIN_EXE_daybefore"));
    demo.args(["demo", "--listen", "127.0.0.1:0"]);
    let demo = Serving::start(demo, "Desk: ");
    let album = Album::open();
    browser.open(&demo.url).await;
    browser.sees("Werkstatt Havelkiez").await;
    album.keeps("today", &browser).await;
    browser.goes_to("Satisfaction").await;
    browser.sees("Month by month").await;
    album.keeps("satisfaction", &browser).await;
    browser.goes_to("Outbox").await;
    browser.press("What goes out tomorrow").await;
    browser.sees("What it says").await;
    album.keeps("tomorrow", &browser).await;
    // The agency writes English.
    browser.press("Werkstatt Havelkiez").await;
    browser.press("Tidewater Lane Insurance").await;
    browser.goes_to("Calls").await;
    album.keeps("calls", &browser).await;
    browser.goes_to("Phone").await;
    browser.opens("asks: shall we renew?").await;
    browser
        .types(
            "In their own words",
            "Is the windscreen covered, and what would it cost without?",
        )
        .await;
    browser.press("Send").await;
    browser.is_seen_at(Width::Telephone, true).await;
    browser.press("Anything new?").await;
    album.keeps("phone", &browser).await;
    browser.is_seen_at(Width::Desk, false).await;
    browser.goes_to("Inbox").await;
    browser.opens("windscreen").await;
    browser.sees("understood as").await;
    album.keeps("conversation", &browser).await;
    browser.press("customer record").await;
    album.keeps("customer", &browser).await;
}
