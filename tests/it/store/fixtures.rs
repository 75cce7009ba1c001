//! A database with one row of each kind, every column set to a value of its own.

use std::path::PathBuf;

use daybefore::domain::attempt::{Attempt, AttemptState};
use daybefore::domain::business::{Business, BusinessKind};
use daybefore::domain::customer::Customer;
use daybefore::domain::instant::Instant;
use daybefore::domain::item::{Booking, BookingStatus, Item, ItemKind, Renewal, RenewalKind, RenewalStatus};
use daybefore::domain::message::{Asks, Channel, Purpose, State};
use daybefore::domain::quiet_hours::QuietHours;
use daybefore::domain::rule::{Anchor, OnlyIf};
use daybefore::store::call::NewCall;
use daybefore::store::message::{NewMessage, Planned};
use daybefore::store::{self, Open, Store, Tx};
use tempfile::TempDir;

use super::schema::only_row;

pub(super) const fn at(millis: i64) -> Instant {
    Instant::from_millis(millis)
}

pub(super) struct Database {
    pub(super) store: Store,
    path: PathBuf,
    _folder: TempDir,
}

/// An empty database with a business, a customer, a booking and a renewal in it.
pub(super) async fn database() -> Database {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.db");
    let store = Store::open(&path, Open::CreateIfEmpty).await.unwrap();
    let mut tx = store.write().await.unwrap();
    store::business::save(&mut tx, &business(), at(101)).await.unwrap();
    store::customer::save(&mut tx, &customer(), at(102)).await.unwrap();
    store::item::save(&mut tx, &booking(), at(103)).await.unwrap();
    store::item::save(&mut tx, &renewal(), at(104)).await.unwrap();
    tx.commit().await.unwrap();
    Database {
        store,
        path,
        _folder: folder,
    }
}

impl Database {
    pub(super) async fn write(&self) -> Tx {
        self.store.write().await.unwrap()
    }

    /// The row as `column=value`, in the order of the table.
    pub(super) async fn row(&self, table: &str, id: &str) -> Vec<String> {
        let row = only_row(&self.path, table, id).await;
        row.into_iter()
            .map(|(column, value)| format!("{column}={}", value.unwrap_or_else(|| "NULL".to_owned())))
            .collect()
    }
}

pub(super) fn business() -> Business {
    Business {
        id: "b-1".to_owned(),
        kind: BusinessKind::Insurance,
        name: "name".to_owned(),
        zone: "Europe/Paris".to_owned(),
        locale: "fr".to_owned(),
        region: "FR".to_owned(),
        phone: Some("phone".to_owned()),
        email: Some("email".to_owned()),
        address: Some("address".to_owned()),
        sms_from: Some("sms-from".to_owned()),
        email_from: Some("email-from".to_owned()),
        quiet_hours: QuietHours::default(),
        holidays: ["2026-12-25".parse().unwrap()].into(),
        surveys_need_consent: true,
        review_url: Some("https://review.example".to_owned()),
    }
}

pub(super) fn customer() -> Customer {
    Customer {
        id: "c-1".to_owned(),
        business_id: "b-1".to_owned(),
        external_id: Some("c-external".to_owned()),
        name: "Ana  Košir".to_owned(),
        phone: Some("+1".to_owned()),
        phone_raw: Some("raw".to_owned()),
        phone_texts: true,
        email: Some("a@b.example".to_owned()),
        locale: Some("de".to_owned()),
        channel: Some(Channel::Email),
        standing: Some("standing".to_owned()),
        notes: Some("notes".to_owned()),
        erased: true,
    }
}

pub(super) fn booking() -> Item {
    Item::Booking(Booking {
        id: "i-1".to_owned(),
        business_id: "b-1".to_owned(),
        customer_id: "c-1".to_owned(),
        external_id: "i-external".to_owned(),
        service: Some("service".to_owned()),
        vehicle: Some("vehicle".to_owned()),
        starts: "2026-12-15T09:00".parse().unwrap(),
        starts_at: at(1),
        duration_minutes: Some(2),
        status: BookingStatus::NoShow,
        revision: 3,
        booked_at: at(4),
        changed_at: at(5),
        completed_at: Some(at(6)),
    })
}

pub(super) fn renewal() -> Item {
    Item::Renewal(Renewal {
        id: "r-1".to_owned(),
        business_id: "b-1".to_owned(),
        customer_id: "c-1".to_owned(),
        external_id: "r-external".to_owned(),
        kind: RenewalKind::Warranty,
        subject: Some("subject".to_owned()),
        reference: Some("reference".to_owned()),
        ends_on: "2027-02-28".parse().unwrap(),
        offer_amount: Some("412.50".to_owned()),
        offer_currency: Some("EUR".to_owned()),
        offer_url: Some("https://offer.example".to_owned()),
        status: RenewalStatus::Lapsed,
        revision: 7,
        booked_at: at(8),
        changed_at: at(9),
        completed_at: Some(at(10)),
    })
}

pub(super) fn planned() -> Planned {
    Planned {
        template: "template".to_owned(),
        purpose: Purpose::Survey,
        asks: Asks::Rating,
        only_if: OnlyIf::NotRenewed,
        channels: "email,sms".to_owned(),
        channel: Some(Channel::Email),
        lane: "email/b-1".to_owned(),
        state: State::Planned,
        reason: None,
        hold: None,
        due_at: at(11),
        useful_until: at(12),
    }
}

pub(super) async fn insert_message(tx: &mut Tx, id: &str, planned: Planned) {
    let message = NewMessage {
        id: id.to_owned(),
        business_id: "b-1",
        customer_id: "c-1",
        item_kind: ItemKind::Booking,
        item_id: "i-1",
        item_revision: 3,
        rule_id: id,
        anchor: Anchor::Changed,
        told: "told".to_owned(),
        told_before: Some("told-before".to_owned()),
        planned,
    };
    store::message::insert(tx, &message, at(13)).await.unwrap();
}

/// A call to make about the message `m-1`.
pub(super) const CALL: NewCall<'static> = NewCall {
    business_id: "b-1",
    customer_id: "c-1",
    message_id: "m-1",
    phone: "phone",
    script: "script",
    call_at: Some(at(60)),
    due_at: at(61),
};

pub(super) fn attempt(id: &str) -> Attempt {
    Attempt {
        id: id.to_owned(),
        message_id: "m-1".to_owned(),
        business_id: "b-1".to_owned(),
        number: 21,
        channel: Channel::Email,
        carrier: "carrier".to_owned(),
        sender: "sender".to_owned(),
        address: "address".to_owned(),
        subject: Some("subject".to_owned()),
        text: Some("text".to_owned()),
        segments: 22,
        state: AttemptState::Started,
        provider_id: None,
        stage: None,
        provider_status: None,
        code: None,
        failure: None,
        started_at: at(23),
        settled_at: None,
        look_at: None,
        looks: 0,
    }
}
