-- A provider's ids come in no order: an index of them costs a page for every message that is sent. Attempts are found
-- by their own id, which the provider calls back with, by their message, or by the time in their id.
DROP INDEX attempt_provider;
DROP INDEX attempt_text;
