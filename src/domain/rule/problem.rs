//! What can be wrong with a rule in itself: each problem knows which setting it is about, and says what would be right.

use super::{Anchor, Offset, Rule, anchor_of};
use crate::domain::closed_list::closed_list;
use crate::domain::item::ItemKind;
use crate::domain::message::Asks;

closed_list! {
    /// A setting of a rule.
    Field {
        Id = "id",
        About = "about",
        Kind = "kind",
        Service = "service",
        When = "when",
        Channels = "channels",
        Template = "template",
        Asks = "asks",
        Scale = "scale",
        UsefulUntil = "useful_until",
    }
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleProblem {
    #[error("rules speak about bookings, renewals and cases; what answers a reply needs none")]
    AboutReply,
    #[error("an id is made of lower-case letters, digits and `-`, 60 at most")]
    Id,
    #[error("`channels` is empty: name at least one of sms, email, call")]
    NoChannel,
    #[error("{field}: a {about} has no `{anchor}`")]
    Anchor {
        field: Field,
        about: ItemKind,
        anchor: Anchor,
    },
    #[error("`kind` goes with about = \"renewal\"; bookings are told apart by `service`")]
    Kind,
    #[error("`service` goes with about = \"booking\"; renewals are told apart by `kind`")]
    Service,
    #[error("a {about} can't be asked `{asks}`")]
    Asks { about: ItemKind, asks: Asks },
    /// Nothing would ever go.
    #[error("useful_until: that is before the moment of `when`: nothing would ever be sent")]
    NeverUseful,
    #[error("`scale` goes with asks = \"rating\"")]
    Scale,
}

impl RuleProblem {
    /// The setting that has to change.
    #[must_use]
    pub const fn field(&self) -> Field {
        match self {
            Self::AboutReply => Field::About,
            Self::Id => Field::Id,
            Self::NoChannel => Field::Channels,
            Self::Anchor { field, .. } => *field,
            Self::Kind => Field::Kind,
            Self::Service => Field::Service,
            Self::Asks { .. } => Field::Asks,
            Self::Scale => Field::Scale,
            Self::NeverUseful => Field::UsefulUntil,
        }
    }
}

impl Rule {
    /// What is wrong with it, in the order of its settings.
    #[must_use]
    pub fn problems(&self) -> Vec<RuleProblem> {
        let mut problems = Vec::new();
        if self.about == ItemKind::Reply {
            problems.push(RuleProblem::AboutReply);
        }
        let id_fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || self.id.len() > 60 || !self.id.chars().all(id_fits) {
            problems.push(RuleProblem::Id);
        }
        if self.channels.is_empty() {
            problems.push(RuleProblem::NoChannel);
        }
        for (field, when) in [(Field::When, self.when), (Field::UsefulUntil, self.useful_until)] {
            if let Some(anchor) = when.anchor.filter(|anchor| !anchor.fits(self.about)) {
                let about = self.about;
                problems.push(RuleProblem::Anchor { field, about, anchor });
            }
        }
        if self.kind.is_some() && self.about != ItemKind::Renewal {
            problems.push(RuleProblem::Kind);
        }
        if self.service.is_some() && self.about != ItemKind::Booking {
            problems.push(RuleProblem::Service);
        }
        if !self.asks.fits(self.about) {
            let (about, asks) = (self.about, self.asks);
            problems.push(RuleProblem::Asks { about, asks });
        }
        if self.scale.is_some() && self.asks != Asks::Rating {
            problems.push(RuleProblem::Scale);
        }
        if anchor_of(self.useful_until, self.about) == self.anchor()
            && is_surely_before(self.useful_until.offset, self.when.offset)
        {
            problems.push(RuleProblem::NeverUseful);
        }
        problems
    }
}

/// Whether one moment is before the other whatever the hour of the day and the length of the month.
const fn is_surely_before(one: Offset, other: Offset) -> bool {
    match (one, other) {
        (Offset::Hours(one), Offset::Hours(other))
        | (Offset::Days(one, _), Offset::Days(other, _))
        | (Offset::Months(one, _), Offset::Months(other, _)) => one < other,
        _ => one.in_hours().saturating_add(4 * 24) < other.in_hours(),
    }
}

impl Anchor {
    /// Whether what a rule is about has such a moment.
    #[must_use]
    pub const fn fits(self, about: ItemKind) -> bool {
        match self {
            Self::Start | Self::Changed | Self::Cancelled => matches!(about, ItemKind::Booking),
            Self::EndsOn => matches!(about, ItemKind::Renewal),
            Self::Opened => matches!(about, ItemKind::Case),
            Self::Booked | Self::Rated => !matches!(about, ItemKind::Case),
            Self::Completed => true,
        }
    }
}

impl Asks {
    /// Whether this can be asked about something of that kind.
    #[must_use]
    pub const fn fits(self, about: ItemKind) -> bool {
        match self {
            Self::Nothing => true,
            Self::Rating => !matches!(about, ItemKind::Case),
            Self::Confirm => matches!(about, ItemKind::Booking),
            Self::Renewal => matches!(about, ItemKind::Renewal),
            Self::Solved => matches!(about, ItemKind::Case),
        }
    }
}
