//! The same of messages, claims and attempts.

use daybefore::domain::attempt::{Attempt, AttemptState};
use daybefore::domain::ids::first_id;
use daybefore::domain::item::Item;
use daybefore::domain::message::{Asks, Channel, Purpose, Reason, State};
use daybefore::domain::replan::Hold;
use daybefore::domain::rule::OnlyIf;
use daybefore::store::attempt::AttemptEnd;
use daybefore::store::message::{Planned, Replanned, Skipped};
use daybefore::store::outbox::{Again, Settlement};
use daybefore::store::{self, Listed};

use super::fixtures::*;
use crate::support::claiming::{begin_attempts, claim};

#[tokio::test]
async fn a_message_is_kept_whole_and_replanned_whole() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    tx.commit().await.unwrap();
    let identity = "id=m-1 business_id=b-1 customer_id=c-1 item_kind=booking item_id=i-1 item_revision=3 rule_id=m-1 anchor=changed";
    let row = database.row("message", "id = 'm-1'").await.join(" ");
    assert_eq!(
        row,
        format!(
            "{identity} template=template purpose=survey asks=rating only_if=not_renewed channels=email,sms channel=email lane=email/b-1 told=told told_before=told-before state=planned reason=NULL hold=NULL wanted_at=11 due_at=11 useful_until=12 attempts=0 resends=0 lease_owner=NULL lease_until=NULL created_at=13 updated_at=13"
        )
    );
    let other = Planned {
        template: "other".to_owned(),
        purpose: Purpose::Service,
        asks: Asks::Confirm,
        only_if: OnlyIf::Always,
        channels: "sms".to_owned(),
        channel: Some(Channel::Sms),
        lane: "sms".to_owned(),
        state: State::Held,
        reason: None,
        hold: Some(Hold::Case),
        due_at: at(41),
        useful_until: at(42),
    };
    let mut tx = database.write().await;
    let replanned = [Replanned {
        id: "m-1".to_owned(),
        from: State::Planned,
        planned: other,
    }];
    store::message::replan_all(&mut tx, &replanned, at(43)).await.unwrap();
    assert!(
        store::message::replan_all(&mut tx, &replanned, at(44)).await.is_err(),
        "it is not planned any more"
    );
    tx.commit().await.unwrap();
    let row = database.row("message", "id = 'm-1'").await.join(" ");
    assert_eq!(
        row,
        format!(
            "{identity} template=other purpose=service asks=confirm only_if=always channels=sms channel=sms lane=sms told=told told_before=told-before state=held reason=NULL hold=case wanted_at=41 due_at=41 useful_until=42 attempts=0 resends=0 lease_owner=NULL lease_until=NULL created_at=13 updated_at=43"
        )
    );
    let mut tx = database.write().await;
    let skipped = [Skipped {
        id: "m-1".to_owned(),
        reason: Reason::CaseOpen,
    }];
    store::message::skip_all(&mut tx, &skipped, at(45)).await.unwrap();
    assert!(store::message::skip_all(&mut tx, &skipped, at(45)).await.is_err());
    tx.commit().await.unwrap();
    let row = database.row("message", "id = 'm-1'").await.join(" ");
    assert!(
        row.contains("state=skipped reason=case_open hold=NULL") && row.ends_with("updated_at=45"),
        "{row}"
    );
}

#[tokio::test]
async fn a_claim_and_its_settlement_are_kept_whole() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    assert_eq!(
        store::claim::next_due(&mut tx, "email/b-1").await.unwrap(),
        Some(at(11))
    );
    let claim = async |tx: &mut store::Tx, lane, now| claim(tx, lane, "owner", 9, now, at(52)).await.unwrap();
    assert!(claim(&mut tx, "sms", at(51)).await.is_empty(), "another lane");
    assert!(claim(&mut tx, "email/b-1", at(10)).await.is_empty(), "not due");
    let claimed = claim(&mut tx, "email/b-1", at(51)).await.remove(0);
    assert_eq!(
        format!("{claimed:?}"),
        "Claimed { id: \"m-1\", business_id: \"b-1\", customer_id: \"c-1\", item_kind: Booking, item_id: \"i-1\", \
         item_revision: 3, rule_id: \"m-1\", anchor: Changed, template: \"template\", purpose: Survey, asks: Rating, \
         only_if: NotRenewed, channels: \"email,sms\", channel: Some(Email), lane: \"email/b-1\", \
         told_before: Some(\"told-before\"), wanted_at: Instant(11), due_at: Instant(11), useful_until: Instant(12), \
         attempts: 1, resends: 0 }"
    );
    assert!(claim(&mut tx, "email/b-1", at(51)).await.is_empty(), "it is claimed");
    store::item::save(&mut tx, &renewal(), at(1)).await.unwrap();
    let named = store::claim::Named {
        bookings: vec!["i-1"],
        renewals: vec!["r-1"],
    };
    let customers = Listed::of(&["c-1"]).unwrap();
    let about = store::claim::about(&mut tx, &named, &customers, at(0), at(51));
    let (about, addresses) = about.await.unwrap();
    assert_eq!(addresses.to_string(), r#"["+1","a@b.example"]"#);
    let about = about.read().unwrap();
    assert_eq!(about.customers, [customer()]);
    assert_eq!(
        about.bookings.into_iter().map(Item::Booking).collect::<Vec<_>>(),
        [booking()]
    );
    assert_eq!(
        about.renewals.into_iter().map(Item::Renewal).collect::<Vec<_>>(),
        [renewal()]
    );
    assert_eq!(store::business::of_ids(&mut tx, &["b-1"]).await.unwrap(), [business()]);
    let (_, state, owner) = store::outbox::in_flight(&mut tx, "m-1").await.unwrap().unwrap();
    assert_eq!((state, owner.as_str()), (State::Sending, "owner"));
    let again = Again {
        due_at: at(53),
        channel: Some(Channel::Sms),
        lane: "sms".to_owned(),
    };
    let settlement = Settlement {
        owner: "owner",
        again: Some(again),
        uncount: true,
        ..Settlement::new("m-1", State::Sending, State::Planned, at(54))
    };
    let stranger = Settlement {
        owner: "somebody else",
        ..settlement.clone()
    };
    assert!(
        !store::outbox::settle(&mut tx, &stranger).await.unwrap(),
        "the lease is not theirs"
    );
    assert!(store::outbox::settle(&mut tx, &settlement).await.unwrap());
    assert!(
        !store::outbox::settle(&mut tx, &settlement).await.unwrap(),
        "it is settled"
    );
    tx.commit().await.unwrap();
    let row = database.row("message", "id = 'm-1'").await.join(" ");
    assert!(row.contains("channel=sms lane=sms"), "{row}");
    assert!(row.contains("state=planned reason=NULL hold=NULL wanted_at=11 due_at=53 useful_until=12 attempts=0 resends=0 lease_owner=NULL lease_until=NULL"), "{row}");
    assert!(row.ends_with("created_at=13 updated_at=54"), "{row}");
}

#[tokio::test]
async fn an_attempt_and_its_end_are_kept_whole() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    begin_attempts(&mut tx, &[attempt("a-1")]).await.unwrap();
    let end = AttemptEnd {
        id: "a-1",
        state: AttemptState::Rejected,
        provider_id: Some("p-1"),
        stage: Some(4),
        provider_status: Some("failed"),
        code: Some(30005),
        failure: Some("gone"),
        look_at: Some(at(24)),
        at: at(25),
    };
    assert!(
        store::attempt::settle(&mut tx, &end, AttemptState::Started)
            .await
            .unwrap()
    );
    assert!(
        !store::attempt::settle(&mut tx, &end, AttemptState::Started)
            .await
            .unwrap()
    );
    store::attempt::look_later(&mut tx, "a-1", Some(at(26)), true)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let start = "id=a-1 message_id=m-1 business_id=b-1 number=21 channel=email carrier=carrier sender=sender address=address subject=subject text=text segments=22";
    let row = database.row("attempt", "id = 'a-1'").await.join(" ");
    assert_eq!(
        row,
        format!(
            "{start} state=rejected provider_id=p-1 stage=4 provider_status=failed code=30005 failure=gone started_at=23 settled_at=25 look_at=26 looks=1"
        )
    );
    let whole = Attempt {
        state: AttemptState::Rejected,
        provider_id: Some("p-1".to_owned()),
        stage: Some(4),
        provider_status: Some("failed".to_owned()),
        code: Some(30005),
        failure: Some("gone".to_owned()),
        settled_at: Some(at(25)),
        look_at: Some(at(26)),
        looks: 1,
        ..attempt("a-1")
    };
    let mut tx = database.write().await;
    assert_eq!(store::attempt::find(&mut tx, "a-1").await.unwrap(), Some(whole.clone()));
    assert_eq!(store::report::by_provider_id(&mut tx, "p-1").await.unwrap(), ["m-1"]);
    assert_eq!(
        store::attempt::of_message(&mut tx, "m-1").await.unwrap(),
        std::slice::from_ref(&whole)
    );
    assert_eq!(store::attempt::to_look_at(&mut tx, at(26), 9).await.unwrap(), [whole]);
    assert_eq!(store::attempt::next_look(&mut tx).await.unwrap(), Some(at(26)));
    store::attempt::note_stage(&mut tx, "a-1", 5, "read").await.unwrap();
    begin_attempts(&mut tx, &[attempt("a-2")]).await.unwrap();
    store::attempt::note_provider_id(&mut tx, "a-2", "p-2").await.unwrap();
    store::attempt::note_provider_id(&mut tx, "a-2", "p-3").await.unwrap();
    tx.commit().await.unwrap();
    let row = database.row("attempt", "id = 'a-1'").await.join(" ");
    assert!(row.contains("stage=5 provider_status=read"), "{row}");
    assert!(
        database
            .row("attempt", "id = 'a-2'")
            .await
            .contains(&"provider_id=p-2".to_owned()),
        "what is known stays"
    );
}

#[tokio::test]
async fn a_providers_ids_are_known_by_number_and_by_time() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    let (early, late) = (first_id(at(23)), first_id(at(24)));
    for (id, provider_id) in [(&early, "p-1"), (&late, "p-2")] {
        begin_attempts(&mut tx, &[attempt(id)]).await.unwrap();
        store::attempt::note_provider_id(&mut tx, id, provider_id)
            .await
            .unwrap();
    }
    let found = store::attempt::at_number(&mut tx, "+1", "p-1").await.unwrap();
    assert_eq!(found.map(|attempt| attempt.id), Some(early.clone()));
    assert_eq!(store::attempt::at_number(&mut tx, "+2", "p-1").await.unwrap(), None);
    let mut known = async |ids: &[&str], since, except: &str| {
        store::attempt::known_ids(&mut tx, ids, at(since), except)
            .await
            .unwrap()
    };
    assert_eq!(known(&["p-1", "p-2", "p-3"], 23, "").await, ["p-1", "p-2"]);
    assert_eq!(known(&["p-1", "p-2"], 24, "").await, ["p-2"], "started before");
    assert_eq!(known(&["p-1", "p-2"], 23, &late).await, ["p-1"]);
}

#[tokio::test]
async fn what_was_said_is_blanked_once_it_is_old_from_where_the_last_time_ended() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    let ids = [23, 24, 25].map(|started| first_id(at(started)));
    for id in &ids {
        begin_attempts(&mut tx, &[attempt(id)]).await.unwrap();
    }
    let mut blank = async |after: &str, before| {
        store::attempt::blank_texts(&mut tx, after, at(before), 1)
            .await
            .unwrap()
    };
    assert_eq!(blank("", 23).await, None, "young enough");
    assert_eq!(blank("", 25).await, Some((1, ids[0].clone())));
    assert_eq!(blank(&ids[0], 25).await, Some((1, ids[1].clone())));
    assert_eq!(blank(&ids[1], 25).await, None);
    tx.commit().await.unwrap();
    for (id, text) in ids.iter().zip([
        "subject=NULL text=NULL",
        "subject=NULL text=NULL",
        "subject=subject text=text",
    ]) {
        let row = database.row("attempt", &format!("id = '{id}'")).await.join(" ");
        assert!(row.contains(text), "{row}");
    }
}
