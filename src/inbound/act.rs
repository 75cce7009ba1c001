//! The acts: what an answer does, whichever way it came (text, link, desk). Each writes item, question, history and
//! inbox and plans again in the caller's transaction. None of them cancels or moves anything on a guess.
//! Opting out and in is in `inbound::consent`, ratings are in `inbound::follow_up`.

use super::case;
use super::scene::Scene;
use crate::domain::closed_list::closed_list;
use crate::domain::desk_item::DeskKind;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, BookingStatus, Item, ItemKind, Renewal, Standing};
use crate::domain::zone::Zones;
use crate::outbound::plan::PlanError;
use crate::store::{self, Tx};

closed_list! {
    /// Which way an answer came.
    Way { Text = "text", Link = "link", Desk = "desk" }
}

/// Something that a customer has said, or that somebody at the desk enters for them.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    pub business_id: &'a str,
    pub customer_id: &'a str,
    /// What it is about, where that is known.
    pub item: Option<(ItemKind, &'a str)>,
    /// The revision that the customer was told of: an answer to an older one is no answer to what holds now. None:
    /// whatever holds now is meant.
    pub revision: Option<i64>,
    /// The question that it answers.
    pub question_id: Option<&'a str>,
    pub way: Way,
    /// The customer's own words.
    pub words: Option<&'a str>,
    /// The inbound message, where there is one.
    pub reply_id: Option<&'a str>,
    /// Who at the desk enters it.
    pub by: Option<&'a str>,
}

/// What an act has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acted {
    Done,
    /// It was so before.
    Already,
    /// The item is over, cancelled, or not any more what the customer was told: a person reads it.
    ToDesk,
}

/// A clear yes: the visit is confirmed; a renewal is wanted, which only the business can do.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn confirm(tx: &mut Tx, zones: &Zones, said: &Said<'_>, now: Instant) -> Result<Acted, PlanError> {
    let scene = Scene::load(tx, zones, said).await?;
    if let Some(Item::Case(case)) = &scene.item {
        return case::answered(tx, &scene, case, said, true, now).await;
    }
    match scene.current_item(said, now) {
        Some(Item::Booking(booking)) => confirm_booking(tx, &scene, booking, said, now).await,
        Some(Item::Renewal(renewal)) => want_renewal(tx, &scene, renewal, said, now).await,
        Some(Item::Case(_) | Item::Reply(_)) | None => scene.to_desk(tx, said, DeskKind::LateAnswer, now).await,
    }
}

async fn confirm_booking(
    tx: &mut Tx,
    scene: &Scene,
    booking: &Booking,
    said: &Said<'_>,
    now: Instant,
) -> Result<Acted, PlanError> {
    let withdrawn = scene
        .withdraw_wishes(tx, &booking.id, "the customer has confirmed after all", now)
        .await?;
    // Asked for by somebody else than the customer: only a person knows whether that still stands.
    if booking.status == BookingStatus::ChangeRequested && !withdrawn {
        return scene.to_desk(tx, said, DeskKind::LateAnswer, now).await;
    }
    scene.answered(tx, said, now).await?;
    if booking.status == BookingStatus::Confirmed {
        return Ok(Acted::Already);
    }
    let confirmed = Booking {
        status: BookingStatus::Confirmed,
        ..booking.clone()
    };
    save(tx, scene, booking, confirmed, said, "confirmed", now).await?;
    Ok(Acted::Done)
}

async fn want_renewal(
    tx: &mut Tx,
    scene: &Scene,
    renewal: &Renewal,
    said: &Said<'_>,
    now: Instant,
) -> Result<Acted, PlanError> {
    scene
        .withdraw_wishes(tx, &renewal.id, "the customer wants it after all", now)
        .await?;
    scene.answered(tx, said, now).await?;
    let waiting = store::desk_item::waiting_about(tx, &renewal.id).await?;
    if waiting.iter().any(|item| item.kind == DeskKind::RenewalWanted) {
        scene.replan(tx, now).await?;
        return Ok(Acted::Already);
    }
    scene.open(tx, said, DeskKind::RenewalWanted, false, now).await?;
    scene.note(tx, said, "wanted", now).await?;
    scene.replan(tx, now).await?;
    Ok(Acted::Done)
}

/// Another time, a call, a talk: the messages about the item wait until a person has dealt with it.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn want_change(tx: &mut Tx, zones: &Zones, said: &Said<'_>, now: Instant) -> Result<Acted, PlanError> {
    hold_for_person(tx, zones, said, DeskKind::Change, "change asked for", now).await
}

/// A no without an explicit click: held like a wish for a change, never cancelled.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn decline(tx: &mut Tx, zones: &Zones, said: &Said<'_>, now: Instant) -> Result<Acted, PlanError> {
    hold_for_person(tx, zones, said, DeskKind::Decline, "declined", now).await
}

async fn hold_for_person(
    tx: &mut Tx,
    zones: &Zones,
    said: &Said<'_>,
    kind: DeskKind,
    event: &str,
    now: Instant,
) -> Result<Acted, PlanError> {
    let scene = Scene::load(tx, zones, said).await?;
    if let Some(Item::Case(case)) = &scene.item {
        return case::answered(tx, &scene, case, said, false, now).await;
    }
    let Some(item) = scene.current_item(said, now) else {
        return scene.to_desk(tx, said, kind, now).await;
    };
    scene.answered(tx, said, now).await?;
    // The same words once more tell nothing new.
    let waiting = store::desk_item::waiting_about(tx, item.id()).await?;
    if waiting
        .iter()
        .any(|row| row.kind == kind && row.words.as_deref() == said.words)
    {
        return Ok(Acted::Already);
    }
    match item {
        Item::Booking(booking) => {
            scene.open(tx, said, kind, false, now).await?;
            let held = Booking {
                status: BookingStatus::ChangeRequested,
                ..booking.clone()
            };
            scene.save(tx, Item::Booking(held), said, event, now).await?;
        }
        Item::Renewal(_) | Item::Case(_) | Item::Reply(_) => {
            scene.open(tx, said, kind, true, now).await?;
            scene.note(tx, said, event, now).await?;
            scene.replan(tx, now).await?;
        }
    }
    Ok(Acted::Done)
}

/// Cancels a visit: only by an explicit click of the customer, or by a user.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn cancel_visit(tx: &mut Tx, zones: &Zones, said: &Said<'_>, now: Instant) -> Result<Acted, PlanError> {
    let scene = Scene::load(tx, zones, said).await?;
    if let Some(Item::Booking(booking)) = &scene.item
        && booking.status == BookingStatus::Cancelled
    {
        return Ok(Acted::Already);
    }
    let Some(Item::Booking(booking)) = scene.current_item(said, now) else {
        return scene.to_desk(tx, said, DeskKind::LateAnswer, now).await;
    };
    scene
        .withdraw_wishes(tx, &booking.id, "the customer has cancelled", now)
        .await?;
    scene.answered(tx, said, now).await?;
    // The business's own system does not know it yet, and must not bring the visit back to life.
    if said.way != Way::Desk {
        store::question::close_of_item(tx, &booking.id).await?;
        scene.open(tx, said, DeskKind::VisitCancelled, false, now).await?;
    }
    let cancelled = Booking {
        status: BookingStatus::Cancelled,
        revision: booking.revision + 1,
        changed_at: now,
        ..booking.clone()
    };
    save(tx, &scene, booking, cancelled, said, "cancelled", now).await?;
    Ok(Acted::Done)
}

/// Writes a booking as an answer has left it. What a user enters can be undone; what the customer does holds at once.
async fn save(
    tx: &mut Tx,
    scene: &Scene,
    before: &Booking,
    after: Booking,
    said: &Said<'_>,
    event: &str,
    now: Instant,
) -> Result<(), PlanError> {
    let after = Item::Booking(after);
    if said.way == Way::Desk {
        let before = Item::Booking(before.clone());
        let by = said.by.unwrap_or(Way::Desk.as_str());
        scene.save_for_desk(tx, (&before, &after), by, event, now).await?;
    } else {
        scene.save(tx, after, said, event, now).await?;
    }
    Ok(())
}

/// Somebody is on the way and late: the desk learns it at once.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn running_late(tx: &mut Tx, zones: &Zones, said: &Said<'_>, now: Instant) -> Result<Acted, PlanError> {
    let scene = Scene::load(tx, zones, said).await?;
    scene.open(tx, said, DeskKind::RunningLate, false, now).await?;
    Ok(Acted::Done)
}

/// Whatever needs a person and changes nothing by itself.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn ask_person(
    tx: &mut Tx,
    zones: &Zones,
    said: &Said<'_>,
    kind: DeskKind,
    now: Instant,
) -> Result<Acted, PlanError> {
    let scene = Scene::load(tx, zones, said).await?;
    scene.to_desk(tx, said, kind, now).await
}

/// The wrong person has this number: everything to it waits until somebody has looked.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn wrong_person(
    tx: &mut Tx,
    zones: &Zones,
    said: &Said<'_>,
    address: &str,
    now: Instant,
) -> Result<Acted, PlanError> {
    let scene = Scene::load(tx, zones, said).await?;
    let is_news = store::held_number::hold(tx, said.business_id, address, now).await?;
    if let Some(question) = said.question_id {
        store::question::close_all(tx, &[question]).await?;
    }
    scene.replan_everybody_at(tx, address, now).await?;
    if !is_news {
        return Ok(Acted::Already);
    }
    scene.open(tx, said, DeskKind::WrongPerson, false, now).await?;
    let about = ("customer", said.customer_id);
    store::history::add(
        tx,
        Some(said.business_id),
        about,
        "wrong person",
        said.way.as_str(),
        now,
    )
    .await?;
    Ok(Acted::Done)
}

/// Somebody at the desk has dealt with a row of the inbox: what it held goes on. False: it was done before.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn settle(
    tx: &mut Tx,
    zones: &Zones,
    id: &str,
    by: &str,
    outcome: Option<&str>,
    now: Instant,
) -> Result<bool, PlanError> {
    let row = store::desk_item::find(tx, id).await?;
    if !store::desk_item::done(tx, id, by, outcome, now).await? {
        return Ok(false);
    }
    let Some(row) = row else { return Ok(false) };
    let (Some(business_id), Some(customer_id)) = (&row.business_id, &row.customer_id) else {
        return Ok(true);
    };
    let said = Said {
        business_id,
        customer_id,
        item: row.item_kind.zip(row.item_id.as_deref()),
        revision: None,
        question_id: None,
        way: Way::Desk,
        words: None,
        reply_id: None,
        by: Some(by),
    };
    let scene = Scene::load(tx, zones, &said).await?;
    if row.kind == DeskKind::WrongPerson
        && let Some(phone) = scene.customer.phone.clone()
        && store::held_number::release(tx, business_id, &phone).await?
    {
        scene.replan_everybody_at(tx, &phone, now).await?;
    }
    let Some(item) = &scene.item else { return Ok(true) };
    let waiting = store::desk_item::waiting_about(tx, item.id()).await?;
    let still_held = waiting
        .iter()
        .any(|row| matches!(row.kind, DeskKind::Change | DeskKind::Decline));
    match item {
        Item::Booking(booking)
            if matches!(row.kind, DeskKind::Change | DeskKind::Decline)
                && !still_held
                && item.standing() == Standing::Pending =>
        {
            let stays = Booking {
                status: BookingStatus::Booked,
                ..booking.clone()
            };
            scene.save(tx, Item::Booking(stays), &said, "stays", now).await?;
        }
        _ => scene.replan(tx, now).await?,
    }
    Ok(true)
}
