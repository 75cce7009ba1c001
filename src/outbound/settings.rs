//! A business's settings are changed: written, told to its history, and whatever was planned by the old ones is planned again.

use super::plan::ask_again;
use crate::domain::business::Business;
use crate::domain::instant::Instant;
use crate::domain::settings::changes_plans;
use crate::store::{self, StoreError, Tx};

/// Writes a business that has changed. True: its plans must be made again, which `plan::begin_again` begins once this is
/// committed.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn save(
    tx: &mut Tx,
    before: &Business,
    after: &Business,
    by: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    if before == after {
        return Ok(false);
    }
    store::business::save(tx, after, now).await?;
    let detail = format!("{}, by {by}", differences(before, after).join(", "));
    let about = ("business", after.id.as_str());
    store::history::add(tx, Some(&after.id), about, "changed", &detail, now).await?;
    let replans = changes_plans(before, after);
    if replans {
        ask_again(tx, &after.id, now).await?;
    }
    Ok(replans)
}

/// Which settings differ.
fn differences(before: &Business, after: &Business) -> Vec<&'static str> {
    let all = [
        ("name", before.name == after.name),
        ("zone", before.zone == after.zone),
        ("locale", before.locale == after.locale),
        ("region", before.region == after.region),
        ("phone", before.phone == after.phone),
        ("email", before.email == after.email),
        ("address", before.address == after.address),
        ("sms_from", before.sms_from == after.sms_from),
        ("email_from", before.email_from == after.email_from),
        ("hours", before.quiet_hours == after.quiet_hours),
        ("holidays", before.holidays == after.holidays),
        (
            "surveys_need_consent",
            before.surveys_need_consent == after.surveys_need_consent,
        ),
        ("review_url", before.review_url == after.review_url),
    ];
    let differ = all.into_iter().filter(|(_, same)| !same);
    differ.map(|(name, _)| name).collect()
}
