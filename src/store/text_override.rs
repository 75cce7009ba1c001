//! A business's own texts, in place of the embedded ones.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;

/// One text of a business's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextOverride {
    pub business_id: String,
    pub template: String,
    pub locale: String,
    pub part: String,
    pub body: String,
}

row!(TextOverride {
    business_id,
    template,
    locale,
    part,
    body
});

/// Every business's own texts.
pub async fn all(tx: &mut Tx) -> Result<Vec<TextOverride>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT business_id, template, locale, part, body FROM text_override ORDER BY business_id, template, locale, part",
    ).fetch_all(c).await)?)
}

/// A business's own texts.
pub async fn of_business(tx: &mut Tx, business_id: &str) -> Result<Vec<TextOverride>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT business_id, template, locale, part, body FROM text_override WHERE business_id = $1 \
         ORDER BY template, locale, part",
    ).bind(business_id).fetch_all(c).await)?)
}

/// Writes one text, new or changed.
pub async fn put(tx: &mut Tx, text: &TextOverride) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO text_override (business_id, template, locale, part, body) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (business_id, template, locale, part) DO UPDATE SET body = excluded.body",
    )
    .bind(&text.business_id).bind(&text.template).bind(&text.locale).bind(&text.part).bind(&text.body)
    .execute(c).await)?;
    Ok(())
}

/// Takes one text away: the embedded one is used again.
pub async fn remove(
    tx: &mut Tx,
    business_id: &str,
    (template, locale, part): (&str, &str, &str),
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "DELETE FROM text_override WHERE business_id = $1 AND template = $2 AND locale = $3 AND part = $4",
    ).bind(business_id).bind(template).bind(locale).bind(part).execute(c).await)?;
    Ok(())
}
