-- The chain over the events, in the order in which they were found committed: each hash covers its event and the hash
-- before it, so that no event can be changed, taken out or moved without the rest of the chain showing it.
CREATE TABLE IF NOT EXISTS event_seal (
  seq BIGINT NOT NULL PRIMARY KEY,
  -- Stops an event from being sealed twice.
  event_id BIGINT NOT NULL UNIQUE,
  hash BINARY(32) NOT NULL
) ENGINE = InnoDB;

-- The end of the chain, in one row; written first by every sealing, and so the lock that lets only one run at a time.
CREATE TABLE IF NOT EXISTS event_seal_head (
  row_key INT NOT NULL PRIMARY KEY CHECK (row_key = 1),
  seq BIGINT NOT NULL,
  hash BINARY(32) NOT NULL,
  -- The highest event id that was sealed.
  last_event_id BIGINT NOT NULL,
  runs BIGINT NOT NULL
) ENGINE = InnoDB;
INSERT IGNORE INTO event_seal_head (row_key, seq, hash, last_event_id, runs)
VALUES (1, 0, UNHEX(REPEAT('00', 32)), 0, 0);

-- Event ids below the highest sealed one that were not there yet: their transactions were undone, or are still open.
CREATE TABLE IF NOT EXISTS event_gap (
  first_id BIGINT NOT NULL PRIMARY KEY,
  last_id BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
) ENGINE = InnoDB;
