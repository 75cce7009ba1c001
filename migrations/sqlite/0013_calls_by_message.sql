-- What came of the calls of a message, for its story: the unique index knows only the one that is still to be made.
CREATE INDEX call_of_message ON call (message_id);
