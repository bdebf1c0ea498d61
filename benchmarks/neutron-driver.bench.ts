import { milliseconds } from './measure/callers.ts'
import { spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import { onEach } from './setup/bench-run.ts'
import { assertConsistent, filledSubnet } from './setup/filled-subnet.ts'
import {
  installNeutron,
  neutronDatabase,
  neutronDriverCosts,
  neutronVersion,
} from './setup/neutron.ts'

export const title = "any in Neutron's own IPAM driver and in ours, on the same MariaDB"

export async function run({ quick }: { quick: boolean }) {
  const sizes = quick ? [0, 50] : [0, 1000, 10_000, 60_000]
  const repetitions = quick ? 3 : 100
  const rows: ResultRow[] = []
  const neutron = neutronVersion()
  const versions = await onEach(['mariadb'], async (database, ipam) => {
    const theirs =
      neutron === undefined
        ? undefined
        : await neutronDriverCosts(
            await neutronDatabase(database, 'neutron'),
            sizes,
            quick ? 1 : 12,
          )
    const subnets = []
    for (const [index, held] of sizes.entries()) {
      const subnet = await filledSubnet(
        ipam,
        database,
        `10.${index}.0.0/16`,
        held === 0 ? [] : [{ from: 2, to: held + 1 }],
      )
      subnets.push(subnet)
      const ours: number[] = []
      for (let repetition = -30; repetition < repetitions; repetition += 1) {
        let address = ''
        const time = await milliseconds(async () => {
          address = (await ipam.allocations.allocate(subnet.id, { kind: 'any' }))[0]?.address ?? ''
        })
        await ipam.allocations.release(subnet.id, address)
        if (repetition >= 0) ours.push(time)
      }
      const own = spreadOf(ours)
      const other = theirs?.get(held)
      rows.push({
        held,
        'Neutron ms': other === undefined ? 'not installed' : spreadText(spreadOf(other)),
        'Freehold ms': spreadText(own),
        'times faster':
          other === undefined ? '' : Number((spreadOf(other).median / own.median).toPrecision(3)),
      })
    }
    await assertConsistent(ipam, subnets)
  })
  return {
    rows,
    versions: { ...versions, ...(neutron === undefined ? {} : { neutron }) },
    notes: [
      "one caller; a /16 with the lowest addresses held; Neutron's driver is Debian's package, driven as its port path drives it; median (least..greatest)",
      'both on one durable MariaDB, one after the other; ours also writes an event for each',
      ...(neutron === undefined ? [`Neutron is not installed: ${installNeutron}`] : []),
    ],
  }
}
