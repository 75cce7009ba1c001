//! The two sample businesses, with the files of `examples/` embedded.

use std::collections::BTreeSet;

use super::{DemonstrationError, Intake};
use crate::domain::business::{Business, BusinessKind};
use crate::domain::instant::Instant;
use crate::domain::quiet_hours::QuietHours;
use crate::domain::rule::Rules;
use crate::outbound::dispatch::Dispatcher;
use crate::outbound::import::{self, Import, ImportKind};
use crate::store;

/// The garage's id.
pub const GARAGE: &str = "havelkiez";
pub(super) const AGENCY: &str = "tidewater";

/// The garage's bookings as its own software exported them first.
pub(super) const BOOKINGS: &str = include_str!("../../../examples/garage/bookings.csv");

/// The agency's policies.
pub(super) const POLICIES: &str = include_str!("../../../examples/agency/renewals.csv");

/// The first files of both businesses, in the order in which a person would import them.
const FILES: [(&str, ImportKind, &str); 5] = [
    (
        GARAGE,
        ImportKind::Customers,
        include_str!("../../../examples/garage/customers.csv"),
    ),
    (GARAGE, ImportKind::Bookings, BOOKINGS),
    (
        GARAGE,
        ImportKind::Renewals,
        include_str!("../../../examples/garage/renewals.csv"),
    ),
    (
        AGENCY,
        ImportKind::Customers,
        include_str!("../../../examples/agency/customers.csv"),
    ),
    (AGENCY, ImportKind::Renewals, POLICIES),
];

fn garage() -> Business {
    Business {
        id: GARAGE.to_owned(),
        kind: BusinessKind::Garage,
        name: "Werkstatt Havelkiez".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        locale: "de".to_owned(),
        region: "DE".to_owned(),
        phone: Some("030 23125010".to_owned()),
        email: Some("termine@havelkiez.example.com".to_owned()),
        address: Some("Uferstraße 12, 13599 Berlin".to_owned()),
        sms_from: Some("+4915228817386".to_owned()),
        email_from: Some("Werkstatt Havelkiez <termine@havelkiez.example.com>".to_owned()),
        quiet_hours: QuietHours::default(),
        holidays: BTreeSet::new(),
        surveys_need_consent: true,
        review_url: Some("https://reviews.example.com/havelkiez".to_owned()),
    }
}

fn agency() -> Business {
    Business {
        id: AGENCY.to_owned(),
        kind: BusinessKind::Insurance,
        name: "Tidewater Lane Insurance".to_owned(),
        zone: "America/Vancouver".to_owned(),
        locale: "en".to_owned(),
        region: "CA".to_owned(),
        phone: Some("604-555-0100".to_owned()),
        email: Some("office@tidewater.example.com".to_owned()),
        address: Some("210 Tidewater Lane, Vancouver BC".to_owned()),
        sms_from: Some("+16045550101".to_owned()),
        email_from: Some("Tidewater Lane Insurance <office@tidewater.example.com>".to_owned()),
        review_url: None,
        surveys_need_consent: false,
        ..garage()
    }
}

/// Makes both businesses with the rules of their presets.
pub(super) async fn make_businesses(dispatcher: &Dispatcher, now: Instant) -> Result<(), DemonstrationError> {
    let mut tx = dispatcher.store.write().await?;
    for business in [garage(), agency()] {
        let rules = Rules::parse(Rules::preset(business.kind.as_str()).unwrap_or_default())?;
        store::business::save(&mut tx, &business, now).await?;
        store::rule::replace(&mut tx, &business.id, &rules).await?;
    }
    Ok(tx.commit().await?)
}

/// Imports the first files. The customers know of these bookings: they were made before Daybefore came.
pub(super) async fn take_in(dispatcher: &Dispatcher, now: Instant) -> Result<Intake, DemonstrationError> {
    let mut intake = Intake::default();
    for (business_id, kind, file) in FILES {
        let import = Import {
            business_id,
            kind,
            known_to_customers: true,
            now,
        };
        let (summary, _) = import::run(
            &dispatcher.store,
            &dispatcher.zones,
            &import,
            file.as_bytes(),
            |_| {},
            |_| {},
        )
        .await?;
        intake.rows += summary.rows;
        intake.taken += summary.rows - summary.refused;
        intake.refused += summary.refused;
        intake.planned += summary.planning.planned;
    }
    Ok(intake)
}
