import type { AuditReport, CheckReport, Plan } from '@freehold/engine'
import type { Answer, Counts, Operation, RequestedAddresses } from './history-record.ts'

/** One call, as a worker makes it. */
export interface Call {
  readonly operationId: string
  readonly projectId: string
  readonly idempotencyKey: string | null
  readonly operation: Operation
}

/** The request as it is sent: what it comes to is for the target to find out. */
export function sentRequest(
  request: RequestedAddresses,
):
  | Exclude<RequestedAddresses, { kind: 'eui64' }>
  | { readonly kind: 'eui64'; readonly mac: string } {
  return request.kind === 'eui64' ? { kind: request.kind, mac: request.mac } : request
}

/** A call that brought no success. Unknown: it may have had its effect. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure'
  readonly code: string
  readonly isUnknown: boolean

  constructor(code: string, isUnknown: boolean, cause?: unknown) {
    super(`call failed: ${code}`, { cause })
    this.code = code
    this.isUnknown = isUnknown
  }
}

const awayCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'DATABASE_UNAVAILABLE',
  'OVERLOADED',
  'CONTENTION',
  'SERVER_BUSY',
  'SERVER_STOPPING',
])

/** Whether a code was not told by the target: nobody answered, or the connection broke. */
export function isOfConnection(code: string): boolean {
  return code === 'NO_ANSWER' || /^(E[A-Z]+|UND_ERR_.*)$/.test(code)
}

/** The target was not there, or too busy, and changed nothing. */
export function isAway(code: string | null): boolean {
  return code !== null && awayCodes.has(code)
}

/** What the final state needs of an event. */
export interface FeedEvent {
  readonly action: string
  readonly recordKind: string
  readonly recordId: string
  readonly address: string | null
  readonly requestId: string | null
  readonly before: unknown
  readonly after: unknown
}

export interface NewSubnetPool {
  readonly addressScopeId: string
  readonly name: string
  readonly prefixes: readonly string[]
  readonly minPrefixLength: number
  readonly defaultPrefixLength: number
  readonly maxPrefixLength: number
  readonly quota: bigint | null
  readonly shared: boolean
}

export interface NewSubnet {
  readonly addressScopeId: string
  readonly name: string
  readonly cidr: string
  readonly coolingSeconds: number
  readonly shared: boolean
}

export interface MadeSubnet {
  readonly id: string
  readonly gateway: string | null
  readonly allocationPools: readonly { readonly first: string; readonly last: string }[]
}

/** A Freehold, reached through its engine or over HTTP: by its public interface alone. */
export interface TargetClient {
  /** Throws CallFailure. */
  perform(call: Call): Promise<Answer>
  createAddressScope(name: string, ipVersion: 4 | 6): Promise<string>
  createSubnetPool(pool: NewSubnetPool): Promise<string>
  createSubnet(subnet: NewSubnet): Promise<MadeSubnet>
  /** Some subnets of a pool, to choose from; not part of the history. */
  listSubnetIds(subnetPoolId: string): Promise<string[]>
  /** Some held addresses of a subnet, to choose from; not part of the history. */
  listHeldAddresses(subnetId: string): Promise<string[]>
  exportPlan(): Promise<Plan>
  utilizationOf(subnetId: string): Promise<Counts & { readonly outsidePools: string }>
  readEvents(
    after: string | undefined,
  ): Promise<{ items: readonly FeedEvent[]; nextCursor: string }>
  check(): Promise<Pick<CheckReport, 'ok' | 'problems'>>
  /** Works the chain over the events out again. */
  verifyAudit(): Promise<Pick<AuditReport, 'ok' | 'firstBroken'>>
  close(): Promise<void>
}
