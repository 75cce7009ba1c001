use std::collections::BTreeSet;

use include_dir::DirEntry;

use super::*;
use crate::domain::locale::languages;

fn own(template: &str, locale: &str, part: Part, body: &str) -> Override {
    Override {
        business_id: "garage-1".to_owned(),
        template: template.to_owned(),
        locale: locale.to_owned(),
        part,
        body: body.to_owned(),
    }
}

fn refusal(own: Override) -> String {
    Texts::with_overrides(vec![own]).unwrap_err().to_string()
}

fn used(texts: &Texts, business: &str, locale: &str) -> String {
    let locale = Locale::parse(locale).unwrap();
    texts.source(business, "booking_reminder", locale, Part::Sms).unwrap().1
}

fn files(dir: &'static Dir<'static>, found: &mut BTreeSet<String>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => files(dir, found),
            DirEntry::File(file) => {
                found.insert(file.path().to_string_lossy().into_owned());
            }
        }
    }
}

#[test]
fn the_list_and_the_folder_agree() {
    let mut found = BTreeSet::new();
    files(&FOLDER, &mut found);
    assert!(found.remove(LAYOUT));
    for template in TEMPLATES {
        for (language, part) in languages()
            .iter()
            .flat_map(|language| template.parts.iter().map(move |part| (language, part)))
        {
            let file = format!("{}/{language}/{part}.txt", template.name);
            assert!(found.remove(&file), "missing file {file}");
        }
    }
    // What is left may only be whole sets of parts for a region.
    let mut regions = BTreeSet::new();
    for file in &found {
        let [template, locale, _] = file.split('/').collect::<Vec<_>>()[..] else {
            panic!("extra file {file}")
        };
        assert!(
            locale.contains('-') && Locale::parse(locale).unwrap().tag() == locale,
            "extra file {file}"
        );
        regions.insert((template, locale));
    }
    for (template, locale) in regions {
        for part in catalogue::find(template).expect(template).parts {
            assert!(
                found.contains(&format!("{template}/{locale}/{part}.txt")),
                "{template}/{locale} lacks {part}"
            );
        }
    }
}

#[test]
fn every_embedded_text_can_be_parsed() {
    assert_eq!(Texts::embedded().inner.broken, vec![]);
}

#[test]
fn a_businesss_own_text_wins_and_a_region_before_its_language() {
    let texts = Texts::with_overrides(vec![
        own("booking_reminder", "de", Part::Sms, "own de"),
        own("booking_reminder", "de_at", Part::Sms, "own at"),
    ])
    .unwrap();
    assert_eq!(used(&texts, "garage-1", "de-AT"), "own at");
    assert_eq!(used(&texts, "garage-1", "de-CH"), "own de");
    for (business, locale) in [("garage-1", "fr"), ("garage-2", "de-AT")] {
        assert!(used(&texts, business, locale).contains("{{ when }}"));
    }
    assert!(
        used(&Texts::embedded(), "garage-1", "de").contains("{{ when }}"),
        "the embedded texts stay as they are"
    );
}

#[test]
fn what_does_not_exist_is_refused_with_what_does() {
    assert!(refusal(own("reminder", "de", Part::Sms, "x")).contains("booking_reminder"));
    assert_eq!(
        refusal(own("policy_call", "de", Part::Sms, "x")),
        "template `policy_call` has no sms part; it has call"
    );
    assert_eq!(
        refusal(own("booking_reminder", "sl", Part::Sms, "x")),
        "business `garage-1`, template `booking_reminder`: `sl`: there are no texts in language `sl`; \
         use one of en, de, fr, es, pl"
    );
}

#[test]
fn a_syntax_error_names_place_and_line() {
    let error = refusal(own(
        "booking_reminder",
        "en-gb",
        Part::Body,
        "Hello\n\n{% if link %}\n{{ link }",
    ));
    let place = "business `garage-1`: text booking_reminder/en-GB/body.txt, line 4: syntax error: ";
    assert!(error.starts_with(place), "{error}");
    assert!(error.contains("{{ name }}"), "{error}");
}

#[test]
fn parts_are_known_by_template() {
    assert!(Texts::has_part("booking_reminder", Part::Subject));
    assert!(!Texts::has_part("booking_reminder", Part::Call));
    assert!(!Texts::has_part("nothing", Part::Sms));
    assert_eq!(Texts::templates().len(), 24);
}
