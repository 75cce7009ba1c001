use super::*;

#[test]
fn asking_for_a_providers_word_is_found() {
    for (text, keyword) in [
        ("Reply YES to confirm.", "YES"),
        ("reply yes to confirm", "YES"),
        ("REPLY YES TO CONFIRM YOUR VISIT", "YES"),
        ("To call it off, reply \"cancel\".", "CANCEL"),
        ("Reply with the code C, or “cancel” if you can't come", "CANCEL"),
        ("Reply C to confirm or cancel to cancel", "CANCEL"),
        ("Reply C to confirm, CANCEL to cancel", "CANCEL"),
        ("Antworten Sie mit STOP", "STOP"),
        ("Antworten Sie bitte mit stop", "STOP"),
        ("Text STOP to opt out", "STOP"),
        ("STOP to end messages", "STOP"),
        ("Antwort: C = ja, STOP = nein", "STOP"),
        ("Répondez ARRÊT pour ne plus rien recevoir", "ARRET"),
        ("Envoyez « STOP »", "STOP"),
        ("Responda INFO para saber más", "INFO"),
        ("Odpowiedz HELP", "HELP"),
        ("Wyślij słowo STOP", "STOP"),
        ("Reply opt-out", "OPTOUT"),
        ("Reply OPT OUT", "OPTOUT"),
        ("Just reply: Quit", "QUIT"),
        ("Please type 'end' and we will leave you alone", "END"),
        ("See you. Reply C or R. Send Unsubscribe any time.", "UNSUBSCRIBE"),
    ] {
        assert_eq!(
            asked(text).keywords.first().map(String::as_str),
            Some(keyword),
            "{text}"
        );
    }
}

#[test]
fn innocent_prose_is_left_alone() {
    for text in [
        "Your policy ends on Tuesday. Reply C to renew, R for a call.",
        "Please reply by the end of the month.",
        "Reply C at the start of the week.",
        "We had to cancel your visit. We are sorry.",
        "We are glad to help you; start with your name.",
        "Reply C to confirm, or call us to cancel.",
        "We will send info about the service by mail.",
        "Répondez OUI ou C pour confirmer.",
        "IMPORTANT INFO: your visit has moved.",
        "YES! Your car is ready.",
        "THE END OF YOUR WARRANTY IS NEAR",
        "Write to info@garage.example or see https://x.example/stop",
        "Antworten Sie bis Ende der Woche. Wir helfen gern.",
        "Auto Info Garage: Responda C para confirmar.",
        "Text us, start to finish we are here",
    ] {
        assert_eq!(asked(text).keywords, Vec::<String>::new(), "{text}");
    }
}

#[test]
fn letters_and_digits_are_told_apart() {
    let asks = |text| (asked(text).letters, asked(text).digits);
    assert_eq!(asks("Reply C to confirm, R to change."), (true, false));
    assert_eq!(asks("SMS zwrotny: C = tak, R = zmiana terminu."), (true, false));
    assert_eq!(asks("Reply 1 to 5 (1 = bad, 5 = great)."), (false, true));
    assert_eq!(asks("Antwort 1 bis 5."), (false, true));
    assert_eq!(
        asks("Your 2 cars are ready at 5, we write to you on May 5."),
        (false, false)
    );
    assert_eq!(asks("Tel. 1 234 5. Service A is due."), (false, false));
}
