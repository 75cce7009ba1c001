//! `GET /events`: a page that somebody looks at hears that something has changed, and fetches itself again. What has
//! changed never travels here: only that the inbox, the cases or the messages of the shown customer are not what they were.
//!
//! This process tells at once what it has written; what others write is seen by looking every few seconds, at a handful of
//! rows that indexes give.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::header::HeaderName;
use axum::http::{StatusCode, Uri};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::Instant as Moment;

use super::super::error::WebError;
use super::super::kept::Kept;
use super::super::staff::Staff;
use crate::app::{App, Seat};
use crate::domain::user::Role;
use crate::store::{self, Store, StoreError, Tx};

/// The script of every page.
pub(super) const SCRIPT: Kept = Kept::script("/desk.js", include_str!("../../../templates/desk/desk.js"));

/// How long what another process writes is not seen at most.
const LOOKS_EVERY: Duration = Duration::from_secs(3);

/// A burst of writes is looked at once.
const PAUSE: Duration = Duration::from_millis(200);

/// Proxies end what is silent for a minute.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// `GET /desk.js`.
pub(in super::super) async fn script(asked: Uri) -> Response {
    SCRIPT.answer(&asked)
}

/// What the page shows.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Shown {
    /// The messages of this customer.
    customer: Option<String>,
    /// The inbox as it was then: what has changed since is told at once.
    version: Option<i64>,
}

/// `GET /events`.
pub(in super::super) async fn events(
    State(app): State<App>,
    staff: Staff,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let customer = match &shown.customer {
        Some(id) => {
            let customer = store::customer::find(&mut tx, id).await?;
            let own = customer.filter(|customer| customer.business_id == business.id);
            Some(own.ok_or(WebError::NotFound)?.id)
        }
        None => None,
    };
    let watched = Watched {
        business_id: business.id.clone(),
        customer,
    };
    let mut marks = watched.marks(&mut tx).await?;
    drop(tx);
    marks.inbox = shown.version.unwrap_or(marks.inbox);
    let Some(seat) = app.live.sit(&staff.user.id) else {
        return Ok(StatusCode::TOO_MANY_REQUESTS.into_response());
    };
    let page = Page {
        changed: app.dispatcher.changed.listen(),
        closing: app.live.closing(),
        store: app.store().clone(),
        who: Who::of(&staff),
        app,
        watched,
        marks,
        next: Vec::new(),
        looked: None,
        _seat: seat,
    };
    let told = stream::unfold(page, |mut page| async move {
        let event = page.next().await?;
        Some((Ok::<_, Infallible>(event), page))
    });
    let told = Sse::new(told).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    // A proxy that collects before it sends would keep everything to itself.
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], told).into_response())
}

/// What a page is told about.
struct Watched {
    business_id: String,
    customer: Option<String>,
}

/// How it stands: each differs when something has changed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Marks {
    inbox: i64,
    cases: (i64, i64),
    messages: (i64, i64),
}

impl Watched {
    async fn marks(&self, tx: &mut Tx) -> Result<Marks, StoreError> {
        Ok(Marks {
            inbox: store::conversation::version(tx, &self.business_id).await?,
            cases: store::customer_case::mark(tx, &self.business_id).await?,
            messages: match &self.customer {
                Some(id) => store::thread::mark(tx, id).await?,
                None => (0, 0),
            },
        })
    }
}

/// Whose page it is: who is not signed in any more, or belongs there no more, hears nothing more.
struct Who {
    session: Option<String>,
    user_id: String,
    role: Option<Role>,
}

impl Who {
    fn of(staff: &Staff) -> Self {
        Self {
            session: staff.session.as_ref().map(|session| session.token_hash.clone()),
            user_id: staff.user.id.clone(),
            role: staff.role(),
        }
    }

    async fn may_hear(&self, tx: &mut Tx, app: &App, business_id: &str) -> Result<bool, StoreError> {
        // The demonstration knows no sessions.
        let Some(session) = &self.session else { return Ok(true) };
        let now = app.dispatcher.clock.now();
        let holds = store::session::find(tx, session, now).await?;
        if holds.is_none() || store::user::find(tx, &self.user_id).await?.is_none() {
            return Ok(false);
        }
        let belongs = store::user::memberships(tx, &self.user_id).await?;
        Ok(belongs
            .iter()
            .any(|known| known.business_id == business_id && Some(known.role) == self.role))
    }
}

/// A page that is told of changes.
struct Page {
    app: App,
    store: Store,
    who: Who,
    watched: Watched,
    marks: Marks,
    /// What is still to be told.
    next: Vec<&'static str>,
    looked: Option<Moment>,
    changed: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    _seat: Seat,
}

impl Page {
    /// The next thing to be told. None: the page is told no more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(name) = self.next.pop() {
                return Some(Event::default().event(name).data("changed"));
            }
            self.wait().await?;
            match self.look().await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    // The browser comes back by itself.
                    tracing::warn!(%error, "a page of the desk can't be told what has changed");
                    return None;
                }
            }
        }
    }

    /// Until there may be something. None: the program ends.
    async fn wait(&mut self) -> Option<()> {
        let Some(looked) = self.looked else { return Some(()) };
        let mut closing = self.closing.clone();
        let heard = async {
            tokio::select! {
                // An error means that nobody is left to tell.
                _ = self.changed.changed() => tokio::time::sleep_until(looked + PAUSE).await,
                () = tokio::time::sleep_until(looked + LOOKS_EVERY) => {}
            }
        };
        tokio::select! {
            _ = closing.wait_for(|closing| *closing) => None,
            () = heard => Some(()),
        }
    }

    /// Notes what differs. False: the page is not this user's any more.
    async fn look(&mut self) -> Result<bool, StoreError> {
        self.looked = Some(Moment::now());
        self.changed.mark_unchanged();
        let mut tx = self.store.read().await?;
        if !self.who.may_hear(&mut tx, &self.app, &self.watched.business_id).await? {
            return Ok(false);
        }
        let now = self.watched.marks(&mut tx).await?;
        let before = std::mem::replace(&mut self.marks, now);
        let differs = [
            ("inbox", now.inbox != before.inbox),
            ("cases", now.cases != before.cases),
            ("messages", now.messages != before.messages),
        ];
        self.next
            .extend(differs.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name));
        Ok(true)
    }
}
