//! The texts in use: the embedded ones and every business's own, read again when somebody has imported new ones.

use std::sync::{Mutex, PoisonError};

use crate::store::text_override::TextOverride;
use crate::store::{self, StoreError, Tx};
use crate::texts::{Override, TextError, Texts};

/// The name of the setting that rises with every import of texts.
pub const VERSION: &str = "texts_version";

/// Why the texts can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Text(#[from] TextError),
}

/// The texts as they were last read.
#[derive(Debug, Default)]
pub struct TextShelf(Mutex<Option<(String, Texts)>>);

impl TextShelf {
    /// The texts in force, as the caller's transaction sees them.
    ///
    /// # Errors
    /// When a stored text can't be parsed, which an import would have refused.
    pub async fn texts(&self, tx: &mut Tx) -> Result<Texts, ShelfError> {
        let version = store::setting::get(tx, VERSION).await?.unwrap_or_default();
        if let Some((_, texts)) = self.cached().as_ref().filter(|(cached, _)| *cached == version) {
            return Ok(texts.clone());
        }
        let texts = Texts::with_overrides(overrides(tx).await?)?;
        *self.cached() = Some((version, texts.clone()));
        Ok(texts)
    }

    fn cached(&self) -> std::sync::MutexGuard<'_, Option<(String, Texts)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn overrides(tx: &mut Tx) -> Result<Vec<Override>, StoreError> {
    read(store::text_override::all(tx).await?)
}

/// One business's own texts.
pub(super) async fn own_texts(tx: &mut Tx, business_id: &str) -> Result<Vec<Override>, StoreError> {
    read(store::text_override::of_business(tx, business_id).await?)
}

fn read(rows: Vec<TextOverride>) -> Result<Vec<Override>, StoreError> {
    rows.into_iter()
        .map(|row| {
            let part = row
                .part
                .parse()
                .map_err(|error| StoreError::Inconsistent(format!("text_override.part: {error}")))?;
            Ok(Override {
                business_id: row.business_id,
                template: row.template,
                locale: row.locale,
                part,
                body: row.body,
            })
        })
        .collect()
}

/// Notes that texts have changed, so that every running program reads them again.
///
/// # Errors
/// When the database fails.
pub async fn note_change(tx: &mut Tx, version: &str) -> Result<(), StoreError> {
    store::setting::put(tx, VERSION, version).await
}
