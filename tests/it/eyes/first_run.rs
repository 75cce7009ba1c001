//! The program itself on its first day: `serve` in an empty folder, and its owner's browser.

use tempfile::TempDir;

use crate::support::chromium::Chromium;
use crate::support::desk::PASSWORD;
use crate::support::program::command;
use crate::support::serving::Serving;

/// A zone in which it is early evening: messages may go. Its names have their sign the other way round.
fn where_it_is_six() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program of this test has the machine's clock"
    )]
    let hour = i64::from(chrono::Timelike::hour(&chrono::Utc::now()));
    let ahead = (18 - hour + 9).rem_euclid(24) - 9;
    format!("Etc/GMT{:+}", -ahead)
}

#[tokio::test]
async fn whoever_starts_it_plays_both_sides_a_minute_later() {
    let Some(browser) = Chromium::start().await else { return };
    let folder = TempDir::new().unwrap();
    let settings = "[server]\nlisten = \"127.0.0.1:0\"\n";
    std::fs::write(folder.path().join("daybefore.toml"), settings).unwrap();
    let program = Serving::start(command(folder.path(), &["serve"]), "/set-up/");
    browser.open(&program.url).await;
    browser.types("Name of the business", "Bell’s Garage").await;
    browser.types("Country", "gb").await;
    browser.types("Time zone", &where_it_is_six()).await;
    browser.types("Your name", "Eva Bell").await;
    browser.types("Mail address or user name", "eva").await;
    browser.types("New password", PASSWORD).await;
    browser.press("Set up").await;
    browser.press("See on the phone what a customer gets, and answer").await;
    browser.press("Send a sample question now").await;
    browser.waited_for("asks: are you coming?").await;
    browser.press("C yes").await;
    browser.sees("Sent. The business has it.").await;
    browser.goes_to("Today").await;
    browser.sees("Sample customer").await;
    browser.sees("1, confirmed: 1").await;
    // Whoever has the link of the first run comes too late.
    browser.open(&program.url).await;
    browser.sees("This link does not work any more").await;
}
