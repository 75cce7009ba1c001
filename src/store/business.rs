//! Businesses and their settings.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;

use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::business::{Business, BusinessKind};
use crate::domain::instant::Instant;
use crate::domain::quiet_hours::QuietHours;

struct BusinessRow {
    id: String,
    kind: BusinessKind,
    name: String,
    zone: String,
    locale: String,
    region: String,
    phone: Option<String>,
    email: Option<String>,
    address: Option<String>,
    sms_from: Option<String>,
    email_from: Option<String>,
    quiet_hours: String,
    holidays: String,
    surveys_need_consent: bool,
    review_url: Option<String>,
}

row!(BusinessRow {
    id,
    kind,
    name,
    zone,
    locale,
    region,
    phone,
    email,
    address,
    sms_from,
    email_from,
    quiet_hours,
    holidays,
    surveys_need_consent,
    review_url
});

impl TryFrom<BusinessRow> for Business {
    type Error = StoreError;

    fn try_from(row: BusinessRow) -> Result<Self, StoreError> {
        let quiet_hours: QuietHours = json("business.quiet_hours", &row.quiet_hours)?;
        let holidays: BTreeSet<NaiveDate> = json("business.holidays", &row.holidays)?;
        Ok(Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            zone: row.zone,
            locale: row.locale,
            region: row.region,
            phone: row.phone,
            email: row.email,
            address: row.address,
            sms_from: row.sms_from,
            email_from: row.email_from,
            quiet_hours,
            holidays,
            surveys_need_consent: row.surveys_need_consent,
            review_url: row.review_url,
        })
    }
}

pub(super) fn json<T: DeserializeOwned>(column: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Inconsistent(format!("{column}: {error}")))
}

pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Inconsistent(error.to_string()))
}

/// The columns of a `Business`, in the table named `business`.
macro_rules! business_columns {
    () => {
        "business.id, business.kind, business.name, business.zone, business.locale, business.region, business.phone, \
         business.email, business.address, business.sms_from, business.email_from, business.quiet_hours, \
         business.holidays, business.surveys_need_consent, business.review_url"
    };
}

/// Every business, by id.
pub async fn all(tx: &mut Tx) -> Result<Vec<Business>, StoreError> {
    let rows: Vec<BusinessRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", business_columns!(), " FROM business ORDER BY id"
    )).fetch_all(c).await)?;
    rows.into_iter().map(Business::try_from).collect()
}

/// One business.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Business>, StoreError> {
    let row: Option<BusinessRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", business_columns!(), " FROM business WHERE id = $1"
    )).bind(id).fetch_optional(c).await)?;
    row.map(Business::try_from).transpose()
}

/// The businesses that a user belongs to, by id.
pub async fn of_user(tx: &mut Tx, user_id: &str) -> Result<Vec<Business>, StoreError> {
    let rows: Vec<BusinessRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", business_columns!(), " FROM business JOIN user_business ON user_business.business_id = business.id \
         WHERE user_business.user_id = $1 ORDER BY business.id"
    )).bind(user_id).fetch_all(c).await)?;
    rows.into_iter().map(Business::try_from).collect()
}

/// Businesses by their ids.
pub async fn of_ids(tx: &mut Tx, ids: &[&str]) -> Result<Vec<Business>, StoreError> {
    let rows: Vec<BusinessRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", business_columns!(), " FROM business WHERE id IN ", listed!("$1")
    )).bind(text(ids)?).fetch_all(c).await)?;
    rows.into_iter().map(Business::try_from).collect()
}

/// Writes a business, new or changed.
pub async fn save(tx: &mut Tx, business: &Business, now: Instant) -> Result<(), StoreError> {
    let quiet_hours = to_json(&business.quiet_hours)?;
    let holidays = to_json(&business.holidays)?;
    on!(tx, c => sqlx::query(
        "INSERT INTO business (id, kind, name, zone, locale, region, phone, email, address, sms_from, email_from, \
            quiet_hours, holidays, surveys_need_consent, review_url, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16) \
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, zone = excluded.zone, \
            locale = excluded.locale, region = excluded.region, phone = excluded.phone, email = excluded.email, \
            address = excluded.address, sms_from = excluded.sms_from, email_from = excluded.email_from, \
            quiet_hours = excluded.quiet_hours, holidays = excluded.holidays, \
            surveys_need_consent = excluded.surveys_need_consent, review_url = excluded.review_url, \
            updated_at = excluded.updated_at",
    )
    .bind(&business.id).bind(business.kind).bind(&business.name).bind(&business.zone).bind(&business.locale)
    .bind(&business.region).bind(&business.phone).bind(&business.email).bind(&business.address)
    .bind(&business.sms_from).bind(&business.email_from).bind(quiet_hours).bind(holidays)
    .bind(business.surveys_need_consent).bind(&business.review_url).bind(now).execute(c).await)?;
    Ok(())
}
