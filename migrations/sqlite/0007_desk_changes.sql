-- What users change of bookings and renewals at the desk.

-- Each change, for as long as it can be undone and a little longer (`outbound/desk_change`).
CREATE TABLE desk_change (
    -- Made by the page that shows what the change would do: pressing its button twice is one change.
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES business (id),
    item_kind TEXT NOT NULL CHECK (item_kind IN ('booking', 'renewal')),
    item_id TEXT NOT NULL,
    -- The item's after the change.
    revision BIGINT NOT NULL CHECK (revision >= 1),
    -- JSON of the item; NULL: it was added.
    before TEXT,
    after TEXT NOT NULL,
    -- JSON: the ids of the questions that the change closed. What it closed in the inbox bears its moment.
    questions TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    -- Nothing that follows from it is sent before.
    undo_until BIGINT NOT NULL,
    undone_at BIGINT
);
CREATE INDEX desk_change_item ON desk_change (item_id, made_at);

-- How its file left an item that was changed at the desk since: what a row still says so says nothing new.
CREATE TABLE file_said (
    item_id TEXT NOT NULL PRIMARY KEY,
    item_kind TEXT NOT NULL CHECK (item_kind IN ('booking', 'renewal')),
    -- JSON of the item.
    said TEXT NOT NULL
);
