//! The first days of a garage, as its owner and her customers live through them: set up, a file, a reminder, answers, a
//! complaint, a rule. Only clicks and typing; the clock is the test's.

use std::sync::Arc;

use daybefore::carrier::sandbox::{Sandbox, Settings};
use daybefore::web;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::store::raw;
use crate::support::chromium::{Chromium, Width};
use crate::support::desk::PASSWORD;
use crate::support::test_app::TestApp;

/// What the owner's own system has exported: two who come tomorrow, and one who comes next week.
const BOOKINGS: &str = "\
external_id,name,phone,service,vehicle,starts_at,duration_minutes
B-1,Ana Bell,07700 900101,Oil change,Golf LB70 ANA,2026-12-02 09:00,60
B-2,Ben Ode,07700 900102,New tyres,Fiesta LB18 BEN,2026-12-02 11:00,90
B-3,Cleo Marsh,07700 900103,Inspection,Polo LB66 CLE,2026-12-09 10:00,60
B-4,Dora Quill,12,Inspection,Corsa LB19 DOR,soon,60
";

/// An installation on which nothing was done yet, with a server for browsers.
struct Site {
    app: TestApp,
    url: String,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Site {
    async fn fresh() -> Self {
        let setup = TestApp::garage().zone("Europe/London").setting("server.public_url", "");
        let mut app = setup.start().await;
        for table in ["rule", "history", "business"] {
            raw(&app.app.store().path(), &format!("DELETE FROM {table}"))
                .await
                .unwrap();
        }
        let sandbox = Arc::new(Sandbox::new(Settings::default()).unwrap());
        app.texts_go_to(sandbox.clone());
        app.mails_go_to(sandbox);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(web::serve(app.app.clone(), listener, std::future::pending()));
        Self { app, url, serving }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Somebody with a browser, at the desk of a new installation.
struct Owner<'a> {
    browser: &'a Chromium,
    site: &'a Site,
    width: Width,
    /// Whether pages' scripts run.
    live: bool,
}

impl Owner<'_> {
    /// What a form answers fits its window and keeps nobody out either; the pages that links lead to: `every_page`.
    async fn can_be_used(&self, page: &str) {
        // axe-core is a script.
        if !self.live {
            return;
        }
        for (width, dark) in [(Width::Telephone, true), (self.width, false)] {
            self.browser.is_seen_at(width, dark).await;
            assert_eq!(self.browser.overhang().await, 0, "{page} at {width:?}");
            let barriers = self.browser.barriers().await.unwrap_or_default();
            assert!(barriers.is_empty(), "{page} at {width:?}: {barriers:#?}");
        }
    }

    async fn sets_up(&self) {
        let Self { browser, site, .. } = self;
        let token = site.app.app.door.open_set_up();
        browser.open(&format!("{}/set-up/{}", site.url, token.as_str())).await;
        browser.sees("Set up Daybefore").await;
        self.can_be_used("set-up").await;
        browser.types("Name of the business", "Bell’s Garage").await;
        browser.chooses("What you do", "A garage: visits and inspections").await;
        browser.types("Country", "gb").await;
        browser.types("Time zone", "Europe/London").await;
        browser.chooses("Language of messages", "English").await;
        browser.types("Your name", "Eva Bell").await;
        browser.types("Mail address or user name", "eva@bell.example").await;
        browser.types("New password", PASSWORD).await;
        browser.press("Set up").await;
        browser.sees("How to begin").await;
    }

    async fn signs_out_and_in(&self) {
        let browser = self.browser;
        browser.press("Sign out").await;
        browser.types("Mail address or user name", "eva@bell.example").await;
        browser.types("Password", "another horse").await;
        browser.press("Sign in").await;
        browser.sees("do not go together").await;
        self.can_be_used("a refused sign-in").await;
        browser.types("Password", PASSWORD).await;
        browser.press("Sign in").await;
        browser.sees("How to begin").await;
    }

    async fn brings_in_a_file(&self) {
        let Self { browser, site, .. } = self;
        let file = site.app.folder().join("bookings.csv");
        std::fs::write(&file, BOOKINGS).unwrap();
        browser.press("Import your bookings or policies from a file").await;
        browser.ticks("Bookings").await;
        browser.hands_over("File", &file).await;
        browser.press("Show what would change").await;
        browser.waited_for("What the file would change").await;
        let text = browser.text().await;
        for part in ["3\nnew", "1\nnot taken", "Line 5", "soon", "Nothing is changed yet."] {
            assert!(text.contains(part), "{part}: {text}");
        }
        self.can_be_used("what a file would change").await;
        browser.press("Import").await;
        browser.waited_for("Imported").await;
        browser.goes_to("Today").await;
        browser.sees("2, confirmed: 0").await;
    }

    /// Ana gets a reminder and answers C.
    async fn is_told_yes(&self) {
        let Self { browser, site, .. } = self;
        site.app.run_until("2026-12-01 17:00").await;
        browser.goes_to("Phone").await;
        browser.press("Ana Bell").await;
        browser.sees("Bell’s Garage").await;
        browser.sees("asks: are you coming?").await;
        browser.press("C yes").await;
        browser.sees("Sent. The business has it.").await;
        browser.goes_to("Today").await;
        browser.sees("2, confirmed: 1").await;
    }

    /// Ben writes in his own words; the page of the inbox that lies open shows it.
    async fn is_asked_something(&self) {
        let Self { browser, site, .. } = self;
        browser.goes_to("Inbox").await;
        browser.sees("Nothing waits for an answer.").await;
        let inbox = if self.live {
            let inbox = browser.opens_window().await;
            browser.is_seen_at(self.width, false).await;
            browser.open(&format!("{}/phone", site.url)).await;
            Some(inbox)
        } else {
            browser.goes_to("Phone").await;
            None
        };
        browser.press("Ben Ode").await;
        browser
            .types("In their own words", "Can I come an hour later, at 12:00?")
            .await;
        browser.press("Send").await;
        browser.sees("Sent. The business has it.").await;
        match inbox {
            Some(inbox) => {
                browser.closes_window(&inbox).await;
                browser.waited_for("Can I come an hour later").await;
            }
            None => browser.goes_to("Inbox").await,
        }
        browser.sees("wants another time or a call").await;
    }

    /// She moves his visit to the time that he has named, with which his question is settled, and writes to him.
    async fn answers(&self) {
        let Self { browser, site, .. } = self;
        // A moment after the reminder has left: what follows can be undone.
        site.app.advance_to("2026-12-01 17:05");
        browser.press("Ben Ode").await;
        browser.sees("understood as: wants another time").await;
        browser.press("I see to it").await;
        browser.sees("You see to it.").await;
        browser.press("Move the visit").await;
        browser.press("Show what happens").await;
        browser.sees("Wed 2 Dec 2026, 12:00 (was Wed 2 Dec 2026, 11:00)").await;
        self.can_be_used("what moving a visit does").await;
        browser.press("Save").await;
        browser.sees("It can be undone").await;
        self.can_be_used("a visit that can be undone").await;
        browser.goes_to("Inbox").await;
        browser.sees("Nothing waits for an answer.").await;
        browser.press("Done").await;
        browser.press("Ben Ode").await;
        browser.types("Your words", "Twelve is fine, see you tomorrow!").await;
        browser.press("Send now").await;
        browser.sees("Your answer goes out now.").await;
        site.app.run_until("2026-12-01 17:10").await;
        browser.goes_to("Phone").await;
        browser.press("Ben Ode").await;
        browser.sees("Twelve is fine, see you tomorrow!").await;
    }

    /// The day after her visit Ana is asked how it was, and was not happy.
    async fn hears_a_complaint(&self) {
        let Self { browser, site, .. } = self;
        site.app.run_until("2026-12-02 10:30").await;
        browser.goes_to("Today").await;
        browser.press_beside("09:00", "Ana Bell").await;
        browser.press("Visit is done").await;
        browser.sees("how was it?").await;
        browser.press("Save").await;
        browser.sees("completed").await;
        site.app.run_until("2026-12-03 10:00").await;
        browser.goes_to("Phone").await;
        browser.press("Ana Bell").await;
        browser.sees("asks: how was it?").await;
        browser.press("1").await;
        browser.goes_to("Unhappy").await;
        browser.sees("gave 1").await;
        browser.press("Ana Bell").await;
        self.can_be_used("a case").await;
        browser.chooses("What was at the bottom of it", "delay").await;
        browser.types("Note", "Called her: the next oil change is on us.").await;
        browser.press("Close the case").await;
        browser.sees("The case is closed.").await;
        browser.goes_to("Unhappy").await;
        browser.sees("Nobody is unhappy.").await;
        browser.press("Closed").await;
        browser.sees("delay").await;
    }

    /// Reminders shall go an hour later: Cleo's is the first.
    async fn changes_a_rule(&self) {
        let Self { browser, site, .. } = self;
        browser.goes_to("Rules").await;
        browser.press_beside("Edit", "asks for a yes").await;
        browser.keys_in("Time of day", "0600PM").await;
        browser.press("What would this do?").await;
        browser.sees("In the coming 30 days").await;
        self.can_be_used("what a rule would do").await;
        browser.sees("go at another time").await;
        browser.sees("Cleo Marsh").await;
        browser.press("Save").await;
        browser.sees("Saved.").await;
        browser.sees("The day before the visit, at 18:00").await;
        site.app.run_until("2026-12-08 17:30").await;
        browser.goes_to("Phone").await;
        browser.does_not_see("Cleo Marsh").await;
        site.app.run_until("2026-12-08 18:00").await;
        browser.goes_to("Phone").await;
        browser.sees("Cleo Marsh").await;
    }

    /// Cleo asks something, and it is plain that she comes: one click.
    async fn confirms_by_hand(&self) {
        let browser = self.browser;
        browser.press("Cleo Marsh").await;
        browser
            .types("In their own words", "Do you need the service book for that?")
            .await;
        browser.press("Send").await;
        browser.goes_to("Inbox").await;
        browser.press("Cleo Marsh").await;
        browser.sees("Do you need the service book for that?").await;
        browser.press("Confirm the visit").await;
        browser.sees("The visit is confirmed.").await;
        browser.sees("Nothing waits for an answer.").await;
        browser.goes_to("Today").await;
        browser.sees("1, confirmed: 1").await;
    }
}

async fn lives_through(width: Width, live: bool) {
    let Some(browser) = Chromium::start().await else { return };
    browser.is_seen_at(width, false).await;
    if !live {
        browser.has_no_scripts().await;
    }
    let site = Site::fresh().await;
    let eva = Owner {
        browser: &browser,
        site: &site,
        width,
        live,
    };
    eva.sets_up().await;
    eva.signs_out_and_in().await;
    eva.brings_in_a_file().await;
    eva.is_told_yes().await;
    eva.is_asked_something().await;
    eva.answers().await;
    eva.hears_a_complaint().await;
    eva.changes_a_rule().await;
    eva.confirms_by_hand().await;
}

#[tokio::test]
async fn a_garage_begins_at_its_counter() {
    lives_through(Width::Desk, true).await;
}

#[tokio::test]
async fn a_garage_begins_on_a_telephone_without_scripts() {
    lives_through(Width::Telephone, false).await;
}
