import { IpAddress, Prefix } from '@freehold/address'
import type { Ipam } from '@freehold/engine'
import type { BenchDatabase } from './bench-database.ts'

export interface FilledSubnet {
  readonly id: string
  readonly key: number
  readonly prefix: Prefix
  readonly held: number
  /** The 16 bytes of the address at an offset from the subnet's first. */
  bytesAt(offset: number): Uint8Array
  addressAt(offset: number): string
}

/** Which offsets are held: a condition on `n` in SQL that every database understands, over a range of offsets. */
export interface Fill {
  readonly from: number
  readonly to: number
  /** Default: all of them. */
  readonly where?: string
}

/**
 * Makes a subnet with these addresses held. The rows and their events are written past the product, because millions of
 * them take too long one request at a time; the pages are then counted by the product itself, in a change of the
 * allocation pools. `check` proves in the end that all of it agrees.
 */
export async function filledSubnet(
  ipam: Ipam,
  database: BenchDatabase,
  cidr: string,
  fills: readonly Fill[],
): Promise<FilledSubnet> {
  const subnet = await ipam.subnets.create({ cidr })
  const filled = await describeSubnet(database, subnet.id, Prefix.parse(cidr))
  return fillFurther(ipam, database, filled, fills)
}

/** The same with more addresses than it had. */
export async function fillFurther(
  ipam: Ipam,
  database: BenchDatabase,
  subnet: FilledSubnet,
  fills: readonly Fill[],
): Promise<FilledSubnet> {
  if (fills.length === 0) return subnet
  for (const fill of fills) for (const part of partsOf(fill)) await insert(database, subnet, part)
  await countPages(ipam, subnet.id)
  if (database.kind === 'postgres') await database.execute('ANALYZE')
  const { allocated } = await ipam.utilization.ofSubnet(subnet.id)
  return { ...subnet, held: Number(allocated) }
}

// Other allocation pools make the product count its pages from the rows: the same addresses in two parts, or in one again.
async function countPages(ipam: Ipam, subnetId: string): Promise<void> {
  const { allocationPools } = await ipam.subnets.get(subnetId)
  const [pool] = allocationPools
  const end = allocationPools.at(-1)
  if (pool === undefined || end === undefined) throw new Error('the subnet has no pool')
  const whole = { first: pool.first, last: end.last }
  const second = IpAddress.parse(pool.first).plus(1).toString()
  const parts = [
    { first: pool.first, last: pool.first },
    { first: second, last: end.last },
  ]
  await ipam.subnets.update(subnetId, {
    allocationPools: allocationPools.length === 1 ? parts : [whole],
  })
}

async function describeSubnet(
  database: BenchDatabase,
  id: string,
  prefix: Prefix,
): Promise<FilledSubnet> {
  const row = await database.first(`SELECT row_key FROM subnet WHERE id = '${id}'`)
  const at = (offset: number) =>
    IpAddress.fromValue(prefix.version, prefix.first.value + BigInt(offset))
  return {
    id,
    key: Number(row['row_key']),
    prefix,
    held: 0,
    bytesAt: (offset) => at(offset).toBytes(),
    addressAt: (offset) => at(offset).toString(),
  }
}

const rowsAtOnce = 500_000

function partsOf(fill: Fill): Fill[] {
  const { from, to } = fill
  const parts: Fill[] = []
  for (let start = from; start <= to; start += rowsAtOnce)
    parts.push({ ...fill, from: start, to: Math.min(start + rowsAtOnce - 1, to) })
  return parts
}

async function insert(
  database: BenchDatabase,
  { key, prefix }: FilledSubnet,
  fill: Fill,
): Promise<void> {
  const now = Date.now()
  const numbers = numbersOf(database.kind, fill)
  const address = addressOf(database.kind, prefix.first.value)
  await database.execute(
    `INSERT INTO allocation (subnet_key, address, state, project_id, created_at)
      ${numbers.with} SELECT ${key}, ${address}, 0, 'default', ${now} FROM ${numbers.from}`,
  )
  await database.execute(
    `INSERT INTO event (at, action, record_kind, subnet_key, address, project_id, state_after)
      ${numbers.with} SELECT ${now}, 'allocated', 'allocation', ${key}, ${address}, 'default', '{"holder":null}'
      FROM ${numbers.from}`,
  )
}

function numbersOf(
  kind: BenchDatabase['kind'],
  { from, to, where = '1 = 1' }: Fill,
): { with: string; from: string } {
  if (kind === 'sqlite')
    return {
      with: `WITH RECURSIVE counter (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM counter WHERE n < ${to})`,
      from: `counter WHERE ${where}`,
    }
  if (kind === 'postgres')
    return { with: '', from: `generate_series(${from}::bigint, ${to}::bigint) AS n WHERE ${where}` }
  return {
    with: '',
    from: `(SELECT seq AS n FROM seq_${from}_to_${to}) AS counter WHERE ${where}`,
  }
}

// The offset goes into the low 64 bits; the high ones are those of the subnet's first address.
function addressOf(kind: BenchDatabase['kind'], first: bigint): string {
  const high = (first >> 64n).toString(16).padStart(16, '0')
  const low = first & 0xffff_ffff_ffff_ffffn
  if (low > BigInt(Number.MAX_SAFE_INTEGER))
    throw new Error('the host part of the first address must be small')
  if (kind === 'sqlite') return `unhex('${high}' || printf('%016x', ${low} + n))`
  if (kind === 'postgres') return `decode('${high}' || lpad(to_hex(${low} + n), 16, '0'), 'hex')`
  return `unhex(concat('${high}', lpad(hex(${low} + n), 16, '0')))`
}

/** Throws unless the whole database is consistent and the subnet holds what it is said to hold. */
export async function assertConsistent(
  ipam: Ipam,
  subnets: readonly Pick<FilledSubnet, 'id' | 'held'>[],
): Promise<void> {
  for (const { id, held } of subnets) {
    const { allocated } = await ipam.utilization.ofSubnet(id)
    if (Number(allocated) !== held)
      throw new Error(`the subnet holds ${allocated} addresses where ${held} were acknowledged`)
  }
  const report = await ipam.check()
  if (!report.ok) throw new Error(`check found: ${JSON.stringify(report.problems.slice(0, 3))}`)
}

/** Throws when an address was given twice. */
export function assertDifferent(addresses: readonly string[]): void {
  if (new Set(addresses).size !== addresses.length) throw new Error('an address was given twice')
}
