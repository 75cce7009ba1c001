//! Bookings and renewals, added and changed at the desk: a form, a page that shows what it would do, and the way back.

mod fields;
mod form;
mod history;
mod preview;
mod undo;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use self::fields::{Fields, Proposed, Step};
use self::form::Form;
use super::super::acted::Acted;
use super::super::error::WebError;
use super::super::staff::Staff;
use super::acting::back;
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind};
use crate::outbound::desk_change::{Entry, EntryError, Hand, Preview, Wish};
use crate::outbound::plan::Desk;
use crate::store::{self, Tx};

pub(super) use history::history;
pub(super) use undo::offer;

/// The pages of this module.
pub(in super::super) fn routes() -> Router<App> {
    Router::new()
        .route("/bookings/new", get(new_booking).post(add_booking))
        .route("/bookings/{id}/change", get(booking_form).post(change_booking))
        .route("/bookings/{id}/become", post(booking_becomes))
        .route("/bookings/{id}/undo", post(undo::booking))
        .route("/renewals/new", get(new_renewal).post(add_renewal))
        .route("/renewals/{id}/change", get(renewal_form).post(change_renewal))
        .route("/renewals/{id}/become", post(renewal_becomes))
        .route("/renewals/{id}/undo", post(undo::renewal))
}

/// For whom something is added.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Whom {
    customer: String,
    find: String,
}

async fn new_booking(staff: Staff, State(app): State<App>, Query(whom): Query<Whom>) -> Result<Response, WebError> {
    form::blank(&app, &staff, ItemKind::Booking, &whom.customer, &whom.find).await
}

async fn new_renewal(staff: Staff, State(app): State<App>, Query(whom): Query<Whom>) -> Result<Response, WebError> {
    form::blank(&app, &staff, ItemKind::Renewal, &whom.customer, &whom.find).await
}

async fn add_booking(State(app): State<App>, Acted { staff, form }: Acted<Fields>) -> Result<Response, WebError> {
    act(&app, &staff, &Target::Add(ItemKind::Booking), form).await
}

async fn add_renewal(State(app): State<App>, Acted { staff, form }: Acted<Fields>) -> Result<Response, WebError> {
    act(&app, &staff, &Target::Add(ItemKind::Renewal), form).await
}

async fn booking_form(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(proposed): Query<Proposed>,
) -> Result<Response, WebError> {
    form::filled(&app, &staff, ItemKind::Booking, &id, proposed).await
}

async fn renewal_form(staff: Staff, State(app): State<App>, Path(id): Path<String>) -> Result<Response, WebError> {
    form::filled(&app, &staff, ItemKind::Renewal, &id, Proposed::default()).await
}

async fn change_booking(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Fields>,
) -> Result<Response, WebError> {
    act(&app, &staff, &Target::Edit(ItemKind::Booking, id), form).await
}

async fn change_renewal(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Fields>,
) -> Result<Response, WebError> {
    act(&app, &staff, &Target::Edit(ItemKind::Renewal, id), form).await
}

async fn booking_becomes(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Fields>,
) -> Result<Response, WebError> {
    act(&app, &staff, &Target::Become(ItemKind::Booking, id), form).await
}

async fn renewal_becomes(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Fields>,
) -> Result<Response, WebError> {
    act(&app, &staff, &Target::Become(ItemKind::Renewal, id), form).await
}

/// What a form is about.
#[derive(Clone, Debug)]
enum Target {
    Add(ItemKind),
    Edit(ItemKind, String),
    Become(ItemKind, String),
}

impl Target {
    const fn kind(&self) -> ItemKind {
        match self {
            Self::Add(kind) | Self::Edit(kind, _) | Self::Become(kind, _) => *kind,
        }
    }

    /// Where the form is sent.
    fn path(&self) -> String {
        match self {
            Self::Add(kind) => format!("/{kind}s/new"),
            Self::Edit(kind, id) => format!("/{kind}s/{id}/change"),
            Self::Become(kind, id) => format!("/{kind}s/{id}/become"),
        }
    }

    fn wish(&self, fields: &Fields) -> Wish {
        match self {
            Self::Add(kind) => Wish::Add {
                kind: *kind,
                customer_id: Some(fields.customer.clone()).filter(|id| !id.is_empty()),
                known_to_customer: fields.known == "yes",
            },
            Self::Edit(kind, id) => Wish::Edit {
                kind: *kind,
                id: id.clone(),
            },
            Self::Become(kind, id) => Wish::Become {
                kind: *kind,
                id: id.clone(),
                status: fields.status.clone(),
            },
        }
    }
}

/// The page of an item.
fn item_path(kind: ItemKind, id: &str) -> String {
    format!("/{kind}s/{id}")
}

/// One item of a business; what is another's is not there.
async fn found(tx: &mut Tx, business: &Business, kind: ItemKind, id: &str) -> Result<Item, WebError> {
    let item = store::item::find(tx, kind, id).await?;
    item.filter(|item| item.business_id() == business.id)
        .ok_or(WebError::NotFound)
}

/// Does what a form asks for: shows it again, shows what it would do, or does it.
async fn act(app: &App, staff: &Staff, target: &Target, fields: Fields) -> Result<Response, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().write().await?;
    // Read once nobody else can write: whatever left before has left before the change.
    let now = app.dispatcher.clock.now();
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let form = Form {
        app,
        staff,
        desk: &desk,
        target,
    };
    if fields.step == Step::Back {
        return form.show(&mut tx, &fields, &[]).await;
    }
    if fields.step == Step::Save
        && let Some(saved) = store::desk_change::find(&mut tx, &fields.change).await?
    {
        // The button was pressed twice.
        return if saved.business_id == business.id {
            let path = item_path(saved.item_kind, &saved.item_id);
            Ok(back(&path, business, "saved").into_response())
        } else {
            Err(WebError::BadRequest("error_form_of_another"))
        };
    }
    if let Target::Edit(kind, id) = target {
        let item = found(&mut tx, business, *kind, id).await?;
        if let Some(merged) = fields.merged(&Fields::of(&item)) {
            return form.show_changed(&mut tx, &merged).await;
        }
    }
    let change_id = new_id(now);
    let change_id = if fields.step == Step::Save && !fields.change.is_empty() {
        &fields.change
    } else {
        &change_id
    };
    let entry = Entry {
        wish: target.wish(&fields),
        cells: fields.cells(target),
        past_is_meant: fields.past == "yes",
        hand: Hand {
            by: &staff.user.name,
            change_id,
            now,
        },
    };
    match Preview::make(&mut tx, app.store(), &desk, &entry).await {
        Ok(preview) if fields.step == Step::Save && preview.digest == fields.seen => {
            tx.commit().await?;
            app.tell_senders();
            let after = &preview.made.after;
            Ok(back(&item_path(after.kind(), after.id()), business, "saved").into_response())
        }
        // What is in the transaction is never committed: it was done to be shown.
        Ok(preview) => form.preview(&mut tx, &fields, preview, change_id, now).await,
        Err(error) => refused(&form, tx, &fields, error).await,
    }
}

/// What a user is told who asked for something that can't be done.
async fn refused(form: &Form<'_>, tx: Tx, fields: &Fields, error: EntryError) -> Result<Response, WebError> {
    // Whatever it had begun is rolled back before anything is read for the page.
    drop(tx);
    let mut tx = form.app.store().read().await?;
    let said = match error {
        EntryError::NotThere => return Err(WebError::NotFound),
        EntryError::Plan(error) => return Err(error.into()),
        EntryError::Wrong(wrong) => match form.target {
            Target::Become(kind, id) => {
                return form.item_with_errors(*kind, id, fields, &wrong).await;
            }
            Target::Add(_) | Target::Edit(..) => return form.show(&mut tx, fields, &wrong).await,
        },
        EntryError::Unchanged => "unchanged",
        EntryError::Impossible => "not_possible",
    };
    let business = form.staff.business().ok_or(WebError::NotFound)?;
    let path = match form.target {
        Target::Add(kind) => format!("/{kind}s"),
        Target::Edit(kind, id) | Target::Become(kind, id) => item_path(*kind, id),
    };
    Ok(back(&path, business, said).into_response())
}

/// A moment on a business's wall clock.
fn local(desk: &Desk, at: Instant) -> chrono::NaiveDateTime {
    desk.calendar.zone.local(at)
}
