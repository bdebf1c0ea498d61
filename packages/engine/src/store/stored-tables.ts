/** A table as a copy of a whole database sees it. */
export interface StoredTable {
  readonly name: string
  readonly columns: readonly string[]
  /** The primary key, in whose order the table is read; one column or two. */
  readonly key: readonly [string] | readonly [string, string]
  /** The columns, first this table's own, that say which of its generated keys were ever given out. */
  readonly generatedKey?: readonly KeyColumn[]
}

export interface KeyColumn {
  readonly table: string
  readonly column: string
}

/**
 * Every table that holds facts, parents before their children. `migration` is not among them: it says what this very
 * database has been through.
 */
export const storedTables: readonly StoredTable[] = [
  { name: 'setting', columns: ['name', 'value'], key: ['name'] },
  {
    name: 'address_scope',
    columns: [
      'row_key',
      'id',
      'project_id',
      'name',
      'labels',
      'origin',
      'ip_version',
      'shared',
      'created_at',
      'updated_at',
      'revision',
      'layout_revision',
    ],
    key: ['row_key'],
    generatedKey: [{ table: 'address_scope', column: 'row_key' }],
  },
  {
    name: 'subnet_pool',
    columns: [
      'row_key',
      'id',
      'project_id',
      'name',
      'labels',
      'address_scope_key',
      'ip_version',
      'min_prefix_length',
      'default_prefix_length',
      'max_prefix_length',
      'quota',
      'shared',
      'is_default',
      'created_at',
      'updated_at',
      'revision',
    ],
    key: ['row_key'],
    generatedKey: [{ table: 'subnet_pool', column: 'row_key' }],
  },
  {
    name: 'pool_prefix',
    columns: ['address_scope_key', 'first', 'last', 'prefix_length', 'subnet_pool_key'],
    key: ['address_scope_key', 'first'],
  },
  {
    name: 'free_block',
    columns: ['subnet_pool_key', 'first', 'last', 'prefix_length'],
    key: ['subnet_pool_key', 'first'],
  },
  {
    name: 'pool_usage',
    columns: ['subnet_pool_key', 'project_id', 'used'],
    key: ['subnet_pool_key', 'project_id'],
  },
  {
    name: 'subnet',
    columns: [
      'row_key',
      'id',
      'project_id',
      'name',
      'labels',
      'address_scope_key',
      'subnet_pool_key',
      'ip_version',
      'first',
      'last',
      'prefix_length',
      'gateway',
      'allocation_pools',
      'cooling_seconds',
      'shared',
      'created_at',
      'updated_at',
      'revision',
    ],
    key: ['row_key'],
    // Events name a subnet that is gone by its key, so the key of one must never become another's.
    generatedKey: [
      { table: 'subnet', column: 'row_key' },
      { table: 'event', column: 'subnet_key' },
    ],
  },
  {
    name: 'allocation',
    columns: [
      'subnet_key',
      'address',
      'state',
      'due_at',
      'project_id',
      'holder_kind',
      'holder_id',
      'holder_mac',
      'holder_host_name',
      'labels',
      'created_at',
    ],
    key: ['subnet_key', 'address'],
  },
  {
    name: 'address_page',
    columns: ['subnet_key', 'page', 'capacity', 'used', 'cooling', 'outside', 'is_full', 'low'],
    key: ['subnet_key', 'page'],
  },
  {
    name: 'event',
    columns: [
      'id',
      'at',
      'action',
      'record_kind',
      'record_id',
      'subnet_key',
      'address',
      'project_id',
      'actor',
      'request_id',
      'state_before',
      'state_after',
    ],
    key: ['id'],
    // An event that was sealed or found missing must not come back with another content.
    generatedKey: [
      { table: 'event', column: 'id' },
      { table: 'event_seal_head', column: 'last_event_id' },
      { table: 'event_gap', column: 'last_id' },
    ],
  },
  { name: 'event_seal', columns: ['seq', 'event_id', 'hash'], key: ['seq'] },
  {
    name: 'event_seal_head',
    columns: ['row_key', 'seq', 'hash', 'last_event_id', 'runs'],
    key: ['row_key'],
  },
  { name: 'event_gap', columns: ['first_id', 'last_id', 'seen_at'], key: ['first_id'] },
  {
    name: 'idempotency',
    columns: ['project_id', 'idempotency_key', 'fingerprint', 'result', 'expires_at'],
    key: ['project_id', 'idempotency_key'],
  },
  {
    name: 'document',
    columns: [
      'row_key',
      'collection',
      'id',
      'project_id',
      'name',
      'parent_id',
      'reference',
      'unique_key',
      'shared',
      'body',
      'created_at',
      'updated_at',
      'revision',
    ],
    key: ['row_key'],
    generatedKey: [{ table: 'document', column: 'row_key' }],
  },
]
