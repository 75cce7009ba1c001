//! `daybefore doctor`.

use daybefore::domain::rule::Rules;

use crate::support::test_app::TestApp;

/// What it says of the rules, a line each.
fn of_rules(app: &TestApp) -> Vec<String> {
    let told = app.daybefore("doctor").out;
    let lines = told.lines().filter(|line| line.starts_with("warning  rules "));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn rules_that_tell_nobody_of_an_unhappy_customer_are_named_with_the_remedy() {
    let preset = Rules::preset("garage").expect("a preset");
    let before_cases: String = preset
        .split_inclusive("\n\n")
        .filter(|rule| !rule.contains("case_"))
        .collect();
    let app = TestApp::garage().rules(&before_cases).start().await;
    let told = of_rules(&app);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("shop: no rule tells you of an unhappy customer. `daybefore rules export --preset garage > ")
    );
    // The remedy works.
    let file = app.folder().join("rules.toml");
    std::fs::write(&file, app.daybefore("rules export --preset garage").said()).expect("written");
    app.daybefore("rules import rules.toml --business shop");
    assert_eq!(of_rules(&app), Vec::<String>::new());
}

#[tokio::test]
async fn a_preset_or_a_business_is_exported() {
    let app = TestApp::garage().start().await;
    let preset = app.daybefore("rules export --preset garage").said();
    assert_eq!(Some(preset.as_str()), Rules::preset("garage"));
    let own = app.daybefore("rules export shop").said();
    assert_eq!(
        Rules::parse(&own).expect("rules").rule,
        Rules::parse(&preset).expect("rules").rule
    );
    assert!(app.daybefore("rules export").mistyped().contains("<BUSINESS>"));
    assert!(
        app.daybefore("rules export shop --preset garage")
            .mistyped()
            .contains("cannot be used with")
    );
}
