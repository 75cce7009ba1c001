use super::*;

const NOW: Instant = Instant::from_millis(1_795_320_000_000);

fn asked(asks: Asks, item_id: &str, minutes_ago: i64) -> Question {
    let asked_at = NOW - TimeDelta::minutes(minutes_ago);
    Question {
        id: format!("question about {item_id}"),
        business_id: "shop".to_owned(),
        customer_id: "ana".to_owned(),
        message_id: format!("message about {item_id}"),
        channel: Channel::Sms,
        sender: "+15017122661".to_owned(),
        address: "+491713920012".to_owned(),
        asks,
        scale: (asks == Asks::Rating).then_some(Scale::Csat),
        item_kind: ItemKind::Booking,
        item_id: item_id.to_owned(),
        item_revision: 1,
        state: QuestionState::Open,
        asked_at,
        closes_at: asked_at + TimeDelta::days(1),
        answered_at: None,
    }
}

fn turn_after(asks: Asks, item_id: &str, open: &[Question]) -> Turn {
    turn(asks, item_id, open.iter(), NOW)
}

#[test]
fn a_free_number_is_asked() {
    assert_eq!(turn_after(Asks::Confirm, "golf", &[]), Turn::Ask { closes: vec![] });
}

#[test]
fn the_same_item_takes_its_own_place() {
    let closes = vec!["question about golf".to_owned()];
    assert_eq!(
        turn_after(Asks::Confirm, "golf", &[asked(Asks::Confirm, "golf", 1)]),
        Turn::Ask { closes }
    );
}

#[test]
fn a_letter_makes_a_rating_give_way_and_a_rating_waits_for_a_letter() {
    let closes = vec!["question about golf".to_owned()];
    assert_eq!(
        turn_after(Asks::Confirm, "polo", &[asked(Asks::Rating, "golf", 1)]),
        Turn::Ask { closes }
    );
    let letter = asked(Asks::Renewal, "golf", 300);
    let until = letter.closes_at;
    assert_eq!(turn_after(Asks::Rating, "polo", &[letter]), Turn::Wait(until));
}

#[test]
fn a_second_letter_waits_an_hour_and_then_goes_without_its_question() {
    assert_eq!(
        turn_after(Asks::Confirm, "polo", &[asked(Asks::Confirm, "golf", 10)]),
        Turn::Wait(NOW + TimeDelta::minutes(50))
    );
    assert_eq!(
        turn_after(Asks::Solved, "polo", &[asked(Asks::Confirm, "golf", 60)]),
        Turn::Plain
    );
}

#[test]
fn a_question_whose_time_is_over_is_in_nobodys_way() {
    let closes = vec!["question about golf".to_owned()];
    let over = Question {
        closes_at: NOW,
        ..asked(Asks::Confirm, "golf", 10)
    };
    assert_eq!(turn_after(Asks::Confirm, "polo", &[over]), Turn::Ask { closes });
}

#[test]
fn a_second_answer_counts_for_a_day_and_none_after_the_end() {
    let mut question = asked(Asks::Confirm, "golf", 10);
    assert!(question.takes_answer(NOW));
    question.state = QuestionState::Answered;
    question.answered_at = Some(NOW);
    assert!(question.takes_answer(NOW + TimeDelta::hours(23)));
    question.closes_at = NOW + TimeDelta::days(9);
    assert!(!question.takes_answer(NOW + TimeDelta::hours(24)));
    question.closes_at = NOW + TimeDelta::hours(1);
    assert!(!question.takes_answer(NOW + TimeDelta::hours(2)));
}

#[test]
fn of_the_questions_that_gave_way_only_a_rating_can_still_be_answered() {
    for (asks, counts) in [(Asks::Rating, true), (Asks::Confirm, false)] {
        let given_way = Question {
            state: QuestionState::Closed,
            ..asked(asks, "golf", 10)
        };
        assert_eq!(given_way.takes_answer(NOW), counts);
    }
}
