//! What an export leaves out, and why: tables, and columns of those that are in it.

/// Tables that refer to a customer, or may, and are in no export, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    (
        "search_word",
        "the words of names, vehicles and policies once more, to find them by",
    ),
    (
        "erased_withdrawal",
        "hashes of people who were erased: nobody of a name is in it",
    ),
    ("desk_user", "who works at the desk"),
    (
        "desk_change",
        "what can still be undone: gone within a day, and the history tells it",
    ),
    (
        "file_said",
        "a booking or renewal as a file last had it, to compare the next file by",
    ),
    ("test_message", "what users have sent to themselves"),
    ("conversation", "whether something waits: the rows of the inbox tell it"),
    ("business", "the business's own address"),
];

/// Columns of tables that are in the export, and are not in it themselves, and why. `*`: of any table.
pub const LEFT_OUT_COLUMNS: &[(&str, &str, &str)] = &[
    ("*", "business_id", "the export names its business once"),
    ("*", "customer_id", "whose export it is"),
    ("customer", "name_key", "the name once more, to compare it by"),
    ("customer", "erased", "of somebody who was erased there is no export"),
    ("answer", "token", "the form that it was sent with"),
    ("overruled", "sought", "the value once more, to compare it by"),
    ("message", "lane", "the queue that it waits in"),
    ("message", "lease_owner", "the process that is sending it just now"),
    ("message", "lease_until", "the process that is sending it just now"),
    ("attempt", "stage", "the provider's word as a number"),
    ("attempt", "look_at", "when the provider is asked next"),
    ("attempt", "looks", "how often the provider was asked"),
    ("receipt", "id", "ours alone"),
    ("receipt", "read_at", "when the program got round to it"),
    ("inbound", "read_at", "when the program got round to it"),
    (
        "link",
        "token_hash",
        "whoever has the token can answer in the customer's name",
    ),
    ("note", "user_id", "the note has its author's name"),
];
