//! Many customers of two businesses with all that belongs to them, written past the store in one transaction: the tests
//! look at how it is found, the benches at how fast.
//!
//! Customer 143 of 220 has something of every kind: a page about one of them finds something to show.

use daybefore::domain::link::Token;
use sqlx::SqlitePool;

/// How many, and whose: every fifth customer is `other`'s.
#[derive(Clone, Copy, Debug)]
pub struct Crowd<'a> {
    pub business: &'a str,
    pub customers: i64,
    pub messages_each: i64,
    /// Milliseconds since 1970: bookings and messages lie a year before and after it.
    pub now: i64,
}

/// The session of the owner of both businesses, `u-0000001`.
pub fn token() -> Token {
    Token::new([7; 20])
}

const NUMBERS: &str = "CREATE TEMP TABLE number (i INTEGER PRIMARY KEY); ";

const SYLLABLES: &str =
    r#"'["an","be","ca","do","el","fi","go","ha","il","jo","ka","li","mo","ne","ol","pe","ro","sa","ti","ulm"]'"#;

/// Each with `$1` the business, `$2` the number of customers, `$3` of messages each, `$4` now, `$5` the session's hash.
const STEPS: &[&str] = &[
    "INSERT INTO number WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < MAX($2, $3)) SELECT i FROM n",
    "INSERT INTO business (id, kind, name, zone, locale, region, quiet_hours, holidays, surveys_need_consent, created_at, updated_at) \
     SELECT 'other', kind, 'Other', zone, locale, region, quiet_hours, holidays, surveys_need_consent, created_at, updated_at \
     FROM business WHERE id = $1",
    "INSERT INTO rule (business_id, id, position, definition) SELECT 'other', id, position, definition FROM rule WHERE business_id = $1",
    // Smaller ones without customers, so that no table is so small that reading it whole is the quicker way.
    "INSERT INTO business (id, kind, name, zone, locale, region, quiet_hours, holidays, surveys_need_consent, created_at, updated_at) \
     SELECT printf('small-%03d', i), kind, 'Small ' || i, zone, locale, region, quiet_hours, holidays, surveys_need_consent, created_at, updated_at \
     FROM business, number WHERE id = $1 AND i < 200",
    "INSERT INTO rule (business_id, id, position, definition) \
     SELECT printf('small-%03d', i), id, position, definition FROM rule, number WHERE business_id = $1 AND i < 200",
    "INSERT INTO customer (id, business_id, external_id, name, name_key, phone, phone_texts, email, locale, standing, erased, created_at, updated_at) \
     SELECT printf('c-%07d', i), CASE WHEN i % 5 = 0 THEN 'other' ELSE $1 END, 'K-' || i, name, lower(name), \
        printf('+49171%07d', 1000000 + i), TRUE, 'c' || i || '@example.com', CASE WHEN i % 9 = 0 THEN 'en' ELSE 'de' END, \
        CASE WHEN i % 50 = 1 THEN 'vip' WHEN i % 4 = 1 THEN 'regular' END, FALSE, $4, $4 \
     FROM (SELECT i, SYL(i) || SYL(i / 20) || ' ' || SYL(i * 7) || SYL(i / 400) || SYL(i / 3) || 'er' AS name FROM number WHERE i < $2)",
    "INSERT INTO search_word SELECT business_id, 'customer', replace(name_key, ' ', ''), id FROM customer WHERE id LIKE 'c-%'",
    "INSERT INTO search_word SELECT business_id, 'customer', substr(name_key, instr(name_key, ' ') + 1), id FROM customer WHERE id LIKE 'c-%'",
    "INSERT INTO booking (id, business_id, customer_id, external_id, service, vehicle, starts, starts_at, duration_minutes, status, revision, booked_at, changed_at, completed_at, updated_at) \
     SELECT printf('i-%07d-%d', n, k), CASE WHEN n % 5 = 0 THEN 'other' ELSE $1 END, printf('c-%07d', n), 'B-' || n || '-' || k, \
        '[\"Oil change\",\"Inspection\",\"Tyres\",\"Brakes\",\"Repair\"]' ->> ((n + k) % 5), \
        'VW Golf, B-XY ' || n, strftime('%Y-%m-%dT%H:%M', at / 1000, 'unixepoch'), at, 60, \
        CASE WHEN n % 1000 = 7 THEN 'change_requested' WHEN n % 25 = 4 THEN 'cancelled' \
            WHEN at < $4 AND n % 40 = 2 THEN 'no_show' WHEN at < $4 THEN 'completed' WHEN n % 3 = 2 THEN 'confirmed' ELSE 'booked' END, \
        1, at - 1728000000, at - 1728000000, CASE WHEN at < $4 AND n % 40 <> 2 AND n % 1000 <> 7 AND n % 25 <> 4 THEN at + 3600000 END, $4 \
     FROM (SELECT number.i AS n, k.i AS k, $4 + ((number.i * 7919 + k.i * 401) % 730 - 365) * 86400000 + number.i % 36000 * 1000 AS at \
        FROM number JOIN number AS k ON k.i < 2 WHERE number.i < $2)",
    "INSERT INTO search_word SELECT business_id, 'booking', 'vwgolfbxy' || substr(vehicle, 15), id FROM booking WHERE id LIKE 'i-%'",
    "INSERT INTO search_word SELECT business_id, 'booking', 'golfbxy' || substr(vehicle, 15), id FROM booking WHERE id LIKE 'i-%'",
    "INSERT INTO search_word SELECT business_id, 'booking', 'bxy' || substr(vehicle, 15), id FROM booking WHERE id LIKE 'i-%'",
    "INSERT INTO renewal (id, business_id, customer_id, external_id, kind, subject, reference, ends_on, status, revision, booked_at, changed_at, updated_at) \
     SELECT printf('r-%07d', i), CASE WHEN i % 5 = 0 THEN 'other' ELSE $1 END, printf('c-%07d', i), 'R-' || i, \
        '[\"policy\",\"warranty\",\"inspection\",\"service\"]' ->> (i % 4), \
        'Golf', printf('P %07d', i), date($4 / 1000 + (i * 613 % 730 - 365) * 86400, 'unixepoch'), \
        CASE WHEN i % 9 = 5 THEN 'renewed' WHEN i % 17 = 5 THEN 'declined' WHEN i * 613 % 730 < 300 THEN 'lapsed' ELSE 'active' END, \
        1, $4 - 31536000000, $4 - 31536000000, $4 FROM number WHERE i < $2",
    "INSERT INTO search_word SELECT business_id, 'renewal', 'p' || substr(reference, 3) || 'golf', id FROM renewal WHERE id LIKE 'r-%'",
    // Three rules of each of two bookings, four of the renewal.
    "INSERT INTO message (id, business_id, customer_id, item_kind, item_id, item_revision, rule_id, anchor, template, purpose, asks, only_if, channels, channel, lane, told, \
        state, reason, hold, wanted_at, due_at, useful_until, attempts, resends, created_at, updated_at) \
     SELECT printf('m-%07d-%d', n, k), CASE WHEN n % 5 = 0 THEN 'other' ELSE $1 END, printf('c-%07d', n), \
        CASE WHEN k < 6 THEN 'booking' ELSE 'renewal' END, item, 1, rule, 'start', template, CASE rule WHEN 'satisfaction' THEN 'survey' ELSE 'service' END, \
        CASE rule WHEN 'satisfaction' THEN 'rating' WHEN 'day-before' THEN 'confirm' ELSE 'nothing' END, 'always', channel, channel, channel, '2026-12-15T09:00', state, \
        CASE WHEN state = 'skipped' THEN \
            '[\"too_late\",\"superseded\",\"item_cancelled\",\"answered\",\"no_consent\",\"no_address\",\"undeliverable\",\"contact_cap\"]' ->> (n % 8) END, \
        CASE WHEN state = 'held' THEN '[\"person\",\"change\",\"case\",\"number\"]' ->> (n % 4) END, \
        at, at, at + 86400000, CASE WHEN state IN ('planned', 'held', 'skipped') THEN 0 ELSE 1 END, 0, $4, $4 \
     FROM (SELECT *, CASE WHEN at >= $4 AND die < 5 THEN 'held' WHEN at >= $4 AND die < 50 THEN 'skipped' WHEN at >= $4 THEN 'planned' \
            WHEN die < 100 THEN 'skipped' WHEN die < 110 THEN 'failed' WHEN die < 112 THEN 'unknown' WHEN die = 112 THEN 'held' \
            WHEN k % 3 = 1 THEN 'accepted' ELSE 'delivered' END AS state \
        FROM (SELECT n, k, item, rule, template, CASE k WHEN 6 THEN 'email' WHEN 9 THEN 'call' ELSE 'sms' END AS channel, (n * 31 + k * 77) % 1000 AS die, \
                CASE WHEN at > $4 AND rule = 'satisfaction' THEN at - 31536000000 ELSE at END AS at \
            FROM (SELECT number.i AS n, k.i AS k, COALESCE(booking.id, renewal.id) AS item, \
                    CASE WHEN k.i < 6 THEN '[\"confirmation\",\"day-before\",\"satisfaction\"]' ->> (k.i / 2) \
                        ELSE renewal.kind || ('[\"-month\",\"-week\",\"-day\",\"-last\"]' ->> (k.i - 6)) END AS rule, \
                    CASE WHEN k.i < 6 THEN '[\"booking_confirmation\",\"booking_reminder\",\"satisfaction_check\"]' ->> (k.i / 2) \
                        WHEN renewal.kind IN ('policy', 'warranty') THEN renewal.kind || '_ends' ELSE renewal.kind || '_due' END AS template, \
                    CASE WHEN k.i < 6 THEN booking.starts_at + ('[-1728000000,-86400000,86400000]' ->> (k.i / 2)) \
                        ELSE unixepoch(renewal.ends_on) * 1000 + 32400000 + ('[-2592000000,-604800000,-86400000,0]' ->> (k.i - 6)) END AS at \
                FROM number JOIN number AS k ON k.i < MIN($3, 10) \
                    LEFT JOIN booking ON booking.id = printf('i-%07d-%d', number.i, k.i % 2) AND k.i < 6 \
                    LEFT JOIN renewal ON renewal.id = printf('r-%07d', number.i) AND k.i >= 6 \
                WHERE number.i < $2)))",
    "INSERT INTO attempt (id, message_id, business_id, number, channel, carrier, sender, address, text, segments, state, started_at, settled_at, looks) \
     SELECT 'a-' || id, id, business_id, 1, channel, 'sandbox', '+1', '+2', 'Your visit is tomorrow at 09:00. Reply C to confirm.', 1, state, due_at, due_at, 0 \
     FROM message WHERE id LIKE 'm-%' AND state IN ('accepted', 'delivered', 'failed', 'unknown')",
    "INSERT INTO question (id, business_id, customer_id, message_id, channel, sender, address, asks, item_kind, item_id, item_revision, state, asked_at, closes_at, answered_at) \
     SELECT 'q-' || id, business_id, customer_id, id, 'sms', '+1', '+49171' || (1000000 + CAST(substr(id, 3, 7) AS INTEGER)), 'confirm', 'booking', item_id, 1, \
        CASE WHEN CAST(substr(id, 3, 7) AS INTEGER) % 3 = 0 THEN 'closed' ELSE 'answered' END, due_at, useful_until, \
        CASE WHEN CAST(substr(id, 3, 7) AS INTEGER) % 3 = 0 THEN NULL ELSE due_at + 60000 END \
     FROM message WHERE rule_id = 'day-before' AND state = 'delivered'",
    "INSERT INTO inbound (id, carrier, provider_id, channel, sender, recipient, body, media, opt_out_type, pairs, received_at, read_at) \
     SELECT 'in-' || id, 'sandbox', id, 'sms', phone, '+1', 'C, danke', 0, '', '[]', $4 - 1000, $4 FROM customer \
     WHERE id LIKE 'c-%' AND CAST(substr(id, 3) AS INTEGER) % 3 = 2",
    "INSERT INTO reply (id, business_id, customer_id, intent, action, certainty, at) \
     SELECT id, (SELECT business_id FROM customer WHERE customer.id = provider_id), provider_id, 'accept', 'accept', 100, received_at FROM inbound WHERE id LIKE 'in-%'",
    "INSERT INTO rating (id, business_id, customer_id, item_kind, item_id, message_id, scale, version, score, comment, channel, counts, at) \
     SELECT 'rt-' || id, business_id, customer_id, 'booking', item_id, id, 'csat', '1', '[5,4,5,3,5,4,1,5,4,2]' ->> (die % 10), \
        CASE WHEN die % 3 = 2 THEN 'all well, only the coffee was cold' END, 'sms', TRUE, due_at + 1000 \
     FROM (SELECT *, CAST(substr(id, 3, 7) AS INTEGER) AS die FROM message WHERE rule_id = 'satisfaction' AND state IN ('accepted', 'delivered')) WHERE die % 2 = 1",
    "INSERT INTO call (id, business_id, customer_id, message_id, phone, script, opened_at, due_at, done_at, done_by, outcome) \
     SELECT 'ca-' || id, business_id, customer_id, id, '+1', 'script', due_at, due_at, due_at, 'desk', 'reached' \
     FROM message WHERE id LIKE 'm-%-1' AND state IN ('accepted', 'delivered') AND CAST(substr(id, 3, 7) AS INTEGER) % 9 = 8",
    "INSERT INTO call (id, business_id, customer_id, message_id, phone, script, opened_at, due_at) \
     SELECT 'cb-' || id, business_id, customer_id, id, '+1', 'Hello, this is about {{ subject }}.', $4 - 86400000, $4 + (CAST(substr(id, 3, 7) AS INTEGER) % 97 - 20) * 3600000 \
     FROM message WHERE id LIKE 'm-%-0' AND CAST(substr(id, 3, 7) AS INTEGER) % 20 = 3",
    "INSERT INTO customer_case (id, business_id, customer_id, source, words, revision, opened_at, changed_at, due_at, closed_at, cause, updated_at) \
     SELECT 'k-' || id, business_id, id, 'desk', 'too late', 1, at, at, at + 86400000, at + 80000000, 'delay', $4 \
     FROM (SELECT *, $4 - 90000000 - CAST(substr(id, 3) AS INTEGER) * 60000 AS at FROM customer WHERE id LIKE 'c-%' AND CAST(substr(id, 3) AS INTEGER) % 11 = 0)",
    "INSERT INTO customer_case (id, business_id, customer_id, source, words, revision, opened_at, changed_at, due_at, updated_at) \
     SELECT 'ko-' || id, business_id, id, 'desk', 'not well done', 1, $4 - 86400000, $4 - 86400000, $4 + (CAST(substr(id, 3) AS INTEGER) % 97 - 20) * 3600000, $4 \
     FROM customer WHERE id LIKE 'c-%' AND CAST(substr(id, 3) AS INTEGER) % 20 = 3",
    "INSERT INTO consent (id, business_id, customer_id, address, channel, purpose, given, source, wording, at) \
     SELECT 'co-' || id, business_id, id, phone, NULL, 'survey', TRUE, 'import', 'May we ask how it was?', $4 FROM customer WHERE id LIKE 'c-%'",
    "INSERT INTO note (id, business_id, customer_id, user_id, author, text, at) \
     SELECT 'n-' || id, business_id, id, 'u-0000001', 'Anna', 'Likes to wait at the desk.', $4 FROM customer WHERE id LIKE 'c-%' AND CAST(substr(id, 3) AS INTEGER) % 10 = 3",
    "INSERT INTO history (id, business_id, about_kind, about_id, event, detail, at) \
     SELECT 'h-' || id, business_id, 'booking', id, 'imported', 'new', booked_at FROM booking WHERE id LIKE 'i-%'",
    // Who waits for an answer: a twentieth, and some that nobody knows; a quarter has had one.
    "INSERT INTO inbound (id, carrier, provider_id, channel, sender, recipient, body, media, opt_out_type, pairs, received_at, read_at) \
     SELECT 'talk-' || printf('c-%07d', i), 'sandbox', 'talk-' || i, 'sms', printf('+49171%07d', 1000000 + i), '+1', 'Could it be an hour later?', 0, '', '[]', \
        $4 - i % 2880 * 60000, $4 FROM number WHERE i < $2 AND i % 20 IN (1, 3, 6, 11, 16, 19)",
    "INSERT INTO inbound (id, carrier, provider_id, channel, sender, recipient, body, media, opt_out_type, pairs, received_at, read_at) \
     SELECT 'talk-d-' || printf('c-%07d', i), 'sandbox', 'who-' || i, 'sms', '+0' || i, '+1', 'Who is this?', 0, '', '[]', $4 - i % 2880 * 60000, $4 \
     FROM number WHERE i < $2 AND i % 220 = 143",
    "INSERT INTO reply (id, business_id, customer_id, intent, action, certainty, at) \
     SELECT inbound.id, COALESCE(customer.business_id, $1), customer.id, 'question', 'desk', 50, received_at \
     FROM inbound LEFT JOIN customer ON customer.id = substr(inbound.id, 6) WHERE inbound.id LIKE 'talk-%'",
    "INSERT INTO desk_item (id, business_id, customer_id, reply_id, kind, words, holds, opened_at, due_at, done_at, done_by) \
     SELECT CASE WHEN reply.customer_id IS NULL THEN substr(reply.id, 6) ELSE 'd-' || reply.customer_id END || CASE WHEN reply.customer_id IS NULL THEN '' ELSE '-1' END, \
        business_id, reply.customer_id, reply.id, CASE WHEN reply.customer_id IS NULL THEN 'unknown_sender' ELSE 'question' END, body, FALSE, received_at, \
        received_at + 14400000, CASE WHEN waits THEN NULL ELSE received_at + 60000 END, CASE WHEN waits THEN NULL ELSE 'Anna' END \
     FROM (SELECT reply.*, body, received_at, customer_id IS NULL OR CAST(substr(customer_id, 3) AS INTEGER) % 20 = 3 AS waits \
        FROM reply JOIN inbound ON inbound.id = reply.id WHERE reply.id LIKE 'talk-%') AS reply",
    "INSERT INTO conversation (id, business_id, customer_id, address, shared, owner_id, due_at, place, waits_since, last_at, done_at, version) \
     SELECT COALESCE(desk_item.customer_id, desk_item.id), business_id, desk_item.customer_id, \
        CASE WHEN desk_item.customer_id IS NULL THEN sender END, FALSE, CASE WHEN desk_item.opened_at % 3 = 0 THEN 'u-0000001' END, \
        CASE WHEN done_at IS NULL THEN due_at - due_at % 60000 END, 2, CASE WHEN done_at IS NULL THEN opened_at END, opened_at, done_at, desk_item.rowid \
     FROM desk_item JOIN inbound ON inbound.id = reply_id WHERE desk_item.id LIKE 'd-c-%'",
    // Who works there, and what they have done.
    "INSERT INTO desk_user (id, login, name, locale, created_at) \
     SELECT printf('u-%07d', i), 'user' || i, 'User ' || i, 'en', $4 FROM number WHERE i BETWEEN 1 AND 50",
    "INSERT INTO user_business (user_id, business_id, role) SELECT id, $1, CASE WHEN id < 'u-0000004' THEN 'owner' ELSE 'staff' END FROM desk_user WHERE id LIKE 'u-%'",
    "INSERT INTO user_business (user_id, business_id, role) VALUES ('u-0000001', 'other', 'owner')",
    "INSERT INTO desk_user (id, login, name, locale, created_at) \
     SELECT printf('s-%03d', i), 'small' || i, 'Owner ' || i, 'en', 1 FROM number WHERE i < 200",
    "INSERT INTO user_business (user_id, business_id, role) \
     SELECT printf('s-%03d', i), printf('small-%03d', i), 'owner' FROM number WHERE i < 200",
    "INSERT INTO session (token_hash, user_id, created_at, seen_at, expires_at) VALUES ($5, 'u-0000001', $4, $4 + 31536000000, $4 + 31536000000)",
    "INSERT INTO policy_change (id, business_id, what, was, became, changed_by, at) \
     SELECT printf('ch-%07d', i), $1, 'rules', rules, json_set(rules, '$.rule[0].enabled', json('false')), 'Anna', $4 - (500 - i) * 60000 \
     FROM number, (SELECT json_object('rule', json_group_array(json(definition))) AS rules FROM (SELECT definition FROM rule WHERE business_id = $1 ORDER BY position)) \
     WHERE i < 500",
    "INSERT INTO import_run (id, business_id, user_id, made_by, kind, file_name, size, known, state, made_at, changed_at) \
     SELECT printf('run-%07d', i), $1, 'u-0000001', 'Anna', 'bookings', 'bookings.csv', 1000, FALSE, 'expired', $4 - i * 3600000, $4 - i * 3600000 FROM number WHERE i < 500",
    "INSERT INTO api_key (id, business_id, name, token_hash, made_by, made_at) \
     SELECT 'key-' || i, $1, 'Key ' || i, 'hash-' || i, 'Anna', $4 FROM number WHERE i < 20",
    "INSERT INTO test_message (id, business_id, channel, carrier, sender, address, state, made_by, made_at, changed_at) \
     SELECT 'test-' || i, $1, 'sms', 'sandbox', '+1', '+2', 'delivered', 'Anna', $4 - i * 3600000, $4 - i * 3600000 FROM number WHERE i < 500",
    "INSERT INTO bad_address (channel, address, code, failure, at) \
     SELECT 'sms', printf('+49171%07d', 1000000 + i), 30005, 'unknown number', $4 FROM number WHERE i < $2 AND i % 97 = 5",
    "INSERT INTO held_number (business_id, address, at) \
     SELECT $1, printf('+49171%07d', 1000000 + i), $4 FROM number WHERE i < $2 AND i % 997 = 4 AND i % 5 <> 0",
];

/// Writes them all. The pool must have one connection.
pub async fn fill(pool: &SqlitePool, crowd: Crowd<'_>) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    sqlx::query(NUMBERS).execute(&mut *tx).await?;
    for step in STEPS {
        sqlx::query(sqlx::AssertSqlSafe(with_syllables(step)))
            .bind(crowd.business)
            .bind(crowd.customers)
            .bind(crowd.messages_each)
            .bind(crowd.now)
            .bind(token().hash())
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query("DROP TABLE number").execute(&mut *tx).await?;
    tx.commit().await
}

/// A step with `SYL(…)` written out.
fn with_syllables(step: &str) -> String {
    let mut filled = String::new();
    let mut rest = step;
    while let Some((before, from)) = rest.split_once("SYL(") {
        let (number, after) = from.split_once(')').unwrap_or((from, ""));
        for part in [before, "(", SYLLABLES, " ->> ((", number, ") % 20))"] {
            filled.push_str(part);
        }
        rest = after;
    }
    filled + rest
}
