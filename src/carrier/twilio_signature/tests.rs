use super::*;

/// The first six vectors are those of Twilio's own helper libraries.
const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const CALL: &[(&str, &str)] = &[
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
];
const CALL_SIGNED: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

fn tokens(all: &[&str]) -> Vec<SecretString> {
    all.iter().map(|token| SecretString::from(*token)).collect()
}

fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn holds(url: &str, pairs: &[(&str, &str)], signature: &str) -> bool {
    verify(&tokens(&["12345"]), url, signature, Payload::Form(&form(pairs)))
}

/// What the provider would sign; only for cases that no published vector covers.
fn signed(text: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(b"12345").unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[test]
fn vector_1_a_plain_form() {
    assert!(holds(URL, CALL, CALL_SIGNED));
}

#[test]
fn vector_2_signed_with_the_https_port_that_our_url_does_not_show() {
    assert!(holds(URL, CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="));
    assert!(holds(
        "https://mycompany.com:443/myapp.php?foo=1&bar=2",
        CALL,
        CALL_SIGNED
    ));
}

#[test]
fn vectors_3_and_4_http_with_and_without_its_port() {
    let url = "http://mycompany.com/myapp.php?foo=1&bar=2";
    assert!(holds(url, CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4="));
    assert!(holds(url, CALL, "OyGYPqTF6ztdbRNCvuQO/oPvqQ4="));
}

#[test]
fn vector_5_a_repeated_name_counts_each_distinct_value_once() {
    let pairs = [
        ("Sid", "CA123"),
        ("SidAccount", "AC123"),
        ("Digits", "5678"),
        ("Digits", "1234"),
        ("Digits", "1234"),
    ];
    assert!(holds(URL, &pairs, "IK+Dwps556ElfBT0I3Rgjkr1wJU="));
}

#[test]
fn vector_6_a_body_that_is_no_form_is_bound_by_its_hash() {
    let body = br#"{"property": "value", "boolean": true}"#;
    let hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    let url = format!("{URL}&bodySHA256={hash}");
    let signature = "a9nBmqA0ju/hNViExpshrM61xv4=";
    assert!(verify(&tokens(&["12345"]), &url, signature, Payload::Raw(body)));
    assert!(!verify(
        &tokens(&["12345"]),
        &url,
        signature,
        Payload::Raw(b"{\"property\": \"other\"}")
    ));
    // Signed, but nothing binds the body.
    assert!(!verify(&tokens(&["12345"]), URL, &signed(URL), Payload::Raw(body)));
}

fn inbound(body: &str) -> Vec<(String, String)> {
    let account = format!("AC{}", "0".repeat(32));
    let message = format!("SM{}1", "0".repeat(31));
    form(&[
        ("To", "+15017122661"),
        ("AccountSid", &account),
        ("ApiVersion", "2010-04-01"),
        ("Body", body),
        ("From", "+38640123456"),
        ("FromCity", ""),
        ("MessageSid", &message),
        ("SmsMessageSid", &message),
        ("SmsSid", &message),
        ("NumMedia", "0"),
        ("NumSegments", "1"),
        ("SmsStatus", "received"),
    ])
}

#[test]
fn vector_7_letters_beyond_ascii_and_an_empty_value() {
    let pairs = inbound("Da, pridem č 👍");
    let url = "https://hooks.example.com/twilio/inbound";
    assert!(verify(
        &tokens(&["12345"]),
        url,
        "LtI2nUfyTMZ1SMhRAM5TQMkw8Hk=",
        Payload::Form(&pairs)
    ));
}

#[test]
fn vector_8_blanks_around_a_text_are_part_of_it() {
    let url = "https://hooks.example.com/twilio/inbound";
    let signature = "8eezj/WjnpBT7794pKgEFXQsCss=";
    assert!(verify(
        &tokens(&["12345"]),
        url,
        signature,
        Payload::Form(&inbound(" STOP "))
    ));
    assert!(!verify(
        &tokens(&["12345"]),
        url,
        signature,
        Payload::Form(&inbound("STOP"))
    ));
}

#[test]
fn a_changed_added_or_missing_field_does_not_verify() {
    let mut changed = CALL.to_vec();
    changed[2] = ("Digits", "1235");
    assert!(!holds(URL, &changed, CALL_SIGNED));
    let mut added = CALL.to_vec();
    added.push(("Extra", ""));
    assert!(!holds(URL, &added, CALL_SIGNED));
    assert!(!holds(URL, &CALL[1..], CALL_SIGNED));
}

#[test]
fn another_url_does_not_verify() {
    assert!(!holds("https://mycompany.com/myapp.php?foo=1&bar=3", CALL, CALL_SIGNED));
    assert!(!holds("https://elsewhere.com/myapp.php?foo=1&bar=2", CALL, CALL_SIGNED));
}

#[test]
fn a_wrong_token_fails_and_the_second_of_two_holds() {
    let pairs = form(CALL);
    assert!(!verify(&tokens(&["54321"]), URL, CALL_SIGNED, Payload::Form(&pairs)));
    assert!(verify(
        &tokens(&["54321", "12345"]),
        URL,
        CALL_SIGNED,
        Payload::Form(&pairs)
    ));
    assert!(!verify(&[], URL, CALL_SIGNED, Payload::Form(&pairs)));
}

#[test]
fn a_get_is_signed_by_its_url_alone() {
    assert!(verify(&tokens(&["12345"]), URL, &signed(URL), Payload::Empty));
    assert!(!verify(&tokens(&["12345"]), URL, CALL_SIGNED, Payload::Empty));
}

#[test]
fn an_odd_port_may_be_kept_or_dropped() {
    let url = "https://user:pw@mycompany.com:8443/x?a=1";
    assert!(verify(&tokens(&["12345"]), url, &signed(url), Payload::Empty));
    assert!(verify(
        &tokens(&["12345"]),
        url,
        &signed("https://user:pw@mycompany.com/x?a=1"),
        Payload::Empty
    ));
    let six = "https://[::1]/x";
    assert!(verify(
        &tokens(&["12345"]),
        six,
        &signed("https://[::1]:443/x"),
        Payload::Empty
    ));
}

#[test]
fn an_apostrophe_in_the_query_may_be_encoded_or_not() {
    let (plain, encoded) = ("https://a.example/x?n=O'Neil", "https://a.example/x?n=O%27Neil");
    assert!(verify(&tokens(&["12345"]), plain, &signed(encoded), Payload::Empty));
    assert!(verify(&tokens(&["12345"]), encoded, &signed(plain), Payload::Empty));
}

#[test]
fn the_fragment_with_connection_overrides_is_not_signed() {
    assert!(verify(
        &tokens(&["12345"]),
        &format!("{URL}#rc=3&rp=all"),
        &signed(URL),
        Payload::Empty
    ));
}

#[test]
fn rubbish_in_the_header_is_refused() {
    for header in ["", "=", "not base64!", "RSOYDt4T1cUTdK1PDd93/VVr8B", "AAAA"] {
        assert!(!holds(URL, CALL, header), "{header}");
    }
}
