import fc from 'fast-check'
import { routeTable } from '../src/index.ts'
import { neutronResources } from '../src/neutron/neutron-routes.ts'
import type { AppFixture } from './app-fixture.ts'
import { heldAddress, type KnownRecords } from './fuzzed-values.ts'
import { type NeutronFixture, neutronOn } from './neutron/neutron-fixture.ts'
import { knownNeutronIds, NeutronRequestFuzzer } from './neutron/neutron-request-fuzzer.ts'
import { type FuzzedRequest, RequestFuzzer } from './request-fuzzer.ts'

/** One of the server's APIs, as a source of requests. */
export interface FuzzRounds {
  /** Kinds of request for one round, on records that exist now. */
  begin(): Promise<readonly fc.Arbitrary<FuzzedRequest>[]>
  /** Removes what would make every round slower than the one before. */
  end(): Promise<void>
}

export const fuzzedApis = {
  v1: (fixture: AppFixture): FuzzRounds => ({
    begin: async () => {
      const fuzzer = new RequestFuzzer(await knownRecords(fixture))
      // What deletes comes last: the others need what it takes away.
      return routes.map((route) => fuzzer.requestFor(route))
    },
    end: () => deleteRecords(fixture),
  }),
  'v2.0': (fixture: AppFixture): FuzzRounds => {
    const neutron = neutronOn(fixture)
    return {
      begin: async () => {
        const fuzzer = new NeutronRequestFuzzer(await knownNeutronIds(neutron))
        return [
          ...neutronResources.map((resource) => fuzzer.creation(resource)),
          ...neutronResources.map((resource) => fuzzer.change(resource)),
          ...neutronResources.map((resource) => fuzzer.listing(resource)),
          fuzzer.action(),
          fuzzer.anything({ known: true }),
        ]
      },
      end: () => deleteAll(neutron),
    }
  },
} as const

// Metrics read every pool, and pools pile up: they would be most of the work.
const routes = routeTable
  .filter(({ path }) => path !== '/metrics')
  .toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))

/** A record of each kind, with an address held in the subnet, in a scope of their own. */
export async function knownRecords(fixture: AppFixture): Promise<KnownRecords> {
  const make = async (path: string, body: object): Promise<string> => {
    const { status, body: made } = await fixture.call('POST', path, body)
    if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(made)}`)
    return made.id
  }
  // That of the subnet and the pool cannot be deleted.
  const addressScopeId = await make('/v1/address-scopes', { ipVersion: 4 })
  const pool = { addressScopeId, prefixes: ['10.4.0.0/16'] }
  const known = {
    subnet: await make('/v1/subnets', { addressScopeId, cidr: '10.0.0.0/24' }),
    'subnet-pool': await make('/v1/subnet-pools', pool),
    'address-scope': await make('/v1/address-scopes', { ipVersion: 4 }),
    token: await make('/v1/tokens', { role: 'reader' }),
  }
  const request = { kind: 'specific', address: heldAddress }
  await fixture.call('POST', `/v1/subnets/${known.subnet}/allocations`, { request })
  return known
}

async function deleteRecords(fixture: AppFixture): Promise<void> {
  for (const list of ['subnets', 'subnet-pools', 'address-scopes', 'tokens'])
    for (const { id, name } of (await fixture.call('GET', `/v1/${list}?limit=1000`)).body.items) {
      const { status } = await fixture.call(
        'DELETE',
        `/v1/${list}/${id}${list === 'subnets' ? '?cascade=true' : ''}`,
      )
      if (status !== 204 && name !== 'default') throw new Error(`${list}/${id}: ${status}`)
    }
}

/** In the order in which they depend on each other; quotas would refuse the next round its records. */
async function deleteAll(neutron: NeutronFixture): Promise<void> {
  for (const { project_id: project } of await neutron.list('quotas')) {
    const { status, body } = await neutron.call(
      'DELETE',
      `/v2.0/quotas/${encodeURIComponent(project)}`,
    )
    if (status !== 204) throw new Error(`quotas: ${status} ${JSON.stringify(body)}`)
  }
  for (const collection of ['ports', 'subnets', 'networks', 'subnetpools', 'address-scopes'])
    for (const { id } of await neutron.list(`${collection}?fields=id`)) {
      const { status, body } = await neutron.call('DELETE', `/v2.0/${collection}/${id}`)
      if (status !== 204) throw new Error(`${collection}: ${status} ${JSON.stringify(body)}`)
    }
}
