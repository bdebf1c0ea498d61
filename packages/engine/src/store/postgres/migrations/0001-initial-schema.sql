-- Addresses are 16 bytes, big-endian; an IPv4 address has 12 leading zero bytes. Their byte order is their numeric order,
-- on every database. Times are milliseconds since 1970 in UTC. Counts beyond 63 bits are decimal text.
-- Text is compared by its bytes, not by a language's rules.

CREATE TABLE setting (
  name text COLLATE "C" PRIMARY KEY,
  value text COLLATE "C" NOT NULL
);

CREATE TABLE address_scope (
  row_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  project_id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  labels text COLLATE "C" NOT NULL,
  origin text COLLATE "C" NOT NULL,
  ip_version integer NOT NULL,
  shared integer NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  revision bigint NOT NULL,
  -- Written first by every change of the scope's subnets or pool prefixes, and so the lock that keeps them disjoint.
  layout_revision bigint NOT NULL
);
-- Serves the list filter by name and the sort by name.
CREATE INDEX address_scope_by_name ON address_scope (name, row_key);

CREATE TABLE subnet_pool (
  row_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  project_id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  labels text COLLATE "C" NOT NULL,
  address_scope_key bigint NOT NULL REFERENCES address_scope (row_key),
  ip_version integer NOT NULL,
  min_prefix_length integer NOT NULL,
  default_prefix_length integer NOT NULL,
  max_prefix_length integer NOT NULL,
  quota text COLLATE "C",
  shared integer NOT NULL,
  is_default integer NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  revision bigint NOT NULL
);
CREATE INDEX subnet_pool_by_name ON subnet_pool (name, row_key);
-- Serves "is the scope in use" and the list filter by scope.
CREATE INDEX subnet_pool_by_scope ON subnet_pool (address_scope_key, row_key);

-- The key stops two pools of a scope from starting at one address; the scope's lock stops every other overlap.
CREATE TABLE pool_prefix (
  address_scope_key bigint NOT NULL REFERENCES address_scope (row_key),
  first bytea NOT NULL CHECK (octet_length(first) = 16),
  last bytea NOT NULL CHECK (octet_length(last) = 16),
  prefix_length integer NOT NULL,
  subnet_pool_key bigint NOT NULL REFERENCES subnet_pool (row_key),
  PRIMARY KEY (address_scope_key, first)
);
CREATE INDEX pool_prefix_by_pool ON pool_prefix (subnet_pool_key, first);

-- The parts of a pool that no subnet covers, as the fewest aligned prefixes.
CREATE TABLE free_block (
  subnet_pool_key bigint NOT NULL REFERENCES subnet_pool (row_key),
  first bytea NOT NULL CHECK (octet_length(first) = 16),
  last bytea NOT NULL CHECK (octet_length(last) = 16),
  prefix_length integer NOT NULL,
  PRIMARY KEY (subnet_pool_key, first)
);
-- Serves "the smallest free block that fits, lowest address first".
CREATE INDEX free_block_by_size ON free_block (subnet_pool_key, prefix_length, first);

-- Addresses that a project has cut from a pool.
CREATE TABLE pool_usage (
  subnet_pool_key bigint NOT NULL REFERENCES subnet_pool (row_key),
  project_id text COLLATE "C" NOT NULL,
  used text COLLATE "C" NOT NULL,
  PRIMARY KEY (subnet_pool_key, project_id)
);

CREATE TABLE subnet (
  row_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  project_id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  labels text COLLATE "C" NOT NULL,
  address_scope_key bigint NOT NULL REFERENCES address_scope (row_key),
  subnet_pool_key bigint REFERENCES subnet_pool (row_key),
  ip_version integer NOT NULL,
  first bytea NOT NULL CHECK (octet_length(first) = 16),
  last bytea NOT NULL CHECK (octet_length(last) = 16),
  prefix_length integer NOT NULL,
  gateway text COLLATE "C",
  -- `first-last` pairs with a comma between them.
  allocation_pools text COLLATE "C" NOT NULL,
  cooling_seconds integer NOT NULL,
  shared integer NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  revision bigint NOT NULL,
  -- Stops two subnets of a scope from starting at one address, on whatever path they come, and finds the neighbours of a
  -- new one.
  UNIQUE (address_scope_key, first)
);
CREATE INDEX subnet_by_name ON subnet (name, row_key);
CREATE INDEX subnet_by_pool ON subnet (subnet_pool_key, row_key);
-- Serves the sort and the filter by prefix.
CREATE INDEX subnet_by_prefix ON subnet (ip_version, first, row_key);

-- The only truth about who holds an address; its key is what makes a second holder impossible.
CREATE TABLE allocation (
  subnet_key bigint NOT NULL REFERENCES subnet (row_key),
  address bytea NOT NULL CHECK (octet_length(address) = 16),
  -- 0 allocated, 1 cooling
  state integer NOT NULL,
  -- When the lease or the cooling time ends.
  due_at bigint,
  project_id text COLLATE "C" NOT NULL,
  holder_kind text COLLATE "C",
  holder_id text COLLATE "C",
  holder_mac text COLLATE "C",
  holder_host_name text COLLATE "C",
  labels text COLLATE "C",
  created_at bigint NOT NULL,
  PRIMARY KEY (subnet_key, address)
);
-- Serves the sweep of what is due, over all subnets and in one.
CREATE INDEX allocation_by_due ON allocation (due_at) WHERE due_at IS NOT NULL;
-- Serves "everything that this holder holds".
CREATE INDEX allocation_by_holder ON allocation (holder_id) WHERE holder_id IS NOT NULL;

-- Exact counts of a part of a subnet, written in the transaction that changes its rows, and the lock that orders writers
-- of that part. A page that is not there has no row in it.
CREATE TABLE address_page (
  subnet_key bigint NOT NULL REFERENCES subnet (row_key),
  page bigint NOT NULL,
  -- Pool addresses of the page, or 2^53 - 1 where it has more.
  capacity bigint NOT NULL,
  -- Rows inside the allocation pools, cooling ones included.
  used bigint NOT NULL,
  cooling bigint NOT NULL,
  -- Rows outside the allocation pools.
  outside bigint NOT NULL,
  is_full integer NOT NULL,
  -- Every pool address of the page below this one is taken; the search for the lowest free one starts here.
  low bytea NOT NULL CHECK (octet_length(low) = 16),
  PRIMARY KEY (subnet_key, page)
) WITH (fillfactor = 50); -- every allocation rewrites a page: with room beside it, the indexes need not change
-- Serves "the pages with room" of a nearly full subnet, and the lowest of them.
CREATE INDEX address_page_with_room ON address_page (subnet_key, page) WHERE is_full = 0;

CREATE TABLE event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at bigint NOT NULL,
  action text COLLATE "C" NOT NULL,
  record_kind text COLLATE "C" NOT NULL,
  -- NULL for an allocation, which subnet_key and address name.
  record_id text COLLATE "C",
  subnet_key bigint,
  address bytea,
  project_id text COLLATE "C" NOT NULL,
  actor text COLLATE "C",
  request_id text COLLATE "C",
  state_before text COLLATE "C",
  state_after text COLLATE "C"
);
-- Serves "who had this address, and when".
CREATE INDEX event_by_address ON event (address, id) WHERE address IS NOT NULL;
-- Serves the names of subnets that are gone.
CREATE INDEX event_by_subnet ON event (subnet_key, id) WHERE address IS NULL AND subnet_key IS NOT NULL;

CREATE TABLE idempotency (
  project_id text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  fingerprint text COLLATE "C" NOT NULL,
  result text COLLATE "C" NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (project_id, idempotency_key)
);
-- Serves the sweep of keys that have had their time.
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
