//! `daybefore why`: what a story tells of a message, a booking, a case and a customer.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::support::test_app::{PHONE, TestApp};
use crate::support::whole_life;

async fn a_whole_life() -> TestApp {
    whole_life::a_whole_life("queue overflow", "two hours late").await
}

/// The same text for every run: ids by the order in which they come first.
fn with_plain_ids(text: &str) -> String {
    let is_id = |word: &str| {
        word.len() == 36 && word.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()) && word.starts_with("01")
    };
    let mut names: HashMap<String, usize> = HashMap::new();
    let mut plain = String::new();
    let mut word = String::new();
    for char in text.chars().chain(['\n']) {
        if char.is_ascii_hexdigit() || char == '-' {
            word.push(char);
            continue;
        }
        let bare = word.trim_start_matches('-').to_owned();
        if is_id(&bare) {
            let next = names.len() + 1;
            let number = *names.entry(bare).or_insert(next);
            plain.push_str(&word[..word.len() - 36]);
            let _ = write!(plain, "ID-{number}");
        } else {
            plain.push_str(&word);
        }
        word.clear();
        plain.push(char);
    }
    let lines: Vec<_> = plain.lines().map(|line| without_jitter(line.trim_end())).collect();
    lines.join("\n")
}

/// A retry waits a little longer than it must, by chance.
fn without_jitter(line: &str) -> String {
    let mut parts = line.split(":05:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |line, rest| {
        line + ":05:.." + rest.trim_start_matches(|char: char| char.is_ascii_digit() || char == '.')
    })
}

fn told(app: &TestApp, id: &str) -> String {
    with_plain_ids(&app.daybefore(&format!("why {id}")).said())
}

#[tokio::test]
async fn a_message_tells_its_rule_its_checks_and_every_try() {
    let app = a_whole_life().await;
    let reminder = app.message("B-1", "day-before").await.message_id;
    insta::assert_snapshot!(told(&app, &reminder), @r"
    message ID-1
      about          booking B-1 of Ana Košir
      rule           day-before (counts from the visit's start; on sms, then email; service; template booking_reminder)
      due            2026-12-03 17:05:.. in Europe/Berlin (2026-12-03T16:05:..Z UTC)
      useful until   2026-12-04 07:00:00
      now            accepted
      check sms      +49…0012 has opted out
      check email    a…@example.com has opted out
      words          Garage Müller: see you tomorrow, Friday, December 4, at 9:00 AM (Oil change). Reply C to confirm, R to change.
      2026-12-01 09:00:00  planned by rule day-before for booking 2026-12-04T09:00 revision 1
      2026-12-02 10:00:00  held: by hand
      2026-12-02 10:00:00  released: by hand
      2026-12-03 17:00:00  attempt 1: sms to +49…0012 from +15017122661 by memory
      2026-12-03 17:00:00  attempt 1: put_back (code 30001): queue overflow
      2026-12-03 17:05:..  attempt 2: sms to +49…0012 from +15017122661 by memory
      2026-12-03 17:05:..  attempt 2: accepted, provider's id memory-ID-2
    ");
}

#[tokio::test]
async fn a_booking_tells_what_happened_to_it_and_all_its_messages() {
    let app = a_whole_life().await;
    insta::assert_snapshot!(told(&app, "B-1"), @r#"
    booking B-1
      customer       Ana Košir
      local time or date 2026-12-04 09:00
      status         completed
      revision       1
      2026-12-01 09:00:00  booked: 2026-12-04T09:00
      2026-12-01 09:00:00  confirmation (rule confirmation): accepted [ID-1]
      2026-12-03 17:05:..  reminder (rule day-before): accepted [ID-2]
      2026-12-03 18:00:00  confirmed: by text
      2026-12-04 12:00:00  changed: status confirmed -> completed
      2026-12-05 10:00:00  how was it? (rule satisfaction): accepted [ID-3]
      2026-12-05 12:00:00  the customer gave 1 of 5: "two hours late"
    "#);
}

#[tokio::test]
async fn a_case_tells_who_sees_to_it_and_what_was_at_the_bottom_of_it() {
    let app = a_whole_life().await;
    let case = app.cases().await.remove(0).id;
    insta::assert_snapshot!(told(&app, &case), @r"
    case ID-1
      customer       Ana Košir
      opened         2026-12-05 12:00:00
      status         closed
      revision       1
      call by        2026-12-05 20:00:00
      owner          nobody yet
      score          1 of 5 (csat)
      words          two hours late
      note           called
      cause          delay
      2026-12-05 12:00:00  opened: by rating
      2026-12-05 12:00:00  closed: delay by Ben
      2026-12-05 12:00:00  alert: unhappy (rule case-alert): not sent: no usable phone number or address (no_address) [ID-2]
      2026-12-06 10:00:00  is it solved? (rule case-solved): not sent: the customer has opted out (opted_out) [ID-3]
    ");
}

#[tokio::test]
async fn a_customer_tells_their_consent_and_everything_that_was_said() {
    let app = a_whole_life().await;
    insta::assert_snapshot!(told(&app, PHONE), @r#"
    customer Ana Košir
      id             ID-1
      phone          +49…0012
      email          a…@example.com
      2026-12-01 09:00:00  confirmation for booking B-1: accepted [ID-2]
      2026-12-03 17:05:..  reminder for booking B-1: accepted [ID-3]
      2026-12-05 10:00:00  how was it? for booking B-1: accepted [ID-4]
      2026-12-05 12:00:00  consent withdrawn: everything by any channel (source: desk)
      2026-12-05 12:00:00  the customer gave 1 of 5: "two hours late"
      2026-12-05 12:00:00  alert: unhappy for case ID-5: not sent: no usable phone number or address (no_address) [ID-6]
      2026-12-06 10:00:00  is it solved? for case ID-5: not sent: the customer has opted out (opted_out) [ID-7]
    "#);
}

#[tokio::test]
async fn for_programs_a_story_has_its_facts_and_events_as_pairs() {
    let app = a_whole_life().await;
    let id = app.message("B-1", "day-before").await.message_id;
    let story = app.daybefore(&format!("why {id} --json")).json().remove(0);
    insta::assert_snapshot!(with_plain_ids(&serde_json::to_string_pretty(&story).unwrap()), @r#"
    {
      "events": [
        {
          "at": "2026-12-01T08:00:00Z",
          "local": "2026-12-01 09:00:00",
          "what": "planned by rule day-before for booking 2026-12-04T09:00 revision 1"
        },
        {
          "at": "2026-12-02T09:00:00Z",
          "local": "2026-12-02 10:00:00",
          "what": "held: by hand"
        },
        {
          "at": "2026-12-02T09:00:00Z",
          "local": "2026-12-02 10:00:00",
          "what": "released: by hand"
        },
        {
          "at": "2026-12-03T16:00:00Z",
          "local": "2026-12-03 17:00:00",
          "what": "attempt 1: sms to +49…0012 from +15017122661 by memory"
        },
        {
          "at": "2026-12-03T16:00:00Z",
          "local": "2026-12-03 17:00:00",
          "what": "attempt 1: put_back (code 30001): queue overflow"
        },
        {
          "at": "2026-12-03T16:05:..Z",
          "local": "2026-12-03 17:05:..",
          "what": "attempt 2: sms to +49…0012 from +15017122661 by memory"
        },
        {
          "at": "2026-12-03T16:05:..Z",
          "local": "2026-12-03 17:05:..",
          "what": "attempt 2: accepted, provider's id memory-ID-1"
        }
      ],
      "facts": [
        [
          "about",
          "booking B-1 of Ana Košir"
        ],
        [
          "rule",
          "day-before (counts from the visit's start; on sms, then email; service; template booking_reminder)"
        ],
        [
          "due",
          "2026-12-03 17:05:.. in Europe/Berlin (2026-12-03T16:05:..Z UTC)"
        ],
        [
          "useful until",
          "2026-12-04 07:00:00"
        ],
        [
          "now",
          "accepted"
        ],
        [
          "check sms",
          "+49…0012 has opted out"
        ],
        [
          "check email",
          "a…@example.com has opted out"
        ],
        [
          "words",
          "Garage Müller: see you tomorrow, Friday, December 4, at 9:00 AM (Oil change). Reply C to confirm, R to change."
        ]
      ],
      "headline": "Reminder for Ana Košir",
      "title": "message ID-2"
    }
    "#);
}
