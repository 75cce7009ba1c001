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
use crate::domain::zone::Zones;
use crate::store::rating::Asked;
use crate::store::{self, Tx};

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

impl Tally {
    fn add(&mut self, asked: &Asked) {
        self.sent += 1;
        // For a mail no receipt ever comes: taken over is all that can be known.
        let arrived = asked.state == State::Delivered
            || (asked.state == State::Accepted && asked.channel == Some(Channel::Email))
            || asked.score.is_some();
        self.delivered += u32::from(arrived);
        let (Some(scale), Some(score)) = (asked.scale, asked.score) else {
            return;
        };
        self.answered += 1;
        match scale {
            Scale::Csat => self.csat.add(score),
            Scale::Nps => self.nps.add(score),
            Scale::Ces => self.ces.add(score),
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
