-- Serves "who had this address, and when". In place of an index that every event adds to at a random place: a commit would
-- write a page of the file more for every address. Events are entered by some thousand at once, in the order of addresses;
-- the last ones, which are not in it yet, are found by their ids.
CREATE TABLE event_address (
  address BLOB NOT NULL,
  event_id INTEGER NOT NULL,
  PRIMARY KEY (address, event_id)
) STRICT, WITHOUT ROWID;

-- The last event that has been entered, in one row.
CREATE TABLE event_address_end (
  row_key INTEGER PRIMARY KEY CHECK (row_key = 1),
  event_id INTEGER NOT NULL
) STRICT;

INSERT INTO event_address SELECT address, id FROM event WHERE address IS NOT NULL;
INSERT INTO event_address_end SELECT 1, coalesce(max(id), 0) FROM event;
DROP INDEX event_by_address;

CREATE TRIGGER event_address_entry AFTER INSERT ON event
WHEN NEW.id >= (SELECT event_id + 4096 FROM event_address_end WHERE row_key = 1)
BEGIN
  INSERT INTO event_address
    SELECT address, id FROM event
    WHERE id > (SELECT event_id FROM event_address_end WHERE row_key = 1) AND address IS NOT NULL
    ORDER BY address, id;
  UPDATE event_address_end SET event_id = NEW.id;
END;
