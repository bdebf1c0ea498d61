/** The shortest useful program: a subnet, and an address of it for somebody. */
import { openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'

// A file name in place of `:memory:` keeps everything for the next run.
const ipam = await openIpam(sqliteStore({ path: ':memory:' }))

const subnet = await ipam.subnets.create({ cidr: '192.0.2.0/24', name: 'office' })
const allocations = await ipam.allocations.allocate(
  subnet.id,
  { kind: 'any' },
  { holder: { kind: 'host', id: 'printer-3' } },
)
for (const { address, holder } of allocations)
  console.log(`${holder?.id ?? 'somebody'} has an address of ${subnet.cidr}: ${address}`)

const { allocated, available } = await ipam.utilization.ofSubnet(subnet.id)
console.log(`${allocated} held, ${available} free`)

await ipam.close()
