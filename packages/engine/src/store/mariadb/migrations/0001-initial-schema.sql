-- Addresses are 16 bytes, big-endian; an IPv4 address has 12 leading zero bytes. Their byte order is their numeric order,
-- on every database. Times are milliseconds since 1970 in UTC. Counts beyond 63 bits are decimal text.
-- Text is compared to the letter (utf8mb4_nopad_bin), as on every other database. Every statement can be run again.

CREATE TABLE IF NOT EXISTS setting (
  name varchar(255) PRIMARY KEY,
  value varchar(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS address_scope (
  row_key bigint AUTO_INCREMENT PRIMARY KEY,
  id varchar(255) NOT NULL UNIQUE,
  project_id varchar(255) NOT NULL,
  name varchar(255) NOT NULL,
  labels longtext NOT NULL,
  origin varchar(32) NOT NULL,
  ip_version integer NOT NULL,
  shared integer NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  revision bigint NOT NULL,
  -- Written first by every change of the scope's subnets or pool prefixes, and so the lock that keeps them disjoint.
  layout_revision bigint NOT NULL,
  -- Serves the list filter by name and the sort by name.
  INDEX address_scope_by_name (name, row_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS subnet_pool (
  row_key bigint AUTO_INCREMENT PRIMARY KEY,
  id varchar(255) NOT NULL UNIQUE,
  project_id varchar(255) NOT NULL,
  name varchar(255) NOT NULL,
  labels longtext NOT NULL,
  address_scope_key bigint NOT NULL,
  ip_version integer NOT NULL,
  min_prefix_length integer NOT NULL,
  default_prefix_length integer NOT NULL,
  max_prefix_length integer NOT NULL,
  quota varchar(64),
  shared integer NOT NULL,
  is_default integer NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  revision bigint NOT NULL,
  INDEX subnet_pool_by_name (name, row_key),
  -- Serves "is the scope in use" and the list filter by scope.
  INDEX subnet_pool_by_scope (address_scope_key, row_key),
  CONSTRAINT subnet_pool_address_scope_key FOREIGN KEY (address_scope_key) REFERENCES address_scope (row_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- The key stops two pools of a scope from starting at one address; the scope's lock stops every other overlap.
CREATE TABLE IF NOT EXISTS pool_prefix (
  address_scope_key bigint NOT NULL,
  first binary(16) NOT NULL,
  last binary(16) NOT NULL,
  prefix_length integer NOT NULL,
  subnet_pool_key bigint NOT NULL,
  PRIMARY KEY (address_scope_key, first),
  INDEX pool_prefix_by_pool (subnet_pool_key, first),
  CONSTRAINT pool_prefix_address_scope_key FOREIGN KEY (address_scope_key) REFERENCES address_scope (row_key),
  CONSTRAINT pool_prefix_subnet_pool_key FOREIGN KEY (subnet_pool_key) REFERENCES subnet_pool (row_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- The parts of a pool that no subnet covers, as the fewest aligned prefixes.
CREATE TABLE IF NOT EXISTS free_block (
  subnet_pool_key bigint NOT NULL,
  first binary(16) NOT NULL,
  last binary(16) NOT NULL,
  prefix_length integer NOT NULL,
  PRIMARY KEY (subnet_pool_key, first),
  -- Serves "the smallest free block that fits, lowest address first".
  INDEX free_block_by_size (subnet_pool_key, prefix_length, first),
  CONSTRAINT free_block_subnet_pool_key FOREIGN KEY (subnet_pool_key) REFERENCES subnet_pool (row_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Addresses that a project has cut from a pool.
CREATE TABLE IF NOT EXISTS pool_usage (
  subnet_pool_key bigint NOT NULL,
  project_id varchar(255) NOT NULL,
  used varchar(64) NOT NULL,
  PRIMARY KEY (subnet_pool_key, project_id),
  CONSTRAINT pool_usage_subnet_pool_key FOREIGN KEY (subnet_pool_key) REFERENCES subnet_pool (row_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS subnet (
  -- Never used twice: events name a subnet that is gone by it.
  row_key bigint AUTO_INCREMENT PRIMARY KEY,
  id varchar(255) NOT NULL UNIQUE,
  project_id varchar(255) NOT NULL,
  name varchar(255) NOT NULL,
  labels longtext NOT NULL,
  address_scope_key bigint NOT NULL,
  subnet_pool_key bigint,
  ip_version integer NOT NULL,
  first binary(16) NOT NULL,
  last binary(16) NOT NULL,
  prefix_length integer NOT NULL,
  gateway varchar(64),
  -- `first-last` pairs with a comma between them.
  allocation_pools longtext NOT NULL,
  cooling_seconds integer NOT NULL,
  shared integer NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  revision bigint NOT NULL,
  -- Stops two subnets of a scope from starting at one address, on whatever path they come, and finds the neighbours of a
  -- new one.
  UNIQUE (address_scope_key, first),
  INDEX subnet_by_name (name, row_key),
  INDEX subnet_by_pool (subnet_pool_key, row_key),
  -- Serves the sort and the filter by prefix.
  INDEX subnet_by_prefix (ip_version, first, row_key),
  CONSTRAINT subnet_address_scope_key FOREIGN KEY (address_scope_key) REFERENCES address_scope (row_key),
  CONSTRAINT subnet_subnet_pool_key FOREIGN KEY (subnet_pool_key) REFERENCES subnet_pool (row_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- The only truth about who holds an address; its key is what makes a second holder impossible.
CREATE TABLE IF NOT EXISTS allocation (
  subnet_key bigint NOT NULL,
  address binary(16) NOT NULL,
  -- 0 allocated, 1 cooling
  state integer NOT NULL,
  -- When the lease or the cooling time ends.
  due_at bigint,
  project_id varchar(255) NOT NULL,
  holder_kind varchar(255),
  holder_id varchar(255),
  holder_mac varchar(64),
  holder_host_name varchar(255),
  labels longtext,
  created_at bigint NOT NULL,
  PRIMARY KEY (subnet_key, address),
  -- Serves the sweep of what is due, over all subnets and in one.
  INDEX allocation_by_due (due_at),
  -- Serves "everything that this holder holds".
  INDEX allocation_by_holder (holder_id),
  CONSTRAINT allocation_subnet_key FOREIGN KEY (subnet_key) REFERENCES subnet (row_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

-- Exact counts of a part of a subnet, written in the transaction that changes its rows, and the lock that orders writers
-- of that part. A page that is not there has no row in it.
CREATE TABLE IF NOT EXISTS address_page (
  subnet_key bigint NOT NULL,
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
  low binary(16) NOT NULL,
  PRIMARY KEY (subnet_key, page),
  -- Serves "the pages with room" of a nearly full subnet, and the lowest of them.
  INDEX address_page_with_room (subnet_key, is_full, page),
  CONSTRAINT address_page_subnet_key FOREIGN KEY (subnet_key) REFERENCES subnet (row_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS event (
  id bigint AUTO_INCREMENT PRIMARY KEY,
  at bigint NOT NULL,
  action varchar(32) NOT NULL,
  record_kind varchar(32) NOT NULL,
  -- NULL for an allocation, which subnet_key and address name.
  record_id varchar(255),
  subnet_key bigint,
  address binary(16),
  project_id varchar(255) NOT NULL,
  actor varchar(255),
  request_id varchar(255),
  state_before longtext,
  state_after longtext,
  -- Serves "who had this address, and when".
  INDEX event_by_address (address, id),
  -- Serves the names of subnets that are gone.
  INDEX event_by_subnet (subnet_key, address, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS idempotency (
  project_id varchar(255) NOT NULL,
  idempotency_key varchar(255) NOT NULL,
  fingerprint varchar(255) NOT NULL,
  result longtext NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (project_id, idempotency_key),
  -- Serves the sweep of keys that have had their time.
  INDEX idempotency_by_expiry (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
