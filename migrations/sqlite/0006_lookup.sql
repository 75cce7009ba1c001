-- What people at the desk look things up by.

-- Each word of a name, a vehicle or a policy with what follows it, folded (`domain/search.rs`), so that a prefix of it
-- finds the customer, booking or renewal that it stands in.
CREATE TABLE search_word (
    business_id TEXT NOT NULL REFERENCES business (id),
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'booking', 'renewal')),
    word TEXT NOT NULL,
    about_id TEXT NOT NULL,
    PRIMARY KEY (business_id, kind, word, about_id)
) WITHOUT ROWID;
CREATE INDEX search_word_about ON search_word (about_id);

-- The list of customers by name, from where the last page ended.
DROP INDEX customer_name;
CREATE INDEX customer_name ON customer (business_id, name_key, id);
CREATE INDEX customer_email ON customer (business_id, email) WHERE email IS NOT NULL;

-- The lists of bookings and renewals, of one status (and kind) each: a page of several is merged from theirs.
CREATE INDEX booking_list ON booking (business_id, status, starts_at, id);
CREATE INDEX renewal_list ON renewal (business_id, kind, status, ends_on, id);
