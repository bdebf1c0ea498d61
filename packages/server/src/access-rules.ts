/**
 * What a caller may be, from least to most. `anyone` needs no proof of who it is; `metrics` stands beside the others:
 * it may read the metrics, and nothing else that anyone may not.
 */
export type Role = 'anyone' | 'metrics' | 'reader' | 'operator' | 'admin'

const rank: Readonly<Record<Role, number>> = {
  anyone: 0,
  metrics: 0,
  reader: 1,
  operator: 2,
  admin: 3,
}

/**
 * Every rule that a route can name, and the least role that satisfies it. What a caller may see of other projects is
 * decided by the engine, record by record; a rule only opens or closes a route.
 */
export const accessRules = {
  'service:read': 'anyone',
  // Counts of all projects together would tell each what the others do. Open to `metrics` too, see `allows`.
  'metrics:read': 'admin',
  'address-scope:read': 'reader',
  'address-scope:write': 'operator',
  'subnet-pool:read': 'reader',
  'subnet-pool:write': 'operator',
  'subnet:read': 'reader',
  'subnet:write': 'operator',
  'network:read': 'reader',
  'network:write': 'operator',
  'port:read': 'reader',
  'port:write': 'operator',
  'quota:read': 'reader',
  'quota:write': 'admin',
  'allocation:read': 'reader',
  'allocation:allocate': 'operator',
  'allocation:release': 'operator',
  'utilization:read': 'reader',
  'address:read': 'reader',
  'event:read': 'reader',
  'plan:export': 'reader',
  'plan:import': 'operator',
  'check:run': 'admin',
  'audit:verify': 'admin',
  // Seeing and renewing the very token that is shown; those of others are for 'token:write'.
  'token:read': 'reader',
  'token:rotate': 'reader',
  'token:write': 'admin',
} as const satisfies Record<string, Role>

export type RuleName = keyof typeof accessRules

export function allows(rule: RuleName, role: Role): boolean {
  if (role === 'metrics' && rule === 'metrics:read') return true
  return rank[role] >= rank[accessRules[rule]]
}

/** Start-up refuses a route without a known rule: nothing is open by omission. */
export function assertRule(route: string, rule: unknown): asserts rule is RuleName {
  if (typeof rule !== 'string' || !Object.hasOwn(accessRules, rule))
    throw new Error(`Route ${route} names no known access rule; see access-rules.ts.`)
}
