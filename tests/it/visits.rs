//! Bookings and renewals at the desk: added, moved, cancelled, undone; and what customers get of it.

mod adding;
mod changing;
mod importing;
mod renewing;
mod strangers;
mod undoing;

use crate::support::test_app::TestApp;
use crate::support::visits::Desk;

/// Eva at the desk, and Ana's visit B-1 on Tuesday 15 December at nine, of which she was told yesterday.
async fn announced() -> Desk {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    Desk::of(app).await
}
