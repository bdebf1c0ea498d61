import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { type StalledAnswer, stalledServer } from './stalled-server.ts'

const most = 20
const asked = 500

test('while the database stands still the server keeps as many requests as it may, refuses the others and stays ready', async () => {
  const server = await stalledServer(most)
  const answers: StalledAnswer[] = []
  const all = Promise.all(
    Array.from({ length: asked }, async () => answers.push(await server.allocate())),
  )
  await expect.poll(() => answers.length, { timeout: 60_000 }).toBe(asked - most)
  const refused = { status: 503, retryAfter: '1' }
  expect(answers).toEqual(answers.map(() => refused))
  for (const probe of ['/healthz', '/readyz'])
    expect((await fetch(`${server.url}${probe}`)).status).toBe(200)
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  // The scrape counts itself.
  expect(metrics).toContain(`freehold_http_requests_in_flight ${most + 1}\n`)
  expect(metrics).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m)
  expect(metrics).toMatch(
    new RegExp(`^freehold_http_request_duration_seconds_count.*"503".* ${asked - most}$`, 'm'),
  )

  server.release()
  await all
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(most)
  const { allocated } = await server.ipam.utilization.ofSubnet(server.subnetId)
  expect(allocated).toBe(BigInt(most))
  expect((await server.ipam.check()).problems).toEqual([])
  await server.close()
}, 120_000)

test('memory does not grow with the requests that are refused', async () => {
  const script = join(import.meta.dirname, 'refused-requests.ts')
  const args = ['--conditions=source', '--expose-gc', script, '20000', String(most)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const found = JSON.parse(stdout) as Record<string, number>
  expect(found).toMatchObject({ refused: 20_000, waiting: most, succeeded: most })
  // Two hundred bytes for each request would be too many.
  expect((found['heapAfter'] ?? 0) - (found['heapBefore'] ?? 0)).toBeLessThan(3 * 1024 * 1024)
}, 300_000)
