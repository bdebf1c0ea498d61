import fc from 'fast-check'
import { routeTable } from '../src/index.ts'
import { neutronResources } from '../src/neutron/neutron-routes.ts'
import type { AppFixture } from './app-fixture.ts'
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
      const fuzzer = new RequestFuzzer(await knownIds(fixture))
      return routes.map((route) => fuzzer.requestFor(route))
    },
    end: async () => {},
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
          fuzzer.anything({ known: true }),
        ]
      },
      end: () => deleteAll(neutron),
    }
  },
} as const

// Metrics read every pool, and pools pile up: they would be most of the work.
const routes = routeTable.filter(({ path }) => path !== '/metrics')

async function knownIds(fixture: AppFixture): Promise<string[]> {
  const lists = ['/v1/subnets', '/v1/subnet-pools', '/v1/address-scopes']
  const pages = await Promise.all(lists.map((path) => fixture.call('GET', `${path}?limit=2`)))
  const ids = pages.flatMap(({ body }) => body.items.map(({ id }: { id: string }) => id))
  if (ids.length > 0) return ids
  const answers = [
    await fixture.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24' }),
    await fixture.call('POST', '/v1/subnet-pools', { prefixes: ['10.4.0.0/16'] }),
    await fixture.call('POST', '/v1/address-scopes', { ipVersion: 6 }),
  ]
  return answers.map(({ body }) => body.id)
}

/** In the order in which they depend on each other. */
async function deleteAll(neutron: NeutronFixture): Promise<void> {
  for (const collection of ['ports', 'subnets', 'networks', 'subnetpools', 'address-scopes'])
    for (const { id } of await neutron.list(`${collection}?fields=id`)) {
      const { status, body } = await neutron.call('DELETE', `/v2.0/${collection}/${id}`)
      if (status !== 204) throw new Error(`${collection}: ${status} ${JSON.stringify(body)}`)
    }
}
