//! Somebody before the browser: they find things by what they read there, click, type, choose, and look.
//!
//! A click is over when the page to which it leads is there. What comes by itself is `waited_for`.

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use super::chromium::Chromium;

/// How `WebDriver` names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long something that comes by itself may take on a busy machine, and how often one looks.
const SURELY: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(50);

/// What a person calls a thing on a page: its words, or those of its label. Of several that can be seen, those on the page
/// itself go before those in the frame around it, buttons before links, and words that are all there is before words that
/// begin so.
const FIND: &str = r"
const [kind, words, beside] = arguments;
const isSeen = (one) => one.getClientRects().length > 0;
const plain = (text) => (text || '').replace(/\s+/g, ' ').trim();
const around = [...document.querySelectorAll('li, tr, section, article, details')]
    .filter((part) => isSeen(part) && plain(part.innerText).includes(beside))
    .sort((one, other) => one.innerText.length - other.innerText.length);
const main = document.querySelector('main');
const places = kind === 'go' ? [document.querySelector('header')] : beside ? around : [main, document];
const spoken = (one) => plain(one.innerText) || one.getAttribute('aria-label') || '';
const best = (found, name) => found.find((one) => name(one) === words) || found.find((one) => name(one).startsWith(words));
for (const place of places) {
    if (kind !== 'fill') {
        const ways = [...place.querySelectorAll('button'), ...place.querySelectorAll('a, summary')];
        const found = best(ways.filter(isSeen), spoken);
        if (found) return found;
    } else {
        const labels = [...place.querySelectorAll('label')].filter(isSeen);
        const label = best(labels, (one) => plain(one.innerText));
        if (label && label.control) return label.control;
    }
}
return null;
";

/// Whether a click on it brings another page: not what unfolds something, or leads to a place on this one.
const LEADS_ON: &str = r"
const [one] = arguments;
if (one.tagName === 'BUTTON') return one.form !== null && one.type === 'submit';
if (one.tagName !== 'A') return false;
const [there, here] = [new URL(one.href), new URL(location.href)];
const isHere = there.pathname + there.search === here.pathname + here.search;
return !(isHere && there.hash);
";

impl Chromium {
    async fn found(&self, kind: &str, words: &str, beside: &str) -> Option<String> {
        let found = self.value_of(FIND, json!([kind, words, beside])).await;
        found[ELEMENT].as_str().map(str::to_owned)
    }

    async fn element(&self, kind: &str, words: &str, beside: &str) -> String {
        match self.found(kind, words, beside).await {
            Some(element) => element,
            None => panic!("nothing to {kind} says “{words}” on the page:\n{}", self.text().await),
        }
    }

    async fn clicked(&self, element: &str) {
        self.click(element).await.expect("a click");
    }

    /// A click, and the page to which it leads.
    async fn click(&self, element: &str) -> Result<(), Value> {
        let question = json!({ "script": LEADS_ON, "args": [{ ELEMENT: element }] });
        let leads_on = self.tried(Method::POST, "/execute/sync", question).await?;
        self.tried(Method::POST, &format!("/element/{element}/click"), json!({}))
            .await?;
        let began = Instant::now();
        // What was clicked on is gone as soon as the next page is there.
        let name = format!("/element/{element}/name");
        while leads_on == true && self.tried(Method::GET, &name, Value::Null).await.is_ok() {
            assert!(began.elapsed() < SURELY, "it leads nowhere:\n{}", self.text().await);
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Clicks on a link or a button with these words, and waits for the page to which it leads.
    pub async fn press(&self, words: &str) {
        self.press_beside(words, "").await;
    }

    /// The same in the line or the box that says something.
    pub async fn press_beside(&self, words: &str, beside: &str) {
        let began = Instant::now();
        loop {
            let element = self.element("press", words, beside).await;
            match self.click(&element).await {
                Ok(()) => return,
                // A page that follows what changes has just put the same thing there anew.
                Err(error) => assert!(
                    error.to_string().contains("stale element") && began.elapsed() < SURELY,
                    "“{words}”: {error}"
                ),
            }
        }
    }

    /// Opens the line or the box that says something: a click on its first link.
    pub async fn opens(&self, beside: &str) {
        self.press_beside("", beside).await;
    }

    /// Goes to a page by the navigation, through its menu where the window is small.
    pub async fn goes_to(&self, page: &str) {
        if self.found("go", page, "").await.is_none() {
            let menu = self.element("go", "Menu", "").await;
            self.clicked(&menu).await;
        }
        let link = self.element("go", page, "").await;
        self.clicked(&link).await;
    }

    /// Types into the field with that label, in place of what stands there.
    pub async fn types(&self, label: &str, words: &str) {
        let element = self.element("fill", label, "").await;
        self.command(Method::POST, &format!("/element/{element}/clear"), json!({}))
            .await;
        self.keys(&element, words).await;
    }

    /// Presses keys in the field with that label, as in a time of day, where each part is typed by itself.
    pub async fn keys_in(&self, label: &str, keys: &str) {
        let element = self.element("fill", label, "").await;
        self.keys(&element, keys).await;
    }

    async fn keys(&self, element: &str, keys: &str) {
        self.command(
            Method::POST,
            &format!("/element/{element}/value"),
            json!({ "text": keys }),
        )
        .await;
    }

    /// Ticks the field with that label, or takes its tick away.
    pub async fn ticks(&self, label: &str) {
        let element = self.element("fill", label, "").await;
        self.clicked(&element).await;
    }

    /// Hands over a file.
    pub async fn hands_over(&self, label: &str, file: &Path) {
        let element = self.element("fill", label, "").await;
        self.keys(&element, file.to_str().expect("a path of text")).await;
    }

    /// Chooses one of a list.
    pub async fn chooses(&self, label: &str, words: &str) {
        let list = self.element("fill", label, "").await;
        let script = "const [list, words] = arguments; \
                      return [...list.options].find((one) => one.text.trim() === words) || null";
        let option = self.value_of(script, json!([{ ELEMENT: list }, words])).await;
        let Some(option) = option[ELEMENT].as_str() else {
            panic!("“{label}” offers no “{words}”");
        };
        self.clicked(option).await;
    }

    /// What can be read on the page.
    pub async fn text(&self) -> String {
        let text = self.value("return document.body.innerText").await;
        text.as_str().expect("text").to_owned()
    }

    /// The page says this.
    #[track_caller]
    pub fn sees(&self, words: &str) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let text = self.text().await;
            assert!(text.contains(words), "{place}: no “{words}” on the page:\n{text}");
        }
    }

    /// The page says nothing like this.
    #[track_caller]
    pub fn does_not_see(&self, words: &str) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let text = self.text().await;
            assert!(!text.contains(words), "{place}: “{words}” is on the page:\n{text}");
        }
    }

    /// The page comes to say this without anybody's doing.
    pub async fn waited_for(&self, words: &str) {
        let began = Instant::now();
        loop {
            let text = self.text().await;
            if text.contains(words) {
                return;
            }
            assert!(began.elapsed() < SURELY, "“{words}” has not come:\n{text}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// One more window beside the one that is open; what is done from now on is done there. Returns the one before.
    pub async fn opens_window(&self) -> String {
        let before = self.command(Method::GET, "/window", Value::Null).await;
        let opened = self
            .command(Method::POST, "/window/new", json!({ "type": "window" }))
            .await;
        self.turns_to(opened["handle"].as_str().expect("a window")).await;
        before.as_str().expect("a window").to_owned()
    }

    /// Goes on in another window.
    pub async fn turns_to(&self, window: &str) {
        self.command(Method::POST, "/window", json!({ "handle": window })).await;
    }

    /// Closes the window that is looked at, and goes on in another one.
    pub async fn closes_window(&self, next: &str) {
        self.command(Method::DELETE, "/window", Value::Null).await;
        self.turns_to(next).await;
    }

    /// Pages' own scripts do not run any more.
    pub async fn has_no_scripts(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true }))
            .await;
    }

    /// What is seen now, as a PNG.
    pub async fn picture(&self) -> Vec<u8> {
        let taken = self
            .devtools("Page.captureScreenshot", json!({ "format": "png" }))
            .await;
        let data = taken["data"].as_str().expect("a picture");
        STANDARD.decode(data).expect("base64")
    }
}
