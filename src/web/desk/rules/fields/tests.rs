use super::*;
use crate::domain::rule::Rules;

#[test]
fn every_rule_of_a_preset_comes_out_of_its_form_as_it_went_in() {
    for preset in ["garage", "insurance"] {
        for rule in Rules::parse(Rules::preset(preset).unwrap()).unwrap().rule {
            let again = Fields::of(&rule).rule(&rule.id, rule.enabled).unwrap();
            assert_eq!(again, as_written(&rule), "{}", rule.id);
        }
    }
}

/// The default anchor written out is the same as none.
fn as_written(rule: &Rule) -> Rule {
    let plain = |when: When| {
        let usual = When { anchor: None, ..when };
        if anchor_of(usual, rule.about) == anchor_of(when, rule.about) {
            usual
        } else {
            when
        }
    };
    Rule {
        when: plain(rule.when),
        useful_until: plain(rule.useful_until),
        ..rule.clone()
    }
}

#[test]
fn what_is_wrong_stands_at_its_field() {
    let good = Fields {
        template: "booking_reminder".to_owned(),
        ..Fields::new(ItemKind::Booking)
    };
    assert!(good.rule("x", true).is_ok(), "{:?}", good.rule("x", true));
    let wrong = |change: &dyn Fn(&mut Fields)| {
        let mut fields = good.clone();
        change(&mut fields);
        fields.rule("x", true).unwrap_err().into_iter().collect::<Vec<_>>()
    };
    let set = |field: &mut String, value: &str| value.clone_into(field);
    assert_eq!(wrong(&|f| set(&mut f.when_n, "two")), [("when", "rule_wrong_number")]);
    assert_eq!(wrong(&|f| set(&mut f.when_n, "99999")), [("when", "rule_wrong_far")]);
    assert_eq!(wrong(&|f| set(&mut f.when_at, "noon")), [("when", "rule_wrong_time")]);
    assert_eq!(
        wrong(&|f| set(&mut f.when_unit, "hours")),
        [("when", "rule_wrong_hours_at")]
    );
    assert_eq!(
        wrong(&|f| set(&mut f.when_anchor, "ends_on")),
        [("when", "rule_wrong_anchor")]
    );
    assert_eq!(
        wrong(&|f| set(&mut f.channel_2, "sms")),
        [("channels", "rule_wrong_channel_twice")]
    );
    assert_eq!(
        wrong(&|f| set(&mut f.channel_1, "call")),
        [("channels", "rule_wrong_no_text")]
    );
    assert_eq!(
        wrong(&|f| set(&mut f.channel_1, "pigeon")),
        [("channels", "rule_wrong_choice")]
    );
    assert_eq!(
        wrong(&|f| {
            set(&mut f.channel_1, "");
            set(&mut f.channel_2, "");
        }),
        [("channels", "rule_wrong_no_channel")]
    );
    assert_eq!(
        wrong(&|f| set(&mut f.template, "")),
        [("template", "rule_wrong_template")]
    );
    assert_eq!(
        wrong(&|f| set(&mut f.template, "policy_ends")),
        [("template", "rule_wrong_about")]
    );
    assert_eq!(wrong(&|f| set(&mut f.asks, "renewal")), [("asks", "rule_wrong_asks")]);
    assert_eq!(wrong(&|f| set(&mut f.scale, "nps")), [("scale", "rule_wrong_scale")]);
    assert_eq!(wrong(&|f| set(&mut f.kind, "policy")), [("kind", "rule_wrong_kind")]);
    assert_eq!(wrong(&|f| set(&mut f.purpose, "")), [("purpose", "rule_wrong_choice")]);
    assert_eq!(
        wrong(&|f| {
            set(&mut f.until_unit, "days");
            set(&mut f.until_n, "2");
        }),
        [("useful_until", "rule_wrong_until")]
    );
}

#[test]
fn the_scale_is_the_one_that_the_text_asks_for() {
    let fields = Fields {
        template: "recommendation_check".to_owned(),
        asks: "rating".to_owned(),
        when_side: "after".to_owned(),
        when_anchor: "completed".to_owned(),
        ..Fields::new(ItemKind::Booking)
    };
    assert_eq!(
        fields.rule("x", true).unwrap().scale.map(|scale| scale.to_string()),
        Some("nps".to_owned())
    );
}
