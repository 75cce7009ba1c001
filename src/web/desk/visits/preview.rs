//! What a change would do, before it is done.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::lookup::page;
use super::super::render;
use super::super::rows::rows;
use super::fields::{Fields, Step};
use super::form::Form;
use super::history::facts;
use super::{Target, local};
use crate::domain::instant::Instant;
use crate::domain::undo::UNDO_FOR;
use crate::outbound::desk_change::{Effects, Preview};
use crate::store::Tx;
use crate::store::report::Line;

impl Form<'_> {
    /// The page that shows it. `tx` holds the change; it is read from there, and not committed.
    pub(super) async fn preview(
        &self,
        tx: &mut Tx,
        fields: &Fields,
        preview: Preview,
        change_id: &str,
        now: Instant,
    ) -> Result<Response, WebError> {
        // Somebody has seen something else than what would be done now.
        let meanwhile = fields.step == Step::Save;
        let made = &preview.made;
        let customer = &made.customer;
        let shown = json!({
            "here": format!("{}s", self.target.kind()), "kind": self.target.kind(), "action": self.target.path(),
            "adds": matches!(self.target, Target::Add(_)), "becomes": matches!(self.target, Target::Become(..)),
            "item": made.before.as_ref().map(|before| json!({ "id": before.id(), "number": before.external_id() })),
            "status": made.after.status(), "facts": facts(made.before.as_ref(), &made.after),
            "customer": { "name": customer.name, "phone": customer.phone, "email": customer.email },
            // Typed in as somebody new, and known under the same name and number.
            "is_known": made.before.is_none() && fields.customer.is_empty() && !made.is_new_customer,
            "completes": made.completes_customer, "warnings": made.warnings, "meanwhile": meanwhile, "at_once": preview.at_once,
            "fields": fields, "base": fields.base, "change": change_id, "seen": preview.digest,
            "effects": self.effects(tx, preview.effects, now).await?,
        });
        let status = if meanwhile {
            StatusCode::CONFLICT
        } else {
            StatusCode::OK
        };
        let page = render("visit_preview.html", &self.staff.locale()?, &page(self.staff, shown))?;
        Ok((status, page).into_response())
    }

    async fn effects(&self, tx: &mut Tx, effects: Effects, now: Instant) -> Result<Value, WebError> {
        let Effects {
            notices,
            moved,
            planned,
            dropped,
            unsent,
        } = effects;
        let (was, is): (Vec<_>, Vec<_>) = moved.into_iter().unzip();
        let was: Vec<_> = was.iter().map(|line| local(self.desk, line.due_at)).collect();
        let is = self.rows(tx, is, now).await?;
        let moved: Vec<_> = was
            .into_iter()
            .zip(is)
            .map(|(was, row)| json!({ "was": was, "row": row }))
            .collect();
        Ok(json!({
            "notices": self.rows(tx, notices, now).await?, "moved": moved,
            "planned": self.rows(tx, planned, now).await?, "dropped": self.rows(tx, dropped, now).await?,
            "unsent": self.rows(tx, unsent, now).await?,
        }))
    }

    /// Messages as rows, and when each goes: at once, as soon as it can't be undone any more, or at its time.
    async fn rows(&self, tx: &mut Tx, lines: Vec<Line>, now: Instant) -> Result<Vec<Value>, WebError> {
        let goes = |line: &Line| match line.due_at {
            due if due <= now => "now",
            due if due == now + UNDO_FOR => "soon",
            _ => "then",
        };
        let goes: Vec<_> = lines.iter().map(goes).collect();
        let rows = rows(tx, self.app, self.desk, lines).await?;
        let with = |(row, goes)| {
            let mut row = json!(row);
            row["goes"] = json!(goes);
            row
        };
        Ok(rows.into_iter().zip(goes).map(with).collect())
    }
}
