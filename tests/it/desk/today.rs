//! The first page in the morning: who comes and what ends, where each stands, what is urgent and what is wrong.

use std::fmt::Write as _;

use chrono::TimeDelta;
use daybefore::domain::item::BookingStatus;
use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::desk::Browser;
use crate::support::setup::Setup;
use crate::support::test_app::{BUSINESS, PHONE, TestApp};

const OWNER: &[(&str, Role)] = &[(BUSINESS, Role::Owner)];

async fn at_the_desk(setup: Setup) -> (TestApp, Browser) {
    let app = setup.start().await;
    let eva = app.signed_in("eva", OWNER).await;
    (app, eva)
}

/// The part of a page under the heading with that id, up to the next one; empty where there is none.
fn part<'a>(page: &'a str, id: &str) -> &'a str {
    let heading = format!("<h2 id=\"{id}\">");
    let (_, rest) = page.split_once(&heading).unwrap_or_default();
    rest.split("<h2").next().unwrap_or_default()
}

/// What the page says of Ana's visit of that day.
async fn stands(app: &TestApp, browser: &mut Browser, day: &str) -> String {
    let page = browser.get(app, "/").await.html();
    let part = part(&page, day);
    assert!(part.contains("Ana Košir"), "{day}: {page}");
    part.to_owned()
}

#[tokio::test]
async fn who_comes_is_listed_with_the_answer_the_last_message_and_the_next_one() {
    let (app, mut eva) = at_the_desk(TestApp::garage()).await;
    app.book("B-1", "2026-12-04 09:00").await;
    app.run_until("2026-12-03 12:00").await;
    let day = stands(&app, &mut eva, "tomorrow").await;
    assert!(day.contains("not asked yet") && day.contains("confirmation"), "{day}");
    assert!(
        day.contains("next: <a") && day.contains("reminder") && day.contains("Thu 3 Dec, 17:00"),
        "{day}"
    );
    assert!(
        day.contains("Oil change") && day.contains("09:00") && day.contains(&format!("tel:{PHONE}")),
        "{day}"
    );
    let message = app.message("B-1", "day-before").await;
    assert!(
        day.contains(&format!("/customers/{}?business=shop", message.customer)),
        "{day}"
    );
    app.run_until("2026-12-03 17:30").await;
    assert!(
        stands(&app, &mut eva, "tomorrow")
            .await
            .contains("asked, no answer yet")
    );
    app.customer_replies("C").await;
    assert!(stands(&app, &mut eva, "tomorrow").await.contains(">confirmed<"));
    app.advance_to("2026-12-04 07:30");
    let page = eva.get(&app, "/").await.html();
    let booking = part(&page, "today")
        .split("/bookings/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert!(part(&page, "today").contains(">confirmed<"), "{page}");
    assert_eq!(eva.get(&app, &format!("/bookings/{booking}")).await.status, 200);
}

#[tokio::test]
async fn what_a_customer_has_written_stands_with_the_visit_and_leads_to_the_inbox() {
    for (words, says) in [
        ("Can we do Thursday instead?", "wants another time or a call"),
        ("I will be 20 minutes late", "is running late"),
    ] {
        let (app, mut eva) = at_the_desk(TestApp::garage()).await;
        app.book("B-1", "2026-12-04 09:00").await;
        app.run_until("2026-12-03 17:30").await;
        app.customer_replies(words).await;
        let row = app.inbox().await.remove(0);
        let day = stands(&app, &mut eva, "tomorrow").await;
        assert!(
            day.contains(says) && day.contains(&format!("/inbox/{}?business=shop", row.id)),
            "{words}: {day}"
        );
        assert!(!day.contains(">confirmed<"), "{words}: {day}");
    }
}

#[tokio::test]
async fn whoever_cannot_be_reached_or_wants_no_messages_is_to_be_phoned() {
    let (app, mut eva) = at_the_desk(TestApp::garage()).await;
    app.import_bookings("external_id,name,starts_at\nB-1,Nobody Known,2026-12-02 09:00\n")
        .await;
    app.customer_opts_out(PHONE, None).await;
    app.customer_opts_out("ana@example.com", None).await;
    app.book("B-2", "2026-12-02 10:00").await;
    app.run_until("2026-12-01 17:30").await;
    let page = eva.get(&app, "/").await.html();
    let day = part(&page, "tomorrow");
    for (who, says) in [
        ("Nobody Known", "cannot be reached by message: phone"),
        ("Ana Košir", "wants no messages: phone"),
    ] {
        let (_, row) = day.split_once(who).unwrap();
        let row = row.split("</tr>").next().unwrap();
        assert!(row.contains(says), "{who}: {row}");
    }
}

#[tokio::test]
async fn a_yes_to_another_time_is_no_yes_to_this_one() {
    for status in ["", "booked", "confirmed"] {
        let (app, mut eva) = at_the_desk(TestApp::garage()).await;
        app.book("B-1", "2026-12-04 09:00").await;
        app.run_until("2026-12-03 17:30").await;
        app.customer_replies("C").await;
        app.book_as("B-1", "2026-12-04 15:00", status).await;
        let day = stands(&app, &mut eva, "tomorrow").await;
        assert!(!day.contains(">confirmed<") && day.contains("15:00"), "{status}: {day}");
        if status == "confirmed" {
            assert!(day.contains("said yes to an earlier time"), "{day}");
        }
    }
}

#[tokio::test]
async fn a_cancelled_visit_does_not_come() {
    let (app, mut eva) = at_the_desk(TestApp::garage()).await;
    app.book("B-1", "2026-12-02 09:00").await;
    app.book_as("B-1", "2026-12-02 09:00", "cancelled").await;
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Cancelled);
    let page = eva.get(&app, "/").await.html();
    assert!(part(&page, "tomorrow").contains("Nobody is booked."), "{page}");
    assert!(!part(&page, "tomorrow").contains("Ana Košir"), "{page}");
}

#[tokio::test]
async fn a_day_is_the_businesss_own_day() {
    // It is the next day in Greenwich already.
    let setup = TestApp::garage().zone("America/Vancouver").at("2026-12-01 17:00");
    let (app, mut eva) = at_the_desk(setup).await;
    app.import_bookings(
        "external_id,name,starts_at\nB-0,Yesterday Late,2026-11-30 23:59\nB-1,Today First,2026-12-01 00:00\n\
         B-2,Today Late,2026-12-01 23:59\nB-3,Tomorrow First,2026-12-02 00:00\nB-4,Tomorrow Late,2026-12-02 23:59\n\
         B-5,After That,2026-12-03 00:00\n",
    )
    .await;
    let page = eva.get(&app, "/").await.html();
    for (name, day) in [
        ("Today First", "today"),
        ("Today Late", "today"),
        ("Tomorrow First", "tomorrow"),
        ("Tomorrow Late", "tomorrow"),
    ] {
        for one in ["today", "tomorrow"] {
            assert_eq!(part(&page, one).contains(name), one == day, "{name} {one}: {page}");
        }
    }
    for name in ["Yesterday Late", "After That"] {
        for day in ["today", "tomorrow"] {
            assert!(!part(&page, day).contains(name), "{name}: {page}");
        }
    }
}

#[tokio::test]
async fn another_businesss_visits_renewals_and_waiting_are_not_shown() {
    let (app, _) = at_the_desk(TestApp::garage()).await;
    app.book("B-1", "2026-12-02 09:00").await;
    app.renew("R-1", "policy", "2026-12-04", "").await;
    app.run_until("2026-12-01 17:30").await;
    app.customer_replies("Can we do Thursday instead?").await;
    app.another_business("other").await;
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    let page = stranger.get(&app, "/").await.html();
    for theirs in ["Ana Košir", "Thursday", PHONE, "B-1", "policy"] {
        assert!(!page.contains(theirs), "{theirs}: {page}");
    }
    assert!(page.contains("How to begin"), "{page}");
}

#[tokio::test]
async fn a_full_day_shows_the_first_and_leads_to_the_rest() {
    let (app, mut eva) = at_the_desk(TestApp::garage()).await;
    let mut csv = "external_id,name,starts_at\n".to_owned();
    for n in 0..53 {
        writeln!(csv, "B-{n},Customer {n:02},2026-12-02 {:02}:{:02}", 8 + n / 10, n % 10).unwrap();
    }
    app.import_bookings(&csv).await;
    let page = eva.get(&app, "/").await.html();
    let day = part(&page, "tomorrow");
    assert!(day.contains("Customer 49") && !day.contains("Customer 50"), "{day}");
    assert!(day.contains("/bookings?business=shop\">and 3 more"), "{day}");
    assert!(page.contains("<strong>53</strong>come tomorrow"), "{page}");
}

#[tokio::test]
async fn what_ends_soon_stands_with_its_answer() {
    let (app, mut eva) = at_the_desk(TestApp::agency()).await;
    app.renew("R-1", "policy", "2026-12-08", "").await;
    app.import_renewals("external_id,name,kind,subject,ends_on,status\nR-2,Later,policy,Golf,2026-12-09,\nR-3,Gone,policy,Golf,2026-12-05,lapsed\n")
        .await;
    app.run_until("2026-12-01 11:00").await;
    let page = eva.get(&app, "/").await.html();
    let ends = part(&page, "ends");
    assert!(
        ends.contains("Ana Košir") && ends.contains("asked, no answer yet") && ends.contains("Golf"),
        "{page}"
    );
    assert!(!ends.contains("Later") && !ends.contains("Gone"), "{ends}");
    app.customer_replies("C").await;
    let page = eva.get(&app, "/").await.html();
    assert!(part(&page, "ends").contains("wants the renewal"), "{page}");
    app.renew("R-1", "policy", "2026-12-08", "renewed").await;
    let page = eva.get(&app, "/").await.html();
    assert!(part(&page, "ends").contains(">renewed<"), "{page}");
    for day in ["today", "tomorrow"] {
        assert_eq!(part(&page, day), "", "an agency has no visits");
    }
}

#[tokio::test]
async fn a_garage_without_renewals_and_a_new_business_are_not_shown_empty_lists() {
    let (app, mut eva) = at_the_desk(TestApp::garage()).await;
    let page = eva.get(&app, "/").await.html();
    for step in ["/import?business=shop", "/users?business=shop"] {
        assert!(page.contains(step), "{step}: {page}");
    }
    assert!(!page.contains("<table") && !page.contains("/phone"), "{page}");
    app.book("B-1", "2026-12-15 09:00").await;
    let page = eva.get(&app, "/").await.html();
    assert!(
        !page.contains("How to begin") && part(&page, "today").contains("Nobody is booked."),
        "{page}"
    );
    assert_eq!(part(&page, "ends"), "");
}

#[tokio::test]
async fn all_is_well_until_a_sender_stops_or_messages_are_late() {
    let (app, mut eva) = at_the_desk(TestApp::garage()).await;
    app.book("B-1", "2026-12-04 09:00").await;
    app.run_until("2026-12-01 10:00").await;
    let page = eva.get(&app, "/").await.html();
    assert!(
        page.contains("All is well. The last message went Tue 1 Dec, 09:00."),
        "{page}"
    );
    // Nobody sends: an outage.
    app.advance_to("2026-12-03 17:06");
    let page = eva.get(&app, "/").await.html();
    assert!(
        page.contains("1 messages should have gone by now, the first Thu 3 Dec, 17:00."),
        "{page}"
    );
    assert!(
        page.contains("/outbox?business=shop") && !page.contains("All is well"),
        "{page}"
    );
    let mut tx = app.app.store().write().await.unwrap();
    let paused = store::lane::PausedLane {
        lane: "sms".to_owned(),
        code: Some(20003),
        failure: "wrong <b>password</b>".to_owned(),
        at: app.now() - TimeDelta::minutes(30),
    };
    store::lane::pause(&mut tx, &paused).await.unwrap();
    tx.commit().await.unwrap();
    let page = eva.get(&app, "/").await.html();
    for says in [
        "No texts are being sent.",
        "20003",
        "wrong &lt;b&gt;password",
        "/settings?business=shop",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
    assert!(!page.contains("should have gone"), "one reason is enough: {page}");
    assert!(!page.contains("<code>"), "nobody is told to type commands: {page}");
}

#[tokio::test]
async fn the_clocks_of_cases_replies_and_calls_lead_to_their_pages() {
    let (app, mut eva) = at_the_desk(TestApp::agency()).await;
    app.renew("R-1", "policy", "2026-12-08", "").await;
    app.run_until("2026-12-01 11:00").await;
    app.customer_replies("what does it cost now?").await;
    let customer = app.plan().await[0].customer.clone();
    let case = app.complains(&customer, "<b>Nobody</b> calls").await.unwrap();
    let page = eva.get(&app, "/").await.html();
    assert!(
        part(&page, "unhappy").contains(&format!("/cases/{}?business=shop", case.id)),
        "{page}"
    );
    assert!(part(&page, "unhappy").contains("&lt;b&gt;Nobody"), "{page}");
    assert!(
        part(&page, "inbox").contains(&format!("/inbox/{customer}?business=shop")),
        "{page}"
    );
    let calls = part(&page, "phone");
    assert!(
        calls.contains("/calls?business=shop") && calls.contains(&format!("/customers/{customer}?")),
        "{page}"
    );
}

#[tokio::test]
async fn names_on_day_pages_lead_to_customers_and_bookings() {
    let (app, mut eva) = at_the_desk(TestApp::garage()).await;
    app.book("B-1", "2026-12-15 09:00").await;
    let page = eva.get(&app, "/days/2026-12-14").await.html();
    let customer = app.message("B-1", "day-before").await.customer;
    assert!(page.contains(&format!("/customers/{customer}?business=shop")), "{page}");
    let booking = page
        .split("href=\"/bookings/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert!(page.contains(">B-1</a>"), "{page}");
    assert_eq!(eva.get(&app, &format!("/bookings/{booking}")).await.status, 200);
}

#[tokio::test]
async fn today_speaks_every_language() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-02 09:00").await;
    app.renew("R-1", "inspection", "2026-12-04", "").await;
    app.run_until("2026-12-01 17:30").await;
    app.customer_replies("Can we do Thursday instead?").await;
    for language in ["en", "de", "fr", "es", "pl"] {
        let mut reader = app.signed_in(&format!("reads-{language}"), OWNER).await;
        let page = reader.get(&app, "/").await;
        assert_eq!(page.status, 200, "{language}: {}", page.body);
        let page = page.html();
        assert!(page.contains(&format!("<html lang=\"{language}\">")), "{language}");
        assert!(
            part(&page, "tomorrow").contains("Ana Košir") && part(&page, "ends").contains("Ana Košir"),
            "{page}"
        );
    }
}
