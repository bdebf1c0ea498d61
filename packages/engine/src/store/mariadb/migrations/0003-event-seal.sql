-- The chain over the events, in the order in which they were found committed: each hash covers its event and the hash
-- before it, so that no event can be changed, taken out or moved without the rest of the chain showing it.
CREATE TABLE IF NOT EXISTS event_seal (
  seq bigint PRIMARY KEY,
  -- Stops an event from being sealed twice.
  event_id bigint NOT NULL UNIQUE,
  hash binary(32) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- The end of the chain, in one row; written first by every sealing, and so the lock that lets only one run at a time.
CREATE TABLE IF NOT EXISTS event_seal_head (
  row_key integer PRIMARY KEY CHECK (row_key = 1),
  seq bigint NOT NULL,
  hash binary(32) NOT NULL,
  -- The highest event id that was sealed.
  last_event_id bigint NOT NULL,
  runs bigint NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
INSERT INTO event_seal_head (row_key, seq, hash, last_event_id, runs)
  VALUES (1, 0, REPEAT(CHAR(0), 32), 0, 0) ON DUPLICATE KEY UPDATE row_key = event_seal_head.row_key;

-- Event ids below the highest sealed one that were not there yet: their transactions were undone, or are still open.
CREATE TABLE IF NOT EXISTS event_gap (
  first_id bigint PRIMARY KEY,
  last_id bigint NOT NULL,
  seen_at bigint NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
