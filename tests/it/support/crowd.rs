//! Many customers of two businesses with all that belongs to them, written past the store in one transaction: the tests
//! look at how it is found, the benches at how fast.

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

const NUMBERS: &str = "CREATE TEMP TABLE number (i INTEGER PRIMARY KEY); ";

const SYLLABLES: &str =
    r#"'["an","be","ca","do","el","fi","go","ha","il","jo","ka","li","mo","ne","ol","pe","ro","sa","ti","ulm"]'"#;

/// Each with `$1` the business, `$2` the number of customers, `$3` of messages each, `$4` now.
const STEPS: [&str; 19] = [
    "INSERT INTO number WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < MAX($2, $3)) SELECT i FROM n",
    "INSERT INTO business (id, kind, name, zone, locale, region, quiet_hours, holidays, surveys_need_consent, created_at, updated_at) \
     SELECT 'other', kind, 'Other', zone, locale, region, quiet_hours, holidays, surveys_need_consent, created_at, updated_at \
     FROM business WHERE id = $1",
    "INSERT INTO customer (id, business_id, external_id, name, name_key, phone, phone_texts, email, locale, erased, created_at, updated_at) \
     SELECT printf('c-%07d', i), CASE WHEN i % 5 = 0 THEN 'other' ELSE $1 END, 'K-' || i, name, lower(name), \
        printf('+49171%07d', 1000000 + i), TRUE, 'c' || i || '@example.com', 'de', FALSE, $4, $4 \
     FROM (SELECT i, SYL(i) || SYL(i / 20) || ' ' || SYL(i * 7) || SYL(i / 400) || SYL(i / 3) || 'er' AS name FROM number WHERE i < $2)",
    "INSERT INTO search_word SELECT business_id, 'customer', replace(name_key, ' ', ''), id FROM customer WHERE id LIKE 'c-%'",
    "INSERT INTO search_word SELECT business_id, 'customer', substr(name_key, instr(name_key, ' ') + 1), id FROM customer WHERE id LIKE 'c-%'",
    "INSERT INTO booking (id, business_id, customer_id, external_id, service, vehicle, starts, starts_at, duration_minutes, status, revision, booked_at, changed_at, updated_at) \
     SELECT printf('i-%07d-%d', n, k), (SELECT business_id FROM customer WHERE id = printf('c-%07d', n)), printf('c-%07d', n), 'B-' || n || '-' || k, \
        'Oil change', 'VW Golf, B-XY ' || n, strftime('%Y-%m-%dT%H:%M', at / 1000, 'unixepoch'), at, 60, \
        CASE WHEN n % 1000 = 7 THEN 'change_requested' WHEN at < $4 THEN 'completed' ELSE 'booked' END, 1, $4, $4, $4 \
     FROM (SELECT number.i AS n, k.i AS k, $4 + ((number.i * 7919 + k.i * 401) % 730 - 365) * 86400000 + number.i % 36000 * 1000 AS at \
        FROM number JOIN number AS k ON k.i < 2 WHERE number.i < $2)",
    "INSERT INTO search_word SELECT business_id, 'booking', 'vwgolfbxy' || substr(vehicle, 15), id FROM booking",
    "INSERT INTO search_word SELECT business_id, 'booking', 'golfbxy' || substr(vehicle, 15), id FROM booking",
    "INSERT INTO search_word SELECT business_id, 'booking', 'bxy' || substr(vehicle, 15), id FROM booking",
    "INSERT INTO renewal (id, business_id, customer_id, external_id, kind, subject, reference, ends_on, status, revision, booked_at, changed_at, updated_at) \
     SELECT 'r-' || substr(id, 3), business_id, id, 'R-' || id, CASE CAST(substr(id, 3) AS INTEGER) % 3 WHEN 0 THEN 'policy' WHEN 1 THEN 'inspection' ELSE 'service' END, \
        'Golf', 'P ' || substr(id, 3), date($4 / 1000 + (CAST(substr(id, 3) AS INTEGER) * 613 % 730 - 365) * 86400, 'unixepoch'), 'active', 1, $4, $4, $4 FROM customer WHERE id LIKE 'c-%'",
    "INSERT INTO search_word SELECT business_id, 'renewal', 'p' || substr(reference, 3) || 'golf', id FROM renewal",
    "INSERT INTO message (id, business_id, customer_id, item_kind, item_id, item_revision, rule_id, anchor, template, purpose, asks, only_if, channels, channel, lane, told, \
        state, reason, wanted_at, due_at, useful_until, attempts, resends, created_at, updated_at) \
     SELECT printf('m-%07d-%d', n, k), (SELECT business_id FROM customer WHERE id = printf('c-%07d', n)), printf('c-%07d', n), 'booking', printf('i-%07d-%d', n, k % 2), \
        1, 'rule-' || k, 'start', 'booking_reminder', 'service', 'nothing', 'always', 'sms', 'sms', 'sms', '2026-12-15T09:00', \
        CASE WHEN at >= $4 THEN 'planned' WHEN k % 7 = 3 THEN 'skipped' ELSE 'delivered' END, CASE WHEN at < $4 AND k % 7 = 3 THEN 'too_late' END, \
        at, at, at + 86400000, 1, 0, $4, $4 \
     FROM (SELECT number.i AS n, k.i AS k, $4 + ((number.i * 7919 + k.i * 97) % 730 - 600) * 86400000 + number.i % 36000 * 1000 AS at \
        FROM number JOIN number AS k ON k.i < $3 WHERE number.i < $2)",
    "INSERT INTO attempt (id, message_id, business_id, number, channel, carrier, sender, address, text, segments, state, started_at, settled_at, looks) \
     SELECT 'a-' || id, id, business_id, 1, 'sms', 'sandbox', '+1', '+2', 'Your visit is tomorrow at 09:00. Reply C to confirm.', 1, 'delivered', due_at, due_at, 0 \
     FROM message WHERE state = 'delivered'",
    "INSERT INTO inbound (id, carrier, provider_id, channel, sender, recipient, body, media, opt_out_type, pairs, received_at, read_at) \
     SELECT 'in-' || id, 'sandbox', id, 'sms', phone, '+1', 'C, danke', 0, '', '[]', $4 - 1000, $4 FROM customer WHERE id LIKE 'c-%' AND CAST(substr(id, 3) AS INTEGER) % 3 = 0",
    "INSERT INTO reply (id, business_id, customer_id, intent, action, certainty, at) \
     SELECT id, (SELECT business_id FROM customer WHERE customer.id = provider_id), provider_id, 'accept', 'accept', 100, received_at FROM inbound",
    "INSERT INTO rating (id, business_id, customer_id, item_kind, item_id, message_id, scale, version, score, comment, channel, counts, at) \
     SELECT 'rt-' || id, business_id, customer_id, 'booking', item_id, id, 'csat', '1', 4, 'all well', 'sms', TRUE, due_at + 1000 \
     FROM message WHERE rule_id = 'rule-1' AND state = 'delivered'",
    "INSERT INTO call (id, business_id, customer_id, message_id, phone, script, opened_at, due_at, done_at, done_by, outcome) \
     SELECT 'ca-' || id, business_id, customer_id, id, '+1', 'script', due_at, due_at, due_at, 'desk', 'reached' \
     FROM message WHERE rule_id = 'rule-2' AND state = 'delivered' AND CAST(substr(id, 3, 7) AS INTEGER) % 9 = 0",
    "INSERT INTO customer_case (id, business_id, customer_id, source, words, revision, opened_at, changed_at, due_at, closed_at, cause, updated_at) \
     SELECT 'k-' || id, business_id, id, 'desk', 'too late', 1, $4 - 5000, $4 - 5000, $4, $4 - 4000, 'delay', $4 FROM customer WHERE id LIKE 'c-%' AND CAST(substr(id, 3) AS INTEGER) % 11 = 0",
    "INSERT INTO consent (id, business_id, customer_id, address, channel, purpose, given, source, wording, at) \
     SELECT 'co-' || id, business_id, id, phone, NULL, 'survey', TRUE, 'import', 'May we ask how it was?', $4 FROM customer WHERE id LIKE 'c-%'",
];

/// Writes them all. The pool must have one connection.
pub async fn fill(pool: &SqlitePool, crowd: Crowd<'_>) -> Result<(), sqlx::Error> {
    let syllable = |step: &str| -> String {
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
    };
    let mut tx = pool.begin().await?;
    sqlx::query(NUMBERS).execute(&mut *tx).await?;
    for step in STEPS {
        sqlx::query(sqlx::AssertSqlSafe(syllable(step)))
            .bind(crowd.business)
            .bind(crowd.customers)
            .bind(crowd.messages_each)
            .bind(crowd.now)
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query("DROP TABLE number").execute(&mut *tx).await?;
    tx.commit().await
}
