import type { Ipam } from '@freehold/engine'
import {
  type Pseudonymize,
  type PseudonymKind,
  pseudonymKinds,
  pseudonym as pseudonymOf,
} from '../pseudonyms.ts'
import { readLogKeys } from './log-keys.ts'
import { holderSubject } from './request-subjects.ts'

/** What a pseudonym stood for. */
export interface RevealedIdentifier {
  readonly kind: (typeof pseudonymKinds)[PseudonymKind]
  readonly identifier: string
  /** When the key was made under which it reads so. */
  readonly keyCreatedAt: string
}

type Seen = (kind: PseudonymKind, identifier: string | null | undefined) => void

/**
 * Finds what a pseudonym of a log or a metric stands for, under the key in use or an older one, among all records that
 * there are and all that the events tell of. Linear in both. Null when the text is no pseudonym.
 */
export async function revealPseudonym(
  ipam: Ipam,
  pseudonym: string,
): Promise<readonly RevealedIdentifier[] | null> {
  const [, wanted] = /^([a-z]+)_[0-9a-f]{12}$/.exec(pseudonym) ?? []
  if (wanted === undefined || !Object.hasOwn(pseudonymKinds, wanted)) return null
  const keys = await readLogKeys(ipam)
  const found = new Map<string, RevealedIdentifier>()
  const tried = new Set<string>()
  await walkIdentifiers(ipam, (kind, identifier) => {
    if (kind !== wanted || identifier === null || identifier === undefined || tried.has(identifier))
      return
    tried.add(identifier)
    for (const { key, createdAt } of keys)
      if (pseudonymOf(key, kind, identifier) === pseudonym)
        found.set(identifier, {
          kind: pseudonymKinds[kind],
          identifier,
          keyCreatedAt: createdAt,
        })
  })
  return [...found.values()]
}

/** For `--log-identifiers`: identifiers as they are, behind the kind that a pseudonym would have. */
export const plainIdentifiers: Pseudonymize = (_kind, identifier) => identifier

async function walkIdentifiers(ipam: Ipam, seen: Seen): Promise<void> {
  const owned = (kind: PseudonymKind) => (record: { id: string; projectId: string }) => {
    seen(kind, record.id)
    seen('prj', record.projectId)
  }
  const { addressScopes, subnetPools, subnets, documents } = ipam
  await eachOf((options) => addressScopes.list({}, options), owned('scp'))
  await eachOf((options) => subnetPools.list({}, options), owned('pool'))
  await eachOf((options) => subnets.list({}, options), owned('sub'))
  for (const [collection, kind] of [
    ['neutron-network', 'net'],
    ['neutron-port', 'prt'],
    ['token', 'tok'],
  ] as const)
    await eachOf((options) => documents.list(collection, {}, options), owned(kind))
  await walkEvents(ipam, seen)
}

async function walkEvents({ events }: Ipam, seen: Seen): Promise<void> {
  for (let after: string | undefined; ; ) {
    const page = await events.list({ limit: 1000, ...(after === undefined ? {} : { after }) })
    for (const { recordKind, recordId, projectId, actor, ...states } of page.items) {
      seen('prj', projectId)
      const kind = kindOfRecord[recordKind]
      if (kind !== null) seen(kind, recordId)
      if (actor?.startsWith('token:')) seen('tok', actor.slice('token:'.length))
      else seen('act', actor)
      for (const state of [states.before, states.after]) seen('hld', holderOf(state))
    }
    if (page.items.length === 0) return
    after = page.nextCursor
  }
}

const kindOfRecord = {
  'address-scope': 'scp',
  'subnet-pool': 'pool',
  subnet: 'sub',
  // Its record id is that of its subnet.
  allocation: 'sub',
  network: 'net',
  port: 'prt',
  'subnet-attributes': 'sub',
  database: null,
  'subnet-pool-attributes': 'pool',
  // Its record id is that of its project.
  quota: 'prj',
  token: 'tok',
  document: null,
} as const

function holderOf(state: unknown): string | undefined {
  return holderSubject((state as { holder?: unknown } | null | undefined)?.holder)
}

async function eachOf<T>(
  list: (options: {
    limit: number
    cursor?: string
  }) => Promise<{ items: readonly T[]; nextCursor: string | null }>,
  work: (item: T) => void,
): Promise<void> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await list({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
    for (const item of page.items) work(item)
    cursor = page.nextCursor
  }
}
