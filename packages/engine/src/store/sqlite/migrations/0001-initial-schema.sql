-- Addresses are 16 bytes, big-endian; an IPv4 address has 12 leading zero bytes. Their byte order is their numeric order,
-- on every database. Times are milliseconds since 1970 in UTC. Counts beyond 63 bits are decimal text.

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE address_scope (
  row_key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL,
  name TEXT NOT NULL,
  labels TEXT NOT NULL,
  origin TEXT NOT NULL,
  ip_version INTEGER NOT NULL,
  shared INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  -- Written first by every change of the scope's subnets or pool prefixes, and so the lock that keeps them disjoint.
  layout_revision INTEGER NOT NULL
) STRICT;
-- Serves the list filter by name and the sort by name.
CREATE INDEX address_scope_by_name ON address_scope (name, row_key);

CREATE TABLE subnet_pool (
  row_key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL,
  name TEXT NOT NULL,
  labels TEXT NOT NULL,
  address_scope_key INTEGER NOT NULL REFERENCES address_scope (row_key),
  ip_version INTEGER NOT NULL,
  min_prefix_length INTEGER NOT NULL,
  default_prefix_length INTEGER NOT NULL,
  max_prefix_length INTEGER NOT NULL,
  quota TEXT,
  shared INTEGER NOT NULL,
  is_default INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX subnet_pool_by_name ON subnet_pool (name, row_key);
-- Serves "is the scope in use" and the list filter by scope.
CREATE INDEX subnet_pool_by_scope ON subnet_pool (address_scope_key, row_key);

-- The key stops two pools of a scope from starting at one address; the scope's lock stops every other overlap.
CREATE TABLE pool_prefix (
  address_scope_key INTEGER NOT NULL REFERENCES address_scope (row_key),
  first BLOB NOT NULL CHECK (length(first) = 16),
  last BLOB NOT NULL CHECK (length(last) = 16),
  prefix_length INTEGER NOT NULL,
  subnet_pool_key INTEGER NOT NULL REFERENCES subnet_pool (row_key),
  PRIMARY KEY (address_scope_key, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX pool_prefix_by_pool ON pool_prefix (subnet_pool_key, first);

-- The parts of a pool that no subnet covers, as the fewest aligned prefixes.
CREATE TABLE free_block (
  subnet_pool_key INTEGER NOT NULL REFERENCES subnet_pool (row_key),
  first BLOB NOT NULL CHECK (length(first) = 16),
  last BLOB NOT NULL CHECK (length(last) = 16),
  prefix_length INTEGER NOT NULL,
  PRIMARY KEY (subnet_pool_key, first)
) STRICT, WITHOUT ROWID;
-- Serves "the smallest free block that fits, lowest address first".
CREATE INDEX free_block_by_size ON free_block (subnet_pool_key, prefix_length, first);

-- Addresses that a project has cut from a pool.
CREATE TABLE pool_usage (
  subnet_pool_key INTEGER NOT NULL REFERENCES subnet_pool (row_key),
  project_id TEXT NOT NULL,
  used TEXT NOT NULL,
  PRIMARY KEY (subnet_pool_key, project_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE subnet (
  -- Never used twice: events name a subnet that is gone by it.
  row_key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL,
  name TEXT NOT NULL,
  labels TEXT NOT NULL,
  address_scope_key INTEGER NOT NULL REFERENCES address_scope (row_key),
  subnet_pool_key INTEGER REFERENCES subnet_pool (row_key),
  ip_version INTEGER NOT NULL,
  first BLOB NOT NULL CHECK (length(first) = 16),
  last BLOB NOT NULL CHECK (length(last) = 16),
  prefix_length INTEGER NOT NULL,
  gateway TEXT,
  -- `first-last` pairs with a comma between them.
  allocation_pools TEXT NOT NULL,
  cooling_seconds INTEGER NOT NULL,
  shared INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  -- Stops two subnets of a scope from starting at one address, on whatever path they come, and finds the neighbours of a
  -- new one.
  UNIQUE (address_scope_key, first)
) STRICT;
CREATE INDEX subnet_by_name ON subnet (name, row_key);
CREATE INDEX subnet_by_pool ON subnet (subnet_pool_key, row_key);
-- Serves the sort and the filter by prefix.
CREATE INDEX subnet_by_prefix ON subnet (ip_version, first, row_key);

-- The only truth about who holds an address; its key is what makes a second holder impossible.
CREATE TABLE allocation (
  subnet_key INTEGER NOT NULL REFERENCES subnet (row_key),
  address BLOB NOT NULL CHECK (length(address) = 16),
  -- 0 allocated, 1 cooling
  state INTEGER NOT NULL,
  -- When the lease or the cooling time ends.
  due_at INTEGER,
  project_id TEXT NOT NULL,
  holder_kind TEXT,
  holder_id TEXT,
  holder_mac TEXT,
  holder_host_name TEXT,
  labels TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (subnet_key, address)
) STRICT, WITHOUT ROWID;
-- Serves the sweep of what is due, over all subnets and in one.
CREATE INDEX allocation_by_due ON allocation (due_at) WHERE due_at IS NOT NULL;
-- Serves "everything that this holder holds".
CREATE INDEX allocation_by_holder ON allocation (holder_id) WHERE holder_id IS NOT NULL;

-- Exact counts of a part of a subnet, written in the transaction that changes its rows, and the lock that orders writers
-- of that part. A page that is not there has no row in it.
CREATE TABLE address_page (
  subnet_key INTEGER NOT NULL REFERENCES subnet (row_key),
  page INTEGER NOT NULL,
  -- Pool addresses of the page, or 2^53 - 1 where it has more.
  capacity INTEGER NOT NULL,
  -- Rows inside the allocation pools, cooling ones included.
  used INTEGER NOT NULL,
  cooling INTEGER NOT NULL,
  -- Rows outside the allocation pools.
  outside INTEGER NOT NULL,
  is_full INTEGER NOT NULL,
  -- Every pool address of the page below this one is taken; the search for the lowest free one starts here.
  low BLOB NOT NULL CHECK (length(low) = 16),
  PRIMARY KEY (subnet_key, page)
) STRICT, WITHOUT ROWID;
-- Serves "the pages with room" of a nearly full subnet, and the lowest of them.
CREATE INDEX address_page_with_room ON address_page (subnet_key, page) WHERE is_full = 0;

CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  record_kind TEXT NOT NULL,
  -- NULL for an allocation, which subnet_key and address name.
  record_id TEXT,
  subnet_key INTEGER,
  address BLOB,
  project_id TEXT NOT NULL,
  actor TEXT,
  request_id TEXT,
  state_before TEXT,
  state_after TEXT
) STRICT;
-- Serves "who had this address, and when".
CREATE INDEX event_by_address ON event (address, id) WHERE address IS NOT NULL;
-- Serves the names of subnets that are gone.
CREATE INDEX event_by_subnet ON event (subnet_key, id) WHERE address IS NULL AND subnet_key IS NOT NULL;

CREATE TABLE idempotency (
  project_id TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  result TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, idempotency_key)
) STRICT, WITHOUT ROWID;
-- Serves the sweep of keys that have had their time.
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
