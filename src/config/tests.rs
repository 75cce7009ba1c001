use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::ExposeSecret;

use super::keys::{KEYS, database_file};
use super::{Config, ConfigError, EmailCarrier, LogFormat, MANUAL, SmsCarrier};

/// Loads `text` as `daybefore.toml` in a folder of its own.
fn load(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("daybefore.toml");
    std::fs::write(&file, text).unwrap();
    Config::load(Some(&file), variables(env)).map_err(|error| {
        let folder = format!("{}/", folder.path().display());
        ConfigError {
            problems: error.problems.iter().map(|line| line.replace(&folder, "")).collect(),
        }
    })
}

fn variables(env: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    env.iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect::<Vec<_>>()
        .into_iter()
}

fn problems(text: &str, env: &[(&str, &str)]) -> Vec<String> {
    load(text, env).expect_err("a problem").problems
}

const TWILIO: &str =
    "[sms]\ncarrier = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = \"hush\"\nfrom = \"+16045550100\"\n";

#[test]
fn without_a_file_everything_has_a_default() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.public_url, None);
    assert_eq!(config.sms.carrier, SmsCarrier::Sandbox);
    assert_eq!(config.sms.timeout, Duration::from_secs(15));
    assert_eq!(config.sms.validity_seconds, None);
    assert_eq!(config.email.carrier, EmailCarrier::Sandbox);
    assert_eq!(config.dispatch.concurrency, 32);
    assert_eq!(config.dispatch.lease, Duration::from_mins(2));
    assert_eq!(config.dispatch.max_attempts, 20);
    assert_eq!(config.retention.bodies_days, 400);
    assert_eq!(config.log.format, LogFormat::Text);
    assert_eq!(config.database_path(), Path::new("daybefore.db"));
    assert_eq!(config.warnings(), Vec::<String>::new());
}

#[test]
fn the_manual_explains_every_key_once_and_its_commented_lines_are_good() {
    for (path, _) in KEYS {
        let (section, key) = path.split_once('.').unwrap();
        let part = MANUAL
            .split(&format!("[{section}]"))
            .nth(1)
            .expect(section)
            .split("\n[")
            .next()
            .unwrap();
        let lines = part
            .lines()
            .filter(|line| line.trim_start_matches("# ").starts_with(&format!("{key} = ")));
        assert_eq!(lines.count(), 1, "{path} in the manual");
    }
    let is_setting = |line: &str| {
        let key = line
            .strip_prefix("# ")
            .and_then(|rest| rest.split_once(" = "))
            .map(|(key, _)| key);
        key.is_some_and(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    let all = MANUAL
        .lines()
        .map(|line| if is_setting(line) { &line[2..] } else { line });
    let config = load(&all.collect::<Vec<_>>().join("\n"), &[]).unwrap();
    assert_eq!(config.sms.validity_seconds, Some(14400));
    assert!(config.email.smtp_url.is_some());
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let text = "[dispatch]\nconcurrency = 8\nmax_attempts = 5\n";
    let config = load(text, &[("DAYBEFORE_DISPATCH__CONCURRENCY", "64"), ("PATH", "/bin")]).unwrap();
    assert_eq!((config.dispatch.concurrency, config.dispatch.max_attempts), (64, 5));
}

#[test]
fn tokens_come_as_one_text_as_a_list_or_with_commas() {
    let tokens = |text: &str, env: &[(&str, &str)]| -> Vec<String> {
        let config = load(text, env).unwrap();
        config
            .sms
            .auth_tokens
            .iter()
            .map(|token| token.expose_secret().to_owned())
            .collect()
    };
    let name = "DAYBEFORE_SMS__AUTH_TOKEN";
    assert_eq!(tokens("[sms]\nauth_token = \"a\"", &[]), ["a"]);
    assert_eq!(tokens("[sms]\nauth_token = [\"a\", \"b\"]", &[]), ["a", "b"]);
    assert_eq!(tokens("", &[(name, "a")]), ["a"]);
    assert_eq!(tokens("", &[(name, "a, b")]), ["a", "b"]);
    assert_eq!(tokens("", &[(name, "[\"a\",\"b,c\"]")]), ["a", "b,c"]);
}

#[test]
fn rates_may_have_decimals_and_the_user_defaults_to_the_account() {
    let config = load(TWILIO, &[("DAYBEFORE_SMS__MESSAGES_PER_SECOND", "0.5")]).unwrap();
    assert!((config.sms.messages_per_second - 0.5).abs() < f64::EPSILON);
    assert_eq!(config.sms.user, "AC1");
    assert_eq!(load(TWILIO, &[("DAYBEFORE_SMS__USER", "SK1")]).unwrap().sms.user, "SK1");
}

#[test]
fn every_problem_is_named_in_one_go_with_place_and_remedy() {
    let text = "\
[sms]
carier = \"twilio\"
carrier = \"telegram\"
validity_seconds = 0

[dispach]
concurrency = 5
[dispatch]
concurrency = \"many\"
lease_seconds = -1
[server]
public_url = \"https://day_before.example.com\"
listen = 8080
[sandbox]
url = \"x\"
";
    let found = problems(
        text,
        &[("DAYBEFORE_LOG__FROMAT", "json"), ("DAYBEFORE_LOG__FORMAT", "xml")],
    );
    let expected = [
        "daybefore.toml:2: sms.carier is not a key; did you mean sms.carrier?",
        "daybefore.toml:3: sms.carrier is \"telegram\": it must be one of sandbox, twilio",
        "daybefore.toml:4: sms.validity_seconds is 0: it must be a whole number from 1 to 172800",
        "daybefore.toml:6: [dispach] is not a section; did you mean [dispatch]?",
        "daybefore.toml:9: dispatch.concurrency is \"many\": it must be a whole number from 1 to 1024",
        "daybefore.toml:10: dispatch.lease_seconds is -1: it must be a whole number from 10 to 86400",
        "daybefore.toml:12: server.public_url is \"https://day_before.example.com\": \
         its host name must have no underscore: providers refuse to call such addresses",
        "daybefore.toml:13: server.listen is 8080: it must be a text in quotes",
        "daybefore.toml:15: sandbox.url is not a key; did you mean database.url?",
        "DAYBEFORE_LOG__FORMAT is \"xml\": it must be one of text, json",
        "DAYBEFORE_LOG__FROMAT is not a setting; did you mean DAYBEFORE_LOG__FORMAT?",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_carrier_without_its_settings_is_refused() {
    assert_eq!(
        problems(
            "[sms]\ncarrier = \"twilio\"\n[email]\ncarrier = \"smtp\"\nfrom = \"me@example.com\"\n",
            &[]
        ),
        [
            "sms.account_sid is not set, and sms.carrier = \"twilio\" needs it; set it in the file or as DAYBEFORE_SMS__ACCOUNT_SID",
            "sms.auth_token is not set, and sms.carrier = \"twilio\" needs it; set it in the file or as DAYBEFORE_SMS__AUTH_TOKEN",
            "sms.from is not set, and sms.carrier = \"twilio\" needs it; set it in the file or as DAYBEFORE_SMS__FROM",
            "email.smtp_url is not set, and email.carrier = \"smtp\" needs it; set it in the file or as DAYBEFORE_EMAIL__SMTP_URL",
        ]
    );
}

#[test]
fn what_can_only_be_a_mistake_is_refused() {
    for (text, says) in [
        ("carrier = \"twilio\"", "put it below [sms]"),
        ("[sms]\ncarrier = \n", "daybefore.toml:2: this is not TOML"),
        (
            "[sms]\nbase_url = \"https://api.twilio.com/2010-04-01/Accounts\"",
            "leave out /2010-04-01",
        ),
        ("[sms]\nauth_token = 5", "(not shown)"),
        ("[sms]\nfrom = [\"+1\"]", "must be a text"),
        ("[sms]\nfrom = 2026-01-01", "must be a text"),
        ("[sms]\nmessages_per_second = -1", "0 or more"),
        ("[sms]\nmessages_per_second = nan", "0 or more"),
        ("[dispatch]\nmax_attempts = { a = 1 }", "whole number"),
        ("[server]\npublic_url = \"reminders.example.com\"", "absolute address"),
        (
            "[server]\npublic_url = \"https://me:secret@example.com\"",
            "no password",
        ),
        ("[email]\nsmtp_url = \"mail.example.com\"", "smtps://"),
        ("[email]\nfrom = \"Garage\"", "not an address"),
        (
            "[email]\nfrom = \"a@example.com\\r\\nBcc: b@example.com\"",
            "control characters",
        ),
        ("[log]\nfilter = \"daybefore=loud\"", "must be a level"),
        ("[database]\nurl = \"sqlite::memory:\"", "forgets"),
        ("[database]\nurl = \"postgres://localhost/x\"", "begin with sqlite:"),
    ] {
        let found = problems(text, &[]).join("\n");
        assert!(found.contains(says), "{text}: {found}");
        assert!(!found.contains("secret@"), "{found}");
    }
}

#[test]
fn a_named_file_must_exist_and_the_environment_may_name_it() {
    let missing = Config::load(Some(Path::new("no/such.toml")), variables(&[]))
        .expect_err("no file")
        .to_string();
    assert!(missing.contains("no/such.toml: can't be read"), "{missing}");
    let named = Config::load(None, variables(&[("DAYBEFORE_CONFIG", "no/such.toml")])).expect_err("no file");
    assert_eq!(named.problems.len(), 1);
}

#[test]
fn an_empty_variable_counts_as_not_given() {
    let env = [
        ("DAYBEFORE_SMS__CARRIER", ""),
        ("DAYBEFORE_DISPATCH__CONCURRENCY", ""),
        ("DAYBEFORE_HOME", "x"),
    ];
    assert_eq!(load("", &env).unwrap().dispatch.concurrency, 32);
}

#[test]
fn a_sqlite_url_names_its_file() {
    for (url, file) in [
        ("sqlite:x.db", "x.db"),
        ("sqlite://x.db", "x.db"),
        ("sqlite:///srv/x.db", "/srv/x.db"),
        ("sqlite:/srv/x.db?mode=rwc", "/srv/x.db"),
        ("sqlite://data/x.db?cache=shared", "data/x.db"),
    ] {
        assert_eq!(database_file(url), Ok(file));
        let config = load(&format!("[database]\nurl = \"{url}\"\n"), &[]).unwrap();
        assert_eq!(config.database_path(), PathBuf::from(file));
    }
    for url in [
        "sqlite:",
        "sqlite://",
        "sqlite://:memory:",
        "sqlite:x?mode=memory",
        "x.db",
    ] {
        assert!(database_file(url).is_err(), "{url}");
    }
}

#[test]
fn printing_shows_what_is_in_force_and_where_it_comes_from_but_no_secret() {
    let smtp = ("DAYBEFORE_EMAIL__SMTP_URL", "smtps://desk:hush@mail.example.com:465");
    let config = load(TWILIO, &[smtp, ("DAYBEFORE_DISPATCH__CONCURRENCY", "4")]).unwrap();
    let page = config.print();
    for line in [
        "concurrency = 4  # from DAYBEFORE_DISPATCH__CONCURRENCY",
        "lease_seconds = 120",
        "smtp_url = \"smtps://desk:(set)@mail.example.com:465\"  # from DAYBEFORE_EMAIL__SMTP_URL",
        "# webhook_secret = \"your_signing_key\"",
    ] {
        assert!(page.lines().any(|found| found == line), "{line} in\n{page}");
    }
    assert!(
        page.lines()
            .any(|line| line.starts_with("auth_token = \"(set)\"  # from ")),
        "{page}"
    );
    for text in [page, format!("{config:?}")] {
        assert!(!text.contains("hush"), "{text}");
    }
}

#[test]
fn what_is_printed_can_be_read_again() {
    let page = load("[log]\nfilter = \"debug\"\n", &[]).unwrap().print();
    assert_eq!(load(&page, &[]).unwrap().log.filter, "debug");
}

#[test]
fn the_example_is_a_configuration_without_warnings() {
    let config = load(include_str!("../../examples/daybefore.toml"), &[]).unwrap();
    let warnings = config.warnings();
    // The test's file is readable by all, as the example's first lines warn.
    assert!(
        warnings.iter().all(|warning| warning.contains("chmod 600")),
        "{warnings:?}"
    );
    assert_eq!(
        (config.sms.carrier, config.email.carrier),
        (SmsCarrier::Twilio, EmailCarrier::Smtp)
    );
}

#[test]
fn risky_settings_are_pointed_out() {
    let smtp = "[email]\ncarrier = \"smtp\"\nfrom = \"a@example.com\"\n";
    for (text, says) in [
        (format!("{TWILIO}[dispatch]\nlease_seconds = 60\n"), "set it above 60"),
        (TWILIO.to_owned(), "public_url is empty"),
        (
            format!("{TWILIO}[server]\npublic_url = \"https://localhost:8080\"\n"),
            "only this network",
        ),
        (
            format!("{TWILIO}[server]\npublic_url = \"http://day.example.com/\"\n"),
            "use https",
        ),
        (
            format!("{TWILIO}base_url = \"http://sms.example.com\"\n"),
            "auth_token would travel",
        ),
        (TWILIO.to_owned(), "email.carrier is \"sandbox\""),
        (
            format!("{smtp}smtp_url = \"smtp://a:b@mail.example.com?tls=none\"\n"),
            "travel unencrypted",
        ),
    ] {
        let warnings = load(&text, &[]).unwrap().warnings().join("\n");
        assert!(warnings.contains(says), "{text}: {warnings}");
    }
    for quiet in [
        "smtp://127.0.0.1:1025?tls=none",
        "smtp://mail.example.com",
        "smtps://a:b@mail.example.com",
        "smtp://mail.example.com?tls=required",
    ] {
        let warnings = load(&format!("{smtp}smtp_url = \"{quiet}\"\n"), &[])
            .unwrap()
            .warnings()
            .join("\n");
        assert!(!warnings.contains("encryption"), "{quiet}: {warnings}");
    }
}
