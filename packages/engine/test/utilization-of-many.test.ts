import { temporaryDirectory } from '@freehold/test-support'
import { expect, it } from 'vitest'
import { openIpam } from '../src/ipam.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'

// More subnets than are read at once, on the database where that takes a moment only.
it('utilization over everything counts every subnet once, however many there are', async () => {
  using directory = temporaryDirectory()
  const ipam = await openIpam(sqliteStore({ path: `${directory.path}/db.sqlite` }))
  const pool = await ipam.subnetPools.create({ prefixes: ['10.0.0.0/8', '11.0.0.0/8'] })
  const create = (projectId: string) =>
    ipam
      .as({ projectId, isAdmin: true })
      .subnets.create({ subnetPoolId: pool.id, prefixLength: 28 })
  await Promise.all(Array.from({ length: 2001 }, (_, index) => create(`p${index % 2}`)))
  const [first] = (await ipam.subnets.list({}, { limit: 1 })).items
  await ipam.allocations.allocate(first?.id ?? '', { kind: 'bulk', count: 3 })
  expect(await ipam.utilization.total()).toMatchObject({
    subnets: 2001,
    capacity: 2001n * 13n,
    allocated: 3n,
  })
  const ofOne = ipam.as({ projectId: 'p1', isAdmin: false }).utilization.total()
  expect(await ofOne).toMatchObject({ subnets: 1000, capacity: 1000n * 13n })
  await ipam.close()
})
