use super::*;

/// 2026-11-22T04:00:00Z.
const NOW: i64 = 1_795_320_000_000;

fn visit() -> Invitation {
    Invitation {
        method: Method::Request,
        uid: "0193-booking@garage.example".to_owned(),
        sequence: 0,
        now: Instant::from_millis(NOW),
        starts_at: Instant::from_millis(NOW + 86_400_000),
        ends_at: Instant::from_millis(NOW + 90_000_000),
        organizer: Party {
            name: "Garage Müller".to_owned(),
            address: "desk@garage.example".to_owned(),
        },
        attendee: Party {
            name: "Anna Novak".to_owned(),
            address: "anna@example.com".to_owned(),
        },
        summary: "Car service".to_owned(),
        location: None,
    }
}

/// An independent reader of RFC 5545, 3.1: unfolds, then splits each line into name, parameters and raw value.
fn lines(ics: &str) -> Vec<(String, String, String)> {
    assert!(ics.ends_with("\r\n"));
    assert!(!ics.replace("\r\n", "").contains(['\r', '\n']), "bare line end");
    assert!(
        ics.split("\r\n").all(|line| line.len() <= 75),
        "a line is longer than 75 octets"
    );
    let unfolded = ics.replace("\r\n ", "");
    unfolded.trim_end().split("\r\n").map(split).collect()
}

fn split(line: &str) -> (String, String, String) {
    let mut quoted = false;
    let colon = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    });
    let (head, value) = line.split_at(colon.expect("a colon"));
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    (name.to_owned(), parameters.to_owned(), value[1..].to_owned())
}

fn value(ics: &str, name: &str) -> Option<String> {
    lines(ics).into_iter().find(|line| line.0 == name).map(|line| line.2)
}

fn parameters(ics: &str, name: &str) -> String {
    lines(ics)
        .into_iter()
        .find(|line| line.0 == name)
        .map(|line| line.1)
        .unwrap_or_default()
}

#[test]
fn a_request_has_what_calendars_need_to_show_buttons() {
    let ics = invitation(&visit());
    let read = |name| value(&ics, name).unwrap();
    assert_eq!(read("VERSION"), "2.0");
    assert_eq!(read("METHOD"), "REQUEST");
    assert_eq!(read("UID"), "0193-booking@garage.example");
    assert_eq!(read("SEQUENCE"), "0");
    assert_eq!(read("DTSTAMP"), "20261122T040000Z");
    assert_eq!(read("DTSTART"), "20261123T040000Z");
    assert_eq!(read("DTEND"), "20261123T050000Z");
    assert_eq!(read("ORGANIZER"), "mailto:desk@garage.example");
    assert_eq!(parameters(&ics, "ORGANIZER"), "CN=Garage Müller");
    assert_eq!(read("ATTENDEE"), "mailto:anna@example.com");
    let attendee = parameters(&ics, "ATTENDEE");
    assert!(
        attendee.contains("PARTSTAT=NEEDS-ACTION") && attendee.contains("RSVP=TRUE"),
        "{attendee}"
    );
    assert_eq!(read("STATUS"), "CONFIRMED");
}

#[test]
fn each_property_stands_once_and_the_components_are_nested() {
    let ics = invitation(&Invitation {
        location: Some("Main St 1".to_owned()),
        ..visit()
    });
    let names: Vec<_> = lines(&ics).into_iter().map(|line| line.0).collect();
    for name in [
        "UID",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "SEQUENCE",
        "ORGANIZER",
        "ATTENDEE",
        "METHOD",
        "PRODID",
    ] {
        assert_eq!(names.iter().filter(|found| *found == name).count(), 1, "{name}");
    }
    assert!(ics.starts_with("BEGIN:VCALENDAR\r\n") && ics.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
}

#[test]
fn a_cancellation_keeps_the_uid_and_says_so_twice() {
    let ics = invitation(&Invitation {
        method: Method::Cancel,
        sequence: 3,
        ..visit()
    });
    assert_eq!(value(&ics, "METHOD").unwrap(), "CANCEL");
    assert_eq!(value(&ics, "STATUS").unwrap(), "CANCELLED");
    assert_eq!(value(&ics, "SEQUENCE").unwrap(), "3");
    assert_eq!(value(&ics, "UID"), value(&invitation(&visit()), "UID"));
    assert!(!parameters(&ics, "ATTENDEE").contains("RSVP"));
}

#[test]
fn the_same_visit_makes_the_same_text() {
    assert_eq!(invitation(&visit()), invitation(&visit()));
}

#[test]
fn texts_are_escaped_and_long_ones_folded_between_characters() {
    let summary = format!("Öl; Filter, Bremsen\\vorn\r\n{}", "č👍".repeat(60));
    let ics = invitation(&Invitation { summary, ..visit() });
    let expected = format!("Öl\\; Filter\\, Bremsen\\\\vorn\\n{}", "č👍".repeat(60));
    assert_eq!(value(&ics, "SUMMARY").unwrap(), expected);
}

#[test]
fn a_name_can_not_begin_a_line_or_leave_its_quotes() {
    let name = "Novak, \"Anna\"\r\nATTENDEE:mailto:evil@example.com".to_owned();
    let attendee = Party {
        name,
        address: "anna@example.com\r\nX-EVIL:1".to_owned(),
    };
    let ics = invitation(&Invitation { attendee, ..visit() });
    let names: Vec<_> = lines(&ics).into_iter().map(|line| line.0).collect();
    assert_eq!(names.iter().filter(|name| *name == "ATTENDEE").count(), 1);
    assert!(!names.iter().any(|name| name == "X-EVIL"));
    assert!(parameters(&ics, "ATTENDEE").contains("CN=\"Novak, 'Anna'  ATTENDEE:mailto:evil@example.com\""));
}

#[test]
fn any_text_survives_folding() {
    use proptest::prelude::*;
    proptest!(|(summary in "[ a-zA-Zčž👍;,\\\\:\"]{0,200}", place in "\\PC{0,120}")| {
        let ics = invitation(&Invitation { summary: summary.clone(), location: Some(place), ..visit() });
        let raw = value(&ics, "SUMMARY").unwrap();
        let back = raw.replace("\\;", ";").replace("\\,", ",").replace("\\\\", "\\");
        prop_assert_eq!(back, summary);
    });
}
