/**
 * One of several processes that allocate from one subnet: 16 callers, as `RAW` or through the product. Its parent sends
 * `{ take }` for each round, with the addresses (RAW) or their number, and `{ release }` to have them given back; it gets
 * `{ addresses, retries }` when that is done.
 */
import { IpAddress } from '@freehold/address'
import { openIpam } from '@freehold/engine'
import { throughput } from '../measure/callers.ts'
import { type DatabaseKind, storeOf } from '../setup/bench-database.ts'
import { rawWriter } from '../setup/raw-writer.ts'

const [kind, url, subnetId, subnetKey, side] = process.argv.slice(2) as [
  DatabaseKind,
  string,
  string,
  string,
  'raw' | 'product',
]
const callers = 16
const ipam = side === 'product' ? await openIpam(await storeOf(url), { migrate: false }) : undefined
const raw = side === 'raw' ? await rawWriter({ kind, url }, Number(subnetKey), callers) : undefined

type Order = { take: string[] | number } | { release: true }
let held: string[] = []

async function take(wanted: string[] | number): Promise<void> {
  if (raw !== undefined && Array.isArray(wanted)) {
    held = wanted
    await throughput(callers, wanted.length, (index, caller) =>
      raw.insert(bytesOf(wanted[index] as string), caller),
    )
    return
  }
  held = []
  await throughput(callers, Number(wanted), async () => {
    for (const { address } of (await ipam?.allocations.allocate(subnetId, { kind: 'any' })) ?? [])
      held.push(address)
  })
}

async function release(): Promise<void> {
  await throughput(callers, held.length, async (index, caller) => {
    const address = held[index] as string
    if (raw !== undefined) await raw.remove(bytesOf(address), caller)
    else await ipam?.allocations.release(subnetId, address)
  })
}

function bytesOf(address: string): Uint8Array {
  return IpAddress.parse(address).toBytes()
}

process.on('message', (order: Order) => {
  const done = 'take' in order ? take(order.take) : release()
  done.then(
    () => process.send?.({ addresses: held, retries: ipam?.counters.retries ?? 0 }),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit(0))
process.send?.({ addresses: [], retries: 0 })
