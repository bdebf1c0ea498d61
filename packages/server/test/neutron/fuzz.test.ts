import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { neutronResources } from '../../src/neutron/neutron-routes.ts'
import { fuzzBudget } from '../fuzz-budget.ts'
import type { FuzzedRequest } from '../request-fuzzer.ts'
import { type NeutronFixture, openNeutron } from './neutron-fixture.ts'
import { knownNeutronIds, NeutronRequestFuzzer } from './neutron-request-fuzzer.ts'

let neutron: NeutronFixture
let fuzzer: NeutronRequestFuzzer

beforeAll(async () => {
  neutron = await openNeutron()
  fuzzer = new NeutronRequestFuzzer(await knownNeutronIds(neutron))
})

afterAll(() => neutron.close())

async function expectAnswer({ method, url, body }: FuzzedRequest): Promise<number> {
  const answer = await neutron.call(method, url, body)
  const told = `${method} ${url} ${body ?? ''} -> ${JSON.stringify(answer.body)}`
  expect(answer.status, told).toBeLessThan(500)
  if (answer.status >= 400 && answer.status !== 404)
    expect(Object.keys(answer.body.NeutronError ?? {}), told).toEqual(['type', 'message', 'detail'])
  return answer.status
}

async function expectAnswers(
  requests: fc.Arbitrary<FuzzedRequest>,
  budget = fuzzBudget(150),
): Promise<number[]> {
  const statuses: number[] = []
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      statuses.push(await expectAnswer(request))
    }),
    budget,
  )
  return statuses
}

const resources = neutronResources.map((resource) => [resource.collection, resource] as const)

// Creations come first: a subnet that was changed may have no room for ports any more.
test.each(resources)(
  'whatever is sent to create %s is accepted or refused, never an error of the server',
  async (_, resource) => {
    expect(await expectAnswers(fuzzer.creation(resource))).toContain(201)
  },
)

test.each(resources)(
  'whatever is sent to change %s is accepted or refused',
  async (_, resource) => {
    await expectAnswers(fuzzer.change(resource))
  },
)

test.each(resources)('whatever %s are listed by is accepted or refused', async (_, resource) => {
  await expectAnswers(fuzzer.listing(resource))
})

test('whatever is done to records besides is accepted or refused', async () => {
  const statuses = await expectAnswers(fuzzer.action(), fuzzBudget(800))
  expect(statuses).toEqual(expect.arrayContaining([200, 201, 204, 400]))
})

test('every route takes any path parameter and any JSON', async () => {
  await expectAnswers(fuzzer.anything(), fuzzBudget(400))
})

test('and all of it is still consistent', async () => {
  expect((await neutron.ipam.check()).problems).toEqual([])
  for (const port of await neutron.list('ports')) {
    const held = await neutron.ipam.allocations.listByHolder('port', port.id)
    const shown = port.fixed_ips.map(({ ip_address }: { ip_address: string }) => ip_address)
    expect(held.map(({ address }) => address).toSorted()).toEqual(shown.toSorted())
  }
})
