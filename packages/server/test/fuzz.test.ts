import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { routeTable } from '../src/index.ts'
import { type AppFixture, openApp } from './app-fixture.ts'
import { fuzzBudget } from './fuzz-budget.ts'
import { knownRecords } from './fuzz-rounds.ts'
import { RequestFuzzer } from './request-fuzzer.ts'

let fixture: AppFixture

beforeAll(async () => {
  fixture = await openApp()
})
afterAll(() => fixture.close())

// Of what is sent to the hardest route, one in nine is let through: 200 leave that no chance to happen to none.
const budget = fuzzBudget(200)
const fuzzed = routeTable.filter(({ path }) => path !== '/metrics')

test.each(fuzzed)(
  '$method $path answers whatever is sent without an inner error',
  async (route) => {
    const fuzzer = new RequestFuzzer(await knownRecords(fixture))
    let done = 0
    await fc.assert(
      fc.asyncProperty(fuzzer.requestFor(route), async ({ method, url, body, headers }) => {
        const answer = await fixture.call(method, url, body, headers)
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
        if (answer.status >= 400)
          expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
        if (answer.status < 300) done += 1
      }),
      budget,
    )
    // What is only ever refused has not been tried.
    expect(done).toBeGreaterThan(0)
  },
)

test('what the fuzzing left behind still agrees with itself', async () => {
  expect((await fixture.call('POST', '/v1/check')).body).toMatchObject({ ok: true, problems: [] })
})
