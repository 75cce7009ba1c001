-- What waits about an item is asked for at every answer and every plan, also what holds nothing.
DROP INDEX desk_item_holding;
CREATE INDEX desk_item_item ON desk_item (item_id) WHERE item_id IS NOT NULL;
