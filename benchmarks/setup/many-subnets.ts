import type { Ipam } from '@freehold/engine'
import { throughput } from '../measure/callers.ts'
import type { BenchDatabase } from './bench-database.ts'

export interface ManySubnets {
  readonly poolId: string
  readonly subnetIds: readonly string[]
  readonly subnetsPerSecond: number
  /** Addresses allocated through the product in bulk, in a second. */
  readonly bulkPerSecond: number
  readonly allocations: number
}

const productSubnets = 500

/**
 * A pool of /24s in a SQLite database, with the lowest addresses of each held. All subnets and the addresses of the first
 * 500 come through the product. The rows, events and page counts of the others are written past it, because millions of
 * them would take longer than anybody waits; `check` proves afterwards that they are what the product would have written.
 */
export async function manySubnets(
  ipam: Ipam,
  database: BenchDatabase,
  subnets: number,
  each: number,
  onProgress: (text: string) => void,
): Promise<ManySubnets> {
  const pool = await ipam.subnetPools.create({
    prefixes: ['10.0.0.0/8'],
    defaultPrefixLength: 24,
  })
  const subnetIds: string[] = []
  const subnetsPerSecond = await throughput(64, subnets, async (index) => {
    const { id } = await ipam.subnets.create({ subnetPoolId: pool.id, prefixLength: 24 })
    subnetIds.push(id)
    if ((index + 1) % 10_000 === 0) onProgress(`${index + 1} subnets`)
  })
  const inBulk = Math.min(productSubnets, subnets)
  const bulks = await throughput(16, inBulk, async (index) => {
    const id = subnetIds[index] as string
    await ipam.allocations.allocate(id, { kind: 'bulk', count: each })
  })
  const now = Date.now()
  const address = "unhex(substr(hex(s.first), 1, 30) || printf('%02x', n))"
  const rest = `WITH RECURSIVE counter (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM counter WHERE n < ${each + 1}),
    s AS (SELECT row_key, first FROM subnet WHERE row_key NOT IN (SELECT subnet_key FROM address_page) ORDER BY first LIMIT 5000)`
  // The page is written last of the three, and says that a subnet is done.
  for (let done = inBulk; done < subnets; done += 5000) {
    await database.execute(`BEGIN IMMEDIATE;
      INSERT INTO allocation (subnet_key, address, state, project_id, created_at)
        ${rest} SELECT row_key, ${address}, 0, 'default', ${now} FROM s, counter;
      INSERT INTO event (at, action, record_kind, subnet_key, address, project_id, state_after)
        ${rest} SELECT ${now}, 'allocated', 'allocation', row_key, ${address}, 'default', '{"holder":null}' FROM s, counter;
      INSERT INTO address_page (subnet_key, page, capacity, used, cooling, outside, is_full, low)
        ${rest} SELECT row_key, 0, 253, ${each}, 0, 0, 0, first FROM s;
      COMMIT`)
    onProgress(`${Math.min(done + 5000, subnets) * each} allocations`)
  }
  // The server seals new events into its hash chain; these are no work of its own.
  await database.execute(
    'UPDATE event_seal_head SET last_event_id = (SELECT max(id) FROM event) WHERE row_key = 1',
  )
  return {
    poolId: pool.id,
    subnetIds,
    subnetsPerSecond,
    bulkPerSecond: bulks * each,
    allocations: subnets * each,
  }
}
