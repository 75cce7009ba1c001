use super::*;
use crate::domain::segments::Encoding;
use crate::texts::catalogue::Audience;
use crate::texts::store::Override;

fn check(template: &str, locale: &str, part: Part, body: &str) -> Finding {
    let own = Override {
        business_id: "garage-1".to_owned(),
        template: template.to_owned(),
        locale: locale.to_owned(),
        part,
        body: body.to_owned(),
    };
    let mut findings = Texts::with_overrides(vec![own]).unwrap().check(Some("garage-1"));
    assert_eq!(findings.len(), 1);
    findings.remove(0)
}

fn problems(template: &str, part: Part, body: &str) -> Vec<String> {
    let finding = check(template, "en", part, body);
    finding
        .problems
        .into_iter()
        .map(|problem| format!("{}: {}", problem.severity, problem.text))
        .collect()
}

#[track_caller]
fn assert_problem(template: &str, part: Part, body: &str, expected: &str) {
    let found = problems(template, part, body);
    assert!(
        found.iter().any(|problem| problem.starts_with(expected)),
        "{body}: {found:#?}"
    );
}

#[test]
fn the_embedded_texts_have_no_problems() {
    let findings = Texts::embedded().check(None);
    assert!(findings.len() > 190, "{}", findings.len());
    for finding in findings {
        assert_eq!(finding.problems, vec![], "{}", finding.place);
    }
}

#[test]
fn english_and_german_text_messages_usually_cost_one_segment_and_others_two() {
    for finding in Texts::embedded()
        .check(None)
        .iter()
        .filter(|finding| finding.place.part == Part::Sms)
    {
        let usual = finding.usual.unwrap();
        let one = finding.place.locale.starts_with("en") || finding.place.locale.starts_with("de");
        assert!(
            usual.segments <= if one { 1 } else { 2 },
            "{}: {usual:?} {}",
            finding.place,
            finding.example
        );
        assert!(usual.segments <= finding.worst.unwrap().segments);
        assert!(!one || usual.encoding == Encoding::Gsm7, "{}", finding.example);
    }
}

#[test]
fn a_good_own_text_is_usable() {
    let body = "{{ business }}: see you {{ when }}.{% if asks_confirm %} Reply C to confirm, R to change.{% endif %}";
    let finding = check("booking_reminder", "en-GB", Part::Sms, body);
    assert_eq!(finding.problems, vec![]);
    assert!(finding.is_usable());
    assert_eq!(
        finding.place.to_string(),
        "business `garage-1`: text booking_reminder/en-GB/sms.txt"
    );
    assert!(finding.example.contains("tomorrow, Wednesday 23 September, at 09:00"));
    assert!(finding.length >= finding.example.chars().count());
}

#[test]
fn a_text_that_asks_for_a_providers_word_is_refused() {
    for body in [
        "{{ when }}. Reply YES to confirm.",
        "{{ when }}. Reply c to confirm, or \"cancel\" to call it off.",
    ] {
        assert_problem("booking_reminder", Part::Sms, body, "error: asks for the answer ");
        assert!(!check("booking_reminder", "en", Part::Sms, body).is_usable());
    }
    assert_problem(
        "booking_reminder",
        Part::Body,
        "Antworten Sie mit STOP",
        "error: asks for the answer STOP",
    );
    assert_eq!(
        problems(
            "policy_ends",
            Part::Sms,
            "Your policy ends {{ when }}. We are glad to help you."
        ),
        Vec::<String>::new()
    );
}

#[test]
fn hidden_spaces_line_breaks_and_empty_texts_are_errors() {
    assert_problem(
        "booking_reminder",
        Part::Sms,
        "a\nb\u{202f}c",
        "error: line 2: has a no-break space (U+202F)",
    );
    assert_problem(
        "booking_reminder",
        Part::Subject,
        "a\nb",
        "error: a subject is one line",
    );
    assert_problem("booking_reminder", Part::Sms, "{{ service }}", "error: comes out empty");
    assert_problem(
        "booking_reminder",
        Part::Sms,
        &"long ".repeat(400),
        "error: a text message can't be longer",
    );
}

#[test]
fn an_unknown_name_is_found_even_where_no_sample_comes() {
    let body = "See you {{ when }}{% if day == \"never\" %}{{ pirce }}{% endif %}";
    assert_problem(
        "booking_reminder",
        Part::Sms,
        body,
        "error: `pirce` is not known in a text about a booking",
    );
    assert_problem(
        "booking_reminder",
        Part::Sms,
        "{{ when | shout }}",
        "error: line 1: unknown filter",
    );
}

#[test]
fn what_costs_or_confuses_is_a_warning() {
    assert_problem(
        "booking_reminder",
        Part::Sms,
        "{{ when }}. Reply 1 to confirm, 2 to change.",
        "warning: asks for digits",
    );
    assert_problem(
        "satisfaction_check",
        Part::Sms,
        "Reply C for good, R for bad.",
        "warning: asks for letters",
    );
    assert_problem(
        "booking_reminder",
        Part::Sms,
        "We’ll see you {{ when }}",
        "warning: `’` makes a text message cost",
    );
    let long = "We are looking forward to it. ".repeat(14);
    assert_problem(
        "booking_reminder",
        Part::Sms,
        &long,
        "warning: a usual text message costs 3 segments (GSM-7)",
    );
    assert!(check("booking_reminder", "en", Part::Sms, &long).is_usable());
}

#[test]
fn every_embedded_text_names_the_business_and_leaves_near_days_to_the_clock() {
    let texts = Texts::embedded();
    let near = [
        "tomorrow", "today", "morgen", "heute", "demain", "aujourd", "mañana", "hoy ", "jutro", "dziś",
    ];
    for place in &texts.inner.places {
        let locale = Locale::parse(&place.locale).unwrap();
        let (_, source) = texts.source("", &place.template, locale, place.part).unwrap();
        let to_itself = catalogue::find(&place.template).is_some_and(|found| found.audience == Audience::Business);
        assert!(
            to_itself || source.contains("{{ business }}") || source.contains("{{ signature }}"),
            "{place}"
        );
        // "Today" in a script tells the agent what to say now; it is no date.
        let dated = place.part != Part::Call;
        assert!(
            !dated || !near.iter().any(|word| source.to_lowercase().contains(word)),
            "{place}: {source}"
        );
    }
}
