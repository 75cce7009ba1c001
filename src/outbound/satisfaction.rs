//! Satisfaction: CSAT, NPS, CES and the response rate, by business, service and month.
//!
//! What is counted is the question that left the house: who was asked, who got it, who answered. So a score and its
//! response rate are always about the same people.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta};
use serde::Serialize;

use super::plan::PlanError;
use crate::domain::closed_list::closed_list;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, State};
use crate::domain::rating::Scale;
use crate::domain::satisfaction::{Ces, Csat, Estimate, Nps, ResponseRate, Scores, ces, csat, nps, response_rate};
use crate::domain::zone::{Zone, Zones};
use crate::store::rating::Asked;
use crate::store::{self, StoreError, Tx};

closed_list! {
    /// What the figures are told apart by, within a business.
    By { Service = "service", Month = "month" }
}

/// Which questions are counted, by the local date on which they were due.
#[derive(Clone, Debug, Default)]
pub struct Span {
    pub business_id: Option<String>,
    pub since: Option<NaiveDate>,
    /// The last day that counts.
    pub until: Option<NaiveDate>,
}

/// The figures of one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    pub business: String,
    /// The service or the month; none: the whole business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// How many questions left the house.
    pub sent: u32,
    pub response: ResponseRate,
    pub csat: Csat,
    pub nps: Nps,
    pub ces: Ces,
}

/// The figures of the last months of a business, and of the whole of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Months {
    pub whole: Figures,
    /// Each by the first day of its month, the oldest first. Also those in which nobody was asked.
    pub by_month: Vec<(NaiveDate, Figures)>,
    /// By name; none: of no service that is known.
    pub by_service: Vec<(Option<String>, Figures)>,
    /// Where more was asked than is counted: the month of which, as of those before it, not all is counted.
    pub cut_at: Option<NaiveDate>,
}

/// The counts that figures are made of.
#[derive(Debug, Default)]
struct Tally {
    sent: u32,
    delivered: u32,
    answered: u32,
    csat: Scores,
    nps: Scores,
    ces: Scores,
}

/// The figures of every business of the span, each as a whole or told apart by `by`. A business that asked nobody is
/// there all the same, without a score.
///
/// # Errors
/// When the database fails, or the zone data does not know a business's zone.
pub async fn figures(tx: &mut Tx, zones: &Zones, span: &Span, by: Option<By>) -> Result<Vec<Figures>, PlanError> {
    let mut figures = Vec::new();
    for business in store::business::all(tx).await? {
        if span.business_id.as_ref().is_some_and(|wanted| *wanted != business.id) {
            continue;
        }
        let zone = zones.zone(&business.zone)?;
        let midnight = |date: NaiveDate| zone.instant(date.and_time(NaiveTime::MIN));
        let from = span.since.map_or(Instant::from_millis(i64::MIN), midnight);
        let to = span
            .until
            .map_or(Instant::FAR, |last| midnight(last + TimeDelta::days(1)));
        let mut groups: BTreeMap<Option<String>, Tally> = BTreeMap::new();
        if by.is_none() {
            groups.insert(None, Tally::default());
        }
        for asked in store::rating::asked(tx, &business.id, from, to).await? {
            let group = by.map(|by| match by {
                By::Service => asked.service.clone().unwrap_or_else(|| "-".to_owned()),
                By::Month => {
                    let day = zone.date(asked.asked_at);
                    format!("{:04}-{:02}", day.year(), day.month())
                }
            });
            groups.entry(group).or_default().add(&asked);
        }
        let of_group = |(group, tally): (Option<String>, Tally)| tally.figures(&business.id, group);
        figures.extend(groups.into_iter().map(of_group));
    }
    Ok(figures)
}

/// The figures of a business's last months, the one of `today` among them. At most `most` questions are counted, the
/// latest ones.
///
/// # Errors
/// When the database fails.
pub async fn months(
    tx: &mut Tx,
    business_id: &str,
    zone: &Zone,
    (today, count): (NaiveDate, u32),
    most: i64,
) -> Result<Months, StoreError> {
    let midnight = |date: NaiveDate| zone.instant(date.and_time(NaiveTime::MIN));
    let mut whole = Tally::default();
    let mut services: BTreeMap<Option<String>, Tally> = BTreeMap::new();
    let (mut by_month, mut left, mut cut_at) = (Vec::new(), most, None);
    let mut first = today.with_day(1).unwrap_or(today);
    let mut to = Instant::FAR;
    for _ in 0..count {
        let from = midnight(first);
        let mut month = Tally::default();
        let asked = store::rating::asked_alike(tx, business_id, from, to, left).await?;
        for alike in asked {
            let answer = alike.scale.zip(alike.score);
            let questions = u32::try_from(alike.count).unwrap_or(u32::MAX);
            left -= alike.count;
            for tally in [&mut whole, &mut month, services.entry(alike.service).or_default()] {
                tally.add_many(alike.channel, alike.state, answer, questions);
            }
        }
        by_month.push((first, month.figures(business_id, None)));
        if left <= 0 {
            cut_at = Some(first);
            break;
        }
        to = from;
        first = first.checked_sub_months(chrono::Months::new(1)).unwrap_or(first);
    }
    by_month.reverse();
    let figures = |(name, tally): (Option<String>, Tally)| (name, tally.figures(business_id, None));
    Ok(Months {
        whole: whole.figures(business_id, None),
        by_month,
        by_service: services.into_iter().map(figures).collect(),
        cut_at,
    })
}

/// The first day of the period that so many months make up to `today`.
#[must_use]
pub fn first_day(today: NaiveDate, count: u32) -> NaiveDate {
    let first = today.with_day(1).unwrap_or(today);
    first
        .checked_sub_months(chrono::Months::new(count.saturating_sub(1)))
        .unwrap_or(first)
}

impl Tally {
    fn add(&mut self, asked: &Asked) {
        self.add_many(asked.channel, asked.state, asked.scale.zip(asked.score), 1);
    }

    fn add_many(&mut self, channel: Option<Channel>, state: State, answer: Option<(Scale, i64)>, count: u32) {
        self.sent += count;
        // For a mail no receipt ever comes: taken over is all that can be known.
        let arrived = state == State::Delivered
            || (state == State::Accepted && channel == Some(Channel::Email))
            || answer.is_some();
        self.delivered += if arrived { count } else { 0 };
        let Some((scale, score)) = answer else { return };
        self.answered += count;
        match scale {
            Scale::Csat => self.csat.add_many(score, count),
            Scale::Nps => self.nps.add_many(score, count),
            Scale::Ces => self.ces.add_many(score, count),
        }
    }

    fn figures(&self, business: &str, group: Option<String>) -> Figures {
        Figures {
            business: business.to_owned(),
            group,
            sent: self.sent,
            response: response_rate(self.answered, self.delivered),
            csat: csat(&self.csat),
            nps: nps(&self.nps),
            ces: ces(&self.ces),
        }
    }
}

impl Figures {
    /// The same as it is printed: shares to a tenth of a percent, means to a hundredth.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        let tenth = |estimate: Option<Estimate>| estimate.map(|estimate| estimate.rounded(1));
        let hundredth = |estimate: Option<Estimate>| estimate.map(|estimate| estimate.rounded(2));
        self.response.rate = tenth(self.response.rate);
        self.csat.satisfied = tenth(self.csat.satisfied);
        self.csat.mean = hundredth(self.csat.mean);
        self.nps.score = tenth(self.nps.score);
        self.ces.mean = hundredth(self.ces.mean);
        self.ces.easy = tenth(self.ces.easy);
        self
    }
}
