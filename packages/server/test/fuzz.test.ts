import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { routeTable } from '../src/index.ts'
import { type AppFixture, openApp } from './app-fixture.ts'
import { fuzzBudget } from './fuzz-budget.ts'
import { RequestFuzzer } from './request-fuzzer.ts'

let fixture: AppFixture
let fuzzer: RequestFuzzer

beforeAll(async () => {
  fixture = await openApp()
  const subnet = await fixture.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })
  const pool = await fixture.call('POST', '/v1/subnet-pools', { prefixes: ['10.4.0.0/16'] })
  const scope = await fixture.call('POST', '/v1/address-scopes', { ipVersion: 6 })
  fuzzer = new RequestFuzzer([subnet, pool, scope].map(({ body }) => body.id))
})
afterAll(() => fixture.close())

const budget = fuzzBudget(100)
const fuzzed = routeTable.filter(({ path }) => path !== '/metrics')

test.each(fuzzed)(
  '$method $path answers whatever is sent without an inner error',
  async (route) => {
    await fc.assert(
      fc.asyncProperty(fuzzer.requestFor(route), async ({ method, url, body, headers }) => {
        const answer = await fixture.call(method, url, body, headers)
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
        if (answer.status >= 400)
          expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
      }),
      budget,
    )
  },
)

test('what the fuzzing left behind still agrees with itself', async () => {
  expect((await fixture.call('POST', '/v1/check')).body).toMatchObject({ ok: true, problems: [] })
})
