//! The desk looks things up: customers, bookings, renewals, and what is known of each.

mod finding;
mod knowing;
mod plans;

use daybefore::app::DeskAccess;

use crate::support::setup::Setup;
use crate::support::test_app::TestApp;

/// The program with its desk open to all.
async fn open(setup: Setup) -> TestApp {
    let mut app = setup.start().await;
    app.app.desk = DeskAccess::Open;
    app
}
