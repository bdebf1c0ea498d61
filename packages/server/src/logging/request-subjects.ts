import { AddressError, IpAddress } from '@freehold/address'
import type { FastifyRequest } from 'fastify'
import type { Pseudonymize, PseudonymKind } from '../pseudonyms.ts'

/** What a request was about, as a log line may say it. */
export interface RequestSubjects {
  readonly addressScope?: string
  readonly subnetPool?: string
  readonly subnet?: string
  readonly network?: string
  readonly port?: string
  readonly token?: string
  readonly holder?: string
  /** The block around the address that was named: /16 of IPv4, /32 of IPv6. */
  readonly addressPrefix?: string
}

const collections: Readonly<Record<string, { field: keyof RequestSubjects; kind: PseudonymKind }>> =
  {
    'address-scopes': { field: 'addressScope', kind: 'scp' },
    'subnet-pools': { field: 'subnetPool', kind: 'pool' },
    subnetpools: { field: 'subnetPool', kind: 'pool' },
    subnets: { field: 'subnet', kind: 'sub' },
    networks: { field: 'network', kind: 'net' },
    ports: { field: 'port', kind: 'prt' },
    tokens: { field: 'token', kind: 'tok' },
  }

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const longestHolder = 320

/** Costs the same for every request: what is not an id, a holder or an address of bounded length is left out. */
export function requestSubjects(
  request: FastifyRequest,
  template: string,
  pseudonymize: Pseudonymize,
): RequestSubjects {
  const { id, address } = request.params as { id?: string; address?: string }
  const [, collection = ''] = /^\/v[0-9.]+\/([a-z-]+)\/\{id\}/.exec(template) ?? []
  const record = collections[collection]
  const holder = holderSubject((request.body as { holder?: unknown } | null | undefined)?.holder)
  const prefix = maskedAddress(address)
  return {
    ...(record === undefined || id === undefined || !uuidPattern.test(id)
      ? {}
      : { [record.field]: pseudonymize(record.kind, id.toLowerCase()) }),
    ...(holder === undefined ? {} : { holder: pseudonymize('hld', holder) }),
    ...(prefix === undefined ? {} : { addressPrefix: prefix }),
  }
}

/** What a holder's pseudonym is made of: `kind:id`. Undefined for whatever is no holder. */
export function holderSubject(holder: unknown): string | undefined {
  const { kind, id } = (holder ?? {}) as { kind?: unknown; id?: unknown }
  if (typeof kind !== 'string' || typeof id !== 'string') return undefined
  return kind.length + id.length > longestHolder ? undefined : `${kind}:${id}`
}

// Wider than the usual subnet, which a /24 or /64 would name in spite of its pseudonym.
function maskedAddress(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 45) return undefined
  try {
    const address = IpAddress.parse(text)
    const length = address.version === 4 ? 16 : 32
    return `${address.maskTo(length)}/${length}`
  } catch (error) {
    if (error instanceof AddressError) return undefined
    throw error
  }
}
