import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { neutronRoutes } from '../src/neutron/neutron-routes.ts'
import { routeTable } from '../src/route-table.ts'
import { type Call, openWorld, Transcript, type World } from './tenant-worlds.ts'

const worlds: World[] = []

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

async function newWorld(): Promise<World> {
  const world = await openWorld()
  worlds.push(world)
  return world
}

type Ids = Readonly<Record<string, string>>

/** Private records of a project in every kind that there is, in a scope of its own. Returns their ids by kind. */
async function furnish(call: Call, name: string): Promise<Ids> {
  const make = async (path: string, body: unknown) => {
    // The same keys in every project: one must not run into another's.
    const answer = await call('POST', path, body, { 'idempotency-key': `furnish ${path}` })
    if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const scope = await make('/v1/address-scopes', { ipVersion: 4, name: `${name} scope` })
  const pool = await make('/v1/subnet-pools', {
    addressScopeId: scope.id,
    name: `${name} pool`,
    prefixes: ['10.0.0.0/16'],
    labels: { owner: name },
  })
  const subnet = await make('/v1/subnets', {
    subnetPoolId: pool.id,
    cidr: '10.0.1.0/24',
    name: `${name} subnet`,
  })
  await make(`/v1/subnets/${subnet.id}/allocations`, {
    request: { kind: 'specific', address: '10.0.1.9' },
    holder: { kind: 'host', id: 'web1' },
  })
  const { network } = await make('/v2.0/networks', { network: { name: `${name} network` } })
  const inNetwork = await make('/v2.0/subnets', {
    subnet: { network_id: network.id, ip_version: 4, cidr: '10.0.1.0/24' },
  })
  const { port } = await make('/v2.0/ports', {
    port: { network_id: network.id, name: `${name} port`, fixed_ips: [{ ip_address: '10.0.1.9' }] },
  })
  return {
    'address-scope': scope.id,
    'subnet-pool': pool.id,
    subnet: subnet.id,
    network: network.id,
    'network-subnet': inNetwork.subnet.id,
    port: port.id,
  }
}

/** What an administrator lends to everybody. */
async function lend(admin: Call): Promise<Ids> {
  const made = async (path: string, body: unknown) => (await admin('POST', path, body)).body
  const scope = await made('/v1/address-scopes', { ipVersion: 4, shared: true })
  const pool = await made('/v1/subnet-pools', {
    addressScopeId: scope.id,
    prefixes: ['172.16.0.0/16'],
    shared: true,
  })
  const { network } = await made('/v2.0/networks', { network: { shared: true } })
  const { subnet } = await made('/v2.0/subnets', {
    subnet: { network_id: network.id, ip_version: 4, cidr: '172.20.0.0/24' },
  })
  return {
    'address-scope': scope.id,
    'subnet-pool': pool.id,
    subnet: subnet.id,
    network: network.id,
    'network-subnet': subnet.id,
    port: missingId,
  }
}

const missingId = '00000000-0000-4000-8000-000000000000'
const kinds = [
  'address-scope',
  'subnet-pool',
  'subnet',
  'network',
  'network-subnet',
  'port',
  'token',
] as const

const neverFurnished: Ids = Object.fromEntries(kinds.map((kind) => [kind, missingId]))

/** Ids that could be somebody's, and are nobody's. */
function nobodysIds(): Record<string, string> {
  return Object.fromEntries(kinds.map((kind) => [kind, randomUUID()]))
}

interface Target {
  readonly name: string
  readonly ids: Ids
}

/** What is sent to a route that takes a body; by method and template. Several bodies: several requests. */
function bodiesFor(route: string, { ids }: Target): readonly unknown[] {
  const bodies: Readonly<Record<string, readonly unknown[]>> = {
    'POST /v1/address-scopes': [
      { ipVersion: 4, name: 'north scope' },
      { ipVersion: 6, shared: true },
    ],
    'PATCH /v1/address-scopes/{id}': [{ name: 'new' }],
    'POST /v1/subnet-pools': [
      { prefixes: ['192.0.2.0/24'], name: 'north pool' },
      { prefixes: ['198.18.0.0/24'], addressScopeId: ids['address-scope'] },
      { prefixes: ['198.18.1.0/24'], isDefault: true },
    ],
    'PATCH /v1/subnet-pools/{id}': [{ name: 'new' }, { addressScopeId: ids['address-scope'] }],
    'POST /v1/subnet-pools/{id}/prefixes': [{ add: ['10.9.0.0/24'] }, { remove: ['10.9.0.0/24'] }],
    'POST /v1/subnets': [
      { cidr: '203.0.113.0/24', name: 'north subnet' },
      { cidr: '10.0.1.0/24', addressScopeId: ids['address-scope'] },
      { subnetPoolId: ids['subnet-pool'], prefixLength: 26 },
    ],
    'PATCH /v1/subnets/{id}': [{ name: 'new' }],
    'POST /v1/subnets/{id}/allocations': [
      { request: { kind: 'any' } },
      { request: { kind: 'next' }, holder: { kind: 'host', id: 'web1' } },
      { request: { kind: 'specific', address: '10.0.1.9' } },
      { request: { kind: 'bulk', count: 3 } },
    ],
    'POST /v1/allocations': [{ subnetIds: [ids['subnet']], request: { kind: 'any' } }],
    'POST /v1/plan': [
      {
        format: 'freehold-plan/1',
        addressScopes: [{ key: 's', ipVersion: 4 }],
        subnetPools: [],
        subnets: [{ key: 'n', addressScope: 's', cidr: '10.0.1.0/24' }],
        allocations: [{ subnet: 'n', address: '10.0.1.9' }],
      },
    ],
    'POST /v1/tokens': [{ role: 'reader' }],
    'POST /v2.0/networks': [{ network: { name: 'north network' } }],
    'PUT /v2.0/networks/{id}': [{ network: { name: 'new' } }],
    'POST /v2.0/subnets': [
      { subnet: { network_id: ids['network'], ip_version: 4, cidr: '10.0.7.0/24' } },
    ],
    'PUT /v2.0/subnets/{id}': [{ subnet: { name: 'new' } }],
    'POST /v2.0/ports': [
      { port: { network_id: ids['network'] } },
      { port: { network_id: ids['network'], fixed_ips: [{ ip_address: '10.0.1.9' }] } },
      { port: { network_id: ids['network'], fixed_ips: [{ subnet_id: ids['network-subnet'] }] } },
    ],
    'PUT /v2.0/ports/{id}': [{ port: { name: 'new' } }],
    'POST /v2.0/subnetpools': [{ subnetpool: { name: 'p', prefixes: ['100.64.0.0/20'] } }],
    'PUT /v2.0/subnetpools/{id}': [{ subnetpool: { name: 'new' } }],
    'PUT /v2.0/subnetpools/{id}/add_prefixes': [{ prefixes: ['10.10.0.0/24'] }],
    'PUT /v2.0/subnetpools/{id}/remove_prefixes': [{ prefixes: ['10.10.0.0/24'] }],
    'POST /v2.0/address-scopes': [{ address_scope: { name: 's', ip_version: 4 } }],
    'PUT /v2.0/address-scopes/{id}': [{ address_scope: { name: 'new' } }],
    'PUT /v2.0/quotas/{project}': [{ quota: { network: 1 } }],
  }
  return bodies[route] ?? (/^PUT .*\/tags$/.test(route) ? [{ tags: ['t'] }] : [undefined])
}

/** Which kind of record an id in a path names. */
function kindIn(path: string): string {
  if (path.startsWith('/v1/tokens')) return 'token'
  if (/^\/v2.0\/subnets\//.test(path)) return 'network-subnet'
  if (/^\/v2.0\/network-ip/.test(path)) return 'network'
  const [, noun = ''] = /^\/[^/]+\/([a-z-]+)/.exec(path) ?? []
  return noun === 'subnetpools'
    ? 'subnet-pool'
    : noun.replace(/e?s$/, (end) => (end === 'es' ? 'e' : ''))
}

const queries: Readonly<Record<string, readonly string[]>> = {
  '/v1/address-scopes': ['', '?projectId=north', '?name=north%20scope', '?limit=1', '?shared=true'],
  '/v1/subnet-pools': ['', '?projectId=north', '?label=owner:north', '?limit=1', '?sort=-name'],
  '/v1/subnets': ['', '?projectId=north', '?contains=10.0.1.9', '?cidr=10.0.1.0/24', '?limit=1'],
  '/v1/allocations': ['?holderKind=host&holderId=web1'],
  '/v1/events': ['', '?limit=1'],
  '/v1/tokens': ['', '?projectId=north', '?limit=1'],
  '/v2.0/networks': ['', '?project_id=north', '?name=north%20network', '?limit=1'],
  '/v2.0/ports': ['', '?project_id=north', '?fixed_ips=ip_address%3D10.0.1.9', '?limit=1'],
  '/v2.0/subnets': ['', '?cidr=10.0.1.0/24'],
}

interface Route {
  readonly method: string
  readonly path: string
}

const order = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']
const everyRoute: readonly Route[] = [...routeTable, ...neutronRoutes].toSorted(
  (a, b) => order.indexOf(a.method) - order.indexOf(b.method),
)

/** One caller walks every route against every target, and writes down what it is answered. */
async function walk(transcript: Transcript, call: Call, who: string, targets: readonly Target[]) {
  const walked = new Set<string>()
  for (const { method, path } of everyRoute) {
    const route = `${method} ${path}`
    walked.add(route)
    for (const target of targets)
      for (const query of method === 'GET' ? (queries[path] ?? ['']) : [''])
        for (const body of bodiesFor(route, target)) {
          const url = path
            .replace('{id}', target.ids[kindIn(path)] ?? missingId)
            .replace('{address}', '10.0.1.9')
            .replace('{project}', target.name === 'foreign' ? 'north' : 'south')
            .replace('{tag}', 't')
            .replace('{alias}', 'quotas')
            .replace('*', 'x')
          const headers =
            method === 'POST'
              ? { 'idempotency-key': `${route} ${JSON.stringify(body)}`.slice(0, 255) }
              : {}
          const isKeyed = path.startsWith('/v1/') && target.name === 'own'
          const answer = await call(method, url + query, body, isKeyed ? headers : {})
          transcript.add(`${who}: ${route}${query} of ${target.name}`, answer)
          // What is refused for its form alone says nothing of whose records it asks for.
          if (target.name === 'own' && method !== 'DELETE')
            expect(answer.status, `${route} ${JSON.stringify(answer.body)}`).not.toBe(400)
        }
  }
  return walked
}

/** All that a tenant is answered in a world, whose other tenant has private records or none. */
async function whatSouthSees(isFurnished: boolean): Promise<readonly string[]> {
  const world = await newWorld()
  const lent = await lend(world.admin)
  const foreign = isFurnished ? { ...(await furnish(world.north, 'north')) } : nobodysIds()
  if (isFurnished) {
    const { items } = (await world.north('GET', '/v1/tokens')).body
    foreign['token'] = items[0].id
  }
  world.restartRandom()
  const own = await furnish(world.south, 'south')
  const transcript = new Transcript()
  const targets: Target[] = [
    { name: 'own', ids: { ...own, token: missingId } },
    { name: 'foreign', ids: foreign },
    { name: 'shared', ids: lent },
    { name: 'missing', ids: neverFurnished },
  ]
  await walk(transcript, world.southReader, 'reader', targets)
  const walked = await walk(transcript, world.south, 'operator', targets)
  expect([...walked].toSorted()).toEqual(
    [...routeTable, ...neutronRoutes].map(({ method, path }) => `${method} ${path}`).toSorted(),
  )
  return transcript.lines
}

describe('what one tenant is answered', () => {
  test('on every route does not depend on what another has for itself', async () => {
    const alone = await whatSouthSees(false)
    const beside = await whatSouthSees(true)
    expect(beside.length).toBe(alone.length)
    // The first difference says most: what follows may be its consequence.
    const first = beside.findIndex((line, index) => line !== alone[index])
    expect(beside[first]).toEqual(alone[first])
    // The walk is no evidence where all is refused: these were really answered.
    for (const route of ['GET /v1/subnets/{id} of own', 'POST /v2.0/ports of shared'])
      expect(
        alone.some((line) => line.includes(route) && /"status":20[01]/.test(line)),
        route,
      ).toBe(true)
  }, 120_000)

  test('of a foreign record is what it is answered of one that never was', async () => {
    const world = await newWorld()
    const foreign = await furnish(world.north, 'north')
    const answers: Record<string, readonly string[]> = {}
    for (const target of [
      { name: 'foreign', ids: { ...foreign } },
      { name: 'missing', ids: neverFurnished },
    ]) {
      const transcript = new Transcript()
      for (const { method, path } of everyRoute) {
        if (!path.includes('{id}')) continue
        for (const body of bodiesFor(`${method} ${path}`, target)) {
          const id = target.ids[kindIn(path)] ?? missingId
          const url = path
            .replace('{address}', '10.0.1.9')
            .replace('{tag}', 't')
            .replace('{id}', id)
          const answer = await world.south(method, url, body)
          expect([400, 403, 404, 409], `${method} ${path}`).toContain(answer.status)
          const text = JSON.stringify(answer.body).replaceAll(id, '<asked for>')
          transcript.add(`${method} ${path}`, { ...answer, body: text })
        }
      }
      answers[target.name] = transcript.lines
    }
    expect(answers['foreign']).toEqual(answers['missing'])
  }, 60_000)

  test('leaves what is another’s as it was', async () => {
    const world = await newWorld()
    const foreign = await furnish(world.north, 'north')
    const before = (await world.admin('GET', '/v1/plan')).body
    const ports = (await world.admin('GET', '/v2.0/ports')).body
    const target = { name: 'foreign', ids: foreign }
    for (const caller of [world.south, world.southReader])
      for (const { method, path } of everyRoute)
        if (path.includes('{id}') && method !== 'GET')
          for (const body of bodiesFor(`${method} ${path}`, target))
            await caller(
              method,
              path
                .replace('{id}', foreign[kindIn(path)] ?? missingId)
                .replace('{address}', '10.0.1.9')
                .replace('{tag}', 't'),
              body,
            )
    expect((await world.admin('GET', '/v1/plan')).body).toEqual(before)
    expect((await world.admin('GET', '/v2.0/ports')).body).toEqual(ports)
  }, 60_000)
})
