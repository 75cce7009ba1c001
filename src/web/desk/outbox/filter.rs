//! Which messages of the outbox a page shows, as its address says it.

use chrono::NaiveDate;
use serde::Deserialize;

use super::super::super::error::WebError;
use super::super::rows::bounds;
use crate::domain::closed_list::closed_list;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, State};
use crate::outbound::plan::{Desk, lane};
use crate::store::lookup::Order;
use crate::store::outbox_list::Listing;
use crate::store::{self, Tx};

closed_list! {
    /// Which part of the outbox is shown.
    Show {
        ToGo = "to_go",
        Held = "held",
        Sent = "sent",
        NotSent = "not_sent",
        Failed = "failed",
        Unknown = "unknown",
        All = "all",
    }
}

impl Show {
    pub(super) const fn states(self) -> &'static [State] {
        match self {
            Self::ToGo => &[State::Planned, State::Sending],
            Self::Held => &[State::Held],
            Self::Sent => &[State::Accepted, State::Delivered],
            Self::NotSent => &[State::Skipped],
            Self::Failed => &[State::Failed],
            Self::Unknown => &[State::Unknown],
            Self::All => State::ALL,
        }
    }

    /// What is still to come is shown in its order, what is over from the latest back.
    const fn order(self) -> Order {
        match self {
            Self::ToGo | Self::Held | Self::All => Order::NextFirst,
            Self::Sent | Self::NotSent | Self::Failed | Self::Unknown => Order::LastFirst,
        }
    }
}

/// What a page's address says. What is no value of its list is taken for "any".
#[derive(Debug, Default, Deserialize, serde::Serialize)]
#[serde(default)]
pub(in super::super::super) struct Wanted {
    #[serde(deserialize_with = "lenient")]
    pub(super) show: Option<Show>,
    #[serde(deserialize_with = "lenient")]
    channel: Option<Channel>,
    template: String,
    /// Local days, as browsers write them; empty: any.
    from: String,
    to: String,
    #[serde(skip_serializing)]
    after: Option<i64>,
    #[serde(skip_serializing)]
    after_id: String,
}

fn lenient<'de, D, T>(value: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: std::str::FromStr,
{
    Ok(String::deserialize(value)?.parse().ok())
}

fn day(text: &str) -> Option<NaiveDate> {
    text.trim().parse().ok()
}

impl Wanted {
    /// The same from the fields of a form.
    pub(super) fn of_fields(fields: &[(String, String)]) -> Self {
        let field = |wanted: &str| {
            let mut named = fields.iter().filter(|(name, _)| name == wanted);
            named.next().map(|(_, value)| value.clone()).unwrap_or_default()
        };
        Self {
            show: field("show").parse().ok(),
            channel: field("channel").parse().ok(),
            template: field("template"),
            from: field("from"),
            to: field("to"),
            after: None,
            after_id: String::new(),
        }
    }

    pub(super) fn shown(&self) -> Show {
        self.show.unwrap_or(Show::ToGo)
    }

    /// The day that is no day, as it was typed.
    pub(super) fn bad_day(&self) -> Option<&str> {
        let typed = [self.from.as_str(), self.to.as_str()];
        typed
            .into_iter()
            .find(|text| !text.trim().is_empty() && day(text).is_none())
    }

    /// The one day that is asked for.
    pub(super) fn whole_day(&self) -> Option<NaiveDate> {
        day(&self.from).filter(|from| Some(*from) == day(&self.to))
    }

    /// The moments between which the messages are due. Where no day is given: what is still to go from the earliest one
    /// on, what is over until the end of today, all from today on.
    pub(super) async fn range(&self, tx: &mut Tx, desk: &Desk, now: Instant) -> Result<(Instant, Instant), WebError> {
        let (today, tomorrow) = bounds(&desk.calendar, desk.calendar.zone.date(now));
        let from = match day(&self.from) {
            Some(date) => bounds(&desk.calendar, date).0,
            None => match self.shown() {
                Show::ToGo => {
                    let lanes = Channel::ALL.iter().map(|channel| lane(Some(*channel), &desk.business));
                    let lanes: Vec<_> = lanes.collect();
                    let earliest = store::outbox_list::earliest_planned(tx, &lanes).await?;
                    earliest.map_or(today, |earliest| earliest.min(today))
                }
                Show::All => today,
                _ => Instant::from_millis(i64::MIN),
            },
        };
        let to = match (day(&self.to), self.shown()) {
            (Some(date), _) => bounds(&desk.calendar, date).1,
            // What has left the house was due by now; also where the first day lies ahead.
            (None, Show::Sent | Show::Failed | Show::Unknown) => tomorrow,
            (None, Show::NotSent) if day(&self.from).is_none() => tomorrow,
            (None, _) => Instant::FAR,
        };
        Ok((from, to))
    }

    pub(super) fn listing<'a>(&'a self, desk: &'a Desk, (from, to): (Instant, Instant)) -> Listing<'a> {
        let show = self.shown();
        Listing {
            business_id: &desk.business.id,
            states: show.states(),
            channel: self.channel,
            template: Some(self.template.as_str()).filter(|template| !template.is_empty()),
            from,
            to,
            order: show.order(),
        }
    }

    pub(super) fn after(&self) -> Option<(Instant, &str)> {
        let after = self.after?;
        Some((Instant::from_millis(after), self.after_id.as_str()))
    }

    /// The same list, as the query of an address.
    pub(super) fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("show", self.shown().as_str());
        let channel = self.channel.map_or("", Channel::as_str);
        for (name, value) in [
            ("channel", channel),
            ("template", self.template.as_str()),
            ("from", self.from.as_str()),
            ("to", self.to.as_str()),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}
