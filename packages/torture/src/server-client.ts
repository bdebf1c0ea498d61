import type { Plan } from '@freehold/engine'
import type { Answer, Counts } from './history-record.ts'
import {
  type Call,
  CallFailure,
  type FeedEvent,
  type MadeSubnet,
  sentRequest,
  type TargetClient,
} from './target-client.ts'

const timeoutMs = 40_000

interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly projectId?: string
  readonly idempotencyKey?: string | null
}

/** Calls servers over HTTP, one after the other in turn. */
export function serverClient(
  urls: readonly string[],
  options: { readonly token?: string } = {},
): TargetClient {
  let turn = 0
  const send = async <T>(request: Request): Promise<T> => {
    turn += 1
    return sendTo<T>(urls[turn % urls.length] as string, request, options.token)
  }
  const items = async <T>(path: string) =>
    (await send<{ items: T[] }>({ method: 'GET', path })).items
  const made = (path: string, body: unknown) => send<{ id: string }>({ method: 'POST', path, body })
  return {
    perform: (call) => perform(send, call),
    createAddressScope: async (name, ipVersion) =>
      (await made('/v1/address-scopes', { name, ipVersion })).id,
    createSubnetPool: async (pool) =>
      (await made('/v1/subnet-pools', { ...pool, quota: pool.quota?.toString() ?? null })).id,
    createSubnet: (body) => send<MadeSubnet>({ method: 'POST', path: '/v1/subnets', body }),
    listSubnetIds: async (subnetPoolId) =>
      (await items<{ id: string }>(`/v1/subnets?subnetPoolId=${subnetPoolId}`)).map(({ id }) => id),
    listHeldAddresses: async (subnetId) =>
      (await items<{ address: string }>(`/v1/subnets/${subnetId}/allocations?state=allocated`)).map(
        ({ address }) => address,
      ),
    exportPlan: () => send<Plan>({ method: 'GET', path: '/v1/plan' }),
    utilizationOf: (subnetId) =>
      send({ method: 'GET', path: `/v1/subnets/${subnetId}/utilization` }),
    readEvents: (after) =>
      send<{ items: FeedEvent[]; nextCursor: string }>({
        method: 'GET',
        path: `/v1/events?limit=1000${after === undefined ? '' : `&after=${after}`}`,
      }),
    check: () => send({ method: 'POST', path: '/v1/check' }),
    verifyAudit: () => send({ method: 'POST', path: '/v1/audit/verify', body: {} }),
    close: async () => {},
  }
}

async function sendTo<T>(url: string, request: Request, token: string | undefined): Promise<T> {
  const headers = new Headers()
  if (request.body !== undefined) headers.set('content-type', 'application/json')
  if (request.idempotencyKey) headers.set('idempotency-key', request.idempotencyKey)
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
  else if (request.projectId !== undefined) headers.set('x-project-id', request.projectId)
  const signal = AbortSignal.timeout(timeoutMs)
  let status: number
  let text: string
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}${request.path}`, {
      method: request.method,
      headers,
      signal,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    })
    status = response.status
    text = await response.text()
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string }
    // Nobody took the connection, so nobody took the request.
    throw new CallFailure(code ?? 'NO_ANSWER', code !== 'ECONNREFUSED', error)
  }
  const body = parsed(text)
  if (status < 400 && body !== null) return body as T
  // Something between us and the server answered, and what it knows of the outcome nobody knows.
  if (body?.code === undefined)
    throw new CallFailure(`HTTP_${status}`, status < 400 || status >= 500)
  throw new CallFailure(body.code, body.code === 'OUTCOME_UNKNOWN' || status === 500)
}

/** null: no JSON. */
function parsed(text: string): { readonly code?: string } | null {
  if (text === '') return {}
  try {
    return JSON.parse(text) as { code?: string }
  } catch {
    return null
  }
}

type Send = <T>(request: Request) => Promise<T>

async function perform(sendAny: Send, call: Call): Promise<Answer> {
  const { operation, operationId, projectId, idempotencyKey } = call
  const send: Send = (request) => sendAny({ ...request, projectId })
  switch (operation.kind) {
    case 'allocate': {
      const { subnetIds, request, ttlSeconds } = operation
      const several = subnetIds.length > 1
      const { allocations } = await send<{
        allocations: { address: string; subnetId: string }[]
      }>({
        method: 'POST',
        path: several ? '/v1/allocations' : `/v1/subnets/${subnetIds.join()}/allocations`,
        idempotencyKey,
        body: {
          request: sentRequest(request),
          holder: { kind: 'torture', id: operationId },
          ...(several ? { subnetIds } : {}),
          ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
        },
      })
      return {
        kind: 'allocate',
        subnetId: allocations[0]?.subnetId ?? '',
        addresses: allocations.map(({ address }) => address),
      }
    }
    case 'release':
      await send({
        method: 'DELETE',
        path: `/v1/subnets/${operation.subnetId}/allocations/${operation.address}`,
      })
      return { kind: 'done' }
    case 'get': {
      const found = await send<{ state: string; holder: { id: string } | null }>({
        method: 'GET',
        path: `/v1/subnets/${operation.subnetId}/allocations/${operation.address}`,
      })
      return {
        kind: 'get',
        holderId: found.state === 'allocated' ? (found.holder?.id ?? null) : null,
      }
    }
    case 'create-subnet': {
      const { subnetPoolId, prefixLength } = operation
      const made = await send<MadeSubnet & { cidr: string }>({
        method: 'POST',
        path: '/v1/subnets',
        idempotencyKey,
        body: { subnetPoolId, prefixLength, name: operationId, shared: true },
      })
      const { id, cidr, gateway, allocationPools } = made
      return { kind: 'create-subnet', subnetId: id, cidr, gateway, allocationPools }
    }
    case 'delete-subnet':
      await send({
        method: 'DELETE',
        path: `/v1/subnets/${operation.subnetId}?cascade=${operation.cascade}`,
      })
      return { kind: 'done' }
    case 'set-allocation-pools':
      await send({
        method: 'PATCH',
        path: `/v1/subnets/${operation.subnetId}`,
        body: { allocationPools: operation.allocationPools },
      })
      return { kind: 'done' }
    case 'set-prefixes':
      await send({
        method: 'PATCH',
        path: `/v1/subnet-pools/${operation.subnetPoolId}`,
        body: { prefixes: operation.prefixes },
      })
      return { kind: 'done' }
    case 'utilization': {
      const counts = await send<Counts>({
        method: 'GET',
        path: `/v1/subnets/${operation.subnetId}/utilization`,
      })
      const { capacity, allocated, cooling, available } = counts
      return { kind: 'utilization', capacity, allocated, cooling, available }
    }
    default:
      // A reap: a server does that by itself.
      return { kind: 'done' }
  }
}
