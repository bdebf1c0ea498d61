-- The chain over the events, in the order in which they were found committed: each hash covers its event and the hash
-- before it, so that no event can be changed, taken out or moved without the rest of the chain showing it.
CREATE TABLE event_seal (
  seq bigint PRIMARY KEY,
  -- Stops an event from being sealed twice.
  event_id bigint NOT NULL UNIQUE,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

-- The end of the chain, in one row; written first by every sealing, and so the lock that lets only one run at a time.
CREATE TABLE event_seal_head (
  row_key integer PRIMARY KEY CHECK (row_key = 1),
  seq bigint NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  -- The highest event id that was sealed.
  last_event_id bigint NOT NULL,
  runs bigint NOT NULL
);
INSERT INTO event_seal_head (row_key, seq, hash, last_event_id, runs)
  VALUES (1, 0, decode(repeat('00', 32), 'hex'), 0, 0);

-- Event ids below the highest sealed one that were not there yet: their transactions were undone, or are still open.
CREATE TABLE event_gap (
  first_id bigint PRIMARY KEY,
  last_id bigint NOT NULL,
  seen_at bigint NOT NULL
);
