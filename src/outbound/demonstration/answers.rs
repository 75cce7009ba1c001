//! What the garage's customers write back in the fortnight, and what somebody at its desk does about it.

use super::samples::GARAGE;
use super::{DemonstrationError, News};
use crate::carrier::Received;
use crate::domain::case::Cause;
use crate::domain::instant::Instant;
use crate::domain::message::Channel;
use crate::inbound::case::{self, Closing};
use crate::inbound::{receive, reply};
use crate::outbound::dispatch::Dispatcher;
use crate::store::{self, StoreError};

/// Something that comes back.
pub(super) enum Answer {
    /// The customer with this id texts these words.
    Writes(&'static str, &'static str),
    /// Somebody has called the unhappy customer with this id, and closes the case.
    Settles(&'static str, Cause, &'static str),
}

/// By the garage's clock.
pub(super) const ANSWERS: [(&str, Answer); 9] = [
    ("2026-12-01 17:25", Answer::Writes("K1116", "C")),
    ("2026-12-02 12:10", Answer::Writes("K1016", "5 Super Service, danke!")),
    ("2026-12-04 10:40", Answer::Writes("K1053", "4")),
    (
        "2026-12-05 11:05",
        Answer::Writes("K1069", "1, zwei Stunden gewartet trotz Termin"),
    ),
    (
        "2026-12-05 12:20",
        Answer::Settles(
            "K1069",
            Cause::Delay,
            "angerufen, entschuldigt, Leihwagen für das nächste Mal zugesagt",
        ),
    ),
    ("2026-12-05 15:50", Answer::Writes("K1166", "STOP")),
    ("2026-12-06 10:35", Answer::Writes("K1069", "C danke")),
    (
        "2026-12-14 18:10",
        Answer::Writes("K1142", "R geht es auch am Freitag?"),
    ),
    (
        "2026-12-15 09:40",
        Answer::Writes("K1026", "2, die Tür hat jetzt einen Kratzer"),
    ),
];

/// Lets it come back, and says what it was.
pub(super) async fn take(dispatcher: &Dispatcher, answer: &Answer, now: Instant) -> Result<News, DemonstrationError> {
    let what = match answer {
        Answer::Writes(customer_id, words) => writes(dispatcher, customer_id, words, now).await?,
        Answer::Settles(customer_id, cause, note) => settles(dispatcher, customer_id, *cause, note, now).await?,
    };
    Ok(News {
        at: now,
        business_id: GARAGE,
        what,
        closing: false,
    })
}

async fn writes(
    dispatcher: &Dispatcher,
    customer_id: &str,
    words: &str,
    now: Instant,
) -> Result<String, DemonstrationError> {
    let mut tx = dispatcher.store.write().await?;
    let missing = || StoreError::Inconsistent(format!("the sample files lack {customer_id}"));
    let business = store::business::find(&mut tx, GARAGE).await?.ok_or_else(missing)?;
    let customer = store::customer::by_external_id(&mut tx, GARAGE, customer_id).await?;
    let customer = customer.ok_or_else(missing)?;
    let received = Received {
        provider_id: format!("{customer_id} {now}"),
        sender: customer.phone.clone().ok_or_else(missing)?,
        recipient: dispatcher.sender(Channel::Sms, &business),
        body: words.to_owned(),
        media: 0,
        opt_out_type: String::new(),
        at: Some(now),
        pairs: Vec::new(),
    };
    receive::receive(&mut tx, dispatcher.sms.name(), &received, now).await?;
    tx.commit().await?;
    reply::read_inbound(dispatcher, now).await?;
    Ok(format!("{} answers \u{201c}{words}\u{201d}", customer.name))
}

async fn settles(
    dispatcher: &Dispatcher,
    customer_id: &str,
    cause: Cause,
    note: &str,
    now: Instant,
) -> Result<String, DemonstrationError> {
    let mut tx = dispatcher.store.write().await?;
    let missing = || StoreError::Inconsistent(format!("{customer_id} has no open case in the sample"));
    let customer = store::customer::by_external_id(&mut tx, GARAGE, customer_id).await?;
    let customer = customer.ok_or_else(missing)?;
    let open = store::customer_case::open_of(&mut tx, &customer.id)
        .await?
        .ok_or_else(missing)?;
    let closing = Closing {
        cause,
        note: Some(note),
        by: "Meral",
    };
    case::close(&mut tx, &dispatcher.zones, &open, &closing, now).await?;
    tx.commit().await?;
    Ok(format!("Meral has called {} and closes the case", customer.name))
}
