import fc from 'fast-check'

/** Ids of records that exist, by what paths and fields call them. */
export interface KnownRecords {
  readonly subnet: string
  readonly 'subnet-pool': string
  readonly 'address-scope': string
  readonly token: string
}

/** Held in the known subnet. */
export const heldAddress = '10.0.0.5'

const label = fc.dictionary(fc.constantFrom('rack', 'room', 'é'), fc.constantFrom('1', 'b', ''), {
  maxKeys: 2,
})
const addressIn = (first: number, last: number) =>
  fc.integer({ min: first, max: last }).map((host) => `10.0.0.${host}`)
const prefixOf = (length: 16 | 24) =>
  fc
    .tuple(fc.integer({ min: 5, max: 40 }), fc.nat(255))
    .map(([a, b]) => (length === 16 ? `10.${a}.0.0/16` : `10.${a}.${b}.0/24`))

/**
 * What a field or parameter of this name is mostly given, so that requests get beyond the checks of single values. What is
 * not named here is filled by its schema.
 */
export function plausibleValues(
  known: KnownRecords,
): Readonly<Record<string, fc.Arbitrary<unknown>>> {
  return {
    cidr: fc.oneof(prefixOf(24), fc.constantFrom('2001:db8::/64', '10.4.0.0/26', '10.0.0.0/24')),
    contains: addressIn(0, 255),
    prefixes: fc.uniqueArray(prefixOf(16), { minLength: 1, maxLength: 3 }),
    add: fc.uniqueArray(prefixOf(16), { minLength: 1, maxLength: 2 }),
    remove: fc.constantFrom(['10.4.0.0/16'], ['10.4.128.0/17']),
    gateway: fc.constantFrom('auto', null, '10.0.0.1'),
    allocationPools: fc.constantFrom([], [{ first: '10.0.0.10', last: '10.0.0.99' }]),
    address: fc.oneof(fc.constant(heldAddress), addressIn(2, 254)),
    mac: fc.constantFrom('00:11:22:33:44:55', '0011.2233.4455', '02-00-00-00-00-01'),
    name: fc.constantFrom('n', 'web', 'é', '网络'),
    hostName: fc.constantFrom('a', 'a.example'),
    kind: fc.constantFrom('host', 'port', 'gateway'),
    holderKind: fc.constantFrom('host', 'port'),
    holderId: fc.constantFrom('a', 'b'),
    labels: label,
    label: fc.constantFrom('rack:1', 'room:'),
    quota: fc.constantFrom(null, '0', '1000', String(1n << 128n)),
    count: fc.integer({ min: 1, max: 12 }),
    ttlSeconds: fc.integer({ min: 1, max: 1000 }),
    coolingSeconds: fc.integer({ min: 0, max: 100 }),
    expiresInSeconds: fc.option(fc.integer({ min: 1, max: 1000 })),
    prefixLength: fc.integer({ min: 24, max: 30 }),
    minPrefixLength: fc.integer({ min: 8, max: 20 }),
    defaultPrefixLength: fc.integer({ min: 20, max: 26 }),
    maxPrefixLength: fc.integer({ min: 26, max: 32 }),
    subnetPoolId: fc.constant(known['subnet-pool']),
    addressScopeId: fc.constant(known['address-scope']),
    subnetIds: fc.constantFrom([known.subnet], [known.subnet, known.subnet]),
    projectId: fc.constantFrom('default', 'p'),
    description: fc.constant('for a test'),
    limit: fc.integer({ min: 1, max: 1000 }),
    at: fc.constantFrom('2026-01-01T00:00:00Z', '2030-01-01T00:00:00.5+01:00'),
    expiresAt: fc.constantFrom(null, '2099-01-01T00:00:00Z'),
    // Of a plan.
    key: fc.constantFrom('a', 'b'),
    addressScope: fc.constantFrom('default-4', 'a', 'b'),
    subnetPool: fc.constant('a'),
    subnet: fc.constantFrom('a', 'b'),
    source: fc.constant('row 1'),
  }
}
