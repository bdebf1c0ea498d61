import { openIpam } from '../src/ipam.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'

// Started by sqlite-processes.test.ts: allocates and releases for ever, and says on its output what was acknowledged, one
// line each. A release is announced first, since it may happen without an answer when this process is killed.
const [path = '', subnetId = '', name = ''] = process.argv.slice(2)
const ipam = await openIpam(sqliteStore({ path }))
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const held: string[] = []
for (let round = 0; ; round += 1) {
  const kind = round % 3 === 0 ? 'next' : 'any'
  const holder = { kind: 'host', id: name }
  const [given] = await ipam.allocations.allocate(subnetId, { kind }, { holder })
  if (given === undefined) throw new Error('an allocation without an address')
  say(`held ${given.address}`)
  held.push(given.address)
  if (held.length > 20) {
    const address = held.shift() as string
    say(`releasing ${address}`)
    await ipam.allocations.release(subnetId, address)
    say(`released ${address}`)
  }
}
