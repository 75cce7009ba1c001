//! Changing what a business says and when: each change is kept with what was before it and who made it.

use sha2::{Digest, Sha256};

use super::plan::again;
use super::text_shelf;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::policy::{OwnText, PolicyChange, PolicyKind};
use crate::domain::rule::Rules;
use crate::store::text_override::TextOverride;
use crate::store::{self, StoreError, Tx};

/// A business's rules as they are now, turned off ones too.
///
/// # Errors
/// When the database fails.
pub async fn rules(tx: &mut Tx, business_id: &str) -> Result<Rules, StoreError> {
    let rule = store::rule::of_business(tx, business_id).await?;
    Ok(Rules { rule })
}

/// What tells one state of rules or texts from another: whoever brings along an older one has not seen the newest.
///
/// # Errors
/// Only when a value has no JSON form, which none of ours is.
pub fn version<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    use std::fmt::Write as _;
    let digest = Sha256::digest(json(value)?.as_bytes());
    let mut hex = String::new();
    for byte in digest.iter().take(8) {
        // Writing to a text can't fail.
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Inconsistent(error.to_string()))
}

/// Puts these rules in the place of the business's, keeps what they were, and notes that everything is to be planned again.
/// Nothing changes where they are the same.
///
/// # Errors
/// When the database fails.
pub async fn save_rules(
    tx: &mut Tx,
    business_id: &str,
    rules: &Rules,
    by: Option<&str>,
    now: Instant,
) -> Result<(), StoreError> {
    let before = self::rules(tx, business_id).await?;
    if before != *rules {
        store::rule::replace(tx, business_id, rules).await?;
        note(
            tx,
            business_id,
            PolicyKind::Rules,
            (json(&before)?, json(rules)?),
            by,
            now,
        )
        .await?;
    }
    again::ask_again(tx, business_id, now).await
}

/// Changes some of a business's own texts, and keeps what they were. False: they were so already.
///
/// # Errors
/// When the database fails.
pub async fn save_texts(
    tx: &mut Tx,
    business_id: &str,
    texts: &[OwnText],
    by: Option<&str>,
    now: Instant,
) -> Result<bool, StoreError> {
    let own = store::text_override::of_business(tx, business_id).await?;
    let (mut was, mut became) = (Vec::new(), Vec::new());
    for text in texts {
        let same =
            |own: &&TextOverride| own.template == text.template && own.locale == text.locale && own.part == text.part;
        let body = own.iter().find(same).map(|own| own.body.clone());
        if body == text.body {
            continue;
        }
        write(tx, business_id, text).await?;
        was.push(OwnText { body, ..text.clone() });
        became.push(text.clone());
    }
    if became.is_empty() {
        return Ok(false);
    }
    text_shelf::note_change(tx, &new_id(now)).await?;
    note(
        tx,
        business_id,
        PolicyKind::Texts,
        (json(&was)?, json(&became)?),
        by,
        now,
    )
    .await?;
    Ok(true)
}

/// Puts these texts in the place of all that the business had of its own.
///
/// # Errors
/// When the database fails.
pub async fn replace_texts(
    tx: &mut Tx,
    business_id: &str,
    texts: &[OwnText],
    by: Option<&str>,
    now: Instant,
) -> Result<bool, StoreError> {
    let own = store::text_override::of_business(tx, business_id).await?;
    let gone = own.into_iter().map(|own| OwnText {
        template: own.template,
        locale: own.locale,
        part: own.part,
        body: None,
    });
    let is_kept = |gone: &OwnText| {
        texts
            .iter()
            .any(|text| text.template == gone.template && text.locale == gone.locale && text.part == gone.part)
    };
    let all: Vec<_> = gone
        .filter(|gone| !is_kept(gone))
        .chain(texts.iter().cloned())
        .collect();
    save_texts(tx, business_id, &all, by, now).await
}

async fn write(tx: &mut Tx, business_id: &str, text: &OwnText) -> Result<(), StoreError> {
    let Some(body) = &text.body else {
        return store::text_override::remove(tx, business_id, (&text.template, &text.locale, &text.part)).await;
    };
    let own = TextOverride {
        business_id: business_id.to_owned(),
        template: text.template.clone(),
        locale: text.locale.clone(),
        part: text.part.clone(),
        body: body.clone(),
    };
    store::text_override::put(tx, &own).await
}

async fn note(
    tx: &mut Tx,
    business_id: &str,
    what: PolicyKind,
    (was, became): (String, String),
    by: Option<&str>,
    now: Instant,
) -> Result<(), StoreError> {
    let change = PolicyChange {
        id: new_id(now),
        business_id: business_id.to_owned(),
        what,
        was,
        became,
        changed_by: by.map(str::to_owned),
        at: now,
    };
    store::policy_change::add(tx, &change).await?;
    let event = format!("{what} changed");
    let detail = by.map_or_else(|| "by a command".to_owned(), |by| format!("by {by}"));
    store::history::add(tx, Some(business_id), ("business", business_id), &event, &detail, now).await
}
