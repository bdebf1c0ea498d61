import { join } from 'node:path'
import { temporaryDirectory } from '@freehold/test-support'
import { expect, it } from 'vitest'
import { openIpam } from '../src/ipam.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'

const bins = 16

/**
 * Chi-square of ranks in equally wide bins. With fair draws on 15 degrees of freedom a value of 75 or more has a chance of
 * 6 * 10^-10.
 */
function chiSquareOf(ranks: readonly number[], free: number): number {
  const width = Math.min(bins, free)
  const counts = Array<number>(width).fill(0)
  const expected = Array<number>(width).fill(0)
  const binOf = (rank: number): number => Math.floor((rank * width) / free)
  for (const rank of ranks) counts[binOf(rank)] = (counts[binOf(rank)] ?? 0) + 1
  for (let rank = 0; rank < free; rank += 1)
    expected[binOf(rank)] = (expected[binOf(rank)] ?? 0) + ranks.length / free
  return counts.reduce((sum, count, bin) => {
    const wanted = expected[bin] ?? 1
    return sum + (count - wanted) ** 2 / wanted
  }, 0)
}

// 2,046 addresses in eight pages; the held ones lie in clusters, so that a bias to the ends of gaps would show.
const hosts = Array.from({ length: 2046 }, (_, index) => index + 1)
const addressOf = (host: number): string => `10.0.${host >> 8}.${host & 255}`

it.each([
  ['empty', () => false, 1],
  ['half full', (host: number) => host % 64 < 32, 1],
  ['90 % full', (host: number) => host % 100 >= 10, 1],
  ['98 % full', (host: number) => host % 50 !== 7, 1],
  ['99.9 % full', (host: number) => ![3, 1027].includes(host), 1],
  ['half full, three at once', (host: number) => host % 64 < 32, 3],
  ['98 % full, three at once', (host: number) => host % 50 !== 7, 3],
] as const)(
  'any is uniform over the free addresses of a subnet that is %s',
  { timeout: 60_000 },
  async (_, isHeld, count) => {
    using directory = temporaryDirectory()
    const ipam = await openIpam(sqliteStore({ path: join(directory.path, 'db.sqlite') }))
    const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/21', gateway: null })
    const free = hosts.filter((host) => !isHeld(host))
    const rankOf = new Map(free.map((host, rank) => [addressOf(host), rank]))
    const ranks = await ipam.transaction(async (inside) => {
      for (const host of hosts)
        if (isHeld(host))
          await inside.allocations.allocate(id, { kind: 'specific', address: addressOf(host) })
      const drawn: number[] = []
      for (let draw = 0; draw < 1200; draw += 1) {
        const request =
          count === 1 ? ({ kind: 'any' } as const) : ({ kind: 'bulk', count } as const)
        const given = await inside.allocations.allocate(id, request)
        for (const { address } of given) {
          drawn.push(rankOf.get(address) ?? -1)
          await inside.allocations.release(id, address)
        }
      }
      return drawn
    })
    expect(Math.min(...ranks)).toBeGreaterThanOrEqual(0)
    expect(chiSquareOf(ranks, free.length)).toBeLessThan(75)
    await ipam.close()
  },
)

it('any is uniform for callers that are served together', { timeout: 60_000 }, async () => {
  using directory = temporaryDirectory()
  const ipam = await openIpam(sqliteStore({ path: join(directory.path, 'db.sqlite') }))
  for (const fill of [0, 30]) {
    const ranks: number[] = []
    for (let round = 0; round < 60; round += 1) {
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/26', gateway: null })
      for (let host = 1; host <= fill; host += 1)
        await ipam.allocations.allocate(id, { kind: 'specific', address: `10.0.0.${host}` })
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => ipam.allocations.allocate(id, { kind: 'any' })),
      )
      for (const [given] of answers)
        ranks.push(Number(given?.address.split('.').at(-1) ?? 0) - 1 - fill)
      await ipam.subnets.delete(id, { cascade: true })
    }
    expect(chiSquareOf(ranks, 62 - fill)).toBeLessThan(75)
  }
  await ipam.close()
})
