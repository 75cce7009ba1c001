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

/// Puts these texts in place of the ones the business had.
pub async fn replace(tx: &mut Tx, business_id: &str, texts: &[TextOverride]) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM text_override WHERE business_id = $1").bind(business_id).execute(c).await)?;
    for text in texts {
        on!(tx, c => sqlx::query(
            "INSERT INTO text_override (business_id, template, locale, part, body) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(business_id).bind(&text.template).bind(&text.locale).bind(&text.part).bind(&text.body).execute(c).await)?;
    }
    Ok(())
}
