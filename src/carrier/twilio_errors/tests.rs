use super::*;

/// 2026-11-22T04:00:00Z.
const NOW: Instant = Instant::from_millis(1_795_320_000_000);

/// What each code asks for, typed from Twilio's pages and not from the table under test.
const EXPECTED: &[(&str, &[i64])] = &[
    (
        "stop",
        &[
            11200, 20003, 20404, 21212, 21408, 21603, 21606, 21608, 21609, 21703, 21705, 30002, 30018, 30024, 30032,
            30034, 30035, 57012, 63007, 63015, 63016,
        ],
    ),
    ("stop, spent", &[14107, 30007]),
    ("bad address", &[21211, 21614, 30005, 30006, 63003, 63024]),
    ("rejected", &[21612, 30009, 30036, 30410]),
    ("opted out", &[21610, 30004]),
    ("faulty", &[12100, 12300, 21602, 21617, 21619, 21620, 21623]),
    ("retry None None", &[30001, 30017]),
    ("retry None Some(1)", &[30008, 30500]),
    ("retry Some(1800s) Some(2)", &[30003]),
    ("retry Some(1800s) None", &[30450]),
    ("retry None None, whole sender", &[20429]),
    ("retry Some(300s) None, whole sender", &[21611, 30022, 63018]),
    // 04:00 UTC to 08:05 UTC.
    ("retry Some(14700s) None, whole sender", &[30023, 30027, 63038]),
];

fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Stop { spent: false, .. } => "stop".to_owned(),
        Outcome::Stop { spent: true, .. } => "stop, spent".to_owned(),
        Outcome::Rejected { bad_address: true, .. } => "bad address".to_owned(),
        Outcome::Rejected { bad_address: false, .. } => "rejected".to_owned(),
        Outcome::OptedOut { .. } => "opted out".to_owned(),
        Outcome::Faulty { .. } => "faulty".to_owned(),
        Outcome::Withdrawn => "withdrawn".to_owned(),
        Outcome::Retry {
            after,
            limit,
            whole_sender,
            ..
        } => {
            format!(
                "retry {after:?} {limit:?}{}",
                if *whole_sender { ", whole sender" } else { "" }
            )
        }
        Outcome::Accepted { .. } | Outcome::Unknown { .. } => "no class of the table".to_owned(),
    }
}

#[test]
fn every_code_has_the_class_of_the_page() {
    let mut seen = 0;
    for (expected, codes) in EXPECTED {
        for code in *codes {
            let outcome = by_code(*code, "text", NOW).unwrap_or_else(|| panic!("{code} is missing"));
            assert_eq!(&describe(&outcome), expected, "{code}");
            seen += 1;
        }
    }
    assert_eq!(seen, TABLE.len(), "the table and the page list the same codes");
}

#[test]
fn the_table_is_sorted_so_that_it_can_be_searched() {
    assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
}

#[test]
fn a_code_that_nobody_knows_is_left_to_the_caller() {
    assert_eq!(by_code(21_659, "text", NOW), None);
    assert_eq!(by_code(0, "text", NOW), None);
}

#[test]
fn the_wait_for_the_pacific_midnight_is_never_zero_and_never_over_a_day() {
    for minute in 0..3000 {
        let wait = until_pacific_midnight(Instant::from_millis(NOW.millis() + minute * 60_000));
        assert!(wait > Duration::ZERO && wait <= Duration::from_hours(24), "{wait:?}");
    }
}
