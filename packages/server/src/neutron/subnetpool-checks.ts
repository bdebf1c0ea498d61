import { addressBits, Prefix } from '@freehold/address'
import { NeutronError } from './neutron-error.ts'

/** The IP version of all prefixes. Throws NeutronError EmptySubnetPoolPrefixList, PrefixVersionMismatch. */
export function poolVersion(prefixes: readonly string[]): 4 | 6 {
  const [first, ...rest] = prefixes.map((prefix) => Prefix.parse(prefix).version)
  if (first === undefined)
    throw new NeutronError(400, 'EmptySubnetPoolPrefixList', 'Empty subnet pool prefix list.')
  if (rest.some((version) => version !== first))
    throw new NeutronError(
      400,
      'PrefixVersionMismatch',
      'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.',
    )
  return first
}

export interface PrefixBounds {
  readonly min: number
  readonly default: number
  readonly max: number
}

/** Throws NeutronError IllegalSubnetPoolPrefixBounds, in Neutron's order. */
export function checkPrefixBounds(version: 4 | 6, bounds: PrefixBounds): void {
  const bits = addressBits(version)
  if (bounds.max > bits) throw illegal('max_prefixlen', bounds.max, 'ip_version_max', bits)
  if (bounds.min < 1) throw illegal('min_prefixlen', bounds.min, 'ip_version_min', 1)
  if (bounds.min > bounds.max)
    throw illegal('min_prefixlen', bounds.min, 'max_prefixlen', bounds.max)
  if (bounds.default < bounds.min)
    throw illegal('default_prefixlen', bounds.default, 'min_prefixlen', bounds.min)
  if (bounds.default > bounds.max)
    throw illegal('default_prefixlen', bounds.default, 'max_prefixlen', bounds.max)
}

/** An update of `prefixes` may only add. Throws NeutronError IllegalSubnetPoolPrefixUpdate. */
export function checkPrefixesStay(before: readonly string[], after: readonly string[]): void {
  const wider = after.map((prefix) => Prefix.parse(prefix))
  const isKept = before.every((prefix) => {
    const old = Prefix.parse(prefix)
    return wider.some((one) => one.contains(old)) || halvesKept(old, wider)
  })
  if (!isKept) throw illegalUpdate('Existing prefixes must be a subset of the new prefixes.')
}

export function illegalUpdate(reason: string): NeutronError {
  return new NeutronError(
    400,
    'IllegalSubnetPoolPrefixUpdate',
    `Illegal update to prefixes: ${reason}`,
  )
}

// The pool merges neighbours, and a client may go on naming the two that it gave.
function halvesKept(old: Prefix, wider: readonly Prefix[]): boolean {
  const inside = wider.filter((one) => old.contains(one))
  if (inside.length < 2) return false
  const size = inside.reduce((sum, one) => sum + one.size, 0n)
  const isDisjoint = inside.every((one, index) =>
    inside.slice(index + 1).every((other) => !one.overlaps(other)),
  )
  return isDisjoint && size === old.size
}

function illegal(name: string, value: number, limitName: string, limit: number): NeutronError {
  return new NeutronError(
    400,
    'IllegalSubnetPoolPrefixBounds',
    `Illegal prefix bounds: ${name}=${value}, ${limitName}=${limit}.`,
  )
}
