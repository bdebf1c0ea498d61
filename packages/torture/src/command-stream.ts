import { RandomStream } from './random-stream.ts'
import type { SubnetRole } from './topology.ts'

/**
 * What a worker is to do next. `pick` chooses among what it holds, or finds, when the command's turn comes: which addresses
 * those are depends on the answers, everything else on the seed alone.
 */
export type Command =
  | {
      readonly kind: 'allocate'
      readonly roles: readonly SubnetRole[]
      readonly request: 'any' | 'next' | 'specific' | 'bulk' | 'eui64'
      readonly count: number
      readonly ttlSeconds: number | null
      readonly pick: number
      readonly hasKey: boolean
      /** Sends the same request again, under the same key, while the first is under way. */
      readonly isRepeated: boolean
    }
  | { readonly kind: 'release'; readonly pick: number; readonly isRepeated: boolean }
  | { readonly kind: 'release-found'; readonly role: SubnetRole; readonly pick: number }
  | { readonly kind: 'get'; readonly role: SubnetRole; readonly pick: number }
  | { readonly kind: 'utilization'; readonly role: SubnetRole }
  | {
      readonly kind: 'cut'
      readonly role: 'cut' | 'quota'
      readonly project: number
      readonly hasKey: boolean
    }
  | {
      readonly kind: 'delete-found'
      readonly role: 'cut' | 'quota'
      readonly pick: number
      readonly cascade: boolean
    }
  | { readonly kind: 'allocate-in-found'; readonly pick: number; readonly hasKey: boolean }
  | { readonly kind: 'set-allocation-pools'; readonly layout: number }
  | { readonly kind: 'set-prefixes'; readonly withExtra: boolean }

const requestKinds = [
  ...Array<'any'>(10).fill('any'),
  ...Array<'next'>(4).fill('next'),
  ...Array<'specific'>(4).fill('specific'),
  ...Array<'bulk'>(2).fill('bulk'),
]

const roles: readonly SubnetRole[] = [
  'wide',
  'wide',
  'small',
  'small',
  'edited',
  'cooling',
  'leased',
  'leased',
  'ipv6',
]

const weights: readonly (readonly [Command['kind'], number])[] = [
  ['allocate', 40],
  ['release', 34],
  ['release-found', 6],
  ['get', 4],
  ['utilization', 3],
  ['cut', 4],
  ['delete-found', 4],
  ['allocate-in-found', 3],
  ['set-allocation-pools', 1],
  ['set-prefixes', 1],
]
const totalWeight = weights.reduce((sum, [, weight]) => sum + weight, 0)

/** The endless commands of one worker: a pure function of seed, worker number and incarnation. */
export function* commandStream(
  seed: string,
  worker: number,
  incarnation: number,
): Generator<Command, never> {
  const random = new RandomStream(`${seed}/${worker}/${incarnation}`)
  for (;;) yield command(random)
}

function command(random: RandomStream): Command {
  const kind = kindOf(random)
  switch (kind) {
    case 'allocate':
      return allocation(random)
    case 'release':
      return { kind, pick: random.fraction(), isRepeated: random.chance(0.05) }
    case 'release-found':
    case 'get':
      return { kind, role: random.pick(roles), pick: random.fraction() }
    case 'utilization':
      return { kind, role: random.pick(roles) }
    case 'cut':
      return {
        kind,
        role: random.pick(['cut', 'quota']),
        project: random.below(2),
        hasKey: random.chance(0.5),
      }
    case 'delete-found':
      return {
        kind,
        role: random.pick(['cut', 'quota']),
        pick: random.fraction(),
        cascade: random.chance(0.5),
      }
    case 'allocate-in-found':
      return { kind, pick: random.fraction(), hasKey: random.chance(0.5) }
    case 'set-allocation-pools':
      return { kind, layout: random.below(3) }
    default:
      return { kind, withExtra: random.chance(0.5) }
  }
}

function allocation(random: RandomStream): Command {
  const role = random.pick(roles)
  const kind = random.pick(requestKinds)
  const request = role === 'ipv6' && random.chance(0.3) ? 'eui64' : kind
  const second = random.pick(roles)
  const several =
    request !== 'specific' &&
    request !== 'eui64' &&
    role !== 'ipv6' &&
    second !== role &&
    random.chance(0.08)
  const hasKey = random.chance(0.4)
  return {
    kind: 'allocate',
    roles: several ? [role, second] : [role],
    request,
    count: 2 + random.below(7),
    ttlSeconds: role === 'leased' && random.chance(0.8) ? 1 : null,
    pick: random.fraction(),
    hasKey,
    isRepeated: hasKey && random.chance(0.1),
  }
}

function kindOf(random: RandomStream): Command['kind'] {
  let at = random.below(totalWeight)
  for (const [kind, weight] of weights) {
    if (at < weight) return kind
    at -= weight
  }
  return 'allocate'
}
